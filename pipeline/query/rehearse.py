"""A rehearsal: what the next run would make of one article, on that part of the store which the article can touch.

It goes the way of a run, by the same functions: taken in, paired, verified, clusters formed, canonicals elected, ids given.
What it would write lies in a folder of the moment. Of the store a few pages of the indexes are read, the texts that the article
meets, and the clusters these are in.

Not followed as a run would are what the article teaches of its publisher's furniture and of its habit to credit, and, where it
comes early in buckets so full that it changes the pivots of very many later texts, whom those would meet then instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config, derive, notices, redo, schema
from pipeline.arrive import Arrivals, arrivals, reach, stretch
from pipeline.compare import Opened, formed_anew, opened
from pipeline.errors import UnreadableError
from pipeline.intake import Intake, latest, take_in
from pipeline.meet import Met, verified
from pipeline.query.published import published
from pipeline.stages import learn, lexicon, pair
from pipeline.stages.kernels import arrays
from pipeline.stages.override import Orders
from pipeline.storage import manifest, read
from pipeline.storage import orders as editor
from pipeline.storage import part as part_
from pipeline.storage.near import Known, Near
from pipeline.storage.part import COMPARED, Part
from pipeline.storage.sharing import TOLD
from pipeline.storage.state import Ref, State, ends
from pipeline.storage.store import Store
from pipeline.watch import Watch, silent

__all__ = ["Rehearsal", "rehearsed"]

_DISTURBED = 100  # texts that meet others for an early article's sake (`pair.disturbed`); of more, none is followed

Keys = NDArray[np.int64]


@dataclass
class Rehearsal:
    """What came of an article. `known`: the keys of the articles by which it is a repeat or a version of one that is there.

    `night` is None for a repeat or a reject; `formed`, the published rows of all clusters that are formed anew, is empty unless
    the article comes into the comparison. `now`: the state with the article, while the rehearsal lasts, in which it has that
    `key`. `articles` are opened, `around` those and whom they met. Of both is known in which cluster each was before, by
    article; of these clusters how many prints they had, and what led them.
    """

    settings: config.Config
    as_of: datetime
    intake: Intake
    known: Mapping[str, list[int]]
    now: State
    night: Arrivals | None = None
    formed: dict[str, pa.Table] = field(default_factory=dict)
    key: int = 0
    articles: pa.Table = field(default_factory=lambda: pa.table({}))
    around: pa.Table = field(default_factory=lambda: pa.table({}))
    clusters_before: Mapping[str, str] = field(default_factory=dict)
    sizes_before: Mapping[str, int] = field(default_factory=dict)
    canonicals_before: Mapping[str, str] = field(default_factory=dict)

    def named(self, keys: list[int]) -> list[str]:
        """The ids of articles by key."""
        ids: list[str] = self.now.take("articles", np.array(keys, np.int64), ["article_id"])["article_id"].to_pylist()
        return ids


@contextmanager
def rehearsed(file: Path, store: Store, run_id: str, watch: Watch | None = None) -> Iterator[Rehearsal]:
    """What a run with this file alone would make of the one article in it, after the run of the store that is named.

    Nothing of the store is changed or held, and it need not be writable. `UnreadableError` unless the file holds one record.
    """
    watch = watch or silent()
    settings = manifest.settings(store, run_id)
    orders = editor.orders(settings.override)
    last = datetime.fromisoformat(store.manifest(run_id)["as_of"])
    kept = Near(store.state(run_id).parts)
    forgotten = store.forgotten()
    with TemporaryDirectory(prefix="reprints-") as folder, Part(Path(folder) / "state", lasting=False) as part:
        known = Known(kept, forgotten)
        with watch.step("take in"):
            intake = take_in([file], known, settings, part, watch, orders.publishers, forgotten)
        _ensure_one(intake, file)
        as_of = latest(intake, last, settings)
        ref = Ref(manifest.next_number(store.parts(run_id)), part.folder, as_of, is_compared=True)
        found = Rehearsal(settings, as_of, intake, known.found, kept)
        if intake.new.num_rows:
            with watch.step("look up"):
                kept.near = kept.of_articles(np.array(known.found.get("identity", []), np.int64))
                found.night = arrivals(kept, intake, ref, settings)
            found.now = kept.with_part(ref._replace(is_compared=False))
            if found.night.comes.num_rows:
                opened, now = _compared(kept, ref, found.night, settings, orders, watch)
                found.now = now
                was = published(store, run_id, opened, settings)
                found.key = int(now.parts[-1].number) << 32  # the only article of its part
                found.articles, found.around = opened.known.articles, opened.around
                found.clusters_before = _by(was.before.members, "article_id", "cluster_id") | _by(
                    was.members, "article_id", "cluster_id"
                )
                found.sizes_before = _by(was.before.clusters, "cluster_id", "n_articles")
                found.canonicals_before = _by(was.before.clusters, "cluster_id", "canonical_id")
                agencies = lexicon.agency_names(settings.trace.agencies)
                given = derive.Given(opened, was, now, "next", as_of, orders, agencies)
                found.formed = derive.derive(given, settings, watch)
        yield found


def _by(rows: pa.Table, key: str, value: str) -> dict[str, Any]:
    return dict(zip(rows[key].to_pylist(), rows[value].to_pylist(), strict=True))


def _ensure_one(intake: Intake, file: Path) -> None:
    if (n := intake.counts["records"]) != 1:
        reason = f"holds {n:,} records; a query is about one article. To take in many: reprints run"
        raise UnreadableError(f"{read.spelled(file)}: {reason}", reason)


def _compared(
    kept: Near, ref: Ref, night: Arrivals, settings: config.Config, orders: Orders, watch: Watch
) -> tuple[Opened, Near]:
    """As `compare.compare`: what the article changes among the texts that are compared, and the articles it opens again."""
    add = partial(part_.add, ref.folder, lasting=False)
    with watch.step("learn"):
        for name, rows in _brought(kept, ref, night, settings)._asdict().items():
            add(name, rows)
        add("waiting", night.waiting)
        told = notices.rows(State([*kept.parts, ref]), night.notices) if night.notices.num_rows else None
        add("notices", told or COMPARED["notices"].empty_table())
        for name in ("matches", "void"):
            add(name, COMPARED[name].empty_table())
    now = kept.with_part(ref)
    met, lost = _met(
        kept, now, settings, int(settings.pair.window_days * schema.DAY), reach(ref.as_of, settings), watch
    )
    add("matches", met.matches)
    add("void", pa.table({"key": met.void}))
    ties = list(orders.must_link)
    with watch.step("look up"):
        new = ends(met.matches.filter(met.matches["accepted"]))
        tied = kept.named(name for pair_ in ties for name in pair_)
        now.near = kept.spread(np.concatenate([met.touched, lost, tied]), new)
        kept.near = now.near[now.near >> 32 != ref.number]
    return formed_anew(kept, now, night, met, ref.as_of, settings, watch, opened, ties), now


def _brought(kept: Near, ref: Ref, night: Arrivals, settings: config.Config) -> redo.Texts:
    """The text of the article without the furniture that is known already, and which one leaves for it.

    Of a stretch of time of which nothing is known yet, what is known of those beside it is.
    """
    learned = kept.learned()
    at, beside = learned["stretch"].to_numpy(), [learned]
    for one in np.setdiff1d(stretch(night.comes["effective_at"], settings), at).tolist():
        near = learned.filter(pa.array(np.abs(at - one) == 1)).group_by(learn.LEARNED.names[1:]).aggregate([])
        beside.append(near.add_column(0, learn.LEARNED.field(0), pa.repeat(one, near.num_rows)).cast(learn.LEARNED))
    both = kept.with_part(ref._replace(is_compared=False))
    none = redo.near(both, night.goes, (), settings, np.empty(0, np.int64))
    known = pa.concat_tables(beside).combine_chunks()
    comes = redo.read(both, night.comes["key"], night.comes["effective_at"])
    made = redo.without_furniture(both, comes, none, known, ref, settings, lasting=False)
    return made._replace(left=night.goes)


def _met(
    kept: Near, now: Near, settings: config.Config, window: int, since: datetime, watch: Watch
) -> tuple[Met, Keys]:
    """As `meet.meet`: the verified matches of the article, and of texts that meet others for its sake; and whose are lost."""
    own = now.own([*_OF_TOLD, "article_id"])
    goes = now.left_now()
    first = int(pa.scalar(since, pa.timestamp("us", tz="UTC")).cast(pa.int64()).as_py())
    with watch.step("pair"):
        fresh = np.empty(0, np.int64)
        while True:
            asked = pa.concat_tables([_told(own), _told(kept.texts(_OF_TOLD, keys=np.union1d(goes, fresh)))])
            rows, was, is_now = _around(kept, own, goes, asked, window, first, settings.pair)
            keys, times, kin = (rows[name].to_numpy() for name in ("key", "at", "kin"))
            is_fresh = (is_now & ~was) | arrays.is_in(keys, fresh)
            is_fresh |= pair.disturbed(rows, times, settings.pair, kin, was, is_now)
            disturbed = keys[is_fresh & was]
            if len(disturbed) > _DISTURBED:
                is_fresh, disturbed = is_now & ~was, disturbed[:0]
                break
            if arrays.is_in(disturbed, fresh).all():
                break
            fresh = np.union1d(fresh, disturbed)
        here = np.flatnonzero(is_now)
        candidates = pair.run(rows, times[here], settings.pair, kin[here], is_fresh[here], here)
    with watch.step("verify"):
        matches = verified(now, keys[here], candidates, settings)
    void = np.concatenate([goes, disturbed])
    lost = ends(kept.accepted(void)).ravel()
    accepted = ends(matches.filter(matches["accepted"])).ravel()
    touched = np.unique(np.concatenate([keys[is_fresh & is_now], lost, accepted]))
    return Met(matches, void, goes, touched[~arrays.is_in(touched, goes)]), lost


_OF_TOLD = [*pair.KEYS.names, "key", "kin", "effective_at"]


def _around(
    kept: Near, own: pa.Table, goes: Keys, asked: pa.Table, window: int, first: int, settings: config.Pair
) -> tuple[pa.Table, NDArray[np.bool_], NDArray[np.bool_]]:
    """The texts that have anything in common with those that are asked for (`TOLD`), in the order of time; which of them there
    were, and which there are.
    """
    told = _told(own)
    at = told["at"].to_numpy()
    of_goes = kept.times(goes)
    low, high = (edge(np.concatenate([at, of_goes])) for edge in (np.min, np.max))
    reached = kept.sharing(asked, (max(first, int(low) - 2 * window), int(high) + 2 * window), settings)
    rows = pa.concat_tables([reached, told]).combine_chunks()
    was = np.arange(rows.num_rows) < reached.num_rows
    names = _ids(kept, reached["key"].to_numpy(), reached["at"].to_numpy(), at)
    names = pa.concat_arrays([names, own["article_id"].combine_chunks()])
    order = _ordered(rows.append_column("article_id", names))
    is_now = ~arrays.is_in(rows["key"].to_numpy(), goes)
    return rows.take(pa.array(order)).combine_chunks(), was[order], is_now[order]


def _told(texts: pa.Table) -> pa.Table:
    """What is told of texts (`_OF_TOLD`)."""
    return texts.append_column("at", texts["effective_at"].cast(pa.int64())).select(TOLD.names).cast(TOLD)


def _ids(kept: Near, keys: Keys, at: Keys, own: Keys) -> pa.Array:
    """The ids of those texts whose time texts of other parts have, too; "" for others: in a part they are in their order."""
    parts = np.concatenate([keys >> 32, np.full(len(own), -1)])
    every = np.concatenate([at, own])
    order = np.lexsort((parts, every))
    met = arrays.changes(every[order], parts[order])  # a time in a part, once
    times, counts = arrays.counted(every[order][met])
    same = np.flatnonzero(arrays.is_in(at, times[counts > 1]))
    ids = kept.texts(["key", "article_id"], keys=keys[same])
    place = np.full(len(keys), -1)
    place[same] = np.searchsorted(ids["key"].to_numpy(), keys[same])
    found = ids["article_id"].combine_chunks().take(pa.array(place, mask=place < 0))
    return found.fill_null("")


def _ordered(rows: pa.Table) -> Keys:
    """Rows in the order of time, then id, then key."""
    ordered = rows.select(["at", "article_id", "key"]).append_column("row", pa.array(np.arange(rows.num_rows)))
    ordered = ordered.sort_by([(name, "ascending") for name in ("at", "article_id", "key")])
    found: Keys = ordered["row"].to_numpy()
    return found
