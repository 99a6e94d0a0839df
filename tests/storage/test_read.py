"""Reading: formats, rejects, broken files, batches. All stories are invented."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.errors import ConfigError
from pipeline.storage import read
from pipeline.storage.readers.rows import Found, lines
from pipeline.storage.readers.sniff import locate

STORIES = [
    {
        "id": f"t-{n}",
        "title": f"Ferry number {n} returns",
        "text": f"The ferry came back on day {n}.\nNobody, “not even the cook”, was hurt.",
        "publisher": "Harbour Post",
        "published": f"2024-05-0{n}",
    }
    for n in range(1, 5)
]


def rows_of(reading: read.Reading) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    records, rejects = [], []
    for batch in reading:
        assert batch.records.schema.equals(schema.RECORDS)
        assert batch.rejects.schema.equals(schema.REJECTS)
        records += batch.records.to_pylist()
        rejects += batch.rejects.to_pylist()
    return records, rejects


def run(*files: Path, **settings: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[read.FileReport]]:
    reading = read.batches(files, config.Read(**settings))
    records, rejects = rows_of(reading)
    return records, rejects, reading.files


def jsonl(stories: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(story, ensure_ascii=False) + "\n" for story in stories).encode()


def as_csv(stories: list[dict[str, Any]], delimiter: str) -> bytes:
    import csv

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(stories[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(stories)
    return out.getvalue().encode()


def as_parquet(stories: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(stories), out, row_group_size=2)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


WRITERS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "a.jsonl": jsonl,
    "a.ndjson": lambda stories: b"\xef\xbb\xbf" + jsonl(stories).replace(b"\n", b"\r\n"),
    "a.jsonl.gz": lambda stories: gzip.compress(jsonl(stories[:2])) + gzip.compress(jsonl(stories[2:])),
    "a.jsonl.zst": lambda stories: zstd(jsonl(stories)),
    "misnamed.jsonl": lambda stories: gzip.compress(jsonl(stories)),
    "no_suffix": lambda stories: b"\n" + jsonl(stories),
    "no_suffix.gz": lambda stories: gzip.compress(jsonl(stories)),
    "array.json": lambda stories: json.dumps(stories, indent=2).encode(),
    "compact.json": lambda stories: json.dumps(stories, separators=(",", ":")).encode(),
    "lines.json": jsonl,
    "envelope.json": lambda stories: json.dumps({"status": "ok", "totalResults": 4, "articles": stories}).encode(),
    "nested.json": lambda stories: json.dumps({"articles": {"page": 1, "results": stories}}).encode(),
    "a.csv": lambda stories: as_csv(stories, ","),
    "semicolon.csv": lambda stories: b"\xef\xbb\xbf" + as_csv(stories, ";"),
    "a.tsv": lambda stories: as_csv(stories, "\t"),
    "a.csv.gz": lambda stories: gzip.compress(as_csv(stories, ",")),
    "a.parquet": as_parquet,
    "parquet_without_suffix": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_records(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(WRITERS[name](STORIES))
    records, rejects, files = run(path)
    assert rejects == []
    assert [record["record"] for record in records] == [0, 1, 2, 3]
    assert [record["source_id"] for record in records] == ["t-1", "t-2", "t-3", "t-4"]
    assert [record["text"] for record in records] == [story["text"] for story in STORIES]
    assert {record["field"] for record in records} == {"body"}
    assert records[2]["headline"] == "Ferry number 3 returns"
    assert records[3]["published"] == "2024-05-04"
    assert records[0]["byline"] is None
    assert files == [read.FileReport(path, 4, 0, path.stat().st_size, "read", "")]


def test_one_object_in_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(STORIES[0], indent=4))
    assert [record["source_id"] for record in run(path)[0]] == ["t-1"]


def test_a_page_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "017_9f3c.txt"
    path.write_bytes("\ufeffHarbour Post\r\nFerry returns\r\n".encode())
    bare = tmp_path / "0017.txt"
    bare.write_text("Harbour Post\nAnother ferry")
    packed = tmp_path / "gull.text.gz"
    packed.write_bytes(gzip.compress(b"Gull Gazette"))
    records, rejects, _ = run(path, bare, packed)
    assert rejects == []
    assert [(r["field"], r["text"], r["source_id"], r["line"]) for r in records] == [
        ("page", "Harbour Post\r\nFerry returns\r\n", "017_9f3c", 1),
        ("page", "Harbour Post\nAnother ferry", None, 1),  # a running number tells no article from another
        ("page", "Gull Gazette", "gull", 1),
    ]


def test_bad_lines_are_rejects_with_file_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(
        b'{"id": "ok", "text": "fine"}\n'
        b'{"id": "cut", "text": "br\n'
        b'["text"]\n'
        b"\n"
        b'{"id": "none"}\n'
        b'{"id": "blank", "text": "  \\n"}\n'
        b'{"id": "latin", "text": "caf\xe9"}\n'
        b'{"id": "ok2", "text": "fine too"}'
    )
    records, rejects, files = run(path)
    assert [(record["source_id"], record["line"]) for record in records] == [("ok", 1), ("ok2", 8)]
    assert [(r["source"].removeprefix(f"{path}:"), r["reason"].split(":")[0]) for r in rejects] == [
        ("2", "broken JSON"),
        ("3", "not a JSON object but an array"),
        ("5", "no text"),
        ("6", "no text"),
        ("7", "invalid UTF-8 at byte 28"),
    ]
    assert {reject["stage"] for reject in rejects} == {"read"}
    assert (files[0].rows, files[0].rejects, files[0].status) == (2, 5, "read")


def test_what_python_writers_leave_behind_is_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(
        '{"id": 1, "text": "half an emoji \\ud83d", "author": NaN}\n'
        '{"id": 2.0, "text": "a\ttab", "author": "None"}\n'
        '{"id": 3, "text": "whole \\ud83d\\ude00"}\n'
    )
    records, rejects, _ = run(path)
    assert rejects == []
    assert [r["text"] for r in records] == ["half an emoji \ufffd", "a\ttab", "whole 😀"]
    assert [r["source_id"] for r in records] == ["1", "2", "3"]
    assert [r["byline"] for r in records] == [None, None, None]


def test_deep_nesting_and_huge_numbers_are_only_rejects(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    path.write_text('{"text": "a"}\n{"text": ' + "[" * 200_000 + '\n{"text": "b", "n": ' + "9" * 5_000 + "}\n")
    records, rejects, _ = run(path)
    assert [record["line"] for record in records] == [1]
    assert [reject["source"] for reject in rejects] == [f"{path}:2", f"{path}:3"]


def test_a_line_above_the_bound_is_a_reject_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl.gz"
    long = json.dumps({"id": "long", "text": "x" * (1 << 20)})
    path.write_bytes(gzip.compress(f'{{"id": "a", "text": "t"}}\n{long}\n{{"id": "b", "text": "t"}}\n'.encode()))
    records, rejects, _ = run(path, max_record_mb=1)
    assert [record["source_id"] for record in records] == ["a", "b"]
    assert rejects[0]["source"] == f"{path}:2"
    assert "1 MB" in rejects[0]["reason"]


@pytest.mark.parametrize("name", ["long.txt", "long.parquet", "long.json", "long.csv"])
def test_the_bound_holds_for_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    stories = [{"id": "long", "text": "x " * (1 << 20)}, {"id": "short", "text": "y"}]
    data = {
        ".txt": lambda: b"x " * (1 << 20),
        ".parquet": lambda: as_parquet(stories),
        ".json": lambda: json.dumps(stories[:1]).encode(),
        ".csv": lambda: as_csv(stories, ","),
    }[path.suffix]()
    path.write_bytes(data)
    records, rejects, _ = run(path, max_record_mb=1)
    assert [record["source_id"] for record in records] == (["short"] if path.suffix in {".parquet", ".csv"} else [])
    assert len(rejects) == 1
    assert "longer than 1 MB" in rejects[0]["reason"]


class Trickle(io.BytesIO):
    """A stream that gives seven bytes at a time, so that lines cross its pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        return super().read(min(size, 7))


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(0, 30))
def test_lines_are_those_of_split_but_for_the_long_ones(parts: list[bytes], limit: int) -> None:
    data = b"\n".join(parts)
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    found = list(lines(Trickle(data), limit))
    assert found == [(n, line if len(line) <= limit else None) for n, line in enumerate(expected, 1)]


