"""The Arrow contract: the tables that stages hand on, and the tables that are published.

Two groups. *Travelling* tables exist only between stages and in the state of a store; they may change from release
to release. *Published* tables are what analysts read: their names, columns and types are stable, and their schema
metadata says which version of the contract they keep (`CONTRACT_VERSION`).

Conventions everywhere: ids are strings; times are `timestamp[us, tz=UTC]`; similarities are float64 in [0, 1];
counts are int32; `start` and `end` are half-open offsets in code points of the named `field` as it was read;
hash columns are signed. A published column is nullable only where `PUBLISHED` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

__all__ = [
    "ARTICLES",
    "CITATIONS",
    "CONTRACT_VERSION",
    "CREDITS",
    "DAY",
    "KEYS",
    "MIRRORED",
    "PUBLISHED",
    "RECORDS",
    "REJECTS",
    "SKETCHES",
    "STRIPPED",
    "TIME",
    "empty",
]

CONTRACT_VERSION = "2"

TIME = pa.timestamp("us", tz="UTC")

#: A day in the unit of `TIME`.
DAY = 86_400_000_000

_TEXT = pa.string()
_LONG = pa.large_string()  # bodies: 64-bit offsets, so that a batch may pass 2 GB
_SCORE = pa.float64()
_COUNT = pa.int32()
_FLAG = pa.bool_()


def _schema(**columns: pa.DataType | tuple[pa.DataType]) -> pa.Schema:
    """A schema from keyword columns; a one-element tuple marks a nullable column: `url=(pa.string(),)`."""
    return pa.schema(
        [
            pa.field(name, kind[0], nullable=True) if isinstance(kind, tuple) else pa.field(name, kind, nullable=False)
            for name, kind in columns.items()
        ]
    )


# --- travelling -------------------------------------------------------------------------------------------------

#: What a reader yields: one row an article as it lay in the file; every other field is text as it was found.
#: `record` numbers the rows of one run in reading order and identifies nothing beyond it. `source` is the input file
#: and `line` the record's line (JSONL, CSV), row (Parquet) or 1 (a page), counted from 1. `field` says what `text`
#: is: a whole scraped `page`, or a `body`. Times are ISO 8601 or as written on the page.
RECORDS = _schema(
    record=pa.int64(),
    source=_TEXT,
    line=pa.int64(),
    field=_TEXT,
    text=_LONG,
    source_id=(_TEXT,),
    url=(_TEXT,),
    canonical_url=(_TEXT,),
    origin_url=(_TEXT,),
    publisher=(_TEXT,),
    host=(_TEXT,),
    headline=(_TEXT,),
    deck=(_TEXT,),
    byline=(_TEXT,),
    credit=(_TEXT,),
    dateline=(_TEXT,),
    rights=(_TEXT,),
    language=(_TEXT,),
    published=(_TEXT,),
    modified=(_TEXT,),
    fetched=(_TEXT,),
    embargo=(_TEXT,),
    status=(_TEXT,),
    version=(_TEXT,),
    note=(_TEXT,),
    slug=(_TEXT,),
)

_SPAN_MAP = pa.list_(
    pa.struct([pa.field("at", pa.int32(), nullable=False), pa.field("raw", pa.int32(), nullable=False)])
)

#: What `clean` makes of a record. `body` is the story alone: paragraphs joined by a newline, quotes, dashes and spaces
#: folded, NFC, without byline, dateline and furniture. `body_map` carries offsets back: the character at `body[i]` stood
#: at `raw + (i - at)` of the field as read, with (at, raw) the last entry whose `at` <= i. `article_id` and `identity`
#: (hex, 32 characters: equal for two records of the same article) are empty until `identify` fills them. `digest` (hex)
#: tells one text from another: over headline and text as read, and a status that the record states. `embargoed_until` is the
#: end of an embargo, where `published_at` is that. `names` is what a notice of a withdrawal or correction calls the story that
#: it is about: headlines, slugs, ids; null where the article is none.
ARTICLES = _schema(
    record=pa.int64(),
    article_id=_TEXT,
    identity=_TEXT,
    source=_TEXT,
    field=_TEXT,
    digest=_TEXT,
    source_id=(_TEXT,),
    url=(_TEXT,),
    canonical_url=(_TEXT,),
    origin_url=(_TEXT,),
    publisher=(_TEXT,),
    publisher_id=(_TEXT,),
    publisher_family=(_TEXT,),
    publisher_country=(_TEXT,),
    home_agency=(_TEXT,),
    headline=(_TEXT,),
    deck=(_TEXT,),
    byline=(_TEXT,),
    byline_field=(_TEXT,),
    byline_start=(_COUNT,),
    byline_end=(_COUNT,),
    dateline=(_TEXT,),
    dateline_start=(_COUNT,),
    dateline_end=(_COUNT,),
    credit=(_TEXT,),
    rights=(_TEXT,),
    body=_LONG,
    body_map=_SPAN_MAP,
    language=(_TEXT,),
    published_at=(TIME,),
    published_precision=_TEXT,
    published_raw=(_TEXT,),
    published_zone=(_TEXT,),
    modified_at=(TIME,),
    fetched_at=(TIME,),
    embargoed_until=(TIME,),
    kind=_TEXT,
    status=_TEXT,
    text_state=_TEXT,
    version=(_TEXT,),
    version_rank=_COUNT,
    n_words=_COUNT,
    slug=(_TEXT,),
    names=(pa.list_(_TEXT),),
)

#: Lines that `clean` took out of a page or body, or `learn` of a body, with the rule that did. `position` is head, body or
#: tail.
#: `kind` groups rules for those who come after: byline, dateline, disclaimer, credit, caption, stamp, furniture...
STRIPPED = _schema(
    record=pa.int64(),
    article_id=_TEXT,
    line=_TEXT,
    field=_TEXT,
    start=_COUNT,
    end=_COUNT,
    position=_TEXT,
    kind=_TEXT,
    rule=_TEXT,
)

#: `shingles`: 32-bit shingle hashes in the order of the text, repeats included; `figures` and `names`: hashes of its numbers
#: and of the capitalised words in mid-sentence, sorted and distinct. All are signed views of uint32. `quotes` has the numbers
#: of the shingles at which a quotation begins and ends, in turn. `content` is a 64-bit hash of all its words in their order,
#: 0 for none: equal for texts that read the same word for word. `lines` are such hashes of each line of the body in their
#: order, odd for a short line with a number; a short body, which is sketched together with its headline, has none.
SKETCHES = _schema(
    article_id=_TEXT,
    n_words=_COUNT,
    content=pa.int64(),
    shingles=pa.large_list(pa.field("item", pa.int32(), nullable=False)),
    figures=pa.large_list(pa.field("item", pa.int32(), nullable=False)),
    names=pa.large_list(pa.field("item", pa.int32(), nullable=False)),
    quotes=pa.large_list(pa.field("item", pa.int32(), nullable=False)),
    lines=pa.large_list(pa.field("item", pa.int64(), nullable=False)),
)

# --- published --------------------------------------------------------------------------------------------------

CREDITS = _schema(
    article_id=_TEXT,
    agency=_TEXT,
    desk=(_TEXT,),
    grade=_TEXT,
    signal=_TEXT,
    text=_TEXT,
    field=(_TEXT,),
    start=(_COUNT,),
    end=(_COUNT,),
    rule=_TEXT,
)

CITATIONS = _schema(
    article_id=_TEXT,
    source=_TEXT,
    role=_TEXT,
    frame=_TEXT,
    via=(_TEXT,),
    text=_TEXT,
    field=_TEXT,
    start=_COUNT,
    end=_COUNT,
)

REJECTS = _schema(article_id=(_TEXT,), source=_TEXT, stage=_TEXT, reason=_TEXT)

#: Relations that are another one as seen from the other text.
MIRRORED: Mapping[str, str] = MappingProxyType({"abridged": "expanded", "expanded": "abridged"})

#: The published tables by name.
PUBLISHED: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "clusters": _schema(
            cluster_id=_TEXT,
            anchor_id=_TEXT,
            canonical_id=_TEXT,
            canonical_reason=_TEXT,
            canonical_is_proxy=_FLAG,
            runner_up_id=(_TEXT,),
            origin_agency=(_TEXT,),
            origin_confidence=_SCORE,
            origin_conflict=_FLAG,
            n_articles=_COUNT,
            n_publishers=_COUNT,
            n_families=_COUNT,
            n_origins=_COUNT,
            n_credited=_COUNT,
            first_id=(_TEXT,),
            first_published_at=(TIME,),
            last_published_at=(TIME,),
            headline=(_TEXT,),
            language=(_TEXT,),
            kind=_TEXT,
            status=_TEXT,
            cohesion_min=_SCORE,
            cohesion_mean=_SCORE,
            first_run_id=_TEXT,
            changed_run_id=_TEXT,
        ),
        "members": _schema(
            article_id=_TEXT,
            cluster_id=_TEXT,
            is_canonical=_FLAG,
            relation=_TEXT,
            jaccard=_SCORE,
            containment=_SCORE,
            share_of_canonical=_SCORE,
            lag_seconds=(_COUNT,),
            publisher=(_TEXT,),
            publisher_id=(_TEXT,),
            publisher_family=(_TEXT,),
            published_at=(TIME,),
            published_precision=_TEXT,
            effective_at=TIME,
            headline=(_TEXT,),
            url=(_TEXT,),
            language=(_TEXT,),
            n_words=_COUNT,
            kind=_TEXT,
            status=_TEXT,
            notice_id=(_TEXT,),
            text_state=_TEXT,
            credit_agency=(_TEXT,),
            credit_grade=_TEXT,
            credit_status=_TEXT,
            duplicate_of=(_TEXT,),
            version_of=(_TEXT,),
            first_run_id=_TEXT,
            changed_run_id=_TEXT,
        ),
        "matches": _schema(
            left_id=_TEXT,
            right_id=_TEXT,
            jaccard=_SCORE,
            containment_left=_SCORE,
            containment_right=_SCORE,
            longest_run=_COUNT,
            relation=_TEXT,
            accepted=_FLAG,
            reason=_TEXT,
        ),
        "excerpts": _schema(
            article_id=_TEXT,
            cluster_id=_TEXT,
            containment=_SCORE,
            longest_run=_COUNT,
            field=_TEXT,
            start=_COUNT,
            end=_COUNT,
        ),
        "links": _schema(cluster_id=_TEXT, other_id=_TEXT, relation=_TEXT, n_pairs=_COUNT, best_score=_SCORE),
        "credits": CREDITS,
        "citations": CITATIONS,
        "stripped": _schema(
            article_id=_TEXT, field=_TEXT, start=_COUNT, end=_COUNT, line=_TEXT, position=_TEXT, kind=_TEXT, rule=_TEXT
        ),
        "furniture": _schema(publisher=_TEXT, line=_TEXT, n_articles=_COUNT, first_seen=(TIME,), rule=_TEXT),
        "changes": _schema(article_id=(_TEXT,), cluster_id=(_TEXT,), kind=_TEXT, before=(_TEXT,), after=(_TEXT,)),
        "events": _schema(
            cluster_id=_TEXT,
            event=_TEXT,
            from_id=(_TEXT,),
            to_id=(_TEXT,),
            run_id=_TEXT,
            as_of=TIME,
            reason=_TEXT,
        ),
        "rejects": REJECTS,
    }
)

#: The columns each published table is sorted by; where they are unique they are its key (all but the last six).
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "clusters": ("cluster_id",),
        "members": ("cluster_id", "article_id"),
        "matches": ("left_id", "right_id"),
        "links": ("cluster_id", "other_id", "relation"),
        "furniture": ("publisher", "line", "rule"),
        "excerpts": ("article_id", "cluster_id", "start"),
        "credits": ("article_id", "agency", "signal", "field", "start", "rule"),
        "citations": ("article_id", "field", "start", "source"),
        "stripped": ("article_id", "field", "start", "rule"),
        "changes": ("kind", "article_id", "cluster_id"),
        "events": ("run_id", "cluster_id", "event", "from_id"),
        "rejects": ("source", "stage", "article_id", "reason"),
    }
)


def empty(schema: pa.Schema) -> pa.Table:
    """A table of that schema without rows."""
    return schema.empty_table()
