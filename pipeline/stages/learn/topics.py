"""Whether the texts that have a line in common tell of different stories, by their headlines: of many lines at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import split

__all__ = ["Carried", "Headlines", "Sample", "of_different_stories"]

_CARRIERS = 64  # texts of a line whose headlines are compared, those with the smallest content hashes
_HEADLINES = 1_024  # headlines that say what is common at a publisher, likewise
_TOPICAL = 3  # a word so many times as frequent in the headlines of a line's texts as in others is their topic
#: 2**64 / golden ratio, odd.
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SLICE = 1 << 17  # places that lines have in articles, and are looked at together: some 100 MB

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Headlines:
    """What articles say of themselves, row by row: `contents`, `publishers`, the words of their headlines, their lines.

    Publishers are numbers in the order of their names, -1 for none; words and lines as `sketch` gives them.
    """

    def __init__(
        self,
        contents: NDArray[np.int64],
        publishers: NDArray[np.int64],
        words: pa.ChunkedArray,
        lines: pa.ChunkedArray,
    ) -> None:
        self.contents, self.publishers = contents, publishers
        self._words, self._starts = arrays.hashes(words)
        #: The same for headlines of the same words, whatever their order.
        self.whole = _sums(self._words, self._starts)
        #: All rows: of several the first ones count, and which those are is not by chance. Rows that tie are alike.
        self.ordered = np.argsort(contents, kind="stable")
        begins = np.append(arrays.changes(contents[self.ordered]), True)
        tie = ~(begins[:-1] & begins[1:])  # few: to sort all by four keys takes long
        tied = self.ordered[tie]
        told = _sums(*arrays.hashes(lines.take(pa.array(tied)))), publishers[tied], self.whole[tied], contents[tied]
        self.ordered[tie] = tied[np.lexsort(told)]
        self.places = np.empty_like(self.ordered)
        self.places[self.ordered] = np.arange(len(contents))

    def tally(self, owners: Rows, rows: Rows) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """How often an owner has a word, where each owns the headline of a row: sorted keys, owner << 32 | word; and counts."""
        first, counts = self._starts[rows], np.diff(self._starts)[rows]
        places = np.repeat(first - arrays.offsets(counts)[:-1], counts) + np.arange(counts.sum())
        return arrays.counted(np.repeat(owners.astype(np.uint64) << np.uint64(32), counts) | self._words[places])


class Carried(NamedTuple):
    """Lines and the articles that have them: those of line i are `rows` [starts[i], starts[i + 1]), by `Headlines.places`."""

    rows: Rows
    starts: Rows


class Sample:
    """The headlines that say what is common at each publisher, and everywhere, among some rows."""

    def __init__(self, is_near: Flags, headlines: Headlines) -> None:
        publishers = headlines.publishers
        near = headlines.ordered[is_near[headlines.ordered]]
        by_publisher = near[np.argsort(publishers[near], kind="stable")]
        own = by_publisher[_places(publishers[by_publisher]) < _HEADLINES]
        own = own[publishers[own] >= 0]
        of_all = near[:_HEADLINES]
        #: The number of everybody, among those of publishers.
        self.everybody = int(publishers.max(initial=-1)) + 1
        self.is_own, self.is_of_all = np.zeros((2, len(publishers)), np.bool_)
        self.is_own[own] = self.is_of_all[of_all] = True
        of = np.concatenate([publishers[own], np.full(len(of_all), self.everybody)])
        #: How many each has, and what words.
        self.sizes = np.bincount(of, minlength=self.everybody + 1)
        self.words = headlines.tally(of, np.concatenate([own, of_all]))


def of_different_stories(carried: Carried, least: Rows, sample: Sample, headlines: Headlines) -> Flags:
    """Of each line whether at least so many of its articles differ in text and headline, and no topic is common to most."""
    found = [np.empty(0, np.bool_)]
    for first, last in split(carried.starts, _SLICE):
        begin, end = carried.starts[first], carried.starts[last]
        part = Carried(carried.rows[begin:end], carried.starts[first : last + 1] - begin)
        found.append(_of_different_stories(part, least[first:last], sample, headlines))
    return np.concatenate(found)


def _of_different_stories(carried: Carried, least: Rows, sample: Sample, headlines: Headlines) -> Flags:
    rows, n = carried.rows, len(least)
    line = np.repeat(np.arange(n), np.diff(carried.starts))
    is_other = arrays.changes(line, headlines.contents[rows])
    others = np.flatnonzero(is_other)
    texts = np.bincount(line[others], minlength=n)
    compared = others[_places(line[others]) < _CARRIERS]
    told = np.bincount(_of_distinct(line[compared], headlines.whole[rows[compared]]), minlength=n)
    differ = (texts >= least) & (told >= np.minimum(least, _CARRIERS))
    compared = compared[differ[line[compared]]]
    words, counts = headlines.tally(line[compared], rows[compared])
    shares = counts / np.minimum(texts, _CARRIERS)[_owners(words)]
    topics = _Topics(words[shares > 0.5], shares[shares > 0.5])
    is_asked = np.zeros(n, np.bool_)
    is_asked[_owners(topics.words)] = True
    asked = is_asked[line] & arrays.changes(line, rows)
    differ[_topical(topics, line[asked], rows[asked], least, sample, headlines)] = False
    return differ


class _Topics(NamedTuple):
    """Words that are in most headlines of a line's texts: line << 32 | word, sorted; and in what share of them."""

    words: NDArray[np.uint64]
    shares: NDArray[np.float64]


