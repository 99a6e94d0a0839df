"""The parts of a store's state: what one run adds, written once and never changed.

A part, `DIR/state/RUN_ID/`, holds two things.

What was *taken in*, row by row: `articles`, their `bodies`, their `sketches`, and the `records` that were read; and `credits`,
`citations` and `stripped` lines, whose `row` is that of the article. The records are kept so that an article can be read again
under other rules; one that those reject is `rejected`, and stays to come back under others. By the hashes in `seen` articles
are known again.

What was made of it to be *compared*: `texts`, a row for each text that came into the comparison in that run. It may be of a new
article, of a new version of one, or one that was done again because furniture had become known; the sketches of those are in
`redone`, their learned lines in `struck`. `learned` says what furniture is known, `matches` are the verified pairs
that the run added. A part never changes, so a later one says what no longer holds: `left` names texts that are compared no
more, `void` those whose earlier matches do not count. `waiting` are articles whose time has not come.

One thing may go from a part: the `WORDS` of its articles, once they are older than the setting says. Each table of them is a
file, and whoever reads finds it there or not.

Rows are named across parts by a *key*: the number of the part << 32 | the row in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import schema
from pipeline.stages import identify, learn, pair, verify
from pipeline.storage import write

__all__ = [
    "COMPARED",
    "LINES",
    "TAKEN",
    "WORDS",
    "Group",
    "Part",
    "articles",
    "groups",
    "held",
    "let_go",
    "uneven",
    "without",
    "words",
]

_ROW = pa.field("row", pa.int64(), nullable=False)  # of the article in the part
_KEY = pa.field("key", pa.int64(), nullable=False)
_GROUP = 4_096  # rows that are read together when a few are wanted

_BODY = pa.schema([schema.ARTICLES.field("body"), schema.ARTICLES.field("body_map")])
_REJECTED = pa.field("rejected", pa.bool_(), nullable=False)  # by the rules of today, though not by those it came under

#: What was taken in, by table.
TAKEN: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "articles": pa.schema([*(field for field in schema.ARTICLES if field not in _BODY), _REJECTED]),
        "bodies": _BODY,
        "records": schema.RECORDS,
        "sketches": schema.SKETCHES,
        "stripped": schema.STRIPPED.append(_ROW),
        "credits": schema.CREDITS.append(_ROW),
        "citations": schema.CITATIONS.append(_ROW),
    }
)

#: What is compared, by table.
COMPARED: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "texts": pa.schema(
            [
                _KEY,
                pa.field("article", pa.int64(), nullable=False),  # the key of the article as it was taken in
                pa.field("redone", pa.int64(), nullable=False),  # the row in `redone`, -1 for none
                pa.field("article_id", pa.string(), nullable=False),
                pa.field("effective_at", schema.TIME, nullable=False),
                pa.field("publisher_id", pa.string()),
                pa.field("headline", pa.string()),
                pa.field("n_words", pa.int32(), nullable=False),
                pa.field("text_state", pa.string(), nullable=False),
                pa.field("kin", pa.int64(), nullable=False),
                pa.field("lines", schema.SKETCHES.field("lines").type, nullable=False),  # learned ones included
                pa.field("original", pa.int64(), nullable=False),  # `content` with learned lines
                *pair.KEYS,
            ]
        ),
        "redone": schema.SKETCHES,
        "struck": schema.STRIPPED.append(_KEY),
        "learned": learn.LEARNED,
        "matches": verify.MATCHES.append(pa.field("at", schema.TIME, nullable=False)),  # of the later; sides are keys
        "left": pa.schema([_KEY]),
        "void": pa.schema([_KEY]),
        "waiting": pa.schema([_KEY, pa.field("effective_at", schema.TIME, nullable=False)]),
    }
)

#: The tables that go row by row with one another, in the same row groups.
_ROWS = ("articles", "bodies", "records", "sketches")

#: Those that may be gone, first the one that needs the other.
WORDS = ("records", "bodies")

#: The tables that say what was found in an article.
LINES = ("stripped", "credits", "citations")


class Part:
    """The part that a run under way adds: what is taken in batch by batch, bodies pass through and are not held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        self._writers = {name: self._writer(self._path(name), name) for name in TAKEN}

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def add(self, name: str, rows: pa.Table) -> None:
        """Append rows to a table of what was taken in. Articles that do not say so are not `rejected`."""
        if not rows.num_rows:
            return
        if name == "articles" and _REJECTED.name not in rows.column_names:
            rows = rows.append_column(_REJECTED, pa.repeat(False, rows.num_rows))
        self._writers[name].write_table(rows.select(TAKEN[name].names).cast(TAKEN[name]))

    def close(self, change: Callable[[pa.Table], pa.Table]) -> None:
        """End what was taken in, with a last change of ids in every table, and have it on the disk when this returns."""
        for name, writer in self._writers.items():
            writer.close()
            path = self._path(name)
            if "article_id" in TAKEN[name].names:
                ids = pq.read_table(path, columns=["article_id"])
                if not change(ids).equals(ids):
                    self._rewrite(path, name, change)
            write.sync(path)
        known_by = pq.read_table(self._path("articles"), columns=["identity", "digest", "article_id", "source_id"])
        write.write_table(identify.seen(known_by), self._path("seen"))
        write.sync(self.folder)

    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table of what is compared; on the disk when this returns."""
        rows = rows.select(COMPARED[name].names).cast(COMPARED[name])
        pq.write_table(rows, self._path(name), compression="zstd", row_group_size=_GROUP)
        write.sync(self._path(name))

    def _rewrite(self, path: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
        aside = path.with_suffix(".settled")
        with pq.ParquetFile(path) as old, self._writer(aside, name) as new:
            for group in range(old.num_row_groups):
                new.write_table(change(old.read_row_group(group).cast(TAKEN[name])))
        aside.replace(path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    @staticmethod
    def _writer(path: Path, name: str) -> pq.ParquetWriter:
        return pq.ParquetWriter(path, TAKEN[name], compression="zstd")


class Group(NamedTuple):
    """What a part took in of some articles that follow one another, by table; the first has the number `first`."""

    first: int
    tables: dict[str, pa.Table]


def groups(folder: Path) -> Iterator[Group]:
    """What the part in `folder` took in, without tables of words that are gone. A batch at a time: words are not held."""
    with ExitStack() as open_:
        files = {name: open_.enter_context(pq.ParquetFile(folder / f"{name}.parquet")) for name in _there(folder)}
        first = 0
        for number in range(files["articles"].num_row_groups):
            rows = _as_today({name: file.read_row_group(number) for name, file in files.items()})
            last = first + rows["articles"].num_rows
            yield Group(first, rows | {name: _lines(folder, name, first, last) for name in LINES})
            first = last


def _as_today(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Tables that go row by row. Before layout 4 bodies lay with the articles, and none of those was rejected."""
    articles = tables["articles"]
    if _REJECTED.name not in articles.column_names:
        told = articles.append_column(_REJECTED, pa.repeat(False, articles.num_rows))
        tables = tables | {"articles": told, "bodies": articles}
    return {name: rows.select(TAKEN[name].names).cast(TAKEN[name]) for name, rows in tables.items()}


