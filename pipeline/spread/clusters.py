"""Clusters formed anew, on a cluster of machines: what the driver does of it, which knows of texts ids, times and numbers."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.compare import Opened
from pipeline.derive import Given
from pipeline.engine.tasks import Engine
from pipeline.meet import matched_in
from pipeline.published import Published
from pipeline.quality import audit
from pipeline.spread import forming, scratch
from pipeline.spread.forming import TOLD, Forming
from pipeline.spread.opening import bins_of
from pipeline.spread.spilled import Spilled
from pipeline.spread.world import DONE
from pipeline.stages import follow
from pipeline.watch import Watch

__all__ = ["derived"]


def derived(cluster: Engine, given: Given, settings: config.Config, watch: Watch, work: Path) -> Spilled:
    """As `derive.derive`, of what `opening.opened` opens: the rows stay on disk."""
    opened, was, now, run_id, as_of, orders, agencies = given
    shutil.rmtree(work, ignore_errors=True)
    told = Forming(
        now=now,
        folder=work,
        settings=settings,
        run_id=run_id,
        as_of=as_of,
        orders=orders,
        agencies=agencies,
        notices=opened.notices,
        earlier=opened.earlier,
        crediting=opened.crediting(),
        history=was.before.history,
        because=was.before.because,
        lies=was.lies,
        frozen=frozenset(was.frozen),
    )
    with watch.step("cut") as step:
        bins = bins_of(cluster, opened, was.before.members, settings.spark.block_texts, work)
        _tell(told, opened, was, bins)
        step.rows = opened.known.articles.num_rows
    with watch.step("form") as step:
        sent = cluster.rows(partial(forming.sent, told), _tasks(told, opened, was, settings))
        done = sent.by(partial(forming.formed, told)).result(DONE.empty_table())
        step.rows = done.num_rows
    with watch.step("tell"):
        rows = cluster.rows(forming.called, sorted(done["n"].to_pylist())).by(partial(forming.told, told))
        found = rows.by(partial(forming.excerpted, told)).result(TOLD.empty_table())
    broken = [audit.Finding(*finding) for line in found["told"].to_pylist() for finding in json.loads(line)]
    return Spilled(work / "rows", broken, cluster)


def _tasks(told: Forming, opened: Opened, was: Published, settings: config.Config) -> list[tuple[str, int | str]]:
    """Whoever has something for the bins."""
    articles = opened.known.articles
    keys, times = articles["key"].to_numpy(), articles["effective_at"].cast(pa.int64()).to_numpy()
    tasks: list[tuple[str, int | str]] = [("texts", int(number)) for number in np.unique(keys >> 32)]
    tasks += [("matches", number) for number in told.now.matching(matched_in(times, settings))]
    tasks += [("was", part) for part in was.parts(settings)]
    return [*tasks, ("frozen", 0)] if was.frozen else tasks


def _tell(told: Forming, opened: Opened, was: Published, bins: NDArray[np.int64]) -> None:
    """Have tasks know which bin each text is in, and each cluster that was; and what stands outside."""
    articles = opened.known.articles
    keys, ids = articles["key"].to_numpy(), articles["article_id"].combine_chunks()
    columns = {"key": keys, "row": np.arange(len(keys)), "bin": bins}
    scratch.save_mapped(pa.table(columns).take(pa.array(np.argsort(keys))), told.by_key)
    by_article = pa.table({"id": ids, "bin": bins})
    by_cluster = _clusters_that_were(was, by_article)
    scratch.save_mapped(by_cluster.rename_columns(["cluster_id", "bin"]), told.was)
    scratch.save_mapped(_taken(was, by_article, by_cluster), told.taken)
    outside = opened.around.slice(len(keys))
    scratch.save_mapped(forming.standing(outside, was.members, was.sizes), told.standing("outside"))
    for name, frozen in was.frozen.items():
        scratch.save(frozen, told.folder / "frozen" / f"{name}.arrow")


def _clusters_that_were(was: Published, by_article: pa.Table) -> pa.Table:
    """The bin of each cluster that may be another now (id, bin): that of its texts, the first where none is left."""
    members = _looked_up(was.before.members["article_id"], by_article)
    found = pa.table({"id": was.before.members["cluster_id"], "bin": members}).drop_null()
    found = found.group_by("id").aggregate([("bin", "min")]).rename_columns(["id", "bin"])
    ids = was.before.clusters["cluster_id"]
    bins = pc.fill_null(_looked_up(ids, found), 0)
    return pa.table({"id": ids, "bin": bins}).combine_chunks()


def _taken(was: Published, by_article: pa.Table, by_cluster: pa.Table) -> pa.Table:
    """The ids of clusters that a bin has to know (bin, cluster_id, is_current), sorted by bin.

    Those that one of its own may be given anew, whose names begin with an article of it; and of its own, which had events.
    """
    found = []
    for ids, is_current in ((was.before.taken, True), (was.before.events["cluster_id"], False)):
        names = pc.replace_substring_regex(ids, r"^c-", "")
        for wanted, known in (
            (names, by_article),
            (pc.replace_substring_regex(names, follow.NUMBERED, ""), by_article),
            (ids, by_cluster),
        ):
            bins = _looked_up(wanted, known)
            current = pa.repeat(is_current, len(ids))
            found.append(pa.table({"bin": bins, "cluster_id": ids, "is_current": current}).drop_null())
    rows = pa.concat_tables(found)
    rows = rows.group_by(rows.column_names).aggregate([])
    return rows.sort_by([(name, "ascending") for name in rows.column_names]).combine_chunks()


def _looked_up(wanted: pa.ChunkedArray, known: pa.Table) -> pa.ChunkedArray:
    """The bin of each id that is known (id, bin), null for others."""
    return known["bin"].take(pc.index_in(wanted, value_set=known["id"].combine_chunks()))
