"""The articles in what interfaces, databases and exports put around them.

    {"hits": {"hits": [{"_id": 1, "_source": {...}}]}}    {"a-1": {...}, "a-2": {...}}    {"title": {"0": "..."}, "text": ...}

They are looked for only where an object has no text of its own. One that lies in wrappers has what these say, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.storage.readers.fields import Mapping as Fields
from pipeline.storage.readers.fields import is_wrapper

__all__ = ["articles", "listed"]

_DEPTH = 5  # objects, one in the other

_Object = Mapping[str, object]


def articles(value: object, fields: Fields, depth: int = _DEPTH, *, is_named: bool = True) -> list[_Object]:
    """The articles in a value, itself if it is one; none if nothing in it has a text.

    `is_named`: it lies where articles do, so that a text is enough; elsewhere there has to be a headline with it.
    """
    if not isinstance(value, dict):
        return _of_list(value, fields, depth, is_named=is_named) if isinstance(value, list) else []
    if one := _wrapped(value, fields, depth):
        return [one] if is_named or fields.has_headline(one) else []
    if rows := _of_columns(value, fields):
        return rows
    if not depth:
        return []
    is_one = fields.describes(value)  # what is related to an article without a text is none in its place
    inside = [(inner, is_wrapper(key)) for key, inner in value.items() if is_wrapper(key) or not is_one]
    for inner, named in sorted(inside, key=lambda pair: not pair[1]):
        if isinstance(inner, list) and (found := _of_list(inner, fields, depth - 1, is_named=named)):
            return found
    objects = ((inner, named) for inner, named in inside if isinstance(inner, dict))
    return [one for inner, named in objects for one in articles(inner, fields, depth - 1, is_named=named)]


def listed(value: _Object, fields: Fields) -> list[object] | None:
    """The list in an answer that found no articles, or none with a text; None if it is no answer with a list."""
    if fields.describes(value):
        return None
    for key in filter(is_wrapper, value):
        inner = value[key]
        found = inner if isinstance(inner, list) else listed(inner, fields) if isinstance(inner, dict) else None
        if found is not None:
            return found
    return None


def _wrapped(value: _Object, fields: Fields, depth: int) -> _Object | None:
    """An object with a text, or the one that lies in it under the name of a wrapper, above what stands around that."""
    if fields.holds_text(value):
        return value
    for key, inner in value.items():
        if depth and isinstance(inner, dict) and is_wrapper(key) and (found := _wrapped(inner, fields, depth - 1)):
            return {name: around for name, around in value.items() if name != key} | {**found}
    return None


def _of_list(items: list[object], fields: Fields, depth: int, *, is_named: bool) -> list[_Object]:
    """The articles of a list of which most members are or hold some; the others come along, to be rejects."""
    found = [articles(item, fields, depth, is_named=is_named) for item in items]
    if 2 * sum(map(bool, found)) <= len(items):
        return []
    return [
        one
        for item, inner in zip(items, found, strict=True)
        for one in inner or ([item] if isinstance(item, dict) else [])
    ]


def _of_columns(value: _Object, fields: Fields) -> list[_Object]:
    """The rows of a table that was written column by column, each by numbers of rows; none if it is no such table."""
    columns = list(value.values())
    first = columns[0] if len(columns) > 1 else None
    if not isinstance(first, dict) or not fields.has_text(value) or not all(map(str.isdecimal, first)):
        return []
    if not all(isinstance(column, dict) and column.keys() == first.keys() for column in columns):
        return []
    return [{name: column[row] for name, column in value.items()} for row in first]  # type: ignore[index]
