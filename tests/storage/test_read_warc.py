"""WARC files: which records are articles, what is only counted, and what a broken record costs."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.storage import read
from pipeline.storage.readers import http
from pipeline.storage.readers.rows import Unreadable
from pipeline.storage.readers.sniff import locate
from pipeline.storage.readers.warc import rows
from tests.storage.warcs import HEAD, LINES, URL, answer, packed, page, record, zstd
from tests.strategies import damaged

SETTINGS = config.Read(max_record_mb=1)
PAGES = [answer(number) for number in range(6)]


def whole(data: bytes, name: str = "a.warc") -> tuple[list[dict[str, object]], list[tuple[str, str]], read.FileReport]:
    """The records, the rejects as (place, reason), and the report on a file of that content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        reading = read.batches([path], SETTINGS)
        batches = list(reading)
        records = [row for batch in batches for row in batch.records.to_pylist()]
        rejects = [row for batch in batches for row in batch.rejects.to_pylist()]
        (report,) = reading.files
        assert len(records) + len(rejects) == report.rows + report.rejects
        return records, [(row["source"].removeprefix(str(path)), row["reason"]) for row in rejects], report


def numbers(records: list[dict[str, object]]) -> list[int]:
    """Which pages they are."""
    return [int(str(row["url"]).rpartition("/")[2]) for row in records]


# --- what is an article ----------------------------------------------------------------------------------------------------


PACKED = {
    "a.warc": b"".join(PAGES),
    "a.warc.gz": packed(*PAGES),
    "whole.warc.gz": gzip.compress(b"".join(PAGES)),
    "a.warc.zst": zstd(*PAGES),
    "trained.warc.zst": zstd(*PAGES, trained=True),
    "packed.warc.zst": zstd(*PAGES, trained=True, packed_dictionary=True),
    "renamed.warc": packed(*PAGES),
    "no-suffix": b"".join(PAGES),
    "other.gz": packed(*PAGES),
}


@pytest.mark.parametrize("name", PACKED)
def test_all_pages_of_a_file_are_read_however_it_is_packed(name: str) -> None:
    records, rejects, report = whole(PACKED[name], name)
    assert (numbers(records), rejects, report.status) == ([0, 1, 2, 3, 4, 5], [], "read")
    assert [row["line"] for row in records] == [1, 2, 3, 4, 5, 6]
    assert records[3]["text"] == "\n".join(LINES).format(3)
    assert records[3]["fetched"] == "2026-03-09T10:11:12Z"
    assert records[3]["headline"] == "Ferry 3"


def test_what_is_no_page_is_counted_and_no_reject() -> None:
    jpeg = HEAD.replace(b"text/html; charset=utf-8", b"image/jpeg")
    records, rejects, report = whole(
        packed(
            record(b"software: x\r\n", "warcinfo", None),
            record(b"GET / HTTP/1.1\r\n\r\n", "request"),
            answer(1),
            record(HEAD, "revisit"),
            record(b"fetchTimeMs: 9\r\n", "metadata"),
            record(HEAD + b"User-agent: *", url="https://www.norrvik.example/robots.txt"),
            record(jpeg + b"\xff\xd8", url=URL.format(2)),
            answer(3, head=HEAD.replace(b"200 OK", b"404 Not Found")),
            answer(4, head=HEAD.replace(b"200 OK", b"301 Moved")),
            record(b"\x00\x01", url="dns:norrvik.example", Content_Type="text/dns"),
            record(page(5), "resource", URL.format(5), Content_Type="text/html"),
        ),
        "a.warc.gz",
    )
    assert (numbers(records), rejects, report.rows, report.rejects) == ([1, 5], [], 2, 0)
    assert report.passed == {
        "warcinfo": 1,
        "request": 1,
        "revisit": 1,
        "metadata": 1,
        "robots": 1,
        "not HTML": 1,
        "status 404": 1,
        "status 301": 1,
        "no answer of a server": 1,
    }


def test_an_address_in_brackets_and_a_missing_type() -> None:
    block = b"HTTP/1.0 200 OK\r\n\r\n" + page(7)
    records, _, _ = whole(record(block, url=f"<{URL.format(7)}>"))
    assert numbers(records) == [7]


