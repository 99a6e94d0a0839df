"""XML as its parser takes it: in UTF-8, and what is no markup written as the text that it was meant to be."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator

from pipeline.storage.readers import jsonlines

__all__ = ["spelled"]

_LITERAL = "<![CDATA["
_ENDS = "]]>"
_HALVES = r"#(?:0*5[5-7]\d{3}|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});"
#: References and angles that a parser may stumble over: names of HTML, halves of pairs, an `&` or `<` of the text.
_ODD = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:"
    rf"(?P<name>[A-Za-z][A-Za-z0-9]{{1,31}});|(?P<halves>{_HALVES}(?:&{_HALVES})*)"
    r"|(?!#(?:\d+|[xX][0-9a-fA-F]+);|[\w:.-]+;))"
    r"|<(?!/?(?:[^\W\d]|:)|!(?:--|\[CDATA\[|[A-Z])|\?)"
)
_HALF = re.compile(r"#([xX]?)(\w+);")
_FIRST = r"&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56[0-2]\d\d|563[01]\d)|[xX]0*[dD][89abAB][0-9a-fA-F]{2});"  # of a pair
_OPEN = re.compile(rf"(?:(?:{_FIRST})?&[#\w]{{0,32}};?|<[^<>&]{{0,8}}|\]{{1,2}})\Z")  # what may go on behind a piece
_TAIL = 80  # characters in which that lies
_CONTROLS = bytes({*range(0x20)} - set(b"\t\n\r"))  # which no document of XML may have


def spelled(pieces: Iterable[str]) -> Iterator[bytes]:
    """The same with the names of HTML as numbers, which no document has to define, and `&` and `<` of the text as references.

    >>> b"".join(spelled(["<a>Caf&eacute; &amp; bar, Q&A, 3 < 5, &#55357;", "&#56832;<![CDATA[a < b]]></a>"]))
    b'<a>Caf&#233; &amp; bar, Q&amp;A, 3 &lt; 5, &#128512;<![CDATA[a < b]]></a>'
    """
    held, is_literal = "", False
    for piece in pieces:
        text = held + piece
        found = _OPEN.search(text, max(len(text) - _TAIL, 0))
        cut = found.start() if found else len(text)
        written, is_literal = _written(text[:cut], is_literal)
        held = text[cut:]
        yield written
    yield _written(held, is_literal)[0]


def _written(text: str, is_literal: bool) -> tuple[bytes, bool]:
    """A piece as it is spelled; and whether what follows it is in a section of CDATA, as this may have begun in one."""
    parts, at = list[str](), 0
    while at < len(text):
        mark = _ENDS if is_literal else _LITERAL
        end = text.find(mark, at)
        stop = len(text) if end < 0 else end + len(mark)
        parts.append(text[at:stop] if is_literal else _ODD.sub(_reference, text[at:stop]))
        is_literal, at = is_literal ^ (end >= 0), stop
    return "".join(parts).encode().translate(None, _CONTROLS), is_literal


def _reference(found: re.Match[str]) -> str:
    if name := found["name"]:
        meant = html.entities.html5.get(f"{name};", "")
    elif halves := found["halves"]:
        codes = (int(code, 16 if is_hex else 10) for is_hex, code in _HALF.findall(halves))
        meant = jsonlines.scrub("".join(map(chr, codes)))
    else:
        return "&lt;" if found[0] == "<" else "&amp;"
    return "".join(f"&#{ord(one)};" for one in meant) or found[0]