def test_csv_quoting(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(
        b'id,text,author\r\n1,"two\nlines, and ""quotes""",A\r\n\r\n'
        b'2,too,many,cells\r\n3,caf\xe9,B\r\n4,"open" end,C\r\n5,last,D'
    )
    records, rejects, _ = run(path)
    assert [(r["source_id"], r["line"], r["text"]) for r in records] == [
        ("1", 2, 'two\nlines, and "quotes"'),
        ("5", 8, "last"),
    ]
    assert [(r["source"].rsplit(":")[-1], r["reason"]) for r in rejects] == [
        ("5", "broken CSV: 4 cells where the header has 3"),
        ("6", "invalid UTF-8"),
        ("7", "broken CSV: ',' expected after '\"'"),
    ]


def test_a_quote_too_many_in_a_csv_swallows_one_record(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('id,text\n1,fine\n2,"never closed\n3,not swallowed\n')
    records, rejects, _ = run(path)
    assert [(record["source_id"], record["line"]) for record in records] == [("1", 2), ("3", 4)]
    assert [reject["source"] for reject in rejects] == [f"{path}:3"]


def test_of_a_broken_csv_every_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('id,text\n1,fine\n2,"never closed\nby\n\na quote\n3,fine\n4,"fine, too"\n')
    records, rejects, _ = run(path)
    assert [record["source_id"] for record in records] == ["1", "3", "4"]
    assert [reject["source"].removeprefix(f"{path}:") for reject in rejects] == ["3", "4", "6"]
    assert rejects[0]["reason"].endswith("; read on from line 7")
    assert rejects[1]["reason"] == "broken CSV: skipped, behind the broken record on line 3"


def test_a_backslash_before_a_quote_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "escaped.csv"
    escaped = [rf'{n},C,"He said \"no\", and \"yes {n}\""' for n in range(40)]
    doubled = [rf'{n},"C:\dir\","row ""{n}"""' for n in range(40)]
    rows = [(escaped if n % 3 else doubled)[n] for n in range(40)]
    path.write_text("\n".join(["id,author,text", *rows, r'40,x,"two \"quoted', r'lines\""', r'41,x,"ends in \\"', ""]))
    records, rejects, _ = run(path)
    assert rejects == []
    assert [record["source_id"] for record in records] == [str(n) for n in range(42)]
    assert [record["text"] for record in records[:2]] == ['row "0"', 'He said "no", and "yes 1"']
    assert records[0]["byline"] == "C:\\dir\\"
    assert [record["text"] for record in records[40:]] == ['two "quoted\nlines"', "ends in \\"]


@pytest.mark.parametrize(
    "above", ["sep=;\n", "\ufeff\n\n", "# written by hand, on Monday\n#\n", '"sep=;"\r\n# a comment; of ours\n', ""]
)
def test_what_stands_above_a_csv_header_is_left(tmp_path: Path, above: str) -> None:
    path = tmp_path / "above.csv"
    path.write_text(f"{above}#id;id;text\n0;1;fine, and so on\n", encoding="utf-8")
    records, rejects, _ = run(path)
    assert rejects == []
    assert [(record["source_id"], record["text"]) for record in records] == [("1", "fine, and so on")]
    assert records[0]["line"] == above.count("\n") + 2


@pytest.mark.parametrize(
    "above",
    ["Export of 10 March 2026,,,\n", "Search: ferry\n\n", '"Hits, all:",2\nDate,,,\n', "Name,Title,Hits\nA,B,7\n"],
)
def test_a_title_above_a_csv_header_is_left(tmp_path: Path, above: str) -> None:
    path = tmp_path / "titled.csv"
    path.write_text(f"{above}id,title,text,url\n1,Ferry back,fine,https://h.example/1\n")
    records, rejects, _ = run(path)
    assert rejects == []
    assert [(record["source_id"], record["text"], record["line"]) for record in records] == [
        ("1", "fine", above.count("\n") + 2)
    ]


def test_no_record_is_taken_for_a_header(tmp_path: Path) -> None:
    path = tmp_path / "headed.csv"
    path.write_text("id,text\ntext,title\nurl,text\n")
    assert [record["text"] for record in run(path)[0]] == ["title", "text"]
    path.write_text("id,prose\n1,text\n2,title\n")
    records, rejects, _ = run(path)
    assert (records, "found: id, prose" in rejects[0]["reason"]) == ([], True)
    assert [record["line"] for record in run(path, fields={"text": "prose"})[0]] == [2, 3]


def test_a_delimiter_at_the_end_of_every_record(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text('id,text,author\n1,"two\nlines",A,\n2,more,B,\n')
    records, rejects, _ = run(path)
    assert (rejects, [(record["text"], record["byline"]) for record in records]) == (
        [],
        [("two\nlines", "A"), ("more", "B")],
    )
    path.write_text(
        "id,text,author\n1,one,A\n2,more, cut,\n3,three,C,\n"
    )  # of two a comma too many: which one is not said
    records, rejects, _ = run(path)
    assert ([record["text"] for record in records], len(rejects)) == (["one"], 2)


def test_quotes_in_tabs_that_are_only_quotes(tmp_path: Path) -> None:
    path = tmp_path / "dump.tsv"
    path.write_text('id\ttitle\ttext\n1\t"No radar," says pilot\tFog.\n2\t"Open\tFog again.\n3\t"Lane"\t"two\nlines"\n')
    records, rejects, _ = run(path)
    assert rejects == []
    assert [(record["headline"], record["text"]) for record in records] == [
        ('"No radar," says pilot', "Fog."),
        ('"Open', "Fog again."),
        ("Lane", "two\nlines"),
    ]


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"<!-- saved -->\n<!-- twice -->\n<!DOCTYPE html><p>x", "html"),
        (b"<!-- saved --><rss><channel/></rss>", "xml"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "xml"),
        (b"<?xml version='1.0'?><nitf/>", "xml"),
    ],
)
def test_a_file_without_a_suffix_is_told_by_how_it_begins(tmp_path: Path, data: bytes, format_: str) -> None:
    (tmp_path / "fetched").write_bytes(data)
    assert locate(tmp_path / "fetched", config.Read()).format == format_


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (b'[{"id": "a", "text": "one"}][{"id": "b", "text": "two"}]', ["a", "b"]),
        (
            b'[{"id": "a", "text": "one"}]\n[]\n[{"id": "b", "text": "two"}, {"id": "c", "text": "three"}]\n',
            ["a", "b", "c"],
        ),
        (b'[{"id": "a", "text": "one"}]\n{"id": "b", "text": "two"}', ["a", "b"]),
        (b'{\n"id": "a",\n"text": "one"}\n{\n"id": "b", "text": "two"}\n', ["a", "b"]),
    ],
)
def test_json_behind_json_is_read(tmp_path: Path, data: bytes, ids: list[str]) -> None:
    path = tmp_path / "two.json"
    path.write_bytes(data)
    records, rejects, files = run(path)
    assert [(record["source_id"], record["line"]) for record in records] == list(zip(ids, range(1, 9), strict=False))
    assert (rejects, files[0].status) == ([], "read")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("padded.jsonl.gz", gzip.compress(jsonl(STORIES)) + bytes(512)),
        ("skipped.jsonl.zst", b"\x50\x2a\x4d\x18\x05\0\0\0hello" + zstd(jsonl(STORIES))),
        ("skipped.bin", b"\x5f\x2a\x4d\x18\x05\0\0\0hello" + zstd(jsonl(STORIES))),
    ],
)
def test_what_an_archive_has_beside_its_content_is_passed_over(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    records, rejects, _ = run(tmp_path / name)
    assert (len(records), rejects) == (len(STORIES), [])


def test_a_padded_archive_that_is_corrupt_is_a_failed_file(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(jsonl(STORIES * 500)))
    packed[200:260] = b"\xff" * 60
    (tmp_path / "bad.jsonl.gz").write_bytes(bytes(packed) + bytes(8))
    _, rejects, files = run(tmp_path / "bad.jsonl.gz")
    assert (len(rejects) >= 1, files[0].status) == (True, "failed")


def test_the_fault_of_a_library_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: object, mapping: object, limit: int) -> Iterator[object]:
        yield Found(7, STORIES[0])
        raise UnicodeDecodeError("utf-8", b"\xed", 0, 1, "odd")

    monkeypatch.setattr("pipeline.storage.readers.delimited.rows", broken)
    (tmp_path / "a.csv").write_text("id,text\n")
    (tmp_path / "b.jsonl").write_bytes(jsonl(STORIES[1:]))
    records, rejects, files = run(tmp_path / "a.csv", tmp_path / "b.jsonl")
    assert len(records) == len(STORIES)
    assert [file.status for file in files] == ["failed", "read"]
    assert rejects[0]["reason"].startswith("cannot be read behind line 7: UnicodeDecodeError: ")


