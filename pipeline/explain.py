"""Why an article is in its cluster, in words: how it was read, whose copy it is, whom it met, and what decided."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, whereabouts
from pipeline.errors import StoreError
from pipeline.stages import learn, lexicon
from pipeline.storage.store import Store

__all__ = ["article", "pair"]

_WIDTH = 100
_SHOWN = 12  # rows of a long list

Row = dict[str, Any]


def article(store: Store, article_id: str, run_id: str | None = None) -> str:
    """The story of one article, or of the cluster with that id; of one that is there no more, what became of it."""
    run_id = store.run_id(run_id)  # one run for all that is told, also while another is published
    members = store.table("members", run_id)
    row, told = _member(store, members, article_id, run_id), list[str]()
    if row is None:
        found = whereabouts.find(store, article_id, run_id)
        row, told = _member(store, members, found.now, run_id) if found.now else None, found.told
    rest = _article(store, row, members, run_id) if row else ()
    return "\n".join([*told, *([""] if told and row else []), *rest])


def _member(store: Store, members: pa.Table, wanted: str, run_id: str) -> Row | None:
    """The row of an article, or of the canonical of a cluster."""
    row = _only(members, wanted)
    if row is None and (cluster := _where(store.table("clusters", run_id), "cluster_id", wanted)):
        row = _only(members, cluster[0]["canonical_id"])
    return row


def pair(store: Store, article_id: str, other_id: str, run_id: str | None = None) -> str:
    """Why two articles are, or are not, in one cluster."""
    run_id = store.run_id(run_id)
    members = store.table("members", run_id)
    row, other = _only(members, article_id), _only(members, other_id)
    if row is None or other is None:
        found = whereabouts.find(store, article_id if row is None else other_id, run_id)
        raise StoreError(f"{'; '.join(found.told)}. Only articles of run {run_id} can be put side by side")
    return "\n".join(_pair(store, row, other, run_id))


def _article(store: Store, row: Row, members: pa.Table, run_id: str) -> Iterator[str]:
    yield f"{row['article_id']}  {row['headline'] or '(no headline)'}"
    yield from _reading(store, row, run_id)
    yield from _credits(store, row, run_id)
    yield from _citations(store, row, run_id)
    yield from _cluster(store, row, members, run_id)
    yield from _matches(store, row, members, run_id)


def _reading(store: Store, row: Row, run_id: str) -> Iterator[str]:
    state = store.state(run_id)
    stored = next(iter(state.newest([row["article_id"]]).to_pylist()), None)
    yield ""
    yield "How it was read"
    yield f"  publisher   {row['publisher'] or 'unknown'}{_bracket(row['publisher_id'])}"
    yield f"  published   {_published(row, stored)}"
    if stored is None:
        yield "  the text is no longer kept"
        return
    yield f"  from        {stored['source']}, a {stored['field']}{_given(', byline ', stored['byline'])}"
    lines = _where(store.table("stripped", run_id), "article_id", row["article_id"])
    n_learned = sum(line["rule"] == learn.RULE for line in lines)  # the body as it is kept still has those
    n_paragraphs = stored["body"].count("\n") + 1 - n_learned if stored["body"] else None
    where = f" in {n_paragraphs} paragraphs or lines" if n_paragraphs else "; the text is no longer kept"
    yield f"  body        {row['n_words']:,} words{where}"
    if n_versions := pc.sum(pc.equal(state.articles(["article_id"])["article_id"], row["article_id"])).as_py() - 1:
        yield f"  versions    this is the newest; {_several(n_versions, 'earlier one')} came too"
    by = f" by {row['notice_id']}" if row["notice_id"] else ""
    yield f"  kind        {row['kind']}, {row['status']}{by}, text {row['text_state']}"
    if lines:
        yield f"  taken out   {len(lines)} lines that are not the story:"
        yield from (f"    {line['kind']:<12} {line['rule']:<22} {_cut(line['line'], 58)}" for line in lines)


def _published(row: Row, stored: Row | None) -> str:
    if row["published_at"] is None:
        return "unknown"
    told = f"{row['published_at']:%Y-%m-%d %H:%M:%S} UTC, to the {row['published_precision']}"
    if stored is None or not stored["published_raw"]:
        return told
    return f'{told}; on the page "{_cut(stored["published_raw"], 48)}", zone by {stored["published_zone"] or "nothing"}'


def _credits(store: Store, row: Row, run_id: str) -> Iterator[str]:
    credits = _where(store.table("credits", run_id), "article_id", row["article_id"])
    yield ""
    yield "Whose copy it is"
    if not credits:
        yield f"  no credit was found; status {row['credit_status']}"
    for credit in credits:
        desk = f", desk {credit['desk']}" if credit["desk"] else ""
        yield f"  {_agency(credit['agency'])}{desk}: {credit['grade']}, by the {credit['signal']} ({credit['rule']})"
        yield f'    "{_cut(credit["text"], 84)}"{_place(credit)}'


def _citations(store: Store, row: Row, run_id: str) -> Iterator[str]:
    citations = _where(store.table("citations", run_id), "article_id", row["article_id"])
    yield ""
    yield "Whom it cites"
    if not citations:
        yield "  nobody that is known as a source"
    for found in citations:
        via = f" via {found['via']}" if found["via"] else ""
        yield f"  {found['source']}{via}: {found['role']} ({found['frame']})"
        yield f'    "{_cut(found["text"], 84)}"{_place(found)}'


def _cluster(store: Store, row: Row, members: pa.Table, run_id: str) -> Iterator[str]:
    cluster = _where(store.table("clusters", run_id), "cluster_id", row["cluster_id"])[0]
    yield ""
    yield f"Its cluster, {cluster['cluster_id']}"
    prints, publishers = _several(cluster["n_articles"], "print"), _several(cluster["n_publishers"], "publisher")
    yield f"  {prints} by {publishers}; origin {_agency(cluster['origin_agency'])}"
    yield f"  canonical   {cluster['canonical_id']}: {cluster['canonical_reason']}"
    if cluster["runner_up_id"]:
        yield f"  runner-up   {cluster['runner_up_id']}"
    if cluster["n_articles"] > 1:
        yield f"  anchor      {cluster['anchor_id']}; every member shares at least {cluster['cohesion_min']:.0%} with it"
    if not row["is_canonical"]:
        yield (
            f"  this one    {row['relation']} as seen from the canonical: jaccard {row['jaccard']:.3f}, "
            f"containment {row['containment']:.3f}, has {row['share_of_canonical']:.0%} of it"
        )
    rows = _where(members, "cluster_id", row["cluster_id"])
    others = [other for other in rows if other["article_id"] != row["article_id"]]
    yield from _listed(
        others,
        lambda other: f"  with        {other['article_id']}  {other['relation']}, {_cut(other['publisher'] or '', 28)}",
    )
    yield from (
        f"  {_event(row, cluster['cluster_id'])}" for row in whereabouts.history(store, cluster["cluster_id"], run_id)
    )


def _event(row: Row, cluster_id: str) -> str:
    """What happened to a cluster in a run: `run 2026-03-09.1  grew: from 2 to 7 prints`."""
    if row["cluster_id"] != cluster_id:
        return f"run {row['run_id']}  {row['cluster_id']} came into it: {row['reason']}"
    led = f", {row['to_id']} instead of {row['from_id']}" if row["event"] == "canonical_changed" else ""
    return f"run {row['run_id']}  {row['event'].replace('_', ' ')}{led}: {row['reason']}"


def _matches(store: Store, row: Row, members: pa.Table, run_id: str) -> Iterator[str]:
    matches = store.table("matches", run_id)
    wanted = pa.scalar(row["article_id"])
    found = matches.filter(pc.or_(pc.equal(matches["left_id"], wanted), pc.equal(matches["right_id"], wanted)))
    rows = sorted(found.to_pylist(), key=lambda match: (not match["accepted"], -match["jaccard"]))
    accepted = sum(match["accepted"] for match in rows)
    yield ""
    yield f"Whom it was compared with: {accepted} accepted, {len(rows) - accepted} refused"
    yield from _listed(rows, lambda match: _match(match, row["article_id"]))


def _match(match: Row, article_id: str) -> str:
    """One comparison; the relation is said of the other article as seen from this one."""
    other, relation = match["right_id"], match["relation"]
    if other == article_id:
        other, relation = match["left_id"], schema.MIRRORED.get(relation, relation)
    return f"  {'accepted' if match['accepted'] else 'refused '}    {other}  {relation}: {match['reason']}"


def _pair(store: Store, row: Row, other: Row, run_id: str) -> Iterator[str]:
    yield f"{row['article_id']}  {row['headline'] or '(no headline)'}"
    yield f"{other['article_id']}  {other['headline'] or '(no headline)'}"
    yield ""
    left, right = sorted((row["article_id"], other["article_id"]))
    matches = _where(store.table("matches", run_id), "left_id", left)
    match = next((found for found in matches if found["right_id"] == right), None)
    together = row["cluster_id"] == other["cluster_id"]
    yield f"They are {'in one cluster, ' + row['cluster_id'] if together else 'in two clusters'}."
    if match is None and together:
        yield "They were not compared with each other; each was compared with the anchor of the cluster."
    elif match is None:
        yield (
            "They were never compared: they are further apart in time than the window, or share too few words to become "
            "candidates."
        )
    else:
        yield f"Compared: {match['relation']}, {'accepted' if match['accepted'] else 'refused'}; {match['reason']}."
        yield (
            f"jaccard {match['jaccard']:.3f}; the second has {match['containment_left']:.0%} of the first and the first "
            f"{match['containment_right']:.0%} of the second; longest run {match['longest_run']} shingles "
            f"(first: {left})."
        )
    if together and match is not None and not match["accepted"]:
        yield "Both were verified against the anchor of the cluster, which is what joins them."
    if not together and match is not None and match["accepted"]:
        yield "They match each other, but no single anchor matches both; see links.parquet."


def _only(rows: pa.Table, article_id: str) -> Row | None:
    found = _where(rows, "article_id", article_id)
    return found[0] if found else None


def _where(rows: pa.Table, column: str, value: str) -> list[Row]:
    found: list[Row] = rows.filter(pc.equal(rows[column], value)).to_pylist()
    return found


def _listed(rows: Sequence[Row], line: Any) -> Iterator[str]:
    yield from (line(row) for row in rows[:_SHOWN])
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN:,} more"


def _agency(agency: str | None) -> str:
    if agency is None:
        return "unknown"
    name = next((known.name for known in lexicon.agencies() if known.id == agency), agency)
    return name if name == agency else f"{name} ({agency})"


def _place(row: Row) -> str:
    return f" [{row['field']} {row['start']}:{row['end']}]" if row["field"] and row["start"] is not None else ""


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _bracket(value: str | None) -> str:
    return f" ({value})" if value else ""


def _given(before: str, value: str | None) -> str:
    return f'{before}"{value}"' if value else ""


def _cut(words: str, width: int) -> str:
    return textwrap.shorten(words, width, placeholder="…") or words[:width]
