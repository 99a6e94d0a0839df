"""What a night changes among the texts that are compared, kept in its part of the state; and the articles it opens again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, notices, schema
from pipeline.arrive import Arrivals, reach, stretch
from pipeline.meet import Articles, Met, articles_of, meet, reopened
from pipeline.memory import give_back
from pipeline.redo import texts
from pipeline.stages import retract, rollup, verify
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import Behind
from pipeline.storage import index, part
from pipeline.storage.state import Ref, State, ends
from pipeline.watch import Watch

__all__ = [
    "AROUND",
    "Coming",
    "Lightly",
    "Opened",
    "Opening",
    "brought",
    "compare",
    "formed_anew",
    "numbered",
    "oldest",
    "opened",
    "turned_to_credit",
]

#: What is read of the texts around those that are opened.
AROUND = ["key", "article", "redone", "article_id", "effective_at", "n_words"]

_HABIT = 2  # texts of a publisher with a credit that show that its credits can be seen


class Opened(NamedTuple):
    """The articles whose clusters are formed anew, and whom they met.

    `matches` are those among them, by row number (`verify.MATCHES`), `outer` those with others, by id (`rollup.NAMED`).
    `around`: the texts of both (article_id, effective_at, n_words, and what names them to the state). `gone`: the
    texts that were compared and are no more (article_id, effective_at). `notices` hold of them (`retract.NOTICES`), and
    `earlier` are the shingles of what was corrected. `crediting`: the publishers that are seen to credit agencies. `is_light`:
    of the articles is known what names them, and of matches the accepted ones among them (`spread.opening`).
    """

    known: Articles
    matches: pa.Table
    outer: pa.Table
    around: pa.Table
    gone: pa.Table
    notices: pa.Table = retract.NOTICES.empty_table()
    earlier: Mapping[str, list[NDArray[Any]]] = MappingProxyType({})
    crediting: Callable[[], pa.Array] = lambda: pa.array([], pa.string())
    is_light: bool = False


#: How `formed_anew` opens articles.
Opening = Callable[[State, State, Met, config.Config, Sequence[tuple[str, str]]], Opened]


class Coming(NamedTuple):
    """What came in (`night`), to the run's `own` parts, and what it is compared with: the state `kept` of the last run.

    `dates`: those of the last run, None if there is none or all is done again, and of this one. `ties`: pairs of ids that an
    editor has linked. `later` does what has time until the run ends.
    """

    kept: State
    own: Sequence[Ref]
    night: Arrivals
    dates: tuple[datetime | None, datetime]
    ties: Sequence[tuple[str, str]] = ()
    later: Behind = Behind()


class Lightly(NamedTuple):
    """How more than so many texts are opened: by what reads in the parts of the state what the night changed."""

    most: int
    open: Opening


def compare(
    coming: Coming, settings: config.Config, watch: Watch, lightly: Lightly | None = None
) -> tuple[Opened, State]:
    """Compare what came in with all that it may be a print of, and write what that comes to, to the run's one `own` part.

    Gives the state of this run, too.
    """
    kept, (ref,), night, (last, as_of), ties, later = coming
    with watch.step("learn") as step:
        added = brought(kept, ref, night, oldest(as_of, settings), settings)
        step.rows = added.num_rows
    del added
    give_back()
    now = State([*kept.parts, ref])
    reached = reach(last, settings) if last else None, reach(as_of, settings)
    met = meet(kept, now, reached, settings, watch)
    # What nobody looks at again in this run, unless it opens very many texts.
    later(part.add, ref.folder, "matches", met.matches)
    later(part.add, ref.folder, "void", pa.table({"key": met.void}))
    for table in ("matches", "texts"):
        later(index.write, ref.folder, table)
    met = met._replace(touched=arrays.united(met.touched, turned_to_credit(kept, now, *reached)))
    give_back()

    def open_(kept: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]]) -> Opened:
        if lightly is None or len(met.touched) <= lightly.most:
            return opened(kept, now, met, settings, ties)
        if kept.parts:
            later.wait()  # for the matches: some lead to texts that are not opened
        found = lightly.open(kept, now, met, settings, ties)
        later.wait()  # their clusters are formed of what lies in the part, and nothing else is held meanwhile
        return found

    return formed_anew(kept, now, night, met, as_of, settings, watch, open_, ties), now


def oldest(as_of: datetime, settings: config.Config) -> int:
    """The first stretch of time, of those for which furniture is learned, that a run of this date reaches."""
    return int(stretch(pa.chunked_array([[reach(as_of, settings)]], schema.TIME), settings)[0])


def formed_anew(
    kept: State,
    now: State,
    night: Arrivals,
    met: Met,
    as_of: datetime,
    settings: config.Config,
    watch: Watch,
    open_: Opening,
    ties: Sequence[tuple[str, str]] = (),
) -> Opened:
    """The articles whose clusters have to be formed anew after what a night changed, as `open_` opens them."""
    since = reach(as_of, settings)
    reached = notices.reached(now, notices.changed(kept, now, night.notices), since, settings)
    met = met._replace(touched=arrays.united(met.touched, np.setdiff1d(reached, met.gone)))
    with watch.step("open") as step:
        found = open_(kept, now, met, settings, ties)
        valid = notices.valid(now, since, settings)
        step.rows = found.known.articles.num_rows
    return found._replace(
        notices=valid,
        earlier=notices.earlier(now, valid, found.known.articles),
        crediting=partial(now.crediting, since, _HABIT),
    )


def turned_to_credit(kept: State, now: State, before: datetime | None, since: datetime) -> NDArray[np.int64]:
    """The texts (keys) of publishers that are seen to credit agencies since this run, or are no more: whom that accuses of
    having dropped a credit, or clears.

    `before`: the oldest time that was compared in the last run, None where it does not matter, for all is formed anew.
    """
    if before is None:
        return np.empty(0, np.int64)
    was, are = (state.crediting(at, _HABIT) for state, at in ((kept, before), (now, since)))
    turned = pa.array(sorted({*was.to_pylist()} ^ {*are.to_pylist()}), pa.string())
    if not len(turned):
        return np.empty(0, np.int64)
    texts = now.texts(["key", "publisher_id", "effective_at"])
    there = pc.greater_equal(texts["effective_at"], pa.scalar(since, schema.TIME))
    found: NDArray[np.int64] = texts.filter(pc.and_(there, pc.is_in(texts["publisher_id"], turned)))["key"].to_numpy()
    return found


def brought(kept: State, ref: Ref, night: Arrivals, first: int, settings: config.Config) -> pa.Table:
    """Write the texts that come into the comparison to the part `ref`, and what is known of furniture by now; gives the texts.

    `first`: the first stretch of time that is reached. Texts have no index yet.
    """
    both = State([*kept.parts, ref._replace(is_compared=False)], kept.former)
    added = texts(both, night, ref, first, settings)
    for name, rows in added._asdict().items():
        part.add(ref.folder, name, rows)
    part.add(ref.folder, "waiting", night.waiting)
    part.add(ref.folder, "notices", notices.rows(State([*kept.parts, ref]), night.notices))
    return added.texts


def opened(kept: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]]) -> Opened:
    """The articles whose clusters are formed anew for what was `met`, and all of their matches, in memory."""
    keys, matches = reopened(kept, now, met, settings, ties)
    sides = ends(matches)
    are_open = arrays.is_in(sides, keys)
    inside = are_open.all(axis=0)
    with_met = arrays.ascending(np.concatenate([keys, sides[~are_open]]))
    around = now.texts(AROUND, keys=with_met)
    outer = numbered(arrays.kept(matches, ~inside), around["key"].to_numpy())
    inner = numbered(arrays.kept(matches, inside), keys)
    return Opened(
        known=articles_of(now, keys, settings),
        matches=by_sides(inner).combine_chunks(),
        outer=rollup.named(outer, around),
        around=around,
        gone=kept.texts(["article_id", "effective_at"], keys=met.gone),
    )


def by_sides(matches: pa.Table) -> pa.Table:
    """Matches of places in the order of their left, then their right ones, as most come: to sort rows takes long."""
    left, right = (matches[side].to_numpy() for side in ("left", "right"))
    return arrays.arranged(matches, np.argsort(left << 32 | right, kind="stable"))


def numbered(matches: pa.Table, keys: NDArray[np.int64]) -> pa.Table:
    """Matches by places in `keys` instead of keys."""
    for side in ("left", "right"):
        place = arrays.places(keys, matches[side].to_numpy())
        matches = matches.set_column(matches.column_names.index(side), side, pa.array(place))
    return matches.select(verify.MATCHES.names).cast(verify.MATCHES)