def test_csv_fields_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("id,text\n1," + "word " * 100_000)
    assert len(run(path)[0][0]["text"]) == 500_000


def test_parquet_types(tmp_path: Path) -> None:
    path = tmp_path / "types.parquet"
    ist = timezone(timedelta(hours=5, minutes=30))
    pq.write_table(
        pa.table(
            {
                "id": pa.array([7, 8], pa.int64()),
                "body": pa.array(["one", "two"]).dictionary_encode(),
                "published": pa.array(
                    [datetime(2024, 5, 1, 8, 42, tzinfo=ist)] * 2, pa.timestamp("ns", "Asia/Kolkata")
                ),
                "modified": pa.array([1_714_554_000, None], pa.timestamp("s")),
                "captured": pa.array([datetime(2024, 5, 2, tzinfo=UTC).date()] * 2),
                "authors": pa.array([["A. Gull", "B. Tern"], []], pa.list_(pa.string())),
                "source": pa.array([{"name": "Harbour Post", "id": None}, None]),
                "vector": pa.array([[0.5], [0.25]]),
            }
        ),
        path,
    )
    first, second = run(path)[0]
    assert first["source_id"] == "7"
    assert first["published"] == "2024-05-01T08:42:00+05:30"
    assert (first["modified"], second["modified"]) == ("2024-05-01T09:00:00", None)
    assert first["fetched"] == "2024-05-02"
    assert (first["byline"], second["byline"]) == ("A. Gull; B. Tern", None)
    assert (first["publisher"], second["publisher"]) == ("Harbour Post", None)


