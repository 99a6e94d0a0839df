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
more, `void` those whose earlier matches do not count. `waiting` are articles whose time has not come, `notices` those whose
newest version is withdrawn or corrected, or no more.

`sketches`, `texts` and `redone` are looked up row by row, and lie as Arrow; all else is Parquet (`files`). Beside `seen`,
`texts` and `matches` the same lies once more in an order in which a few values are found at once (`index`).

One thing may go from a part: the `WORDS` of its articles, once they are older than the setting says. Each table of them is a
file, and whoever reads finds it there or not.

A part that a rebuild took from a store of other sketches may have `frozen` articles: those without words, and all that share a
published cluster with one. They are compared with nothing any more, and their clusters stay as they were published.

Rows are named across parts by a *key*: the number of the part << 32 | the row in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import schema
from pipeline.stages import identify, learn, pair, retract, verify
from pipeline.stages.kernels.threads import parallel
from pipeline.storage import files, index, write

__all__ = [
    "COMPARED",
    "LINES",
    "REJECTED",
    "ROW",
    "ROWS",
    "TAKEN",
    "WORDS",
    "Part",
    "add",
    "adding",
    "articles",
    "freeze",
    "frozen",
    "gather",
    "held",
    "let_go",
    "there",
    "tidy",
    "uneven",
    "words",
]

#: The number of the article in the part.
ROW = pa.field("row", pa.int64(), nullable=False)

_KEY = pa.field("key", pa.int64(), nullable=False)
_GROUP = 4_096  # rows that are read together when a few are wanted

_BODY = pa.schema([schema.ARTICLES.field("body"), schema.ARTICLES.field("body_map")])

#: Whether the rules of today reject an article that those took under which it came.
REJECTED = pa.field("rejected", pa.bool_(), nullable=False)

#: What was taken in, by table.
TAKEN: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "articles": pa.schema([*(field for field in schema.ARTICLES if field not in _BODY), REJECTED]),
        "bodies": _BODY,
        "records": schema.RECORDS,
        "sketches": schema.SKETCHES,
        "stripped": schema.STRIPPED.append(ROW),
        "credits": schema.CREDITS.append(ROW),
        "citations": schema.CITATIONS.append(ROW),
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
                pa.field("credits", pa.bool_(), nullable=False),  # it names the agency that it has its text from
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
        "notices": pa.schema([_KEY, *retract.NOTICES]),
        "waiting": pa.schema([_KEY, pa.field("effective_at", schema.TIME, nullable=False)]),
    }
)

#: The tables that go row by row with one another, in the same row groups.
ROWS = ("articles", "bodies", "records", "sketches")

#: Those that may be gone, first the one that needs the other.
WORDS = ("records", "bodies")

#: The tables that say what was found in an article.
LINES = ("stripped", "credits", "citations")


