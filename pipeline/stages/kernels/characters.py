"""What every Unicode character is to a shingle, as one compact table that ships with the package.

The table is a file and not computed at run time, so that a text has the same shingles under every Python version:
`unicodedata` grows with each. `python -m pipeline.stages.kernels.characters` writes it anew; that is a new normaliser
(`NORMALISER`), and stores written by the old one have to be rebuilt.

Each entry packs two things: the class in the top byte, and below it what to add to the code point to fold it (modulo
2**24). Steps rather than code points, because equal blocks are stored once: 1.1 million characters in 9 kB.

>>> classes, folds = lookup("Straße 12 東")
>>> classes
['capital', 'word', 'word', 'word', 'word', 'word', 'gap', 'digit', 'digit', 'gap', 'sign']
>>> folds
'straße 12 東'
"""

from __future__ import annotations

import functools
import sys
import unicodedata
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CAPITAL", "DIGIT", "GAP", "IGNORED", "NORMALISER", "SIGN", "WORD", "Characters", "characters", "lookup"]

#: Version of the rules below and of the table made by them; part of a store's header.
NORMALISER = 2

GAP = 0  # separates words: spaces, punctuation, symbols
WORD = 1  # letters and marks of scripts that put gaps between words
SIGN = 2  # letters and marks of scripts that do not: a token of its own
IGNORED = 3  # neither part of a word nor a gap: soft hyphens, joiners, variation selectors, accents, vowel points
DIGIT = 4  # decimal digits of any script, folded to 0-9
CAPITAL = 5  # upper and title case letters: as WORD, and the first of them tells a name

_NAMES = ("gap", "word", "sign", "ignored", "digit", "capital")
_BLOCK = 128  # code points in a block of the two-level table

# Scripts written without spaces between words (UAX #14, class SA, and the ideographic ones). By script and not by script
# extensions: those would take in accents and apostrophes that other scripts share, and cut their words to pieces.
_UNSPACED = (
    "Han Hiragana Katakana Bopomofo Yi Thai Lao Khmer Myanmar Tibetan Tai_Le New_Tai_Lue Tai_Tham Tai_Viet "
    "Balinese Javanese"
).split()

_SHARED = "\u3006\u30fc\uff70"  # closing mark and prolonged sound marks, common to Japanese scripts

_TATWEEL = "\u0640"  # stretches an Arabic word to fill its line

# Forms of one letter: half and full width, and those of Arabic as pages once stored them.
_FORMS = ("<wide>", "<narrow>", "<isolated>", "<initial>", "<medial>", "<final>")

# Letters that houses write for one another, beside those that differ by a mark alone: yeh, kaf and heh as Arabic, Persian
# and Urdu keyboards have them (as in Lucene's normalisation filters), candrabindu for anusvara in Hindi, the dotless i that
# capitals lose, small ka and ke of Japanese counting words.
_SAME = {
    "ى": "ي", "ی": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا",
    "\u0901": "\u0902", "ı": "i", "ヵ": "カ", "ヶ": "ケ",
}  # fmt: skip


class Characters(NamedTuple):
    """The two-level table: the entry of code point c is `entries[blocks[c >> 7] << 7 | c & 127]`.

    `blocks`: uint16, shape (8704,). `entries`: uint32, shape (128 * distinct blocks,); class << 24 | step to the fold.
    """

    blocks: NDArray[np.uint16]
    entries: NDArray[np.uint32]


@functools.cache
def characters() -> Characters:
    """The table that ships with the package."""
    with (
        resources.files(__package__).joinpath("characters.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        return Characters(arrays["blocks"], arrays["entries"])


def lookup(text: str) -> tuple[list[str], str]:
    """The class names and the folded form of a text's characters: the table read slowly, for tests and for people."""
    table = characters()
    points = np.array([ord(char) for char in text], dtype=np.int64)
    entries = table.entries[(table.blocks[points >> 7].astype(np.int64) << 7) | (points & 127)]
    folds = (points + entries) & 0xFFFFFF
    return [_NAMES[entry >> 24] for entry in entries], "".join(map(chr, folds))


def _fold(char: str) -> str:
    """The letter that stands for all its spellings, one character for one; digits to 0-9.

    Simple case folding, without accents, vowel points and other marks that one house prints and the next leaves out.
    """
    if unicodedata.decomposition(char).startswith(_FORMS):
        char = decomposed if len(decomposed := unicodedata.normalize("NFKC", char)) == 1 else char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    apart = unicodedata.normalize("NFD", char)
    if all(map(_is_optional, apart[1:])):
        char = apart[0]
    folded = char.casefold()
    if len(folded) > 1:  # a full folding such as that of U+1E9E, whose simple one is the lower case
        folded = lowered if len(lowered := char.lower()) == 1 else char
    return _SAME.get(folded, folded)


def _is_optional(mark: str) -> bool:
    """Whether it is a mark that texts have or lack without being others: accents, points, nuktas, voicing marks.

    By canonical combining class. Below 200, those of vowels and tones that are written as a rule, in Thai, Lao, Tibetan
    and the scripts of India (and 9, virama), are not: they are as much letters as any.
    """
    order = unicodedata.combining(mark)
    return order >= 200 or (0 < order <= 36 and order != 9)


def _classify(char: str, unspaced: frozenset[str]) -> int:
    category = unicodedata.category(char)
    point = ord(char)
    if category in ("Cf", "Cs") or 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF:
        return IGNORED
    if char == _TATWEEL or _is_optional(_fold(char)):
        return IGNORED
    if category == "Nd":
        return DIGIT
    if category[0] not in "LMN":
        return GAP
    if char in unspaced:
        return SIGN
    return CAPITAL if category in ("Lu", "Lt") else WORD


def _build() -> Characters:
    import regex

    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    scripts = "".join(rf"\p{{Script={script}}}" for script in _UNSPACED)
    unspaced = frozenset(regex.findall(f"[{scripts}{_SHARED}]", everything))
    entries = np.array(
        [_classify(char, unspaced) << 24 | (ord(_fold(char)) - ord(char)) & 0xFFFFFF for char in everything],
        dtype=np.uint32,
    )
    distinct, blocks = np.unique(entries.reshape(-1, _BLOCK), axis=0, return_inverse=True)
    return Characters(blocks.astype(np.uint16).ravel(), distinct.ravel())


def _write() -> None:
    table = _build()
    path = resources.files(__package__).joinpath("characters.npz")
    with open(str(path), "wb") as file:  # noqa: PTH123 - a resource path is not always a Path
        np.savez_compressed(file, blocks=table.blocks, entries=table.entries)


if __name__ == "__main__":
    _write()
