"""clean: from a page or body to the story alone.

    articles, stripped, rejects = clean.run(records, config.clean, publishers)

What is no story (the publisher's line, headline, captions, byline, disclaimer, promotion, stamp, navigation) is taken out by
rules of the lexicon and stays on record in `stripped`, word for word and with offsets. The body is folded: one spelling of
quotes, dashes and spaces, NFC, nothing unseen. `body_map` leads every character back to the text as read.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pyarrow as pa

from pipeline import config, schema
from pipeline.stages._fold import SpanMap, flatten, fold
from pipeline.stages._words import count_words
from pipeline.stages.clean import agencies, dates, furniture, notices, walls
from pipeline.stages.clean.lines import Known, Line, Lines, key
from pipeline.stages.clean.scan import scan
from pipeline.stages.clean.story import Stated, Story, read_story
from pipeline.stages.clean.verdicts import kind_of, language_of, stated, text_state_of, version_of
from pipeline.stages.kernels import arrays
from pipeline.stages.lexicon.publishers import Publisher, Publishers, urlsplit_host

__all__ = ["rejected", "run"]

STAGE = "clean"


def run(records: pa.Table, settings: config.Clean, publishers: Publishers) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Articles, stripped lines and rejects of a table of records, each in the order of the records.

    `article_id` is empty in all of them: `identify` fills it. Rejected are records without text ("no text"), those of which
    nothing is a story ("only furniture"), pages that stand in the place of an article ("no article"), and those whose
    publication date is on no calendar ("impossible date").
    """
    articles: list[dict[str, Any]] = []
    stripped: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    for batch in records.to_batches(max_chunksize=1_024):
        rows = batch.to_pylist()
        found = scan(batch["text"], [row["text"] for row in rows])
        for record, lines, spelled in zip(rows, found, _encoded(batch["text"]), strict=True):
            try:
                article, strips = _clean(record, lines, spelled, settings, publishers)
            except _RejectError as reject:
                rejects.append(_reject_row(record, str(reject)))
            else:
                articles.append(article)
                stripped.extend(strips)
    return (
        pa.Table.from_pylist(articles, schema.ARTICLES),
        pa.Table.from_pylist(stripped, schema.STRIPPED),
        pa.Table.from_pylist(rejects, schema.REJECTS),
    )


def rejected(records: pa.Table, reason: str) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The same where none of the records can be used, for a reason that `run` does not know of."""
    rejects = [_reject_row(record, reason) for record in records.to_pylist()]
    return (
        schema.ARTICLES.empty_table(),
        schema.STRIPPED.empty_table(),
        pa.Table.from_pylist(rejects, schema.REJECTS),
    )


def _encoded(texts: pa.Array) -> Iterator[memoryview]:
    """The UTF-8 bytes of each text, without a copy."""
    data, offsets = arrays.texts(texts)
    view = data.data
    return (view[start:end] for start, end in itertools.pairwise(offsets.tolist()))


class _RejectError(Exception):
    """A record that leaves the flow here; the message is the reason."""


def _reject_row(record: dict[str, Any], reason: str) -> dict[str, Any]:
    return {"source": f"{record['source']}:{record['line']}", "stage": STAGE, "reason": reason}


def _clean(
    record: dict[str, Any], lines: Lines, spelled: memoryview, settings: config.Clean, publishers: Publishers
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One record's article and stripped lines; `spelled` is its text in UTF-8."""
    text: str = record["text"]
    if not text.strip():
        raise _RejectError("no text")
    story = read_story(text, lines, _known(record, settings, publishers))
    body, body_map, paragraphs = _fold_body(text, story)
    if not body.strip():
        raise _RejectError("no text: only furniture")
    is_short = story.n_words <= walls.MOST_WORDS and len(text) <= walls.MOST_CHARACTERS
    if is_short and (said := walls.wall(record["headline"], text)):
        raise _RejectError(
            f"no article: a page of consent, of a check or of an error in its place ({said!r}); fetch it again"
        )
    publisher = publishers.resolve(
        record["publisher"] or _said(text, story, "publisher"), record["host"], record["url"] or record["canonical_url"]
    )
    article = {
        **{name: record[name] for name in _CARRIED},
        "article_id": "",
        "digest": _digest(record["headline"], spelled, stated(record["status"])),
        "body": body,
        "body_map": [{"at": at, "raw": raw} for at, raw in body_map],
        "language": language_of(record["language"], body),
        **_publisher_columns(publisher),
        "credit": _credit(record, publisher, publishers),
        **_parts(record, text, story),
        **_times(record, story, publisher, settings),
        **_verdicts(record, text, story, body, paragraphs, settings),
    }
    return article, [_strip_row(record, text, strip) for strip in story.strips]


