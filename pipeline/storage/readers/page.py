"""One scraped page a file, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.storage.readers.rows import Bad, Found, Row, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

#: `0001.txt` and `index.txt` name a place in a folder: the next folder has the same, and it is another article.
_NO_ID = re.compile(r"\d{1,5}|index", re.IGNORECASE)


def rows(source: Source, limit: int) -> Iterator[Row]:
    """One row: the page, and as its source id the file's stem where that can be one."""
    parts, size = list[bytes](), 0
    with source.open() as stream:
        while size <= limit and (chunk := stream.read(1 << 20)):
            parts.append(chunk)
            size += len(chunk)
    if size > limit:
        yield Bad(1, too_long(limit))
        return
    try:
        text = b"".join(parts).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Bad(1, f"invalid UTF-8 at byte {error.start}")
        return
    yield Found(1, {"page": text, "source_id": None if _NO_ID.fullmatch(source.stem) else source.stem})
