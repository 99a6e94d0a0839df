"""Reading again: what was taken in under other rules is cleaned, traced and sketched anew, part by part.

    parts of the state --groups--> records --clean, trace, sketch--> the same parts under new names

A part keeps its number, its date and its rows, an article its id; so the time of an article that says none stays, too. The
identity of an article is what the rules of today make of it, or it would not be known when a feed delivers it again. One that
they reject is not compared, but stays in its part: under other rules it comes back. Where words are gone all stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.crew import Crew, Rules
from pipeline.intake import LIGHT, clean_batch, trace_and_sketch
from pipeline.stages import identify, sketch
from pipeline.stages.lexicon import publishers
from pipeline.storage import anew, rules
from pipeline.storage.part import LINES, REJECTED, WORDS, words
from pipeline.storage.state import FIRST_SEEN, Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Again", "Reader", "Renewal", "here", "renewed", "size", "summary"]


class Renewal(NamedTuple):
    """The state of a run as the rules of today read it.

    `parts`: as the manifest is to name them, once `named`. `rejects`: articles that the rules of today reject and those before
    did not. `counts`: of articles, those `read` again, and of these those `changed` and `rejected`; and those that were read by
    other rules and stay so, `without_words`. Empty if no part was read by other rules.
    """

    parts: list[dict[str, Any]]
    state: State
    rejects: pa.Table
    counts: Mapping[str, int]

    def named(self, run_id: str) -> list[dict[str, Any]]:
        """The parts, those that were written anew under the name that this run gives them."""
        names = (f"{part['run_id']}{run_id}" if part["run_id"].endswith("~") else part["run_id"] for part in self.parts)
        return [part | {"run_id": name} for part, name in zip(self.parts, names, strict=True)]

    @property
    def is_anew(self) -> bool:
        """Whether any part was written anew."""
        return any(part["run_id"].endswith("~") for part in self.parts)

    def told(self) -> dict[str, Any]:
        """What the manifest tells of it."""
        return {"read_again": dict(self.counts)} if self.counts else {}


class Again(NamedTuple):
    """Parts that were written anew, each with what the manifest tells of it; `counts` and `rejects` as in `Reader`."""

    parts: list[tuple[dict[str, Any], Ref]]
    counts: Counter[str]
    rejects: list[pa.Table]


#: Reads parts again (settings, aliases, parts, work, watch).
Reads = Callable[[config.Config, Mapping[str, str], Sequence[tuple[Mapping[str, Any], Ref]], Path, Watch], Again]


def here(
    settings: config.Config,
    aliases: Mapping[str, str],
    parts: Sequence[tuple[Mapping[str, Any], Ref]],
    work: Path,
    watch: Watch,
) -> Again:
    """Read parts again on this machine, one after the other."""
    with Reader(settings, aliases, watch) as reader:
        return Again([reader.part(part, ref, work) for part, ref in parts], reader.counts, reader.rejects)


def renewed(
    store: Store, settings: config.Config, aliases: Mapping[str, str], watch: Watch, read: Reads = here
) -> Renewal:
    """Read again what other rules read, to `store.work`, and tell of it. `aliases` as for `intake.take_in`."""
    now, is_old = rules.of(settings).reading, store.is_of_old_layout()
    parts: list[tuple[dict[str, Any], Ref]] = [(part, store.ref(part)) for part in store.parts()]
    stale = [part.get("read_by") != now and size(ref.folder) > 0 for part, ref in parts]
    is_read = [is_old or (old and words(ref.folder) == set(WORDS)) for (_, ref), old in zip(parts, stale, strict=True)]
    places = [place for place, read_ in enumerate(is_read) if read_]
    anew = read(settings, aliases, [parts[place] for place in places], store.work, watch)
    for place, part in zip(places, anew.parts, strict=True):
        parts[place] = part
    left = (ref for (_, ref), old, read_ in zip(parts, stale, is_read, strict=True) if old and not read_)
    counts = anew.counts
    counts["without_words"] += sum(size(ref.folder) for ref in left)
    if is_old:
        watch.say(f"the state is of an older release: its {len(parts)} parts were written anew")
    is_news = counts["read"] or (counts["without_words"] and store.is_of_other_rules(settings))
    if is_news:
        watch.say(f"the rules of reading are others: {summary(counts)}")
    state = State([ref for _, ref in parts], former=store.state())  # where nothing was written anew, that is the same
    rejects = pa.concat_tables([schema.REJECTS.empty_table(), *anew.rejects])
    return Renewal([part for part, _ in parts], state, rejects, counts if is_news else {})


class Reader:
    """Reads parts again by the rules of today, with processes that end with the block it opens.

    `counts` and `rejects` are as in `Renewal`, of all that was read so far. Sketches are made of the same words by the same
    hands again, which costs little beside reading. `afresh`: where there are words they have to be, for those that are kept do
    not mix with others; where there are none they are left empty.
    """

    def __init__(
        self, settings: config.Config, aliases: Mapping[str, str], watch: Watch, *, afresh: bool = False
    ) -> None:
        self.counts = Counter(dict.fromkeys(("read", "changed", "rejected", "without_words"), 0))
        self.rejects = [schema.REJECTS.empty_table()]
        self._watch, self._afresh, self._read_by = watch, afresh, rules.of(settings).reading
        self._rules = Rules(settings, publishers.load(settings.clean.publishers, aliases))
        self._crew = Crew(self._rules)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, *of: object) -> None:
        self._crew.__exit__(kind, *of)

    def part(
        self, part: Mapping[str, Any], ref: Ref, work: Path, stays: pa.ChunkedArray | None = None
    ) -> tuple[dict[str, Any], Ref]:
        """Write a part anew below `work`: what the manifest tells of it, and where it is. Without records it stays as it is.

        `stays`: of its articles only those for which it is true; None: all.
        """
        base = part["run_id"].partition("~")[0]
        own = ref._replace(folder=work / "parts" / base)
        those = anew.only(stays) if stays is not None else lambda group: group.tables
        is_read = words(ref.folder) == set(WORDS)
        as_read = self._groups if is_read else self._kept
        anew.write(ref.folder, own.folder, lambda groups: as_read(g._replace(tables=those(g)) for g in groups))
        told = dict(part) | {"run_id": f"{base}~"}
        if is_read:
            told |= {"newest": _newest(own) or part["newest"], "read_by": self._read_by}
        else:
            self.counts["without_words"] += size(own.folder)
        return told, own

    def _groups(self, groups: Iterable[anew.Group]) -> Iterator[dict[str, pa.Table]]:
        """Groups of a part as they are read today."""
        for _, read in self._crew.each(_read, ((None, (group,)) for group in groups), self._watch):
            self.rejects.append(read.rejects)
            self.counts.update(
                read=read.tables["articles"].num_rows, changed=read.n_changed, rejected=read.rejects.num_rows
            )
            yield read.tables

    def _kept(self, groups: Iterable[anew.Group]) -> Iterator[dict[str, pa.Table]]:
        """Groups that cannot be read again, but for their sketches."""
        for _, tables in groups:
            if self._afresh:
                articles = tables["articles"]
                is_there = "bodies" in tables
                texts = articles.append_column("body", tables["bodies"]["body"]) if is_there else _emptied(articles)
                tables = tables | {"sketches": sketch.unsigned(texts, self._rules.settings.sketch)}  # noqa: PLW2901
            yield tables


def size(folder: Path) -> int:
    """How many articles a part has."""
    rows: int = pq.read_metadata(folder / "articles.parquet").num_rows
    return rows


def summary(counts: Mapping[str, int]) -> str:
    """The counts of a renewal in words."""
    return (
        f"{counts['read']:,} articles were read again, {counts['changed']:,} of them otherwise, "
        f"{counts['rejected']:,} rejected; {counts['without_words']:,} without their words stay as they are"
    )


def _newest(ref: Ref) -> str:
    """The newest time of the articles of a part, as the manifest tells it; "" for none."""
    rows = State([ref]).articles(["published_at", "fetched_at"])
    times = pc.coalesce(rows["published_at"], rows["fetched_at"], rows[FIRST_SEEN.name])
    found: datetime | None = pc.max(times).as_py()
    return found.isoformat() if found else ""


def _emptied(articles: pa.Table) -> pa.Table:
    """Articles without a word to sketch."""
    ids = articles["article_id"]
    return pa.table({"article_id": ids, "body": pa.nulls(len(ids), pa.string())})


class _Read(NamedTuple):
    """The `tables` of a group as the rules of today read it, how many articles read otherwise, and what is newly rejected."""

    tables: dict[str, pa.Table]
    n_changed: int
    rejects: pa.Table


def _read(by: Rules, watch: Watch, group: anew.Group) -> _Read:
    records, before = group.tables["records"], group.tables["articles"]
    articles, stripped, rejects = clean_batch(by, watch, records)
    at = pc.index_in(articles["record"], value_set=records["record"].combine_chunks()).to_numpy().astype(np.int64)
    out = np.setdiff1d(np.arange(records.num_rows), at)
    ids = before["article_id"].take(pa.array(at))
    for name, column in (("article_id", ids), ("identity", identify.identities(articles))):
        articles = _with(articles, schema.ARTICLES.field(name), column)
    tables = {"articles": articles, "bodies": articles}
    tables |= trace_and_sketch(by, watch, articles, stripped, group.first + at)
    tables["articles"] = tables["articles"].append_column(REJECTED, pa.repeat(False, len(at)))
    gone = {name: group.tables[name].take(pa.array(out)) for name in ("articles", "bodies", "sketches")}
    unusable = _with(rejects, schema.REJECTS.field("article_id"), gone["articles"]["article_id"])
    newly = unusable.filter(pc.invert(gone["articles"]["rejected"]))
    gone["articles"] = _with(gone["articles"], REJECTED, pa.repeat(True, len(out)))
    order = pa.array(np.argsort(np.concatenate([at, out])))
    for name, rows in gone.items():
        both = [part.select(rows.column_names).cast(rows.schema) for part in (tables[name], rows)]
        tables[name] = pa.concat_tables(both).take(order)
    return _Read(tables | {"records": records}, _n_changed(group, tables, at), newly)


def _with(rows: pa.Table, field: pa.Field, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(field.name), field, column)


def _n_changed(group: anew.Group, tables: Mapping[str, pa.Table], stories: NDArray[np.int64]) -> int:
    """How many stories, rows of a group, are read otherwise than before."""
    at, rows = pa.array(stories), (group.first + stories).tolist()
    was, now = (of["articles"].take(at).select(LIGHT).to_pylist() for of in (group.tables, tables))
    same = pc.equal(*(of["bodies"]["body"].take(at) for of in (group.tables, tables))).to_pylist()
    had, has = _found(group.tables), _found(tables)
    return sum(not same[i] or was[i] != now[i] or had.get(row) != has.get(row) for i, row in enumerate(rows))


def _found(tables: Mapping[str, pa.Table]) -> dict[int, list[dict[str, Any]]]:
    """What was found in each article, by row."""
    found: dict[int, list[dict[str, Any]]] = {}
    for name in LINES:
        for line in tables[name].to_pylist():
            found.setdefault(line["row"], []).append(line)
    return found
