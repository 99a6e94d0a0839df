"""The state of a store: what it keeps of articles to compare later ones with. It is read here; `part` says how it lies.

The state of a run is its own part and those of runs before it, so an unchanged night costs nothing. A takedown does not change
a part either: it writes it anew, under another name, and the old one goes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages import identify, learn
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.storage import files, index, tables
from pipeline.storage.groups import Lying, Span, by_group, holding, lying, lying_in, reaches, reaching, rows_of
from pipeline.storage.part import COMPARED, TAKEN, articles, frozen

__all__ = ["FIRST_SEEN", "Ref", "Span", "State", "ends", "keys", "replaced"]

#: The date of the run that brought an article, beside what `State.articles` gives.
FIRST_SEEN = pa.field("first_seen", schema.TIME, nullable=False)

_PART = 32  # bits of a key that name the row
_CREDITING = pa.schema([COMPARED["texts"].field(name) for name in ("publisher_id", "key")])
_EDGES = pa.schema([COMPARED["matches"].field(side) for side in ("left", "right")])
_MET = _EDGES.append(COMPARED["matches"].field("path"))


def keys(number: int, rows: int) -> NDArray[np.int64]:
    """The keys of the first so many rows of the part with that number."""
    return (number << _PART) + np.arange(rows)


def ends(matches: pa.Table) -> NDArray[np.int64]:
    """The two sides of matches, by key: int64 (2, matches)."""
    return np.stack([matches[side].to_numpy() for side in ("left", "right")])


class Ref(NamedTuple):
    """A part: its number, its folder, the date of the run that added it; and whether what it compared still holds."""

    number: int
    folder: Path
    as_of: datetime
    is_compared: bool


class State:
    """The state of one run: its parts, oldest first; the last `n_own` of them that run added.

    `former`: the state in which what was compared of them still held. What is known of furniture and who waits stands in the
    last part alone, whose matches are void in the first of a run.
    """

    def __init__(self, parts: Sequence[Ref] = (), former: State | None = None, n_own: int = 1) -> None:
        self.parts, self.former, self._n_own = list(parts), former, n_own
        self._compared = [part for part in self.parts if part.is_compared]
        self._read_edges: dict[int, pa.Table] = {}

    def uncompared(self) -> State:
        """The same, but what was compared does not hold."""
        return State([part._replace(is_compared=False) for part in self.parts], self.former or self)

    def only(self, numbers: Iterable[int]) -> State:
        """Those of its parts alone. What they compared holds as far as it does here: others may say that it does not."""
        wanted = set(numbers)
        found = State([part for part in self.parts if part.number in wanted], self.former)
        found.__dict__.update(_left=self._left, _void=self._void)
        return found

    # --- what was taken in

    def table(self, name: str) -> pa.Table:
        """A table of what was taken in, all parts together."""
        read = [files.read(files.path_of(part.folder, name)).cast(TAKEN[name]) for part in self.parts]
        return pa.concat_tables([TAKEN[name].empty_table(), *read])

    def articles(self, columns: list[str]) -> pa.Table:
        """Those columns of the articles, with `key` and `first_seen`: the date of the run that brought them."""
        plain = pa.schema([TAKEN["articles"].field(column) for column in columns])
        wanted = plain.append(pa.field("key", pa.int64(), nullable=False)).append(FIRST_SEEN)
        read = [wanted.empty_table()]
        for part in self.parts:
            rows = articles(part.folder, columns)
            key = pa.array(keys(part.number, rows.num_rows))
            first_seen = pa.repeat(pa.scalar(part.as_of, schema.TIME), rows.num_rows)
            read.append(pa.Table.from_arrays([*rows.columns, key, first_seen], schema=wanted))
        return pa.concat_tables(read)

    def known(self, forgotten: Iterable[str] = ()) -> identify.Known:
        """By what all articles are known again; `forgotten`: the tombstones of those that were taken down."""
        seen = [tables.read(part.folder / "seen.parquet").cast(identify.SEEN) for part in self.parts]
        of = np.concatenate([np.empty(0, np.int64), *map(keys, (p.number for p in self.parts), map(len, seen))])

        def names(rows: NDArray[np.int64]) -> list[str]:
            found: list[str] = self.take("articles", of[rows], ["article_id"])["article_id"].to_pylist()
            return found

        return identify.Known(pa.concat_tables([identify.SEEN.empty_table(), *seen]).combine_chunks(), names, forgotten)

    def versions(self) -> pa.Table:
        """All versions of all articles, by what the newest is told (`identify.RANKED`).

        Those that the rules reject are none, nor are those whose time has not come.
        """
        rows = self.articles([*identify.RANKED, "rejected"])
        out = pc.or_(rows["rejected"], pc.is_in(rows["key"], value_set=self.waiting()["key"].combine_chunks()))
        return rows.filter(pc.invert(out))

    def newest(self, article_ids: Iterable[str]) -> pa.Table:
        """The newest version of each of these articles, with its `body`, null where it is no longer kept."""
        rows = self.versions()
        rows = rows.filter(pc.is_in(rows["article_id"], pa.array(sorted(set(article_ids)), pa.string())))
        keys = identify.newest(rows)[0]["key"].to_numpy()
        kept = self.have_words(keys)
        places = np.where(kept, np.cumsum(kept) - 1, 0)
        bodies = self.take("bodies", keys[kept])["body"].take(pa.array(places, mask=~kept))
        light = [name for name in TAKEN["articles"].names if name in schema.ARTICLES.names]
        return self.take("articles", keys, light).append_column("body", bodies)

    def frozen_ids(self) -> pa.Array:
        """The ids of articles that are compared with nothing any more."""
        return pa.concat_arrays([pa.array([], pa.string()), *(frozen(part.folder) for part in self.parts)])

    def frozen(self) -> pa.Table:
        """These articles (article_id, effective_at)."""
        wanted = pa.schema([COMPARED["texts"].field(name) for name in ("article_id", "effective_at")])
        if not len(ids := self.frozen_ids()):
            return wanted.empty_table()
        rows = self.versions()
        rows = identify.newest(rows.filter(pc.is_in(rows["article_id"], ids)))[0]
        effective = pc.coalesce(rows["published_at"], rows["fetched_at"], rows[FIRST_SEEN.name])
        return pa.Table.from_arrays([rows["article_id"], effective], schema=wanted)

    def take(self, name: str, keys: NDArray[np.int64], columns: list[str] | None = None) -> pa.Table:
        """The rows of `articles`, `sketches` or, where they `have_words`, `bodies` with those keys, in their order."""
        return self._take(name, TAKEN[name], keys, columns)

    def have_words(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the bodies of the articles with those keys are still kept."""
        kept = [part.number for part in self.parts if (part.folder / "bodies.parquet").exists()]
        return arrays.is_in(keys >> _PART, np.array(kept, np.int64))

    def whole(self, keys: NDArray[np.int64], columns: Sequence[str] = tuple(schema.ARTICLES.names)) -> pa.Table:
        """The articles with those keys, all of which `have_words`, with their bodies: those columns of `schema.ARTICLES`."""
        bodies = self.take("bodies", keys)
        light = self.take("articles", keys, [name for name in columns if name not in bodies.column_names])
        found = {name: (bodies if name in bodies.column_names else light)[name] for name in columns}
        return pa.table(found, schema=pa.schema([schema.ARTICLES.field(name) for name in columns]))

    def of(self, name: str, keys: NDArray[np.int64]) -> pa.Table:
        """The rows of `stripped`, `credits` or `citations` that belong to the articles with these keys; `key` says to which."""
        wanted = pa.schema([field for field in TAKEN[name] if field.name != "row"]).append(
            pa.field("key", pa.int64(), nullable=False)
        )

        def read(of_part: tuple[Ref, NDArray[np.int64]]) -> pa.Table:
            part, rows = of_part
            table = holding(part.folder / f"{name}.parquet", "row", rows)
            key = pa.array((part.number << _PART) + table["row"].to_numpy())
            return table.drop_columns(["row"]).append_column("key", key).select(wanted.names).cast(wanted)

        return pa.concat_tables([wanted.empty_table(), *parallel(read, self._by_part(keys))])

    # --- what is compared

    def texts(
        self,
        columns: list[str],
        spans: Sequence[Span] | None = None,
        *,
        keys: NDArray[np.int64] | None = None,
        gone: bool = False,
    ) -> pa.Table:
        """Those columns of the texts that are compared: of these stretches of time alone, or of these keys, in time's order.

        `gone`: also of those that were compared once and are no more.
        """
        if keys is not None:
            return self._take("texts", COMPARED["texts"], self._standing(keys, gone=gone), columns)
        return self.texts_lying(columns, spans, gone=gone).arranged()

    def texts_lying(self, columns: list[str], spans: Sequence[Span] | None = None, *, gone: bool = False) -> Lying:
        """The same as they lie, in the order of the parts: long lists are not copied."""
        wanted = pa.schema([COMPARED["texts"].field(name) for name in columns])
        out = np.empty(0, np.int64) if gone else self._left
        paths = [files.path_of(part.folder, "texts") for part in self._compared]
        tasks = [(path, groups) for path in paths for groups in reaching(path, "effective_at", spans)]
        found = parallel(lambda task: lying_in(task[0], wanted, task[1], "effective_at", spans, out), tasks)
        return Lying.together(wanted, found)

    def named(self, article_ids: Iterable[str]) -> NDArray[np.int64]:
        """The texts, by key, of articles with these ids; also those that are compared no more."""
        ids, found = pa.array(sorted(set(article_ids)), pa.string()), [np.empty(0, np.int64)]
        for part in self._compared if len(ids) else ():
            of = files.read(files.path_of(part.folder, "texts"), ["article_id"])["article_id"]
            found.append((part.number << _PART) + np.flatnonzero(pc.is_in(of, ids).to_numpy()))
        return np.concatenate(found)

    def _standing(self, keys: NDArray[np.int64], *, gone: bool) -> NDArray[np.int64]:
        """Those of the keys that texts have which are compared, sorted; `gone`: or were once."""
        keys = arrays.ascending(keys)
        keys = keys[arrays.is_in(keys >> _PART, np.array([part.number for part in self._compared], np.int64))]
        return keys if gone else keys[~arrays.is_in(keys, self._left)]

    def bodies(self, texts: pa.Table) -> pa.Table:
        """The words (article_id, field, body, body_map) of texts (key, article, redone) where kept, without learned lines."""
        texts = texts.filter(pa.array(self.have_words(texts["article"].to_numpy())))
        found = self.whole(texts["article"].to_numpy(), ["article_id", "field", "body", "body_map"])
        rows = np.flatnonzero(texts["redone"].to_numpy() >= 0)
        keys = texts["key"].to_numpy()[rows]
        struck = self.struck(keys)
        at = arrays.places(keys, struck["key"].to_numpy())
        head = pc.equal(struck["position"], "head").to_numpy()
        lost = (np.bincount(at[where], minlength=len(keys)) for where in (head, ~head))
        bare = learn.only(found.take(pa.array(rows)), *lost)
        return replaced(found, bare.select(["body", "body_map"]), rows)

    def sketches(self, texts: pa.Table, columns: list[str] | None = None) -> pa.Table:
        """The sketches of texts (key, article, redone), in their order; `columns`: those alone."""
        return self.sketches_lying(texts, columns).arranged()

    def sketches_lying(self, texts: pa.Table, columns: list[str] | None = None) -> Lying:
        """The same as they lie: what was done again of a text in the place of what it was at first."""
        redone = _redone(texts)
        is_redone = redone >= 0
        names = columns or TAKEN["sketches"].names
        found = [
            self._lying("sketches", TAKEN["sketches"], texts["article"].to_numpy()[~is_redone], names),
            self._lying("redone", COMPARED["redone"], redone[is_redone], names),
        ]
        schema_ = pa.schema([TAKEN["sketches"].field(name) for name in names])
        both = Lying.together(schema_, [one._replace(rows=one.rows.cast(schema_)) for one in found])
        places = np.empty(len(redone), np.int64)
        places[np.argsort(is_redone, kind="stable")] = both.places
        return both._replace(places=places)

    def redone(self, texts: pa.Table, columns: list[str]) -> pa.Table:
        """What was done again of those texts that were, in their order."""
        keys = _redone(texts)
        return self._take("redone", COMPARED["redone"], keys[keys >= 0], columns)

    def struck(self, keys: NDArray[np.int64]) -> pa.Table:
        """The learned lines of the texts with these keys."""

        def read(of_part: tuple[Ref, NDArray[np.int64]]) -> pa.Table:
            part, rows = of_part
            own = (part.number << _PART) + rows
            return holding(part.folder / "struck.parquet", "key", own).cast(COMPARED["struck"])

        parts = (of_part for of_part in self._by_part(keys) if of_part[0].is_compared)
        return pa.concat_tables([COMPARED["struck"].empty_table(), *parallel(read, parts)])

    def edges(self, spans: Sequence[Span]) -> pa.Table:
        """The accepted matches (left, right) that hold, at least those whose later text lies in these stretches of time.

        They are kept as long as the state is.
        """
        _ = self._left, self._void  # read once, before threads ask for them
        return pa.concat_tables([_EDGES.empty_table(), *parallel(self._edges, self._matching(spans))])

    def _edges(self, part: Ref) -> pa.Table:
        """All of a part, read once."""
        if part.number not in self._read_edges:
            rows = pa.table(list(map(pa.array, index.Edges(part.folder).sides())), schema=_EDGES)
            self._read_edges[part.number] = arrays.kept(rows, self._hold(rows, part.number))
        return self._read_edges[part.number]

    def met_by(self, keys: NDArray[np.int64], spans: Sequence[Span]) -> pa.Table:
        """Whom the texts with these keys met, accepted or not, and how (left, right, path): of the matches that hold, at
        least those whose later text lies in these stretches of time."""

        def read(part: Ref) -> pa.Table:
            rows = tables.read(part.folder / "matches.parquet", _MET.names).select(_MET.names).cast(_MET)
            rows = arrays.kept(rows, arrays.is_in(ends(rows), keys).any(axis=0))
            return arrays.kept(rows, self._hold(rows, part.number))

        _ = self._left, self._void  # read once, before threads ask for them
        return pa.concat_tables([_MET.empty_table(), *parallel(read, self._matching(spans))])

    def matches_of(self, keys: NDArray[np.int64], spans: Sequence[Span]) -> pa.Table:
        """The matches that hold of the texts with these keys, which lie in these stretches of time, in all columns."""

        def looked_up(part: Ref) -> list[tuple[Path, list[int], NDArray[np.int64]]]:
            path = part.folder / "matches.parquet"
            sides = tables.read(path, ["left", "right"])
            wanted = arrays.is_in(ends(sides), keys).any(axis=0)
            rows = np.flatnonzero(wanted & self._hold(sides, part.number))
            return [(path, *of_groups) for of_groups in by_group(path, rows)]

        def read(of_groups: tuple[Path, list[int], NDArray[np.int64]]) -> pa.Table:
            path, groups, places = of_groups
            return rows_of(path, COMPARED["matches"], groups, places)

        _ = self._left, self._void  # read once, before threads ask for them
        groups = itertools.chain.from_iterable(parallel(looked_up, self._matching(spans)))
        return pa.concat_tables([COMPARED["matches"].empty_table(), *parallel(read, groups)])

    def matching(self, spans: Sequence[Span]) -> list[int]:
        """The numbers of the parts that may have matches whose later text lies in one of these stretches of time."""
        return [part.number for part in self._matching(spans)]

    def _matching(self, spans: Sequence[Span]) -> list[Ref]:
        return [part for part in self._compared if reaches(part.folder / "matches.parquet", "at", spans)]

    def matches_in(self, number: int) -> Iterator[pa.Table]:
        """The matches that hold of the part with that number, some at a time."""
        [part] = [part for part in self._compared if part.number == number]
        with pq.ParquetFile(part.folder / "matches.parquet") as file:
            for rows in file.iter_batches(1 << 16):
                table = pa.Table.from_batches([rows]).cast(COMPARED["matches"])
                yield table.filter(pa.array(self._hold(table, number)))

    def _hold(self, matches: pa.Table, number: int) -> NDArray[np.bool_]:
        """Which matches of the part with that number are of texts that are still compared, and still met so."""
        void, since = self._void
        out = np.concatenate([self._left, void[since > number]])
        holds: NDArray[np.bool_] = np.logical_not(arrays.is_in(ends(matches), out).any(axis=0))
        return holds

    def crediting(self, since: datetime, least: int) -> pa.Array:
        """The publishers of which at least so many texts are compared that name their agency, of that time or later; sorted."""

        def read(part: Ref) -> pa.Table:
            rows = files.read(files.path_of(part.folder, "texts"), [*_CREDITING.names, "credits", "effective_at"])
            is_late = pc.greater_equal(rows["effective_at"], pa.scalar(since, schema.TIME))
            rows = rows.filter(pc.and_(rows["credits"], is_late)).select(_CREDITING.names)
            return rows.filter(pa.array(~arrays.is_in(rows["key"].to_numpy(), self._left)))

        found = pa.concat_tables([_CREDITING.empty_table(), *parallel(read, self._compared)])
        counts = found.group_by("publisher_id").aggregate([("key", "count")]).drop_null()
        names = counts.filter(pc.greater_equal(counts["key_count"], least))["publisher_id"].combine_chunks()
        return names.take(pc.sort_indices(names))

    def own(self, columns: list[str]) -> pa.Table:
        """Those columns of the texts that the newest run added."""
        own = self.parts[-self._n_own :]
        read = [files.read(files.path_of(part.folder, "texts"), columns) for part in own]
        return pa.concat_tables(read)

    def left_now(self) -> NDArray[np.int64]:
        """The texts that are compared no more since the newest run."""
        own = self.parts[-self._n_own :]
        return np.concatenate([tables.read(part.folder / "left.parquet")["key"].to_numpy() for part in own])

    def learned(self) -> pa.Table:
        """The furniture that is known: what the newest part says."""
        if not self._compared:
            return COMPARED["learned"].empty_table()
        return tables.read(self._compared[-1].folder / "learned.parquet").cast(COMPARED["learned"])

    def waiting(self) -> pa.Table:
        """The articles whose time has not come, by key."""
        if not self._compared:
            return COMPARED["waiting"].empty_table()
        return tables.read(self._compared[-1].folder / "waiting.parquet").cast(COMPARED["waiting"])

    def notices(self) -> pa.Table:
        """What is said of articles whose newest version is withdrawn or corrected, or was: the last word of each, by key."""
        found = self._each("notices")
        last = found.append_column("row", pa.array(np.arange(found.num_rows)))
        last = last.group_by("article_id").aggregate([("row", "max")])["row_max"]
        return found.take(last.take(pc.sort_indices(last)))

    @cached_property
    def _left(self) -> NDArray[np.int64]:
        keys: NDArray[np.int64] = self._each("left")["key"].to_numpy()
        return keys

    @cached_property
    def _void(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Texts whose matches do not hold, and the part that says so: later ones do."""
        read = [(tables.read(part.folder / "void.parquet")["key"].to_numpy(), part.number) for part in self._compared]
        keys = np.concatenate([np.empty(0, np.int64), *(keys for keys, _ in read)])
        return keys, np.repeat([number for _, number in read], [len(keys) for keys, _ in read]).astype(np.int64)

    def _each(self, name: str) -> pa.Table:
        read = [tables.read(part.folder / f"{name}.parquet") for part in self._compared]
        return pa.concat_tables([COMPARED[name].empty_table(), *(rows.cast(COMPARED[name]) for rows in read)])

    def _take(self, name: str, columns: pa.Schema, keys: NDArray[np.int64], names: list[str] | None) -> pa.Table:
        return self._lying(name, columns, keys, names).arranged()

    def _lying(self, name: str, columns: pa.Schema, keys: NDArray[np.int64], names: list[str] | None) -> Lying:
        wanted = pa.schema([columns.field(column) for column in names or columns.names])
        by_key = np.argsort(keys, kind="stable")
        tasks = [
            (path, wanted, *of_groups)
            for part, rows in self._by_part(keys[by_key])
            for path in [files.path_of(part.folder, name)]
            for of_groups in by_group(path, rows)
        ]
        found = Lying.together(wanted, parallel(lambda task: lying(*task), tasks))
        places = np.empty(len(keys), np.int64)
        places[by_key] = found.places
        return found._replace(places=places)

    def _by_part(self, keys: NDArray[np.int64]) -> Iterable[tuple[Ref, NDArray[np.int64]]]:
        """The parts that have some of these keys, by number, each with their rows."""
        numbers = keys >> _PART
        wanted = set(numbers[arrays.changes(numbers)].tolist())
        for part in sorted(self.parts, key=attrgetter("number")):
            if part.number in wanted:
                yield part, keys[numbers == part.number] - (part.number << _PART)


def _redone(texts: pa.Table) -> NDArray[np.int64]:
    """Where in `redone` of their part texts lie that were done again, as keys; -1 for others."""
    key, row = (texts[name].to_numpy() for name in ("key", "redone"))
    return np.where(row >= 0, (key >> _PART << _PART) + row, -1)


def replaced(rows: pa.Table, changed: pa.Table, at: NDArray[np.int64]) -> pa.Table:
    """The rows, those numbered `at` with the columns of `changed` instead."""
    take = np.arange(rows.num_rows)
    take[at] = rows.num_rows + np.arange(len(at))
    for name in changed.column_names:
        column = pa.chunked_array([*rows[name].chunks, *changed[name].cast(rows[name].type).chunks], rows[name].type)
        rows = rows.set_column(rows.column_names.index(name), rows.field(name), column.take(pa.array(take)))
    return rows.combine_chunks()
