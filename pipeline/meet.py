"""Whom the texts of a night meet, and which clusters have to be formed anew for it.

    what comes and goes --open--> the texts around it --pair, verify--> matches
    matches new and gone --reopened--> the components of matches that any of it touches

Everything else stays as it lies: a text that neither comes nor goes, and meets whom it met before, keeps its matches; a
component of accepted matches that none of the new or lost ones touches keeps its clusters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.intake import LIGHT
from pipeline.sketched import Sketched
from pipeline.stages import elect, pair, rollup, sketch
from pipeline.stages.kernels import arrays
from pipeline.storage.groups import Lying
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Span, State, ends
from pipeline.watch import Watch

__all__ = [
    "Articles",
    "Met",
    "Turns",
    "around",
    "articles_of",
    "changes",
    "components",
    "facts_of",
    "meet",
    "reopened",
    "settled",
    "verified",
]

_PAIRED = ["key", "article_id", "effective_at", "kin"]
_OF_TEXT = ["key", "article", "redone", "article_id", "effective_at", "n_words", "text_state"]
_MATCHES = COMPARED["matches"]
_SIDES = ["left", "right"]


class Articles(NamedTuple):
    """What is known of texts that are compared. `articles` and `sketched` go row by row, in the order of time, then id.

    `articles` have the columns of `schema.ARTICLES` but the bodies, `effective_at`, and what names the text to the state:
    `key`, `article` and `redone`. The rest is by article_id.
    """

    articles: pa.Table
    sketched: Sketched
    stripped: pa.Table
    credits: pa.Table
    citations: pa.Table


class Met(NamedTuple):
    """What a night changes among the matches: `matches` that it adds, and texts (keys) whose earlier ones are `void`.

    `gone` are texts that were compared and are no more; `touched` those whose clusters may be others than they were.
    """

    matches: pa.Table
    void: NDArray[np.int64]
    gone: NDArray[np.int64]
    touched: NDArray[np.int64]


def meet(
    before: State, now: State, reached: tuple[datetime | None, datetime], settings: config.Config, watch: Watch
) -> Met:
    """Pair and verify what is new. `before` and `now` are the state of the last run and that of this one.

    `reached`: the oldest time that was compared in the last run, None if there is none or all is done again, and in this one.
    """
    rows, was, is_now, lying = around(before, now, reached, settings, _PAIRED, pair.KEYS.names)
    keys, times = rows["key"].to_numpy(), rows["effective_at"].cast(pa.int64()).to_numpy()
    with watch.step("pair") as step:
        kin = rows["kin"].to_numpy()
        fresh = is_now & ~was
        if was.any():
            fresh |= pair.disturbed(lying.rows, times, settings.pair, kin, was, is_now, lying.places)
        here = np.flatnonzero(is_now)
        candidates = pair.run(lying.rows, times[here], settings.pair, kin[here], fresh[here], lying.places[here])
        sides = here[ends(candidates)]
        turns = settled(before, rows, Turns(was, is_now, fresh), sides, candidates["path"].to_numpy(), settings)
        candidates = arrays.kept(candidates, turns.fresh[sides].any(axis=0))
        step.rows = candidates.num_rows
    with watch.step("verify") as step:
        matches = verified(now, keys[here], candidates, settings)
        step.rows = matches.num_rows
    return changes(before, rows, turns, matches, settings)


class Turns(NamedTuple):
    """Which of some texts there were before, which there are now, and which may meet others than before; bool (texts,)."""

    was: NDArray[np.bool_]
    is_now: NDArray[np.bool_]
    fresh: NDArray[np.bool_]


def settled(
    before: State,
    rows: pa.Table,
    turns: Turns,
    sides: NDArray[np.int64],
    paths: NDArray[np.int8],
    settings: config.Config,
) -> Turns:
    """Who is fresh once it is known whom: a text that stays, and meets those that stay as it did before, is not.

    In a crowded bucket every row after a late one may meet others than before, and few do. `sides`, int64 (2, pairs), and
    `paths`: the pairs of a fresh row, by row, at least those of two that stay.
    """
    was, is_now, fresh = turns
    stays = was & is_now
    again = stays & fresh
    if not again.any():
        return turns
    keys, times = rows["key"].to_numpy(), rows["effective_at"].cast(pa.int64()).to_numpy()
    met = before.met_by(keys[again], matched_in(times[again], settings))
    met = arrays.kept(met, arrays.is_in(ends(met), keys[stays]).all(axis=0))
    of_two = stays[sides].all(axis=0)
    both = np.concatenate([sides[:, of_two], arrays.places(keys, ends(met))], axis=1)
    both = np.stack([both.min(axis=0), both.max(axis=0), np.concatenate([paths[of_two], met["path"].to_numpy()])])
    both = both[:, np.lexsort(both)]
    is_first = arrays.changes(*both)
    is_alone = is_first & np.append(is_first[1:], True)[: len(is_first)]  # met before, or now, but not both
    is_other = np.zeros(len(keys), np.bool_)
    is_other[both[:2, is_alone].ravel()] = True
    return Turns(was, is_now, fresh & (is_other | ~stays))


def changes(before: State, rows: pa.Table, turns: Turns, matches: pa.Table, settings: config.Config) -> Met:
    """What `matches` that were found, of texts in reach (`around`), change among those that there were."""
    was, is_now, fresh = turns
    keys, times = rows["key"].to_numpy(), rows["effective_at"].cast(pa.int64()).to_numpy()
    gone = keys[was & ~is_now]
    lost = _lost(
        before, np.concatenate([gone, keys[fresh & was]]), matched_in(times[was & (fresh | ~is_now)], settings)
    )
    accepted = matches.select(_SIDES).filter(matches["accepted"])
    found = arrays.united(keys[fresh], *(rows[side].to_numpy() for rows in (lost, accepted) for side in _SIDES))
    return Met(matches, keys[was & (fresh | ~is_now)], gone, found[~arrays.is_in(found, gone)])


def around(
    before: State,
    now: State,
    reached: tuple[datetime | None, datetime],
    settings: config.Config,
    columns: list[str],
    more: Sequence[str] = (),
) -> tuple[pa.Table, NDArray[np.bool_], NDArray[np.bool_], Lying]:
    """The texts that those which come and go may meet, in the order of time; which of them there were, and which there are.

    `columns` of theirs; key, article_id and effective_at are among them. And `more` of them as they lie: lists are long.
    """
    since_before, since = reached
    first_before, first = _FIRST if since_before is None else _micro(since_before), _micro(since)
    light = ["key", "effective_at"]
    left = now.left_now()
    changed = [
        now.own(light),
        before.texts(light, keys=left),
        before.texts(light, [(first_before, first - 1)]),  # what is too old from now on
    ]
    times = np.concatenate([rows["effective_at"].cast(pa.int64()).to_numpy() for rows in changed])
    spans = _within(2 * _window(settings), times)
    every = [*columns, *more]
    of_before, own = before.texts_lying(every, spans), now.own(every)
    both = Lying.together(own.schema, [of_before, Lying(own, np.arange(own.num_rows))])
    rows = both._replace(rows=both.rows.select(columns)).arranged().combine_chunks()
    at = rows["effective_at"].cast(pa.int64()).to_numpy()
    was = (np.arange(rows.num_rows) < len(of_before.places)) & (at >= first_before)
    is_now = (at >= first) & ~arrays.is_in(rows["key"].to_numpy(), left)
    order = pc.sort_indices(rows, [("effective_at", "ascending"), ("article_id", "ascending"), ("key", "ascending")])
    order = order.to_numpy()
    order = order[(was | is_now)[order]]
    lying = Lying(both.rows.select(more), both.places[order])
    return rows.take(pa.array(order)).combine_chunks(), was[order], is_now[order], lying


def verified(now: State, keys: NDArray[np.int64], candidates: pa.Table, settings: config.Config) -> pa.Table:
    """The verdict of each candidate pair, whose sides are places in `keys`."""
    sides = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    rows = arrays.numbers(*sides)  # in the order of time, as all of them
    known = articles_of(now, keys[rows], settings, complete=False)
    pairs = pa.table(
        [*(pa.array(arrays.places(rows, side)) for side in sides), candidates["path"]], schema=pair.CANDIDATES
    )
    found = known.sketched.verified(pairs, facts_of(known), settings.verify)
    at = known.articles["effective_at"].take(found["right"])
    for name, side in zip(("left", "right"), sides, strict=True):
        found = found.set_column(found.column_names.index(name), _MATCHES.field(name), pa.array(keys[side]))
    return found.append_column("at", at).cast(_MATCHES)


def facts_of(known: Articles) -> pa.Table:
    """What verification may know of these articles beside their words (`rollup.facts`)."""
    credited = elect.credited(known.articles, known.credits)
    return rollup.facts(known.articles, credited, sketch.words(known.articles["headline"]))


def _lost(before: State, keys: NDArray[np.int64], spans: Sequence[Span]) -> pa.Table:
    """The accepted matches of the last run that one of these texts had: they are no more, or found again."""
    edges = before.edges(spans)
    return edges.filter(pa.array(arrays.is_in(ends(edges), keys).any(axis=0)))


def reopened(
    before: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]] = ()
) -> tuple[NDArray[np.int64], pa.Table]:
    """The texts whose clusters have to be formed anew (`components`), by key, and every match of theirs."""
    theirs, _, spans = components(before, now, met, settings, ties)
    if not spans:
        return met.touched, met.matches
    kept = before.matches_of(theirs, spans)
    kept = arrays.kept(kept, ~arrays.is_in(ends(kept), met.void).any(axis=0))
    added = arrays.kept(met.matches, arrays.is_in(ends(met.matches), theirs).any(axis=0))
    return theirs, pa.concat_tables([kept, added])


def components(
    before: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]] = ()
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Span]]:
    """The texts whose clusters have to be formed anew, by key, in the order of time; the accepted matches among them; when
    their matches are.

    They are whole components of accepted matches and of `ties`, pairs of article ids that an editor has linked, however far
    apart in time: keys, int64 (2, matches), the ties among them.
    """
    tied, tied_at = _tied(now, ties)
    times = now.texts(["key", "effective_at"], keys=met.touched)["effective_at"].cast(pa.int64()).to_numpy()
    spans: list[Span] = []
    wanted = matched_in(times, settings)
    while not _covers(spans, wanted):
        spans = _merged([*spans, *wanted])
        there = now.texts(["key", "article_id", "effective_at"], spans)
        keys = there["key"].to_numpy()
        are_there = arrays.is_in(tied, keys).all(axis=0)
        edges = np.concatenate([_edges(before, met, keys, spans), tied[:, are_there]], axis=1)
        sides = arrays.places(keys, edges)
        is_open = arrays.is_in(keys, met.touched)
        while True:
            either, both = is_open[sides].any(axis=0), is_open[sides].all(axis=0)
            if not (either & ~both).any():
                break
            is_open[sides[:, either].ravel()] = True
        leads = arrays.is_in(tied, keys[is_open]).any(axis=0)
        times = there["effective_at"].cast(pa.int64()).to_numpy()[is_open]
        wanted = matched_in(np.concatenate([times, tied_at[:, leads].ravel()]), settings)
    if not spans:
        return met.touched, np.empty((2, 0), np.int64), spans
    opened = there.filter(pa.array(is_open)).sort_by([("effective_at", "ascending"), ("article_id", "ascending")])
    return opened["key"].to_numpy(), edges[:, is_open[sides].all(axis=0)], spans


def _edges(before: State, met: Met, keys: NDArray[np.int64], spans: Sequence[Span]) -> NDArray[np.int64]:
    """The accepted matches that hold now among these texts: keys, int64 (2, matches)."""
    added = met.matches.select(_SIDES).filter(met.matches["accepted"])
    found = []
    for edges, out in ((before.edges(spans), met.void), (added, np.empty(0, np.int64))):
        sides = ends(edges)
        found.append(sides[:, ~arrays.is_in(sides, out).any(axis=0) & arrays.is_in(sides, keys).all(axis=0)])
    return np.concatenate(found, axis=1)


def _tied(now: State, ties: Sequence[tuple[str, str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The texts of pairs of articles, as far as both are there: keys and times (microseconds), int64 (2, pairs) each."""
    there = now.texts(["key", "article_id", "effective_at"], keys=now.named(name for tie in ties for name in tie))
    ids = there["article_id"].combine_chunks()
    sides = [pc.index_in(pa.array(side, pa.string()), value_set=ids).fill_null(-1) for side in zip(*ties, strict=True)]
    at = np.array([side.to_numpy() for side in sides], np.int64).reshape(2, -1)
    at = at[:, (at >= 0).all(axis=0)]
    return there["key"].to_numpy()[at], there["effective_at"].cast(pa.int64()).to_numpy()[at]


