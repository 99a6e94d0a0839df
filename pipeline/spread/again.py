"""What reads words again that the state keeps, a task for each part: `renew` on a cluster."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.engine.tasks import Engine
from pipeline.renew import Again, Reader
from pipeline.storage.state import Ref
from pipeline.watch import Watch, silent

__all__ = ["parts"]

_TOLD = pa.schema([*schema.REJECTS, ("told", pa.string())])  # what a task tells stands in a row of its own


class _Stale(NamedTuple):
    """A part that other rules read, to be written anew below `work`."""

    part: Mapping[str, Any]
    ref: Ref
    work: Path
    settings: config.Config
    aliases: Mapping[str, str]


def parts(
    cluster: Engine,
    settings: config.Config,
    aliases: Mapping[str, str],
    stale: Sequence[tuple[Mapping[str, Any], Ref]],
    work: Path,
    watch: Watch,
) -> Again:
    """Read parts again, as `renew.here`."""
    alone = msgspec.structs.replace(settings, run=msgspec.structs.replace(settings.run, processes=1))
    done = cluster.each(_read, [_Stale(part, ref, work, alone, dict(aliases)) for part, ref in stale])
    found, counts, rejects = list[tuple[dict[str, Any], Ref]](), Counter[str](), list[pa.Table]()
    counts.update(dict.fromkeys(("read", "changed", "rejected", "without_words"), 0))
    for (_, ref), rows in zip(stale, done, strict=True):
        is_told = pc.is_valid(rows["told"])
        told = json.loads(rows.filter(is_told)["told"][0].as_py())
        watch.add(told["seconds"], told["rows"])
        counts.update(told["counts"])
        found.append((told["part"], ref._replace(folder=Path(told["folder"]))))
        rejects.append(rows.filter(pc.invert(is_told)).select(schema.REJECTS.names).cast(schema.REJECTS))
    return Again(found, counts, rejects)


def _read(task: _Stale) -> pa.Table:
    watch = silent()
    base = task.part["run_id"].partition("~")[0]
    shutil.rmtree(task.work / "parts" / base, ignore_errors=True)  # what an attempt left that was lost
    with Reader(task.settings, task.aliases, watch) as reader:
        part, ref = reader.part(task.part, task.ref, task.work)
    told = {"part": part, "folder": str(ref.folder), "counts": reader.counts}
    told |= {"seconds": watch.seconds, "rows": watch.rows}
    row = pa.table([["" if name != "told" else json.dumps(told)] for name in _TOLD.names], schema=_TOLD)
    rejects = pa.concat_tables(reader.rejects)
    return pa.concat_tables([row, rejects.append_column("told", pa.nulls(rejects.num_rows, pa.string())).cast(_TOLD)])
