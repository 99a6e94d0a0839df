"""Writing a part of the state anew: without some articles, as other rules read it, or from an older layout.

A part never changes, so whoever wants it otherwise writes it under another name. It goes a batch at a time: words pass through
and are not held. What was compared is left out, for it holds no longer; words that are gone stay so, and what is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.storage import files
from pipeline.storage.part import LINES, REJECTED, ROW, ROWS, TAKEN, WORDS, Part, freeze, frozen, let_go, there, words

__all__ = ["Group", "groups", "only", "without", "write"]


class Group(NamedTuple):
    """What a part took in of some articles that follow one another, by table; the first has the number `first`."""

    first: int
    tables: dict[str, pa.Table]


def groups(folder: Path) -> Iterator[Group]:
    """What the part in `folder` took in, without tables of words that are gone. A batch at a time: words are not held."""
    paths = {name: files.path_of(folder, name) for name in there(folder)}
    mapped = {name: files.mapped(path) for name, path in paths.items() if files.is_mapped(path)}
    packed = [name for name in paths if name not in mapped]
    first = 0
    for found in zip(*(files.pieces(paths[name]) for name in packed), strict=True):
        rows = dict(zip(packed, found, strict=True))
        last = first + rows["articles"].num_rows
        rows = _as_today(rows | {name: table.slice(first, last - first) for name, table in mapped.items()})
        yield Group(first, rows | {name: _lines(folder, name, first, last) for name in LINES})
        first = last


def _as_today(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Tables that go row by row. Before layout 4 bodies lay with the articles, and none of those was rejected.

    Columns that an older layout did not have, as slugs and what notices name before layout 5, are null until the articles are
    read again.
    """
    articles = tables["articles"]
    if REJECTED.name not in articles.column_names:
        told = articles.append_column(REJECTED, pa.repeat(False, articles.num_rows))
        tables = tables | {"articles": told, "bodies": articles}
    return {name: files.fitted(rows, TAKEN[name]) for name, rows in tables.items()}


def _lines(folder: Path, name: str, first: int, last: int) -> pa.Table:
    """What was found in the articles of the rows [first, last)."""
    where = (pc.field(ROW.name) >= first) & (pc.field(ROW.name) < last)
    return pq.read_table(folder / f"{name}.parquet", filters=where).cast(TAKEN[name])


def write(folder: Path, into: Path, change: Callable[[Iterator[Group]], Iterable[Mapping[str, pa.Table]]]) -> None:
    """Write what the part in `folder` took in anew to the folder `into`, its groups as `change` gives them, in their order."""
    with Part(into) as part:
        for tables in change(groups(folder)):
            for name, rows in tables.items():
                part.add(name, rows)
        part.close(lambda rows: rows)
    let_go(into, set(WORDS) - words(folder))
    freeze(into, frozen(folder))


def only(stays: pa.ChunkedArray) -> Callable[[Group], dict[str, pa.Table]]:
    """A change that leaves those articles alone for which it is true, of all of a part; their rows are numbered anew."""
    place = pc.subtract(pc.cumulative_sum(stays.cast(pa.int64())), 1)

    def change(group: Group) -> dict[str, pa.Table]:
        tables = {}
        for name, rows in group.tables.items():
            if name in ROWS:
                tables[name] = rows.filter(stays.slice(group.first, rows.num_rows))
            else:
                left = rows.filter(stays.take(rows[ROW.name]))
                at = left.column_names.index(ROW.name)
                tables[name] = left.set_column(at, ROW, place.take(left[ROW.name]))
        return tables

    return change


def without(folder: Path, article_ids: Sequence[str], into: Path, released: Collection[str] = ()) -> int:
    """Write the part in `folder` anew, without those articles, to the folder `into`. How many texts are left.

    Of the frozen articles those `released` are so no longer.
    """
    ids = pa.array(article_ids, pa.string())
    stays = pc.invert(pc.is_in(pq.read_table(folder / "articles.parquet", columns=["article_id"])["article_id"], ids))
    write(folder, into, lambda groups: map(only(stays), groups))
    gone, named = pa.array([*article_ids, *released], pa.string()), frozen(folder)
    freeze(into, named.filter(pc.invert(pc.is_in(named, gone))))
    return int(pc.sum(stays).as_py() or 0)
