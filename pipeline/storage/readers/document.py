"""A `.json` file: arrays one behind the other, objects, the answer of an interface around a list, or one object a line."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence

from pipeline.storage.readers import envelope, jsonlines
from pipeline.storage.readers.fields import Mapping
from pipeline.storage.readers.rows import Bad, Row, Stream, Unreadable, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

_NO_SPACE = re.compile(r"[^ \t\r\n\x1e]")  # the last begins a value in a "JSON text sequence"
_DECODER = json.JSONDecoder(strict=False)


def rows(source: Source, mapping: Mapping, limit: int) -> Iterator[Row]:
    """The objects of the file, counted from 1. An array is read element by element and may be larger than memory."""
    with source.open() as stream:
        text = _Text(stream, limit)
        if text.peek() in ("[", ""):
            yield from _elements(text)
            return
        value = text.value(0)
        has_more = bool(text.peek())
        if has_more and text.spans_lines:
            yield from _rows(1, value)
            yield from _elements(text, 1)
            return
    if has_more:
        yield from jsonlines.rows(source, limit)
        return
    for number, item in enumerate(_items(value, mapping), 1):
        yield from _rows(number, item)


def _elements(text: _Text, number: int = 0) -> Iterator[Row]:
    """The elements of an array, and what comes behind it: crawlers append to what they wrote before. `number`: rows so far."""
    while text.peek():
        if not text.take("["):
            number += 1
            yield from _rows(number, text.value(number))
            continue
        while (char := text.peek()) != "]":
            if not char:
                raise Unreadable(f"broken JSON: the array ends without ] after element {number}")
            number += 1
            yield from _rows(number, text.value(number))
            if not text.take(",") and text.peek() not in ("]", ""):
                raise Unreadable(f"broken JSON: no comma after element {number}")
        text.take("]")


def _rows(number: int, value: object) -> Iterator[Row]:
    try:
        yield from jsonlines.of_value(number, jsonlines.scrub(value))
    except RecursionError:
        yield Bad(number, "broken JSON: nested too deeply")


def _items(value: object, mapping: Mapping) -> Sequence[object]:
    """What the one object of a file stands for: the articles in it, or the list in an answer without any."""
    if found := envelope.articles(value, mapping):
        return found
    items = envelope.listed(value, mapping) if isinstance(value, dict) else None
    return [value] if items is None else items


class _Text:
    """The characters of a stream, decoded as they are needed; holds one value and a chunk at a time.

    `spans_lines`: whether the one object did that the file begins with.
    """

    def __init__(self, stream: Stream, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer, self._at, self._ended = "", 0, False
        self.spans_lines = False

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            if found := _NO_SPACE.search(self._buffer, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._buffer)
            if not self._more(1 << 15):
                return ""

    def take(self, char: str) -> bool:
        """Steps over `char` if it comes next."""
        if self.peek() != char:
            return False
        self._at += 1
        return True

    def value(self, number: int) -> object:
        """The next JSON value; `number` is for the error: after one broken element the rest cannot be told apart."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise Unreadable(f"broken JSON at element {number}: nested too deeply") from None
            except ValueError as error:
                # Perhaps only cut off by the chunk. Twice as much each time keeps the repeated parsing linear.
                held = len(self._buffer) - self._at
                if held > self._limit:
                    where = f"element {number}" if number else "its one object"
                    raise Unreadable(f"{where}: {too_long(self._limit)}") from None
                if not self._more(max(held, 1 << 15)):
                    raise Unreadable(f"broken JSON at element {number}: {error}") from None
                continue
            self.spans_lines = not number and self._buffer.find("\n", self._at, end) >= 0
            self._at = end
            return value

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        chunk = self._stream.read(size)
        self._ended = not chunk
        try:
            fresh = self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            raise Unreadable(f"invalid UTF-8: {error.reason}") from None
        self._buffer, self._at = self._buffer[self._at :] + fresh, 0
        return not self._ended
