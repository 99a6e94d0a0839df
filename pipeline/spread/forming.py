"""Clusters, bin by bin: `derive` on a cluster.

texts and matches of a part, rows that were published --sent--> by bin --formed--> clusters with ids, on disk
clusters of a bin, and of those it touches --told--> rows of tables, on disk
what articles borrow --by where their words lie--excerpted--> excerpts, on disk

A bin (`opening.bins_of`) holds whole components of matches and whole clusters as they were, so `derive.form` comes to the same
for each as for all together. Of two bins that touch the one with the smaller number says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.compare import AROUND, Opened, by_sides, numbered
from pipeline.derive import Formed, Given, form, passages, tell
from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.meet import Articles, articles_of
from pipeline.memory import give_back
from pipeline.published import everything
from pipeline.quality import audit
from pipeline.sketched import Sketched
from pipeline.spread import scratch
from pipeline.spread.world import DONE
from pipeline.stages import follow, rollup
from pipeline.stages.excerpt import BORROWED
from pipeline.stages.kernels import arrays
from pipeline.stages.override import Orders
from pipeline.storage.part import COMPARED, LINES
from pipeline.storage.state import State, ends
from pipeline.storage.tables import Tables
from pipeline.storage.write import plain
from pipeline.watch import silent

__all__ = ["TOLD", "Forming", "called", "excerpted", "formed", "sent", "standing", "told"]

_KIND = b"what"  # in the metadata of a parcel: which table its rows are of
_ROW, _LIGHT = "own row", ["own content", "own n_words"]
#: Which invariants are broken, as JSON.
TOLD = pa.schema([("told", pa.string())])
_STANDING = pa.schema(
    [
        *(COMPARED["texts"].field(name) for name in AROUND),
        pa.field("cluster_id", pa.string()),
        pa.field("n_articles", pa.int32()),
    ]
)


class Forming(NamedTuple):
    """A run whose clusters are formed, and what all bins have to know; its files lie in `folder`.

    `crediting`: the publishers that are seen to credit agencies; `lies`: where lies what was published.
    """

    now: State
    folder: Path
    settings: config.Config
    run_id: str
    as_of: datetime
    orders: Orders
    agencies: Mapping[str, str] | None
    notices: pa.Table
    earlier: Mapping[str, list[NDArray[Any]]]
    crediting: pa.Array
    history: tuple[str, ...]
    because: str
    lies: Tables | None
    frozen: frozenset[str]

    @property
    def by_key(self) -> Path:
        """The texts (key, row in the order of time, bin), sorted by key."""
        return self.folder / "bins.arrow"

    @property
    def was(self) -> Path:
        """The bin of each cluster that was published and may be another now (cluster_id, bin)."""
        return self.folder / "was.arrow"

    @property
    def taken(self) -> Path:
        """Ids that a bin may not give (bin, cluster_id, is_current: that of a cluster which stays), sorted by bin."""
        return self.folder / "taken.arrow"

    def standing(self, bin_: int | str) -> Path:
        """What others have to know of the texts of a bin, sorted by key (`_STANDING`); of bin "outside": of those in none."""
        return self.folder / "standing" / f"{bin_}.arrow"

    def formed(self, bin_: int, name: str) -> Path:
        """A table of `Formed` of a bin; and `across`, its matches with texts of later bins or of none."""
        return self.folder / "formed" / f"{bin_}" / f"{name}.arrow"

    def rows(self, number: int, name: str) -> Path:
        """The rows of a table that a bin comes to, or of excerpts a block."""
        return self.folder / "rows" / name / f"{number:08}.arrow"

    def frozen_rows(self, bin_: int) -> dict[str, pa.Table]:
        """Rows of clusters that stay as they were published: they are the first bin's."""
        if bin_:
            return {}
        return {name: scratch.load(self.folder / "frozen" / f"{name}.arrow") for name in sorted(self.frozen)}

    def bins(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The bin of each text, -1 for none."""
        known = scratch.mapped(self.by_key)
        there = known["key"].to_numpy()
        if not len(there):
            return np.full(keys.shape, -1)
        place = np.minimum(np.searchsorted(there, keys), len(there) - 1)
        return np.where(there[place] == keys, known["bin"].to_numpy()[place], -1)


# --- what travels to the bins


def sent(forming: Forming, task: tuple[str, Any]) -> Iterator[Parcel]:
    """What a part of the state has (`texts`, `matches`), or of the tables (`was`), by bin; `frozen`: that there is a first."""
    kind, of = task
    if kind == "texts":
        return _texts(forming, of)
    if kind == "matches":
        return _matches(forming, of)
    return _was(forming, of) if kind == "was" else iter([Parcel(0, _named(kind, pa.table({"n": [1]})))])


def _named(kind: str, rows: pa.Table) -> pa.Table:
    return rows.replace_schema_metadata({_KIND: kind.encode()})


def _texts(forming: Forming, number: int) -> Iterator[Parcel]:
    known = scratch.mapped(forming.by_key)
    first, last = np.searchsorted(known["key"].to_numpy(), [number << 32, (number + 1) << 32])
    step = forming.settings.spark.block_texts
    for start in range(first, last, step):
        some = known.slice(start, min(step, last - start)).combine_chunks()
        keys, bins = (some[name].to_numpy() for name in ("key", "bin"))
        held = articles_of(forming.now, keys, forming.settings)
        rows = held.articles.append_column(_ROW, some["row"])
        for name, column in zip(_LIGHT, held.sketched.light.select(["content", "n_words"]).columns, strict=True):
            rows = rows.append_column(name, column)
        yield from parted(bins, _named("articles", rows.combine_chunks()))
        ids = held.articles["article_id"].combine_chunks()
        for name in LINES:
            lines = getattr(held, name)
            at = pc.index_in(lines["article_id"], value_set=ids).to_numpy()
            yield from parted(bins[at], _named(name, lines))


def _matches(forming: Forming, number: int) -> Iterator[Parcel]:
    for matches in forming.now.matches_in(number):
        bins = np.stack([forming.bins(side) for side in ends(matches)])
        owner = np.where((bins >= 0).all(axis=0), bins.min(axis=0), bins.max(axis=0))
        theirs = owner >= 0
        yield from parted(owner[theirs], _named("matches", matches.filter(pa.array(theirs)).combine_chunks()))


def _was(forming: Forming, part: str) -> Iterator[Parcel]:
    if forming.lies is None:
        return
    known = scratch.mapped(forming.was)
    ids, bins = known["cluster_id"].combine_chunks(), known["bin"].to_numpy()
    for name in ("clusters", "members"):
        if part not in forming.lies.files(name):
            continue
        rows = forming.lies.read(name, parts=frozenset({part}))
        at = pc.index_in(rows["cluster_id"], value_set=ids)
        theirs = at.is_valid()
        rows = rows.filter(theirs).combine_chunks()
        yield from parted(bins[at.drop_null().to_numpy()], _named(f"{name} that were", rows))


# --- what a bin makes of it


class _Travelled(Sketched):
    """The sketches of the texts of a bin, of which the light columns have travelled with these articles."""

    @cached_property
    def light(self) -> pa.Table:
        """`content` and `n_words` of all."""
        return self._texts.select(_LIGHT).rename_columns(["content", "n_words"])


def formed(forming: Forming, bin_: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Form the clusters of a bin, and leave them on disk."""
    found: dict[str, list[pa.Table]] = {}
    for rows in tables:
        found.setdefault(rows.schema.metadata[_KIND].decode(), []).append(rows.replace_schema_metadata(None))
    opened, across = _opened(forming, found)
    was = everything(_before(forming, bin_, found), forming.frozen_rows(bin_))
    given = Given(opened, was, forming.now, forming.run_id, forming.as_of, forming.orders, forming.agencies)
    result = form(given, forming.settings, silent())
    tables_ = {**result._asdict(), **result.found, "across": across}
    del tables_["found"]
    for name, rows in tables_.items():
        scratch.save(rows, forming.formed(bin_, name))
    scratch.save_mapped(standing(opened.known.articles, result.members, result.clusters), forming.standing(bin_))
    give_back()
    yield Parcel(NOBODY, pa.table({"n": [bin_]}, schema=DONE))


def _opened(forming: Forming, found: Mapping[str, list[pa.Table]]) -> tuple[Opened, pa.Table]:
    """The texts of a bin as `compare` opens them; and their matches with texts of other bins."""
    nothing = articles_of(State(), np.empty(0, np.int64), forming.settings)
    empty = nothing.articles
    for field in (pa.field(_ROW, pa.int64()), pa.field(_LIGHT[0], pa.int64()), pa.field(_LIGHT[1], pa.int32())):
        empty = empty.append_column(field, pa.array([], field.type))
    articles = _together(found.get("articles", []), empty).sort_by([(_ROW, "ascending")]).combine_chunks()
    matches = _together(found.get("matches", []), COMPARED["matches"].empty_table())
    keys = articles["key"].to_numpy()
    inside = arrays.is_in(ends(matches), keys).all(axis=0)
    inner = by_sides(numbered(arrays.kept(matches, inside), keys))
    lines = {name: _together(found.get(name, []), getattr(nothing, name)) for name in LINES}
    plain_ = articles.select(nothing.articles.column_names)
    sketched = _Travelled(forming.now, articles, forming.settings)
    known = Articles(plain_, sketched, **lines)
    opened = Opened(
        known,
        inner.combine_chunks(),
        rollup.NAMED.empty_table(),
        plain_,
        plain_.slice(0, 0),
        forming.notices,
        forming.earlier,
        partial(_same, forming.crediting),
    )
    return opened, matches.filter(pa.array(~inside))


def _same(names: pa.Array) -> pa.Array:
    return names


def _together(tables: list[pa.Table], nothing: pa.Table) -> pa.Table:
    return pa.concat_tables([nothing, *(rows.select(nothing.column_names).cast(nothing.schema) for rows in tables)])


def _before(forming: Forming, bin_: int, found: Mapping[str, list[pa.Table]]) -> follow.Before:
    rows = dict[str, pa.Table]()
    for name in ("clusters", "members"):  # a takedown leaves blanks where an article was named
        columns = pa.schema([field.with_nullable(True) for field in schema.PUBLISHED[name]])
        rows[name] = _together(found.get(f"{name} that were", []), columns.empty_table()).combine_chunks()
    taken = scratch.mapped(forming.taken)
    first, last = np.searchsorted(taken["bin"].to_numpy(), [bin_, bin_ + 1])
    ids = taken.slice(first, last - first)
    current, past = (ids.filter(mask)["cluster_id"] for mask in (ids["is_current"], pc.invert(ids["is_current"])))
    return follow.Before(
        **rows, events=pa.table({"cluster_id": past}), history=forming.history, taken=current, because=forming.because
    )


def standing(articles: pa.Table, members: pa.Table, clusters: pa.Table) -> pa.Table:
    """What other bins have to know of texts (`compare.AROUND`), some of which are members of clusters; sorted by key."""
    at = pc.index_in(articles["article_id"], value_set=members["article_id"].combine_chunks())
    cluster_id = members["cluster_id"].take(at)
    at = pc.index_in(cluster_id, value_set=clusters["cluster_id"].combine_chunks(), skip_nulls=True)
    rows = articles.select(AROUND).append_column("cluster_id", cluster_id)
    rows = rows.append_column("n_articles", clusters["n_articles"].take(at)).cast(_STANDING)
    return rows.sort_by([("key", "ascending")])


def called(bin_: int) -> Iterator[Parcel]:
    """A bin that is to be told of."""
    yield Parcel(bin_, pa.table({"n": [bin_]}, schema=DONE))


def told(forming: Forming, bin_: int, _: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the rows of all tables that a bin comes to but for its excerpts, and tell which invariants are broken in them.

    What is borrowed goes where the words of the article that borrows lie: there they are read together with those beside them.
    """
    result = _formed(forming, bin_)
    across = scratch.load(forming.formed(bin_, "across")).cast(COMPARED["matches"])
    own = scratch.mapped(forming.standing(bin_))
    others = _others(forming, ends(across), own["key"].to_numpy())
    around = pa.concat_tables([own, others]).combine_chunks()
    outer = rollup.named(numbered(across, around["key"].to_numpy()), around)
    members = others.select(["article_id", "cluster_id"]).drop_null()
    sizes = others.select(["cluster_id", "n_articles"]).drop_null().group_by(["cluster_id", "n_articles"]).aggregate([])
    nothing = everything(follow.Before.nothing(), forming.frozen_rows(bin_))
    was = nothing._replace(members=members.cast(nothing.members.schema), sizes=sizes.cast(nothing.sizes.schema))
    tables, borrowed = tell(result, outer, was)
    for name, rows in tables.items():
        scratch.save(rows, forming.rows(bin_, name))
    if "excerpts" in was.frozen:
        scratch.save(was.frozen["excerpts"], forming.rows(bin_, "excerpts").with_name("frozen.arrow"))
    keys = {
        "members": _together([result.members, was.members], was.members.slice(0, 0).select(["article_id"])),
        "clusters": _together([result.clusters, was.sizes], was.sizes.slice(0, 0).select(["cluster_id"])),
    }
    told_of = tables | {"excerpts": _unplaced(borrowed)}
    broken = audit.of_rows({name: plain(name, rows) for name, rows in told_of.items()}, keys)
    yield Parcel(NOBODY, pa.table({"told": [json.dumps(broken)]}, schema=TOLD))
    at = pc.index_in(borrowed["article_id"], value_set=around["article_id"].combine_chunks())
    for name in AROUND:
        if name not in borrowed.column_names:
            borrowed = borrowed.append_column(around.schema.field(name), around[name].take(at))
    part, row = borrowed["article"].to_numpy() >> 32, borrowed["article"].to_numpy() & 0xFFFFFFFF
    yield from parted(part << 32 | row // forming.settings.spark.block_texts, borrowed.combine_chunks())
    give_back()


def _unplaced(borrowed: pa.Table) -> pa.Table:
    """What is borrowed in the columns of excerpts, to be looked at before anybody knows where it stands."""
    n = borrowed.num_rows
    blank = {"field": pa.repeat("", n), "start": pa.repeat(0, n), "end": pa.repeat(0, n)}
    wanted = schema.PUBLISHED["excerpts"]
    columns = [borrowed[name] if name in borrowed.column_names else blank[name] for name in wanted.names]
    return pa.table(columns, names=wanted.names).cast(wanted)


def excerpted(forming: Forming, block: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the excerpts that the articles of a block borrow; what is addressed to nobody goes on."""
    rows = pa.concat_tables(tables)
    if block == NOBODY:
        yield Parcel(NOBODY, rows)
        return
    around = rows.select(AROUND).group_by(AROUND).aggregate([])
    found = passages(rows.select(BORROWED.names).cast(BORROWED), around, forming.now, forming.settings)
    scratch.save(found, forming.rows(block, "excerpts"))
    give_back()


def _formed(forming: Forming, bin_: int) -> Formed:
    rows = {name: scratch.load(forming.formed(bin_, name)) for name in (*Formed._fields[:-1], *LINES)}
    return Formed(**{name: rows[name] for name in Formed._fields[:-1]}, found={name: rows[name] for name in LINES})


def _others(forming: Forming, sides: NDArray[np.int64], own: NDArray[np.int64]) -> pa.Table:
    """How the texts stand that those of a bin met elsewhere."""
    keys = arrays.ascending(sides)
    keys = keys[~arrays.is_in(keys, own)]
    bins, found = forming.bins(keys), [_STANDING.empty_table()]
    for number in np.unique(bins).tolist():
        there = scratch.mapped(forming.standing(number if number >= 0 else "outside"))
        place = np.searchsorted(there["key"].to_numpy(), keys[bins == number])
        found.append(there.take(pa.array(place)).cast(_STANDING))
    return pa.concat_tables(found)
