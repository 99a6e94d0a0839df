"""What an HTML page says of its article beside its text: JSON-LD first, then `meta` and `link`, then the page as printed.

Fields are those of `schema.RECORDS`; which element means what is known from schema.org, the Open Graph, and the practice of
publishing systems.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipeline.stages._urls import behind
from pipeline.storage.readers import jsonld
from pipeline.storage.readers.printed import NO_AUTHOR, Printed, read_time

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["described", "read"]

#: Names of `meta` elements by field, in order of preference. `og:` and the like are names as others are.
_METAS: Mapping[str, tuple[str, ...]] = {
    "headline": ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline", "title"),
    "deck": ("og:description", "description", "twitter:description", "dc.description", "sailthru.description"),
    "publisher": ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "dc:publisher"),
    "byline": (
        *("author", "byl", "dc.creator", "dcterms.creator", "dc:creator", "parsely-author", "sailthru.author"),
        *("cxenseparse:author", "citation_author", "article:author", "article:author_name", "byline"),
    ),
    "published": (
        *("article:published_time", "og:article:published_time", "datepublished", "publishdate", "publish-date"),
        *("article:published", "article.published", "og:published_time", "published_time", "published_at"),
        *("publish_date", "publication_date", "pub_date", "article_date_original"),
        *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "bt:pubdate"),
        *(
            "dc.date.issued",
            "dcterms.issued",
            "dcterms.created",
            "dc.date",
            "dc:date",
            "pubdate",
            "date",
            "citation_publication_date",
        ),
    ),
    "modified": (
        *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "article:modified"),
        *("article.updated", "article.modified"),
        *("lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "bt:moddate", "article_date_updated"),
    ),
    "rights": ("copyright", "dcterms.rightsholder", "dcterms.rights", "dc.rights", "rights"),
    "language": ("og:locale", "content-language", "dc.language", "language"),
    "credit": (
        *("agency", "provider", "news:source", "article:source", "article.origin", "dc.source", "dcterms.source"),
        *("source", "creditline", "credit"),
    ),
    "origin": ("syndication-source", "original-source"),
    "address": ("og:url", "twitter:url", "parsely-link"),
}
_OWN = {name: field for field, names in _METAS.items() for name in names}
_SAVED = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|page saved with singlefile\s+url:\s*)(https?://[^\s<>\"]{1,2000})",
    re.IGNORECASE,
)
_SAVED_WITHIN = 2_000  # bytes
_CUT = (" ...", "...", "…")
_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " · ", ": ")
_BEHIND = re.compile(r"\s+(?:\||-{1,2}|–|—|::|·|»)\s+")
_HEADING = 16  # characters of a heading that is a headline, and not its first words
#: Labels under which publishing systems name the author for cards of Twitter (Yoast).
_WRITTEN = re.compile(
    r"written by|author|verfasst von|geschrieben von|escrito por|écrit par|scritto da|autor", re.IGNORECASE
)


def described(tree: HtmlElement) -> list[jsonld.Node]:
    """What the scripts of a page describe in JSON-LD."""
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").casefold())
    return jsonld.nodes([script.text or "" for script in scripts])


def read(
    tree: HtmlElement, found: Sequence[jsonld.Node], data: bytes, url: str | None
) -> tuple[dict[str, object], str]:
    """The fields that a page fills, and its text where it is stated beside the page.

    `found`: what the page describes; `data`: its bytes; `url`: where it was found, if known.

    A page that is known by no address takes its own word for one. `origin_url` is another site's page that this one names as
    its source; what names its own site says nothing, for templates fill it in everywhere.
    """
    metas = _metas(tree)
    url = behind(url) if url else url
    canonical = _links(tree, "canonical", url or _first(base.get("href", "") for base in tree.iter("base")))
    own = [url or "", *metas["address"], *canonical]
    printed = Printed(tree)
    ld = jsonld.article(found, own, [*metas["headline"], *printed.headings])
    address = url or _saved(data) or _first([*metas["address"], *_of(ld, "url", "mainEntityOfPage", "@id"), *canonical])
    publisher = _first([*jsonld.names(ld.get("publisher")), *metas["publisher"], jsonld.site(found)])
    host = _host(address)
    origins = [*_of(ld, "isBasedOn", "isBasedOnUrl"), *metas["origin"]]
    fields: dict[str, object] = {
        "url": address,
        "canonical_url": _first([*canonical, *metas["address"]]),
        "origin_url": _first(one for one in origins if _host(one) not in ("", host) and _path(one) not in ("", "/")),
        "publisher": publisher,
        "headline": _headline(tree, printed, ld, metas, publisher),
        "deck": _first([jsonld.text(ld.get("description")), *metas["deck"]]),
        "byline": _byline(tree, printed, ld, metas, {publisher.casefold(), host}),
        "credit": _credits(ld, metas, publisher),
        "dateline": jsonld.text(ld.get("dateline")),
        "rights": _first(
            [jsonld.text(ld.get("copyrightNotice")), *jsonld.names(ld.get("copyrightHolder")), *metas["rights"]]
        ),
        "language": _first([*_language(ld), tree.get("lang", ""), *_attributes(tree, "lang"), *metas["language"]]),
        "published": _time("datePublished", printed, ld, metas["published"]),
        "modified": _time("dateModified", printed, ld, metas["modified"]),
        "status": jsonld.text(ld.get("creativeWorkStatus")),
        "version": jsonld.text(ld.get("version")),
        "note": jsonld.text(ld.get("correction")),
    }
    return fields, jsonld.raw(ld.get("articleBody"))


def _first(choices: Iterable[str]) -> str:
    return next((choice for choice in choices if choice), "")


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    """What the `meta` elements say, by field, in order of preference."""
    said: dict[str, list[str]] = defaultdict(list)
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().casefold()
            if content and name in _OWN:
                said[name].append(jsonld.text(content))
    return {field: [value for name in names for value in said.get(name, ())] for field, names in _METAS.items()}


def _links(tree: HtmlElement, relation: str, url: str | None) -> list[str]:
    found = (
        link.get("href", "") for link in tree.iter("link") if relation in (link.get("rel") or "").casefold().split()
    )
    return [address for href in found if (address := _absolute(href.strip(), url))]


def _absolute(href: str, url: str | None) -> str:
    try:
        address = behind(urljoin(url or "", href))
        return address if urlsplit(address).hostname and address.startswith(("http://", "https://")) else ""
    except ValueError:
        return ""


def _of(ld: jsonld.Node, *keys: str) -> list[str]:
    return [url for key in keys for url in jsonld.urls(ld.get(key))]


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _path(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def _saved(data: bytes) -> str:
    """The address that a browser wrote into a page when it saved it."""
    found = _SAVED.search(data[:_SAVED_WITHIN])
    return behind(found[1].decode("utf-8", "replace")) if found else ""


def _language(ld: jsonld.Node) -> list[str]:
    said = ld.get("inLanguage")
    named = said.get("alternateName") or said.get("name") if isinstance(said, dict) else said
    return [jsonld.text(named)]


def _attributes(tree: HtmlElement, name: str) -> list[str]:
    return [str(body.get(name) or "") for body in tree.iter("html", "body")]


def _headline(
    tree: HtmlElement, printed: Printed, ld: jsonld.Node, metas: Mapping[str, Sequence[str]], publisher: str
) -> str:
    """The headline, without the name of the site behind it. One that was cut to fit a field is taken whole elsewhere."""
    titles = [" ".join(one.text_content().split()) for one in tree.iter("title")]
    said = [
        jsonld.text(ld.get("headline")),
        *metas["headline"],
        *printed.headings,
        *titles,
        jsonld.text(ld.get("name")),
    ]
    choices = [_untitled(one, publisher) for one in said if one and one != publisher]
    chosen = _first(choices)
    chosen = next((one for one in printed.headings if _is_title_of(one, chosen)), chosen)
    stem = next((chosen.removesuffix(mark) for mark in _CUT if chosen.endswith(mark)), "")
    return next((one for one in choices if stem and one.startswith(stem) and len(one) > len(chosen)), chosen)


def _is_title_of(heading: str, title: str) -> bool:
    """Whether a title is the printed heading with a site or a section behind it: "The ferry sails - Courier.test"."""
    return len(heading) >= _HEADING and title.startswith(heading) and _BEHIND.match(title, len(heading)) is not None


def _untitled(title: str, publisher: str) -> str:
    for separator in _SEPARATORS:
        rest = title.removesuffix(f"{separator}{publisher}").removeprefix(f"{publisher}{separator}")
        if publisher and rest and rest != title:
            return rest
    return title


def _byline(
    tree: HtmlElement, printed: Printed, ld: jsonld.Node, metas: Mapping[str, Sequence[str]], site: set[str]
) -> list[str]:
    """Who wrote it: of JSON-LD, of the `meta` elements, or as printed; addresses of profiles are no names.

    A site that names itself says less than the page that it prints. `site`: its name and its host.
    """
    stated = [*jsonld.names(ld.get("author")), *jsonld.names(ld.get("creator"))]
    own: list[str] = []
    for choices in (stated, metas["byline"], _written(tree)):
        said = list(dict.fromkeys(one for one in choices if not NO_AUTHOR.search(one)))
        if said and not {one.casefold() for one in said} <= site:
            return said
        own = own or said
    return printed.byline() or own


def _written(tree: HtmlElement) -> list[str]:
    """The author as cards of Twitter have it: a label, and what it is of."""
    told = {meta.get("name"): meta.get("content") or "" for meta in tree.iter("meta") if meta.get("name")}
    return [
        told.get(f"twitter:data{n}", "") for n in "12" if _WRITTEN.fullmatch(told.get(f"twitter:label{n}", "").strip())
    ]


def _credits(ld: jsonld.Node, metas: Mapping[str, Sequence[str]], publisher: str) -> list[str]:
    """The organisations that the page credits, each once; the publisher itself is none."""
    said = [*jsonld.names(ld.get("sourceOrganization")), jsonld.text(ld.get("creditText"))]
    said += [*jsonld.names(ld.get("provider")), *metas["credit"]]
    own = {"", publisher.casefold()}
    return list(dict.fromkeys(one for one in said if one.casefold() not in own and not jsonld.urls(one)))


def _time(key: str, printed: Printed, ld: jsonld.Node, metas: Sequence[str]) -> str:
    """The time that is stated first and can be read; of that day a finer one. Without any, what is stated first."""
    created = [jsonld.text(ld.get("dateCreated"))] if key == "datePublished" else []
    stated = [one for one in (jsonld.text(ld.get(key)), *metas, *created) if one]
    chosen, day = "", None
    for said in itertools.chain(stated, printed.times(key) if not any(map(read_time, stated)) else ()):
        moment = read_time(said)
        if moment is None or (day is not None and moment.day != day):
            continue
        chosen = said if moment.precision != "day" or day is None else chosen
        if moment.precision != "day":
            break
        day = moment.day
    return chosen or _first(stated)
