"""An item of NewsML-G2, in which agencies send and news systems store: a text with all that its provider says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.storage.readers import markup, nitf
from pipeline.storage.readers.feed import Channel
from pipeline.storage.readers.rows import Bad, Found, Passed, Row

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["row"]

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_GONE = frozenset({"canceled", "withheld"})


def row(number: int, item: _Element, _around: Channel) -> Row:
    """The item as a row in canonical terms; a picture, a video, a package is passed over.

    A withdrawal without words gets those of its note or headline: it has to reach the article that it withdraws.
    """
    name = markup.local(item)
    kind = _code(_one(item, "itemclass")).rpartition(":")[2]
    if name != "newsitem" or kind not in ("", "text", "composite"):
        return Passed(number, kind or name)
    status = _code(_one(item, "pubstatus")).rpartition(":")[2]
    fields = nitf.fields(nested) if (nested := _one(item, "nitf")) is not None else {}
    fields = {key: value for key, value in fields.items() if value} | {
        key: value for key, value in _fields(item, status).items() if value
    }
    text = fields.get("text") or _body(item)
    if not text and status in _GONE:
        text = fields.get("note") or fields.get("headline")
    if not text:
        return Bad(number, "a NewsML-G2 item without a text in it")
    return Found(number, fields | {"text": text})


def _fields(item: _Element, status: str) -> dict[str, object]:
    signals = [_code(signal) for signal in _all(item, "signal")]
    corrected = any(signal.endswith("correction") for signal in signals)
    created, version = _said(item, "firstcreated"), _said(item, "versioncreated")
    provider = _party(_one(item, "provider"))
    languages = [_one(item, "language")]
    return {
        "source_id": item.get("guid"),
        "version": item.get("version"),
        "publisher": provider,
        "credit": _distinct([_said(item, "creditline"), *map(_party, _all(item, "infosource")), provider]),
        "byline": [" ".join(_words(one)) for one in _all(item, "by")] or [*map(_party, _all(item, "creator"))],
        "headline": _headline(item),
        "dateline": _said(item, "dateline"),
        "slug": _said(item, "slugline"),
        "language": next((one.get("tag") for one in languages if one is not None), "") or item.get(_LANGUAGE),
        "published": created or version,
        "modified": version,
        "embargo": _said(item, "embargoed"),
        "status": "corrected" if corrected and status not in _GONE else status,
        "note": _distinct([_said(item, "ednote"), *(signal.rpartition(":")[2] for signal in signals)]),
        "rights": _said(item, "copyrightnotice") or _party(_one(item, "copyrightholder")),
        "url": next(
            (link.get("href") for link in _all(item, "link") if "web" in (link.get("rel") or "").casefold()), ""
        ),
    }


def _headline(item: _Element) -> str:
    """The main headline; of several the one that plays no other part, such as that of a short one for small screens."""
    found = list(_all(item, "headline"))
    roles = [(one.get("role") or "").rpartition(":")[2].casefold() for one in found]
    ranked = sorted(zip(roles, found, strict=True), key=lambda one: (one[0] != "main", one[0] != ""))
    return next((" ".join(_words(one)) for _, one in ranked), "")


def _body(item: _Element) -> str:
    """The text of the first content that has one: HTML or NITF as it lies there, or data, which may be HTML in a string."""
    for content in (*_all(item, "inlinexml"), *_all(item, "inlinedata")):
        body = "\n".join(markup.lines(content)) if len(content) else markup.plain(content.text or "")
        if body.strip():
            return body
    return ""


def _all(item: _Element, name: str) -> Iterator[_Element]:
    """The elements of a name, in small letters, outside of the content, where other vocabularies have the same names."""
    for element in item.iter():
        if markup.local(element) == name and (name == "nitf" or not _is_content(element, item)):
            yield element


def _is_content(element: _Element, item: _Element) -> bool:
    above = element.getparent()
    while above is not None and above is not item:
        if markup.local(above) in ("inlinexml", "assert"):
            return True
        above = above.getparent()
    return False


def _one(item: _Element, name: str) -> _Element | None:
    return next(_all(item, name), None)


def _said(item: _Element, name: str) -> str:
    found = _one(item, name)
    return "" if found is None else " ".join(_words(found))


def _words(element: _Element) -> list[str]:
    return "".join(map(str, element.itertext())).split()


def _code(element: _Element | None) -> str:
    return "" if element is None else element.get("qcode") or element.get("uri") or element.get("literal") or ""


def _party(element: _Element | None) -> str:
    """What a party is called: by its name, as written, or by its code."""
    if element is None:
        return ""
    name = next((" ".join(_words(one)) for one in element if markup.local(one) == "name"), "")
    return name or element.get("literal") or _code(element).rpartition(":")[2].rpartition("/")[2]


def _distinct(choices: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, choices)))
