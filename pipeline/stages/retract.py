"""retract: what an agency takes back or corrects reaches every print of it, also those that come late.

A *notice* says that a story is withdrawn or corrected: a version of the article itself, or another article that has its
text, or a short one of its own that names the story by headline, slug or number. It speaks for an agency on the agency's own
site, or where a print carries the agency's words (a version tag and a full credit); anybody else's is about its publisher's
own prints alone.

In a cluster that a notice reaches, the texts that the agency took back, or corrected later, are *bad*; what it corrected
them to, and what it sent since, is *good*. A print carries what more of it is in. Nothing here depends on the order in which
articles came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import schema

__all__ = ["NOTICES", "named", "run"]

#: `agency`: whose words it is (credited in full, or at home); `speaks`: and it speaks for it. `at`: what was published until
#: then is meant; null: whenever. `names`: what it calls the story, null or empty where it has the story's own text.
NOTICES = pa.schema(
    [
        pa.field("article_id", pa.string(), False),
        pa.field("status", pa.string(), False),
        pa.field("effective_at", schema.TIME, False),
        pa.field("at", schema.TIME),
        pa.field("publisher_id", pa.string()),
        pa.field("agency", pa.string()),
        pa.field("speaks", pa.bool_(), False),
        pa.field("names", pa.list_(pa.string())),
    ]
)

_SAID = ("article_id", "status", "at", "publisher_id", "agency", "speaks")
_RANK = {"usable": 0, "corrected": 1, "withdrawn": 2}
_CALLED = 0.6  # Jaccard of the words of two headlines that are one
_WORDS = 4  # a shorter name is no headline

Words = tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]  # hashes of words and their offsets
Shingles = Callable[[NDArray[np.int64]], Sequence[NDArray[np.unsignedinteger[Any]]]]


class _Notice(NamedTuple):
    """A notice in a cluster: the row of its own article there, if it has one, and the rows that it names."""

    article_id: str
    status: str
    at: int | None
    publisher_id: str | None
    agency: str | None
    speaks: bool
    own: int | None
    named: tuple[int, ...]


def named(names: pa.ChunkedArray, words: Words, texts: pa.Table, headlines: Words) -> list[tuple[int, int]]:
    """(row of `names`, row of `texts`) wherever one of a notice's names is what a text is called, sorted.

    `names`: list<string>; `words`: of every name in turn; `headlines`: the words of those of the texts. A name is a headline if
    most words agree, else the slug or an id (`slug`, `source_id`, `article_id`), whatever the case.
    """
    n_words = np.diff(headlines[1])
    order = np.argsort(headlines[0], kind="stable")
    sorted_words, owner = headlines[0][order], np.repeat(np.arange(len(n_words)), n_words)[order]
    found, rows_of, place = set[tuple[int, int]](), dict[str, list[int]](), 0
    for row, of_notice in enumerate(names.to_pylist()):
        for name in of_notice or ():
            rows_of.setdefault(name.lower(), []).append(row)
            of_name = words[0][words[1][place] : words[1][place + 1]]
            if len(of_name) >= _WORDS:
                found.update((row, text) for text in _like(of_name, sorted_words, owner, n_words))
            place += 1
    called, rows = pa.array(rows_of, pa.string()), list(rows_of.values())
    for key in ("slug", "source_id", "article_id"):
        at = pc.index_in(pc.utf8_lower(texts[key]), value_set=called, skip_nulls=True)
        for text in np.flatnonzero(at.is_valid().to_numpy()).tolist():
            found.update((row, text) for row in rows[at[text].as_py()])
    return sorted(found)


def _like(name: Any, sorted_words: Any, owner: Any, n_words: NDArray[np.int64]) -> list[int]:
    """The texts whose headline has most of these words."""
    begins, ends = (np.searchsorted(sorted_words, name, side) for side in ("left", "right"))
    hits = [owner[begin:end] for begin, end in zip(begins, ends, strict=True)]
    rows, shared = np.unique(np.concatenate(hits), return_counts=True)
    alike = shared >= _CALLED * (len(name) + n_words[rows] - shared)
    found: list[int] = rows[alike].tolist()
    return found


def run(
    articles: pa.Table,
    agencies: pa.ChunkedArray,
    anchors: NDArray[np.int64],
    notices: pa.Table,
    naming: Sequence[tuple[int, int]],
    shingles: Shingles,
    earlier: Mapping[str, Sequence[NDArray[np.unsignedinteger[Any]]]],
) -> pa.Table:
    """Articles with the `status` that notices give them, and `notice_id`: the article that says so, null for itself.

    `agencies` and `anchors` (row numbers) go with the articles; `notices` as `NOTICES`; `naming` has (row of notices, row of
    articles); `shingles` gives those of rows; `earlier`: the shingles of what corrected articles said before, by id.
    """
    reached = _reached(articles, anchors, notices, naming)
    if not reached:
        return articles.append_column("notice_id", pa.nulls(articles.num_rows, pa.string()))
    told = _facts(articles, agencies, shingles, earlier)
    status: list[str] = articles["status"].to_pylist()
    notice_id: list[str | None] = [None] * articles.num_rows
    for rows, of_cluster in reached:
        for row, (found, by) in _Cluster(rows, told).verdicts(of_cluster).items():
            status[row], notice_id[row] = found, by
    place = articles.column_names.index("status")
    articles = articles.set_column(place, articles.field("status"), pa.array(status, pa.string()))
    return articles.append_column("notice_id", pa.array(notice_id, pa.string()))


def _reached(
    articles: pa.Table, anchors: NDArray[np.int64], notices: pa.Table, naming: Sequence[tuple[int, int]]
) -> list[tuple[list[int], list[_Notice]]]:
    """Each cluster that notices reach: its rows, and the notices in the order of their time, then id."""
    own = pc.index_in(notices["article_id"], value_set=articles["article_id"].combine_chunks()).to_pylist()
    by_cluster: dict[int, dict[int, list[int]]] = {}
    for number, row in enumerate(own):
        if row is not None:
            by_cluster.setdefault(int(anchors[row]), {}).setdefault(number, [])
    for number, row in naming:
        by_cluster.setdefault(int(anchors[row]), {}).setdefault(number, []).append(row)
    facts = notices.set_column(notices.column_names.index("at"), "at", notices["at"].cast(pa.int64())).to_pylist()
    members: dict[int, list[int]] = {anchor: [] for anchor in by_cluster}
    for row in np.flatnonzero(np.isin(anchors, list(by_cluster))).tolist():
        members[int(anchors[row])].append(row)
    reached = []
    for anchor, found in by_cluster.items():
        of_cluster = []
        for number, rows in found.items():
            said, row = facts[number], own[number]
            at_home = row if row is not None and anchors[row] == anchor else None
            of_cluster.append(_Notice(**{name: said[name] for name in _SAID}, own=at_home, named=tuple(rows)))
        reached.append((members[anchor], sorted(of_cluster, key=lambda notice: (notice.at or 0, notice.article_id))))
    return reached


class _Facts(NamedTuple):
    """What is known of all articles, by row."""

    publishers: list[str | None]
    agencies: list[str | None]
    homes: list[str | None]
    published: list[int | None]
    times: list[int]
    shingles: Shingles
    earlier: Mapping[str, Sequence[NDArray[np.unsignedinteger[Any]]]]


def _facts(articles: pa.Table, agencies: pa.ChunkedArray, shingles: Shingles, earlier: Any) -> _Facts:
    publishers, homes = (articles[name].to_pylist() for name in ("publisher_id", "home_agency"))
    published, times = (articles[name].cast(pa.int64()).to_pylist() for name in ("published_at", "effective_at"))
    return _Facts(publishers, agencies.to_pylist(), homes, published, times, shingles, earlier)


_Mark = tuple[str, str | None]  # a status, and the notice that gives it; None: the article itself
_NOWHERE: tuple[float, int, _Mark] = (-1.0, 0, ("usable", None))


class _Cluster:
    """One cluster: what notices say of its texts, and which of these each print carries."""

    def __init__(self, rows: list[int], facts: _Facts) -> None:
        self._rows, self._facts = rows, facts
        self._marks: dict[int, _Mark] = {}
        self._bad: dict[int, _Mark] = {}  # texts of the agency
        self._before: list[tuple[NDArray[Any], str]] = []  # what was corrected since, and by which notice
        self._good: set[int] = set()

    def verdicts(self, notices: list[_Notice]) -> dict[int, _Mark]:
        """The status that notices give to rows, and the article that says so (None: itself)."""
        for notice in notices:
            self._hear(notice)
        if self._bad or self._before or self._good:
            self._sort_prints(notices)
        return self._marks

    def _hear(self, notice: _Notice) -> None:
        facts, own = self._facts, notice.own
        if own is not None:
            self._mark(own, notice.status, None)
        until = notice.at if notice.at is not None else max(facts.times)
        meant = self._meant(notice, until)
        if not notice.speaks or (own is None and not meant):
            for row in meant:
                self._mark(row, notice.status, notice.article_id)
            return
        at_home = [row for row in self._rows if facts.homes[row] == notice.agency and facts.times[row] <= until]
        for row in {*meant, *at_home} - {own}:
            if row not in self._good or notice.status == "withdrawn":
                self._mark(row, notice.status, notice.article_id)
                if row not in self._bad or _RANK[notice.status] > _RANK[self._bad[row][0]]:
                    self._bad[row] = notice.status, notice.article_id
                self._good.discard(row)
        if own is not None and notice.status == "withdrawn":
            self._bad[own] = ("withdrawn", notice.article_id)
        elif own is not None:
            self._good.add(own)
            self._before += [(text, notice.article_id) for text in facts.earlier.get(notice.article_id, ())]

    def _meant(self, notice: _Notice, until: int) -> list[int]:
        """The rows that a notice names: what was there until then; if nothing was, late prints tell of what is not here."""
        about = [row for row in notice.named if row != notice.own and self._is_about(notice, row)]
        then = [row for row in about if self._facts.times[row] <= until]
        return then or [row for row in about if self._facts.homes[row] is None]

    def _is_about(self, notice: _Notice, row: int) -> bool:
        """Whether a text that is called so is the agency's, or of the same publisher."""
        facts = self._facts
        if notice.speaks and facts.agencies[row] == notice.agency:
            return True
        return notice.publisher_id is not None and facts.publishers[row] == notice.publisher_id

    def _mark(self, row: int, status: str, by: str | None) -> None:
        if row not in self._marks or _RANK[status] > _RANK[self._marks[row][0]]:
            self._marks[row] = status, by

    def _sort_prints(self, notices: list[_Notice]) -> None:
        """Which text each print carries: the bad one that most of it is in, unless as much of it is in a good one."""
        speaking = {notice.agency for notice in notices if notice.speaks}
        sent = {row for row in self._rows if self._facts.homes[row] in speaking}
        good = self._good | sent - self._bad.keys()
        prints = [row for row in self._rows if row not in self._bad and row not in good]
        if not prints:
            return
        rows = sorted({*prints, *self._bad, *good})
        texts = {row: np.unique(text) for row, text in zip(rows, self._facts.shingles(np.array(rows)), strict=True)}
        bad = [(texts[row], mark) for row, mark in sorted(self._bad.items())]
        bad += [(np.unique(text), ("corrected", by)) for text, by in self._before]
        for row in prints:
            mine = texts[row]
            in_good = max((_share(mine, texts[other]) for other in good), default=-1.0)
            carried = ((_share(mine, text), _RANK[mark[0]], mark) for text, mark in bad)
            in_bad, _, mark = max((*carried, _NOWHERE), key=lambda text: text[:2])
            if in_bad > in_good:
                self._mark(row, *mark)
            elif not bad and in_good < 1.0 and (by := self._since(row, notices)):
                self._mark(row, "corrected", by)

    def _since(self, row: int, notices: list[_Notice]) -> str | None:
        """Where nobody knows what was corrected: the first correction that came after a print, which cannot have it."""
        at = self._facts.published[row]
        came = (notice for notice in notices if notice.own in self._good and at is not None and (notice.at or at) > at)
        return next((notice.article_id for notice in came), None)


def _share(text: NDArray[Any], other: NDArray[Any]) -> float:
    """The share of a text's shingles that another has; 0 for a text without one."""
    return len(np.intersect1d(text, other, assume_unique=True)) / len(text) if len(text) else 0.0
