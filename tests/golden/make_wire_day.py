"""Writes the wire day: the input files, and what an editor would say of them.

    python -m tests.golden.make_wire_day [FOLDER]

FOLDER (default: this one) receives `wire-day/`, `wire-day-expected.csv`, `wire-day-rejected.csv` and
`wire-day-publishers.csv`. All are made from `stories/`: texts, newspapers (`mastheads.toml`), who printed what with
which edits (`prints.csv`), and bad records (`rejected.toml`). Same stories, same files; only Parquet and gzip may pack
the same content differently under another library version.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tests.golden.edits import edited

HERE = Path(__file__).parent
DAY = date(2026, 3, 9)

Row = dict[str, Any]

# --- prints: a story as one newspaper has it ----------------------------------------------------------------------


def load() -> tuple[list[Row], dict[str, Row], dict[str, Row], list[Row]]:
    """Prints, texts by name, mastheads by name, and records to be rejected."""
    texts: dict[str, Row] = {}
    for name in ("wire", "patterns", "scripts", "singles"):
        texts |= tomllib.loads((HERE / "stories" / f"{name}.toml").read_text(encoding="utf-8"))
    mastheads = tomllib.loads((HERE / "stories" / "mastheads.toml").read_text(encoding="utf-8"))
    rejected = tomllib.loads((HERE / "stories" / "rejected.toml").read_text(encoding="utf-8"))["record"]
    with (HERE / "stories" / "prints.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), texts, mastheads, rejected


def quote(body: str, texts: Mapping[str, Row]) -> str:
    """A round-up with `{ferry:1,2}` replaced by paragraphs 1 and 2 of that story."""

    def paragraphs(match: re.Match[str]) -> str:
        lines = texts[match[1]]["body"].strip().split("\n")
        return "\n".join(lines[int(number) - 1] for number in match[2].split(","))

    return re.sub(r"\{([\w-]+):([\d,]+)\}", paragraphs, body)


def clock(text: str, zone: str, of: date = DAY) -> datetime:
    """`09:48` of a day, or `08 14:05` of the day before, on the wall clock of that zone."""
    day, _, time = text.rpartition(" ")
    hour, minute = map(int, time.split(":"))
    of -= timedelta(days=DAY.day - int(day or DAY.day))
    return datetime(of.year, of.month, of.day, hour, minute, tzinfo=ZoneInfo(zone))


def stamped(form: str, at: datetime) -> str:
    """A time as a page prints it, by the masthead's `stamp`."""
    noon, hour = divmod(at.hour, 12)
    return form.format(
        Y=at.year, m=at.month, mm=f"{at:%m}", d=at.day, dd=f"{at:%d}", B=f"{at:%B}", b=f"{at:%b}",
        H=f"{at:%H}", H_=at.hour, M=f"{at:%M}", M_=at.minute, h=hour or 12, hh=f"{hour or 12:02}",
        AMPM=("AM", "PM")[noon], ampm=("am", "pm")[noon],
        meridiem=("a.m.", "p.m.")[noon], meridiem_ko=("오전", "오후")[noon],
    )  # fmt: skip


def layout(form: str, parts: Mapping[str, str]) -> str:
    """The masthead's layout with `{parts}` filled in; empty ones disappear with the blank line after them."""
    lines: list[str] = []
    for line in form.strip().split("\n"):
        filled = line.format_map(parts)
        if filled or (not line and lines and lines[-1]):
            lines.append(filled)
    return "\n".join(lines) + "\n"


def dated(words: str, of: date) -> str:
    """A dateline of the day as one of another: `March 9`, `Mar 9` and the like are written as there."""
    for month, other in (
        (f"{DAY:%B}", f"{of:%B}"),
        (f"{DAY:%b}", f"{of:%b}"),
        (f"{DAY:%b}".upper(), f"{of:%b}".upper()),
    ):
        words = re.sub(rf"\b{month}(\.?) {DAY.day}\b", rf"{other}\1 {of.day}", words)
    return words