def test_a_page_with_a_mark_and_no_type_is_a_page() -> None:
    records, _, _ = whole(record(b"HTTP/1.0 200 OK\r\n\r\n\xef\xbb\xbf" + page(7), url=URL.format(7)))
    assert numbers(records) == [7]


def test_whether_a_body_looks_like_a_page_is_told_at_once_however_it_begins() -> None:
    comments = b"<!-- part -->\n" * 60  # a pattern that goes back over each of them would not end
    assert not http.is_html({}, comments + b"<div>a fragment</div>")
    assert http.is_html({}, comments + b"<html>")


def test_a_body_of_very_many_packed_pieces_is_taken_as_far_as_it_goes() -> None:
    piece = gzip.compress(b"a")
    assert http.payload(http.Answer(200, {}, piece * 30), 10_000) == b"a" * 30
    assert http.payload(http.Answer(200, {}, piece * 5_000), 10_000) == b"a" * 1_000


@pytest.mark.parametrize("kind", ["conversion", "metadata"])
def test_what_was_made_of_pages_is_no_archive_of_them(tmp_path: Path, kind: str) -> None:
    made = record(b'{"text": "The ferry sails."}', kind=kind, Content_Type="application/json", url=URL.format(1))
    (tmp_path / "a.warc").write_bytes(made)
    with pytest.raises(Unreadable, match=r"WET, WAT.*deliver the WARC"):
        list(rows(locate(tmp_path / "a.warc", SETTINGS), 1 << 20))
    (tmp_path / "a.warc").write_bytes(made + answer(7))
    assert len(list(rows(locate(tmp_path / "a.warc", SETTINGS), 1 << 20))) == 2


# --- how it was sent ---------------------------------------------------------------------------------------------------------


def chunked(body: bytes, size: int = 100, extension: bytes = b"") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts) + b"0\r\n\r\n"


def headed(**headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return HEAD.removesuffix(b"\r\n") + lines.encode() + b"\r\n"


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def _brotli(body: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(body))


SENT = {
    "plain": (headed(), page(1)),
    "chunked": (headed(Transfer_Encoding="chunked"), chunked(page(1))),
    "extended": (headed(Transfer_Encoding="chunked"), chunked(page(1), extension=b";a=b")),
    "joined": (headed(Transfer_Encoding="chunked"), page(1)),
    "gzip": (headed(Content_Encoding="gzip"), gzip.compress(page(1))),
    "unpacked": (headed(Content_Encoding="gzip"), page(1)),
    "deflate": (headed(Content_Encoding="deflate"), zlib.compress(page(1))),
    "members": (headed(Content_Encoding="gzip"), gzip.compress(page(1)[:60]) + gzip.compress(page(1)[60:])),
    "unsaid": (headed(), gzip.compress(page(1))),
    "raw-deflate": (headed(Content_Encoding="deflate"), _raw_deflate(page(1))),
    "br": (headed(Content_Encoding="br"), _brotli(page(1))),
    "unpacked-br": (headed(Content_Encoding="br"), page(1)),
    "zstd": (headed(Content_Encoding="zstd"), pa.compress(page(1), codec="zstd", asbytes=True)),
    "both": (headed(Transfer_Encoding="chunked", Content_Encoding="gzip"), chunked(gzip.compress(page(1)), 50)),
    "bare": (HEAD.replace(b"\r\n", b"\n"), page(1)),
    "small": (HEAD.replace(b"Content-Type", b"content-type"), page(1)),
}


@pytest.mark.parametrize("name", SENT)
def test_a_page_is_taken_out_of_how_it_was_sent(name: str) -> None:
    head, body = SENT[name]
    records, rejects, _ = whole(answer(1, body, head))
    assert (numbers(records), rejects) == ([1], [])
    assert records[0]["text"] == "\n".join(LINES).format(1)


def test_a_body_that_cannot_be_unpacked_is_one_reject() -> None:
    broken = answer(1, b"\x1f\x8b\x08\x00junk that is no gzip", headed(Content_Encoding="gzip"))
    records, rejects, _ = whole(broken + answer(2))
    assert numbers(records) == [2]
    assert [place for place, _ in rejects] == [":1"]


def test_a_body_that_unpacks_to_too_much_is_one_reject() -> None:
    bomb = answer(1, gzip.compress(b"<html>" + bytes(50 << 20)), headed(Content_Encoding="gzip"))
    records, rejects, _ = whole(packed(bomb, answer(2)), "a.warc.gz")
    assert numbers(records) == [2]
    assert rejects == [(":1", "record longer than 1 MB ([read] max_record_mb)")]


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "zstd", "chunked", "gzip, br"]))
def test_any_body_is_taken_out_or_is_a_reason(body: bytes, coding: str) -> None:
    headers = {"content-encoding": coding, "transfer-encoding": coding}
    try:
        data = http.payload(http.Answer(200, headers, body), 1_000)
    except ValueError as error:
        data = str(error).encode()
    assert data is None or len(data) <= 1_000


