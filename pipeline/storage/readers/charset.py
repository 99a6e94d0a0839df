"""In which characters a page or a document of XML is written, whatever it says of itself.

Said are four things, any of which may be wrong: a byte order mark, the header of the answer that brought the page, a `meta`
element or an XML declaration, and the bytes themselves. What the bytes contradict does not count.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

__all__ = ["STRAY", "decoded", "streamed"]

#: Codecs of the encodings that browsers know, and of two in seven bits that they have given up.
_KNOWN = frozenset(
    "utf-8 cp866 koi8-r koi8-u mac-roman mac-cyrillic cp874 gb18030 big5hkscs euc_jp cp932 cp949".split()
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
    + [f"cp125{part}" for part in range(9)]
    + ["iso2022_jp", "iso2022_kr", "hz"]
)
_SEVEN_BITS = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_SHIFTED = (b"\x1b", b"~{")  # with which these begin what is not ASCII
_GUESSED = 1 << 16  # bytes that a guess is made from
_SURE = 0.2  # of chaos at most, for a guess to count
_WRONG = 0.05  # of what is not ASCII may be no character, for a declared encoding to count
_FEW = 8  # bytes beyond ASCII say little against a declaration of UTF-8
_AHEAD = 8  # pieces of a stream that are looked at together
_BEYOND = bytes(range(0x80, 0x100))
_ASCII = bytes(range(0x80))
_BEFORE = 40  # bytes of ASCII ahead of others that help to tell a language
_META = re.compile(rb"<meta\b[^<>]*\bcharset\b[^<>]*>", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]*\sencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}  # without a mark
#: The name of an error handler for UTF-8: a byte that is none is read as Windows-1252.
STRAY = "pipeline.stray"


def decoded(data: bytes, content_type: str | None = None) -> str:
    """The text of a page. `content_type`: the header of the answer that brought it, if one is known.

    Bytes that are UTF-8 throughout, and more than ASCII, are that: nothing else comes out so by chance. Other bytes are read as
    they are declared, by a mark, the header, or in themselves, in that order, if they can be that; else as a guess has it; and
    as UTF-8 with a byte of Windows-1252 here and there where it is that, or mixed.

    >>> decoded("Bürgschaft".encode(), "text/html; charset=iso-8859-1")
    'Bürgschaft'
    >>> decoded('<meta charset="utf-8">caf\xc3\xa9 \x96 caf\xe9'.encode("latin-1"))
    '<meta charset="utf-8">café – café'
    """
    mark, bom = _marked(data)
    if mark:
        return data[len(bom) :].decode(mark, "replace")
    if (sound := _as_utf8(data)) is not None:
        return sound
    name, errors = _codec(data, _declared(data, content_type))
    return data.decode(name, errors)


def streamed(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text of a document of XML, piece by piece: by the same rules, from the first pieces that are more than ASCII."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    (name, mark), errors = _marked(first), "replace"
    found = _XML.match(first)
    declared = _known(found[1].decode("ascii")) if found else None
    if declared in _SEVEN_BITS:
        name = declared
    pieces = itertools.chain([first[len(mark) :]], pieces)
    if name is None:
        for piece in pieces:
            if not piece.isascii():
                break
            yield piece.decode("ascii")
        else:
            return
        if not _begins_utf8(piece):
            piece += b"".join(itertools.islice(pieces, _AHEAD))
        name, errors = _codec(piece, [declared])
        pieces = itertools.chain([piece], pieces)
    decoder = codecs.getincrementaldecoder(name)(errors)
    yield from map(decoder.decode, pieces)
    yield decoder.decode(b"", final=True)


def _marked(data: bytes) -> tuple[str | None, bytes]:
    """The codec that a byte order mark tells, with the mark; or, where there is none, a tag in characters of two bytes."""
    name, mark = read_bom(data)
    return (name, mark) if name and mark else (_WIDE.get(data[:2]), b"")


def _as_utf8(data: bytes) -> str | None:
    """The text if it is sound UTF-8; None if not, and for ASCII that another encoding may hide in."""
    if data.isascii() and any(sign in data for sign in _SHIFTED):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _begins_utf8(data: bytes) -> bool:
    """Whether it is sound UTF-8, and more than ASCII, of which the last character may be cut."""
    try:
        text, _ = codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _declared(data: bytes, content_type: str | None) -> Iterator[str | None]:
    """The codecs of what is declared of a page, in their order; a `meta` far down counts where there is none above."""
    yield _known(http_content_type_encoding(content_type))
    said = html_body_declared_encoding(data)
    yield _known(said or html_body_declared_encoding(b"".join(_META.findall(data))))


def _known(declared: str | None) -> str | None:
    """The codec of a declared encoding, as browsers take it; None for none, and for what they do not know.

    A page in sixteen bits that is declared inside itself cannot be: its declaration was read byte by byte.
    """
    name = resolve_encoding(declared) if declared else None
    return name if name in _KNOWN else None


def _codec(data: bytes, declared: Iterable[str | None]) -> tuple[str, str]:
    """The codec of some bytes, and what is done where they are no characters. `declared`: what may count, in its order."""
    sample = _telling(data)
    beyond, stray = _counted(sample)
    name = "utf-8" if stray < beyond / 4 else None
    name = name or next((one for one in declared if one and _fits(sample, one, beyond, stray)), None)
    if name is None and beyond:
        name = _guessed(sample)
    return (name, "replace") if name not in (None, "utf-8") else ("utf-8", STRAY)


def _telling(data: bytes) -> bytes:
    """The bytes that tell an encoding: lines and elements that are more than ASCII, as many as are looked at."""
    if data.isascii():
        return data[:_GUESSED]
    lines = (line for line in data.replace(b"<", b"\n").split(b"\n") if not line.isascii())
    found = b"\n".join(line[max(len(line) - len(line.lstrip(_ASCII)) - _BEFORE, 0) :] for line in lines)
    return found if len(found) <= _GUESSED else found[:_GUESSED].rpartition(b"\n")[0] or found[:_GUESSED]


def _counted(sample: bytes) -> tuple[int, int]:
    """How many bytes are beyond ASCII, and how many pieces of these are no UTF-8."""
    beyond = len(sample) - len(sample.translate(None, _BEYOND))
    return beyond, sample.decode("utf-8", "replace").count("\ufffd")


def _fits(sample: bytes, name: str, beyond: int, stray: int) -> bool:
    """Whether bytes may be what they are declared to be."""
    if name == "utf-8":
        return 2 * stray <= beyond or stray < beyond < _FEW
    text = codecs.getincrementaldecoder(name)("replace").decode(sample)
    characters = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") <= _WRONG * characters


def _guessed(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=sorted(_KNOWN - _SEVEN_BITS)).best()
    if best is None or best.percent_chaos > 100 * _SURE:
        return None
    return str(best.encoding)


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A byte that is no UTF-8, read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(STRAY, _stray)