def printed(row: Row, texts: Mapping[str, Row], masthead: Row, *, corrected: bool = False, of: date = DAY) -> Row:
    """One print, ready for any format; `corrected`: with the story's `correction` as first paragraph and its `note`.

    `of`: the day on which it is printed.
    """
    story = texts[row["story"]]
    paragraphs = quote(story["body"].strip(), texts).split("\n")
    if corrected:
        paragraphs = [story["correction"].strip(), *paragraphs[1:], story["note"]]
    paragraphs = edited(paragraphs, row["edits"], story.get("extra", {}))
    paragraphs[0] = dated(row["dateline"], of) + paragraphs[0]
    paragraphs += filter(None, row["tail"].split(" / "))
    at = clock(row["time"], masthead["zone"], of)
    parts = {
        **row,
        "name": masthead["name"],
        "headline": story["correct_headline"] if corrected else row["headline"] or story["headline"],
        "body": "\n".join(paragraphs),
        "stamp": stamped(masthead.get("stamp", ""), at),
        "disclaimer": masthead["disclaimer"] if row["grade"] == "full" else "",
    }
    return {
        **parts,
        "masthead": masthead,
        "published": at,
        "modified": clock(row["modified"], masthead["zone"], of) if row["modified"] else None,
        "fetched": of + timedelta(days=1),
        "text": layout(masthead["layout"], parts),
        "url": f"https://{masthead['host']}/{of:%Y/%m/%d}/{row['id'].lower()}.html",
    }


# --- formats: the shapes in which articles arrive -----------------------------------------------------------------


def trafilatura(item: Row) -> Row:
    """The fields of trafilatura's JSON; `date` knows the day only."""
    text = item["text"].strip()
    row = {
        "title": item["headline"], "author": item["byline"] or None, "hostname": item["masthead"]["host"],
        "date": f"{item['published']:%Y-%m-%d}",
        "fingerprint": hashlib.blake2b(text.encode(), digest_size=8).hexdigest(),
        "id": item["id"], "license": None, "comments": "", "raw_text": text, "text": text, "language": None,
        "image": None, "pagetype": "article", "filedate": f"{item['fetched']}", "source": item["url"],
        "source-hostname": item["masthead"]["name"], "excerpt": item["deck"] or None, "categories": "", "tags": "",
    }  # fmt: skip
    if item["status"]:
        row |= {"pubstatus": item["status"], "dateModified": item["modified"].isoformat()}
    return row


def news_please(item: Row) -> Row:
    """The fields of news-please, with an id beside them; its dates are naive strings or null."""
    modified = item["modified"]
    return {
        "id": item["id"], "authors": [item["byline"]] if item["byline"] else [], "date_download": f"{item['fetched']} 01:00:00",
        "date_modify": f"{modified:%Y-%m-%d %H:%M:%S}" if modified else None,
        "date_publish": f"{item['published']:%Y-%m-%d %H:%M:%S}", "description": item["deck"] or None,
        "image_url": None, "language": "en", "localpath": None, "maintext": item["text"].strip(),
        "source_domain": item["masthead"]["host"],
        "text": None, "title": item["headline"], "title_page": None, "title_rss": None, "url": item["url"],
    }  # fmt: skip


def feed(item: Row) -> Row:
    """A row of the CSV feed; times by the masthead: ISO 8601 with offset, or as RSS writes them."""
    rss = item["masthead"]["stamp"] == "rss"
    return {
        "id": item["id"], "url": item["url"], "headline": item["headline"], "byline": item["byline"],
        "publisher": item["masthead"]["name"],
        "published_at": f"{item['published']:%a, %d %b %Y %H:%M:%S %z}" if rss else item["published"].isoformat(),
        "status": item["status"] or "usable", "body": item["text"].strip(),
    }  # fmt: skip


def archive(item: Row) -> Row:
    """A row of the Parquet archive: canonical names, real timestamps."""
    return {
        "id": item["id"], "url": item["url"], "title": item["headline"], "byline": item["byline"] or None,
        "publisher": item["masthead"]["name"], "published_at": item["published"].astimezone(UTC),
        "text": item["text"].strip(),
    }  # fmt: skip


ARCHIVE = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "url", "title", "byline", "publisher")),
        ("published_at", pa.timestamp("us", tz="UTC")),
        ("text", pa.string()),
    ]
)


