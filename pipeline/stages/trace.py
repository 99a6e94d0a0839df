"""trace: whose copy an article is, and whom it cites.

Two tables that are never mixed. A credit says that the text is an agency's (grade full), that the house used it
(partial), or that it is paid or corporate copy (release); an article without credits is the house's own. A citation says
that the text leans on a source's reporting (role cite), figures (data) or interview, or speaks of its own author (self).

Every finding carries its words and their place. What the stage knows lies in `lexicon/`: agencies.csv, outlets.csv,
house_desks.csv, signals.toml (credits) and frames.toml (citations).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from pipeline.config import Trace
from pipeline.schema import CITATIONS, CREDITS
from pipeline.stages import _citations, _credits
from pipeline.stages._names import Names, load
from pipeline.stages._page import page

__all__ = ["run"]

_COLUMNS = (
    "record article_id field url publisher publisher_id publisher_country home_agency byline byline_field byline_start "
    "byline_end dateline dateline_start dateline_end credit rights body body_map language"
).split()


def run(articles: pa.Table, stripped: pa.Table, settings: Trace) -> tuple[pa.Table, pa.Table]:
    """The credits and citations of articles (ARTICLES), given the lines that were taken out of them (STRIPPED).

    Rows stand in the order of the articles and, within one, of the text. The agency of a credit that names none ("with
    inputs from agencies") is `unspecified`; an outlet's is its name.
    """
    names = load(settings.agencies, _citations.heads())
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in stripped.to_pylist():
        lines[line["record"]].append(line)
    credits: list[dict[str, Any]] = []
    citations: list[dict[str, Any]] = []
    for batch in articles.select(_COLUMNS).to_batches():
        for row in batch.to_pylist():
            _trace(row, lines.get(row["record"], []), names, credits, citations)
    return pa.Table.from_pylist(credits, CREDITS), pa.Table.from_pylist(citations, CITATIONS)


def _trace(
    row: dict[str, Any],
    lines: list[dict[str, Any]],
    names: Names,
    credits: list[dict[str, Any]],
    citations: list[dict[str, Any]],
) -> None:
    """Adds the rows of one article."""
    article = page(row, lines)
    found = _credits.find(article, names)
    credits += [{"article_id": article.article_id, **credit._asdict()} for credit in found]
    credited = {credit.agency for credit in found}
    hits = names.find(article.body)
    citations += [
        {"article_id": article.article_id, **citation._asdict()}
        for citation in _citations.find(article, hits, credited)
    ]
