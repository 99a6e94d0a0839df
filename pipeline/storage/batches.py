"""Batches of records as they are read; and how the pages of HTML among them become records, which takes longer than reading.

batch = extracted(batch, settings)  # a pure function: any process may do it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline import config, schema
from pipeline.storage.readers.fields import Mapping as Fields
from pipeline.storage.readers.fields import Record
from pipeline.storage.readers.mended import is_document
from pipeline.storage.readers.rows import Raw

__all__ = ["Batch", "Pending", "extracted", "usable"]

_FULL = 4  # a batch also ends when its texts pass so many times the size of the longest allowed record
_COLUMNS = tuple(name for name in schema.RECORDS.names if name not in {"record", "source", "line", "field", "text"})

#: Pages as they were read; `record`, `source` and `line` as in RECORDS, the others as in `rows.Raw`.
PAGES = pa.schema(
    [
        pa.field("record", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("data", pa.large_binary(), nullable=False),
        *(pa.field(name, pa.string()) for name in ("content_type", "url", "fetched", "source_id")),
    ]
)

_Placed = tuple[int, str, int, Record]


class Batch(NamedTuple):
    """Some of the records (RECORDS), what was rejected while they were read (REJECTS), and pages that are no records yet.

    `behind`: the record that would have come next when each of the rejects was read.
    """

    records: pa.Table
    rejects: pa.Table
    pages: pa.Table = PAGES.empty_table()
    behind: Sequence[int] = ()


def extracted(batch: Batch, settings: config.Read) -> Batch:
    """The batch with the articles of its pages among the records, those without one among the rejects, as they were read."""
    if not batch.pages.num_rows:
        return batch
    from pipeline.storage.readers import html

    fields = Fields(settings.fields)
    found: list[_Placed] = []
    rejects: list[tuple[str, str]] = []
    order = [2 * number for number in batch.behind]
    for page in batch.pages.to_batches(max_chunksize=1):
        (row,) = page.to_pylist()
        try:
            values = html.values(row["data"], row["content_type"], row["url"])
            record = usable(fields, {**values, **_given(row, values)}, settings)
        except html.NoArticleError as error:
            record = " ".join(str(error).split())
        if isinstance(record, str):
            rejects.append((f"{row['source']}:{row['line']}", encodable(record)))
            order.append(2 * row["record"] + 1)
        else:
            found.append((row["record"], row["source"], row["line"], record))
    records = pa.concat_tables([batch.records, _records(found)]).sort_by("record")
    return Batch(records, pa.concat_tables([batch.rejects, _rejects(rejects)]).take(np.argsort(order, kind="stable")))


def _given(row: Mapping[str, str | None], values: Mapping[str, object]) -> dict[str, str | None]:
    """What is known of a page beside what it says; it is called by its file only where it says no address."""
    return {"fetched": row["fetched"], "source_id": None if values["url"] else row["source_id"]}


def usable(
    fields: Fields,
    values: Mapping[str, object],
    settings: config.Read,
    around: Mapping[str, object] = MappingProxyType({}),
) -> Record | str:
    """The record of a row; or why it cannot be one. `around`: what is known of all rows of its file."""
    try:
        record = fields.record(values, around)
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:  # one row may find the fault of a library
        return f"cannot be taken apart: {type(error).__name__}: {error}"[:300]
    if record is None:
        return fields.why_none(values)
    if len(record.text) > settings.max_text:
        return f"text longer than {settings.max_text:,} characters ([read] max_text)"
    if is_document(record.text):
        return "HTML or XML where text should be: deliver it as a file of its own, or take the text out of it first"
    return record


class Pending:
    """The columns of the batch being filled; `record` counts from 0 through all batches."""

    def __init__(self, settings: config.Read) -> None:
        self._rows_limit = settings.batch_rows
        self._text_limit = _FULL * settings.max_record_mb << 20
        self._pages_limit = settings.max_record_mb << 20  # pages hold much beside their text, and go to another process
        self._record = 0
        self._clear()

    def _clear(self) -> None:
        self._rows: list[_Placed] = []
        self._pages: list[tuple[int, str, Raw]] = []
        self._rejects: list[tuple[str, str]] = []
        self._behind: list[int] = []
        self._size = self._raw = 0

    def add(self, source: str, line: int, record: Record) -> None:
        """A record of a line of a file."""
        self._rows.append((self._record, source, line, record))
        self._record += 1
        self._size += len(record.text)

    def add_page(self, source: str, page: Raw) -> None:
        """A page from which a record is still to be taken."""
        self._pages.append((self._record, source, page))
        self._record += 1
        self._raw += len(page.data)

    def reject(self, source: str, reason: str) -> None:
        """What cannot be used."""
        self._rejects.append((source, encodable(reason)))
        self._behind.append(self._record)

    def is_empty(self) -> bool:
        """Whether nothing was added."""
        return not self._rows and not self._rejects and not self._pages

    def is_full(self) -> bool:
        """Whether the batch should be taken."""
        return (
            len(self._rows) + len(self._pages) >= self._rows_limit
            or len(self._rejects) >= self._rows_limit
            or self._size >= self._text_limit
            or self._raw >= self._pages_limit
        )

    def take(self) -> Batch:
        """The batch, and the next one is begun."""
        batch = Batch(_records(self._rows), _rejects(self._rejects), _pages(self._pages), self._behind)
        self._clear()
        return batch


def encodable(text: str) -> str:
    """What a table can hold: a name of a column that is not UTF-8 may stand in a reason."""
    return text.encode("utf-8", "replace").decode()


def _records(rows: Iterable[_Placed]) -> pa.Table:
    rows = list(rows)
    columns: dict[str, list[object]] = {
        "record": [number for number, _, _, _ in rows],
        "source": [source for _, source, _, _ in rows],
        "line": [line for _, _, line, _ in rows],
        "field": [record.field for *_, record in rows],
        "text": [record.text for *_, record in rows],
    }
    said = set().union(*(record.values for *_, record in rows))  # few of all fields
    for name in _COLUMNS:
        columns[name] = [record.values.get(name) for *_, record in rows] if name in said else pa.nulls(len(rows))
    return pa.table(columns, schema=schema.RECORDS)


def _rejects(rejects: list[tuple[str, str]]) -> pa.Table:
    return pa.table(
        {
            "article_id": [None] * len(rejects),
            "source": [source for source, _ in rejects],
            "stage": ["read"] * len(rejects),
            "reason": [reason for _, reason in rejects],
        },
        schema=schema.REJECTS,
    )


def _pages(pages: list[tuple[int, str, Raw]]) -> pa.Table:
    columns: dict[str, list[object]] = {
        "record": [number for number, _, _ in pages],
        "source": [source for _, source, _ in pages],
        "line": [page.line for *_, page in pages],
        **{name: [getattr(page, name) for *_, page in pages] for name in PAGES.names[3:]},
    }
    return pa.table(columns, schema=PAGES)
