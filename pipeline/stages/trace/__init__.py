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
from pipeline.stages.trace import citations, credits
from pipeline.stages.trace.names import load
from pipeline.stages.trace.page import page

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
    names = load(settings.agencies, citations.heads())
    lines: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for line in stripped.to_pylist():
        lines[line["record"], line["article_id"]].append(line)
    credited: list[dict[str, Any]] = []
    cited: list[dict[str, Any]] = []
    for batch in articles.select(_COLUMNS).to_batches():
        for row in batch.to_pylist():
            article = page(row, lines.get((row["record"], row["article_id"]), []))
            hits = names.find(article.body)
            found = credits.find(article, names, hits)
            credited += [{"article_id": article.article_id, **credit._asdict()} for credit in found]
            agencies = {credit.agency for credit in found}
            sources = citations.find(article, hits, agencies)
            cited += [{"article_id": article.article_id, **citation._asdict()} for citation in sources]
    return pa.Table.from_pylist(credited, CREDITS), pa.Table.from_pylist(cited, CITATIONS)
