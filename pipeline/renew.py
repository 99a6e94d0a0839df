"""Reading again: what was taken in under other rules is cleaned, traced and sketched anew, part by part.

    parts of the state --groups--> records --clean, trace, sketch--> the same parts under new names

A part keeps its number, its date and its rows, an article its id; so the time of an article that says none stays, too. The
identity of an article is what the rules of today make of it, or it would not be known when a feed delivers it again. One that
they reject is not compared, but stays in its part: under other rules it comes back. Where words are gone all stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.intake import LIGHT, traced_and_sketched
from pipeline.stages import clean, identify, sketch
from pipeline.stages.lexicon import publishers
from pipeline.storage import anew, rules
from pipeline.storage.part import LINES, REJECTED, WORDS, words
from pipeline.storage.state import FIRST_SEEN, Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Reader", "Renewal", "renewed", "size", "summary"]


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


def renewed(store: Store, settings: config.Config, aliases: Mapping[str, str], watch: Watch) -> Renewal:
    """Read again what other rules read, to `store.work`, and tell of it. `aliases` as for `intake.take_in`."""
    now, reader = rules.of(settings).reading, Reader(settings, aliases, watch)
    parts, refs, is_old = list[dict[str, Any]](), list[Ref](), store.is_of_old_layout()
    for part in store.parts():
        ref = store.ref(part)
        is_stale = part.get("read_by") != now and size(ref.folder) > 0
        if is_old or (is_stale and words(ref.folder) == set(WORDS)):
            part, ref = reader.part(part, ref, store.work)  # noqa: PLW2901 - the same, written anew
        elif is_stale:
            reader.counts["without_words"] += size(ref.folder)
        parts.append(part)
        refs.append(ref)
    if is_old:
        watch.say(f"the state is of an older release: its {len(parts)} parts were written anew")
    counts = reader.counts
    is_news = counts["read"] or (counts["without_words"] and store.is_of_other_rules(settings))
    if is_news:
        watch.say(f"the rules of reading are others: {summary(counts)}")
    state = State(refs, former=store.state())  # where nothing was written anew, that is the same
    return Renewal(parts, state, pa.concat_tables(reader.rejects), counts if is_news else {})


class Reader:
    """Reads parts again by the rules of today. `counts` and `rejects` are as in `Renewal`, of all that was read so far.

    Sketches are made of the same words by the same hands again, which costs little beside reading. `afresh`: where there are
    words they have to be, for those that are kept do not mix with others; where there are none they are left empty.
    """

    def __init__(
        self, settings: config.Config, aliases: Mapping[str, str], watch: Watch, *, afresh: bool = False
    ) -> None:
        self.counts = Counter(dict.fromkeys(("read", "changed", "rejected", "without_words"), 0))
        self.rejects = [schema.REJECTS.empty_table()]
        self._settings, self._watch, self._afresh = settings, watch, afresh
        self._lexicon, self._rules = publishers.load(settings.clean.publishers, aliases), rules.of(settings).reading

    def part(
        self, part: Mapping[str, Any], ref: Ref, work: Path, stays: pa.ChunkedArray | None = None
    ) -> tuple[dict[str, Any], Ref]:
        """Write a part anew below `work`: what the manifest tells of it, and where it is. Without records it stays as it is.

        `stays`: of its articles only those for which it is true; None: all.
        """
        base = part["run_id"].partition("~")[0]
        own = ref._replace(folder=work / "parts" / base)
        those = anew.only(stays) if stays is not None else lambda group: group.tables
        anew.write(ref.folder, own.folder, lambda group: those(group._replace(tables=self._group(group))))
        told = dict(part) | {"run_id": f"{base}~"}
        if words(ref.folder) == set(WORDS):
            told |= {"newest": _newest(own) or part["newest"], "read_by": self._rules}
        else:
            self.counts["without_words"] += size(own.folder)
        return told, own

    def _group(self, group: anew.Group) -> dict[str, pa.Table]:
        """A group of a part as it is read today."""
        tables = group.tables
        if "records" in tables:
            read = _read(group, self._settings, self._lexicon, self._watch)
            self.rejects.append(read.rejects)
            self.counts["read"] += tables["articles"].num_rows
            self.counts["changed"] += _changed(group, read)
            self.counts["rejected"] += read.rejects.num_rows
            return read.tables
        if not self._afresh:
            return tables
        articles = tables["articles"]
        texts = articles.append_column("body", tables["bodies"]["body"]) if "bodies" in tables else _emptied(articles)
        return tables | {"sketches": sketch.run(texts, self._settings.sketch)}


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
    """A group as the rules of today read it: its `tables`; the `rows` of it that are stories; what is newly rejected."""

    tables: dict[str, pa.Table]
    rows: NDArray[np.int64]
    rejects: pa.Table


def _read(group: anew.Group, settings: config.Config, lexicon: publishers.Publishers, watch: Watch) -> _Read:
    records, before = group.tables["records"], group.tables["articles"]
    with watch.step("clean", batch=True) as step:
        articles, stripped, rejects = clean.run(records, settings.clean, lexicon)
        step.rows = records.num_rows
    at = pc.index_in(articles["record"], value_set=records["record"].combine_chunks()).to_numpy().astype(np.int64)
    out = np.setdiff1d(np.arange(records.num_rows), at)
    ids = before["article_id"].take(pa.array(at))
    for name, column in (("article_id", ids), ("identity", identify.identities(articles))):
        articles = _with(articles, schema.ARTICLES.field(name), column)
    tables = traced_and_sketched(articles, stripped, group.first + at, settings, watch)
    tables["articles"] = tables["articles"].append_column(REJECTED, pa.repeat(False, len(at)))
    gone = {name: group.tables[name].take(pa.array(out)) for name in ("articles", "bodies", "sketches")}
    unusable = _with(rejects, schema.REJECTS.field("article_id"), gone["articles"]["article_id"])
    newly = unusable.filter(pc.invert(gone["articles"]["rejected"]))
    gone["articles"] = _with(gone["articles"], REJECTED, pa.repeat(True, len(out)))
    order = pa.array(np.argsort(np.concatenate([at, out])))
    for name, rows in gone.items():
        both = [part.select(rows.column_names).cast(rows.schema) for part in (tables[name], rows)]
        tables[name] = pa.concat_tables(both).take(order)
    return _Read(tables | {"records": records}, at, newly)


def _with(rows: pa.Table, field: pa.Field, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(field.name), field, column)


def _changed(group: anew.Group, read: _Read) -> int:
    """How many stories are read otherwise than before."""
    at, rows = pa.array(read.rows), (group.first + read.rows).tolist()
    was, now = (tables["articles"].take(at).select(LIGHT).to_pylist() for tables in (group.tables, read.tables))
    same = pc.equal(*(tables["bodies"]["body"].take(at) for tables in (group.tables, read.tables))).to_pylist()
    had, has = _found(group.tables), _found(read.tables)
    return sum(not same[i] or was[i] != now[i] or had.get(row) != has.get(row) for i, row in enumerate(rows))


def _found(tables: Mapping[str, pa.Table]) -> dict[int, list[dict[str, Any]]]:
    """What was found in each article, by row."""
    found: dict[int, list[dict[str, Any]]] = {}
    for name in LINES:
        for line in tables[name].to_pylist():
            found.setdefault(line["row"], []).append(line)
    return found