def json_lines(rows: Iterable[Row | str]) -> bytes:
    """One JSON object a line; a string stands as it is."""
    return "".join(
        (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows
    ).encode()


def csv_rows(rows: Iterable[Row | str]) -> bytes:
    """The rows as CSV, header first; a string holds a row as JSON."""
    table = [json.loads(row) if isinstance(row, str) else row for row in rows]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return buffer.getvalue().encode()


def parquet(rows: list[Row]) -> bytes:
    """The archive as a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=ARCHIVE), sink, compression="zstd")
    return bytes(sink.getvalue())


# --- the day ------------------------------------------------------------------------------------------------------


def inputs(items: list[Row], late: list[Row], rejected: list[Row]) -> dict[str, bytes]:
    """The input files: items in their newspapers' feeds, `late` versions and repeats apart, bad records in between."""

    def lines(source: str, shape: Callable[[Row], Row], among: list[Row] = items) -> list[Row | str]:
        rows: list[Row | str] = [shape(item) for item in among if among is late or item["masthead"]["feed"] == source]
        for bad in sorted(rejected, key=lambda bad: int(bad["line"])):
            if bad["source"] == source and "raw" in bad:
                rows.insert(bad["line"] - (2 if source.endswith(".csv") else 1), bad["raw"])
        return rows

    pages = [item for item in items if item["masthead"]["feed"] == "pages"]
    folder = {item["id"]: item["masthead"]["host"].removesuffix(".example") for item in pages}
    return {f"pages/{folder[item['id']]}/{item['id']}.txt": item["text"].encode() for item in pages} | {
        "harvest.jsonl": json_lines(lines("harvest.jsonl", trafilatura)),
        "crawl.jsonl.gz": gzip.compress(json_lines(lines("crawl.jsonl.gz", news_please)), mtime=0),
        "crawl-late.jsonl": json_lines(lines("crawl-late.jsonl", news_please, late)),
        "feed.csv": csv_rows(lines("feed.csv", feed)),
        "archive.parquet": parquet([archive(item) for item in items if item["masthead"]["feed"] == "archive.parquet"]),
    }


def expected(item: Row) -> Row:
    """What an editor says of one article. `published_at`: UTC to the minute, or the day where no more is written."""
    day_only = item["masthead"]["feed"] == "harvest.jsonl"
    minute = f"{item['published'].astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    return {
        "article_id": item["id"], "story": item["story"], "note": item["note"], "credit_agency": item["agency"],
        "credit_grade": item["grade"], "published_at": f"{item['published']:%Y-%m-%d}" if day_only else minute,
    }  # fmt: skip


def publisher(name: str, masthead: Row) -> Row:
    """A row of the list of publishers that the day's configuration names."""
    return {
        "id": name, "name": masthead["name"], "aliases": "", "hosts": masthead["host"], "country": masthead["country"],
        "zone": masthead["zone"], "family": masthead.get("family", ""), "home_agency": "",
    }  # fmt: skip


def make() -> dict[str, bytes]:
    """Every file of the day, by its path below the folder."""
    rows, texts, mastheads, rejected = load()
    items = [printed(row, texts, mastheads[row["at"]]) for row in rows]
    fates = {bad["article_id"]: bad["fate"] for bad in rejected}
    superseding = [row for row in rows if fates.get(row["id"]) == "superseded"]
    late = [printed(row, texts, mastheads[row["at"]], corrected=True) for row in superseding]
    late += [item for item in items if fates.get(item["id"]) == "repeat"]
    early = [item | {"modified": None} if fates.get(item["id"]) == "superseded" else item for item in items]
    own = {name: masthead for name, masthead in mastheads.items() if masthead["host"].endswith(".example")}
    return {f"wire-day/{name}": content for name, content in inputs(early, late, rejected).items()} | {
        "wire-day-expected.csv": csv_rows(map(expected, items)),
        "wire-day-rejected.csv": csv_rows(
            {key: value for key, value in bad.items() if key != "raw"} for bad in rejected
        ),
        "wire-day-publishers.csv": csv_rows(publisher(name, masthead) for name, masthead in own.items()),
    }


def main(folder: Path) -> None:
    """Writes all files below `folder`."""
    for name, content in make().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
