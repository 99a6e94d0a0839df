"""trace: whose copy an article is, and whom it cites.

Two tables that are never mixed. A credit says that the text is an agency's (grade full), that the house used it
(partial), or that it is paid or corporate copy (release); an article without credits is the house's own. A citation says
that the text leans on a source's reporting (role cite), figures (data) or interview, or speaks of its own author (self).

Every finding carries its words and their place. What the stage knows lies in `lexicon/`: agencies.csv, outlets.csv,
house_desks.csv, signals.toml (credits) and frames.toml (citations).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import Trace
from pipeline.schema import CITATIONS, CREDITS
from pipeline.stages.trace import citations, credits
from pipeline.stages.trace.house import houses
from pipeline.stages.trace.names import Names, load
from pipeline.stages.trace.page import Page, page
from pipeline.stages.trace.scan import scan

__all__ = ["run"]

_COLUMNS = (
    "article_id field byline byline_field byline_start byline_end dateline dateline_start dateline_end credit rights "
    "language"
).split()


def run(articles: pa.Table, stripped: pa.Table, settings: Trace) -> tuple[pa.Table, pa.Table]:
    """The credits and citations of articles (ARTICLES), given the lines that were taken out of them (STRIPPED).

    Rows stand in the order of the articles and, within one, of the text. The agency of a credit that names none ("with
    inputs from agencies") is `unspecified`; an outlet's is its name.
    """
    names = load(settings.agencies, citations.heads())
    pages = list(_pages(articles, stripped, names))
    # One step for all pages and then the next takes a tenth less time than both for each page.
    credited = [credits.find(article, names) for article in pages]
    agencies = [{credit.agency for credit in found} for found in credited]
    cited = [citations.find(article, names, known) for article, known in zip(pages, agencies, strict=True)]
    return _table(pages, credited, CREDITS), _table(pages, cited, CITATIONS)


def _pages(articles: pa.Table, stripped: pa.Table, names: Names) -> Iterator[Page]:
    """The pages of the articles in which anything may be found: of many nothing else comes to Python than their publisher."""
    lines, scanned, of = credits.taken_out(stripped), scan(articles["body"], names), houses(articles)
    keys = list(zip(articles["record"].to_pylist(), articles["article_id"].to_pylist(), strict=True))
    has_lines = np.fromiter((key in lines for key in keys), np.bool_, len(keys))
    numbers = np.flatnonzero(scanned.has_any() | has_lines | credits.may_find(articles, of, names))
    chosen = articles.select([*_COLUMNS, "body_map"]).take(numbers)
    rows, maps = chosen.select(_COLUMNS).to_pylist(), _maps(chosen["body_map"])
    for number, row, spans in zip(numbers.tolist(), rows, maps, strict=True):
        yield page(row, of[number], scanned.found(number, names), spans, lines.get(keys[number], []))


def _maps(column: pa.ChunkedArray) -> Iterator[tuple[list[int], list[int]]]:
    """`at` and `raw` of each body map."""
    ends = np.cumsum(pc.list_value_length(column).to_numpy()).tolist()
    at, raw = (pc.struct_field(pc.list_flatten(column), name).to_pylist() for name in ("at", "raw"))
    return ((at[low:high], raw[low:high]) for low, high in itertools.pairwise([0, *ends]))


def _table(pages: Sequence[Page], found: Sequence[Sequence[tuple[Any, ...]]], schema: pa.Schema) -> pa.Table:
    """What has been found on each page, with its article id."""
    rows = [(article.article_id, *row) for article, rows in zip(pages, found, strict=True) for row in rows]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