def test_times_in_int96_are_instants(tmp_path: Path) -> None:
    path = tmp_path / "spark.parquet"
    times = pa.array([datetime(2024, 5, 1, 8, 42), None], pa.timestamp("us"))  # noqa: DTZ001 - as Spark writes it
    pq.write_table(pa.table({"text": ["a", "b"], "published": times}), path, use_deprecated_int96_timestamps=True)
    assert [record["published"] for record in run(path)[0]] == ["2024-05-01T08:42:00+00:00", None]
    pq.write_table(pa.table({"text": ["a", "b"], "published": times}), path)
    assert [record["published"] for record in run(path)[0]] == ["2024-05-01T08:42:00", None]


def test_an_id_in_bytes_costs_no_row(tmp_path: Path) -> None:
    path = tmp_path / "ids.parquet"
    ids = pa.array([bytes(range(240, 256)), b"0123456789abcdef"], pa.binary(16))
    pq.write_table(pa.table({"id": ids, "text": ["a", "b"]}), path)
    assert [record["source_id"] for record in run(path)[0]] == [
        "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
        "0123456789abcdef",
    ]


def test_folders_that_name_columns(tmp_path: Path) -> None:
    folder = tmp_path / "date=2024-05-01" / "publisher=The%20Gull%20Post" / "id=7" / "lang=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"text": ["a", "b"], "pub_date": [None, "2024-05-02"]}), folder / "part-0.parquet")
    (folder / "a.jsonl").write_text('{"text": "c", "publisher": "The Auk"}\n')
    records, rejects, _ = run(folder / "part-0.parquet", folder / "a.jsonl")
    assert rejects == []
    assert [(one["published"], one["publisher"], one["source_id"], one["language"]) for one in records] == [
        ("2024-05-01", "The Gull Post", None, None),
        ("2024-05-02", "The Gull Post", None, None),
        ("2024-05-01", "The Auk", None, None),
    ]


