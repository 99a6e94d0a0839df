"""Where two articles part, or what joins them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.compare import numbered
from pipeline.explain.gather import met
from pipeline.explain.source import Row, Source
from pipeline.explain.told import Met, Pair, Side, Ways
from pipeline.meet import verified
from pipeline.stages import override, rollup
from pipeline.stages import pair as pairing
from pipeline.stages.kernels import arrays
from pipeline.storage.state import State

__all__ = ["pair"]

_DAY = 86_400.0
_APART = ("digest", "liveblog")  # kinds that join nothing


def pair(source: Source, row: Row, other: Row) -> Pair:
    """What is told of two articles by their rows of members."""
    settings = source.settings or config.Config()
    together = bool(row["cluster_id"] == other["cluster_id"])
    days = abs((row["effective_at"] - other["effective_at"]).total_seconds()) / _DAY
    members = {one["article_id"]: one for one in (row, other)}
    found = _match(source, row, members)
    unmet, ways = None, None
    keys = _keys(source.state, list(members))
    if found is None and len(keys) == 2:
        ways = _ways(source.state, keys, settings)
        unmet = _had_they_met(source.state, keys, settings, row, members)
    sides = [_side(source, one) for one in (row, other)]
    order = None if together else _order(source, found, sides)
    return Pair(
        run_id=source.run_id,
        first=sides[0],
        second=sides[1],
        together=together,
        stage="order" if order else _stage(found, together, days, settings, sides),
        days_apart=days,
        window_days=settings.pair.window_days,
        met=found,
        unmet=unmet,
        ways=ways,
        order=order,
        shingle_words=settings.sketch.shingle_words,
    )


def _order(source: Source, found: Met | None, sides: list[Side]) -> str | None:
    """The order that keeps two apart: their match tells of it, or that of one with the anchor of the other."""
    reasons = [found.reason] if found is not None else []
    for one, other in (sides, sides[::-1]):
        reasons += [row["reason"] for row in _rows(source, one.article_id, other.anchor_id)]
    return next((order for reason in reasons if (order := override.parting(reason))), None)


def _stage(found: Met | None, together: bool, days: float, settings: config.Config, sides: list[Side]) -> str:
    if together:
        return "match" if found is not None and found.accepted else "anchor"
    if found is not None:
        return "cluster" if found.accepted else "kind" if _is_of_kind(sides) else "verify"
    if days > settings.pair.window_days:
        return "window"
    return "pair"


def _is_of_kind(sides: list[Side]) -> bool:
    return any(side.kind in _APART for side in sides)


def _side(source: Source, row: Row) -> Side:
    [cluster] = source.where("clusters", "cluster_id", row["cluster_id"])
    return Side(
        row["article_id"], row["headline"], row["cluster_id"], cluster["anchor_id"], row["kind"], row["effective_at"]
    )


def _match(source: Source, row: Row, members: dict[str, Row]) -> Met | None:
    rows = _rows(source, *members)
    return met(rows[0], row["article_id"], members) if rows else None


def _rows(source: Source, one: str, other: str) -> list[Row]:
    """The match of two articles, if they were compared."""
    rows = source.table("matches")
    of_both = (
        pc.equal(rows[side], id_) for side, id_ in zip(("left_id", "right_id"), sorted((one, other)), strict=True)
    )
    found: list[Row] = rows.filter(pc.and_(*of_both)).to_pylist()
    return found


def _keys(state: State, article_ids: list[str]) -> NDArray[np.int64]:
    """The texts of articles as they are compared now, in the order of time."""
    rows = state.texts(["key", "article_id", "effective_at"])
    rows = rows.filter(pc.is_in(rows["article_id"], pa.array(article_ids)))
    rows = rows.sort_by([("effective_at", "ascending"), ("article_id", "ascending")])
    keys: NDArray[np.int64] = rows["key"].to_numpy()
    return keys


def _ways(state: State, keys: NDArray[np.int64], settings: config.Config) -> Ways:
    rows = state.texts(["content", "has_words", "bands", "sampled"], keys=keys)
    bands = arrays.hashes(rows["bands"])[0].reshape(2, -1)
    values, where = arrays.hashes(rows["sampled"])
    contents = rows["content"].to_pylist()
    return Ways(
        same_words=contents[0] == contents[1] and all(rows["has_words"].to_pylist()),
        bands=int(np.count_nonzero(bands[0] == bands[1])),
        of_bands=bands.shape[1],
        sampled=len(np.intersect1d(values[: where[1]], values[where[1] :])),
        sampled_needed=settings.pair.sample_shared,
    )


def _had_they_met(
    state: State, keys: NDArray[np.int64], settings: config.Config, row: Row, members: dict[str, Row]
) -> Met:
    """What comparing them comes to."""
    candidates = pa.table([pa.array([0]), pa.array([1]), pa.array([2], pa.int8())], schema=pairing.CANDIDATES)
    matches = verified(state, keys, candidates, settings)
    rows = state.texts(["key", "article_id", "effective_at"], keys=keys)
    matches = numbered(matches, rows["key"].to_numpy())
    return met(rollup.named(matches, rows).to_pylist()[0], row["article_id"], members)
