"""The article that a page describes in JSON-LD, as schema.org has it; what is broken is mended as far as it goes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from pipeline.storage.readers import jsonlines

__all__ = ["Node", "article", "names", "nodes", "raw", "site", "text", "urls"]

Node = dict[str, Any]

_KINDS = re.compile(r"(?:\w*Article|\w*Posting|Report)$")
_PAGES = re.compile(r"(?:WebPage|ItemPage|CreativeWork)$")
_SITES = re.compile(r"(?:WebSite|\w*Organization)$")
_SIZE = 2 << 20  # characters of all scripts of a page: beyond it nobody describes an article
_NODES = 5_000
_DEPTH = 8  # into which the nodes of a page are followed
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")  # where the page's own article may lie; elsewhere lie others
_START = re.compile(r"[{\[]")
_COMMA = re.compile(r",(?=\s*[}\]])")
_FIELD = re.compile(
    r'"(@type|headline|datePublished|dateModified|creditText|articleBody|inLanguage|dateline|url)"\s*:\s*"((?:[^"\\\n]|\\.)*)"'
)
_TAG = re.compile(r"<[^<>]{1,400}>")


def nodes(scripts: Sequence[str]) -> list[Node]:
    """The nodes at the top of some scripts, in their order, `@graph` and main entities taken apart.

    A reference (`{"@id": ...}`) is followed by `names` through the node that has the id, which is put in its place here.
    """
    found: list[Node] = []
    for script in scripts:
        if sum(map(len, scripts)) > _SIZE:
            break
        found += _flat(_parsed(script), _DEPTH)
    found = found[:_NODES]
    known = {node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 1}
    return [{key: _referred(value, known) for key, value in node.items()} for node in found]


def article(found: Sequence[Node], addresses: Sequence[str], headlines: Sequence[str] = ()) -> Node:
    """The node of the page's own article, {} if none: the one at one of its addresses, else the one that says most.

    `addresses`, `headlines`: those of the page. A node that has others, and none of these, is another page's. Where there is no
    article, a page that says when it was published is one.
    """
    here = {_bare(address) for address in addresses if address}
    said = {_letters(headline) for headline in headlines} - {""}

    def is_own(node: Node, there: set[str]) -> bool:
        return not here or not there or bool(here & there) or _letters(text(node.get("headline"))) in said

    def worth(node: Node) -> tuple[bool, bool, bool]:
        return bool(here & _places(node)), "headline" in node, "datePublished" in node

    for kinds in (_KINDS, _PAGES):
        own = [node for node in found if _is_a(node, kinds) and is_own(node, _places(node))]
        if own and (kinds is _KINDS or any("datePublished" in node for node in own)):
            return max(own, key=worth)
    return {}


def site(found: Sequence[Node]) -> str:
    """The name of the site or its publisher, if a node beside the article says it."""
    return next((name for node in found if _is_a(node, _SITES) for name in names(node.get("name"))), "")


def names(value: object) -> list[str]:
    """What people, organisations and plain strings in a value are called; no addresses.

    >>> names([{"@type": "Person", "name": "Ida Tern"}, "ANI", {"url": "https://example.com"}])
    ['Ida Tern', 'ANI']
    """
    if isinstance(value, list):
        return [name for item in value for name in names(item)]
    if isinstance(value, dict):
        given = " ".join(filter(None, (text(value.get(key)) for key in ("givenName", "familyName"))))
        called = (*(value.get(key) for key in ("name", "legalName", "@value")), given)
        return next((found for one in called if (found := names(one))), [])
    said = text(value)
    return [said] if said and not _is_address(said) else []


def urls(value: object) -> list[str]:
    """The web addresses that a value is, or that its works are found at."""
    if isinstance(value, list):
        return [url for item in value for url in urls(item)]
    if isinstance(value, dict):
        return next((found for key in ("url", "@id") if (found := urls(value.get(key)))), [])
    said = text(value)
    return [said] if _is_address(said) else []


def text(value: object) -> str:
    """A value as plain text on one line, "" for nothing; markup and entities that were left in are taken out."""
    said = raw(value)
    for _ in range(2):  # "&amp;#39;" is common
        said = html.unescape(said) if "&" in said else said
    return " ".join(_TAG.sub(" ", said).split() if "<" in said else said.split())


def raw(value: object) -> str:
    """A value as it was written, "" for nothing; the first of a list."""
    for _ in range(_DEPTH):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("text")
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return str(jsonlines.scrub(str(value)))


def _letters(headline: str) -> str:
    return "".join(filter(str.isalnum, headline.casefold()))


def _is_address(said: str) -> bool:
    return said.startswith(("http://", "https://", "//"))


def _is_a(node: Node, kinds: re.Pattern[str]) -> bool:
    said = node.get("@type")
    return any(isinstance(one, str) and kinds.search(one) for one in (said if isinstance(said, list) else [said]))


def _places(node: Node) -> set[str]:
    """Where a node says that it is; a whole site is no place of an article, and a mark within one no other place."""
    said = (url for key in ("url", "@id", "mainEntityOfPage") for url in urls(node.get(key)))
    return {bare for url in said if "/" in (bare := _bare(url))}


def _bare(address: str) -> str:
    """An address in the one form in which two are compared."""
    place = re.sub(r"^(?:https?:)?//(?:www\.|m\.|amp\.)?|[?#].*$", "", unquote(address).casefold(), flags=re.DOTALL)
    return re.sub(r"(?:/amp|\.amp)?/*$", "", place)


def _flat(value: object, depth: int) -> Iterator[Node]:
    if depth and isinstance(value, list):
        for item in value[:_NODES]:
            yield from _flat(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        for key in _WITHIN:
            yield from _flat(value.get(key), depth - 1)


def _referred(value: object, known: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [_referred(item, known) for item in value[:_NODES]]
    if isinstance(value, dict) and isinstance(key := value.get("@id"), str) and "name" not in value:
        return known.get(key, value)
    return value


def _parsed(script: str) -> object:
    """The value of a script; of one that cannot be mended, the fields of an article as far as they can be told."""
    inner = script.replace("\0", "").replace("<![CDATA[", "")
    start = _START.search(inner)
    inner = inner[start.start() :] if start else ""
    for attempt in (inner, _COMMA.sub("", inner), html.unescape(inner)):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    found: Node = {}
    for key, said in _FIELD.findall(inner):
        if key != "@type" or _KINDS.search(said):
            found.setdefault(key, said.replace('\\"', '"').replace("\\/", "/"))
    return found if "@type" in found else None