@pytest.mark.parametrize("kind", [pa.string(), pa.binary()])
def test_invalid_utf8_in_parquet_rejects_the_row_only(tmp_path: Path, kind: pa.DataType) -> None:
    path = tmp_path / "bytes.parquet"
    raw = pa.array([b"fine", b"caf\xe9", "café".encode()])
    pq.write_table(pa.table({"text": raw if kind == pa.binary() else raw.view(pa.string())}), path)
    records, rejects, _ = run(path)
    assert [(record["line"], record["text"]) for record in records] == [(1, "fine"), (3, "café")]
    assert [(reject["source"], reject["reason"]) for reject in rejects] == [(f"{path}:2", "invalid UTF-8 at byte 3")]


def test_a_file_without_a_text_column_is_set_aside_with_its_columns(tmp_path: Path) -> None:
    stories = [{"key": n, "prose": "words"} for n in range(500)]
    good = tmp_path / "good.jsonl"
    good.write_bytes(jsonl(STORIES))
    for name, data in {
        "x.jsonl": jsonl(stories),
        "x.csv": as_csv(stories, ","),
        "x.parquet": as_parquet(stories),
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        records, rejects, files = run(path, good)
        assert len(records) == 4
        assert [reject["source"] for reject in rejects] == [str(path)]
        assert "key, prose" in rejects[0]["reason"]
        assert '[read] fields = { text = "your_column" }' in rejects[0]["reason"]
        assert [(report.status, report.rows) for report in files] == [("failed", 0), ("read", 4)]
        mapped = run(path, fields={"text": "prose", "source_id": "key"})[0]
        assert (len(mapped), mapped[3]["text"], mapped[3]["source_id"]) == (500, "words", "3")


def test_an_override_that_is_no_field_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="headine is no field"):
        read.batches([], config.Read(fields={"headine": "title"}))


