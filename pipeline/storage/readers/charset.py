"""In which characters a page is written, whatever it says of itself.

Said are four things, any of which may be wrong: a byte order mark, the header of the answer that brought the page, a `meta`
element or an XML declaration, and the bytes themselves.
"""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

__all__ = ["STRAY", "decoded"]

_SHIFTED = (b"\x1b", b"~{")  # with which ISO-2022 and HZ begin what is not ASCII
_GUESSED = 1 << 16  # bytes that a guess is made from
_SURE = 0.2  # of chaos at most, for a guess to count
#: The name of an error handler for UTF-8: a byte that is none is read as Windows-1252.
STRAY = "pipeline.stray"


def decoded(data: bytes, content_type: str | None = None) -> str:
    """The text of a page. `content_type`: the header of the answer that brought it, if one is known.

    Bytes that are UTF-8 throughout, and more than ASCII, are that: nothing else comes out so by chance. Other bytes are read as
    they are declared, by a mark, the header, or in themselves, in that order; as a guess has it where nothing is; and as UTF-8
    with a byte of Windows-1252 here and there where it is that, or mixed.

    >>> decoded("Bürgschaft".encode(), "text/html; charset=iso-8859-1")
    'Bürgschaft'
    >>> decoded('<meta charset="utf-8">caf\xc3\xa9 \x96 caf\xe9'.encode("latin-1"))
    '<meta charset="utf-8">café – café'
    """
    mark, bom = read_bom(data)
    if mark and bom:
        return data[len(bom) :].decode(mark, "replace")
    if (sound := _as_utf8(data)) is not None:
        return sound
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(data)
    name = _known(declared)
    if name is None and data.isascii():
        return data.decode("ascii")
    if name is None and not _is_mostly_utf8(data):
        name = _guessed(data)
    if name is None or name == "utf-8":
        return data.decode("utf-8", STRAY)
    return data.decode(name, "replace")


def _as_utf8(data: bytes) -> str | None:
    """The text if it is sound UTF-8; None if not, and for ASCII that another encoding may hide in."""
    if data.isascii() and any(sign in data for sign in _SHIFTED):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _known(declared: str | None) -> str | None:
    """The codec of a declared encoding, as browsers take it; None for none, and for what Python has no text codec for.

    A page in sixteen bits that is declared inside itself cannot be: its declaration was read byte by byte.
    """
    name = resolve_encoding(declared) if declared else None
    if name is None or name.startswith(("utf-16", "utf-32")):
        return None
    return name if codecs.lookup(name)._is_text_encoding else None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether the bytes beyond ASCII are UTF-8 by more than half: those of other encodings hardly ever are."""
    beyond = sum(byte > 0x7F for byte in data[:_GUESSED])
    stray = data[:_GUESSED].decode("utf-8", "replace").count("\ufffd")
    return stray < beyond / 4


def _guessed(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESSED]).best()
    if best is None or best.percent_chaos > 100 * _SURE:
        return None
    return str(best.encoding)


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A byte that is no UTF-8, read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(STRAY, _stray)
