"""One small module per format; each turns a file into rows, none decides what a column means.

`sniff.locate` says what a file is, `rows` opens the reader for it, `fields.Mapping` makes records of its rows.
A page of HTML is a `Raw`, of which `html` makes a row later, in any process; what is sound and no article is `Passed`.
A row that cannot be used is a `Bad`; a file that cannot be used raises `Unreadable`, `OSError` or `pyarrow`'s errors.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import config
from pipeline.storage.readers import delimited, document, jsonlines, page, parquet, warc, xml
from pipeline.storage.readers.fields import Mapping
from pipeline.storage.readers.rows import Row
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]


def rows(source: Source, mapping: Mapping, settings: config.Read) -> Iterator[Row]:
    """The rows of one file in its order."""
    limit = settings.max_record_mb << 20
    match source.format:
        case "parquet":
            return parquet.rows(source, mapping, limit)
        case "jsonl" if not jsonlines.span_lines(source, limit):
            return jsonlines.rows(source, limit)
        case "json" | "jsonl":
            return document.rows(source, mapping, limit)
        case "csv":
            return delimited.rows(source, mapping, limit)
        case "page":
            return page.rows(source, limit)
        case "html":
            return page.html_rows(source, limit)
        case "warc":
            return warc.rows(source, limit)
        case "xml":
            return xml.rows(source, limit)