def test_a_truncated_archive_keeps_what_it_gave(tmp_path: Path) -> None:
    many = [{"id": str(n), "text": hashlib.sha256(str(n).encode()).hexdigest() * 4} for n in range(2_000)]
    for name, data in {"cut.jsonl.gz": gzip.compress(jsonl(many)), "cut.jsonl.zst": zstd(jsonl(many))}.items():
        path = tmp_path / name
        path.write_bytes(data[: len(data) * 2 // 3])
        records, rejects, files = run(path)
        assert 0 < len(records) < 2_000
        assert [record["source_id"] for record in records] == [str(n) for n in range(len(records))]
        assert [reject["source"] for reject in rejects] == [str(path)]
        assert (files[0].status, files[0].rows, files[0].reason) == ("failed", len(records), rejects[0]["reason"])


def test_a_corrupt_parquet_file_keeps_its_sound_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "corrupt.parquet"
    many = [{"id": str(n), "text": hashlib.sha256(str(n).encode()).hexdigest()} for n in range(4_000)]
    pq.write_table(pa.Table.from_pylist(many), path, row_group_size=1_000, use_dictionary=False, compression="zstd")
    data = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(2).column(1).data_page_offset
    data[start : start + 4_000] = b"\xff" * 4_000
    path.write_bytes(data)
    records, rejects, files = run(path)
    assert 3_000 <= len(records) < 4_000
    assert [record["line"] for record in records] == [int(record["source_id"]) + 1 for record in records]
    assert {int(record["source_id"]) // 1_000 for record in records} >= {0, 1, 3}
    assert len(rejects) == 1
    assert "broken between rows 2,001 and 3,000" in rejects[0]["reason"]
    assert files[0].status == "failed"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("no.parquet", b"not parquet at all", "arquet"),
        ("what.dat", b"\x00\x01\x02", "format not recognised"),
        ("empty.parquet", b"", "0 bytes"),
        ("cut.json", b'[{"text": "a"}, {"text": "b"', "broken JSON at element 2"),
        ("odd.json", b'[{"text": "a"} {"text": "b"}]', "no comma after element 1"),
        ("open.json", b'[{"text": "a"},', "without ] after element 1"),
        ("rubbish.json", b"[] rubbish", "broken JSON at element 1"),
        ("latin.json", b'[{"text": "caf\xe9"}]', "invalid UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    reading = read.batches([path], config.Read())
    _, rejects = rows_of(reading)
    assert [reject["source"] for reject in rejects] == [str(path)]
    assert reason in rejects[0]["reason"]
    assert "\n" not in rejects[0]["reason"]
    assert reading.files[0].status == "failed"


def test_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    reading = read.batches([tmp_path / "gone.jsonl"], config.Read())
    _, rejects = rows_of(reading)
    assert rejects[0]["reason"] == "No such file or directory"
    assert reading.all_failed


@pytest.mark.parametrize("name", ["e.jsonl", "e.jsonl.gz", "e.csv", "e.json"])
def test_empty_files_have_no_records_and_no_faults(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    reading = read.batches([path], config.Read())
    assert list(reading) == []
    assert reading.files == [read.FileReport(path, 0, 0, 0, "read", "")]
    assert not reading.all_failed


def test_an_empty_page_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "blank.txt"
    path.write_text(" \n")
    assert [(reject["source"], reject["reason"]) for reject in run(path)[1]] == [(f"{path}:1", "no text")]


def test_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert read.digest(path) == hashlib.sha256(b"abc").hexdigest()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("mixed")
    for name in ("a.jsonl", "a.csv.gz", "a.parquet", "array.json"):
        (folder / name).write_bytes(WRITERS[name](STORIES))
    (folder / "bad.jsonl").write_text('{"text": "x"}\n{\n{"id": 1}\n{"text": "y"}\n')
    for n in range(5):
        (folder / f"page_{n}.txt").write_text(f"Page {n}\n\nA story." if n != 3 else "")
    return read.inputs([str(folder)])


@given(st.integers(1, 40))
def test_any_batch_size_gives_the_same_records(mixed: list[Path], batch_rows: int) -> None:
    whole = list(read.batches(mixed, config.Read()))
    parts = list(read.batches(mixed, config.Read(batch_rows=batch_rows)))
    assert len(whole) == 1
    assert all(part.records.num_rows <= batch_rows for part in parts)
    assert pa.concat_tables(part.records for part in parts).equals(whole[0].records)
    assert pa.concat_tables(part.rejects for part in parts).equals(whole[0].rejects)


def test_reading_again_gives_the_same(mixed: list[Path]) -> None:
    reading = read.batches(mixed, config.Read())
    first, second = rows_of(reading), rows_of(reading)
    assert first == second
    assert len(reading.files) == len(mixed)


def test_batches_come_before_the_file_ends(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_bytes(jsonl(STORIES) + b"{" * 10)
    reading = iter(read.batches([path], config.Read(batch_rows=2)))
    assert next(reading).records.column("record").to_pylist() == [0, 1]
    assert next(reading).records.column("record").to_pylist() == [2, 3]
    assert next(reading).rejects.num_rows == 1


@pytest.mark.data
@pytest.mark.skipif("REPRINTS_DATA" not in os.environ, reason="REPRINTS_DATA names no folder")
def test_the_labelled_articles_are_read_as_they_lie() -> None:
    records, rejects, files = run(*read.inputs([f"{os.environ['REPRINTS_DATA']}/odu-2016/*.parquet"]))
    assert rejects == []
    assert [report.status for report in files] == ["read"]
    assert len(records) == len({record["source_id"] for record in records}) > 4_000
    for field in ("headline", "publisher", "published", "fetched", "url"):
        assert all(record[field] for record in records), field
    assert any(record["byline"] for record in records)


@pytest.mark.parametrize("most", [1, 3_000, 1 << 30])
def test_a_parquet_file_is_read_piece_by_piece_as_it_is_read_at_once(tmp_path: Path, most: int) -> None:
    texts = [f"Story {number}: {'the ferry has left the harbour ' * (number % 7)}" for number in range(40)]
    rows = pa.table({"id": [f"n{number}" for number in range(40)], "text": [*texts[:25], None, *texts[26:]]})
    pq.write_table(rows, tmp_path / "b.parquet", row_group_size=6)
    pq.write_table(rows.slice(0, 3), tmp_path / "a.parquet")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and nothing that follows" * 200)
    files = sorted(tmp_path.iterdir())
    split = list(read.split(files, most))
    assert (len(split) > 6) == (most == 1)

    def told(parts: Sequence[Sequence[Path | read.Piece]]) -> tuple[list[object], list[object]]:
        batches = [batch for part in parts for batch in read.batches(part, config.Read())]
        records = pa.concat_tables([batch.records for batch in batches]).drop_columns(["record"])
        return records.to_pylist(), pa.concat_tables([batch.rejects for batch in batches]).to_pylist()

    assert told(split) == told([files])


@pytest.mark.parametrize(("sound", "status"), [(1_000, "failed"), (1_300, "read")])
def test_a_file_is_given_up_when_more_than_nine_of_ten_rows_are_rubbish(
    tmp_path: Path, sound: int, status: str
) -> None:
    path = tmp_path / "night.jsonl"
    rows = (json.dumps(STORIES[0] | {"id": f"s{number}"}) + "\n" for number in range(sound))
    path.write_text("".join(rows) + "{\n" * 11_000)
    _, _, (report,) = run(path)
    assert (report.status, report.rows) == (status, sound)
