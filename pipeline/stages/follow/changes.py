"""What a run changed in the published rows: the feed for other jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import schema

__all__ = ["Compared", "compare", "table"]

_RUNS = ("first_run_id", "changed_run_id")
_LONGEST_TEXT = 80  # characters of one value in `before` and `after`
_SAME_BEFORE = 20  # of these before the first that differs, where it stands behind them

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Compared:
    """Rows beside what was published of them. `was` has a row for each of `now`, all null where the key is new.

    `gone`: published rows whose key is no more. `differs`: for each column which rows changed in it, new rows in all.
    """

    now: pa.Table
    was: pa.Table
    gone: pa.Table
    known: Mask
    differs: dict[str, Mask]

    def is_same(self, *columns: str) -> pa.Array:
        """Which rows were published before with equal values in those columns (default: in all)."""
        same = self.known.copy()
        for column in columns or self.differs:
            same &= ~self.differs[column]
        return pa.array(same)


def compare(now: pa.Table, before: pa.Table, key: str) -> Compared:
    """Compares the rows of two tables that share a unique `key`, in all columns of `now` but the run ids."""
    import pyarrow.compute as pc

    now_keys, before_keys = (table[key].combine_chunks() for table in (now, before))
    was = before.take(pc.index_in(now_keys, before_keys))
    gone = before.filter(pc.invert(pc.is_in(before_keys, now_keys)))
    differs = {column: _differs(now[column], was[column]) for column in now.column_names if column not in _RUNS}
    return Compared(now, was, gone, was[key].is_valid().to_numpy(), differs)


def _differs(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Mask:
    """Where two columns differ; null equals null."""
    import pyarrow.compute as pc

    equal = pc.fill_null(pc.equal(left, right), False)
    both_null = pc.and_(left.is_null(), right.is_null())
    return np.asarray(pc.invert(pc.or_(equal, both_null)).to_numpy())


def table(clusters: Compared, members: Compared) -> pa.Table:
    """The published changes, sorted by key.

    Of an article: `added` (after: its cluster), `moved` (its cluster before and after), `changed` (the columns that
    did, but for the cluster), `removed` (before: its cluster). Of a cluster: `created`, `changed`, `removed`, with its
    size or the columns that changed. Each row names an article or a cluster, never both.
    """
    moved = members.known & members.differs["cluster_id"]
    same = np.asarray(members.is_same())
    parts = [
        _rows("added", "article_id", members.now, ~members.known, after=members.now["cluster_id"]),
        _rows("moved", "article_id", members.now, moved, members.was["cluster_id"], members.now["cluster_id"]),
        _changed("article_id", members, members.known & ~same & ~moved),
        _rows("removed", "article_id", members.gone, None, before=members.gone["cluster_id"]),
        _rows("created", "cluster_id", clusters.now, ~clusters.known, after=_sizes(clusters.now)),
        _changed("cluster_id", clusters, clusters.known & ~np.asarray(clusters.is_same())),
        _rows("removed", "cluster_id", clusters.gone, None, before=_sizes(clusters.gone)),
    ]
    changes = pa.concat_tables(parts)
    return changes.sort_by([(key, "ascending") for key in schema.KEYS["changes"]]).combine_chunks()


def _rows(kind: str, key: str, rows: pa.Table, mask: Mask | None, before: Any = None, after: Any = None) -> pa.Table:
    """Change rows of one kind for the rows under the mask (None: all)."""
    nothing = pa.nulls(rows.num_rows, pa.string())
    columns = {
        "article_id": nothing,
        "cluster_id": nothing,
        "kind": pa.array([kind] * rows.num_rows, pa.string()),
        "before": nothing if before is None else before,
        "after": nothing if after is None else after,
        key: rows[key],
    }
    published = schema.PUBLISHED["changes"]
    changes = pa.table([columns[name] for name in published.names], schema=published)
    return changes if mask is None else changes.filter(pa.array(mask))


def _changed(key: str, compared: Compared, mask: Mask) -> pa.Table:
    """Change rows that list the columns which changed, with their values then and now."""
    import pyarrow.compute as pc

    places = np.flatnonzero(mask)
    told = [
        _told(column, compared.was[column], compared.now[column], places, differs)
        for column, differs in compared.differs.items()
    ]
    before, after = (
        pc.binary_join_element_wise(*columns, "; ", null_handling="skip") for columns in zip(*told, strict=True)
    )
    return _rows("changed", key, compared.now.take(pa.array(places)), None, before, after)


def _told(
    column: str, was: pa.ChunkedArray, now: pa.ChunkedArray, places: np.ndarray[Any, Any], differs: Mask
) -> list[pa.Array]:
    """The values of a column in those places, then and now, under its name where they differ, else null.

    They are told so that they differ, too.
    """
    import pyarrow.compute as pc

    here = differs[places]
    sides = [values.take(pa.array(places[here])).combine_chunks() for values in (was, now)]
    spelled = [_spelled(column, values) for values in sides]
    alike = pc.equal(*spelled)
    if pc.any(alike).as_py():
        few = zip(*(values.filter(alike).to_pylist() for values in sides), strict=True)
        apart = zip(*(_apart(*pair) for pair in few), strict=True)
        spelled = [
            pc.replace_with_mask(side, alike, pa.array([f"{column} {text}" for text in texts], pa.string()))
            for side, texts in zip(spelled, apart, strict=True)
        ]
    at = pa.array(np.cumsum(here) - 1, mask=~here)
    return [side.take(at) for side in spelled]


def _spelled(column: str, values: pa.Array) -> pa.Array:
    """Values under the name of their column. Few are distinct, and each of those is spelled once."""
    coded = values.dictionary_encode(null_encoding="encode")
    spelled = pa.array([f"{column} {_short(value)}" for value in coded.dictionary.to_pylist()], pa.string())
    return spelled.take(coded.indices)


def _apart(one: object, other: object) -> tuple[str, str]:
    """Two values that are the same when they are told in short: long ones from where they begin to differ."""
    if not isinstance(one, str) or not isinstance(other, str):
        return repr(one), repr(other)
    longest = min(len(one), len(other))
    start = next((at for at in range(longest) if one[at] != other[at]), longest) - _SAME_BEFORE
    return _short(f"…{one[start:]}"), _short(f"…{other[start:]}")


def _sizes(clusters: pa.Table) -> pa.Array:
    return pa.array([f"{n} article{'s' * (n != 1)}" for n in clusters["n_articles"].to_pylist()], pa.string())


def _short(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.isoformat()
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
