"""Which articles come into the comparison in a run, and which leave it: versions, embargoes, and how far back it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise, starmap
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.intake import Intake, reject
from pipeline.stages import identify
from pipeline.stages.kernels import arrays
from pipeline.storage import state

__all__ = [
    "Arrivals",
    "accounted",
    "arrivals",
    "in_words",
    "noticed_since",
    "reach",
    "reused",
    "spans_of",
    "stretch",
    "taught_since",
    "with_time",
]

_AHEAD = timedelta(days=1)  # how far ahead of a run's date an article may be dated: zones, and clocks that are off
_IN_COMMON = 0.1  # of the shingles of the shorter of two versions: below, they are two stories
_AT_ONCE = 4_096  # versions that are held against those before them at a time
_EPOCH = datetime.fromtimestamp(0, UTC)
_OF_TEXT = ["key", "article", "article_id", "effective_at"]
_FROZEN = "frozen: a rebuild left its cluster as it was published, for words of it are gone"


class Arrivals(NamedTuple):
    """What a run changes of what is compared.

    `comes`: articles (the columns of `Intake.new`, `key`, `effective_at`) that come in, in the order of time, then id; `goes`:
    texts (`key`) that a newer version replaces; `waiting`: articles (`key`, `effective_at`) whose time has not come;
    `notices`: the newest versions, as `comes`, of articles that are withdrawn or corrected now, or were. Of those that the
    night brought: `new` (article_id, source, key, and as `former` the key of the version that it replaces, null for none) come
    in, the others are `rejects` or superseded. `oldest_new`, `newest_new`: the times between which the night brought articles,
    None if it brought nothing.
    """

    comes: pa.Table
    goes: pa.Table
    waiting: pa.Table
    notices: pa.Table
    new: pa.Table
    rejects: pa.Table
    n_superseded: int
    oldest_new: datetime | None
    newest_new: datetime | None


def arrivals(
    kept: state.State, intake: Intake, part: state.Ref, settings: config.Config, *, again: bool = False
) -> Arrivals:
    """What changes of what is compared when a part is taken in, as of its date. `again`: all that is kept comes in anew.

    Of the versions of an article the newest is compared. An article dated after the run waits for its time, one under embargo
    until that has ended; one so old that no published cluster can reach back to it is too late, though it may still teach
    furniture. One that is frozen does not come in, nor does a new version of it.
    """
    as_of, light = part.as_of, intake.new.column_names
    new, texts = _seen_now(intake, part.number, as_of), kept.texts(_OF_TEXT)
    frozen = kept.frozen_ids()
    stopped = new.filter(pc.is_in(new["article_id"], frozen))
    new = new.filter(pc.invert(pc.is_in(new["article_id"], frozen)))
    first = pc.min(new["key"]).as_py() if new.num_rows else 0
    if again:
        rows = kept.articles([*light, "rejected"])
        rows = rows.filter(pc.invert(pc.or_(rows["rejected"], pc.is_in(rows["article_id"], frozen))))
        earlier = _due(rows.drop_columns(["rejected"]))
    else:
        waiting = kept.waiting()
        earlier = with_time(
            kept.take("articles", waiting["key"].to_numpy(), light), waiting["key"], waiting["effective_at"]
        )
        texts = texts.filter(pc.is_in(texts["article_id"], _ids(new, earlier)))
        compared = kept.take("articles", texts["article"].to_numpy(), light)
        earlier = pa.concat_tables([with_time(compared, texts["article"], texts["effective_at"]), earlier])
    rows = pa.concat_tables([earlier, new])
    is_held = pc.fill_null(pc.greater(rows["embargoed_until"], pa.scalar(as_of, schema.TIME)), False)
    early = pc.or_(is_held, pc.greater(rows["effective_at"], pa.scalar(as_of + _AHEAD, schema.TIME)))
    newest, superseded = identify.newest(rows.filter(pc.invert(early)))
    notices = _notices(kept, rows.filter(pc.invert(early)))
    comes = newest.filter(pc.invert(pc.is_in(newest["key"], texts["article"].combine_chunks())))
    late = pc.less(comes["effective_at"], pa.scalar(reach(as_of, settings), schema.TIME))
    brought = {
        "waiting": _since(rows.filter(early), first, new),
        "late": _since(comes.filter(late), first, new),
        "comes": _since(comes.filter(pc.invert(late)), first, new),
        "superseded": _since(superseded, first, new),
    }
    gone = texts.filter(pc.is_in(texts["article"], superseded["key"].combine_chunks()))
    taught = pc.greater_equal(comes["effective_at"], pa.scalar(taught_since(as_of, settings), schema.TIME))
    return Arrivals(
        comes=_in_order(comes.filter(taught)),
        goes=gone.select(["key"]),
        waiting=rows.filter(early).select(["key", "effective_at"]),
        notices=notices.filter(
            pc.greater_equal(
                notices["effective_at"], pa.scalar(noticed_since(reach(as_of, settings), settings), schema.TIME)
            )
        ),
        new=_with_former(brought["comes"], gone),
        rejects=pa.concat_tables(
            [
                *_too_early(brought["waiting"], as_of),
                _too_late(brought["late"], as_of, settings),
                reject(stopped, _FROZEN),
            ]
        ),
        n_superseded=brought["superseded"].num_rows,
        oldest_new=pc.min(new["effective_at"]).as_py(),
        newest_new=pc.max(new["effective_at"]).as_py(),
    )


def _with_former(comes: pa.Table, gone: pa.Table) -> pa.Table:
    """Articles that come in, each with the version that it replaces, which is among the texts that are `gone`."""
    at = pc.index_in(comes["article_id"], value_set=gone["article_id"].combine_chunks())
    return comes.select(["article_id", "source", "key"]).append_column("former", gone["article"].take(at))


def _notices(kept: state.State, rows: pa.Table) -> pa.Table:
    """Of articles that come, or come anew, those that a new notice is about, or that an earlier one is about no more."""
    known = kept.notices()
    known = known.filter(pc.is_in(known["article_id"], value_set=_ids(rows)))
    light = [name for name in rows.column_names if name not in {"key", "effective_at"}]
    said = with_time(kept.take("articles", known["key"].to_numpy(), light), known["key"], known["effective_at"])
    said = said.filter(pc.invert(pc.is_in(said["key"], value_set=rows["key"].combine_chunks())))
    newest, _ = identify.newest(pa.concat_tables([rows, said]), withdrawn=True)
    marked = pc.or_(pc.not_equal(newest["status"], "usable"), pc.is_in(newest["article_id"], value_set=_ids(known)))
    return newest.filter(pc.and_(marked, pc.invert(pc.is_in(newest["key"], value_set=known["key"].combine_chunks()))))


def _seen_now(intake: Intake, number: int, as_of: datetime) -> pa.Table:
    """The articles that the night brought, with `key` and `effective_at`."""
    articles = intake.new
    sizes = intake.sizes or [articles.num_rows]
    key = pa.array(np.concatenate([state.keys(number + place, size) for place, size in enumerate(sizes)]))
    first_seen = pa.repeat(pa.scalar(as_of.astimezone(UTC), schema.TIME), articles.num_rows)
    return _due(articles.append_column("key", key).append_column(state.FIRST_SEEN, first_seen))


def _due(articles: pa.Table) -> pa.Table:
    """Articles with their effective time instead of `first_seen`."""
    effective = pc.coalesce(articles["published_at"], articles["fetched_at"], articles["first_seen"])
    rest = articles.drop_columns(["key", "first_seen"])
    return with_time(rest, articles["key"], effective)


def with_time(articles: pa.Table, key: pa.ChunkedArray, effective_at: pa.ChunkedArray) -> pa.Table:
    """Articles with the `key` that names them to the state, and their effective time."""
    return articles.append_column("key", key).append_column("effective_at", effective_at)


def _in_order(articles: pa.Table) -> pa.Table:
    """In the order of time, then id, so that wherever the first of several counts, it is not by chance."""
    return articles.sort_by([("effective_at", "ascending"), ("article_id", "ascending")]).combine_chunks()


def _ids(*articles: pa.Table) -> pa.Array:
    return pa.concat_arrays([rows["article_id"].combine_chunks().cast(pa.string()) for rows in articles])


def _since(rows: pa.Table, first: int, new: pa.Table) -> pa.Table:
    """Those of the rows that the night brought."""
    return rows.filter(pc.greater_equal(rows["key"], first)) if new.num_rows else rows.slice(0, 0)


def accounted(
    intake: Intake, night: Arrivals, members: pa.Array, as_of: datetime, settings: config.Config, n_reused: int = 0
) -> tuple[dict[str, int], pa.Table]:
    """The counts of a run and all its rejects: what came in is one of its `members` (ids), a reject, a repeat or superseded.

    Rejects among what was read again did not come in, and are not counted.
    A new article that is no member belongs to a cluster that the horizon has passed: it is too late.
    Of those `added` so many are `versions` of articles that were there; `n_reused` of these are `reused_ids`.
    """
    published = pc.is_in(night.new["article_id"], members)
    late = _too_late(night.new.filter(pc.invert(published)), as_of, settings)
    rejects = pa.concat_tables([intake.rejects, night.rejects, late])
    new = night.new.filter(published)
    counts = {**intake.counts, "added": new.num_rows, "rejected": rejects.num_rows, "superseded": night.n_superseded}
    counts |= {"versions": new.num_rows - new["former"].null_count, "reused_ids": n_reused}
    return counts, pa.concat_tables([rejects, intake.again])


def reused(now: state.State, new: pa.Table) -> int:
    """How many articles (`Arrivals.new`) have no more than the id in common with the version that they replace.

    They are another page, by the address or else the headline, and share but a few words: the id stood for another story.
    """
    pairs = new.filter(pc.is_valid(new["former"])).select(["key", "former"])
    found = 0
    for first in range(0, pairs.num_rows, _AT_ONCE):
        sides = [column.to_numpy() for column in pairs.slice(first, _AT_ONCE).columns]
        apart = identify.apart(*(now.take("articles", keys, ["url", "headline"]) for keys in sides))
        shingles = (now.take("sketches", keys[apart], ["shingles"])["shingles"] for keys in sides)
        found += sum(starmap(_are_two, zip(*map(_sets, shingles), strict=True)))
    return found


def _sets(lists: pa.ChunkedArray) -> Iterator[NDArray[np.uint32]]:
    """What is in each list, sorted and distinct."""
    values, offsets = arrays.hashes(lists)
    return (np.unique(values[start:end]) for start, end in pairwise(offsets.tolist()))


def _are_two(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    shorter = min(len(one), len(other))
    return shorter > 0 and len(np.intersect1d(one, other, assume_unique=True)) < _IN_COMMON * shorter


def in_words(counts: Mapping[str, int]) -> str:
    """What the files of a run came to, in words."""
    versions = f", {counts['versions']:,} of them new versions of earlier ones" if counts["versions"] else ""
    return (
        f"{counts['records']:,} records from {counts['files']:,} files: {counts['added']:,} new articles{versions}, "
        f"{counts['repeats']:,} repeats, {counts['superseded']:,} superseded, {counts['rejected']:,} rejected"
    )


def reach(as_of: datetime, settings: config.Config) -> datetime:
    """The oldest time that is compared: a cluster with a member in the horizon spans a window to each side of its anchor.

    It moves half a window at a time, and so seldom, for wherever it moves clusters have to be formed anew.
    """
    oldest = as_of - timedelta(days=settings.store.horizon_days + 2 * settings.pair.window_days)
    return _floor(oldest, settings.pair.window_days / 2)


def noticed_since(since: datetime, settings: config.Config) -> datetime:
    """The oldest time of a notice that may be about a story that is compared since then."""
    return since - timedelta(days=settings.pair.window_days)


def stretch(times: pa.ChunkedArray, settings: config.Config) -> NDArray[np.int64]:
    """The stretch of time for which furniture is learned that each time lies in: int64, numbered from 1970."""
    numbers: NDArray[np.int64] = times.cast(pa.int64()).to_numpy() // round(config.stretch_days(settings) * schema.DAY)
    return numbers


def spans_of(stretches: Iterable[int], settings: config.Config) -> list[state.Span]:
    """When these stretches are."""
    length = round(config.stretch_days(settings) * schema.DAY)
    return [(one * length, (one + 1) * length - 1) for one in sorted(stretches)]


def taught_since(as_of: datetime, settings: config.Config) -> datetime:
    """The oldest time of an article that may teach furniture: the stretch before the one that is `reach`ed."""
    days = config.stretch_days(settings)
    return _floor(reach(as_of, settings), days) - timedelta(days=days)


def _floor(time: datetime, days: float) -> datetime:
    """The last time before it that is a whole multiple of so many days since 1970."""
    length = round(days * schema.DAY)
    since = (time - _EPOCH) // timedelta(microseconds=1)
    return _EPOCH + timedelta(microseconds=since // length * length)


def _too_early(early: pa.Table, as_of: datetime) -> Iterator[pa.Table]:
    is_held = pc.is_valid(early["embargoed_until"])
    for which, why in ((is_held, "under embargo beyond the run"), (pc.invert(is_held), "dated after the run")):
        yield reject(early.filter(which), f"too_early: {why}, which is as of {as_of:%Y-%m-%d}")


def _too_late(late: pa.Table, as_of: datetime, settings: config.Config) -> pa.Table:
    horizon = as_of - timedelta(days=settings.store.horizon_days)
    return reject(late, f"too_late: older than the horizon, which begins {horizon:%Y-%m-%d} (store.horizon_days)")