@given(st.binary(max_size=100))
def test_any_block_is_an_answer(block: bytes) -> None:
    found = http.answer(block)
    assert block.endswith(found.body)


# --- what is broken ----------------------------------------------------------------------------------------------------------


def spoilt(data: bytes, at: float = 0.5) -> bytes:
    place = int(len(data) * at)
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


GZIPPED = [packed(one) for one in PAGES]


@pytest.mark.parametrize("number", range(6))
def test_a_corrupt_record_costs_itself_alone(number: int) -> None:
    parts = [spoilt(part) if place == number else part for place, part in enumerate(GZIPPED)]
    records, rejects, report = whole(b"".join(parts), "a.warc.gz")
    assert numbers(records) == [place for place in range(6) if place != number]
    assert [place for place, _ in rejects] == [f":{number + 1}"]
    assert "broken WARC" in rejects[0][1]
    assert report.status == "read"


@pytest.mark.parametrize("packed_dictionary", [False, True])
def test_behind_a_corrupt_frame_the_dictionary_is_still_known(packed_dictionary: bool) -> None:
    data = zstd(*PAGES, trained=True, packed_dictionary=packed_dictionary)
    frames = [place for place in range(len(data)) if data.startswith(b"\x28\xb5\x2f\xfd", place)][-6:]
    broken = data[: frames[2] + 12] + bytes([data[frames[2] + 12] ^ 0xFF]) + data[frames[2] + 13 :]
    records, rejects, _ = whole(broken, "a.warc.zst")
    assert set(numbers(records)) >= {0, 1, 3, 4, 5}
    assert len(records) + len(rejects) == 6


def test_a_file_that_was_cut_keeps_what_it_has() -> None:
    for name, data in (("a.warc.gz", packed(*PAGES)), ("a.warc", b"".join(PAGES)), ("a.warc.zst", zstd(*PAGES))):
        records, rejects, _ = whole(data[:-60], name)
        assert numbers(records) == [0, 1, 2, 3, 4]
        assert len(rejects) == 1


@pytest.mark.parametrize("pack", [False, True])
def test_a_record_that_says_too_much_of_its_length_swallows_no_other(pack: bool) -> None:
    long = record(HEAD + page(9), url=URL.format(9), length=len(HEAD + page(9)) + 700)
    parts = [PAGES[0], long, *PAGES[1:3]]
    records, rejects, _ = whole(packed(*parts) if pack else b"".join(parts), "a.warc.gz" if pack else "a.warc")
    assert numbers(records) == [0, 1, 2]
    assert [place for place, _ in rejects] == [":2"]


@pytest.mark.parametrize("length", ["-5", "99999999999999999999", "many", "", str(1 << 62)])
def test_a_length_that_is_none_costs_one_record(length: str) -> None:
    odd = PAGES[1].replace(f"Content-Length: {len(HEAD + page(1))}".encode(), f"Content-Length: {length}".encode())
    records, rejects, _ = whole(PAGES[0] + odd + PAGES[2])
    assert {0, 2} <= set(numbers(records)) <= {0, 1, 2}
    assert len(rejects) <= 2