def _topical(topics: _Topics, line: Rows, rows: Rows, least: Rows, sample: Sample, headlines: Headlines) -> Rows:
    """The lines one of whose words is rare in the publisher's other headlines. `line` is in the articles `rows`, each once.

    A publisher with few others is compared with everybody.
    """
    n = len(least)
    publisher = np.full(n, sample.everybody)
    publisher[line] = headlines.publishers[rows]
    others = sample.sizes[publisher] - np.bincount(line[sample.is_own[rows]], minlength=n)
    are_few = others < least
    others_of_all = sample.sizes[sample.everybody] - np.bincount(line[sample.is_of_all[rows]], minlength=n)
    others = np.where(are_few, others_of_all, others)
    is_in_sample = np.where(are_few[line], sample.is_of_all[rows], sample.is_own[rows])
    whose, word = _owners(topics.words), topics.words & np.uint64(0xFFFFFFFF)
    of = np.where(are_few, sample.everybody, publisher)[whose].astype(np.uint64)
    having = _looked_up(of << np.uint64(32) | word, *sample.words)
    having -= _looked_up(topics.words, *headlines.tally(line[is_in_sample], rows[is_in_sample]))
    is_rare = (others[whose] > 0) & (topics.shares * others[whose] >= _TOPICAL * having)
    return np.unique(whose[is_rare])


def _sums(values: NDArray[np.unsignedinteger], starts: Rows) -> NDArray[np.uint64]:
    """A hash of each list [starts[i], starts[i + 1]) of values, whatever their order."""
    mixed = (values + np.uint64(1)) * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX
    sums = np.append(np.uint64(0), np.cumsum(mixed, dtype=np.uint64))
    found: NDArray[np.uint64] = sums[starts[1:]] - sums[starts[:-1]]
    return found


def _owners(keys: NDArray[np.uint64]) -> Rows:
    return (keys >> np.uint64(32)).astype(np.int64)


def _places(groups: NDArray[np.int64]) -> Rows:
    """The place of each row in its group; equal groups are neighbours."""
    begins = np.flatnonzero(arrays.changes(groups))
    return np.arange(len(groups)) - np.repeat(begins, np.diff(np.append(begins, len(groups))))


def _of_distinct(line: Rows, whole: NDArray[np.uint64]) -> Rows:
    """The line of each distinct pair."""
    order = np.lexsort((whole, line))
    return line[order][arrays.changes(line[order], whole[order])]


def _looked_up(keys: NDArray[np.uint64], known: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The count of each key, 0 for one that is not known; `known` is sorted."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[at] == keys, counts[at], 0)
