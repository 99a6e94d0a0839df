"""One article as the trace stage sees it: its texts, and the way from an offset in them to the field as read."""

from __future__ import annotations

import bisect
import functools
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import regex

from pipeline.stages.trace.names import Source

__all__ = ["Line", "Page", "page", "squeezed"]

_WWW = regex.compile(r"^(?:www\d?|m|mobile|amp|edition|news)\.(?=.*\.)")
_COMMON = frozenset({"telegraph", "independent", "chronicle", "statesman", "advertiser"})
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}]+")
#: Languages by what only they write, the rarer first; a script that several share names the one of most news in it.
_SCRIPTS = tuple(
    (code, regex.compile(pattern))
    for code, pattern in (
        ("ko", r"\p{Hangul}"),
        ("ja", r"[\p{Hiragana}\p{Katakana}]"),
        ("zh", r"\p{Han}"),
        ("hi", r"\p{Devanagari}"),
        ("bn", r"\p{Bengali}"),
        ("th", r"\p{Thai}"),
        ("he", r"\p{Hebrew}{2}"),
        ("el", r"\p{Greek}{3}"),
        ("ur", r"[ٹڈڑےں]"),
        ("fa", r"[پچژگ]"),
        ("ar", r"\p{Arabic}{3}"),
        ("uk", r"[іїєґ]"),
        ("ru", r"\p{Cyrillic}{3}"),
    )
)
_SHARED = frozenset({"ar", "ru"})  # what a page in another language of the script is often said to be in
_OPENING = 300  # code points that tell the language
_LATIN = "\u036f"  # beyond it other scripts begin
#: The commonest short words of languages written in Latin letters, each in the table of one language only.
_COMMON_WORDS = {
    word: code
    for code, words in {
        "en": "the of and to is was for that with on by at from has his said it",
        "de": "der das und ist nicht von dem auf für eine ein auch wird nach sich",
        "fr": "les des est et dans une du pour qui sur au ont avec par",
        "es": "el los las y por con para una del su ha este como",
        "pt": "os uma não foi ao da do dos na no são mais pelo com",
        "it": "il di che è gli della per non sono nel alla dei le",
        "nl": "het een van en dat voor niet met zijn te op aan ook",
        "pl": "w na się że i z nie jest jak został oraz przez",
        "tr": "ve bir bu da de ile için olarak daha olan",
        "id": "yang dan itu dengan untuk pada dari tidak ini akan",
        "vi": "của và là các cho được trong không một những",
    }.items()
    for word in words.split()
}
_SURE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text around the story, or a paragraph of it (kind `body`, where `start` is an offset in the body).

    `start` is null where the text has no place of its own.
    """

    text: str
    field: str
    start: int | None
    kind: str
    position: str


@dataclass(frozen=True, slots=True)
class Page:
    """An article with what the trace stage needs of it."""

    article_id: str
    field: str
    language: str
    country: str
    hosts: tuple[str, ...]
    spellings: tuple[str, ...]
    names: frozenset[str]
    home_agency: str
    body: str
    at: tuple[int, ...]
    raw: tuple[int, ...]
    byline: Line | None
    dateline: Line | None
    credit: Line | None
    rights: Line | None
    lines: tuple[Line, ...]

    def owns(self, source: Source) -> bool:
        """Whether the source is the publisher of this page."""
        if squeezed(source.name) in self.names:
            return True
        return any(host == domain or host.endswith("." + domain) for host in self.hosts for domain in source.domains)

    def owns_name(self, name: str) -> bool:
        """Whether a name that no lexicon knows is the publisher's.

        It is if it is spelled the same, if its host begins with it, or if the host is a long part of it or its initials:
        `Dunmore Independent Mail` at independentmail.example, `Ashford Daily Record` at adr.example.
        """
        key = squeezed(name)
        if key in self.names:
            return True
        initials = "".join(word[0] for word in _NOT_WORD.split(name.casefold().removeprefix("the ")) if word)
        for host in self.hosts:
            label = _WWW.sub("", host).split(".")[0]
            if label in {key, initials} or (len(key) > 4 and squeezed(host).startswith(key)):
                return True
            if len(label) > 8 and label not in _COMMON and label in key:
                return True
        return False

    def calls_itself(self, name: str) -> bool:
        """Whether a name of two words or more is how the publisher's begins: `La Gazette` of `La Gazette de Dunmore`."""
        return " " in name and any(known.startswith(f"{name.casefold()} ") for known in self.spellings)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of `body[start:end]` in the field as read; start < end."""
        return self._raw(start), self._raw(end - 1) + 1

    def place(self, line: Line, start: int, end: int) -> tuple[str, int | None, int | None]:
        """Field, start and end of `line.text[start:end]` as read."""
        if line.start is None:
            return line.field, None, None
        if line.kind == "body":
            return (self.field, *self.span(line.start + start, line.start + end))
        return line.field, line.start + start, line.start + end

    def _raw(self, position: int) -> int:
        entry = bisect.bisect_right(self.at, position) - 1
        return position if entry < 0 else self.raw[entry] + position - self.at[entry]


@functools.lru_cache(maxsize=8192)
def squeezed(name: str) -> str:
    """A name's letters and digits alone, without an article: `The Ashford News-Star` -> `ashfordnewsstar`."""
    plain = name.casefold().removeprefix("www.").removeprefix("the ")
    return str(_NOT_WORD.sub("", plain))


