"""pages: what was found on a page (whose copy, whom it leans on, what is furniture) against what a reader found.

Credit: agency and grade both right, over the articles that have one; a credit given to an article without one is counted
apart. Sources: citations and interviews together, by distinct source an article. Furniture: the labelled lines that were
taken out, and the share of the other lines that were taken out with them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from msgspec import UNSET, Struct
from numpy.typing import NDArray

from pipeline.quality.labels import Page, Source
from pipeline.quality.scores import BOOTSTRAP, Bootstrap, Figure, Formula, estimate, rates, share
from pipeline.stages import lexicon

__all__ = ["Finding", "Found", "PageScores", "found_of", "line_key", "score", "source_key"]

#: Labelled kinds of lines and kinds of stripped ones that may count as data: neither wanted nor wrong.
_DATA_LABELS = frozenset({"byline", "credit_tail"})
_DATA_STRIPPED = frozenset({"byline", "credit", "dateline", "version_note"})

_NOT_NAME = re.compile(r"[^\w]+")


class Found(NamedTuple):
    """What a run has of one article. `stripped`: (line, kind) of the lines taken out of its body; `body`: the rest."""

    headline: str | None
    credit_agency: str | None
    credit_grade: str
    credit_texts: Sequence[str]
    sources: Sequence[tuple[str, str]]  # (source, words)
    stripped: Sequence[tuple[str, str]]
    body: str | None


class Finding(Struct, frozen=True):
    """A place where run and reader differ: `expected` by the reader, `found` by the run, and the words behind it."""

    wrong: str
    article_id: str
    headline: str | None
    expected: str
    found: str
    text: str


class PageScores(Struct, frozen=True):
    """The scores of the labelled pages. A part that no page is labelled for has no figures and counts 0."""

    n_credited: int
    n_uncredited: int
    n_false_credits: int
    credit: dict[str, Figure]
    n_sources: int
    sources: dict[str, Figure]
    n_furniture_lines: int
    n_other_lines: int
    n_other_lines_touched: int
    furniture: dict[str, Figure]
    errors: tuple[Finding, ...]


class _Scored(NamedTuple):
    """What one article adds: sums for a formula, and where it differs."""

    sums: tuple[float, ...]
    errors: list[Finding]


def score(labelled: Mapping[str, Page], found: Mapping[str, Found], bootstrap: Bootstrap = BOOTSTRAP) -> PageScores:
    """The scores of the labelled pages that `found` has, in the order of their ids."""
    known = [(name, labelled[name], found[name]) for name in sorted(labelled.keys() & found.keys())]
    graded = [entry for entry in known if entry[1].credit_grade is not UNSET]
    credited = [_credit(*entry) for entry in graded if entry[1].credit_grade != "none"]
    uncredited = [_false_credit(*entry) for entry in graded if entry[1].credit_grade == "none"]
    sources = [_sources(*entry) for entry in known if entry[1].cites is not UNSET or entry[1].interviews is not UNSET]
    lines = [
        _furniture(*entry) for entry in known if entry[1].furniture_lines is not UNSET and entry[2].body is not None
    ]
    totals = np.array([line.sums for line in lines]).reshape(-1, 4).sum(axis=0).astype(int)
    everything = (*credited, *uncredited, *sources, *lines)
    return PageScores(
        len(credited),
        len(uncredited),
        sum(int(scored.sums[0]) for scored in uncredited),
        _estimated(credited, rates, bootstrap),
        int(sum(scored.sums[0] + scored.sums[2] for scored in sources)),
        _estimated(sources, rates, bootstrap),
        int(totals[1]),
        int(totals[3]),
        int(totals[2]),
        _estimated(lines, _line_shares, bootstrap),
        tuple(error for scored in everything for error in scored.errors),
    )


def _estimated(scored: Sequence[_Scored], formula: Formula, bootstrap: Bootstrap) -> dict[str, Figure]:
    return estimate(np.array([part.sums for part in scored], float), formula, bootstrap) if scored else {}


def _line_shares(totals: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """From totals of (wanted lines taken, wanted lines, other lines taken, other lines)."""
    return {
        "recall": share(totals[..., 0], totals[..., 1]),
        "other_lines_touched": share(totals[..., 2], totals[..., 3]),
    }


def _credit(article_id: str, page: Page, found: Found) -> _Scored:
    expected = (source_key(page.credit_agency or ""), page.credit_grade)
    has = found.credit_grade != "none"
    if has and (source_key(found.credit_agency or ""), found.credit_grade) == expected:
        return _Scored((1, 0, 0), [])
    told = f"{page.credit_agency} {page.credit_grade}"
    return _Scored((0, int(has), 1), [_credit_error("credit", article_id, told, found)])


def _false_credit(article_id: str, page: Page, found: Found) -> _Scored:
    if found.credit_grade == "none":
        return _Scored((0,), [])
    return _Scored((1,), [_credit_error("false credit", article_id, "none", found)])


def _credit_error(wrong: str, article_id: str, expected: str, found: Found) -> Finding:
    told = "none" if found.credit_grade == "none" else f"{found.credit_agency} {found.credit_grade}"
    return Finding(wrong, article_id, found.headline, expected, told, " | ".join(found.credit_texts))


def _sources(article_id: str, page: Page, found: Found) -> _Scored:
    told = [source for part in (page.cites, page.interviews) if part is not UNSET for source in part]
    wanted = {source_key(source.source): source.source for source in told if source.is_scored}
    ignored = {key for source in told if not source.is_scored for key in _keys(source)} - wanted.keys()
    programme_of = {source_key(source.network): source_key(source.source) for source in told if source.network}
    named: dict[str, tuple[str, str]] = {}
    for name, words in found.sources:
        key = source_key(name)
        key = key if key in wanted else programme_of.get(key, key)
        if key not in ignored:
            named.setdefault(key, (name, words))
    missed, wrong = sorted(wanted.keys() - named.keys()), sorted(named.keys() - wanted.keys())
    errors = [Finding("missed source", article_id, found.headline, wanted[key], "", "") for key in missed]
    errors += [Finding("false source", article_id, found.headline, "", *named[key]) for key in wrong]
    return _Scored((len(wanted) - len(missed), len(wrong), len(missed)), errors)


def _keys(source: Source) -> Iterable[str]:
    return (source_key(name) for name in (source.source, source.network) if name)


def _furniture(article_id: str, page: Page, found: Found) -> _Scored:
    assert page.furniture_lines is not UNSET
    kinds = (*page.furniture_kinds, *[""] * len(page.furniture_lines))
    kind_of = {line_key(line): kind for line, kind in zip(page.furniture_lines, kinds, strict=False)}
    wanted = {key for key, kind in kind_of.items() if kind not in _DATA_LABELS}
    taken = [(line_key(line), line, kind) for line, kind in found.stripped]
    keys = {key for key, _, _ in taken}
    kept = [key for key in map(line_key, (found.body or "").splitlines()) if key and key not in kind_of]
    touched = [(line, kind) for key, line, kind in taken if key and key not in kind_of and kind not in _DATA_STRIPPED]
    told = {line_key(line): line for line in page.furniture_lines}
    errors = [
        Finding("furniture kept", article_id, found.headline, told[key], "", told[key]) for key in sorted(wanted - keys)
    ]
    if page.furniture_more:  # the labels are not all of it: what else was taken may be right
        return _Scored((len(wanted & keys), len(wanted), 0, 0), errors)
    errors += [Finding("line taken", article_id, found.headline, "", kind, line) for line, kind in touched]
    return _Scored((len(wanted & keys), len(wanted), len(touched), len(kept) + len(touched)), errors)


def line_key(line: str) -> str:
    """What is the same about two spellings of one line: its characters but for case and white space."""
    return "".join(line.split()).casefold()


def source_key(name: str) -> str:
    """What is the same about two names of one source: the name the lexicon knows it by, without case and article.

    >>> source_key("ap") == source_key("The Associated Press") == source_key("Associated Press")
    True
    """
    folded = _folded(name)
    return _aliases().get(folded, folded)


def _folded(name: str) -> str:
    words = name.casefold().strip()
    return _NOT_NAME.sub("", words.removeprefix("the ").removesuffix("-tv"))


@functools.cache
def _aliases() -> Mapping[str, str]:
    """Names that belong to one agency or outlet alone, folded, and the folded name the lexicon gives it."""
    names = [(agency.name, (agency.id, *agency.aliases, *agency.native_aliases)) for agency in lexicon.agencies()]
    names += [(outlet.name, outlet.aliases) for outlet in lexicon.outlets()]
    own = {_folded(name) for name, _ in names}
    meant: dict[str, set[str]] = {name: {name} for name in sorted(own)}
    for name, aliases in names:
        for alias in map(_folded, aliases):
            if alias not in own:
                meant.setdefault(alias, set()).add(_folded(name))
    return {alias: min(named) for alias, named in meant.items() if len(named) == 1}


def found_of(
    members: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, pa.Table],
    bodies: Mapping[str, str],
) -> dict[str, Found]:
    """What a run has of each of these members. `tables`: credits, citations and stripped, of these articles alone."""
    credits, citations, stripped = (
        _by_article(tables[name], columns)
        for name, columns in (
            ("credits", ("text",)),
            ("citations", ("source", "text", "role")),
            ("stripped", ("line", "kind", "field")),
        )
    )
    return {
        name: Found(
            row["headline"],
            row["credit_agency"],
            row["credit_grade"],
            [text for (text,) in credits.get(name, ())],
            [(source, text) for source, text, role in citations.get(name, ()) if role in ("cite", "interview")],
            [(line, kind) for line, kind, field in stripped.get(name, ()) if field in ("body", "page")],
            bodies.get(name),
        )
        for name, row in members.items()
    }


def _by_article(rows: pa.Table, columns: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    out: dict[str, list[tuple[Any, ...]]] = {}
    for article_id, *values in zip(*(rows[name].to_pylist() for name in ("article_id", *columns)), strict=True):
        out.setdefault(article_id, []).append(tuple(values))
    return out
