"""Whom the texts of a night meet, and what verification says of them: `meet` on a cluster. This is what the driver does of it.

It knows of each text its number (`world`), its time, and what says who its twins are. A text travels to its own block and to
the few in which others met it, and a block fits into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import config
from pipeline.engine.tasks import Engine
from pipeline.meet import Met, Turns, around, changes, settled
from pipeline.spread import pairing, scratch, verifying
from pipeline.spread.world import DONE, FRESH, NOW, PAIRS_AT_ONCE, WAS, World
from pipeline.stages import pair
from pipeline.storage import part
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Ref, State, ends
from pipeline.watch import Watch

__all__ = ["meet"]

_VERDICT = ["left", "right", "accepted"]
_VERDICTS = pa.schema([COMPARED["matches"].field(name) for name in _VERDICT])
_NARROW = ["key", "article_id", "effective_at", "kin", "content", "has_words", "has_shingles"]


def meet(
    cluster: Engine,
    before: State,
    now: State,
    own: Sequence[Ref],
    reached: tuple[datetime | None, datetime],
    settings: config.Config,
    watch: Watch,
    work: Path,
) -> Met:
    """Pair and verify what is new, as `meet.meet`; matches are written to the run's `own` parts, and told without reasons."""
    rows, was, is_now, _ = around(before, now, reached, settings, _NARROW)
    n_shares = max(cluster.partitions, -(-rows.num_rows // settings.spark.block_texts))
    world = World(now, work, settings, n_shares)
    with watch.step("pair") as step:
        turns, twins = _turns(cluster, world, rows, was, is_now)
        blocks = _paired(cluster, world, rows, turns, twins)
        turns, blocks = _settled(cluster, world, before, rows, turns, blocks)
        step.rows = sum(scratch.mapped(world.candidates(block)).num_rows for block in blocks)
    with watch.step("verify") as step:
        files = _verified(cluster, world, blocks)
        tasks = [(ref, files[place :: len(own)]) for place, ref in enumerate(own)]
        cluster.each(verifying.gathered, tasks)
        step.rows = sum(pq.read_metadata(file).num_rows for file in files)
    matches = [pq.read_table(ref.folder / "matches.parquet", columns=_VERDICT).cast(_VERDICTS) for ref in own]
    met = changes(before, rows, turns, pa.concat_tables(matches).combine_chunks(), settings)
    part.add(own[0].folder, "void", pa.table({"key": met.void}))
    return met


def _turns(
    cluster: Engine, world: World, rows: pa.Table, was: NDArray[np.bool_], is_now: NDArray[np.bool_]
) -> tuple[Turns, NDArray[np.int64]]:
    """Who is fresh, and whose twin each text is now; tasks find both in the files of the world from then on."""
    times, kin = rows["effective_at"].cast(pa.int64()).to_numpy(), rows["kin"].to_numpy()
    numbers = np.arange(rows.num_rows)
    leads_now = pair.leads(rows, times, kin, is_now)
    fresh = is_now & ~was
    if was.any():
        leads_was = pair.leads(rows, times, kin, was)
        alone_was, alone_now = was & (leads_was == numbers), is_now & (leads_now == numbers)
        _tell(world, rows, times, alone_was, alone_now, alone_was != alone_now)
        meet_ = partial(pairing.disturbed, world.settings.pair)
        found = (
            cluster.rows(partial(pairing.values, world), _numbers(rows))
            .by(meet_)
            .result(pairing.DISTURBED.empty_table())
        )
        stays = was & is_now
        fresh |= stays & (leads_was != leads_now)
        disturbed = np.zeros(len(fresh), np.bool_)
        disturbed[found["row"].to_numpy()] = True
        fresh |= disturbed & stays
    alone = is_now & (leads_now == numbers)
    _tell(world, rows, times, np.zeros_like(alone), alone, fresh)
    return Turns(was, is_now, fresh), leads_now


def _tell(
    world: World,
    rows: pa.Table,
    times: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
) -> None:
    """Have tasks know who stands alone, before and now, and who is fresh."""
    keys = rows["key"].to_numpy()
    flags = was * WAS | now * NOW | fresh * FRESH
    columns = {"key": keys, "row": np.arange(len(keys)), "time": times, "content": rows["content"], "flags": flags}
    by_key = pa.table(columns).take(pa.array(np.argsort(keys)))
    scratch.save_mapped(by_key, world.by_key)
    scratch.save_mapped(pa.table({"key": keys}), world.by_row)


def _numbers(rows: pa.Table) -> list[int]:
    """The parts that have some of the texts."""
    return [int(number) for number in np.unique(rows["key"].to_numpy() >> 32)]


def _paired(cluster: Engine, world: World, rows: pa.Table, turns: Turns, leads: NDArray[np.int64]) -> list[int]:
    """Write the candidates of each block; gives the blocks that have some."""
    numbers = np.arange(len(leads))
    is_twin = turns.is_now & (leads != numbers) & (turns.fresh | turns.fresh[leads])
    twins = pa.table({"left": leads[is_twin], "right": numbers[is_twin]})
    scratch.save_mapped(twins, world.twins)
    tasks = [*_numbers(rows), *(-1 - first for first in range(0, twins.num_rows, PAIRS_AT_ONCE))]
    (world.folder / "candidates").mkdir()
    found = (
        cluster.rows(partial(pairing.values, world), tasks)
        .by(partial(pairing.pairs, world))
        .by(partial(pairing.chosen, world))
    )
    return sorted(found.result(DONE.empty_table())["n"].to_pylist())


def _settled(
    cluster: Engine, world: World, before: State, rows: pa.Table, turns: Turns, blocks: list[int]
) -> tuple[Turns, list[int]]:
    """As `meet.settled`; candidates of nobody who is fresh then are let go. And the blocks that have some still."""
    stays = turns.was & turns.is_now
    if not (stays & turns.fresh).any():
        return turns, blocks
    by_row = pa.table({"key": rows["key"], "stays": stays})
    scratch.save_mapped(by_row, world.by_row)
    found = cluster.each(partial(pairing.staying, world), blocks)
    of_two = pa.concat_tables([pair.CANDIDATES.empty_table(), *found])
    turns = settled(before, rows, turns, ends(of_two), of_two["path"].to_numpy(), world.settings)
    scratch.save_mapped(by_row.append_column("fresh", pa.array(turns.fresh)), world.by_row)
    left = cluster.each(partial(pairing.thinned, world), blocks)
    return turns, [block for block, thinned in zip(blocks, left, strict=True) if thinned["n"][0].as_py()]


def _verified(cluster: Engine, world: World, blocks: Sequence[int]) -> list[Path]:
    """Write the matches of each block; gives the files."""
    (world.folder / "matches").mkdir()
    wanted = cluster.rows(partial(verifying.wanted, world), blocks)
    done = wanted.by(partial(verifying.sent, world)).by(partial(verifying.decided, world)).result(DONE.empty_table())
    return [world.matches(block) for block in sorted(done["n"].to_pylist())]