def page(row: dict[str, Any], stripped: list[dict[str, Any]]) -> Page:
    """The page of a row of ARTICLES and its rows of STRIPPED."""
    field = row["field"]
    body = row["body"]
    entries = row["body_map"] or []
    spellings = [name for name in (row["publisher"], row["publisher_id"]) if name]
    hosts = [urlsplit(row["url"] or "").hostname, row["publisher_id"], row["publisher"]]
    return Page(
        article_id=row["article_id"],
        field=field,
        language=_language(row["language"], body),
        country=row["publisher_country"] or "",
        hosts=tuple(dict.fromkeys(host.lower() for host in hosts if host and "." in host and " " not in host)),
        spellings=tuple(name.casefold() for name in spellings),
        names=frozenset(map(squeezed, spellings)),
        home_agency=row["home_agency"] or "",
        body=body,
        at=tuple(entry["at"] for entry in entries),
        raw=tuple(entry["raw"] for entry in entries),
        byline=_line(row["byline"], row["byline_field"] or "byline", row["byline_start"], row["byline_end"], "byline"),
        dateline=_line(row["dateline"], field, row["dateline_start"], row["dateline_end"], "dateline"),
        credit=_line(row["credit"], "metadata", None, None, "credit"),
        rights=_line(row["rights"], "metadata", None, None, "rights"),
        lines=tuple(
            Line(line["line"], line["field"], line["start"], line["kind"], line["position"])
            for line in sorted(stripped, key=lambda line: (line["field"], line["start"], line["end"]))
        ),
    )


def _line(text: str | None, field: str, start: int | None, end: int | None, kind: str) -> Line | None:
    """A line, whose inner offsets are trusted only if the text is as long as its place."""
    if not text or not text.strip():
        return None
    exact = start is not None and end is not None and end - start == len(text)
    return Line(text, field, start if exact else None, kind, "head")


def _language(language: str | None, body: str) -> str:
    """The article's language by its first subtag, or by the letters and words of its opening; English if none tells."""
    told = language.replace("_", "-").split("-")[0].lower() if language else ""
    opening = body[:_OPENING]
    if told and told not in _SHARED:
        return told
    if not opening.isascii() and max(opening) > _LATIN:
        found = next((code for code, letters in _SCRIPTS if letters.search(opening)), "")
        if found:
            return found
    return told or _by_words(opening)


def _by_words(opening: str) -> str:
    """The language of most of the common words in a text in Latin letters; English unless one is surely another."""
    if opening.count(" the ") > 1:  # most pages that do not say their language
        return "en"
    counts = Counter(filter(None, map(_COMMON_WORDS.get, opening.lower().split())))
    code, count = max(counts.items(), key=lambda item: item[1], default=("en", 0))
    return code if count >= _SURE_WORDS and count > 2 * counts["en"] else "en"
