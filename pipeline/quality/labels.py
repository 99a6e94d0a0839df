"""labels: what people say of articles, from a CSV or JSON lines file.

A row may say one or more of three things, told by its columns:

    left_id, right_id, label[, weight]                 a pair: R (or 1) reprint, P partial, D (or 0) different
    article_id (or id), cluster (or story, event)      what story an article prints
    article_id (or id), credit_agency, credit_grade,   what stands on its page; each of these alone will do, and cites,
      cites, interviews, furniture_lines ...           interviews and furniture_lines are lists, so in JSON lines only

Other columns are left alone. A pair without a label is not labelled yet: it is counted and skipped.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType

from pipeline.errors import InputError

__all__ = ["GRADES", "LABELS", "Labels", "Page", "Pair", "Source", "parse"]

#: The labels of a pair by what may be written for them.
LABELS: Mapping[str, str] = {"R": "R", "P": "P", "D": "D", "1": "R", "0": "D", "1.0": "R", "0.0": "D"}

GRADES = ("full", "partial", "release", "none")

_CLUSTER = ("cluster", "cluster_id", "story", "event")  # the first that the file has
_SHOWN = 40


class Pair(NamedTuple):
    """Two articles, left_id < right_id, with R, P or D and what the pair stands for (1.0 where nothing is said)."""

    left_id: str
    right_id: str
    label: str
    weight: float


class Source(Struct, frozen=True):
    """A source that an article leans on. With `self` or `weak` it is not scored; the `network` may be named for it."""

    source: str
    self: Any = None
    weak: Any = None
    network: str | None = None

    @property
    def is_scored(self) -> bool:
        """Whether naming it is right and leaving it out is wrong."""
        return not (self.self or self.weak)


class Page(Struct, frozen=True):
    """What stands on one article's page; UNSET is what the labeller did not look at."""

    credit_agency: str | None = None
    credit_grade: str | UnsetType = UNSET
    cites: tuple[Source, ...] | UnsetType = UNSET
    interviews: tuple[Source, ...] | UnsetType = UNSET
    furniture_lines: tuple[str, ...] | UnsetType = UNSET
    furniture_kinds: tuple[str, ...] = ()
    furniture_more: bool = False


class Labels(NamedTuple):
    """The labels of a file. `pages` and `story_of` by article id; `n_unlabelled` pairs wait for a label."""

    name: str
    pairs: Sequence[Pair]
    story_of: Mapping[str, str]
    pages: Mapping[str, Page]
    n_unlabelled: int


def parse(name: str, content: bytes) -> Labels:
    """The labels of a file called `name`. `InputError` says the file, the row and what would be right."""
    pairs: dict[tuple[str, str], Pair] = {}
    story_of: dict[str, str] = {}
    pages: dict[str, Page] = {}
    n_unlabelled = n_rows = 0
    for line, row in _rows(name, content):
        n_rows += 1
        where = f"{name}:{line}"
        if "left_id" in row or "right_id" in row:
            pair = _pair(where, row)
            if pair is None:
                n_unlabelled += 1
            elif pairs.setdefault(pair[:2], pair) != pair:
                raise InputError(f"{where}: {pair.left_id} and {pair.right_id} have another label in an earlier row")
            continue
        article_id = _id(where, row, "article_id" if "article_id" in row else "id")
        cluster = next((row[column] for column in _CLUSTER if column in row), None)
        if cluster not in (None, "") and story_of.setdefault(article_id, str(cluster)) != str(cluster):
            raise InputError(f"{where}: article {article_id} is in cluster {story_of[article_id]} in an earlier row")
        page = _page(where, row)
        if page is not None and pages.setdefault(article_id, page) != page:
            raise InputError(f"{where}: article {article_id} is described otherwise in an earlier row")
    if not pairs and not story_of and not pages:
        what = f"all {n_unlabelled} pairs have an empty label" if n_unlabelled else f"{n_rows} rows"
        raise InputError(
            f"{name}: no labels ({what}); needed are left_id, right_id and label, or article_id and cluster, or "
            "article_id with credit_agency and credit_grade, cites, interviews or furniture_lines"
        )
    return Labels(name, list(pairs.values()), story_of, pages, n_unlabelled)


def _rows(name: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with the line it ends on."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: is not UTF-8 ({error.reason} at byte {error.start}); labels are a CSV or JSON lines file in UTF-8"
        ) from error
    if text.lstrip()[:1] == "{":
        yield from _json_lines(name, text)
        return
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                n = len(reader.fieldnames or ())
                raise InputError(f"{name}:{reader.line_num}: the header has {n} columns and this row has not")
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}: is no CSV: {error}") from error


def _json_lines(name: str, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, words in enumerate(text.split("\n"), 1):
        if not words.strip():
            continue
        try:
            row = json.loads(words)
        except ValueError as error:
            raise InputError(f"{name}:{line}: is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(f"{name}:{line}: is no JSON object: {words[:_SHOWN]}")
        yield line, row


def _pair(where: str, row: Mapping[str, Any]) -> Pair | None:
    left, right = sorted((_id(where, row, "left_id"), _id(where, row, "right_id")))
    if left == right:
        raise InputError(f"{where}: left_id and right_id are both {left}")
    if "label" not in row:
        raise InputError(f"{where}: there is no column label; it has R, P or D (or 1 or 0), or stays empty")
    written = str(row["label"] if row["label"] is not None else "").strip()
    if not written:
        return None
    label = LABELS.get(written.upper())
    if label is None:
        raise InputError(f"{where}: label {written[:_SHOWN]!r} is none of R, P, D, 1, 0")
    return Pair(left, right, label, _weight(where, row.get("weight")))


def _weight(where: str, written: Any) -> float:
    if written in (None, ""):
        return 1.0
    try:
        weight = float(written)
    except (TypeError, ValueError):
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise InputError(f"{where}: weight {str(written)[:_SHOWN]!r} is not a number of at least 0")
    return weight


def _id(where: str, row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None or not str(value).strip():
        raise InputError(f"{where}: there is no {column}")
    return str(value).strip()


def _page(where: str, row: Mapping[str, Any]) -> Page | None:
    """What the row says of a page; None if it says nothing."""
    given = {key: row[key] for key in Page.__struct_fields__ if row.get(key) not in ("", None)}  # empty: not looked at
    try:
        page = msgspec.convert(given, Page)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {error}") from error
    if page.credit_grade not in (UNSET, *GRADES):
        raise InputError(f"{where}: credit_grade {page.credit_grade!r} is none of {', '.join(GRADES)}")
    if page.credit_grade not in (UNSET, "none") and not page.credit_agency:
        raise InputError(f"{where}: credit_grade is {page.credit_grade}, but credit_agency is empty")
    looked_at = (page.credit_grade, page.cites, page.interviews, page.furniture_lines)
    return page if any(part is not UNSET for part in looked_at) else None
