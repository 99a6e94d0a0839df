"""One article as the trace stage sees it: its texts, and the way from an offset in them to the field as read."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import regex

from pipeline.stages.trace.names import Source

__all__ = ["Line", "Page", "page", "squeezed"]

_WWW = regex.compile(r"^(?:www\d?|m|mobile|amp|edition|news)\.(?=.*\.)")
_COMMON = frozenset({"telegraph", "independent", "chronicle", "statesman", "advertiser"})
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}]+")
_SCRIPTS = (
    ("ko", regex.compile(r"\p{Hangul}")),
    ("ja", regex.compile(r"[\p{Hiragana}\p{Katakana}]")),
    ("zh", regex.compile(r"\p{Han}")),
    ("hi", regex.compile(r"\p{Devanagari}")),
)


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


def squeezed(name: str) -> str:
    """A name's letters and digits alone, without an article: `The Ashford News-Star` -> `ashfordnewsstar`."""
    plain = name.casefold().removeprefix("www.").removeprefix("the ")
    return str(_NOT_WORD.sub("", plain))


def page(row: dict[str, Any], stripped: list[dict[str, Any]]) -> Page:
    """The page of a row of ARTICLES and its rows of STRIPPED."""
    field = row["field"]
    body = row["body"]
    entries = row["body_map"] or []
    hosts = [urlsplit(row["url"] or "").hostname, row["publisher_id"], row["publisher"]]
    return Page(
        article_id=row["article_id"],
        field=field,
        language=_language(row["language"], body),
        country=row["publisher_country"] or "",
        hosts=tuple(dict.fromkeys(host.lower() for host in hosts if host and "." in host and " " not in host)),
        names=frozenset(squeezed(name) for name in (row["publisher"], row["publisher_id"]) if name),
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
    """The article's language by its first subtag, or by the script of its first words; English if neither tells."""
    if language:
        return language.replace("_", "-").split("-")[0].lower()
    opening = body[:200]
    return next((code for code, script in _SCRIPTS if script.search(opening)), "en")
