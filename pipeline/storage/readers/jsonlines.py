"""One JSON object a line; or several, as commands leave them that write at the end of a file again and again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.storage.readers import ninjs
from pipeline.storage.readers.rows import Bad, Found, Row, lines, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["of_value", "parse", "rows", "scrub", "span_lines"]

_BOM = b"\xef\xbb\xbf"
_AROUND = b" \t\r\n\x0b\x0c\x1e"  # a line; the last of these begins a value in a "JSON text sequence"
_FIELDS = 1_000
_BETWEEN = re.compile(r"[ \t\r\n,\x1e]*")  # values on one line; a comma behind one is left of an array
_OPENERS = (b"[", b"{", b"[{")
_DECODER = json.JSONDecoder(strict=False)


def rows(source: Source, limit: int) -> Iterator[Row]:
    """A row for every line that is not blank; a broken line is `Bad` and the next one is read."""
    with source.open() as stream:
        for number, line in lines(stream, limit):
            if line is None:
                yield Bad(number, too_long(limit))
                continue
            record = (line.removeprefix(_BOM) if number == 1 else line).strip(_AROUND)
            if record:
                yield from _parsed(number, record)


def span_lines(source: Source, limit: int) -> bool:
    """Whether the values of a file of lines go over several: it begins with a bracket that its first line does not close."""
    with source.open() as stream:
        filled = (line.removeprefix(_BOM).strip(_AROUND) for _, line in lines(stream, limit) if line and line.strip())
        first = next(filled, b"")
        is_open = first in _OPENERS or (first.startswith(b"[") and not _is_whole(first))
        return is_open and not _is_whole(next(filled, b""))


def _is_whole(record: bytes) -> bool:
    try:
        parse(record)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(number: int, record: bytes) -> Iterator[Row]:
    try:
        values = [parse(record)]
    except UnicodeDecodeError as error:
        yield Bad(number, f"invalid UTF-8 at byte {error.start}")
        return
    except RecursionError:
        yield Bad(number, "broken JSON: nested too deeply")
        return
    except ValueError as error:
        values = _several(record)
        if not values:
            yield Bad(number, f"broken JSON: {error}")
    for value in values:
        yield from of_value(number, value)


def _several(record: bytes) -> list[object]:
    """The objects of a line that holds more than one, or a comma behind it; none if anything else stands there."""
    text, found = record.decode("utf-8", "replace"), list[object]()
    at = 0
    while at < len(text):
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict):
            return []
        found.append(scrub(value))
        between = _BETWEEN.match(text, end)
        at = between.end() if between else end
    return found


def of_value(number: int, value: object) -> Iterator[Row]:
    """The rows of a JSON value: an object is one, and each member of a list of objects."""
    is_list = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    for item in value if is_list else [value]:  # type: ignore[attr-defined]
        yield _row(number, item)


def _row(number: int, value: object) -> Row:
    """A JSON value as a row, if it is an object of no more fields than a record can have."""
    if not isinstance(value, dict):
        return Bad(number, f"not a JSON object but {_kind(value)}")
    if len(value) > _FIELDS:
        return Bad(number, f"an object of more than {_FIELDS:,} fields")
    return ninjs.row(number, value) if ninjs.is_one(value) else Found(number, value)


def parse(record: bytes) -> object:
    """The value of one JSON text.

    Python writers leave NaN, bare control characters and halves of emoji cut in two (a lone surrogate) behind. Such a
    record is read all the same: NaN as a number, the half as U+FFFD.
    """
    try:
        return msgspec.json.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return scrub(json.loads(record.decode("utf-8"), strict=False))


def scrub(value: Any) -> Any:
    """The same value with U+FFFD for every lone surrogate."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, dict):
        return {scrub(key): scrub(item) for key, item in value.items()}
    return value


def _kind(value: object) -> str:
    return {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