class Part:
    """The part that a run under way adds: what is taken in batch by batch, bodies pass through and are not held.

    One that is not `lasting` need not survive the process, and has no indexes.
    """

    def __init__(self, folder: Path, *, lasting: bool = True) -> None:
        self.folder, self._lasting = folder, lasting
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        self._writers = {name: files.writer(self._path(name), name, TAKEN[name]) for name in TAKEN}

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
        if name == "articles" and REJECTED.name not in rows.column_names:
            rows = rows.append_column(REJECTED, pa.repeat(False, rows.num_rows))
        self._writers[name].write_table(rows.select(TAKEN[name].names).cast(TAKEN[name]))

    def close(self, change: Callable[[pa.Table], pa.Table]) -> None:
        """End what was taken in, with a last change of ids in every table, and have it on the disk when this returns."""
        for name, writer in self._writers.items():
            writer.close()
            path = self._path(name)
            if "article_id" in TAKEN[name].names:
                ids = files.read(path, ["article_id"])
                if not change(ids).equals(ids):
                    self._rewrite(path, name, change)
        each: list[Callable[[], None]] = [self._see, *(partial(self._keep, self._path(name)) for name in self._writers)]
        parallel(lambda do: do(), each)
        self._keep(self.folder)

    def _see(self) -> None:
        """Write by what the articles are known again."""
        if self._lasting:
            known_by = pq.read_table(self._path("articles"), columns=["identity", "digest", "article_id", "source_id"])
            write.write_table(identify.seen(known_by), self._path("seen"))
            index.write(self.folder, "seen")

    def _keep(self, path: Path) -> None:
        """Have a file, or the entries of a folder, on the disk."""
        if self._lasting:
            write.sync(path)

    def _rewrite(self, path: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
        aside = path.with_suffix(".settled")
        with files.writer(aside, name, TAKEN[name]) as new:
            for rows in files.pieces(path):
                new.write_table(change(rows.cast(TAKEN[name])))
        aside.replace(path)

    def _path(self, name: str) -> Path:
        return files.path_of(self.folder, name)


def add(folder: Path, name: str, rows: pa.Table, *, lasting: bool = True) -> None:
    """Write a table of what is compared to the part in `folder`, in one step; on the disk when this returns.

    Where it is not to be `lasting`, it need not survive the process. Its index is for `index.write`.
    """
    with adding(folder, name, lasting=lasting) as more:
        more(rows)


@contextmanager
def adding(folder: Path, name: str, *, lasting: bool = True) -> Iterator[Callable[[pa.Table], None]]:
    """As `add`, of rows that come some at a time. The table is there when the block has ended well."""
    path, aside = files.path_of(folder, name), folder / f"{index.ASIDE}{name}.{uuid.uuid4().hex}"
    columns = COMPARED[name]
    with files.writer(aside, name, columns) as writer:
        yield lambda rows: writer.write_table(rows.select(columns.names).cast(columns), row_group_size=_GROUP)
    if lasting:
        write.sync(aside)
    aside.replace(path)


def gather(folder: Path, name: str, files: Sequence[Path]) -> None:
    """The same of a table that lies in several files, in their order, of which a few rows are held at a time."""
    columns = COMPARED[name]
    with adding(folder, name) as more:
        for file in files:
            for rows in pq.ParquetFile(file).iter_batches(_GROUP):
                more(pa.Table.from_batches([rows]).cast(columns))


def tidy(folder: Path) -> None:
    """Remove what writers left aside that did not come to an end."""
    for path in folder.glob(f"{index.ASIDE}*"):
        path.unlink(missing_ok=True)


def words(folder: Path) -> set[str]:
    """Those of `WORDS` that the part in `folder` has; where all are there, its articles can be read again."""
    with_articles = {"bodies"} if "body" in pq.read_schema(folder / "articles.parquet").names else set()
    return with_articles | set(WORDS).intersection(there(folder))


def articles(folder: Path, columns: list[str]) -> pa.Table:
    """Those columns of the articles of the part in `folder`."""
    path = folder / "articles.parquet"
    there = set(pq.read_schema(path).names)
    rows = pq.read_table(path, columns=[name for name in columns if name in there])
    if REJECTED.name in columns and REJECTED.name not in there:
        rows = rows.append_column(REJECTED.name, pa.repeat(False, rows.num_rows))  # before layout 4 none was
    return files.fitted(rows, pa.schema([TAKEN["articles"].field(name) for name in columns]))


def frozen(folder: Path) -> pa.Array:
    """The ids of articles that the part in `folder` says are compared with nothing any more."""
    path = folder / "frozen.parquet"
    return pq.read_table(path)["article_id"].combine_chunks() if path.exists() else pa.array([], pa.string())


def freeze(folder: Path, article_ids: pa.Array) -> None:
    """Have the part in `folder` say so of these articles, and of no others; on the disk when this returns."""
    path = folder / "frozen.parquet"
    path.unlink(missing_ok=True)
    if len(article_ids):
        pq.write_table(pa.table({"article_id": article_ids}), path, compression="zstd")
        write.sync(path)
        write.sync(folder)


def held(folder: Path, ids: pa.Array) -> tuple[set[str], set[str]]:
    """Which of these articles any table of the part in `folder` has, and the identities it gives them."""
    found, identities = set[str](), set[str]()
    for name, columns in ({**TAKEN, **COMPARED}).items():
        path = files.path_of(folder, name)
        wanted = [column for column in ("article_id", "identity") if column in columns.names]
        if wanted and path.exists():  # a part that was written anew has nothing that is compared
            rows = files.read(path, wanted)
            rows = rows.filter(pc.is_in(rows["article_id"], ids))
            found.update(rows["article_id"].to_pylist())
            identities.update(rows["identity"].to_pylist() if "identity" in wanted else ())
    named = frozen(folder)
    found.update(named.filter(pc.is_in(named, ids)).to_pylist())
    return found, identities


def uneven(folder: Path) -> str:
    """The tables of words that have other rows than the articles of the part in `folder`; "" for none, which is expected."""
    rows = {name: files.size(files.path_of(folder, name)) for name in there(folder)}
    return " and ".join(name for name in WORDS if rows.get(name, rows["articles"]) != rows["articles"])


def there(folder: Path) -> list[str]:
    """Those of the tables that go row by row which the part still has."""
    return [name for name in ROWS if files.path_of(folder, name).exists()]


def let_go(folder: Path, names: Iterable[str] = WORDS) -> None:
    """Remove the words of a part's articles; of what a kill leaves of them, the next call removes the rest."""
    for name in names:
        (folder / f"{name}.parquet").unlink(missing_ok=True)
