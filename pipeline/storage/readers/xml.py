"""XML of agencies and feeds: NewsML-G2, NITF, RSS and Atom, item by item; XHTML is a page like any other.

The parser loads nothing, expands no entity but those of HTML, and mends what it can. Where it cannot read on, the file ends in
an error, after the items before.
"""

from __future__ import annotations

import codecs
import html.entities
import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.storage.readers import charset, feed, markup, newsml, nitf, page
from pipeline.storage.readers.rows import Row, Stream, Unreadable, too_long
from pipeline.storage.readers.sniff import Source

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["rows"]

_CHUNK = 1 << 16
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_LONGEST = 34  # bytes of one
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)

#: What a file of that root holds: the names of its items, and the reader of one, given its number and what is said of all.
_Reader = Callable[[int, "_Element", feed.Channel], Row]
_G2: dict[str, _Reader] = dict.fromkeys(
    ("newsitem", "packageitem", "knowledgeitem", "conceptitem", "planningitem", "catalogitem"), newsml.row
)
_ROOTS: dict[str, dict[str, _Reader]] = {
    **{name: readers for readers in (_G2,) for name in ("newsmessage", "itemset", *readers)},
    "nitf": {"nitf": nitf.row},
    **{name: {"item": feed.row} for name in ("rss", "rdf", "channel")},
    **{name: {"entry": feed.row} for name in ("feed", "entry")},
}


def rows(source: Source, limit: int) -> Iterator[Row]:
    """The items of a file, counted from 1."""
    with source.open(wide=True) as stream:
        parser = _Parser(stream, limit)
        first = next(parser.events(), None)
        if first is None:
            raise Unreadable("broken XML: there is no element in it")
        root = markup.local(first[1])
        if root in _ROOTS:
            yield from _items(itertools.chain([first], parser.events()), _ROOTS[root], parser)
            return
    if root != "html":
        raise Unreadable(f"XML of no known kind: its root is <{root[:80]}>; known are NewsML-G2, NITF, RSS and Atom")
    yield from page.html_rows(source, limit)


def _items(events: Iterator[tuple[str, _Element]], readers: dict[str, _Reader], parser: _Parser) -> Iterator[Row]:
    """A row for each item. What is read of it, and what lies before it, is let go."""
    number, depth, opened = 0, 0, 0
    around = feed.channel(None)
    event = ""
    for event, element in events:
        if event == "cut":
            break
        depth += event == "start"
        name = markup.local(element)
        if event == "start" and not opened and name in readers:
            number, opened = number + 1, depth
            around = feed.channel(element.getparent()) if number == 1 else around
        elif event == "end" and depth == opened:
            yield readers[name](number, element, around)
            opened = parser.held = 0
            _let_go(element)
        depth -= event == "end"
    if depth or event == "cut":
        where = "within" if opened else "behind"
        raise Unreadable(f"broken XML: it ends, or cannot be read on, {where} item {number:,}")


def _let_go(element: _Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class _Parser:
    """What a stream of XML begins and ends. `held`: bytes since an item was let go, of which there may be so many."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self._stream, self._limit, self.held = stream, limit, 0
        self._events = self._parsed()

    def events(self) -> Iterator[tuple[str, _Element]]:
        """("start" or "end", element); "cut" for the end of one that the stream has not closed."""
        return self._events

    def _parsed(self) -> Iterator[tuple[str, _Element]]:
        from lxml.etree import ErrorTypes, LxmlError, XMLPullParser

        parser: Any = XMLPullParser(
            events=("start", "end"),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for chunk in _spelled(iter(lambda: self._stream.read(_CHUNK), b"")):
                self.held += len(chunk)
                parser.feed(chunk)
                yield from parser.read_events()
                if self.held > self._limit + _CHUNK:
                    raise Unreadable(f"broken XML, or an item too long: {too_long(self._limit)}")
            parser.close()
        except LxmlError as error:
            raise Unreadable(f"broken XML: {error}") from error
        for _, element in parser.read_events():
            yield "cut", element
        # What is mended by closing something else may have closed too much: then nobody reads what follows.
        for told in parser.feed_error_log:
            if told.type == ErrorTypes.ERR_TAG_NAME_MISMATCH:
                raise Unreadable(f"broken XML in line {told.line:,}: {told.message}; what follows may be missing")


def _spelled(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same with the names of HTML as numbers, which no document has to define; and bytes that are not UTF-8 made so."""
    decoder, held = None, b""
    for number, chunk in enumerate(chunks):
        if not number and not chunk.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
            declared = _DECLARED.search(chunk[:200])
            if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
                decoder = codecs.getincrementaldecoder("utf-8")(charset.STRAY)
        text = held + chunk if decoder is None else held + decoder.decode(chunk).encode()
        cut = text.rfind(b"&", max(len(text) - _LONGEST, 0))
        text, held = (text[:cut], text[cut:]) if cut >= 0 else (text, b"")
        yield _ENTITY.sub(_numbered, text)
    yield _ENTITY.sub(_numbered, held + (decoder.decode(b"", final=True).encode() if decoder else b""))


def _numbered(found: re.Match[bytes]) -> bytes:
    name = found[1].decode()
    characters = "" if name in _XML else html.entities.html5.get(f"{name};", "")
    return "".join(f"&#{ord(one)};" for one in characters).encode() or found[0]
