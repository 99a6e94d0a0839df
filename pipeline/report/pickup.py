"""Who printed whose copy: agencies by their prints, publishers by their share of agency copy, and where stories come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.report.scope import CREDITS, Scope

__all__ = [
    "LAGS",
    "SIZES",
    "WIDE",
    "Agency",
    "Bin",
    "Origins",
    "Publisher",
    "agencies",
    "lags",
    "origins",
    "publishers",
    "sizes",
    "wide",
]

WIDE = 5  # publishers of a story that is printed widely
_MOST = 20  # rows of a table

#: Upper ends of what a lag may be, in seconds, with words for each.
LAGS = (
    (900, "15 min"),
    (3_600, "1 h"),
    (10_800, "3 h"),
    (21_600, "6 h"),
    (43_200, "12 h"),
    (86_400, "1 day"),
    (259_200, "3 days"),
    (2**31, "later"),
)

#: Upper ends of how many prints a story has, with words for each.
SIZES = ((2, "2"), (3, "3"), (4, "4"), (9, "5-9"), (19, "10-19"), (49, "20-49"), (99, "50-99"), (2**31, "100+"))


class Agency(NamedTuple):
    """What was printed of an agency: by stories, prints and publishers, how credit was given, and how much was used.

    `credits` are prints by `CREDITS`; `used` is the mean share of the canonical text that reprints have, None without any.
    """

    name: str
    stories: int
    prints: int
    publishers: int
    credits: dict[str, int]
    used: float | None


class Publisher(NamedTuple):
    """A publisher's articles, how many of them are agency copy, its first agency, and the credits that it dropped."""

    name: str
    articles: int
    copy: int
    agency: str
    dropped: int


class Origins(NamedTuple):
    """Stories and prints that have so many independent origins."""

    label: str
    stories: int
    prints: int


class Bin(NamedTuple):
    """How many there are of what a label says."""

    label: str
    n: int


def agencies(scope: Scope) -> tuple[list[Agency], int]:
    """The agencies with most prints, and how many more there are. Their own sites count among the prints."""
    prints = scope.prints.filter(pc.is_valid(scope.prints["origin"]))
    groups = prints.group_by("origin", use_threads=False).aggregate(
        [("cluster_id", "count_distinct"), ("origin", "count"), ("named", "count_distinct")]
    )
    reprints = prints.filter(pc.invert(prints["is_canonical"]))
    used = dict(_pairs(reprints.group_by("origin", use_threads=False).aggregate([("share_of_canonical", "mean")])))
    credits = dict[str, dict[str, int]]()
    counted = prints.group_by(["origin", "credit_status"], use_threads=False).aggregate([("origin", "count")])
    for origin, status, count in _pairs(counted):
        credits.setdefault(origin, dict.fromkeys(CREDITS, 0))[status] = count
    names = scope.agencies
    found = [
        Agency(names.get(origin, origin), stories, count, publishers, credits[origin], used.get(origin))
        for origin, stories, count, publishers in _pairs(groups)
    ]
    found.sort(key=lambda agency: (-agency.prints, agency.name))
    return found[:_MOST], max(len(found) - _MOST, 0)


def publishers(scope: Scope) -> tuple[list[Publisher], int]:
    """The publishers with most agency copy, and how many more have some.

    Copy is what has an agency for its origin, but for the agency's own site.
    """
    prints = scope.prints.filter(pc.is_valid(scope.prints["named"]))
    is_copy = pc.and_(pc.is_valid(prints["origin"]), pc.not_equal(prints["credit_status"], "own"))
    prints = prints.append_column("copy", is_copy.cast(pa.int64()))
    dropped = pc.equal(prints["credit_status"], "dropped").cast(pa.int64())
    prints = prints.append_column("dropped", dropped)
    groups = prints.group_by("named", use_threads=False).aggregate(
        [("named", "count"), ("copy", "sum"), ("dropped", "sum")]
    )
    first = _first_agency(prints.filter(is_copy), scope.agencies)
    found = [
        Publisher(name, articles, copy, first.get(name, ""), dropped)
        for name, articles, copy, dropped in _pairs(groups)
    ]
    found = sorted((row for row in found if row.copy), key=lambda row: (-row.copy, -row.articles, row.name))
    return found[:_MOST], max(len(found) - _MOST, 0)


def _first_agency(copy: pa.Table, names: Mapping[str, str]) -> dict[str, str]:
    """The agency of which each publisher printed most."""
    counted = copy.group_by(["named", "origin"], use_threads=False).aggregate([("origin", "count")])
    first = dict[str, str]()
    for name, origin, _ in sorted(_pairs(counted), key=lambda row: (row[0], -row[2], row[1])):
        first.setdefault(name, names.get(origin, origin))
    return first


def origins(scope: Scope) -> list[Origins]:
    """The night's stories that were printed more than once, by how many independent origins they have."""
    rows = _stories(scope)
    counts, sizes = rows["n_origins"].to_numpy(), rows["n_articles"].to_numpy()
    is_named = pc.is_valid(rows["origin_agency"]).to_numpy() | (counts > 1)
    labels = (
        ("nobody is named", ~is_named),
        ("one", is_named & (counts == 1)),
        ("two", counts == 2),
        ("three or more", counts > 2),
    )
    found = [Origins(label, int(which.sum()), int(sizes[which].sum())) for label, which in labels]
    return [row for row in found if row.stories]


def wide(scope: Scope, publishers: int) -> tuple[int, int]:
    """Of the night's stories with so many publishers: how many there are, and how many rest on one origin alone."""
    rows = _stories(scope)
    rows = rows.filter(pc.greater_equal(rows["n_publishers"], publishers))
    return rows.num_rows, int(pc.sum(pc.equal(rows["n_origins"], 1)).as_py() or 0)


def sizes(scope: Scope) -> list[Bin]:
    """The night's stories by how often each is printed so far."""
    return _binned(_stories(scope)["n_articles"].to_numpy(), SIZES)


def lags(scope: Scope) -> list[Bin]:
    """The night's reprints by how long after the first print of their story they came; those with a time alone."""
    rows = scope.prints.filter(
        pc.and_(pc.greater(scope.prints["n_articles"], 1), pc.is_valid(scope.prints["lag_seconds"]))
    )
    seconds = rows["lag_seconds"].to_numpy()
    return _binned(seconds[seconds > 0], LAGS)


def _stories(scope: Scope) -> pa.Table:
    rows = scope.clusters.filter(pc.greater(scope.clusters["n_articles"], 1))
    return rows.filter(rows["is_touched"]) if scope.is_tonight else rows


def _binned(values: NDArray[Any], ends: Sequence[tuple[int, str]]) -> list[Bin]:
    places = np.searchsorted([end for end, _ in ends], values)
    counts = np.bincount(places, minlength=len(ends))
    last = int(np.flatnonzero(counts)[-1]) + 1 if counts.any() else 0  # nothing is said of what is larger than all
    return [Bin(label, int(count)) for (_, label), count in zip(ends[:last], counts[:last], strict=True)]


def _pairs(rows: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
