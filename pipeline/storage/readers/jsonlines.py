"""One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.storage.readers import ninjs
from pipeline.storage.readers.rows import Bad, Found, Row, lines, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["parse", "row", "rows", "scrub"]

_BOM = b"\xef\xbb\xbf"
_FIELDS = 1_000


def rows(source: Source, limit: int) -> Iterator[Row]:
    """A row for every line that is not blank; a broken line is `Bad` and the next one is read."""
    with source.open() as stream:
        for number, line in lines(stream, limit):
            if line is None:
                yield Bad(number, too_long(limit))
                continue
            record = (line.removeprefix(_BOM) if number == 1 else line).strip()
            if record:
                yield _parsed(number, record)


def _parsed(number: int, record: bytes) -> Row:
    try:
        value = parse(record)
    except UnicodeDecodeError as error:
        return Bad(number, f"invalid UTF-8 at byte {error.start}")
    except RecursionError:
        return Bad(number, "broken JSON: nested too deeply")
    except ValueError as error:
        return Bad(number, f"broken JSON: {error}")
    return row(number, value)


def row(number: int, value: object) -> Row:
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