def _lines(folder: Path, name: str, first: int, last: int) -> pa.Table:
    """What was found in the articles of the rows [first, last)."""
    where = (pc.field(_ROW.name) >= first) & (pc.field(_ROW.name) < last)
    return pq.read_table(folder / f"{name}.parquet", filters=where).cast(TAKEN[name])


def words(folder: Path) -> set[str]:
    """Those of `WORDS` that the part in `folder` has; where all are there, its articles can be read again."""
    with_articles = {"bodies"} if "body" in pq.read_schema(folder / "articles.parquet").names else set()
    return with_articles | set(WORDS).intersection(_there(folder))


def articles(folder: Path, columns: list[str]) -> pa.Table:
    """Those columns of the articles of the part in `folder`."""
    path = folder / "articles.parquet"
    there = set(pq.read_schema(path).names)
    rows = pq.read_table(path, columns=[name for name in columns if name in there])
    for name in (name for name in columns if name not in there):
        rows = rows.append_column(name, pa.repeat(False, rows.num_rows))  # before layout 4 none was rejected
    return rows.select(columns).cast(pa.schema([TAKEN["articles"].field(name) for name in columns]))


def held(folder: Path, ids: pa.Array) -> tuple[set[str], set[str]]:
    """Which of these articles any table of the part in `folder` has, and the identities it gives them."""
    found, identities = set[str](), set[str]()
    for name, columns in ({**TAKEN, **COMPARED}).items():
        path = folder / f"{name}.parquet"
        wanted = [column for column in ("article_id", "identity") if column in columns.names]
        if wanted and path.exists():  # a part that was written anew has nothing that is compared
            rows = pq.read_table(path, columns=wanted)
            rows = rows.filter(pc.is_in(rows["article_id"], ids))
            found.update(rows["article_id"].to_pylist())
            identities.update(rows["identity"].to_pylist() if "identity" in wanted else ())
    return found, identities


def without(folder: Path, article_ids: Sequence[str], into: Path) -> int:
    """Write what the part in `folder` took in anew, without those articles, to the folder `into`. How many texts are left.

    What was compared is left out: rows have other numbers now.
    """
    ids = pa.array(article_ids, pa.string())
    kept = pq.read_table(folder / "articles.parquet", columns=["article_id"])["article_id"]
    stays = pc.invert(pc.is_in(kept, ids))
    place = pc.subtract(pc.cumulative_sum(stays.cast(pa.int64())), 1)
    with Part(into) as part:
        for group in groups(folder):
            mask = stays.slice(group.first, group.tables["articles"].num_rows)
            for name, rows in group.tables.items():
                if name in _ROWS:
                    part.add(name, rows.filter(mask))
                else:
                    left = rows.filter(pc.invert(pc.is_in(rows["article_id"], ids)))
                    at = left.column_names.index(_ROW.name)
                    part.add(name, left.set_column(at, _ROW, place.take(left[_ROW.name])))
        part.close(lambda rows: rows)
    let_go(into, set(WORDS) - words(folder))
    return int(pc.sum(stays).as_py() or 0)


def uneven(folder: Path) -> str:
    """The tables of words that have other rows than the articles of the part in `folder`; "" for none, which is expected."""
    rows = {name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in _there(folder)}
    return " and ".join(name for name in WORDS if rows.get(name, rows["articles"]) != rows["articles"])


def _there(folder: Path) -> list[str]:
    """Those of the tables that go row by row which the part still has."""
    return [name for name in _ROWS if (folder / f"{name}.parquet").exists()]


def let_go(folder: Path, names: Iterable[str] = WORDS) -> None:
    """Remove the words of a part's articles; of what a kill leaves of them, the next call removes the rest."""
    for name in names:
        (folder / f"{name}.parquet").unlink(missing_ok=True)
