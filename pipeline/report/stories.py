"""The stories that are told one by one: tonight's first, then the largest; each with its prints, its text and its diffs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.quality import diffs
from pipeline.report.scope import Scope
from pipeline.report.texts import Kept, head
from pipeline.storage.store import Store

__all__ = ["NEW", "Diff", "Spread", "Stories", "Story", "Touch", "of"]

_MEMBERS = (
    "article_id",
    "cluster_id",
    "is_canonical",
    "relation",
    "jaccard",
    "share_of_canonical",
    "lag_seconds",
    "publisher",
    "publisher_id",
    "published_at",
    "published_precision",
    "headline",
    "url",
    "language",
    "status",
    "text_state",
    "credit_agency",
    "credit_status",
    "duplicate_of",
    "first_run_id",
)
_MATCHES = ("left_id", "right_id", "accepted", "reason")

#: Relations in the order in which a print is worth being put beside its canonical version.
_TELLING = ("version", "abridged", "expanded", "light_edit", "identical")
#: What is told of a story that tonight brought.
NEW = "new"

#: How two stories touch, in an editor's words.
_TOUCHES = {
    "template": "the same form with other figures",
    "quotes_only": "the same quotations, told anew",
    "excerpt": "a passage in common",
    "version": "prints that match, though no print holds both stories together",
}
_TOUCHING = 5  # stories that are named as touching one

_TICKS = 200  # places on the line of a story's spread

Row = dict[str, Any]


class Spread(NamedTuple):
    """A story's prints along time. `places` are in [0, 200], of `seconds` in all; `half`: by when half of them were out."""

    places: list[int]
    seconds: int
    half: int


class Diff(NamedTuple):
    """A print beside its canonical version.

    `why`: what decided between the two, empty where they were not compared with each other.
    """

    print: Row
    rows: list[diffs.Beside]
    why: str


class Touch(NamedTuple):
    """Another story that one touches without being one with it: what it is called, how they touch, and in how many pairs."""

    headline: str
    cluster_id: str
    relation: str
    n_pairs: int


class Story(NamedTuple):
    """A cluster as the page tells it. `events`: what tonight did to it; `more`: prints that are not listed.

    `excerpts`: articles that have a passage of it without being prints; `touching`: the stories it has most in common with.
    """

    row: Row
    agency: str
    events: list[str]
    prints: list[Row]
    more: int
    spread: Spread | None
    excerpts: int
    touching: list[Touch]
    head: list[str]
    diffs: list[Diff]

    @property
    def canonical(self) -> Row:
        """Its canonical print, which is always listed."""
        return next(row for row in self.prints if row["is_canonical"])

    @property
    def first(self) -> Row | None:
        """The print that came first, if that is known and it is listed."""
        return next((row for row in self.prints if row["article_id"] == self.row["first_id"]), None)

    @property
    def dropped(self) -> int:
        """How many of the prints that are listed dropped the credit."""
        return sum(row["credit_status"] == "dropped" for row in self.prints)


class Stories(NamedTuple):
    """Those that are told; `more`: how many others were printed more than once, `single` how many once alone.

    `says_new`: whether a new one is worth telling apart, as on most nights of a store with history.
    """

    told: list[Story]
    more: int
    single: int
    says_new: bool


def of(store: Store, scope: Scope, settings: config.Report) -> Stories:
    """The stories of a run that are told one by one, as many as the settings have."""
    ids, n_stories = _chosen(scope, settings.clusters)
    rows = {row["cluster_id"]: row for row in _rows(scope, "clusters", ids, schema.PUBLISHED["clusters"].names)}
    prints, more, spreads = _prints(scope, ids, settings.members)
    words = _Words(store, scope, [(rows[name], prints[name]) for name in ids.to_pylist()], settings)
    excerpts = _excerpts(scope, ids)
    events, names, touching = _events(scope), scope.agencies, _touching(scope, ids)
    told = [
        Story(
            row,
            names.get(row["origin_agency"], row["origin_agency"] or ""),
            events.get(name, []),
            prints[name],
            more[name],
            spreads.get(name),
            excerpts.get(name, 0),
            touching.get(name, []),
            words.heads.get(row["canonical_id"], []),
            words.diffs.get(name, []),
        )
        for name, row in ((name, rows[name]) for name in ids.to_pylist())
    ]
    n_new = sum(NEW in story.events for story in told)
    return Stories(told, n_stories - len(told), scope.clusters.num_rows - n_stories, n_new < 0.8 * len(told))


