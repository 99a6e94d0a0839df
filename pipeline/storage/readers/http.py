"""An answer of a web server as it lies in an archive: status, headers, and the body without its transfer codings."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from typing import NamedTuple, Protocol

__all__ = ["Answer", "answer", "is_html", "payload"]

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\S+\s+(\d{3})\b", re.IGNORECASE)
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_GZIP = b"\x1f\x8b"
_MEMBERS = 1_000  # of a packed body, at the most: what is left is copied with each
_HTML = ("text/html", "application/xhtml+xml")
_LOOKS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.S,
)


class Answer(NamedTuple):
    """`status`: 0 if it cannot be told; `headers` by their names in small letters, the last of several; `body` as sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


def answer(block: bytes) -> Answer:
    """The parts of an answer; of what is none, all is its body.

    >>> answer(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<html>")
    Answer(status=200, headers={'content-type': 'text/html'}, body=b'<html>')
    """
    end = _END.search(block)
    if not block[:5].upper().startswith(b"HTTP/") or end is None:
        return Answer(0, {}, block)
    first, *lines = block[: end.start()].decode("latin-1").splitlines()
    status = _STATUS.match(first)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().casefold(): value.strip() for name, _, value in pairs}
    return Answer(int(status[1]) if status else 0, headers, block[end.end() :])


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body is said to be HTML; where nothing is said, whether it looks so."""
    kind = headers.get("content-type", "").partition(";")[0].strip().casefold()
    return kind in _HTML if kind else _LOOKS.match(body[:2_000]) is not None


def payload(found: Answer, limit: int) -> bytes | None:
    """The body as it was before it was sent, of which more than `limit` bytes are not unpacked; None if they are more.

    Crawlers often unpack it and keep the headers that say it is packed: what is not packed as they say is taken as it is.
    Raises `ValueError` where it is packed and broken.
    """
    body = found.body
    if "chunked" in found.headers.get("transfer-encoding", "").casefold():
        body = _joined(body)
    codings = found.headers.get("content-encoding", "").casefold().split(",")
    for coding in reversed([one.strip() for one in codings]):
        if coding in ("gzip", "x-gzip") and body.startswith(_GZIP):
            body = _inflated(body, 31, limit)
        elif coding == "deflate" and not _LOOKS.match(body[:2_000]):
            body = _inflated(body, 15 if body[:1] == b"\x78" else -15, limit)
        elif coding == "br" and not _LOOKS.match(body[:2_000]):
            body = _unpacked("BrotliReader", body, limit)
        elif coding == "zstd" and body.startswith(b"\x28\xb5\x2f\xfd"):
            body = _unpacked("ZstdReader", body, limit)
    if body.startswith(_GZIP):  # though no header says so
        body = _inflated(body, 31, limit)
    return body if len(body) <= limit else None


def _joined(body: bytes) -> bytes:
    """A body sent in chunks, as far as these go; as it is if it does not begin with one."""
    parts, at = list[bytes](), 0
    while head := _CHUNK.match(body, at):
        size = int(head[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[head.end() : head.end() + size])
        at = head.end() + size
    return b"".join(parts) if parts else body


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    """What is whole of a body packed by gzip, in one member or several, or deflate: one that was cut gives what it has."""
    parts, left = list[bytes](), limit + 1
    while left > 0 and (not parts or body.startswith(_GZIP)) and len(parts) < _MEMBERS:
        unpacker = zlib.decompressobj(bits)
        try:
            parts.append(unpacker.decompress(body, left))
        except zlib.error as error:
            if parts:
                break
            raise ValueError(f"its body cannot be unpacked: {error}") from error
        left -= len(parts[-1])
        body = unpacker.unused_data
    return b"".join(parts)


def _unpacked(reader: str, body: bytes, limit: int) -> bytes:
    from fastwarc import stream_io

    stream: _Reader = getattr(stream_io, reader)(io.BytesIO(body))
    parts, size = list[bytes](), 0
    try:
        while size <= limit and (part := stream.read(1 << 16)):
            parts.append(part)
            size += len(part)
    except OSError as error:
        if not parts:
            raise ValueError(f"its body cannot be unpacked: {error}") from error
    return b"".join(parts)