def articles_of(state: State, keys: NDArray[np.int64], settings: config.Config, *, complete: bool = True) -> Articles:
    """The texts with those keys, in their order; unless `complete`, without what was stripped and cited."""
    texts = state.texts(_OF_TEXT, keys=keys)
    texts = texts.take(pc.index_in(pa.array(keys), value_set=texts["key"].combine_chunks()))
    own = texts["article"].to_numpy()
    articles = state.take("articles", own, LIGHT)
    for name in ("n_words", "text_state"):
        articles = articles.set_column(articles.column_names.index(name), schema.ARTICLES.field(name), texts[name])
    for name in ("key", "article", "redone", "effective_at"):
        articles = articles.append_column(name, texts[name])
    nothing = [schema.STRIPPED.empty_table(), schema.CITATIONS.empty_table()]
    stripped, citations = (
        (state.of(name, own).drop_columns(["key"]) for name in ("stripped", "citations")) if complete else nothing
    )
    struck = state.struck(keys).drop_columns(["key"]) if complete else schema.STRIPPED.empty_table()
    return Articles(
        articles.combine_chunks(),
        Sketched(state, texts.select(["key", "article", "redone"]), settings),
        pa.concat_tables([stripped, struck]).combine_chunks(),
        state.of("credits", own).drop_columns(["key"]).combine_chunks(),
        _outside(citations, struck).combine_chunks(),
    )


