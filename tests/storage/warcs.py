"""Builds WARC files, record by record, as crawlers write them and as they go wrong."""

from __future__ import annotations

import gzip
import io

URL = "https://www.norrvik.example/a/{}"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
LINES = (
    "The harbour master of Norrvik said on Monday that ferry number {} would sail again after two days of fog.",
    "Some 200 people had slept in the waiting room, where a baker gave out what she had left from Sunday.",
    "“I have never sold so little and been thanked so much,” said the baker, Ida Tern, who is 61.",
)


def page(number: int) -> bytes:
    paragraphs = "".join(f"<p>{line.format(number)}</p>" for line in LINES)
    return (
        f"<html><head><title>Ferry {number}</title></head><body><article>{paragraphs}</article></body></html>".encode()
    )


def record(
    block: bytes, kind: str = "response", url: str | None = URL.format(0), length: int | None = None, **more: str
) -> bytes:
    """A record; `length`: what it says of its length, if that is not so."""
    headers = {"WARC-Type": kind, "WARC-Date": "2026-03-09T10:11:12Z", "WARC-Target-URI": url}
    headers |= {"Content-Type": "application/http"} | {name.replace("_", "-"): value for name, value in more.items()}
    headers |= {"Content-Length": str(len(block) if length is None else length)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def answer(number: int, body: bytes | None = None, head: bytes = HEAD, **more: str) -> bytes:
    return record(head + (page(number) if body is None else body), url=URL.format(number), **more)


def packed(*records: bytes) -> bytes:
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def zstd(*records: bytes, trained: bool = False, packed_dictionary: bool = False) -> bytes:
    """By zstd, a frame a record; `trained`: with a dictionary in a frame of its own before them."""
    from fastwarc import stream_io

    dictionary = stream_io.zstd_train_dictionary_from_samples(list(records) * 40, 4_000) if trained else None
    file = io.BytesIO()
    writer = stream_io.ZstdWriter(file, dictionary=dictionary, compress_dictionary_frame=packed_dictionary)
    for one in records:
        writer.write(one)
        writer.finish()
    writer.close()
    return file.getvalue()
