"""What verification says of the candidates, block by block: `verify` on a cluster.

candidates of a block --wanted--> by part --sent--> texts, by block --decided--> matches of the block, on disk
matches of some blocks --gathered--> those of a part
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.meet import articles_of, facts_of
from pipeline.spread import scratch
from pipeline.spread.world import AT_ONCE, DONE, PAIRS_AT_ONCE, World
from pipeline.stages import pair, verify
from pipeline.stages.kernels import arrays
from pipeline.storage import index, part
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Ref

__all__ = ["decided", "gathered", "sent", "wanted"]

_WANTED = pa.schema([("row", pa.uint32()), ("key", pa.int64()), ("block", pa.int64())])
_FACT, _OWN = "fact ", "own "  # before the names of columns that travel beside those of a sketch


def wanted(world: World, block: int) -> Iterator[Parcel]:
    """Which texts a block wants, by the part that has them."""
    candidates = scratch.mapped(world.candidates(block))
    rows = arrays.ascending(np.concatenate([candidates[side].to_numpy() for side in ("left", "right")]))
    keys = scratch.mapped(world.by_row)["key"].take(pa.array(rows)).to_numpy()
    columns = [rows.astype(np.uint32), keys, np.full(len(rows), block)]
    yield from parted(keys >> 32, pa.table([pa.array(column) for column in columns], schema=_WANTED))


def sent(world: World, _: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The sketches of texts of a part, and what else verification may know of them, by the blocks that want them."""
    wanted = pa.concat_tables(tables).sort_by([("key", "ascending")])
    all_keys = wanted["key"].to_numpy()
    keys = arrays.ascending(all_keys)
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        known = articles_of(world.state, some, world.settings, complete=False)
        whole = known.sketched.of(np.arange(len(some)))
        for name, column in zip((names := facts_of(known)).column_names, names.columns, strict=True):
            whole = whole.append_column(f"{_FACT}{name}", column)
        own = wanted.slice(*_between(all_keys, some))
        rows = whole.take(pa.array(np.searchsorted(some, own["key"].to_numpy())))
        for name in ("row", "key"):
            rows = rows.append_column(f"{_OWN}{name}", own[name])
        yield from parted(own["block"].to_numpy(), rows.combine_chunks())


def _between(sorted_: NDArray[np.int64], some: NDArray[np.int64]) -> tuple[int, int]:
    """Where those keys lie among the sorted ones: first, and how many."""
    first, last = int(np.searchsorted(sorted_, some[0])), int(np.searchsorted(sorted_, some[-1], side="right"))
    return first, last - first


def decided(world: World, block: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the matches of a block."""
    texts = pa.concat_tables(tables).sort_by([(f"{_OWN}row", "ascending")]).combine_chunks()
    own = {name: texts[f"{_OWN}{name}"].to_numpy() for name in ("row", "key")}
    facts = texts.select([name for name in texts.column_names if name.startswith(_FACT)])
    facts = facts.rename_columns([name.removeprefix(_FACT) for name in facts.column_names])
    sketches = texts.select([name for name in texts.column_names if not name.startswith((_FACT, _OWN))])
    candidates = scratch.mapped(world.candidates(block)).cast(pair.CANDIDATES)
    path, width = world.matches(block), world.settings.sketch.shingle_words
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with pq.ParquetWriter(aside, COMPARED["matches"], compression="zstd") as writer:
        for first in range(0, candidates.num_rows, PAIRS_AT_ONCE):
            some = candidates.slice(first, PAIRS_AT_ONCE)
            sides = [np.searchsorted(own["row"], some[side].to_numpy()) for side in ("left", "right")]
            pairs = pa.table([*map(pa.array, sides), some["path"]], schema=pair.CANDIDATES)
            found = verify.run(pairs, sketches, facts, world.settings.verify, width)
            at = facts["at"].take(pa.array(sides[1])).cast(COMPARED["matches"].field("at").type)
            for place, side in enumerate(sides):
                found = found.set_column(place, COMPARED["matches"].field(place), pa.array(own["key"][side]))
            writer.write_table(found.append_column("at", at).cast(COMPARED["matches"]))
    aside.replace(path)
    yield Parcel(NOBODY, pa.table({"n": [block]}, schema=DONE))


def gathered(task: tuple[Ref, list[Path]]) -> pa.Table:
    """The matches of some blocks become those of a part."""
    ref, files = task
    part.gather(ref.folder, "matches", files)
    index.write(ref.folder, "matches")
    return pa.table({"n": [len(files)]}, schema=DONE)
