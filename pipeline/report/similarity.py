"""How alike the compared pairs are, accepted and refused, beside the cuts that decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.report.scope import Scope
from pipeline.storage.tables import read

__all__ = ["BINS", "Compared", "of"]

BINS = 20  # from 0 to 1

_COLUMNS = ("jaccard", "containment_left", "containment_right", "relation", "accepted")

#: The settings that are cuts of each measure.
_CUTS = {"jaccard": ("min_jaccard", "light_edit"), "containment": ("min_containment",)}


class Compared(NamedTuple):
    """Pairs by one measure: how many were accepted and refused in each of `BINS` bins, and the cuts by their setting.

    `containment` is that of the shorter text.
    """

    measure: str
    accepted: list[int]
    refused: list[int]
    cuts: dict[str, float]


def of(scope: Scope) -> tuple[list[Compared], dict[tuple[str, bool], int]]:
    """The pairs of the run by each measure; and how many there are of each (relation, whether it is accepted)."""
    counts = {(measure, kept): np.zeros(BINS, np.int64) for measure in _CUTS for kept in (True, False)}
    relations = dict[tuple[str, bool], int]()
    for file in scope.tables.files("matches").values():  # of a large store no table is held as a whole
        rows = read(file, _COLUMNS)
        of_shorter = pc.max_element_wise(rows["containment_left"], rows["containment_right"])
        rows = rows.append_column("containment", of_shorter)
        for measure, kept in counts:
            values = rows.filter(pc.equal(rows["accepted"], kept))[measure].to_numpy()
            counts[measure, kept] += np.histogram(values, BINS, (0.0, 1.0))[0]
        _count(rows, relations)
    verify = scope.manifest["settings"]["verify"]
    told = [
        Compared(measure, counts[measure, True].tolist(), counts[measure, False].tolist(), _cuts(measure, verify))
        for measure in _CUTS
    ]
    return told, dict(sorted(relations.items(), key=lambda item: (not item[0][1], -item[1], item[0][0])))


def _count(rows: pa.Table, relations: dict[tuple[str, bool], int]) -> None:
    groups = rows.group_by(["relation", "accepted"], use_threads=False).aggregate([("jaccard", "count")])
    for row in groups.to_pylist():
        key = (row["relation"], row["accepted"])
        relations[key] = relations.get(key, 0) + row["jaccard_count"]


def _cuts(measure: str, verify: Mapping[str, Any]) -> dict[str, float]:
    return {name: verify[name] for name in _CUTS[measure] if name in verify}
