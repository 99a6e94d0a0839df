"""Writes the multilingual set: the articles, and what an editor would say of them.

    python -m tests.golden.make_languages [FOLDER]

FOLDER (default: `languages/` beside this file) receives `articles.jsonl`, `labels.csv`, `provenance.jsonl` and
`publishers.csv`, all made from `languages/stories/`: one file a language, and one of stories in two scripts. Same stories,
same files.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.golden.edits import cut, insert, replace
from tests.golden.languages.spellings import spell

HERE = Path(__file__).parent / "languages"

Row = dict[str, Any]

#: Kind of print: which of the language's papers has it, and when (UTC; the brief of the second day is a day later).
PRINTS = {
    "whole": (0, "2026-03-10T06:00:00Z"),
    "cut": (1, "2026-03-10T08:30:00Z"),
    "local": (2, "2026-03-10T11:15:00Z"),
    "edit": (3, "2026-03-10T14:40:00Z"),
    "other": (1, "2026-03-10T09:20:00Z"),
    "brief-1": (0, "2026-03-10T05:00:00Z"),
    "brief-2": (2, "2026-03-11T05:00:00Z"),
    "digest": (3, "2026-03-10T18:00:00Z"),
}
_COPIES = ("whole", "cut", "local", "edit")  # the prints of one story; every other text is a story of its own


class Article(NamedTuple):
    """One article of the input and what an editor says of it. `furniture`: lines that are not the story, with kinds."""

    language: str
    record: Row
    story: str
    note: str
    credit: tuple[str, str]
    cites: tuple[str, ...]
    furniture: tuple[tuple[str, str], ...]


def texts() -> dict[str, Row]:
    """The texts by language: `de`, `zh-Hant`; of two scripts `ja-la`."""
    files = sorted((HERE / "stories").glob("*.toml"))
    found = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    mixed = found.pop("mixed")
    return found | {name: _as_language(text) for name, text in mixed.items()}


def _as_language(text: Row) -> Row:
    """A story of `mixed.toml` in the form of the other files."""
    story = {"headline": text.pop("headline"), "body": text.pop("body")}
    return {**text, "story": story}


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a text as it is written in the files, one a line."""
    return body.strip().split("\n")


def edited(text: Row, print_: Row) -> list[str]:
    """The story as one paper has it: cut, with a local paragraph, one moved, words replaced, spelt otherwise."""
    found = paragraphs(text["story"]["body"])
    if "share" in print_:
        found = cut(found, print_["share"])
    if "local" in print_:
        found = insert(found, print_["at"], [print_["local"]])
    if "move" in print_:
        source, target = print_["move"]
        found.insert(target - 1, found.pop(source - 1))
    found = replace(found, print_.get("replace", {}))
    for name in print_.get("spell", ()):
        found = spell("\n".join(found), text["language"], name).split("\n")
    return found


def quoted(body: str, story: str) -> list[str]:
    """A digest with `{4}` replaced by the fourth paragraph of the story."""
    return paragraphs(re.sub(r"\{(\d)\}", lambda number: paragraphs(story)[int(number[1]) - 1], body))


def printed(name: str, text: Row) -> Iterator[Article]:
    """Every article of one language."""
    for note in _COPIES:
        if note in text:
            yield article(name, text, note, text[note], edited(text, text[note]))
    if "other" in text:
        yield article(name, text, "other", text["other"], paragraphs(text["other"]["body"]))
        brief = text["brief"]
        for number, day in enumerate(brief["days"], 1):
            parts = {"headline": brief["headline"].format(*day)}
            yield article(name, text, f"brief-{number}", parts, paragraphs(brief["body"].format(*day)))
        digest = text["digest"]
        yield article(name, text, "digest", digest, quoted(digest["body"], text["story"]["body"]))


def article(name: str, text: Row, note: str, print_: Row, story: list[str]) -> Article:
    """One article with its dateline, credit line and furniture around the story."""
    paper, published_at = PRINTS[note]
    hosts = list(text["papers"])
    host = hosts[min(paper, len(hosts) - 1)]
    before, tail, after = (print_.get(part, []) for part in ("before", "tail", "after"))
    story = [print_.get("dateline", "") + story[0], *story[1:]]
    record = {
        "id": f"{name}-{note}",
        "url": f"https://{host}.example/2026/03/{name}-{note}.html",
        "headline": print_.get("headline", text["story"]["headline"]),
        "byline": print_.get("byline"),
        "publisher": text["papers"][host],
        "published_at": published_at,
        "language": None if note == "edit" else text["language"],
        "body": "\n".join([*before, *story, *tail, *after]),
    }
    agency, _, grade = print_.get("credit", "").partition(" ")
    return Article(
        name,
        {key: value for key, value in record.items() if value is not None},
        name if note in _COPIES else f"{name}-{note}",
        note,
        (agency, grade or "none"),
        tuple(print_.get("cites", ())),
        (
            *((line, "furniture") for line in before),
            *((line, "credit_tail") for line in tail),
            *((line, "furniture") for line in after),
        ),
    )


def provenance(article: Article) -> Row:
    """The labels of one page, as `reprints evaluate` reads them."""
    agency, grade = article.credit
    return {
        "article_id": article.record["id"],
        "credit_agency": agency or None,
        "credit_grade": grade,
        "cites": [{"source": source} for source in article.cites],
        "furniture_lines": [line for line, _ in article.furniture],
        "furniture_kinds": [kind for _, kind in article.furniture],
    }


def publishers(found: Mapping[str, Row]) -> Iterator[Row]:
    """Who the papers are, but for the last of each language: that one nobody knows."""
    rows = {
        host: {"id": host, "name": paper, "hosts": f"{host}.example", "country": text["country"], "zone": text["zone"]}
        for text in found.values()
        for host, paper in list(text["papers"].items())[:-1]
    }
    return iter(rows.values())


def json_lines(rows: Iterator[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def csv_rows(rows: Iterator[Row]) -> bytes:
    table = list(rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return buffer.getvalue().encode()


def articles() -> list[Article]:
    """Every article, language by language."""
    return [article for name, text in texts().items() for article in printed(name, text)]


def make() -> dict[str, bytes]:
    """The four files by name."""
    found = articles()
    labels = (
        {"article_id": row.record["id"], "story": row.story, "note": row.note, "language": row.language}
        for row in found
    )
    return {
        "articles.jsonl": json_lines(row.record for row in found),
        "labels.csv": csv_rows(labels),
        "provenance.jsonl": json_lines(map(provenance, found)),
        "publishers.csv": csv_rows(publishers(texts())),
    }


def main(folder: Path) -> None:
    """Writes the files into `folder`."""
    for name, content in make().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