def _outside(citations: pa.Table, struck: pa.Table) -> pa.Table:
    """The citations that stand in no learned line."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in struck.select(["article_id", "field", "start", "end"]).to_pylist():
        spans.setdefault((row["article_id"], row["field"]), []).append((row["start"], row["end"]))
    places = citations.select(["article_id", "field", "start"]).to_pylist() if spans else []
    if not places:
        return citations
    outside = [
        not any(start <= row["start"] < end for start, end in spans.get((row["article_id"], row["field"]), ()))
        for row in places
    ]
    return citations.filter(pa.array(outside, pa.bool_()))


_FIRST = -(2**62)  # earlier than any time


def _micro(time: datetime) -> int:
    value: int = pa.scalar(time, schema.TIME).cast(pa.int64()).as_py()
    return value


def _window(settings: config.Config) -> int:
    return int(settings.pair.window_days * schema.DAY)


def matched_in(times: NDArray[np.int64], settings: config.Config) -> list[Span]:
    """Where the matches of texts of these times lie, and the texts at their other ends."""
    return _within(_window(settings), times)


def _within(reach: int, times: NDArray[np.int64]) -> list[Span]:
    """What lies so far from any of these times at the most: stretches of time, none touching another."""
    times = arrays.ascending(times)
    firsts = np.flatnonzero(np.diff(times, prepend=times[:1] - 2 * reach - 1) > 2 * reach)
    lasts = np.append(firsts[1:], len(times))[: len(firsts)] - 1
    return list(zip((times[firsts] - reach).tolist(), (times[lasts] + reach).tolist(), strict=True))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same stretches of time, none touching another."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _covers(spans: Sequence[Span], wanted: Sequence[Span]) -> bool:
    return all(any(first <= low and high <= last for first, last in spans) for low, high in wanted)
