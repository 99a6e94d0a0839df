"""Short names: `the Times` where a text has named The New York Times, and `the newspaper` where it has named just one.

Nothing is guessed: a short name that could be two papers of the text, or none of them, names nobody.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import regex

from pipeline.stages.trace.names import HEAD, Hit, Source
from pipeline.stages.trace.page import Page
from pipeline.stages.trace.senses import resolve
from pipeline.stages.trace.spans import Spans
from pipeline.stages.trace.tables import frames

__all__ = ["Named", "Short", "short_names"]

_PART_OF_A_NAME = regex.compile(r"(?r)(?:\p{Lu}[\w.'&]*[ -]|[\w]-)\Z")
_ARTICLE_BEFORE = regex.compile(r"(?r)\b[Tt]he[ ]\Z")
_GOES_ON = regex.compile(r"(?:[ ](?:of|for)(?:[ ]the)?)?[ -]\p{Lu}|[-&]")
_PAPERS = frozenset({"newspaper", "magazine"})
_START = operator.attrgetter("start")
_NEAR = 900  # code points between a newspaper's name and `the newspaper`


class Named(NamedTuple):
    """A paper that the text names at `text[start:end]`; `source` is null if no lexicon has it."""

    name: str
    source: Source | None
    start: int
    end: int


class Short(NamedTuple):
    """A short name at `text[start:end]`, without its article, and the paper that it means."""

    name: str
    source: Source | None
    start: int
    end: int


class _Shapes(NamedTuple):
    heads: frozenset[str]
    never: frozenset[str]
    the_paper: regex.Pattern[str]
    papers_of_science: regex.Pattern[str]


@functools.cache
def _shapes() -> _Shapes:
    table: Mapping[str, Any] = frames()["coreference"]
    return _Shapes(
        frozenset(table["heads"]),
        frozenset(table["never"]),
        regex.compile(table["the_paper"]),
        regex.compile(table["papers_of_science"]),
    )


def short_names(page: Page, hits: Sequence[Hit], unknown: Sequence[Named], credited: Collection[str]) -> list[Short]:
    """The short names of a text, in its order. `unknown`: papers no lexicon spells so; `credited`: keys of the byline's."""
    told = ((hit, resolve(hit, frozenset(), page.house.country)) for hit in hits if hit.sources[0].key != HEAD)
    known = [Named(source.name, source, hit.start, hit.end) for hit, source in told if source and not source.is_agency]
    papers = [*(paper for paper in known if _is_full(page.body, paper)), *unknown]
    papers = [Named(key, None, -1, -1) for key in credited if " " in key] + sorted(papers, key=_START)
    if not papers:
        return []
    return sorted([*_heads(page, papers, hits), *_the_paper(page.body, papers)], key=_START)


def _is_full(body: str, paper: Named) -> bool:
    """Whether a name is more than a short one: `The Times` is not, `NYT` is."""
    return paper.end - paper.start > 13 or _bare_name(body[paper.start : paper.end]) not in _shapes().heads


def _bare_name(name: str) -> str:
    return name.removeprefix("The ").removeprefix("the ")


@functools.lru_cache(maxsize=4096)
def _head(name: str) -> str | None:
    """The word by which a paper is called for short: the last, or the first of `The Times of India`."""
    words = name.removeprefix("The ").split()
    return next((word for word in (words[-1], words[0]) if word in _shapes().heads), None)


def _heads(page: Page, papers: Sequence[Named], hits: Sequence[Hit]) -> Iterator[Short]:
    by_head: dict[str, dict[str, Named]] = {}
    for paper in papers:
        head = _head(paper.name)
        if head:
            by_head.setdefault(head, {}).setdefault(paper.name.removeprefix("The "), paper)
    for head, named in by_head.items():
        (paper, *others) = named.values()
        if f"he {head}" not in page.body or others or paper.name in _shapes().never or _is_house(page, head, paper):
            continue
        spans = [(other.start, other.end) for other in papers] + [
            (hit.start, hit.end) for hit in hits if hit.sources[0].key != HEAD and _bare_name(hit.alias) != head
        ]
        bare = list(_bare(page.body, head, Spans(spans)))
        if None not in bare:
            yield from (Short(paper.name, paper.source, *span) for span in bare if span and span[0] > paper.start)


def _is_house(page: Page, head: str, paper: Named) -> bool:
    """Whether the publisher is another paper that is called so."""
    labels = [*page.house.names, *(host.removeprefix("www.").split(".")[0] for host in page.house.hosts)]
    is_own = page.house.owns(paper.source) if paper.source else page.house.owns_name(paper.name)
    return not is_own and any(label.endswith(head.casefold()) for label in labels)


def _bare(body: str, head: str, spans: Spans) -> Iterator[tuple[int, int] | None]:
    """Where the head stands with nothing but an article; None where it ends or begins another name than those at `spans`."""
    for match in regex.finditer(rf"\b{head}\b", body):
        start, end = match.span()
        if spans.reach_into(start, start + 1):
            continue
        goes_on = _GOES_ON.match(body, end) is not None
        if _ARTICLE_BEFORE.search(body, 0, start):
            if body.startswith((" of ", " for "), end) and goes_on:
                yield None
            elif not goes_on:
                yield start, end
        elif _PART_OF_A_NAME.search(body, 0, start):
            yield None


def _the_paper(body: str, papers: Sequence[Named]) -> Iterator[Short]:
    """`The newspaper`, soon after the only paper that the text names; `the paper` too, where it tells of no study."""
    named = [paper for paper in papers if paper.source is None or paper.source.kind in _PAPERS]
    if len({paper.name for paper in named}) != 1 or named[0].start < 0:
        return
    if "he newspaper" not in body and "he paper" not in body:
        return
    is_science, spans = None, Spans((paper.start, paper.end) for paper in named)
    for match in _shapes().the_paper.finditer(body, named[0].end):
        start, end = match.span("name")
        last = spans.last_end(start)
        if start - last > _NEAR or body.count("\n", last, start) > 1:
            continue
        if match["name"] == "paper":
            is_science = bool(_shapes().papers_of_science.search(body)) if is_science is None else is_science
            if is_science:
                continue
        yield Short(named[0].name, named[0].source, start, end)
