"""Folding: one spelling for characters that publishers write in several ways, with a map back to the text as read.

`flatten` keeps every offset (one character for one) and serves matching; `fold` also composes (NFC) and drops what
nobody sees, and serves the body.

>>> fold("“We’re\\u00a0in”", 0, 10)
('"We\\'re in"', [(0, 0)])
>>> fold("co\\u00adop", 0, 5)
('coop', [(0, 0), (2, 3)])
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter
from types import MappingProxyType

import regex

__all__ = [
    "SpanMap",
    "beyond_ascii",
    "every_character",
    "flatten",
    "flatten_only",
    "fold",
    "is_plain",
    "place_in",
    "tangled",
    "variants",
]

#: (at, raw) pairs, ascending in both: the character at `folded[i]` stood at `raw + (i - at)` of the text as read, with
#: the last pair whose `at` <= i.
SpanMap = list[tuple[int, int]]


def _table() -> dict[int, str]:
    """One character for one: quotes, dashes, spaces, and the full-width forms of ASCII."""
    folds = {
        "'": "‘’‚‛′ʹʼ＇´`｀‹›",
        '"': "“”„‟″«»＂〝〞",
        "-": "‐‑‒–—―−﹘﹣－⸺⸻",
        " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    }
    table = {ord(variant): plain for plain, variants in folds.items() for variant in variants}
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    return wide | table


_FLAT = MappingProxyType({chr(code): plain for code, plain in _table().items()})
_FOLDED = frozenset(_FLAT)

# Soft hyphen, zero-width characters, direction marks, variation selectors: present in one copy, absent in the next.
_UNSEEN = re.compile(r"[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")

# Composition never reaches back over the start of such a cluster: only marks and Hangul vowels and finals compose
# with what stands before them.
_JOINS = r"\p{M}\u1160-\u11ff\ud7b0-\ud7ff"
_CLUSTER = regex.compile(rf"[^{_JOINS}]?[{_JOINS}]*", regex.DOTALL)


_ASCII_PLAIN = bytes(code for code in range(128) if chr(code) not in _FOLDED)


def beyond_ascii(text: str) -> str:
    """The characters of a text that are not ASCII, in order, and the few of ASCII that are folded (tab, backtick).

    What a pattern over such characters finds in it, it finds in the text; at a tenth of the time for most texts.
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII_PLAIN).decode("utf-8", "surrogatepass")


def flatten(text: str) -> str:
    """The text with quotes, dashes, spaces and full-width ASCII folded; same length, same offsets."""
    if text.isascii() and "\t" not in text and "`" not in text:
        return text
    return flatten_only(text, _FOLDED.intersection(beyond_ascii(text)))


def flatten_only(text: str, characters: Iterable[str]) -> str:
    """The text with these characters folded: `flatten`, where it is known which of its `variants` stand in a text."""
    # A few `replace` beat `translate`, which looks up every character. The results are never folded again.
    for character in characters:
        text = text.replace(character, _FLAT[character])
    return text


def variants() -> str:
    """The characters that are folded, in their order: some fifty of them, and then the full-width forms of ASCII."""
    return "".join(sorted(_FLAT))


def is_plain(text: str) -> bool:
    """Whether `fold` changes no offset in the text: NFC, and nothing unseen in it. Then its map is one straight run."""
    return text.isascii() or (not _UNSEEN.search(beyond_ascii(text)) and unicodedata.is_normalized("NFC", text))


@functools.cache
def every_character() -> str:
    """All characters of the basic plane in their order, halves of pairs included."""
    return "".join(map(chr, range(0x10000)))


@functools.cache
def tangled() -> str:
    """The characters of the basic plane without which a text, if it has none beyond the plane either, is plain.

    They are those that are unseen, that compose with what stands before them (marks and jamo), or that are no NFC alone.
    """
    joining = _UNSEEN.findall(every_character()) + regex.findall(f"[{_JOINS}]", every_character())
    rest = every_character().translate(dict.fromkeys(map(ord, joining)))
    blocks = (rest[start : start + 256] for start in range(0, len(rest), 256))
    changing = (block for block in blocks if not unicodedata.is_normalized("NFC", block))
    return "".join(joining) + "".join(
        character for block in changing for character in block if not unicodedata.is_normalized("NFC", character)
    )


def fold(text: str, start: int, end: int) -> tuple[str, SpanMap]:
    """The folded form of `text[start:end]` and its map; `raw` offsets are those of the whole text.

    NFC, then `flatten`; soft hyphens, zero-width characters and direction marks are gone. The map of an empty result
    is empty.
    """
    piece = text[start:end]
    if is_plain(piece):
        return flatten(piece), [(0, start)] if piece else []
    return _compose(piece, start)


def place_in(spans: SpanMap, offset: int) -> int:
    """Where the character at `offset` of a folded text stood in the text as read.

    >>> place_in([(0, 0), (2, 3)], 2)
    3
    """
    at, raw = spans[bisect_right(spans, offset, key=itemgetter(0)) - 1]
    return raw + offset - at


def _compose(piece: str, start: int) -> tuple[str, SpanMap]:
    """`fold` for text that changes its length: character by character."""
    places = [place for place, character in enumerate(piece) if not _UNSEEN.match(character)]
    seen = "".join(piece[place] for place in places)
    out: list[str] = []
    raws: list[int] = []
    for cluster in _CLUSTER.finditer(seen):
        composed = unicodedata.normalize("NFC", cluster[0])
        out.append(composed)
        # A cluster that changed maps as a whole to where it began, one that did not maps letter by letter.
        same = composed == cluster[0]
        raws.extend(places[cluster.start() + (i if same else 0)] for i in range(len(composed)))
    spans: SpanMap = []
    for at, raw in enumerate(raws):
        if not spans or raw - spans[-1][1] != at - spans[-1][0]:
            spans.append((at, raw))
    return flatten("".join(out)), [(at, raw + start) for at, raw in spans]
