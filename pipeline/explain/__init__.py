"""Why an article is in its cluster: how it was read, whose copy it is, whom it met, and what decided.

`gathered` and `paired` give it as plain data (`told`), `article` and `pair` the same in words (`words`).
"""

from __future__ import annotations

from pipeline import whereabouts
from pipeline.errors import StoreError
from pipeline.explain import apart, gather, words
from pipeline.explain.source import Row, Source
from pipeline.explain.told import Explanation, Pair
from pipeline.explain.words import Mark
from pipeline.storage.store import Store

__all__ = ["article", "gathered", "pair", "paired"]


def article(store: Store, article_id: str, run_id: str | None = None, mark: Mark | None = None) -> str:
    """The story of one article, or of the cluster with that id; of one that is there no more, what became of it.

    `mark`: how words that were found are marked; None for a line of carets below them.
    """
    return words.explanation(gathered(store, article_id, run_id), mark)


def pair(store: Store, article_id: str, other_id: str, run_id: str | None = None) -> str:
    """Why two articles, or the canonicals of clusters with those ids, are or are not in one cluster."""
    return words.pair(paired(store, article_id, other_id, run_id))


def gathered(store: Store, article_id: str, run_id: str | None = None) -> Explanation:
    """What `article` puts into words. `StoreError` for an id that nothing is known of."""
    run_id = store.run_id(run_id)  # one run for all that is told, also while another is published
    source = Source.of_store(store, run_id)
    row, told = _member(source, article_id), list[str]()
    if row is None:
        found = whereabouts.find(store, article_id, run_id)
        row, told = _member(source, found.now) if found.now else None, found.told
    return Explanation(run_id, tuple(told), gather.article(source, row) if row else None)


def paired(store: Store, article_id: str, other_id: str, run_id: str | None = None) -> Pair:
    """What `pair` puts into words; of a cluster its canonical is meant. `StoreError` unless both are in the run, and two."""
    run_id = store.run_id(run_id)
    source = Source.of_store(store, run_id)
    rows = list[Row]()
    for wanted in (article_id, other_id):
        row = _member(source, wanted)
        if row is None:
            found = whereabouts.find(store, wanted, run_id)
            raise StoreError(f"{'; '.join(found.told)}. Only articles of run {run_id} can be put side by side")
        rows.append(row)
    if (name := rows[0]["article_id"]) == rows[1]["article_id"]:
        who = f"{name} is" if article_id == other_id == name else f"{article_id} and {other_id} are"
        raise StoreError(f"{who} one article; name another to put beside it, or it alone: reprints explain {name}")
    return apart.pair(source, *rows)


def _member(source: Source, wanted: str) -> Row | None:
    """The row of an article, or of the canonical of a cluster."""
    row = source.members((wanted,)).get(wanted)
    if row is None and (cluster := source.where("clusters", "cluster_id", wanted)):
        row = source.members((cluster[0]["canonical_id"],)).get(cluster[0]["canonical_id"])
    return row