def _chosen(scope: Scope, most: int) -> tuple[pa.Array, int]:
    """The ids of the stories that are told, in their order, and how many there are."""
    rows = scope.clusters.filter(pc.greater(scope.clusters["n_articles"], 1))
    order = [(name, "descending") for name in ("is_touched", "n_articles", "n_publishers")]
    chosen = rows.sort_by([*order, ("cluster_id", "ascending")]).slice(0, most)
    return chosen["cluster_id"].combine_chunks(), rows.num_rows


def _rows(scope: Scope, table: str, ids: pa.Array, columns: Sequence[str]) -> list[Row]:
    rows: list[Row] = scope.tables.where(table, "cluster_id", ids, columns).to_pylist()
    return rows


def _touching(scope: Scope, ids: pa.Array) -> dict[str, list[Touch]]:
    """By cluster, those it touches: most pairs first, then the closest."""
    columns = schema.PUBLISHED["links"].names
    links = [scope.tables.where("links", side, ids, columns) for side in ("cluster_id", "other_id")]
    turned = links[1].rename_columns(["other_id", "cluster_id", *columns[2:]]).select(columns)
    rows = pa.concat_tables([links[0], turned.cast(links[0].schema)])
    order = [
        ("cluster_id", "ascending"),
        ("n_pairs", "descending"),
        ("best_score", "descending"),
        ("other_id", "ascending"),
    ]
    rows = rows.sort_by(order)
    others = scope.tables.where("clusters", "cluster_id", rows["other_id"].combine_chunks(), ["cluster_id", "headline"])
    headlines = dict(zip(others["cluster_id"].to_pylist(), others["headline"].to_pylist(), strict=True))
    found: dict[str, list[Touch]] = {}
    for row in rows.to_pylist():
        told = found.setdefault(row["cluster_id"], [])
        if len(told) < _TOUCHING:
            other = row["other_id"]
            told.append(
                Touch(headlines.get(other) or "(no headline)", other, _TOUCHES[row["relation"]], row["n_pairs"])
            )
    return found


def _prints(scope: Scope, ids: pa.Array, most: int) -> tuple[dict[str, list[Row]], dict[str, int], dict[str, Spread]]:
    """By cluster: its prints in the order of their time, the canonical one among them; how many are left out; the spread."""
    rows = scope.tables.where("members", "cluster_id", ids, _MEMBERS)
    order = [("cluster_id", "ascending"), ("is_canonical", "descending")]
    rows = rows.sort_by([*order, ("published_at", "ascending"), ("article_id", "ascending")])
    clusters = rows["cluster_id"].combine_chunks().dictionary_encode()
    codes, names = clusters.indices.to_numpy(), clusters.dictionary.to_pylist()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else codes
    counts = np.diff(np.r_[starts, len(codes)])
    place = np.arange(len(codes)) - np.repeat(starts, counts)
    out: dict[str, list[Row]] = {name: [] for name in names}
    for row in rows.filter(pa.array(place < most)).to_pylist():
        out[row["cluster_id"]].append(row)
    for listed in out.values():
        listed.sort(key=_by_time)
    lags = rows["lag_seconds"].to_pylist()
    spreads = {
        name: spread
        for name, start, count in zip(names, starts.tolist(), counts.tolist(), strict=True)
        if (spread := _spread([lag for lag in lags[start : start + count] if lag is not None]))
    }
    more = {name: max(count - most, 0) for name, count in zip(names, counts.tolist(), strict=True)}
    return out, more, spreads


def _by_time(row: Row) -> tuple[bool, int, str, str]:
    """Prints with a time as they came, then those of which a day alone is known, then the rest."""
    lag = row["lag_seconds"]
    return (lag is None, lag or 0, str(row["published_at"] or "~"), row["article_id"])


