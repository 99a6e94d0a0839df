"""Text as its publisher meant it: exports leave markup, entities and escapes in, or have read UTF-8 as Windows-1252.

Most texts have none of this, which one look for a character tells; of the others the text that is mended is the text as
read, to which all offsets refer.
"""

from __future__ import annotations

import html
import re

from pipeline.storage.readers import markup

__all__ = ["is_document", "mended"]

_DOCUMENT = re.compile(r"\s*<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE)
_BLOCKS = r"p|br|div|li|[uo]l|h[1-6]|t(?:able|body|r|d)|blockquote|fig(?:ure|caption)|section|article|hr"
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(
    rf"</?(?:{_BLOCKS}|a|b|i|u|em|strong|span|font|img|su[bp]|small|iframe|script|style|cite)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CODED = rf"&(?:amp;)?lt;/?(?:{_BLOCKS}|a|b|i|u|em|strong|span|font|img)\b(?:(?!&(?:amp;)?[lg]t;).)*?&(?:amp;)?gt;"
_CODED_BLOCK = rf"&(?:amp;)?lt;(?:/(?:{_BLOCKS})|br\s*/?)\s*&(?:amp;)?gt;"
#: Markup of which every angle is an entity: a text that begins and ends with a tag, or begins with one and has two ends.
_ALL_CODED = re.compile(rf"\s*{_CODED}.*(?:{_CODED}\s*\Z|{_CODED_BLOCK}.*{_CODED_BLOCK})", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ESCAPED = 2  # times: "&amp;rsquo;" is an apostrophe
_LINE_END = re.compile(r"(?:\\r)?\\n")  # spelled out
_SPELLED_OUT = re.compile(rf"[.!?\"'”’ ]{_LINE_END.pattern}")  # behind a sentence; `C:\news` is a folder
_CODES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_LEAST = 0.2  # of the text between tags: with less, something that was not closed has taken the rest
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
# The beginning of a character in UTF-8, read as Windows-1252, and what goes on with it; some pairs also stand in good text.
_LEADS = "ÃÂÐÑ€Ÿ"  # one of them is in each such pair; to look for single characters is ten times as fast
_MANGLED = re.compile("â€|ðŸ|[ÂÐÑ][\x80-\xbf]|Ã[\x80-\x9f\xa1-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘“”•–—˜™š›œžŸ]")


def is_document(text: str) -> bool:
    """Whether a text is a whole page of HTML or a document of XML, from which the story has still to be taken."""
    return _DOCUMENT.match(text) is not None


def mended(text: str) -> str:
    """The text without markup, entities and escapes, a paragraph a line, and with the characters that were meant.

    >>> mended("<p>It wasn&#8217;t dark.</p><p>Caf&eacute; owners &amp; fishermen slept.</p>")
    'It wasn’t dark.\\nCafé owners & fishermen slept.'
    >>> mended("It wasnâ€™t dark, 3 < 5 &c.")
    'It wasn’t dark, 3 < 5 &c.'
    """
    if not text.isascii() and any(map(text.__contains__, _LEADS)) and _MANGLED.search(text):
        import ftfy

        text = ftfy.fix_encoding(text)
    if "\\" in text:
        if "\n" not in text and _SPELLED_OUT.search(text):
            text = _LINE_END.sub("\n", text).replace('\\"', '"')
        text = _CODES.sub(_decoded, text)
    for _ in range(_ESCAPED):
        if "&" not in text or "lt;" not in text or "<" in text or not _ALL_CODED.match(text):
            break
        text = html.unescape(text)
    if "<" in text and _TAG.search(text) and not is_document(text):
        text = _without_tags(text)
    for _ in range(_ESCAPED):
        if "&" not in text:
            break
        text = _ENTITY.sub(_character, text)
    return text


def _without_tags(text: str) -> str:
    """The lines of a piece of HTML. An empty line ends a paragraph, and where no tag does, so does the end of a line.

    What is not closed, a comment or a script, takes nothing with it.
    """
    has_blocks = _BLOCK.search(text) is not None
    broken = _EMPTY_LINE.sub("\n<br>\n", text) if has_blocks else text.replace("\n", "\n<br>")
    broken = _COMMENT.sub("", broken).replace("<!--", "&lt;!--")
    tree = markup.parsed(broken)
    found = "" if tree is None else "\n".join(markup.lines(tree))
    bare = _TAG.sub("", _BLOCK.sub("\n", text)).strip()
    return found if _LEAST * len(bare) <= len(found) else bare


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _decoded(codes: re.Match[str]) -> str:
    """What JSON means by codes that were escaped once too often; halves of a pair that lie apart are no character."""
    return codes[0].encode().decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
