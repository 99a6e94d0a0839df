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
from pipeline.stages import clean, identify
from pipeline.stages.lexicon import publishers
from pipeline.storage import part as part_
from pipeline.storage import rules
from pipeline.storage.state import FIRST_SEEN, Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Renewal", "renewed"]


class Renewal(NamedTuple):
    """The state of the newest run as the rules of today read it.

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
    now, lexicon = rules.of(settings).reading, publishers.load(settings.clean.publishers, aliases)
    parts, refs, rejects = list[dict[str, Any]](), list[Ref](), [schema.REJECTS.empty_table()]
    counts = Counter(dict.fromkeys(("read", "changed", "rejected", "without_words"), 0))
    is_old = store.is_of_old_layout()
    for part in store.parts():
        ref, read_by = store.ref(part), part.get("read_by", "")
        size = pq.read_metadata(ref.folder / "articles.parquet").num_rows
        readable = part_.words(ref.folder) == set(part_.WORDS)
        if is_old or (readable and size and read_by != now):
            base = part["run_id"].partition("~")[0]
            folder = store.work / "parts" / base
            rejects.append(_again(ref.folder, folder, settings, lexicon, watch, counts))
            ref = ref._replace(folder=folder)
            told = {"newest": _newest(ref), "read_by": now if readable else read_by} if size else {}
            part = part | {"run_id": f"{base}~", **told}  # noqa: PLW2901
        if not readable and read_by != now:
            counts["without_words"] += size
        parts.append(part)
        refs.append(ref)
    if is_old:
        watch.say(f"the state is of an older release: its {len(parts)} parts were written anew")
    is_news = counts["read"] or (counts["without_words"] and store.is_of_other_rules(settings))
    if is_news:
        watch.say(
            f"the rules of reading are others: {counts['read']:,} articles were read again, {counts['changed']:,} of them "
            f"otherwise, {counts['rejected']:,} rejected; {counts['without_words']:,} without their words stay as they are"
        )
    state = State(refs, former=store.state())  # where nothing was written anew, that is the same
    return Renewal(parts, state, pa.concat_tables(rejects), counts if is_news else {})


def _newest(ref: Ref) -> str:
    """The newest time of the articles of a part, as the manifest tells it."""
    rows = State([ref]).articles(["published_at", "fetched_at"])
    times = pc.coalesce(rows["published_at"], rows["fetched_at"], rows[FIRST_SEEN.name])
    newest: datetime = pc.max(times).as_py()
    return newest.isoformat()


def _again(
    old: Path,
    into: Path,
    settings: config.Config,
    lexicon: publishers.Publishers,
    watch: Watch,
    counts: Counter[str],
) -> pa.Table:
    """Read the articles of the part in `old` again, to the folder `into`; gives what is newly rejected, adds to `counts`.

    Without their words they stay as they are.
    """
    rejects = [schema.REJECTS.empty_table()]
    with part_.Part(into) as part:
        for group in part_.groups(old):
            if "records" not in group.tables:
                _add(part, group.tables)
                continue
            read = _read(group, settings, lexicon, watch)
            _add(part, read.tables)
            rejects.append(read.rejects)
            counts["read"] += group.tables["articles"].num_rows
            counts["changed"] += _changed(group, read)
            counts["rejected"] += read.rejects.num_rows
        part.close(lambda rows: rows)
    part_.let_go(into, set(part_.WORDS) - part_.words(old))
    return pa.concat_tables(rejects)


def _add(part: part_.Part, tables: Mapping[str, pa.Table]) -> None:
    for name, rows in tables.items():
        part.add(name, rows)


class _Read(NamedTuple):
    """A group as the rules of today read it: its `tables`; the `rows` of it that are stories; what is newly rejected."""

    tables: dict[str, pa.Table]
    rows: NDArray[np.int64]
    rejects: pa.Table


def _read(group: part_.Group, settings: config.Config, lexicon: publishers.Publishers, watch: Watch) -> _Read:
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
    tables["articles"] = tables["articles"].append_column(_REJECTED, pa.repeat(False, len(at)))
    gone = {name: group.tables[name].take(pa.array(out)) for name in ("articles", "bodies", "sketches")}
    unusable = _with(rejects, schema.REJECTS.field("article_id"), gone["articles"]["article_id"])
    newly = unusable.filter(pc.invert(gone["articles"]["rejected"]))
    gone["articles"] = _with(gone["articles"], _REJECTED, pa.repeat(True, len(out)))
    order = pa.array(np.argsort(np.concatenate([at, out])))
    for name, rows in gone.items():
        both = [part.select(rows.column_names).cast(rows.schema) for part in (tables[name], rows)]
        tables[name] = pa.concat_tables(both).take(order)
    return _Read(tables | {"records": records}, at, newly)


_REJECTED = part_.TAKEN["articles"].field("rejected")


def _with(rows: pa.Table, field: pa.Field, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(field.name), field, column)


def _changed(group: part_.Group, read: _Read) -> int:
    """How many stories are read otherwise than before."""
    at, rows = pa.array(read.rows), (group.first + read.rows).tolist()
    was, now = (tables["articles"].take(at).select(LIGHT).to_pylist() for tables in (group.tables, read.tables))
    same = pc.equal(*(tables["bodies"]["body"].take(at) for tables in (group.tables, read.tables))).to_pylist()
    had, has = _found(group.tables), _found(read.tables)
    return sum(not same[i] or was[i] != now[i] or had.get(row) != has.get(row) for i, row in enumerate(rows))


def _found(tables: Mapping[str, pa.Table]) -> dict[int, list[dict[str, Any]]]:
    """What was found in each article, by row."""
    found: dict[int, list[dict[str, Any]]] = {}
    for name in part_.LINES:
        for line in tables[name].to_pylist():
            found.setdefault(line["row"], []).append(line)
    return found
