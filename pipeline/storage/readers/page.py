"""One scraped page a file, as plain text or as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.storage.readers import html
from pipeline.storage.readers.rows import Bad, Found, Raw, Row, too_long, whole
from pipeline.storage.readers.sniff import Source

__all__ = ["html_rows", "rows"]

#: `0001.txt` and `index.txt` name a place in a folder: the next folder has the same, and it is another article.
_NO_ID = re.compile(r"\d{1,5}|index", re.IGNORECASE)


def rows(source: Source, limit: int) -> Iterator[Row]:
    """One row: the page, and as its source id the file's stem where that can be one."""
    with source.open() as stream:
        data = whole(stream, limit)
    if data is None:
        yield Bad(1, too_long(limit))
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Bad(1, f"invalid UTF-8 at byte {error.start}")
        return
    yield Found(1, {"page": text, "source_id": name(source)})


def html_rows(source: Source, limit: int) -> Iterator[Row]:
    """One row: the page of HTML as it is; the file's stem names it if it says no address of its own."""
    html.needed()
    with source.open(wide=True) as stream:
        data = whole(stream, limit)
    yield Bad(1, too_long(limit)) if data is None else Raw(1, data, None, None, None, name(source))


def name(source: Source) -> str | None:
    """A source id made of the file's name, if it can be one."""
    return None if _NO_ID.fullmatch(source.stem) else source.stem
