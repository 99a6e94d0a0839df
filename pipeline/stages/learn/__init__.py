"""learn: furniture that no rule knows, from the lines that one publisher repeats across different stories.

    learned = learn.run(articles, stretches, targets, config.learn)      which lines of which publishers, and when
    lines = learn.furniture(articles, stretches, learned)                which lines of these articles are
    bare, stripped, rows = learn.strike(texts, lines, ...)               the texts without them

A line is learned when enough different texts of a publisher, under different headlines, carry it, and these are not all of one
topic: a running story repeats its background paragraphs in every follow-up, a page repeats its navigation under any story.
Time is cut into stretches, and what is furniture in one is learned from it and its two neighbours: what a publisher prints
today says nothing of last year's pages. So what is learned is a function of the set of articles near it, in whatever order
or batches they came, and a night can only change what was learned for the stretches beside its own.

A learned line is struck only where nothing of the story stands between it and an end of the text, with what few words stand
between two such lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.stages.learn.strike import RULE, Furniture, only, strike
from pipeline.stages.learn.topics import Carried, Headlines, Sample, of_different_stories

__all__ = ["LEARNED", "RULE", "Furniture", "carriers", "common", "furniture", "only", "run", "strike"]

#: The lines that are furniture of a publisher in a stretch of time, by the hashes that `sketch` gives them.
LEARNED = pa.schema(
    [
        pa.field("stretch", pa.int64(), nullable=False),
        pa.field("publisher_id", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
    ]
)

_DATA = 3  # a short line with a number must be in so many times more texts: tables and briefs repeat those, too


def run(articles: pa.Table, stretches: NDArray[np.int64], targets: Iterable[int], settings: config.Learn) -> pa.Table:
    """The lines that are furniture in the stretches of time `targets`, as `LEARNED`, sorted.

    `articles` has publisher_id (string?), `content` and `lines` as `sketch` gives them, and `words`, those of the headlines
    (`sketch.words`); `stretches`, int64 (articles,), the number of each one's stretch. Articles of unknown publishers teach
    nothing.
    """
    publishers, names = _codes(articles["publisher_id"])
    columns = articles["content"].to_numpy(), publishers, articles["words"], articles["lines"]
    making: list[Callable[[], Any]] = [lambda: _repeated(articles, publishers, settings), lambda: Headlines(*columns)]
    told, headlines = parallel(lambda make: make(), making)

    def taught(target: int) -> pa.Table:
        near = np.abs(stretches - target) <= 1
        by, lines = _of_one(told.only(near[told.rows]), Sample(near, headlines), headlines, settings)
        columns = pa.repeat(target, len(by)), names.take(pa.array(by)), pa.array(lines.view(np.int64))
        return pa.Table.from_arrays(columns, schema=LEARNED)

    wanted = [target for target in sorted(set(targets)) if (stretches == target).any()]
    found = [LEARNED.empty_table(), *parallel(taught, wanted)]
    whole = pa.concat_tables(found)
    return whole.sort_by([(name, "ascending") for name in LEARNED.names]).combine_chunks()


def common(articles: pa.Table, stretches: NDArray[np.int64], targets: Iterable[int]) -> NDArray[np.int64]:
    """The rows of the articles, as for `run`, that say what is common everywhere in the time of one of the `targets`.

    So `run` of all articles of some publishers, with these of others beside them, teaches of those publishers what `run` of
    all does. Of many articles `common` is `common` of what it is of parts of them.
    """
    publishers, _ = _codes(articles["publisher_id"])
    headlines = Headlines(articles["content"].to_numpy(), publishers, articles["words"], articles["lines"])
    found = [Sample(np.abs(stretches - target) <= 1, headlines).is_of_all for target in set(targets)]
    rows: NDArray[np.int64] = np.flatnonzero(np.logical_or.reduce([np.zeros(articles.num_rows, np.bool_), *found]))
    return rows


class _Lines(NamedTuple):
    """Lines of articles: `keys`, one for a line of a publisher; their hashes; the `rows` of the articles."""

    keys: NDArray[np.uint64]
    lines: NDArray[np.uint64]
    rows: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> _Lines:
        return _Lines(self.keys[chosen], self.lines[chosen], self.rows[chosen])


def _repeated(articles: pa.Table, publishers: NDArray[np.int64], settings: config.Learn) -> _Lines:
    """The lines that so many articles of a known publisher may have."""
    from pipeline.stages.kernels import carried

    values, firsts, lasts = arrays.scattered(articles["lines"])
    offsets = arrays.offsets(lasts - firsts)
    keys = np.empty(offsets[-1], np.uint64)
    carried.keys(values, firsts, lasts, publishers, keys)
    repeated = np.sort(_common(keys, settings.min_texts))
    rows = np.searchsorted(offsets, repeated, side="right") - 1
    lines = values[firsts[rows] + repeated - offsets[rows]]
    chosen = (lines != 0) & (publishers[rows] >= 0)
    return _Lines(keys[repeated[chosen]], lines[chosen], rows[chosen])


def _of_one(
    told: _Lines, sample: Sample, headlines: Headlines, settings: config.Learn
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """What these lines teach of a stretch: the numbers of publishers, and their lines."""
    keys, counts = arrays.counted(told.keys)
    told = told.only(arrays.is_in(told.keys, keys[counts >= settings.min_texts]))
    publishers = headlines.publishers[told.rows]
    order = np.lexsort((headlines.places[told.rows], told.lines, publishers))
    publishers, told = publishers[order], told.only(order)
    starts = np.append(np.flatnonzero(arrays.changes(publishers, told.lines)), len(order))
    publishers, lines = publishers[starts[:-1]], told.lines[starts[:-1]]
    # An odd hash is that of a short line with a number.
    least = settings.min_texts * np.where(lines & np.uint64(1), _DATA, 1)
    learned = of_different_stories(Carried(told.rows, starts), least, sample, headlines)
    return publishers[learned], lines[learned]


def carriers(articles: pa.Table, stretches: NDArray[np.int64], learned: pa.Table) -> NDArray[np.int64]:
    """The rows of the articles that have one of these lines: those that `strike` may treat otherwise for knowing it."""
    is_furniture, offsets = furniture(articles, stretches, learned)
    return arrays.ascending(np.searchsorted(offsets, np.flatnonzero(is_furniture), side="right") - 1)


def furniture(articles: pa.Table, stretches: NDArray[np.int64], learned: pa.Table) -> Furniture:
    """Which lines of the articles are among those that were `learned` of their publisher in their stretch of time."""
    from pipeline.stages.kernels import carried

    publishers, names = _codes(articles["publisher_id"])
    by = pc.fill_null(pc.index_in(learned["publisher_id"], value_set=names), -1).to_numpy().astype(np.int64)
    at, wanted = learned["stretch"].to_numpy()[by >= 0], learned["line"].to_numpy()[by >= 0].view(np.uint64)
    wanted = (wanted ^ by[by >= 0].astype(np.uint64) * carried.MIX) * carried.MIX ^ at.astype(np.uint64)
    bits = arrays.filter_of(len(wanted), _FILTER_KEYS)
    carried.mark(wanted, bits)
    lines, firsts, lasts = arrays.scattered(articles["lines"])
    offsets = arrays.offsets(lasts - firsts)
    places, keys = np.empty(offsets[-1] + 1, np.int64), np.empty(offsets[-1] + 1, np.uint64)
    n = carried.known(lines, firsts, lasts, publishers, stretches, bits, places, keys)
    is_furniture = np.zeros(offsets[-1], np.bool_)
    is_furniture[places[:n][arrays.is_in(keys[:n], wanted)]] = True
    return Furniture(is_furniture, offsets)


_FILTER_KEYS = 8  # of a word of the filter of what was learned


def _codes(publishers: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.StringArray]:
    """The number of each article's publisher among all in the order of their names, -1 where it is unknown; and these."""
    names = publishers.unique().drop_null()
    names = names.take(pc.sort_indices(names))
    return pc.fill_null(pc.index_in(publishers, value_set=names), -1).to_numpy().astype(np.int64), names


def _common(keys: NDArray[np.uint64], least: int) -> NDArray[np.int64]:
    """The places of the keys that may occur at least so often: few of all lines, and no other does."""
    from pipeline.stages.kernels import carried

    places = np.empty(len(keys), np.int64)
    counters = np.zeros(1 << max(10, (2 * len(keys)).bit_length()), np.uint8)
    return places[: carried.common(keys, least, counters, places)]
