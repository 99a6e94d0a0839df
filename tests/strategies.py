"""Hypothesis strategies: article texts over mixed scripts, and small worlds of articles that reprint one another.

`texts()` is for whatever reads characters: it goes through scripts with and without spaces, both normal forms, letters
beyond the basic plane, typographic quotes, odd spaces and invisible characters. `worlds()` is for whatever compares
articles: stories, their cut, expanded and edited prints under several mastheads, digests, templates, over several weeks.
`damaged()` and `spoiled()` are for whatever must bear anything: bytes and texts that have had accidents.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, AnyStr, Literal

import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

from pipeline import schema

__all__ = ["Article", "articles", "damaged", "few", "paragraphs_of", "records", "spoiled", "texts", "worlds"]

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


#: What means something to one format or another, or to none; escaped.
_JUNK = r"""
\x00|\xff|\n|\r|\r\n|"|'|,|\t|{|}|[|]|\\|\\u0000|\\ud83d|\xed\xa0\xbd|\xef\xbb\xbf|\xff\xfe|PAR1|\x1f\x8b\x08|\x28\xb5\x2f\xfd
-1|99999999999999999999|1e999|NaN|null|<html>|\x7f\xff\xff\xff|\x80\x80\x80\x80\x08|[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
"""
#: What text is not expected to have, or not so much of, and what rules look for; escaped.
_ODD_TEXT = r"""
\x00|\x1b[2J|\x85|\u2028|\r|\t|\xad|\u200b|\u202e|\ufeff|\ufffd|\u0301|\u0345\u0345\u0345|\u1100\u1161\u11a8|\u0130|\u01c5|\xdf
\ufb01|\U0010ffff|\U000e0041|\U0001f469\u200d\U0001f692|\xb2|\u0be7|\u0661|\u201c|\u201d|\u300c|((((|))|"|\u2026|\u2014|&amp;
&#0;|(AP) - |By |told Reuters|Reuters| said|according to |\u65b0\u83ef\u793e|\uc5f0\ud569\ub274\uc2a4|published: |99:99|---|@
31 February 2026 |http://[::1|Copyright \xa9|Also read: |(ANI)|LONDON, March 3 (Reuters) - |, reported by the Associated Press
"""


def _unescaped(words: str) -> list[str]:
    return [word.encode().decode("unicode_escape") for word in words.strip("\n").replace("\n", "|").split("|")]


_PUT_IN_BYTES = st.sampled_from([word.encode("latin-1") for word in _unescaped(_JUNK)]) | st.binary(max_size=12)
_PUT_IN_TEXT = st.sampled_from(_unescaped(_ODD_TEXT))
_ALIEN = st.integers(1, 255)
_ALIEN_TEXT = st.text(max_size=8)
_KINDS = st.sampled_from(("alien", "put in", "alien", "put in", "cut out", "cut off", "double", "splice"))


def few(examples: int) -> settings:
    """So many examples of a test that takes its time; as many as its profile says under `make fuzz`."""
    return settings(max_examples=examples if settings.default.derandomize else settings.default.max_examples)


@st.composite
def damaged(draw: st.DrawFn, data: bytes, most: int = 4) -> bytes:
    """The bytes after one to `most` accidents: flipped, cut out, cut off, doubled, spliced, junk put in."""
    for _ in range(draw(st.integers(1, most))):
        kind, at, end, other = _accident(draw, len(data))
        match kind:
            case "alien" if data[at:]:
                data = data[:at] + bytes([data[at] ^ draw(_ALIEN)]) + data[at + 1 :]
            case "alien" | "put in":
                data = data[:at] + draw(_PUT_IN_BYTES) + data[at:]
            case _:
                data = _moved(kind, data, at, end, other)
    return data


@st.composite
def spoiled(draw: st.DrawFn, text: str, most: int = 6) -> str:
    """The text after up to `most` accidents: cut out, cut off, doubled, spliced, odd characters and telling words put in."""
    for _ in range(draw(st.integers(0, most))):
        kind, at, end, other = _accident(draw, len(text))
        match kind:
            case "alien":
                text = text[:at] + draw(_ALIEN_TEXT) + text[at:]
            case "put in":
                text = text[:at] + draw(_PUT_IN_TEXT) + text[at:]
            case _:
                text = _moved(kind, text, at, end, other)
    return text


def _accident(draw: st.DrawFn, length: int) -> tuple[str, int, int, int]:
    """What happens, from where to where, and another place."""
    kind, at = draw(_KINDS), draw(st.integers(0, length))
    return kind, at, min(length, at + draw(st.integers(1, 60))), draw(st.integers(0, length))


def _moved(kind: str, text: AnyStr, at: int, end: int, other: int) -> AnyStr:
    match kind:
        case "cut out":
            return text[:at] + text[end:]
        case "cut off":
            return text[:at]
        case "double":
            return text[:end] + text[at:]
        case _:
            return text[:at] + text[other : other + end - at] + text[at:]


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
    forms: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
    form = draw(st.sampled_from(forms))
    return unicodedata.normalize(form, "".join(word + gap for word, gap in zip(pieces, gaps, strict=True)))


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
