"""The language of a text by its letters: by its script, and of languages that share one by what only one of them writes."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.stages._fold import beyond_ascii
from pipeline.stages._late import late

__all__ = ["by_script"]

_LATIN = "\u036f"  # beyond it other scripts begin
_LETTER = late(r"\p{L}")
_SHARE = 0.3  # of the letters, for a script to name the language; kana are rarer among Han
_KANA_SHARE = 0.1
_OWN_SHARE = 0.006  # of the letters, for those of one language: a foreign name has fewer

_Tells = Callable[[str, int], bool]  # of a sample with so many letters


def _letters(own: str, never: str = "") -> _Tells:
    """Whether letters that only one language writes are often enough in a text, and none of those that it does not write."""
    written, foreign = late(f"[{own}]"), late(f"[{never}]") if never else None

    def tells(sample: str, letters: int) -> bool:
        return len(written.findall(sample)) >= _OWN_SHARE * letters and not (foreign and foreign.search(sample))

    return tells


def _words(said: str) -> _Tells:
    """Whether any of the commonest words of one language is in a text."""
    own = frozenset(said.split())
    return lambda sample, _: not own.isdisjoint(sample.split())


#: Scripts, the more often met first: (its letters, the share of them that a text has at least, the languages that tell
#: themselves from others in it, the one of most news in it).
_SCRIPTS: tuple[tuple[str, float, tuple[tuple[str, _Tells], ...], str], ...] = (
    (r"\p{Hangul}", _SHARE, (), "ko"),
    (r"[\p{Hiragana}\p{Katakana}]", _KANA_SHARE, (), "ja"),
    (r"\p{Han}", _SHARE, (), "zh"),
    (
        r"\p{Cyrillic}",
        _SHARE,
        (
            ("tg", _letters("ҷӣӯ")),
            ("kk", _letters("әғқңұһ")),
            ("ky", _letters("ңөү")),
            ("mn", _letters("өү")),
            ("be", _letters("ў")),
            ("uk", _letters("іїєґ")),
            ("mk", _letters("ѓќѕ")),
            ("sr", _letters("ђјљњћџ")),
            ("bg", _letters("ъ", never="ыэё")),
        ),
        "ru",
    ),
    (
        r"\p{Arabic}",
        _SHARE,
        (
            ("ur", _letters("ٹڈڑےں")),
            ("ps", _letters("ځڅډړښۍ")),
            ("ckb", _letters("ۆێڕڵ")),
            ("fa", _letters("پچژگ")),
        ),
        "ar",
    ),
    (
        r"\p{Devanagari}",
        _SHARE,
        (
            ("mr", _words("आहे आहेत आणि आहे. नाही यांनी म्हणाले होते. केले.")),
            ("ne", _words("छ छ। छन् छन्। भएको गरेको गर्ने छैन छैन। भने")),
        ),
        "hi",
    ),
    (r"\p{Bengali}", _SHARE, (("as", _letters("ৰৱ")),), "bn"),
    (r"\p{Thai}", _SHARE, (), "th"),
    (r"\p{Greek}", _SHARE, (), "el"),
    (r"\p{Hebrew}", _SHARE, (), "he"),
    (r"\p{Tamil}", _SHARE, (), "ta"),
    (r"\p{Telugu}", _SHARE, (), "te"),
    (r"\p{Malayalam}", _SHARE, (), "ml"),
    (r"\p{Gujarati}", _SHARE, (), "gu"),
    (r"\p{Kannada}", _SHARE, (), "kn"),
    (r"\p{Gurmukhi}", _SHARE, (), "pa"),
    (r"\p{Oriya}", _SHARE, (), "or"),
    (r"\p{Sinhala}", _SHARE, (), "si"),
    (r"\p{Myanmar}", _SHARE, (), "my"),
    (r"\p{Khmer}", _SHARE, (), "km"),
    (r"\p{Lao}", _SHARE, (), "lo"),
    (r"\p{Ethiopic}", _SHARE, (), "am"),
    (r"\p{Armenian}", _SHARE, (), "hy"),
    (r"\p{Georgian}", _SHARE, (), "ka"),
)
_KNOWN = tuple((late(letters), share, tells, usual) for letters, share, tells, usual in _SCRIPTS)


def by_script(sample: str) -> str | None:
    """The language (ISO 639) of some hundred characters in another script than the Latin one, else None.

    >>> by_script("Міст знову відкрито."), by_script("پل دوباره باز شد و چراغ روشن است."), by_script("The 关系 of it.")
    ('uk', 'fa', None)
    """
    beyond = beyond_ascii(sample)  # all of these scripts are
    if not beyond or max(beyond) <= _LATIN:
        return None
    n_letters = 0
    for letters, share, languages, usual in _KNOWN:
        if found := len(letters.findall(beyond)):
            n_letters = n_letters or len(_LETTER.findall(sample))
            if found >= share * n_letters > 0:
                folded = sample.lower()
                return next((code for code, tells in languages if tells(folded, n_letters)), usual)
    return None
