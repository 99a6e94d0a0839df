"""A document of NITF, the older form in which agencies send text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.storage.readers import markup
from pipeline.storage.readers.feed import Channel
from pipeline.storage.readers.rows import Bad, Found, Row

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["fields", "row"]

_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d:?\d\d)?)?")
_GONE = frozenset({"canceled", "withheld", "killed", "kill"})


def row(number: int, document: _Element, _around: Channel) -> Row:
    """The document as a row in canonical terms."""
    found = fields(document)
    if not found["text"] and str(found["status"]).casefold() in _GONE:
        found["text"] = found["note"] or found["headline"]
    return Found(number, found) if found["text"] else Bad(number, "a NITF document without a text in it")


def fields(document: _Element) -> dict[str, object]:
    """The canonical fields of a document; those that it has nothing for are empty."""
    first: dict[str, _Element] = {}
    for element in document.iter():
        first.setdefault(markup.local(element), element)

    def said(name: str, between: str = " ") -> str:
        return "" if name not in first else between.join(markup.lines(first[name]))

    def stated(name: str, attribute: str) -> str:
        return "" if name not in first else (first[name].get(attribute) or "").strip()

    issuer = stated("doc-id", "regsrc")
    body = [] if "body.content" not in first else list(markup.lines(first["body.content"]))
    if tagline := said("tagline"):
        body.append(tagline)
    issued, released, dated = (extended(stated(name, "norm")) for name in ("date.issue", "date.release", "story.date"))
    issued = issued or dated or extended(stated("pubdata", "date.publication"))
    return {
        "text": "\n".join(body),
        "source_id": stated("doc-id", "id-string"),
        "publisher": stated("pubdata", "name") or said("distributor") or issuer,
        "credit": list(dict.fromkeys(filter(None, (said("distributor"), issuer)))),
        "headline": said("hl1") or said("hedline") or said("title"),
        "deck": said("hl2"),
        "byline": re.sub(r"^by\s+(?=\S)", "", said("byline", ", "), flags=re.IGNORECASE),
        "dateline": said("dateline"),
        "slug": stated("fixture", "fix-id") or stated("du-key", "key"),
        "version": stated("du-key", "version"),
        "published": issued,
        "modified": issued if released else "",
        "embargo": released,
        "status": stated("docdata", "management-status"),
        "note": stated("ed-msg", "info") or stated("correction", "info"),
        "rights": stated("doc.copyright", "holder"),
        "url": stated("pubdata", "ex-ref"),
    }


def extended(time: str) -> str:
    """A time of NITF in the long form of ISO 8601; anything else as it is.

    >>> extended("20260309T061000-0500")
    '2026-03-09T06:10:00-05:00'
    """
    found = _BASIC.fullmatch(time)
    if found is None:
        return time
    year, month, day, hour, minute, second, zone = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    zone = f"{zone[:3]}:{zone[-2:]}" if zone and zone != "Z" else zone or ""
    return f"{date}T{hour}:{minute}:{second or '00'}{zone}"
