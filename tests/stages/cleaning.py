"""Runs the clean stage on little text."""

from __future__ import annotations

import bisect
from typing import Any

import pyarrow as pa

from pipeline import config, schema
from pipeline.stages import clean
from pipeline.stages.lexicon import publishers

KNOWN = publishers.load()
SETTINGS = config.Clean()

STORY = (
    "A town council in the far north has voted to keep its last lighthouse lit for another year, officials said.\n"
    "The lamp had been due to go dark at the end of May after its keeper retired to the mainland.\n"
    "Fishermen collected 900 signatures, which is more than the town has people."
)


def records(*rows: dict[str, Any]) -> pa.Table:
    """RECORDS rows: a body unless it says otherwise."""
    blank = dict.fromkeys(schema.RECORDS.names)
    return pa.Table.from_pylist(
        [
            {**blank, "record": n, "source": "in.jsonl", "line": n + 1, "field": "body", **row}
            for n, row in enumerate(rows)
        ],
        schema.RECORDS,
    )


def run(text: str, **columns: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The one article and its stripped lines."""
    articles, stripped, rejects = clean.run(records({"text": text, **columns}), SETTINGS, KNOWN)
    assert rejects.num_rows == 0
    return articles.to_pylist()[0], stripped.to_pylist()


def kinds(stripped: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["kind"], row["line"]) for row in stripped]


def back(article: dict[str, Any], position: int) -> int:
    """The offset in the field as read, by the rule of the schema."""
    entry = article["body_map"][bisect.bisect_right([e["at"] for e in article["body_map"]], position) - 1]
    return int(entry["raw"] + position - entry["at"])