_CARRIED = ("record", "source", "field", "source_id", "url", "canonical_url", "origin_url", "rights", "slug")


def _known(record: dict[str, Any], settings: config.Clean, publishers: Publishers) -> Known:
    return Known(
        page=record["field"] == "page",
        headline=record["headline"],
        deck=record["deck"],
        publisher=record["publisher"],
        byline=record["byline"],
        is_publisher=lambda words: publishers.named(words) is not None or _names_host(words, record),
        is_house=lambda words: _names_host(words, record),
        max_strip_share=settings.max_strip_share,
    )


_HOST_LETTERS = 5


def _names_host(words: str, record: dict[str, Any]) -> bool:
    """Whether words are the name in the record's host: "Norrvik Courier" in "www.norrvik-courier.no", "NVK" in "nvk.no"."""
    name, host = key(words), record["host"] or urlsplit_host(record["url"]) or ""
    return (len(name) >= _HOST_LETTERS and name in key(host)) or name == host.removeprefix("www.").partition(".")[0]


def _digest(headline: str | None, text: memoryview, status: str) -> str:
    """32 hex digits over headline and text as read.

    A status that the record states counts too: the same text withdrawn is another version.
    """
    found = hashlib.blake2b(f"{headline or ''}\0".encode(), digest_size=16)
    found.update(text)
    if status:
        found.update(f"\0{status}".encode())
    return found.hexdigest()


def _fold_body(text: str, story: Story) -> tuple[str, SpanMap, list[str]]:
    """The story's paragraphs folded and joined by newlines, their map back to `text`, and the paragraphs."""
    flat = story.lines.flat
    if story.lines.is_plain and not story.wrapped:  # nothing but what lies between the paragraphs changes an offset
        kept = [(start, end) for start, end in story.kept if start < end]
        paragraphs = [flat[start:end] for start, end in kept]
        return "\n".join(paragraphs), _joined(kept), paragraphs
    pieces: list[str] = []
    spans: SpanMap = []
    at = before = 0
    for start, end in story.kept:
        piece, piece_map = (flat[start:end], [(0, start)]) if story.lines.is_plain else fold(text, start, end)
        if not piece:
            continue
        if pieces:
            pieces.append(" " if story.wrapped and not _BREAK.search(flat, before, start) else "\n")
            at += 1  # what joins them stood where the line before ended
        for offset, raw in piece_map:
            if not spans or raw - spans[-1][1] != at + offset - spans[-1][0]:
                spans.append((at + offset, raw))
        pieces.append(piece)
        at += len(piece)
        before = end
    body = "".join(pieces)
    return body, spans, body.split("\n")


def _joined(kept: Iterable[tuple[int, int]]) -> SpanMap:
    """The map of paragraphs joined by one character each; those that stood so need no entry of their own."""
    spans: SpanMap = []
    at, shift = 0, -1
    for start, end in kept:
        if start - at != shift:
            shift = start - at
            spans.append((at, start))
        at += end - start + 1
    return spans


# Between two lines of a wrapped text, what says that a paragraph begins: an indentation, an empty line.
_BREAK = re.compile(r"\n(?: |\s*\n)")


