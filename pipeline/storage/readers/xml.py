"""XML of agencies and feeds: NewsML-G2, NITF, RSS and Atom, item by item; XHTML is a page like any other.

The parser loads nothing, expands no entity but those of HTML, and mends what it can. Where it cannot read on, the file ends in
an error, after the items before.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.storage.readers import charset, feed, markup, newsml, nitf, page
from pipeline.storage.readers.rows import Bad, Row, Stream, Unreadable, too_long
from pipeline.storage.readers.sniff import Source
from pipeline.storage.readers.spelling import spelled

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["rows"]

_CHUNK = 1 << 16

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
            yield _row(readers[name], number, element, around)
            opened = parser.held = 0
            _let_go(element)
        depth -= event == "end"
    if depth or event == "cut":
        where = "within" if opened else "behind"
        raise Unreadable(f"broken XML: it ends, or cannot be read on, {where} item {number:,}")


def _row(reader: _Reader, number: int, element: _Element, around: feed.Channel) -> Row:
    try:
        return reader(number, element, around)
    except ValueError as error:  # one item may find the fault of a library
        return Bad(number, f"an item that cannot be taken apart: {type(error).__name__}: {error}"[:300])


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
            encoding="utf-8",  # whatever it declares
        )
        chunks = iter(lambda: self._stream.read(_CHUNK), b"")
        try:
            for chunk in spelled(charset.streamed(chunks)):
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
