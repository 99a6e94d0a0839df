"""How the same words are spelt in another house: other quotes, digits, widths, joiners, marks and Unicode forms.

Each spelling takes a text and the language it is in and returns the text spelt anew.

>>> spell("١٢ يوما", "ar", "ascii_digits")
'12 يوما'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

__all__ = ["spell"]

_ZEROS = {"ar": "٠", "fa": "۰", "ur": "۰", "hi": "०", "bn": "০", "ta": "௦", "th": "๐"}
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_WIDE_ALNUM = {code: wide for code, wide in _WIDE.items() if chr(code).isalnum()}
_NARROW = {wide: code for code, wide in _WIDE.items()}
_HALF_KANA = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF65, 0xFFA0)}
_HALF_KANA |= {"\u3099": "ﾞ", "\u309a": "ﾟ"}


def _native_digits(text: str, language: str) -> str:
    return text.translate({ord("0") + i: ord(_ZEROS[language]) + i for i in range(10)})


def _ascii_digits(text: str, _: str) -> str:
    return re.sub(r"\d", lambda digit: str(unicodedata.decimal(digit[0])), text)


def _quotes(opening: str, closing: str) -> Callable[[str, str], str]:
    """All double quotes as one pair; straight ones are taken as opening and closing in turn, paragraph by paragraph."""

    def turn(paragraph: str) -> str:
        paragraph = re.sub("[“„”]|«[ \u00a0]?|[ \u00a0]?»|‘‘|’’|「|」", '"', paragraph)
        first, *others = re.split(r'(?<!\w)"|"(?!\w)', paragraph)  # not the one of Hebrew abbreviations
        return first + "".join((opening, closing)[number % 2] + part for number, part in enumerate(others))

    return lambda text, _: "\n".join(map(turn, text.split("\n")))


def _apostrophes(text: str, _: str) -> str:
    """The typographic apostrophe and the letter apostrophe in turn."""
    first, *others = re.split("(?<=\\w)'(?=\\w)", text)
    return first + "".join("’ʼ"[number % 2] + part for number, part in enumerate(others))


def _tatweel(text: str, _: str) -> str:
    """Every fifth long word stretched before its last letter, if the letter before joins to it."""
    words = re.split("( )", text)
    for number in range(0, len(words), 10):
        words[number] = re.sub("^(\\w{3,}[بتثجحخسشصضطظعغفقكلمنهي])(\\w)$", "\\1ــ\\2", words[number])
    return "".join(words)


def _half_kana(text: str, _: str) -> str:
    """Katakana at half width, where a voiced one is two characters."""

    def narrow(run: re.Match[str]) -> str:
        return "".join(_HALF_KANA.get(char, char) for char in unicodedata.normalize("NFD", run[0]))

    return re.sub("[ァ-ヴー]+(?:[\u3099\u309a][ァ-ヴー]*)*", narrow, text)


def _no_nukta(text: str, _: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace("\u093c", ""))


_SPELLINGS: Mapping[str, Callable[[str, str], str]] = {
    "nfd": lambda text, _: unicodedata.normalize("NFD", text),
    "straight": _quotes('"', '"'),
    "curly": _quotes("“", "”"),
    "guillemets": _quotes("«", "»"),
    "gershayim": lambda text, _: text.replace('"', "״"),
    "curly_single": lambda text, _: text.replace("‘", "“").replace("’", "”"),
    "corner_to_curly": lambda text, _: text.replace("「", "“").replace("」", "”"),
    "apostrophes": _apostrophes,
    "native_digits": _native_digits,
    "ascii_digits": _ascii_digits,
    "full_width": lambda text, _: text.translate(_WIDE_ALNUM),
    "ascii_width": lambda text, _: text.translate(_NARROW),
    "half_kana": _half_kana,
    "tatweel": _tatweel,
    "arabic_letters": lambda text, _: text.replace("ی", "ي").replace("ک", "ك"),
    "no_joiners": lambda text, _: re.sub("[\u200c\u200d]", "", text),
    "zero_width_spaces": lambda text, _: re.sub("(?<=[ก-๛])(?=[เแโใไ])", "\u200b", text),
    "no_nukta": _no_nukta,
    "candrabindu": lambda text, _: text.replace("यां", "याँ").replace("एं", "एँ"),
}


def spell(text: str, language: str, name: str) -> str:
    """The text in another spelling. It must change something, so that no edit turns into nothing unnoticed."""
    spelt = _SPELLINGS[name](text, language)
    if spelt == text:
        raise ValueError(f"{language}: nothing to spell {name}")
    return spelt