def _said(text: str, story: Story, part: str) -> str | None:
    """The words of a part that was found in the text."""
    span = story.spans.get(part)
    return text[span[0] : span[1]] if span else None


def _publisher_columns(publisher: Publisher) -> dict[str, Any]:
    return {
        "publisher": publisher.name or None,
        "publisher_id": publisher.id or None,
        "publisher_family": publisher.family or None,
        "publisher_country": publisher.country or None,
        "home_agency": publisher.home_agency or None,
    }


def _credit(record: dict[str, Any], publisher: Publisher, publishers: Publishers) -> str | None:
    """Whom the record credits; an agency that it names as the publisher of another's page is credited, too."""
    credit: str | None = record["credit"]
    named: str | None = record["publisher"]
    if not named or not publishers.is_other_agency(named, publisher) or named in (credit or ""):
        return credit
    return f"{credit}; {named}" if credit else named


def _parts(record: dict[str, Any], text: str, story: Story) -> dict[str, Any]:
    """Headline, deck, byline and dateline: the record's own where it has them, else those of the text.

    A byline of the record has offsets in that column (`byline_field` "byline"); a dateline has offsets only where it
    was found in the text.
    """
    stated = record["byline"] if record["byline"] and _is_byline(record["byline"]) else None
    start, end = (0, len(stated)) if stated else story.spans.get("byline", (None, None))
    byline = stated or _said(text, story, "byline")
    dateline = story.spans.get("dateline", (None, None))
    return {
        "headline": record["headline"] or _said(text, story, "headline"),
        "deck": record["deck"] or _said(text, story, "deck"),
        "byline": byline,
        "byline_field": None if byline is None else "byline" if stated else record["field"],
        "byline_start": start,
        "byline_end": end,
        "dateline": _said(text, story, "dateline") or record["dateline"],
        "dateline_start": dateline[0],
        "dateline_end": dateline[1],
    }


@functools.lru_cache(maxsize=4_096)
def _is_byline(stated: str) -> bool:
    """Whether a byline field holds one: scrapers put "Sign in" and "Share" there too."""
    flat = flatten(stated).strip()
    if not flat:
        return False
    rule = furniture.match(Line(0, len(flat), flat, count_words(flat)), "head")
    return rule is None or rule.kind != "furniture"


@functools.lru_cache(maxsize=4_096)
def _is_paid(stated: str | None) -> bool:
    """Whether a byline field says that the text is paid for, and names nobody: "Anzeige", "PR Newswire"."""
    flat = flatten(stated).strip() if stated else ""
    if not flat:
        return False
    rule = furniture.match(Line(0, len(flat), flat, count_words(flat)), "head")
    says_so = rule is not None and rule.id.startswith(("disclaimer-release", "advertisement"))
    return says_so or agencies.kinds().get(flat.casefold()) == "release"


# --- times ------------------------------------------------------------------------------------------------------


def _times(record: dict[str, Any], story: Story, publisher: Publisher, settings: config.Clean) -> dict[str, Any]:
    """Publication, change and fetch.

    A record may know the day alone, and its text the hour. A page that states only when it was changed was published no
    later: that counts. One that states nothing may have the day in its address. A text under embargo is published when that
    ends. A crawler has one clock for all publishers.
    """
    place = dates.Place(publisher.country, publisher.zone, settings.default_zone)
    fetched = _lenient(record["fetched"], dates.Place(default_zone=settings.default_zone))
    raw = record["published"]
    try:
        published = _read_time(raw, place) if raw else None
    except dates.ImpossibleDateError as error:
        raise _RejectError(f"impossible date {raw!r}") from error
    if published and published.precision == "day" and (finer := _finer(published, story.stated, place)):
        published, raw = finer
    changed = _first(story.stated, "modified")
    if not raw:
        raw = _first(story.stated, "published")
        published = _lenient(raw, place)
    modified = _lenient(record["modified"] or changed, place)
    if published is None and raw is None and modified is not None:
        raw = record["modified"] or changed
        published = modified
    if published is None and raw is None:
        raw = dates.in_address(record["url"]) or dates.in_address(record["canonical_url"])
        published = _lenient(raw, place)
    if published and fetched and published.at > fetched.at + timedelta(days=1):
        published = None  # nothing is fetched before it is printed
    held = _lenient(record["embargo"], place)
    is_held = held is not None and (published is None or held.at > published.at)
    if is_held:
        raw, published = record["embargo"], held
    return {
        "published_at": published.at if published else None,
        "published_precision": published.precision if published else "unknown",
        "published_raw": raw,
        "published_zone": published.zone if published else None,
        "modified_at": modified.at if modified else None,
        "fetched_at": fetched.at if fetched else None,
        "embargoed_until": held.at if held and is_held else None,
    }


