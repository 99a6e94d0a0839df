"""Matches of pairs that nobody has compared: those that an order asks for, and those of a twin that stands for itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import combinations, product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays

__all__ = ["Compare", "keys", "untwinned", "with_pairs"]

#: Verifies pairs (left, right, path) that nobody has compared yet.
Compare = Callable[[pa.Table], pa.Table]

_TWIN = 0  # the path by which twins were paired
_ORDERED = 4  # beside those by which pair finds candidates


def keys(matches: pa.Table) -> NDArray[np.int64]:
    """The pair of each match as one number."""
    found: NDArray[np.int64] = matches["left"].to_numpy() << 32 | matches["right"].to_numpy()
    return found


def with_pairs(matches: pa.Table, pairs: Iterable[tuple[int, int]], compare: Compare, path: int = _ORDERED) -> pa.Table:
    """The matches, and of those pairs that are not among them what comparing them comes to."""
    left, right = np.array(sorted((min(pair), max(pair)) for pair in pairs), np.int64).reshape(-1, 2).T
    new = ~arrays.is_in(left << 32 | right, keys(matches))
    if not new.any():
        return matches
    rows = {"left": left[new], "right": right[new], "path": np.full(new.sum(), path, np.int8)}
    return pa.concat_tables(
        [matches, compare(pa.table(rows, pa.schema([matches.schema.field(name) for name in rows])))]
    )


def untwinned(matches: pa.Table, alone: Collection[int], compare: Compare) -> pa.Table:
    """Matches in which those articles, by row, are nobody's twins, and matched with all that their twins match.

    Of the others the first stands for the rest.
    """
    left, right, path, accepted = (matches[name].to_numpy() for name in ("left", "right", "path", "accepted"))
    twins, rows = accepted & (path == _TWIN), np.array(sorted(alone), np.int64)
    leads = np.unique(left[twins & (arrays.is_in(left, rows) | arrays.is_in(right, rows))])
    if not len(leads):
        return matches
    theirs = twins & arrays.is_in(left, leads)
    edges = accepted & (path != _TWIN) & (arrays.is_in(left, leads) | arrays.is_in(right, leads))
    same = {lead: [lead] for lead in leads.tolist()}
    for lead, twin in zip(left[theirs].tolist(), right[theirs].tolist(), strict=True):
        same[lead].append(twin)
    stand, twin_pairs = dict[int, list[int]](), list[tuple[int, int]]()
    for lead, some in same.items():
        others = sorted({*some} - {*alone})
        stand[lead] = sorted({*some} & {*alone}) + others[:1]
        twin_pairs += [(others[0], other) for other in others[1:]]
    met = [pair for rows_ in stand.values() for pair in combinations(rows_, 2)]
    for one, other in zip(left[edges].tolist(), right[edges].tolist(), strict=True):
        met += product(stand.get(one, [one]), stand.get(other, [other]))
    matches = with_pairs(arrays.kept(matches, ~theirs), twin_pairs, compare, _TWIN)
    return with_pairs(matches, met, compare)
