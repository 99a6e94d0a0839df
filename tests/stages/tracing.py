"""Builds the tables that the trace stage takes, from little text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.config import Trace
from pipeline.schema import ARTICLES, STRIPPED
from pipeline.stages import trace

Row = dict[str, Any]


def article(body: str, **known: Any) -> Row:
    row = dict.fromkeys(ARTICLES.names)
    row |= {
        "record": 0,
        "article_id": "a",
        "source": "test",
        "field": "body",
        "digest": "",
        "publisher": "The Ashford Post",
        "publisher_id": "ashfordpost.example",
        "body": body,
        "body_map": [{"at": 0, "raw": 0}] if body else [],
        "language": "en",
        "published_precision": "unknown",
        "kind": "editorial",
        "status": "usable",
        "text_state": "full",
        "version_rank": 0,
        "n_words": len(body.split()),
    }
    if known.get("byline"):
        row |= {"byline_field": "byline", "byline_start": 0, "byline_end": len(known["byline"])}
    return row | known


def line(text: str, kind: str, start: int = 0, position: str = "tail") -> Row:
    return {
        "record": 0,
        "article_id": "a",
        "line": text,
        "field": "page",
        "start": start,
        "end": start + len(text),
        "position": position,
        "kind": kind,
        "rule": "test",
    }


def traced(body: str, *lines: Row, settings: Trace | None = None, **known: Any) -> tuple[list[Row], list[Row]]:
    """Credits and citations of one article."""
    articles = pa.Table.from_pylist([article(body, **known)], ARTICLES)
    tables = trace.run(articles, pa.Table.from_pylist(list(lines), STRIPPED), settings or Trace())
    return tables[0].to_pylist(), tables[1].to_pylist()


def credited(body: str, *lines: Row, **known: Any) -> set[tuple[str, str]]:
    """Agency and grade of each credit."""
    return {(row["agency"], row["grade"]) for row in traced(body, *lines, **known)[0]}


def cited(body: str, **known: Any) -> list[tuple[str, str]]:
    """Source and role of each citation, in the order of the text."""
    return [(row["source"], row["role"]) for row in traced(body, **known)[1]]