def _finer(published: dates.Moment, stated: Iterable[Stated], place: dates.Place) -> tuple[dates.Moment, str] | None:
    """The first time of that day that the text states with its hour, where its zone is known; and its words."""
    for time in stated:
        moment = _lenient(time.text, place) if time.role == "published" else None
        if moment and moment.zone not in (None, "default") and published.day in (moment.day, moment.at.date()):
            return moment, time.text
    return None


def _first(stated: Iterable[Stated], role: str) -> str | None:
    return next((time.text for time in stated if time.role == role), None)


def _read_time(raw: str, place: dates.Place) -> dates.Moment | None:
    """A time as stated in a field, which may carry its label along: "Published: 3 May 2020"."""
    found = dates.parse(raw, place)
    if found is None:
        labelled = dates.stamps(raw)
        found = dates.parse(raw[labelled[0].start : labelled[0].end], place) if labelled else None
    return found


def _lenient(raw: str | None, place: dates.Place) -> dates.Moment | None:
    """`_read_time` where an impossible date is no reason to reject: null."""
    try:
        return _read_time(raw, place) if raw else None
    except dates.ImpossibleDateError:
        return None


# --- verdicts ---------------------------------------------------------------------------------------------------


def _verdicts(
    record: dict[str, Any], text: str, story: Story, body: str, paragraphs: list[str], settings: config.Clean
) -> dict[str, Any]:
    headline = record["headline"] or _said(text, story, "headline")
    n_words = _n_words(body, story)
    top = flatten(text[: 2 * notices.TOP]).strip()[: notices.TOP] if n_words < notices.SHORT else ""
    notes = [text[strip.start : strip.end] for strip in story.strips if strip.kind == "version_note"]
    if record["note"]:
        notes.append(record["note"])
    version = version_of(headline, record["version"], record["status"], notes, top)
    shape = story.lines.shape if story.lines.is_plain else None
    announced = shape is None or story.wrapped or shape.announced > 0
    is_notice = version.status != "usable" and (version.status == "withdrawn" or n_words < notices.SHORT)
    return {
        "names": notices.names(headline, f"{record['note'] or ''}\n{text}", n_words) if is_notice else None,
        "kind": kind_of(
            headline,
            paragraphs,
            story.strips,
            shape,
            announced=announced,
            paid=story.paid_dateline or _is_paid(record["byline"]),
        ),
        "status": version.status,
        "version": version.text,
        "version_rank": version.rank,
        "text_state": text_state_of(body, n_words, story.strips, settings.stub_words),
        "n_words": n_words,
    }


def _n_words(body: str, story: Story) -> int:
    """`count_words`, which `scan` has done for most texts."""
    return story.n_words if story.lines.is_even and story.lines.is_plain else count_words(body)


def _strip_row(record: dict[str, Any], text: str, strip: Any) -> dict[str, Any]:
    return {
        "record": record["record"],
        "article_id": "",
        "line": text[strip.start : strip.end],
        "field": record["field"],
        "start": strip.start,
        "end": strip.end,
        "position": strip.position,
        "kind": strip.kind,
        "rule": strip.rule,
    }
