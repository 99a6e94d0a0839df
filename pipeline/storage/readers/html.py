"""A page of HTML as the fields of a record: its body by trafilatura, what it says of itself by `metadata`.

What takes milliseconds a page, and the cores of a machine; a reader of files only takes the pages out of them.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.storage.readers import markup, metadata
from pipeline.storage.readers.charset import decoded
from pipeline.storage.readers.rows import Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

__all__ = ["NoArticleError", "needed", "values"]

_ELEMENTS = 30_000  # of a page: one of more is no article, and may take minutes
_TOO_MANY = f"HTML of more than {_ELEMENTS:,} elements"
_ODD = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]")  # what no page is written in
_TOO_ODD = 0.05  # of its characters
_ANGLES = 6  # for each of them, at most: its own two, and those in scripts. More are not even parsed
_INSTALL = "pip install 'newswire-reprints[html]', or pip install '.[html]' in a checkout"
_TOLD = 0.5  # of the words of `articleBody`: with fewer, that is taken instead of what was found in the page
_NAMED = "//*[self::article or self::main]//*[@class or @id]"
_NEAR = 4  # elements outward that say what a line belongs to
_BARE = 60  # characters of text that is no label beside a block
_SHORT = 40  # characters of a line that may stand in another by chance
_DASHES = ("—", "–", "--")
_CREDIT_LINE = 400  # characters of a line that may say whose copy it is
#: What stands under pictures: trafilatura leaves some of it in, and whose picture it is says nothing of the text.
_CAPTIONS = (
    ".//*[contains(@class, 'caption') or contains(@class, 'photo-credit') or contains(@class, 'image-credit')"
    " or contains(@class, 'photographer') or contains(@class, 'img-credit') or contains(@class, 'media-credit')]"
    f"[string-length(normalize-space(.)) < {_CREDIT_LINE}]"
)
#: Lines of such elements say whose copy it is; extractors take them for furniture. Those under pictures are none of them.
_CREDITING = re.compile(
    r"(?:^|\s)source(?:-?(?:org|name))?(?=\s|$)|disclaimer|syndicat|agenc(?:y|ies)|tagline|copyright|(?:news|article|story|content)-?(?:source|credit)|wire-?(?:credit|source)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"comment|comentario|kommentar", re.IGNORECASE)
#: Of a class or id, whole: "comentarios", "post-comments", "user_comment_text"; not "comments-open" of a page that takes them.
_COMMENTS = re.compile(
    r"(?!(?:has|no|with|show|hide|allow)[_-])(?:[^\W_]+[_-]+)*(?:comments|comentarios|commentaires|kommentare|commenti"
    r"|(?:comments?|comentarios?)[_-](?:list|listing|thread|area|text|item|block)(?:[_-]?\d+)?)",
    re.IGNORECASE,
)
_PICTURED = re.compile(
    r"photo|image|img|picture|caption|video|media|gallery|nav|menu|share|footer|related", re.IGNORECASE
)
_ELSEWHERE = frozenset("figure figcaption aside nav form header footer table script style noscript template".split())


class NoArticleError(Exception):
    """A page without an article in it; the message says why."""


def needed() -> None:
    """Raises `Unreadable` where HTML and WARC cannot be read because the extra is not installed."""
    if missing := [name for name in ("trafilatura", "fastwarc") if importlib.util.find_spec(name) is None]:
        raise Unreadable(f"HTML and WARC are read with {' and '.join(missing)}, not installed here: {_INSTALL}")


def values(data: bytes, content_type: str | None, url: str | None) -> dict[str, object]:
    """The fields of the page's article. Raises `NoArticleError` if there is none, or it cannot be told.

    `content_type`: the header of the answer that brought the page; `url`: where it was found.
    """
    extract = _extractor()
    try:
        tree = _tree(decoded(data, content_type))
        fields, stated = metadata.read(tree, metadata.described(tree), data, url)
        _drop_comments(tree)
        _hold(tree)
        deck, lines = _story(tree, extract, stated)
    except NoArticleError:
        raise
    except Exception as error:  # a page may find the fault of a library, and is one page
        raise NoArticleError(f"HTML that cannot be taken apart: {type(error).__name__}: {error}"[:300]) from error
    if not any(lines):
        raise NoArticleError("HTML without an article in it")
    return fields | {"deck": deck or fields["deck"], "text": "\n".join(lines)}


def _tree(text: str) -> HtmlElement:
    if text.count("<") > _ANGLES * _ELEMENTS:
        raise NoArticleError(_TOO_MANY)
    if len(_ODD.findall(text)) > _TOO_ODD * len(text):
        raise NoArticleError("HTML that is no text")
    tree = markup.parsed(text)
    if tree is None:
        raise NoArticleError("HTML without anything in it, or nested too deeply")
    if tree.xpath("count(//*)") > _ELEMENTS:
        raise NoArticleError(_TOO_MANY)
    return tree


def _story(tree: HtmlElement, extract: Callable[[HtmlElement], _Element | None], stated: str) -> tuple[str, list[str]]:
    """The line under the headline, if one is printed, and the paragraphs. `stated`: the text as JSON-LD has it.

    After these come the lines of the page that say whose copy it is and that the extractor has left out; one that ends in a
    dash is a dateline and begins the first paragraph.
    """
    crediting = list(_crediting(tree))  # before the tree is taken apart
    body = extract(tree)
    deck, lines = _headed(body) if body is not None else ("", [])
    said = markup.plain(stated).split("\n")
    if _n_words(lines) < _TOLD * _n_words(said) or len(lines) == 1 < len(said):
        lines = said
    datelines = [line for line in crediting if line.endswith(_DASHES) and len(line) < _BARE]
    lines = _dated(lines, datelines)
    held = " ".join(" ".join(lines).split())
    crediting = [line for line in crediting if line not in datelines]
    return deck, lines + [line for line in crediting if line not in (held if len(line) > _SHORT else lines)]


def _dated(lines: list[str], datelines: list[str]) -> list[str]:
    """The lines, the first paragraph behind the dateline that an element of its own has on the page: "Norrvik AP —"."""
    story = [line for line in lines if line not in datelines]
    if not datelines or not story or story[0].startswith(datelines[0]):
        return lines
    return [f"{datelines[0]} {story[0]}", *story[1:]]


def _drop_comments(tree: HtmlElement) -> None:
    """Takes out what readers wrote below the article; extractors know only some of the names that are given to it."""
    for element in tree.xpath("//body//*[@class or @id]"):
        named = f"{element.get('class', '')} {element.get('id', '')}"
        if _COMMENT.search(named) is None or not any(map(_COMMENTS.fullmatch, named.split())):
            continue
        if element.find(".//h1") is None:
            element.drop_tree()


def _hold(tree: HtmlElement) -> None:
    """Has a paragraph hold text that stands bare behind a block: extractors may drop it with a block that they empty."""
    for block in tree.xpath("//body//*[self::div or self::ul or self::table or self::aside or self::figure]"):
        if len((block.tail or "").strip()) < _BARE:
            continue
        paragraph = block.makeelement("p")
        paragraph.text, block.tail = block.tail, None
        block.addnext(paragraph)
        while (beside := paragraph.getnext()) is not None and markup.is_inline(beside):
            paragraph.append(beside)


def _headed(body: _Element) -> tuple[str, list[str]]:
    """The first heading but the headline above the first paragraph, "" if there is none; and what follows these."""
    above = list[str]()
    while len(body) and markup.local(body[0]) == "head" and not (body.text or "").strip():
        heading, rest = body[0], body[0].tail or ""
        if len(body) == 1 and not rest.strip():
            break
        above += markup.lines(heading) if heading.get("rend") != "h1" else []
        body.remove(heading)
        body.text = rest
    return next(iter(above), ""), [*above[1:], *markup.lines(body)]


def _n_words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _crediting(tree: HtmlElement) -> Iterator[str]:
    """The lines of the article that stand in elements of which the class says that they credit, innermost."""
    named = [one for one in tree.xpath(_NAMED) if _CREDITING.search(f"{one.get('class', '')} {one.get('id', '')}")]
    around = {outer for one in named for outer in one.iterancestors()}
    for element in named:
        outward = [element, *element.iterancestors()][:_NEAR]
        if element in around or any(_is_elsewhere(one) for one in outward):
            continue
        line = " ".join(element.text_content().split())
        if 0 < len(line) <= _CREDIT_LINE:
            yield line


def _is_elsewhere(element: HtmlElement) -> bool:
    return markup.local(element) in _ELSEWHERE or _PICTURED.search(element.get("class", "")) is not None


@functools.cache
def _extractor() -> Callable[[HtmlElement], _Element | None]:
    """trafilatura, which takes a while to import and says on standard error what it thinks of a page."""
    try:
        import trafilatura
    except ImportError as error:
        raise InputError(f"trafilatura, with which HTML is read, cannot be imported: {error}. {_INSTALL}") from error
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())

    def body(tree: HtmlElement) -> _Element | None:
        found: Any = trafilatura.bare_extraction(tree, include_comments=False, prune_xpath=_CAPTIONS)
        return None if found is None else found.body

    return body
