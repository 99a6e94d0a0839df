"""What the published tables mean: a sentence for each table, column and word that a column may hold.

The shape of the tables is `schema.PUBLISHED`; this is the other half of the contract. It stands beside the schema and not in
it, because what Arrow fields carry is written into every file. `docs/tables.md` is made of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COLUMNS", "ROWS", "VALUES"]

Words = Mapping[str, str]

#: What a row of each table is.
ROWS: Words = MappingProxyType(
    {
        "clusters": "a story, printed once or more often",
        "members": "an article, and how it relates to the canonical print of its story",
        "matches": "two articles that were compared, accepted or refused, and why",
        "excerpts": "a passage that an article shares with a story it is no print of: the longest one",
        "links": "two clusters that touch without being one story",
        "credits": "a finding that says whose copy an article is",
        "citations": "a place at which an article leans on somebody else's reporting",
        "stripped": "a line that was taken out of an article, where it stood and by which rule",
        "furniture": "a line that is stripped from a publisher's articles: the list to review",
        "changes": "what this run changed in the rows of `clusters` or `members`: the feed for other jobs",
        "events": "what happened to a cluster, in this run and all before it; of one that was always alone, only where it went",
        "rejects": "a record or file of this run that could not be used",
    }
)

_ARTICLE = "the article"
_START = "where it begins in `field` as it was read, in code points from 0"
_END = "where it ends there, exclusive"
_FIELD = "the field that `start` and `end` count in: `page`, `body`, `byline` or `metadata`"
_FIRST = "the run since which this row is published without a gap"
_CHANGED = "the last run that changed any other column of this row"
_HEADLINE = "its headline"
_AGENCY = "id of the agency, the name of an outlet that is none, or `unspecified` where none is named"

#: What each column means, in the order of the schema.
COLUMNS: Mapping[str, Words] = MappingProxyType(
    {
        "clusters": {
            "cluster_id": "stays from run to run: `c-`, the id of its first anchor, and a number where that was taken",
            "anchor_id": "the member that all others were compared with, and matched",
            "canonical_id": "the member that was elected as the best version of the story",
            "canonical_reason": "the step of the election that decided, in words",
            "canonical_is_proxy": "the origin is known, and the canonical does not stand on its home site",
            "runner_up_id": "whom the canonical was told from by that step; null in a cluster of one",
            "origin_agency": "whose copy the story is, by a vote of the credits; null where nobody is credited",
            "origin_confidence": "its share of that vote; 0 without an origin",
            "origin_conflict": "members credit more than one agency in full (`n_origins` above 1)",
            "n_articles": "how many members it has",
            "n_publishers": "by how many publishers, at least 1",
            "n_families": "by how many owners of publishers, at least 1; one without a known owner stands for itself",
            "n_origins": "how many agencies are credited in full, at least 1",
            "n_credited": "how many members have a credit of any grade",
            "first_id": "the first print by time of day, where one has it, else by day; null without dates",
            "first_published_at": "when that was",
            "last_published_at": "when the last one was",
            "headline": "that of the canonical",
            "language": "that of the canonical",
            "kind": "that of the canonical",
            "status": "that of the canonical",
            "cohesion_min": "the smallest containment of a member with the anchor; 1 in a cluster of one",
            "cohesion_mean": "their mean without the anchor itself; 1 in a cluster of one",
            "first_run_id": _FIRST,
            "changed_run_id": _CHANGED,
        },
        "members": {
            "article_id": "the source id if no other article has it, else `publisher_id/source_id`; without one, hex",
            "cluster_id": "its story",
            "is_canonical": "it is the canonical print of it",
            "relation": "how it differs from the canonical",
            "jaccard": "shingles in common with the canonical, of all that the two have",
            "containment": "shingles in common, of the shorter of the two",
            "share_of_canonical": "the share of the canonical's shingles that it has",
            "lag_seconds": "whole seconds after the first print of the story; null where either has no time of day",
            "publisher": "as the article or the lexicon names it",
            "publisher_id": "one id for all names and hosts of a publisher",
            "publisher_family": "its owner; the publisher's own id where none is known",
            "published_at": "when it says that it was published; null where it does not say, or nobody can believe it",
            "published_precision": "how exactly that is known",
            "effective_at": "the time by which it is compared: when published, else fetched, else the date of its first run",
            "headline": _HEADLINE,
            "url": "its address as it came",
            "language": "BCP 47 tag as stated by the input, else told by script; null where neither tells",
            "n_words": "words of the body without furniture; two characters count as one in scripts without spaces",
            "kind": "what sort of text it is",
            "status": "whether the text still stands",
            "notice_id": "the article that withdrew or corrected it; null where it says so itself, or stands",
            "text_state": "whether all of the text is there",
            "credit_agency": "the agency of its strongest credit; null without one",
            "credit_grade": "the grade of that credit",
            "credit_status": "how it owns up to the origin of its story",
            "duplicate_of": "the same publisher's earlier article of the same words in this cluster: it is a second copy",
            "version_of": "null: versions of one article replace one another",
            "first_run_id": _FIRST,
            "changed_run_id": _CHANGED,
        },
        "matches": {
            "left_id": "the smaller id",
            "right_id": "the greater id",
            "jaccard": "shingles in common, of all that the two have",
            "containment_left": "shingles in common, of the left article's",
            "containment_right": "shingles in common, of the right article's",
            "longest_run": "shingles of the longest passage in common",
            "relation": "what the right article is as seen from the left",
            "accepted": "the relation makes them prints of one story",
            "reason": "the figures that decided, and the setting that they met or missed",
        },
        "excerpts": {
            "article_id": "the one that borrows",
            "cluster_id": "the story that it borrows from",
            "containment": "shingles in common, of the borrowing article's",
            "longest_run": "shingles of the passage",
            "field": _FIELD,
            "start": _START,
            "end": _END,
        },
        "links": {
            "cluster_id": "the smaller id",
            "other_id": "the greater id",
            "relation": "how they touch",
            "n_pairs": "how many pairs of their articles do",
            "best_score": "the greatest containment of one of them in the other",
        },
        "credits": {
            "article_id": _ARTICLE,
            "agency": _AGENCY,
            "desk": "the desk or initials that stand with it",
            "grade": "how much of the text is the agency's",
            "signal": "where it says so, the most telling places first",
            "text": "the words that say so",
            "field": f"{_FIELD}; null where the page itself says nothing",
            "start": f"{_START}; null where the place is not known",
            "end": _END,
            "rule": "the rule that found it (`signals.toml` of the lexicon, or built in)",
        },
        "citations": {
            "article_id": _ARTICLE,
            "source": "the name of the agency or outlet",
            "role": "what it is leaned on for",
            "frame": "the rule of `frames.toml` that fitted",
            "via": "through whom: the source that reported what this one had said",
            "text": "the words of the frame and the name, quotes and dashes folded",
            "field": _FIELD,
            "start": _START,
            "end": _END,
        },
        "stripped": {
            "article_id": _ARTICLE,
            "field": _FIELD,
            "start": _START,
            "end": _END,
            "line": "the line",
            "position": "where in the article it stood",
            "kind": "what sort of line it is",
            "rule": "the rule that took it (`furniture.toml` of the lexicon, or built in), or `learned`",
        },
        "furniture": {
            "publisher": "name of the publisher, or its id",
            "line": "the line as it stands in its articles",
            "n_articles": "how many published articles carried it",
            "first_seen": "when the first of them was published",
            "rule": "how it is known",
        },
        "changes": {
            "article_id": "the article; null where the row is about a cluster",
            "cluster_id": "the cluster; null where the row is about an article",
            "kind": "what happened to the row",
            "before": "its cluster, its size, or the columns that changed, as they were: `column value; column value`, for"
            " people: a long text is cut to 80 characters, from where the two begin to differ, and a figure has six digits",
            "after": "the same as it is now; the values themselves are in the tables, by key",
        },
        "events": {
            "cluster_id": "the cluster; its id may be one that is no longer published",
            "event": "what happened",
            "from_id": "the canonical before, the cluster split from, or the notice that withdrew or corrected",
            "to_id": "the canonical since, or the cluster absorbed into: old ids forward by it, for good",
            "run_id": "the run in which it happened",
            "as_of": "the date of that run",
            "reason": "the same in words, with its figures",
        },
        "rejects": {
            "article_id": "the article; null where it was refused before it had an id",
            "source": "file and line (or row) as `FILE:LINE`; the file alone where all of it failed",
            "stage": "where it was refused",
            "reason": "what was wrong with it, and the setting that refused it where one did",
        },
    }
)

_KIND: Words = {
    "editorial": "a story",
    "release": "paid or corporate copy",
    "digest": "a round-up, press review, transcript, page of links or captions; joins no cluster",
    "liveblog": "a running page of entries; joins no cluster",
}
_STATUS: Words = {
    "usable": "it stands",
    "corrected": "it corrects, or carries what was corrected later",
    "withdrawn": "it was taken back, or carries what was",
}
_GRADE: Words = {
    "full": "the text is the agency's",
    "partial": "the publisher used the agency's text",
    "release": "paid or corporate copy, whoever distributes it",
}
_MATCH: Words = {
    "identical": "the same words",
    "light_edit": "nearly equal",
    "abridged": "shorter",
    "expanded": "longer",
    "version": "of about the same length, reworked, or tagged as another version",
}
_NO_MATCH: Words = {
    "template": "the same form with other numbers or names",
    "quotes_only": "the same quotations with narrations of their own",
    "excerpt": "a passage in common",
}

#: The words that a column may hold, where these are few.
VALUES: Mapping[tuple[str, str], Words] = MappingProxyType(
    {
        ("clusters", "kind"): _KIND,
        ("clusters", "status"): _STATUS,
        ("members", "relation"): {"canonical": "it is the canonical itself", **_MATCH},
        ("members", "published_precision"): {
            "second": "to the second",
            "minute": "to the minute",
            "day": "the day alone; no lag is told",
            "unknown": "not at all",
        },
        ("members", "kind"): _KIND,
        ("members", "status"): _STATUS,
        ("members", "text_state"): {
            "full": "all",
            "stub": "cut short by a paywall or a teaser, or too short to lead a story",
            "unknown": "it breaks off with dots",
        },
        ("members", "credit_grade"): {**_GRADE, "none": "no credit was found"},
        ("members", "credit_status"): {
            "own": "it stands on the origin's own site",
            "credited": "a full credit, or one of a release",
            "partial": "a partial credit",
            "dropped": "an accusation: a full text that names its sure origin nowhere, of a publisher that is seen to credit",
            "unknown": "nothing can be said",
        },
        ("matches", "relation"): {**_MATCH, **_NO_MATCH, "different": "two stories"},
        ("links", "relation"): {
            **_NO_MATCH,
            "version": "articles match, and no anchor holds the two clusters together",
        },
        ("credits", "grade"): _GRADE,
        ("credits", "signal"): {
            "byline": "the byline",
            "dateline": "the dateline",
            "disclaimer": "a sentence about where the text comes from",
            "tail": "a line or mark at the end",
            "source": "a line that begins with a word for source",
            "metadata": "the record's own field",
            "copyright": "a copyright line",
            "policy": "an agency's own rule in its own words",
            "home": "the page of a distributor of releases",
        },
        ("citations", "role"): {
            "cite": "its reporting",
            "interview": "someone spoke to it",
            "self": "it speaks of itself as the author of this text",
            "data": "its figures or poll",
        },
        ("stripped", "position"): {
            "head": "above the story",
            "body": "between its paragraphs",
            "tail": "below it",
        },
        ("stripped", "kind"): {
            "publisher": "the masthead",
            "headline": "the headline, said again or as the page has it",
            "deck": "the line below the headline",
            "byline": "who wrote it",
            "dateline": "place, date and agency at the beginning",
            "stamp": "when it was published or changed",
            "caption": "what stands under a picture",
            "credit": "whose copy it is",
            "disclaimer": "who answers for it",
            "copyright": "whose right it is",
            "version_note": "a note to editors, or of a correction",
            "furniture": "what the publisher puts around any story",
        },
        ("furniture", "rule"): {
            "lexicon": "by a rule",
            "learned": "because the publisher repeats it across different stories",
        },
        ("changes", "kind"): {
            "added": "a new article; after: its cluster",
            "moved": "an article in another cluster, which it was in before and is in now; no other column of it is told",
            "created": "a new cluster; after: its size",
            "changed": "other columns; their values then and now",
            "removed": "no longer published; before: its cluster or size",
        },
        ("events", "event"): {
            "created": "it has two prints for the first time",
            "grew": "more prints than before",
            "shrank": "fewer: some are of another story now",
            "absorbed": "it went into another that was published first",
            "split": "a part of another became a story of its own",
            "canonical_changed": "another print leads it",
            "withdrawn": "more of its prints are withdrawn than before",
            "corrected": "more of its prints are corrected, or carry what was",
            "reinstated": "prints that were withdrawn or corrected stand again",
            "retired": "its newest print has left the horizon, or none is left",
        },
        ("rejects", "stage"): {
            "read": "a line, row or file",
            "clean": "a record",
            "intake": "an article, for its time above all",
        },
    }
)