def _spread(lags: Sequence[int]) -> Spread | None:
    """Where prints lie on a line from the first to the last; None with fewer than two times, or all at once."""
    if len(lags) < 2 or not max(lags):
        return None
    ordered = sorted(lags)
    places = sorted({round(_TICKS * lag / ordered[-1]) for lag in ordered})
    return Spread(places, ordered[-1], ordered[(len(ordered) - 1) // 2])


def _excerpts(scope: Scope, ids: pa.Array) -> dict[str, int]:
    """How many articles have a passage of each story."""
    rows = scope.tables.where("excerpts", "cluster_id", ids, ["cluster_id", "article_id"])
    counted = rows.group_by("cluster_id", use_threads=False).aggregate([("article_id", "count_distinct")])
    return dict(zip(*(column.to_pylist() for column in counted.columns), strict=True))


def _events(scope: Scope) -> dict[str, list[str]]:
    """What tonight did to each cluster that has more than one print, in the order of the events."""
    rows = scope.tables.where("events", "run_id", pa.array(scope.runs), ["cluster_id", "event", "reason"])
    told = dict[str, list[str]]()
    for row in rows.to_pylist():
        told.setdefault(row["cluster_id"], []).append(_event(row))
    return {name: list(dict.fromkeys(events)) for name, events in told.items()}


def _event(row: Row) -> str:
    if row["event"] == "created":
        return NEW
    return f"{row['event'].replace('_', ' ')}: {row['reason']}"


class _Words:
    """What is told of the words of stories: the heads of their canonical texts, and prints beside them."""

    def __init__(
        self, store: Store, scope: Scope, stories: Sequence[tuple[Row, list[Row]]], settings: config.Report
    ) -> None:
        self.heads: dict[str, list[str]] = {}
        self.diffs: dict[str, list[Diff]] = {}
        if not settings.bodies or not stories:
            return
        ids = {row["article_id"] for _, prints in stories for row in prints}
        kept = Kept(store.state(scope.run_id), scope.tables, ids)
        known = kept.ids()
        canonicals = sorted({row["canonical_id"] for row, _ in stories} & known)
        lines = kept.lines(canonicals, whole=False)
        self.heads = {name: head(found, settings.head_chars) for name, found in lines.items()}
        chosen = _beside(stories, known, settings.diffs)
        wanted = {name for row, other in chosen for name in (row["canonical_id"], other["article_id"])}
        texts, why = kept.lines(sorted(wanted), whole=True), _reasons(scope, chosen)
        for row, other in chosen:
            rows = diffs.beside(texts[row["canonical_id"]], texts[other["article_id"]])
            found = Diff(other, rows, why.get(_pair(row["canonical_id"], other["article_id"]), ""))
            self.diffs.setdefault(row["cluster_id"], []).append(found)


def _beside(stories: Sequence[tuple[Row, list[Row]]], known: set[str], most: int) -> list[tuple[Row, Row]]:
    """Whom to put beside the canonical print: one of each story before a second of any."""
    queues = [
        (row, sorted((print_ for print_ in prints if _may_be_beside(print_, known)), key=_telling))
        for row, prints in stories
        if row["canonical_id"] in known
    ]
    chosen = itertools.islice(_rounds(queues), most)
    place = {row["cluster_id"]: number for number, (row, _) in enumerate(stories)}
    return sorted(chosen, key=lambda pair: place[pair[0]["cluster_id"]])


def _may_be_beside(row: Row, known: set[str]) -> bool:
    return not row["is_canonical"] and row["article_id"] in known


def _rounds(queues: Sequence[tuple[Row, list[Row]]]) -> Iterator[tuple[Row, Row]]:
    for turn in range(max((len(prints) for _, prints in queues), default=0)):
        for row, prints in queues:
            if turn < len(prints):
                yield row, prints[turn]


def _telling(row: Row) -> tuple[int, str]:
    relation = row["relation"]
    return (_TELLING.index(relation) if relation in _TELLING else len(_TELLING), row["article_id"])


def _reasons(scope: Scope, chosen: Sequence[tuple[Row, Row]]) -> Mapping[tuple[str, str], str]:
    """What was said of the pairs that were compared."""
    pairs = {_pair(row["canonical_id"], other["article_id"]) for row, other in chosen}
    rows = scope.tables.where(
        "matches", "left_id", pa.array(sorted({left for left, _ in pairs}), pa.string()), _MATCHES
    )
    return {
        (left, right): f"{'accepted' if accepted else 'refused, both joined by the anchor'}: {reason}"
        for left, right, accepted, reason in zip(*(column.to_pylist() for column in rows.columns), strict=True)
        if (left, right) in pairs
    }


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
