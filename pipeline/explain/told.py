"""What is told of an article, as plain data: `--format json` prints it as it is, and `words` puts it into words.

So the two cannot disagree. Names are stable; others may be added. Ids, relations, grades and reasons are those of the tables.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

__all__ = [
    "Article",
    "Citation",
    "Cluster",
    "Credit",
    "Event",
    "Explanation",
    "Line",
    "Met",
    "Pair",
    "Passage",
    "Print",
    "Reading",
    "Side",
    "Step",
    "Ways",
]


class Passage(Struct, frozen=True):
    """Words that were found, where they stood (`field`, `start`, `end`: as in the tables), and what stood around them.

    `before` and `after` are a few words as they were read; both "" where the text is no longer kept.
    """

    text: str
    field: str | None
    start: int | None
    end: int | None
    before: str
    after: str


class Line(Struct, frozen=True):
    """A line that was taken out, and by which rule."""

    kind: str
    rule: str
    line: str
    field: str
    start: int
    end: int


class Reading(Struct, frozen=True):
    """How an article was read. Where `is_kept` is false its row of the state is gone, and what only that says is null.

    `n_paragraphs` is null without a text, or once it is no longer kept. `n_earlier`: other versions of it that came;
    `newest_by`: by what this one is told from them (`identify.newest_by`), null where nothing tells.
    """

    publisher: str | None
    publisher_id: str | None
    published_at: datetime | None
    published_precision: str
    published_raw: str | None
    published_zone: str | None
    is_kept: bool
    source: str | None
    field: str | None
    byline: str | None
    n_words: int
    n_paragraphs: int | None
    n_earlier: int
    newest_by: str | None
    kind: str
    status: str
    notice_id: str | None
    text_state: str
    stripped: tuple[Line, ...]


class Credit(Struct, frozen=True):
    """Whose copy it says it is."""

    agency: str
    name: str
    desk: str | None
    grade: str
    signal: str
    rule: str
    passage: Passage


class Citation(Struct, frozen=True):
    """Whom it leans on."""

    source: str
    via: str | None
    role: str
    frame: str
    passage: Passage


class Print(Struct, frozen=True):
    """An article of a cluster, as seen from the canonical."""

    article_id: str
    headline: str | None
    publisher: str | None
    is_canonical: bool
    relation: str
    jaccard: float
    containment: float
    share_of_canonical: float


class Step(Struct, frozen=True):
    """A step of the rule by which a canonical is elected, and how the two best stand there, in words.

    `decided`: this one told them apart; those before it did not, those after it were not asked.
    """

    step: str
    canonical: str
    runner_up: str
    decided: bool


class Event(Struct, frozen=True):
    """What happened to a cluster in a run."""

    run_id: str
    cluster_id: str
    event: str
    from_id: str | None
    to_id: str | None
    reason: str


class Cluster(Struct, frozen=True):
    """A story. `steps` are empty for a cluster of one, and where the election cannot be held again as it was."""

    cluster_id: str
    n_articles: int
    n_publishers: int
    origin_agency: str | None
    origin_name: str | None
    canonical_id: str
    canonical_reason: str
    runner_up_id: str | None
    steps: tuple[Step, ...]
    anchor_id: str
    cohesion_min: float
    members: tuple[Print, ...]
    events: tuple[Event, ...]


class Met(Struct, frozen=True):
    """Another article that this one was compared with, and what came of it.

    `relation` is that of the other as seen from this one; `share_of_this` how much of this one the other has, `share_of_other`
    the other way about; `longest_run` in shingles. `cluster_id` is the other's.
    """

    article_id: str
    headline: str | None
    cluster_id: str | None
    accepted: bool
    relation: str
    reason: str
    jaccard: float
    share_of_this: float
    share_of_other: float
    longest_run: int


class Article(Struct, frozen=True):
    """All that is told of an article. `closest`: the nearest one outside its cluster that it was compared with."""

    article_id: str
    headline: str | None
    reading: Reading
    credit_status: str
    credits: tuple[Credit, ...]
    citations: tuple[Citation, ...]
    own: Print
    cluster: Cluster
    met: tuple[Met, ...]
    closest: Met | None


class Explanation(Struct, frozen=True):
    """What an id leads to: `told`, what became of it where it names nothing in this run; and the article, if there is one."""

    run_id: str
    told: tuple[str, ...]
    article: Article | None


class Side(Struct, frozen=True):
    """One of two articles that are put side by side."""

    article_id: str
    headline: str | None
    cluster_id: str
    anchor_id: str
    kind: str
    at: datetime


class Ways(Struct, frozen=True):
    """By which paths two texts could have become candidates, and how far off they were.

    `same_words`: they read the same; `bands` of `of_bands` that they share, one is enough; `sampled`
    shingles that they share, of which `sampled_needed` are enough.
    """

    same_words: bool
    bands: int
    of_bands: int
    sampled: int
    sampled_needed: int


class Pair(Struct, frozen=True):
    """Why two articles are, or are not, in one cluster.

    `stage`, where they part or what joins them: `kind`, `window` (too far apart in time), `pair` (never candidates), `verify`
    (refused), `cluster` (accepted, but no anchor holds both), `order` (a cannot_link of the editor, which `order` tells),
    `anchor` (each was verified against the anchor they share), `match` (they match each other). `met`: what came of comparing
    them, of the second as seen from the first. Where they never were, `unmet` is what it would have been, `ways` how far they
    were from being candidates; both are null where the state no longer compares one of them. `shingle_words`: of a shingle.
    """

    run_id: str
    first: Side
    second: Side
    together: bool
    stage: str
    days_apart: float
    window_days: float
    met: Met | None
    unmet: Met | None
    ways: Ways | None
    order: str | None
    shingle_words: int
