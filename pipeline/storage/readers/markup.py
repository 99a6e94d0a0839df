"""Marked-up text as lines: a paragraph, a heading, an item of a list, a row of a table each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_inline", "is_marked_up", "lines", "local", "parsed", "plain"]

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font hi i ins kbd label lang location mark money num org"
    " person person.name given.name family.name name.given name.family function chron city country state region"
    " event object.title virtloc q ref rp rt ruby s samp small span strike strong sub sup time tt u var wbr postaddr".split()
)
_FORMATS = ("b", "em", "font", "i", "span", "strong", "u")
#: What is no part of a story, with all that is in it; NITF calls pictures and their captions media.
_APART = frozenset(
    "script style template noscript iframe object embed svg math form button select textarea nav figure figcaption media"
    " audio video canvas title meta link".split()
)
_CELLS = frozenset({"td", "th", "cell"})
_TAG = re.compile(r"</?[a-zA-Z][\w:.-]*(?:\s[^<>]*)?/?>")
#: Tags that break lines; where there are none of them, newlines do.
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h\d|table|tr|td|blockquote|section|article|pre|hr|body|main|center|dd|dt)\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


def is_marked_up(text: str) -> bool:
    """Whether a text has tags in it."""
    return _TAG.search(text) is not None


def plain(text: str) -> str:
    """A text, perhaps of HTML, as lines.

    >>> plain("<p>The ferry <b>struck</b> a breakwater.</p><p>Nobody was hurt.<br>All slept.</p>")
    'The ferry struck a breakwater.\\nNobody was hurt.\\nAll slept.'
    >>> plain("one & the &quot;other&quot;")
    'one & the "other"'
    """
    if not is_marked_up(text):
        return html.unescape(text)
    tree = parsed(text if _BLOCK.search(text) else text.replace("\n", "<br>"))
    return html.unescape(_TAG.sub("\n", text)).strip() if tree is None else "\n".join(lines(tree))


def parsed(text: str) -> _Element | None:
    """A text of HTML as a tree; None where there is nothing in it, or it is nested so deeply that some would be left out.

    Formats that were opened hundreds of times and never closed are taken out: extractors do not reach into them.
    """
    from lxml.etree import ErrorTypes, LxmlError, strip_tags
    from lxml.html import HTMLParser, document_fromstring

    data = text.replace("\0", "").encode("utf-8", "replace")
    for is_deep in (False, True):
        parser = HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=is_deep
        )
        try:
            tree = document_fromstring(data, parser=parser)
        except (LxmlError, ValueError, AssertionError):
            return None
        if all(told.type != ErrorTypes.ERR_RESOURCE_LIMIT for told in parser.error_log):
            if is_deep:
                strip_tags(tree, *_FORMATS)
            return tree
    return None


def lines(element: _Element) -> Iterator[str]:
    """The lines of an element, those without a word left out; captions, pictures and scripts are no part of them.

    Names of elements may be in any namespace: of HTML, NITF, or those that trafilatura gives.
    """
    from lxml.etree import iterwalk

    held: list[str] = []
    apart = as_typed = 0

    def ended() -> Iterator[str]:
        line = _SPACE.sub(" ", "".join(held)).strip(" |\xa0")
        held.clear()
        if line:
            yield line

    def said(words: str) -> Iterator[str]:
        *closed, rest = words.split("\n") if as_typed else [words]
        for line in closed:
            held.append(line)
            yield from ended()
        held.append(rest)

    for event, part in iterwalk(element, events=("start", "end")):
        name = local(part)
        if not name:  # an entity that nobody defined, of which only what follows is text
            held.append(part.tail or "" if event == "end" and not apart else "")
            continue
        is_block = name not in _INLINE and name not in _CELLS
        if event == "start":
            apart += name in _APART
            as_typed += name == "pre"
            if is_block and not apart:
                yield from ended()
            if not apart:
                yield from said(part.text or "")
            continue
        apart -= name in _APART
        as_typed -= name == "pre"
        if is_block and not apart:
            yield from ended()
        elif name in _CELLS:
            held.append(" | ")
        if not apart and part is not element:
            yield from said(part.tail or "")
    yield from ended()


def is_inline(element: _Element) -> bool:
    """Whether an element stands within a line: a link, an emphasis."""
    return local(element) in _INLINE


def local(element: _Element) -> str:
    """An element's name without its namespace, in small letters; "" of a comment, an entity, an instruction."""
    return element.tag.rpartition("}")[2].casefold() if isinstance(element.tag, str) else ""
