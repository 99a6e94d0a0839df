"""How the canonical and its runner-up stand at each step of the rule, for whoever asks why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline import config
from pipeline.stages.elect import rule
from pipeline.stages.elect.election import ready
from pipeline.stages.elect.origin import GRADES
from pipeline.stages.elect.rule import FAULTS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Standing", "standing"]

Print = Mapping[Any, Any]


class Standing(NamedTuple):
    """How two prints stand at a step, in words; `decided`: it told them apart."""

    step: str
    canonical_id: str
    canonical: str
    runner_up_id: str
    runner_up: str
    decided: bool


def standing(
    articles: pa.Table, credits: pa.Table, settings: config.Elect, pinned: Mapping[str, str] = MappingProxyType({})
) -> list[Standing]:
    """The steps of the election of one cluster of two or more, up to the one that decided.

    `articles` are all of the cluster, in the columns that `canonicals` needs, `credits` theirs.
    """
    import pyarrow as pa

    ids = articles["article_id"]
    groups = pa.table({"article_id": ids, "anchor_id": pa.repeat(ids[0].as_py(), len(ids))})
    prints = ready(groups, articles, credits, pinned)
    steps = rule.steps(prints, settings)
    outcome = rule.elect(steps, np.zeros(1, np.int64), len(prints))
    last = int(outcome.decided[0])
    rows = prints.iloc[[outcome.winner[0], outcome.runner_up[0]]].to_dict("records")
    (winner, other), told = rows, list[Standing]()
    for place, step in enumerate(steps[: last + 1]):
        words = [_WORDS[step.name](row) for row in rows]
        told.append(Standing(step.name, winner["article_id"], words[0], other["article_id"], words[1], place == last))
    return told


def _fault(row: Print) -> str:
    found = [name for name, weight in FAULTS.items() if row["fault"] & weight]
    return " and ".join(found) if found else "can lead"


def _pointed(row: Print) -> str:
    return f"named as the original by {row['n_pointers']}" if row["n_pointers"] else "named as the original by none"


def _credit(row: Print) -> str:
    if row["credit_rank"] == GRADES["full"]:
        return f"credited in full, {row['n_signals']} signal{'' if row['n_signals'] == 1 else 's'}"
    return "credited in part" if row["credit_rank"] else "not credited"


def _correction(row: Print) -> str:
    return "corrected" if row["status"] == "corrected" and not isinstance(row["notice_id"], str) else "not corrected"


def _precision(row: Print) -> str:
    return f"dated to the {row['published_precision']}" if row["published_precision"] != "unknown" else "without a date"


def _time(row: Print) -> str:
    at = row["published_at"]
    return f"{at:%Y-%m-%d %H:%M} UTC" if at == at and at is not None else "without a date"  # noqa: PLR0124 - NaT


_WORDS: Mapping[str, Callable[[Print], str]] = {
    "pinned": lambda row: "pinned" if row["pinned"] else "not pinned",
    "fault": _fault,
    "home": lambda row: "at home" if row["at_home"] else "not at home",
    "pointed": _pointed,
    "credit": _credit,
    "version": lambda row: f"version {row['version_rank']}",
    "correction": _correction,
    "length": lambda row: f"{row['n_words']} words",
    "precision": _precision,
    "time": _time,
    "address": lambda row: row["address"] if isinstance(row["address"], str) else row["article_id"],
}
