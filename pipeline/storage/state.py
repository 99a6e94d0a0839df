"""The state of a store: what it keeps of articles to compare later ones with, in parts that never change.

Each run adds one part, `DIR/state/RUN_ID/`, with a Parquet file for each table of `STATE`: articles with their bodies, their
sketches, credits, citations and stripped lines. The state of a run is its own part and those of runs before it, so an
unchanged night costs nothing. A takedown does not change a part either: it writes it anew, under another name, and the old one
goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import config, schema
from pipeline.stages import identify
from pipeline.stages.kernels.characters import NORMALISER
from pipeline.storage import write

__all__ = ["FIRST_SEEN", "STATE", "Part", "State", "header", "without"]

_DIGEST = pa.field("digest", pa.string(), nullable=False)  # of the version of the article that a row belongs to

#: The tables of the state, by name.
STATE: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "articles": schema.ARTICLES,
        "sketches": schema.SKETCHES,  # row by row with the articles
        "stripped": schema.STRIPPED.append(_DIGEST),
        "credits": schema.CREDITS.append(_DIGEST),
        "citations": schema.CITATIONS.append(_DIGEST),
    }
)

#: The date of the run that brought an article, beside what `State.articles` gives.
FIRST_SEEN = pa.field("first_seen", schema.TIME, nullable=False)


_LAYOUT = 2  # of the tables of the state; raised when they gain, lose or change a column


def header(settings: config.Sketch) -> dict[str, Any]:
    """What sketches depend on, and how they lie: two stores mix only if these are equal."""
    return {
        "layout": _LAYOUT,
        "scheme": "affine32",
        "permutations": settings.permutations,
        "seed": settings.seed,
        "hash": "blocks-rolling-32",
        "shingle_words": settings.shingle_words,
        "shingle_chars": settings.shingle_chars,
        "short_words": settings.short_words,
        "normaliser": NORMALISER,
    }


class State:
    """The state of one run: the folders of its parts, oldest first, and the dates of the runs that added them."""

    def __init__(self, folders: Sequence[Path], dates: Sequence[datetime] = ()) -> None:
        self.folders, self.dates = list(folders), list(dates)

    def table(self, name: str) -> pa.Table:
        """A table of the state, all parts together."""
        read = [pq.read_table(folder / f"{name}.parquet").cast(STATE[name]) for folder in self.folders]
        return pa.concat_tables([STATE[name].empty_table(), *read])

    def articles(self, columns: list[str]) -> pa.Table:
        """Those columns of the articles, and `first_seen`: the date of the run that brought them."""
        plain = pa.schema([schema.ARTICLES.field(column) for column in columns])
        read = [plain.append(FIRST_SEEN).empty_table()]
        for folder, date in zip(self.folders, self.dates, strict=True):
            rows = pq.read_table(folder / "articles.parquet", columns=columns).cast(plain)
            first_seen = pa.repeat(pa.scalar(date, schema.TIME), rows.num_rows)
            read.append(rows.append_column(FIRST_SEEN, first_seen))
        return pa.concat_tables(read)

    def texts_of(self, keys: pa.Table) -> pa.Table:
        """The articles with these (article_id, digest), bodies included, as far as they are kept."""
        any_version = pc.field("article_id").isin(keys["article_id"].combine_chunks())
        found = [schema.ARTICLES.empty_table()]
        for folder in self.folders if keys.num_rows else []:
            found.append(pq.read_table(folder / "articles.parquet", filters=any_version).cast(schema.ARTICLES))
        rows = pa.concat_tables(found)
        return rows.filter(pc.is_in(write.text_keys(rows), write.text_keys(keys)))

    def newest(self, article_ids: Sequence[str]) -> pa.Table:
        """The newest version of each of these articles, bodies included."""
        keys = self.articles(["article_id", "digest", "modified_at", "published_at"])
        wanted = pa.array(sorted(set(article_ids)), pa.string())
        return self.texts_of(identify.newest(keys.filter(pc.is_in(keys["article_id"], wanted)))[0])


def without(folder: Path, article_ids: Sequence[str], into: Path) -> int:
    """Write the part in `folder` anew, without those articles, to the folder `into`. How many texts are left in it.

    A row group at a time: bodies pass through and are not held.
    """
    ids, n_left = pa.array(article_ids, pa.string()), 0
    with Part(into) as part:
        for name, columns in STATE.items():
            with pq.ParquetFile(folder / f"{name}.parquet") as old:
                for group in range(old.num_row_groups):
                    rows = old.read_row_group(group).cast(columns)
                    rows = rows.filter(pc.invert(pc.is_in(rows["article_id"], ids)))
                    part.add(name, rows)
                    n_left += rows.num_rows if name == "articles" else 0
        part.close(lambda rows: rows)
    return n_left


class Part:
    """The part that a run under way adds, written batch by batch: bodies pass through and are not held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        self._writers = {name: self._writer(self._path(name), name) for name in STATE}

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def add(self, name: str, rows: pa.Table) -> None:
        """Append rows to a table of the part."""
        if rows.num_rows:
            self._writers[name].write_table(rows.select(STATE[name].names).cast(STATE[name]))

    def close(self, change: Callable[[pa.Table], pa.Table]) -> None:
        """End the files, with a last change of ids in every table, and have them on the disk when this returns."""
        for name, writer in self._writers.items():
            writer.close()
            path = self._path(name)
            ids = pq.read_table(path, columns=["article_id"])
            if not change(ids).equals(ids):
                self._rewrite(path, name, change)
            write.sync(path)
        write.sync(self.folder)

    def _rewrite(self, path: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
        aside = path.with_suffix(".settled")
        with pq.ParquetFile(path) as old, self._writer(aside, name) as new:
            for group in range(old.num_row_groups):
                new.write_table(change(old.read_row_group(group).cast(STATE[name])))
        aside.replace(path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    @staticmethod
    def _writer(path: Path, name: str) -> pq.ParquetWriter:
        return pq.ParquetWriter(path, STATE[name], compression="zstd")
