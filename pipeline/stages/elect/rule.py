"""The ordered rule by which one print of a cluster is elected, over all clusters at once.

Each step gives every print a score; the prints that are not as good as the best one left in their cluster drop out.
Ties that reach over a band ("within 15 minutes") are measured from the best, never from print to print, so the result
depends on no order, and a print that is nowhere better than the winner cannot change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.stages._urls import normalise
from pipeline.stages.elect.origin import GRADES

if TYPE_CHECKING:
    import pandas as pd

    from pipeline import config

__all__ = ["FAULTS", "Outcome", "Step", "add_addresses", "count_pointers", "elect", "steps"]

#: What keeps a print from leading, with its weight; the print with the smallest sum goes first. The weights are powers
#: of two, so a graver fault outweighs all lighter ones together.
FAULTS: Mapping[str, int] = {"withdrawn": 16, "roundup": 8, "stub": 4, "release": 2, "duplicate": 1}

_TIME_CLASSES = {"second": 2, "minute": 2, "day": 1}


@dataclass(frozen=True)
class Step:
    """One step. `score`: float64 for each print, higher is better. `ties(best, score)`: which scores equal the best."""

    name: str
    score: np.ndarray[Any, Any]
    ties: Callable[..., Any] = np.equal


@dataclass(frozen=True)
class Outcome:
    """For each cluster the row of its winner and of its runner-up, and the index of the step that told them apart."""

    winner: np.ndarray[Any, Any]
    runner_up: np.ndarray[Any, Any]
    decided: np.ndarray[Any, Any]


def elect(rule: list[Step], starts: np.ndarray[Any, Any], n_rows: int) -> Outcome:
    """Runs the election. Rows of a cluster are adjacent, `starts` their first rows; each cluster has two or more.

    The last step must leave one. The runner-up is the best of those that fell at the deciding step: the last to be
    beaten. Example: scores [[1, 1, 0], [5, 7, 9]] elect row 1 by the second step, before row 0.
    """
    winner, decided, rivals = _rounds(rule, starts, np.ones(n_rows, dtype=bool))
    runner_up, _, _ = _rounds(rule, starts, rivals)
    return Outcome(winner, runner_up, decided)


def _rounds(rule: list[Step], starts: np.ndarray[Any, Any], left: np.ndarray[Any, Any]) -> tuple[Any, Any, Any]:
    """Survivor of each cluster among the rows `left`, the step that made it the only one, and who fell there."""
    cluster = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(left))))
    decided = np.zeros(len(starts), dtype=np.int64)
    fallen = np.zeros(len(left), dtype=bool)
    for place, step in enumerate(rule):
        best = np.maximum.reduceat(np.where(left, step.score, -np.inf), starts)[cluster]
        stays = left & step.ties(best, step.score)
        settled = (np.add.reduceat(left, starts, dtype=np.int64) > 1) & (
            np.add.reduceat(stays, starts, dtype=np.int64) == 1
        )
        decided[settled] = place
        fallen |= left & ~stays & settled[cluster]
        left = stays
    return np.flatnonzero(left), decided, fallen


def steps(prints: pd.DataFrame, settings: config.Elect) -> list[Step]:
    """The rule, in order, over the prints of clusters of two and more.

    Takes columns pinned, fault, at_home (bool), n_pointers, credit_rank, n_signals, version_rank, status, notice_id, n_words,
    published_at, published_precision, address (null: unknown), article_id.
    """
    time_class = prints["published_precision"].map(_TIME_CLASSES).fillna(0).where(prints["published_at"].notna(), 0)
    seconds = prints["published_at"].where(time_class > 0, _epoch()).astype("int64") / 1e6
    named = prints["address"].isna().to_numpy()
    address = np.lexsort([prints["article_id"].rank().to_numpy(), prints["address"].rank().fillna(0).to_numpy(), named])
    place = np.empty(len(prints))
    place[address] = np.arange(len(prints))

    def as_long(best: Any, score: Any) -> Any:
        return (score == best) | (score * (1.0 + settings.longer_by) > best)

    def as_early(best: Any, score: Any) -> Any:
        return (score == best) | (best - score < settings.tie_minutes * 60)

    two_signals = (prints["credit_rank"] == GRADES["full"]) & (prints["n_signals"] >= 2)
    return [
        Step("pinned", _score(prints["pinned"])),
        Step("fault", -_score(prints["fault"])),
        Step("home", _score(prints["at_home"])),
        Step("pointed", _score(prints["n_pointers"] > 0)),
        Step("credit", _score(prints["credit_rank"] + two_signals)),
        Step("version", _score(prints["version_rank"])),
        Step("correction", _score((prints["status"] == "corrected") & prints["notice_id"].isna())),
        Step("length", _score(prints["n_words"]), as_long),
        Step("precision", _score(time_class)),
        Step("time", -_score(seconds), as_early),
        Step("address", -place),
    ]


def _score(column: pd.Series) -> np.ndarray[Any, Any]:
    return np.asarray(column.to_numpy(dtype=np.float64))


def _epoch() -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(0, tz="UTC")


def add_addresses(prints: pd.DataFrame) -> pd.DataFrame:
    """Adds `host` and `address` of url, and `canonical_address`, `origin_address`; null where there is none.

    An address is the one form of a page's URLs (`_urls.normalise`). A canonical URL that is the page's own gets none.
    """
    urls, canonicals, origins = (_texts(prints[f"{name}url"]) for name in ("", "canonical_", "origin_"))
    addresses = [normalise(url) for url in urls]
    return prints.assign(
        host=_column([address and re.split(r"[/?]", address, maxsplit=1)[0] for address in addresses]),
        address=_column(addresses),
        canonical_address=_column(
            [normalise(other) if other != url else None for url, other in zip(urls, canonicals, strict=True)]
        ),
        origin_address=_column([normalise(url) for url in origins]),
    )


def _texts(column: pd.Series) -> list[str | None]:
    found: list[str | None] = pa.array(column, pa.string(), from_pandas=True).to_pylist()
    return found


def _column(texts: list[str | None]) -> pd.array:
    import pandas as pd

    return pd.array(texts, dtype="str")


def count_pointers(prints: pd.DataFrame) -> pd.Series:
    """How many members of its cluster, on other hosts and of other publishers, name each print as their original.

    Takes cluster, article_id, publisher_id, host, address, canonical_address, origin_address.
    """
    import pandas as pd

    if not prints[["canonical_address", "origin_address"]].notna().to_numpy().any():
        return pd.Series(0, index=prints.index)
    own = ["cluster", "article_id", "publisher_id", "host"]
    links = pd.concat(
        [
            prints[[*own, column]].rename(columns={column: "address"}).dropna(subset=["address", "host"])
            for column in ("canonical_address", "origin_address")
        ]
    ).drop_duplicates(["article_id", "address"])
    targets = prints[[*own, "address"]].dropna(subset=["address"])
    met = links.merge(targets, on=["cluster", "address"], suffixes=("_from", ""))
    foreign = (met["host_from"] != met["host"]) & ~(met["publisher_id_from"] == met["publisher_id"]).fillna(False)
    return prints["article_id"].map(met[foreign].groupby("article_id").size()).fillna(0).astype("int64")
