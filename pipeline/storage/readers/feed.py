"""An item of an RSS or Atom feed. One that holds only a summary is a reject: the flow would take it for the whole article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from pipeline.stages._words import count_words
from pipeline.storage.readers import markup
from pipeline.storage.readers.rows import Bad, Found, Row

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Channel", "channel", "row"]

_FULL_WORDS = 120  # of a description, for it to be the text
_FULL_LINES = 3
_BEHIND = re.compile(r"\s+[|»:–—-]\s+")  # what sets a section apart from the name of the site
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class Channel(NamedTuple):
    """What a feed says of all its items."""

    title: str
    url: str
    language: str


def channel(element: _Element | None) -> Channel:
    """What an element says, ahead of its items, of all of them; nothing is known of those without one around them."""
    if element is None:
        return Channel("", "", "")
    around = element if markup.local(element) != "rdf" else next(iter(element), element)
    language = _text(around, "language") or around.get(_LANGUAGE) or ""
    return Channel(_text(around, "title"), _link(around, "alternate", ""), language)


def row(number: int, item: _Element, around: Channel) -> Row:
    """The item as a row in canonical terms."""
    body = _body(item)
    if not body.strip():
        return Bad(
            number, "a feed's item with only a summary, not the text; deliver the page it links to, as HTML or WARC"
        )
    guid = _text(item, "guid", "id")
    is_address = guid.startswith(("http://", "https://"))
    url = _text(item, "origlink") or _link(item, "alternate", around.url) or (guid if is_address else "")
    source = next((child for child in item if markup.local(child) == "source"), None)
    named = _text(source, "title") if source is not None else ""
    return Found(
        number,
        {
            "text": body,
            "source_id": "" if is_address else guid,
            "url": url,
            "origin_url": _link(item, "via", ""),
            "publisher": named or _text(item, "publisher") or _publisher(around, url),
            "headline": markup.plain(_text(item, "title")),
            "byline": _people(item),
            "credit": source.text if source is not None and not named else "",
            "rights": _text(item, "rights"),
            "language": item.get(_LANGUAGE) or _text(item, "language") or around.language,
            "published": _text(item, "pubdate", "published", "issued", "date", "created"),
            "modified": _text(item, "updated", "modified"),
        },
    )


def _body(item: _Element) -> str:
    """The text in full: content, or a description that is long enough for it."""
    for child in item:
        is_content = child.tag == _CONTENT or (markup.local(child) == "content" and child.get("url") is None)
        if is_content and (body := _content(child)):
            return body
    for child in item:
        if markup.local(child) in ("description", "summary"):
            body = _content(child)
            if count_words(body) >= _FULL_WORDS and body.count("\n") + 1 >= _FULL_LINES:
                return body
    return ""


def _content(element: _Element) -> str:
    """Content as lines, be it escaped HTML, XHTML, or plain."""
    if len(element):
        return "\n".join(markup.lines(element))
    return markup.plain(element.text or "")


def _text(element: _Element, *names: str) -> str:
    """The text of the first child of one of these names, whatever its namespace but that of media."""
    for name in names:
        for child in element:
            is_it = markup.local(child) == name and "search.yahoo.com/mrss" not in child.tag
            if is_it and (found := " ".join("".join(child.itertext()).split())):
                return found
    return ""


def _link(element: _Element, relation: str, base: str) -> str:
    """The address of a link: in Atom of that relation, in RSS the only one."""
    for child in element:
        if markup.local(child) == "link" and (child.get("rel") or "alternate") == relation:
            href = (child.get("href") or child.text or "").strip()
            if href and (relation == "alternate" or child.get("href")):
                return _joined(base, href)
    return ""


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _people(item: _Element) -> list[str]:
    return list(dict.fromkeys(_named(item)))


def _named(item: _Element) -> Iterator[str]:
    for child in item:
        if markup.local(child) in ("creator", "author"):
            said = _text(child, "name") if len(child) else (child.text or "").strip()
            in_brackets = re.search(r"\S+@\S+\s+\((.+)\)", said)  # the form of RSS: an address, and a name behind it
            said = in_brackets[1] if in_brackets else said
            if said and "@" not in said:
                yield said


def _publisher(around: Channel, url: str) -> str:
    """The name of the feed without its section, if the item is of the feed's own site."""
    if not around.title or _site(url) != _site(around.url):
        return ""
    return _BEHIND.split(around.title, maxsplit=1)[0].strip()


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