def test_a_record_cut_within_its_header_is_a_reject() -> None:
    for end in (b"WARC-Date", b"Content-Length: 4", b"\r\n\r\nHTTP"):
        records, rejects, report = whole(PAGES[0] + PAGES[1][: PAGES[1].find(end)])
        assert numbers(records) == [0]
        assert [place for place, _ in rejects] == [":2"]
        assert rejects[0][1].startswith("broken WARC: a record ")
        assert report.passed == {}


@pytest.mark.parametrize("pack", [False, True])
def test_lines_that_end_in_newlines_alone_are_lines(pack: bool) -> None:
    size = len(HEAD + page(0))
    bare = [one.replace(b"\r\n", b"\n") for one in PAGES]
    if pack:  # whoever packs them anew tells their lengths anew
        bare = [one.replace(b"Length: %d" % size, b"Length: %d" % (size - 3)) for one in bare]
    records, rejects, report = whole(packed(*bare) if pack else b"".join(bare), "a.warc.gz" if pack else "a.warc")
    assert numbers(records) == [0, 1, 2, 3, 4, 5][: 6 - len(rejects)]
    assert len(rejects) == (0 if pack else 1)  # the last one says that it is longer than it is
    assert report.passed == {}


def test_junk_between_records_is_gone_over() -> None:
    records, rejects, _ = whole(PAGES[0] + b"junk\r\n" * 50_000 + PAGES[1])
    assert numbers(records) == [0, 1]
    assert len(rejects) == 1


def test_a_record_too_long_is_a_reject_and_no_picture_is() -> None:
    video = record(HEAD.replace(b"text/html; charset=utf-8", b"video/mp4") + bytes(3 << 20), url=URL.format(8))
    long = answer(9, b"<html>" + b"word " * 500_000)
    records, rejects, report = whole(packed(PAGES[0], video, long, PAGES[1]), "a.warc.gz")
    assert numbers(records) == [0, 1]
    assert rejects == [(":3", "record longer than 1 MB ([read] max_record_mb)")]
    assert report.passed == {"not HTML": 1}


def test_a_bomb_is_given_up() -> None:
    bomb = record(HEAD.replace(b"text/html", b"video/mp4") + bytes(100 << 20))
    records, rejects, report = whole(packed(PAGES[0], bomb), "a.warc.gz")
    assert numbers(records) == [0]
    assert report.status == "failed"
    assert "perhaps a bomb" in rejects[0][1]


def test_many_bodies_that_unpack_to_much_are_given_up() -> None:
    body = answer(1, gzip.compress(page(1) + b" " * 900_000), headed(Content_Encoding="gzip"))
    records, rejects, report = whole(packed(*[body] * 200), "a.warc.gz")
    assert 60 < len(records) < 150
    assert report.status == "failed"
    assert "perhaps a bomb" in rejects[-1][1]


@pytest.mark.parametrize("data", [b"", b"WARC/1.0", b"junk", bytes(1_000), b"\x1f\x8b\x08" * 1_000])
def test_a_file_without_a_record_gives_none(data: bytes) -> None:
    records, rejects, _ = whole(data)
    assert not records
    assert len(rejects) <= 1


@given(damaged(packed(*PAGES)) | damaged(b"".join(PAGES)) | damaged(zstd(*PAGES, trained=True)))
def test_a_damaged_file_is_read_to_its_end(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc"
        path.write_bytes(data)
        with suppress(Unreadable):  # packed by neither
            found = list(rows(locate(path, SETTINGS), 1 << 20))
            assert len({row.line for row in found}) == len(found)


def test_batches_of_any_size_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(packed(*PAGES, spoilt(PAGES[0], 0.02), *PAGES))
    found = []
    for size in (1, 2, 5, 100):
        batches = list(read.batches([tmp_path / "a.warc.gz"], config.Read(batch_rows=size)))
        assert all(batch.records.schema == schema.RECORDS and batch.records.num_rows <= size for batch in batches)
        found.append(pa.concat_tables([batch.records for batch in batches]).to_pylist())
    assert all(one == found[0] for one in found)
