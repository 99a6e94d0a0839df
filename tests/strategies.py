"""Hypothesis strategies: article texts over mixed scripts, and small worlds of articles that reprint one another.

`texts()` is for whatever reads characters: it goes through scripts with and without spaces, both normal forms, letters
beyond the basic plane, typographic quotes, odd spaces and invisible characters. `worlds()` is for whatever compares
articles: stories, their cut, expanded and edited prints under several mastheads, digests, templates, over several weeks.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from pipeline import schema

__all__ = ["Article", "articles", "paragraphs_of", "records", "texts", "worlds"]

#: Syllables by script. Words are joined without spaces in the last three.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "latin": ("ba", "dor", "el", "fi", "gre", "hu", "kin", "lo", "mar", "né", "ost", "pø", "qua", "ri", "ßen", "tă"),
    "greek": ("αλ", "βε", "γά", "δρο", "ευ", "ζη", "θώ", "κι"),
    "cyrillic": ("ба", "вё", "го", "ди", "жу", "зы", "йк", "ля"),
    "arabic": ("با", "تي", "دو", "رس", "ﷺ", "لا", "نِ", "هم"),
    "devanagari": ("का", "खि", "गु", "नी", "मे", "र्य", "लो", "हूँ"),
    "hangul": ("가", "나", "달", "릭", "뭄", "법", "쇼", "잉"),
    "deseret": ("𐐀𐐨", "𐐁𐐩", "𐐂𐐪", "𐐃𐐫"),
    "han": ("報", "海", "電", "町", "新", "聞", "火", "橋", "𠮷"),
    "kana": ("あ", "き", "す", "て", "の", "ひ", "ム", "ー"),
    "thai": ("กา", "ขี", "คุ", "เช", "ไต", "นำ", "ปั", "วั"),
}
UNSPACED = frozenset({"han", "kana", "thai"})
ODD = (
    "1,204",
    "3.5",
    "₩870",
    "２０２６",
    "5%",
    "“so”",
    "‘why’",
    "it’s",
    "re\u00adport",
    "a\u00a0b",
    "—",
    "…",
    "🚢",
    "👩‍🚒",
    "\u200b",
)


@st.composite
def texts(draw: st.DrawFn, min_words: int = 0, max_words: int = 60) -> str:
    """Text of one to three scripts, in paragraphs, with odd characters, in NFC or NFD; may be empty if `min_words` is 0."""
    names = draw(st.lists(st.sampled_from(sorted(SCRIPTS)), min_size=1, max_size=3, unique=True))
    words = st.one_of([_words(name) for name in names] + [st.sampled_from(ODD)])
    pieces = draw(st.lists(words, min_size=min_words, max_size=max_words))
    gaps = draw(
        st.lists(
            st.sampled_from((" ", " ", " ", "", ", ", ". ", "\n", "\u3000")), min_size=len(pieces), max_size=len(pieces)
        )
    )
    form = draw(st.sampled_from(("NFC", "NFD")))
    return unicodedata.normalize(form, "".join(word + gap for word, gap in zip(pieces, gaps, strict=True)))  # type: ignore[arg-type]


def _words(script: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(SCRIPTS[script]), min_size=1, max_size=4).map("".join)


@dataclass(frozen=True)
class Article:
    """One article of a world. `story` says what it prints; "" for an article that prints several or none."""

    id: str
    publisher: str
    story: str
    at: datetime
    headline: str
    body: str


START = datetime(2026, 3, 1, 6, tzinfo=UTC)
FURNITURE = "Where the {0} lies on the counter tonight\nA house of ink and weather since the old bridge"
MASTHEADS = ("Alder Post", "Birch Courier", "Cedar Mail", "Dogwood Times", "Elm Herald")


def paragraphs_of(seed: int, script: str, n_paragraphs: int) -> list[str]:
    """Paragraphs of 12 to 40 words that depend on the arguments alone."""
    chance = random.Random(f"{seed}/{script}")
    syllables = SCRIPTS[script]
    gap = "" if script in UNSPACED else " "

    def word() -> str:
        return (
            str(chance.randint(2, 9_999))
            if chance.random() < 0.06
            else "".join(chance.choices(syllables, k=chance.randint(1, 4)))
        )

    return [gap.join(word() for _ in range(chance.randint(12, 40))) + "." for _ in range(n_paragraphs)]


def _printed(draw: st.DrawFn, story: list[str], number: int) -> list[str]:
    """The story as a newspaper has it: whole, cut from the bottom, expanded or with a few words changed."""
    match draw(st.sampled_from(("whole", "whole", "cut", "expanded", "edited"))):
        case "cut":
            return story[: max(2, len(story) * 2 // 3)]
        case "expanded":
            return [*story[:1], *paragraphs_of(10_000 + number, "latin", 1), *story[1:]]
        case "edited":
            return [paragraph.replace("ba", "be") for paragraph in story]
        case _:
            return story


@st.composite
def worlds(draw: st.DrawFn, max_stories: int = 4, max_prints: int = 4, days: int = 30) -> tuple[Article, ...]:
    """Articles in no particular order: stories with up to `max_prints` prints within `days` days, and now and then a
    digest of their first paragraphs, a pair of bulletins of one form with other figures, an exact copy, and the masthead's
    furniture below every text.
    """
    made: list[Article] = []
    heads: list[str] = []

    def add(story: str, paragraphs: Sequence[str]) -> None:
        at = START + timedelta(minutes=draw(st.integers(0, days * 24 * 60)))
        publisher = draw(st.sampled_from(MASTHEADS))
        made.append(Article(f"a{len(made):03}", publisher, story, at, paragraphs[0][:40], "\n".join(paragraphs)))

    for number in range(draw(st.integers(1, max_stories))):
        script = draw(st.sampled_from(("latin", "latin", "latin", "hangul", "han", "devanagari")))
        story = paragraphs_of(draw(st.integers(0, 999)), script, draw(st.integers(3, 7)))
        heads.append(story[0])
        for _ in range(draw(st.integers(1, max_prints))):
            add(f"s{number}", _printed(draw, story, len(made)))
    if draw(st.booleans()):
        add("", heads)
    if draw(st.booleans()):
        form = paragraphs_of(5_000, "latin", 3)
        for low in (10, 60):
            add(f"bulletin-{low}", [f"{low} {low + 7} {low + 11}.{low + 3} {low * 31}", *form])
    if draw(st.booleans()):
        made.append(replace(draw(st.sampled_from(made)), id=f"a{len(made):03}"))
    if draw(st.booleans()):
        made = [replace(article, body=f"{article.body}\n{FURNITURE.format(article.publisher)}") for article in made]
    return tuple(draw(st.permutations(made)))


def records(world: Sequence[Article]) -> pa.Table:
    """The world as a reader would hand it on: RECORDS with ids, publishers, times and bodies."""
    return _table(
        schema.RECORDS,
        [
            {
                "record": number, "source": "world", "line": number + 1, "field": "body", "text": article.body,
                "source_id": article.id, "publisher": article.publisher, "headline": article.headline,
                "published": article.at.isoformat(),
            }
            for number, article in enumerate(world)
        ],
    )  # fmt: skip


def articles(world: Sequence[Article]) -> pa.Table:
    """The world as it leaves cleaning and identification: ARTICLES, nothing stripped, every body whole and editorial."""
    return _table(
        schema.ARTICLES,
        [
            {
                "record": number, "article_id": article.id, "source": "world", "field": "body", "source_id": article.id,
                "publisher": article.publisher, "publisher_id": article.publisher.casefold().replace(" ", "-"),
                "headline": article.headline, "body": article.body, "body_map": [{"at": 0, "raw": 0}],
                "published_at": article.at, "published_precision": "minute", "kind": "editorial", "status": "usable",
                "text_state": "full", "n_words": len(article.body.split()),
            }
            for number, article in enumerate(world)
        ],
    )  # fmt: skip


def _table(wanted: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows under that schema; what they leave out is null, or "" or 0 where null is not allowed."""
    blank = {field.name: "" if pa.types.is_string(field.type) else 0 for field in wanted if not field.nullable}
    return pa.Table.from_pylist([blank | row for row in rows], schema=wanted)
