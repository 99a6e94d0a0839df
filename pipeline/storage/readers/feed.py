"""An item of an RSS or Atom feed. One that holds only a summary is a reject: the flow would take it for the whole article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from pipeline.stages._words import count_words
from pipeline.storage.readers import markup
from pipeline.storage.readers.rows import Bad, Found, Passed, Row

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Channel", "channel", "row"]

_FULL_WORDS = 120  # of a description, for it to be the text
_FULL_LINES = 3
_ALIKE = 40  # characters that two texts have in common which begin alike
#: What an export of WordPress has beside posts.
_NO_POSTS = frozenset("attachment page nav_menu_item revision custom_css customize_changeset oembed_cache".split())
_BEHIND = re.compile(r"\s+[|»:–—-]\s+")  # what sets a section apart from the name of the site
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class Channel(NamedTuple):
    """What a feed says of all its items."""

    title: str
    url: str
    language: str
    people: tuple[str, ...] = ()


def channel(element: _Element | None) -> Channel:
    """What an element says, ahead of its items, of all of them; nothing is known of those without one around them."""
    if element is None:
        return Channel("", "", "")
    around = element if markup.local(element) != "rdf" else next(iter(element), element)
    language = _text(around, "language") or around.get(_LANGUAGE) or ""
    people = _people(around) if markup.local(around) == "feed" else ()  # of Atom; in RSS they edit the feed
    return Channel(_text(around, "title"), _link(around, "alternate", ""), language, tuple(people))


def row(number: int, item: _Element, around: Channel) -> Row:
    """The item as a row in canonical terms. An export of WordPress has items that are no published articles."""
    if other := _other(item):
        return Passed(number, other)
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
            "deck": _deck(item, body),
            "byline": _people(item) or list(around.people),
            "credit": source.text if source is not None and not named else "",
            "rights": _text(item, "rights"),
            "language": item.get(_LANGUAGE) or _text(item, "language") or around.language,
            "published": _text(item, "pubdate", "published", "issued", "date", "created"),
            "modified": _text(item, "updated", "modified"),
        },
    )


def _other(item: _Element) -> str:
    """What an item of an export of WordPress is that is no published article; "" for an article."""
    kind, status = _text(item, "post_type"), _text(item, "status")
    if kind in _NO_POSTS or kind.startswith("wp_"):
        return kind
    return status if kind and status not in ("", "publish") else ""


def _deck(item: _Element, body: str) -> str:
    """What an item says in short, unless that is the beginning of its text."""
    said = markup.plain(_text(item, "description", "summary")).removesuffix("[…]").rstrip()
    begins_alike = "".join(said.split())[:_ALIKE] == "".join(body.split())[:_ALIKE]
    return "" if begins_alike or count_words(said) >= _FULL_WORDS else said


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
    """The name of the feed without its section, if the item is of the feed's own site.

    Of several parts that are called so, the one that is written as its host is.
    """
    if not around.title or _site(url) != _site(around.url):
        return ""
    parts = [part.strip() for part in _BEHIND.split(around.title)]
    return parts[0] if len(parts) == 1 else next((part for part in parts if _is_of(part, _site(url))), "")


def _is_of(name: str, host: str) -> bool:
    """Whether a name is written as a host is: "Fenland Post" as fenlandpost.example, "BBC News" as bbc.co.uk."""
    letters = "".join(filter(str.isalnum, name.casefold()))
    labels = [label.replace("-", "") for label in host.casefold().split(".")[:-1]]
    return len(letters) > 1 and any(letters in label or (len(label) > 2 and label in letters) for label in labels)


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
