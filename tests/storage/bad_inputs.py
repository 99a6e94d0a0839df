"""What may come in a night and is no use, an example for lines of the table "Bad input" in docs/operations.md. Invented."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from types import EllipsisType
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tests.storage.test_read import zstd
from tests.storage.warcs import answer, packed, record

__all__ = ["CASES", "Case", "lines", "story"]


def story(id: object, **more: object) -> dict[str, object]:
    """A story of its own under that id."""
    words = " ".join(f"{word} {id}" for word in "ferry barge weir lamp keeper tide bell rope mast quay".split())
    told = f"The {words[:200]}, the harbour master said on Monday after the fog had lifted from the water."
    return {
        "id": id,
        "publisher": "Fenland Post",
        "published": "2026-03-09T10:00:00Z",
        "title": f"Of {id}"[:90],
        "text": told,
    } | more


def lines(*rows: object) -> bytes:
    return b"".join(row + b"\n" if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return bytes(sink.getvalue())


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


def page(name: str, words: str, encoding: str) -> bytes:
    """A page of HTML in Latin-1, whatever it says."""
    told = f"<p>{story(name)['text']} {words}</p>" * 3
    head = f'<meta charset="{encoding}"><meta property="article:published_time" content="2026-03-09T10:00:00Z">'
    return f"<html><head>{head}</head><body><article>{told}</article></body></html>".encode("latin-1")


def item(name: str, words: str = "") -> str:
    told = f"{story(name)['text']} {words}"
    return f"<item><guid>{name}</guid><pubDate>2026-03-09T10:00:00Z</pubDate><c:encoded>{told}</c:encoded></item>"


def feed(*items: str) -> bytes:
    space = 'xmlns:c="http://purl.org/rss/1.0/modules/content/"'
    return f"<rss {space}><channel>{''.join(items)}</channel></rss>".encode()


class Case(NamedTuple):
    """A line of the table, a file that is an example of it, and what becomes of the file.

    `reads`: source ids of what is taken in; `rejects`: what the reasons hold, in the order of lines, of a failed file last;
    `...` stands for any number of the one before.
    """

    line: str
    name: str
    content: bytes
    reads: tuple[str, ...] = ()
    rejects: tuple[str | EllipsisType, ...] = ()
    failed: bool = False


MANY = [story(f"many-{n}") for n in range(400)]
CUT = gzip.compress(lines(*MANY))


def corrupt_page() -> bytes:
    """Three row groups, the second of which has a corrupt page."""
    rows = table(*(story(f"page-{n}") for n in range(30)))
    data = bytearray(
        parquet(rows, row_group_size=10, compression="zstd", use_dictionary=False, write_page_checksum=True)
    )
    column = pq.ParquetFile(pa.BufferReader(bytes(data))).metadata.row_group(1).column(4)
    start = column.data_page_offset + column.total_compressed_size - 60  # of the page, not of its header
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


def repeated(value: str, times: int) -> bytes:
    """Parquet in which one value of a dictionary stands for many."""
    values = pa.DictionaryArray.from_arrays(pa.array([None] + [0] * times, pa.int32()), pa.array([value]))
    rows = pa.table({"id": [f"r-{n}" for n in range(times + 1)], "text": values})
    return parquet(rows, compression="zstd", dictionary_pagesize_limit=1 << 30)


def listed(value: str, times: int) -> bytes:
    """The same in lists."""
    inner = pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([value]))
    lists = pa.ListArray.from_arrays(pa.array([0, 0, times], pa.int32()), inner)
    return parquet(
        pa.table({"text": ["words", "words"], "authors": lists}), compression="zstd", dictionary_pagesize_limit=1 << 30
    )


ON_MARS = pa.array([datetime(2026, 3, 9, tzinfo=UTC), None], pa.timestamp("us", "Mars/Olympus"))
CASES = [
    Case("an empty file", "empty.jsonl", b""),
    Case("an empty file", "empty.csv.gz", gzip.compress(b"")),
    Case("an empty file", "empty.parquet", b"", (), ("0 bytes",), True),
    Case("an archive that is cut off", "cut.jsonl.gz", CUT[: len(CUT) // 2], ("many-0", "many-1"), ("",), True),
    Case(
        "a name that does not fit the codec",
        "misnamed.csv",
        gzip.compress(b"id,text\nmisnamed,some words\n"),
        ("misnamed",),
    ),
    Case(
        "a name that does not fit the codec",
        "twice.jsonl.gz",
        gzip.compress(gzip.compress(lines(story("twice")))),
        (),
        ("unpack it first",),
        failed=True,
    ),
    Case(
        "a bomb",
        "bomb.jsonl.gz",
        gzip.compress(lines(story("before")) + b'{"text": "' + b"x" * (90 << 20)),
        ("before",),
        ("perhaps a bomb",),
        True,
    ),
    Case("a bomb", "bomb.txt.zst", zstd(b"x " * (35 << 20)), (), ("longer than 1 MB",)),
    Case(
        "a bomb",
        "pages.parquet",
        parquet(pa.table({"text": ["x" * (70 << 20)]}), compression="zstd", use_dictionary=False),
        (),
        ("perhaps a bomb",),
        True,
    ),
    Case(
        "a bomb",
        "dictionary.parquet",
        repeated("word " * 200_000, 2_000),
        (),
        ("no text", "longer than 20,000", ..., "perhaps a bomb"),
        True,
    ),
    Case("a bomb", "lists.parquet", listed("word " * 200_000, 2_000), (), ("perhaps a bomb",), True),
    Case("Parquet without its footer", "no-footer.parquet", parquet(table(story("f")))[:-9], (), ("",), True),
    Case(
        "Parquet without its footer",
        "other.parquet",
        parquet(pa.table({"key": [1], "prose": ["words"]})),
        (),
        ("key, prose. Name yours",),
        True,
    ),
    Case(
        "Parquet with a corrupt page",
        "page.parquet",
        corrupt_page(),
        ("page-0", "page-9", "page-20", "page-29"),
        ("between rows 11 and 20",),
        True,
    ),
    Case(
        "Parquet with odd types",
        "odd.parquet",
        parquet(
            pa.table(
                {
                    "id": ["odd-1", "odd-2"],
                    "published": ON_MARS,
                    "text": [{"sections": ["Words in", "sections."]}, {"sections": ["More words."]}],
                }
            )
        ),
        ("odd-1", "odd-2"),
    ),
    Case(
        "Parquet with odd types",
        "numbers.parquet",
        parquet(pa.table({"text": [1.5, None], "modified": pa.array([2**62, 0], pa.timestamp("us"))})),
        (),
        ("out of range", "no text"),
    ),
    Case(
        "a record longer than",
        "long.jsonl",
        lines(story("long-1"), story("long-2", text="x" * (1 << 20)), story("long-3")),
        ("long-1", "long-3"),
        ("longer than 1 MB",),
    ),
    Case(
        "a record longer than",
        "long.json",
        json.dumps([story("long-4"), story("long-5", text="x" * (3 << 20))]).encode(),
        ("long-4",),
        ("element 2: record longer",),
        True,
    ),
    Case(
        "a text longer than",
        "text.jsonl",
        lines(story("text-1", text="word " * 4_001), story("text-2")),
        ("text-2",),
        ("longer than 20,000 characters",),
    ),
    Case(
        "an article in what an interface",
        "answer.json",
        json.dumps(
            {"took": 1, "hits": {"hits": [{"_source": story("in-1")}, {"_source": {}}, {"_source": story("in-2")}]}}
        ).encode(),
        ("in-1", "in-2"),
        ("no text",),
    ),
    Case(
        "broken JSON",
        "broken.jsonl",
        lines(
            story("json-1"),
            b'{"text": "cut',
            b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"id": ' + b"9" * 5_000 + b', "text": "a"}',
            dict.fromkeys(map(str, range(1_001)), 1) | {"text": "a"},
            ["text"],
            story("json-2", text=[[[["Deep words."]]]]),
        ),
        ("json-1", "json-2"),
        ("broken JSON", "nested too deeply", "broken JSON", "more than 1,000 fields", "an array"),
    ),
    Case(
        "broken JSON",
        "broken.json",
        b"[" + lines(story("json-3"))[:-1] + b', {"text": "a" "b"}, ' + lines(story("json-4")) + b"]",
        ("json-3",),
        ("broken JSON at element 2",),
        True,
    ),
    Case(
        "the same key twice",
        "twice.jsonl",
        b'{"id": "first", "id": "second", "text": "old", "text": "New words."}',
        ("second",),
    ),
    Case(
        "a CSV row with too many",
        "cells.csv",
        b"id,text\ncells-1,fine\ncells-2,too,many\ncells-3\ncells-4,fine, but\ncells-5,fine too\n",
        ("cells-1", "cells-5"),
        ("3 cells", "1 cells", "3 cells"),
    ),
    Case(
        "a CSV row with too many",
        "quote.csv",
        b'id,author,text\nquote-1,A,fine\nquote-2,A,"never closed\nby a quote\nquote-3,B,fine\nquote-4,B,"fine, too"\n',
        ("quote-1", "quote-3", "quote-4"),
        ("read on from line 5", "skipped"),
    ),
    Case("UTF-16", "wide.jsonl", lines(story("wide")).decode().encode("utf-16"), (), ("convert it to UTF-8",), True),
    Case(
        "UTF-16",
        "wide.csv.gz",
        gzip.compress("id,text\n1,words\n".encode("utf-32-le")),
        (),
        ("convert it to UTF-8",),
        True,
    ),
    Case("UTF-16", "returns.csv", b"id,text\r1,some words\r2,more\r", (), ("convert them to newlines",), True),
    Case("a byte order mark", "mark.csv", b"\xef\xbb\xbfid,text\nmark,some words\n", ("mark",)),
    Case(
        "bytes that are not UTF-8",
        "latin.csv",
        b"id,text\nlatin-1,caf\xe9\nlatin-2,fine\n",
        ("latin-2",),
        ("invalid UTF-8",),
    ),
    Case("bytes that are not UTF-8", "latin.txt", b"Harbour Courier\ncaf\xe9", (), ("invalid UTF-8 at byte 19",)),
    Case("bytes that are not UTF-8", "latin-header.csv", b"caf\xe9,b\n1,2\n", (), ("no column with text",), True),
    Case(
        "NUL bytes",
        "nul.jsonl",
        lines(
            story("nul-1", text="The \0 mayor\x1b[2J \x07spoke on Monday."),
            b'{"id": "nul-2", "text": "a raw \0 and \x08 bell"}',
            b"\0\0\0",
        ),
        ("nul-1", "nul-2"),
        ("broken JSON",),
    ),
    Case(
        "lone surrogates",
        "halves.jsonl",
        lines(
            b'{"id": "half-1", "text": "half an emoji \\ud83d, said the mayor"}',
            b'{"id": "half-2", "text": "raw \xed\xa0\xbd"}',
        ),
        ("half-1",),
        ("invalid UTF-8",),
    ),
    Case(
        "HTML or XML",
        "page.txt",
        b"<!DOCTYPE html><html><body><p>The bridge opened on Monday.</p></body></html>",
        (),
        ("HTML or XML",),
    ),
    Case(
        "HTML or XML", "error.jsonl", lines(b"<html>", b"503 Service Unavailable"), (), ("broken JSON", "broken JSON")
    ),
    Case(
        "nothing but rubbish",
        "rubbish.jsonl",
        lines(story("rubbish")) + b"{\n" * 10_100,
        ("rubbish",),
        ("broken JSON", ..., "of its first 10,002 rows 10,001 cannot be used"),
        True,
    ),
    Case(
        "nothing but rubbish",
        "blank.jsonl",
        lines(story("blank")) + b"\n" * 100_100,
        ("blank",),
        ("100,000 empty lines",),
        True,
    ),
    Case(
        "a date on no calendar",
        "dates.jsonl",
        lines(
            story("d-1", published="10000-01-01"),
            story("d-2", published="0000-01-01"),
            story("d-3", published="2026-02-30"),
            story("d-4"),
        ),
        ("d-4",),
        ("impossible date '10000-01-01'", "impossible date '0000-01-01'", "impossible date '2026-02-30'"),
    ),
    Case(
        "a date after the run",
        "far.jsonl",
        lines(
            story("far-1", published="2026-05-01"),
            story("far-3", published=1773043200),
        ),
        ("far-3",),
        ("too_early: dated after the run",),
    ),
    Case(
        "an embargo",
        "held.jsonl",
        lines(story("held-1", embargoed="2026-05-01"), story("held-2", embargoed="2026-03-01")),
        ("held-2",),
        ("too_early: under embargo",),
    ),
    Case("a date beyond the horizon", "old.jsonl", lines(story("old-1", published="2025-01-01")), (), ("too_late",)),
    Case(
        "ids that look like paths",
        "paths.jsonl",
        lines(
            *(story(id) for id in ("../../etc/passwd", "/etc/passwd", "-rf", "$(reboot)", "..", "a/../b", "<script>"))
        ),
        ("../../etc/passwd", "/etc/passwd", "-rf", "$(reboot)", "..", "a/../b", "<script>"),
    ),
    Case(
        "an address that is none",
        "address.jsonl",
        lines(
            *(
                story(f"url-{n}", url=url, hostname=url)
                for n, url in enumerate(
                    ("http://[::1", "//", "http://a:99999/", "javascript:alert(1)", "http://\u2100.com/")
                )
            )
        ),
        tuple(f"url-{n}" for n in range(5)),
    ),
    Case(
        "a page of HTML, or XML, in a wrong",
        "charset.html",
        page("charset", "caf\xe9 \x96 ", "utf-8"),
        ("charset",),
    ),
    Case("a page of HTML, or XML, in a wrong", "latin.html", page("latin", "caf\xe9", "latin-1"), ("latin",)),
    Case(
        "a page of HTML, or XML, in a wrong",
        "undefined.html",
        page("undefined", "caf\xe9", "undefined"),
        ("undefined",),
    ),
    Case(
        "a text that is `nan`",
        "nan.jsonl",
        lines(story("nan", text="nan"), story("null", text="\\N")),
        (),
        ("no text", ...),
    ),
    Case(
        "JSON-LD in a page of HTML",
        "other.html",
        page("other", "", "utf-8").replace(
            b"<head>",
            b'<head><link rel="canonical" href="https://a.example/a"><script type="application/ld+json">'
            b'{"@type": "NewsArticle", "url": "https://a.example/b", "datePublished": "2020-01-01"}</script>',
        ),
    ),
    Case(
        "a page of HTML without an article",
        "empty.html",
        b"<html><body></body></html>",
        rejects=("HTML without an article in it",),
    ),
    Case(
        "a page of HTML without an article",
        "elements.html",
        b"<html><body>" + b"<i></i>" * 60_000,
        rejects=("more than 30,000 elements",),
    ),
    Case(
        "a page of consent, of a check for robots",
        "wall.html",
        b"<html><head><title>Just a moment...</title></head><body><article><h1>Just a moment...</h1><p>norrvik.example needs to"
        b" review the security of your connection before you can go on to the page.</p></article></body></html>",
        rejects=("no article: a page of consent, of a check or of an error in its place ('just a moment')",),
    ),
    Case(
        "a WARC record that is cut off",
        "broken.warc.gz",
        packed(answer(1), answer(2))[:-40] + packed(answer(3)),
        rejects=("broken WARC",),
    ),
    Case(
        "a WARC record that is no page",
        "passed.warc",
        record(b"GET / HTTP/1.1\r\n\r\n", "request") + record(b"HTTP/1.1 301 Moved\r\n\r\n"),
    ),
    Case(
        "XML that is cut off or broken",
        "cut.rss",
        feed(item("rss-1"), item("rss-2"))[:-60],
        ("rss-1",),
        ("within item 2",),
        True,
    ),
    Case(
        "XML that is cut off or broken",
        "mended.rss",
        feed(item("rss-5", "one & two < three \x0b"), item("rss-6")),
        ("rss-5", "rss-6"),
    ),
    Case("lone surrogates", "halves.rss", feed(item("rss-7", "&#55357;&#56832; and &#55357;")), ("rss-7",)),
    Case(
        "entities in XML",
        "laughs.xml",
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + feed(item("rss-3", "&x;")),
        ("rss-3",),
    ),
    Case("XML of another kind", "drawing.xml", b"<svg/>", rejects=("its root is <svg>",), failed=True),
    Case(
        "a feed's item with only a summary",
        "summary.rss",
        feed(item("rss-4"), "<item><guid>s</guid><description>Short.</description></item>"),
        ("rss-4",),
        ("only a summary",),
    ),
]
