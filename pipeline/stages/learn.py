"""learn: furniture that no rule knows, from the lines that one publisher repeats across different stories.

    learned = learn.run(articles, stretches, targets, config.learn)      which lines of which publishers, and when
    texts, stripped = learn.strike(texts, lines, stretches, learned, ...)  texts without them

A line is learned when enough different texts of a publisher, under different headlines, carry it, and these are not all of one
topic: a running story repeats its background paragraphs in every follow-up, a page repeats its navigation under any story.
Time is cut into stretches, and what is furniture in one is learned from it and its two neighbours: what a publisher prints
today says nothing of last year's pages. So what is learned is a function of the set of articles near it, in whatever order
or batches they came, and a night can only change what was learned for the stretches beside its own.

A learned line is struck only where nothing of the story stands between it and an end of the text, with what few words stand
between two such lines.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages._fold import flatten, place_in
from pipeline.stages._words import count_words, is_unspaced
from pipeline.stages.kernels import arrays

__all__ = ["LEARNED", "RULE", "carriers", "only", "run", "strike"]

#: The lines that are furniture of a publisher in a stretch of time, by the hashes that `sketch` gives them.
LEARNED = pa.schema(
    [
        pa.field("stretch", pa.int64(), nullable=False),
        pa.field("publisher_id", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
    ]
)

#: The rule in the stripped lines.
RULE = "learned"

_DATA = 3  # a short line with a number must be in so many times more texts: tables and briefs repeat those, too
_CARRIERS = 64  # texts of a line whose headlines are compared, those with the smallest content hashes
_HEADLINES = 1_024  # headlines that say what is common at a publisher, likewise
_TOPICAL = 3  # a word so many times as frequent in the headlines of a line's texts as in others is their topic
_EVERYBODY = -1
_LINK_WORDS = 12
_ENDS = (".", "!", "?", "。", "।")
_MIX = np.uint64(0x9E3779B97F4A7C15)


def run(articles: pa.Table, stretches: NDArray[np.int64], targets: Iterable[int], settings: config.Learn) -> pa.Table:
    """The lines that are furniture in the stretches of time `targets`, as `LEARNED`, sorted.

    `articles` has publisher_id (string?), headline (string?), `content` and `lines` as `sketch` gives them; `stretches`,
    int64 (articles,), the number of each one's stretch. Articles of unknown publishers teach nothing.
    """
    publishers, names = _codes(articles["publisher_id"])
    lines, rows = _lines(articles)
    keys = _keys(lines, publishers[rows])
    repeated = np.sort(_common(keys, settings.min_texts))
    repeated = repeated[(lines[repeated] != 0) & (publishers[rows[repeated]] >= 0)]
    told = _Lines(keys[repeated], lines[repeated], rows[repeated])
    found, words = [LEARNED.empty_table()], dict[int, frozenset[str]]()
    for target in sorted(set(targets)):
        if (stretches == target).any():
            near = np.abs(stretches - target) <= 1
            headlines = _Headlines(articles, publishers, np.flatnonzero(near), words)
            learned = _of_one(told.only(near[told.rows]), publishers, headlines, settings)
            columns = [[target] * len(learned), [names[code] for code, _ in learned], [line for _, line in learned]]
            arrays_ = [pa.array(values, field.type) for values, field in zip(columns, LEARNED, strict=True)]
            found.append(pa.Table.from_arrays(arrays_, schema=LEARNED))
    whole = pa.concat_tables(found)
    return whole.sort_by([(name, "ascending") for name in LEARNED.names]).combine_chunks()


class _Lines(NamedTuple):
    """Lines of articles: `keys`, one for a line of a publisher; their hashes; the `rows` of the articles."""

    keys: NDArray[np.uint64]
    lines: NDArray[np.uint64]
    rows: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> _Lines:
        return _Lines(self.keys[chosen], self.lines[chosen], self.rows[chosen])


def _of_one(
    told: _Lines, publishers: NDArray[np.int64], headlines: _Headlines, settings: config.Learn
) -> list[tuple[int, int]]:
    """What these lines teach of a stretch: (publisher's code, line)."""
    told = told.only(np.isin(told.keys, _frequent(told.keys, settings.min_texts)))
    contents = headlines.contents[told.rows]
    told = told.only(np.lexsort((told.rows, contents, told.lines, publishers[told.rows])))
    contents, found = headlines.contents[told.rows], list[tuple[int, int]]()
    for first, last in _groups(publishers[told.rows], told.lines):
        # An odd hash is that of a short line with a number.
        least = settings.min_texts * (_DATA if int(told.lines[first]) & 1 else 1)
        is_other = np.append(True, contents[first + 1 : last] != contents[first : last - 1])
        if headlines.are_of_different_stories(told.rows[first:last], is_other, least):
            found.append((int(publishers[told.rows[first]]), int(told.lines[first].astype(np.int64))))
    return found


def carriers(articles: pa.Table, stretches: NDArray[np.int64], learned: pa.Table) -> NDArray[np.int64]:
    """The rows of the articles that have one of these lines: those that `strike` may treat otherwise for knowing it."""
    publishers, names = _codes(articles["publisher_id"])
    code = {name: number for number, name in enumerate(names)}
    by = np.array([code.get(name, -1) for name in learned["publisher_id"].to_pylist()], np.int64)
    at, wanted = learned["stretch"].to_numpy()[by >= 0], learned["line"].to_numpy()[by >= 0].view(np.uint64)
    lines, rows = _lines(articles)
    found = np.isin(_at(_keys(lines, publishers[rows]), stretches[rows]), _at(_keys(wanted, by[by >= 0]), at))
    return np.unique(rows[found & (publishers[rows] >= 0)])


def _keys(lines: NDArray[np.uint64], publishers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One for each line of a publisher."""
    keys: NDArray[np.uint64] = lines ^ publishers.astype(np.uint64) * _MIX
    return keys


def _at(keys: NDArray[np.uint64], stretches: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One for each line of a publisher in a stretch."""
    return keys * _MIX ^ stretches.astype(np.uint64)


def strike(
    texts: pa.Table,
    lines: pa.ChunkedArray,
    stretches: NDArray[np.int64],
    learned: pa.Table,
    settings: config.Learn,
    stub_words: int,
) -> tuple[pa.Table, pa.Table]:
    """Texts (`schema.ARTICLES`) without learned lines at their ends, and those lines, as `schema.STRIPPED`.

    `lines` has the hashes of each body's lines, as `sketch.lines` gives them, or none where it is to stay as it is. So does
    a body more of whose words than `settings.max_share` would go. What is left with fewer than `stub_words` is a stub.
    """
    known: dict[tuple[int, str], set[int]] = {}
    for stretch, publisher, line in zip(*(column.to_pylist() for column in learned.columns), strict=True):
        known.setdefault((stretch, publisher), set()).add(line)
    rows: list[dict[str, Any]] = []
    stripped: list[dict[str, Any]] = []
    for text, hashes, stretch in zip(texts.select(_READ).to_pylist(), lines, stretches.tolist(), strict=True):
        furniture = known.get((stretch, text["publisher_id"]), set())
        is_furniture = [line in furniture for line in hashes.as_py()]
        if not any(is_furniture[:1] + is_furniture[-1:]):  # the story reaches to both ends
            rows.append(text)
            continue
        paragraphs = _Paragraphs(text)
        is_furniture = paragraphs.with_enclosed(is_furniture)
        first, last = _story(is_furniture)
        if last - first == len(is_furniture) or not paragraphs.may_be(first, last, settings.max_share):
            rows.append(text)
            continue
        stripped += [paragraphs.stripped(number, "head") for number in range(first)]
        stripped += [paragraphs.stripped(number, "tail") for number in range(last, len(is_furniture))]
        n_words = sum(paragraphs.words[first:last])
        state = "stub" if n_words < stub_words else text["text_state"]
        rows.append({**text, **paragraphs.only(first, last), "n_words": n_words, "text_state": state})
    for name in _CHANGED:
        column = schema.ARTICLES.field(name)
        texts = texts.set_column(
            texts.column_names.index(name), column, pa.array([row[name] for row in rows], column.type)
        )
    return texts, pa.Table.from_pylist(stripped, schema.STRIPPED)


def only(texts: pa.Table, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> pa.Table:
    """Texts (`schema.ARTICLES`) without so many lines at their heads and tails: `body` and `body_map` as `strike` left them."""
    rows = []
    for text, head, tail in zip(texts.select(_READ).to_pylist(), heads.tolist(), tails.tolist(), strict=True):
        paragraphs = _Paragraphs(text)
        rows.append(paragraphs.only(head, len(paragraphs.lines) - tail))
    for name in ("body", "body_map"):
        column = schema.ARTICLES.field(name)
        values = pa.array([row[name] for row in rows], column.type)
        texts = texts.set_column(texts.column_names.index(name), column, values)
    return texts


_CHANGED = ("body", "body_map", "n_words", "text_state")
_READ = ("record", "article_id", "publisher_id", "field", *_CHANGED)


def _story(is_furniture: list[bool]) -> tuple[int, int]:
    """Where the story begins and ends: (0, 0) if nothing is one."""
    story = [number for number, furniture in enumerate(is_furniture) if not furniture]
    return (story[0], story[-1] + 1) if story else (0, 0)


class _Paragraphs:
    """The paragraphs of a text (a row of articles), with their places in the field as it was read."""

    def __init__(self, text: dict[str, Any]) -> None:
        self.text = text
        self.lines: list[str] = text["body"].split("\n")
        self.begins = [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]

    @functools.cached_property
    def words(self) -> list[int]:
        """How many each has."""
        return [count_words(line) for line in self.lines]

    @functools.cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The map of the body."""
        return [(entry["at"], entry["raw"]) for entry in self.text["body_map"]]

    def with_enclosed(self, is_furniture: list[bool]) -> list[bool]:
        """A few words between two lines of furniture are a link among links, or a name that holds a number."""
        return [
            own or (before and after and not self.lines[number].endswith(_ENDS) and self.words[number] <= _LINK_WORDS)
            for number, (before, own, after) in enumerate(
                zip([False, *is_furniture], is_furniture, [*is_furniture[1:], False], strict=False)
            )
        ]

    def may_be(self, first: int, last: int, max_share: float) -> bool:
        """Whether enough of the words is left when only those paragraphs stay."""
        left, all_words = sum(self.words[first:last]), sum(self.words)
        return left > 0 and all_words - left <= max_share * all_words

    def only(self, first: int, last: int) -> dict[str, Any]:
        """The body and its map with those paragraphs alone."""
        start, end = self.begins[first], self.begins[last] - 1
        kept = [(0, place_in(self.spans, start)), *((at - start, raw) for at, raw in self.spans if start < at < end)]
        return {"body": self.text["body"][start:end], "body_map": [{"at": at, "raw": raw} for at, raw in kept]}

    def stripped(self, number: int, position: str) -> dict[str, Any]:
        """A row of `schema.STRIPPED` for one of them. The last character is mapped, not what follows it."""
        start, end = self.begins[number], self.begins[number] + len(self.lines[number])
        return {
            **{name: self.text[name] for name in ("record", "article_id", "field")},
            "line": self.lines[number],
            "start": place_in(self.spans, start),
            "end": place_in(self.spans, end - 1) + 1,
            "position": position,
            "kind": "furniture",
            "rule": RULE,
        }


class _Headlines:
    """Whether texts tell of different stories, by their headlines."""

    def __init__(
        self,
        articles: pa.Table,
        publishers: NDArray[np.int64],
        rows: NDArray[np.int64],
        words: dict[int, frozenset[str]],
    ) -> None:
        """Of those `rows` of the articles; `words`: of the headlines of some, to which others are added."""
        self.contents = articles["content"].to_numpy()
        self._headlines = articles["headline"].combine_chunks()
        self._publishers = publishers
        self._words = words
        self._samples: dict[int, _Sample] = {}  # of publishers
        self._by_publisher = rows[np.argsort(publishers[rows], kind="stable")]
        codes = np.arange(publishers.max(initial=-1) + 2)
        self._starts = np.searchsorted(publishers[self._by_publisher], codes)

    def are_of_different_stories(self, rows: NDArray[np.int64], is_other: NDArray[np.bool_], least: int) -> bool:
        """Whether at least so many of these articles differ in text and headline, and no topic is common to most.

        The rows are in the order of their contents; `is_other`: whether each has another than the one before it.
        """
        if np.count_nonzero(is_other) < least:
            return False
        words = [self._words_of(row) for row in rows[np.flatnonzero(is_other)[:_CARRIERS]].tolist()]
        if len(set(words)) < min(least, _CARRIERS):
            return False
        counts = Counter(word for of_one in words for word in of_one)
        of_most = {word: count / len(words) for word, count in counts.items() if 2 * count > len(words)}
        return not of_most or not self._is_topic(of_most, rows, least)

    def _is_topic(self, shares: dict[str, float], rows: NDArray[np.int64], least: int) -> bool:
        """Whether one of these words is in most headlines of these articles and rare in the publisher's others.

        A publisher with few others is compared with everybody.
        """
        others = self._sample(int(self._publishers[rows[0]]))
        carriers = others.among(rows)
        if len(others.rows) - len(carriers) < least:
            others = self._sample(_EVERYBODY)
            carriers = others.among(rows)
        n_others = len(others.rows) - len(carriers)
        return n_others > 0 and any(
            share * n_others >= _TOPICAL * len(others.having.get(word, set()) - carriers)
            for word, share in shares.items()
        )

    def _sample(self, publisher: int) -> _Sample:
        if publisher not in self._samples:
            rows = self._by_publisher
            if publisher != _EVERYBODY:
                rows = rows[self._starts[publisher] : self._starts[publisher + 1]]
            sample = _Sample(rows[np.argsort(self.contents[rows], kind="stable")[:_HEADLINES]], {})
            for row in sample.rows.tolist():
                for word in self._words_of(row):
                    sample.having.setdefault(word, set()).add(row)
            self._samples[publisher] = sample
        return self._samples[publisher]

    def _words_of(self, row: int) -> frozenset[str]:
        if row not in self._words:
            self._words[row] = frozenset(_words(self._headlines[row].as_py() or ""))
        return self._words[row]


class _Sample(NamedTuple):
    """Some articles, and which of them have a word in their headline."""

    rows: NDArray[np.int64]
    having: dict[str, set[int]]

    def among(self, rows: NDArray[np.int64]) -> set[int]:
        """Those of the articles that are among these."""
        return set(self.rows[np.isin(self.rows, rows)].tolist())


_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")


def _words(headline: str) -> Iterable[str]:
    """The words of a headline without case; of scripts that put no spaces between words, each two signs.

    >>> sorted(_words("Fire in Oslo")), sorted(_words("東京で火災"))
    (['fire', 'in', 'oslo'], ['で火', '京で', '東京', '火災'])
    """
    if headline.isascii():
        return _ASCII_WORD.findall(headline.lower())
    words = _WORD.findall(flatten(headline).casefold())
    return itertools.chain.from_iterable(map(_pairs, words)) if is_unspaced(headline) else words


def _pairs(word: str) -> Iterable[str]:
    return (word[at : at + 2] for at in range(max(1, len(word) - 1))) if is_unspaced(word) else (word,)


def _codes(publishers: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """A number for each article, equal where two have one publisher, -1 where it is unknown; and the publishers."""
    encoded = publishers.combine_chunks().dictionary_encode()
    return pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _lines(articles: pa.Table) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes of all lines, and the row of each."""
    lines, offsets = arrays.hashes(articles["lines"])
    return lines, np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def _common(keys: NDArray[np.uint64], least: int) -> NDArray[np.int64]:
    """The places of the keys that may occur at least so often: few of all lines, and no other does."""
    from pipeline.stages.kernels import join

    places = np.empty(len(keys), np.int64)
    counters = np.zeros(1 << max(10, (2 * len(keys)).bit_length()), np.uint8)
    return places[: join.common(keys, least, counters, places)]


def _frequent(keys: NDArray[np.uint64], least: int) -> NDArray[np.uint64]:
    """The keys that occur at least so often."""
    ordered = np.sort(keys)
    return np.unique(ordered[least - 1 :][ordered[least - 1 :] == ordered[: len(ordered) - least + 1]])


def _groups(publishers: NDArray[np.int64], lines: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """The bounds of each run of one publisher and line."""
    changes = (np.diff(publishers) != 0) | (np.diff(lines) != 0)
    bounds = [0, *(np.flatnonzero(changes) + 1).tolist(), len(lines)]
    yield from ((first, last) for first, last in itertools.pairwise(bounds) if last > first)
