"""What `reprints run` prints at its end: the night in figures and its largest stories."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.arrive import in_words
from pipeline.flow import Outcome
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["announce_compilation", "text"]

_STORIES = 10
_REASONS = 3
_WIDTH = 64
_SHOWN = ["cluster_id", "n_articles", "n_publishers", "origin_agency", "canonical_id", "headline"]


def announce_compilation(watch: Watch) -> None:
    """In the process of a command, say so when the kernels are about to be compiled: once for an installation."""
    from pipeline.stages.kernels import light

    light.load()
    from pipeline.stages.kernels.compare import compare
    from pipeline.stages.kernels.threads import compiled

    if not compiled(compare):
        watch.say("compiling the kernels, once for this installation: up to a minute")


def text(outcome: Outcome, store: Store) -> str:
    """The summary of a run, for a person."""
    return "\n".join(_lines(outcome, store))


def _lines(outcome: Outcome, store: Store) -> Iterator[str]:
    read = in_words(outcome.counts)
    if not outcome.run_id:
        yield f"{read}. Nothing new: the store is as it was."
        yield from _reasons(outcome.tables["rejects"])
        return
    tables = store.tables(outcome.run_id)
    clusters, n_members = tables.read("clusters", _SHOWN), tables.count("members")
    stories = clusters.filter(pc.greater(clusters["n_articles"], 1))
    prints = pc.sum(stories["n_articles"]).as_py() or 0
    yield f"run {outcome.run_id}: {read}"
    yield from _reasons(tables.read("rejects", ["reason"]))
    yield (
        f"{n_members:,} articles in the store make {clusters.num_rows:,} clusters; "
        f"{stories.num_rows:,} stories were printed more than once, {prints:,} prints in all"
    )
    if stories.num_rows:
        yield ""
        yield from _table(stories)
    yield ""
    yield f"tables: {store.current()}    why: reprints explain ARTICLE_ID --store {store.name}"


def _reasons(rejects: pa.Table) -> Iterator[str]:
    """Why most of the records were rejected."""
    reasons = rejects["reason"].value_counts().to_pylist()
    for reason in sorted(reasons, key=lambda row: (-row["counts"], row["values"]))[:_REASONS]:
        yield f"rejected: {reason['counts']:,} × {reason['values']}"


def _table(stories: pa.Table) -> Iterator[str]:
    order = [("n_articles", "descending"), ("n_publishers", "descending"), ("cluster_id", "ascending")]
    largest = stories.sort_by(order).slice(0, _STORIES).to_pylist()
    yield f"prints  publishers  {'credit':<12} {'canonical':<20} headline"
    for row in largest:
        yield (
            f"{row['n_articles']:>6}  {row['n_publishers']:>10}  {row['origin_agency'] or '-':<12} "
            f"{_cut(row['canonical_id'], 20):<20} {_cut(row['headline'] or '(no headline)', _WIDTH)}"
        )
    if stories.num_rows > _STORIES:
        yield f"and {stories.num_rows - _STORIES:,} more in clusters.parquet"


def _cut(words: str, width: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= width else f"{words[: width - 1]}…"
