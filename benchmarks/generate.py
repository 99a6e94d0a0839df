"""Invented news, as much as is wanted: `python -m benchmarks.generate --articles 100000 --out FILE.parquet`.

A story is a list of sentence *keys*, and a sentence is a function of its key alone: 64 bits in, words out, by counters
run through a mixer instead of a stateful generator. So a reprint needs no original at hand: it names the same keys,
drops some from the bottom, adds some of its own, and swaps single words. Nothing is held but a plan of some bytes an
article, whatever the length of the texts, and everything below the plan is numpy and Arrow over whole batches.

Same arguments, same versions of numpy and pyarrow: same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["SCHEMA", "Plan", "batches", "plan", "vocabulary", "write"]

#: `story` is the truth: two articles are prints of one story iff it is equal in both.
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("publisher", pa.string(), nullable=False),
        pa.field("published", pa.string(), nullable=False),
        pa.field("headline", pa.string(), nullable=False),
        pa.field("body", pa.large_string(), nullable=False),
        pa.field("story", pa.int64(), nullable=False),
    ]
)

BATCH = 2_000  # articles in a row group
PUBLISHERS = 307  # prime: any stride visits them all, so that no publisher prints one story twice
REPRINT_SHARE = 0.35  # of all articles: prints of a story that another article printed first
LARGEST_GROUP = 100  # reprints of one story
SENTENCE_WORDS = (8, 29)  # shortest, longest + 1; the mean is 18
MEDIAN_WORDS, SIGMA_WORDS = 400, 0.5  # of a story, lognormal
WORDS = 50_000
PHRASES = 2_000  # stock openings of a sentence, used by Zipf's law in a third of them
FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 86_400

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.int32]  # ranks in the vocabulary

# What a key is a key of: mixed into it, so that sentence 3 of story 5 is nothing to line 3 of publisher 5.
_STORY, _LENGTH, _PHRASE, _OPENING, _BREAK, _QUOTE, _COMMA, _INSERT, _PLACE, _FURNITURE, _HEADLINE, _SWAP = range(1, 13)


def mix(*parts: npt.ArrayLike) -> Keys:
    """64 well mixed bits for each row of `parts`: the finaliser of splitmix64, part after part. Broadcasts."""
    state = np.zeros((), np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            state = (state + np.asarray(part).astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return state


def unit(keys: Keys) -> npt.NDArray[np.float64]:
    """Keys as numbers in [0, 1)."""
    return (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53


def ragged(lengths: Ints) -> tuple[Ints, Ints]:
    """(row, position in row) of every cell of rows with these lengths.

    >>> [column.tolist() for column in ragged(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    row = np.repeat(np.arange(len(lengths)), lengths)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def zipf_table(size: int, bits: int) -> Words:
    """`2 ** bits` ranks below `size`, each as often as Zipf-Mandelbrot's law has it: a draw is one look-up."""
    weights = np.cumsum(1.0 / (np.arange(size) + 2.7))
    ranks: Words = np.searchsorted(weights, weights[-1] * (np.arange(2**bits) + 0.5) / 2**bits).astype(np.int32)
    return ranks


def vocabulary(seed: int, size: int = WORDS) -> list[str]:
    """`size` distinct invented words, the frequent ones short; one in fifty is a number."""
    rng = np.random.default_rng([seed, 1])
    onsets = ["b", "br", "c", "d", "dr", "f", "g", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v"]
    syllables = [
        onset + vowel + coda for onset in onsets for vowel in "aeiouaeo" for coda in ("", "", "", "n", "r", "s")
    ]
    syllables += ["šé", "fü", "né", "ñol", "çar", "öst"]  # about one word in two hundred is not ASCII
    words: dict[str, None] = {}
    while len(words) < size:
        rank = len(words)
        if rank % 50 == 49:
            words.setdefault(str(rng.integers(1, 10 * size)))
            continue
        count = min(4, 1 + (rank > 80) + (rank > 3_000) + int(rng.integers(0, 2)) * (rank > 500))
        words.setdefault("".join(syllables[i] for i in rng.integers(0, len(syllables), count)))
    return list(words)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each article is, in order of publication; one row an article.

    `story`: int64, the truth. `rank`: 0 for the first print. `publisher`: int64 in [0, PUBLISHERS). `published`:
    seconds since FIRST_DAY. `kept`: share of the story's sentences that is left, (0, 1]. `inserted`: sentences of
    its own. `swapped`: share of words that were replaced.
    """

    seed: int
    story: Ints
    rank: Ints
    publisher: Ints
    published: Ints
    kept: npt.NDArray[np.float64]
    inserted: Ints
    swapped: npt.NDArray[np.float64]


def group_sizes(rng: np.random.Generator, articles: int) -> Ints:
    """Prints of each story, 1 or more, `articles` in all: most are printed once, the rest by a heavy-tailed law."""
    reprints = round(articles * REPRINT_SHARE)
    draws = np.minimum(np.floor((1.0 - rng.random(reprints + 1)) ** (-1 / 1.4)), LARGEST_GROUP).astype(np.int64)
    totals = np.cumsum(draws)
    groups = int(np.searchsorted(totals, reprints))  # of these the last may be cut short, so that the sum is exact
    sizes = np.ones(articles - reprints, np.int64)
    if reprints:
        extra = draws[: groups + 1].copy()
        extra[-1] -= totals[groups] - reprints
        sizes[np.sort(rng.permutation(len(sizes))[: len(extra)])] += extra
    return sizes


def plan(articles: int, seed: int, days: int = 14) -> Plan:
    """Draw what each of `articles` articles is, which are published within so many days."""
    if articles < 10:
        raise ValueError(f"articles is {articles}; a corpus needs at least 10")
    rng = np.random.default_rng([seed, 2])
    sizes = group_sizes(rng, articles)
    story, rank = ragged(sizes)
    start, stride = rng.integers(0, PUBLISHERS, len(sizes)), rng.integers(1, PUBLISHERS, len(sizes))
    lag = np.where(rank > 0, rng.exponential(0.3 * DAY, articles), 0.0)
    published = np.minimum(rng.uniform(0, (days - 1) * DAY, len(sizes))[story] + lag, days * DAY - 1).astype(np.int64)
    reprint = rank > 0
    order = np.lexsort((rank, story, published))
    return Plan(
        seed=seed,
        story=story[order],
        rank=rank[order],
        publisher=((start[story] + rank * stride[story]) % PUBLISHERS)[order],
        published=published[order],
        kept=np.where(reprint & (rng.random(articles) < 0.4), rng.uniform(0.3, 1.0, articles), 1.0)[order],
        inserted=np.where(reprint & (rng.random(articles) < 0.25), rng.integers(1, 7, articles), 0)[order],
        swapped=np.where(reprint & (rng.random(articles) < 0.5), rng.exponential(0.01, articles), 0.0)[order],
    )


class _Words:
    """The vocabulary as Arrow text in the forms that a word takes, and the tables that draw from it."""

    PLAIN, CAPITAL, OPENED, COMMA, STOP, BREAK, CLOSED, CLOSED_BREAK = range(8)

    def __init__(self, seed: int) -> None:
        words = vocabulary(seed)
        forms = (
            [f"{w} " for w in words] + [f"{w.capitalize()} " for w in words] + [f"“{w.capitalize()} " for w in words]
        )
        forms += [w + end for end in (", ", ". ", ".\n", ".” ", ".”\n") for w in words]
        self.forms = pa.array(forms)
        self.size = len(words)
        self.ranks = zipf_table(len(words), 20)
        self.phrases = zipf_table(PHRASES, 16)

    def draw(self, keys: Keys) -> Ints:
        """The rank of a word for each key."""
        drawn: Ints = self.ranks[keys >> np.uint64(44)].astype(np.int64)
        return drawn

    def text(self, tokens: Ints, lengths: Ints) -> pa.Array:
        """Rows of `lengths` forms, each row joined to one text without the white space at its ends."""
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
        return pc.utf8_trim_whitespace(pc.binary_join(pa.ListArray.from_arrays(offsets, self.forms.take(tokens)), ""))


def sentence_lengths(keys: Keys) -> Ints:
    """Words of each sentence, by its key."""
    low, high = SENTENCE_WORDS
    return (low + unit(mix(keys, _LENGTH)) * (high - low)).astype(np.int64)


def sentences(keys: Keys, lengths: Ints, words: _Words, seed: int) -> tuple[Ints, Ints]:
    """(word, form) of every word of these sentences, end to end: a function of the key of each alone."""
    sentence, position = ragged(lengths)
    phrase = words.phrases[mix(keys, _PHRASE) >> np.uint64(48)].astype(np.int64)
    opening = np.where(unit(mix(keys, _OPENING)) < 1 / 3, 4 + phrase % 6, 0)  # words taken from the phrase
    source = np.where(position < opening[sentence], mix(phrase, _OPENING, seed)[sentence], keys[sentence])
    drawn = mix(source, position)
    form = np.where(unit(mix(drawn, _COMMA)) < 0.06, _Words.COMMA, _Words.PLAIN)
    quoted, breaks = unit(mix(keys, _QUOTE)) < 0.2, unit(mix(keys, _BREAK)) < 0.45
    last = np.cumsum(lengths) - 1
    form[last - lengths + 1] = np.where(quoted, _Words.OPENED, _Words.CAPITAL)
    form[last] = _Words.STOP + breaks + 2 * quoted  # the order of the forms makes this one sum
    return words.draw(drawn), form


def body_keys(plan: Plan, rows: slice) -> tuple[Keys, Ints]:
    """(keys of the sentences of these articles end to end, sentences of each article).

    What is left of the story from the top, with the inserted sentences in one run somewhere in it, and two lines of the
    publisher's furniture out of its four below.
    """
    seed, story = plan.seed, plan.story[rows]
    typical = MEDIAN_WORDS / (sum(SENTENCE_WORDS) - 1) * 2
    full = np.maximum(2, _lognormal(mix(story, _LENGTH, seed)) * typical).astype(np.int64)
    kept = np.maximum(1, np.ceil(full * plan.kept[rows])).astype(np.int64)
    inserted = plan.inserted[rows]
    ids = np.arange(rows.start, rows.start + len(story))
    insert_at = (unit(mix(ids, _PLACE, seed)) * (kept + 1)).astype(np.int64)
    counts = kept + inserted + 2

    row, position = ragged(counts)
    own = (position >= insert_at[row]) & (position < (insert_at + inserted)[row])
    after = position >= (insert_at + inserted)[row]
    told = mix(story[row], position - after * inserted[row], _STORY, seed)
    keys = np.where(own, mix(ids[row], position, _INSERT, seed), told)
    below = position - (counts - 2)[row]  # 0 and 1: the lines of furniture
    line = ((mix(ids, _FURNITURE, seed) >> np.uint64(62)).astype(np.int64)[row] + below) % 4
    return np.where(below >= 0, mix(plan.publisher[rows][row], line, _FURNITURE, seed), keys), counts


def _lognormal(keys: Keys) -> npt.NDArray[np.float64]:
    """Lognormal numbers of median 1 by key: Box and Muller's transform."""
    radius = np.sqrt(-2.0 * np.log1p(-unit(keys)))
    return np.exp(SIGMA_WORDS * radius * np.cos(2.0 * np.pi * unit(mix(keys, 1))))


def _bodies(plan: Plan, rows: slice, words: _Words) -> pa.Array:
    keys, counts = body_keys(plan, rows)
    lengths = sentence_lengths(keys)
    word, form = sentences(keys, lengths, words, plan.seed)
    n_words = np.add.reduceat(lengths, np.cumsum(counts) - counts)
    row, position = ragged(n_words)
    swap = mix(row + rows.start, position, _SWAP, plan.seed)
    swapped = unit(swap) < plan.swapped[rows][row]
    word[swapped] = words.draw(mix(swap[swapped], 1))
    return words.text(word + form * words.size, n_words)


def _headlines(plan: Plan, rows: slice, words: _Words) -> pa.Array:
    """Of the story; half of the reprints write their own."""
    story, ids = plan.story[rows], np.arange(rows.start, rows.stop)
    own = (plan.rank[rows] > 0) & (unit(mix(ids, _HEADLINE, plan.seed)) < 0.5)
    keys = mix(np.where(own, ids, story), own, _HEADLINE, plan.seed)
    lengths = (6 + unit(keys) * 6).astype(np.int64)
    row, position = ragged(lengths)
    return words.text(words.draw(mix(keys[row], position)) + (position == 0) * words.size, lengths)


def batches(articles: int, seed: int, size: int = BATCH, days: int = 14) -> Iterator[pa.RecordBatch]:
    """The corpus in batches of `size`, in order of publication. The texts do not depend on `size`."""
    drawn, words = plan(articles, seed, days), _Words(seed)
    epoch = int(FIRST_DAY.timestamp())
    for start in range(0, articles, size):
        rows = slice(start, min(start + size, articles))
        published = pa.array(drawn.published[rows] + epoch, pa.timestamp("s"))
        columns = [
            pa.array([f"a{i:08d}" for i in range(rows.start, rows.stop)]),
            pa.array([f"paper-{i:03d}.example" for i in drawn.publisher[rows]]),
            pc.strftime(published, "%Y-%m-%dT%H:%M:%SZ"),
            _headlines(drawn, rows, words),
            _bodies(drawn, rows, words).cast(pa.large_string()),
            pa.array(drawn.story[rows]),
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def write(path: Path, articles: int, seed: int) -> None:
    """Write the corpus to a Parquet file of one row group a batch; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd", use_dictionary=["publisher"]) as writer:
        for batch in batches(articles, seed):
            writer.write_batch(batch)
    unfinished.replace(path)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write invented news.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("build/bench/news-100k.parquet"))
    options = parser.parse_args()
    write(options.out, options.articles, options.seed)
    print(f"{options.out}: {options.articles} articles, {options.out.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
