"""The sketches of many texts, so many at a time: what is said of pairs, slice by slice, within a limit of memory.

The result is the same whatever the limit; texts that several slices need are read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages import verify
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.storage.groups import Lying
from pipeline.storage.state import State

__all__ = ["Sketched"]

Rows = NDArray[np.int64]

_SPELLED = 1 << 19  # pairs whose reasons one thread spells out at a time
_PAIRED = 4  # times as many as elsewhere: sketches alone are held, and those of a slice may lie all over a file


class Sketched:
    """The sketches of `texts` (key, article and redone name them to the state), by row, as `settings` have them.

    So many of them are held at a time as `config.texts_at_once` says.
    """

    def __init__(self, state: State, texts: pa.Table, settings: config.Config) -> None:
        self._state, self._texts = state, texts
        self._most, self._width = config.texts_at_once(settings), settings.sketch.shingle_words

    @cached_property
    def light(self) -> pa.Table:
        """`content` and `n_words` of all."""
        return self._state.sketches(self._texts, ["content", "n_words"])

    def of(self, rows: Rows) -> pa.Table:
        """The sketches of these rows, in their order."""
        return self.lying(rows).arranged()

    def lying(self, rows: Rows) -> Lying:
        """The same as they lie."""
        return self._state.sketches_lying(self._texts.take(pa.array(rows)))

    def verified(self, candidates: pa.Table, facts: pa.Table, settings: config.Verify) -> pa.Table:
        """`verify.run` of candidates, in their order, as `verify.MATCHES`; `facts` in the order of the texts."""
        left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
        found, order = [verify.CODED.empty_table()], [np.empty(0, np.int64)]
        for pairs, rows in _slices(left, right, _PAIRED * self._most):
            sketches, places = self.lying(rows)
            row_of = np.full(sketches.num_rows, rows[0])  # nobody asks for what is known of others that lie among them
            row_of[places] = rows
            sides = places[arrays.places(rows, np.stack([left[pairs], right[pairs]]))]
            part = _with_sides(candidates.take(pa.array(pairs)), sides)
            matches = verify.run(part, sketches, facts.take(pa.array(row_of)), settings, self._width)
            found.append(_with_sides(matches, row_of[[matches["left"].to_numpy(), matches["right"].to_numpy()]]))
            order.append(pairs)
        whole, back = pa.concat_tables(found).unify_dictionaries(), np.argsort(np.concatenate(order), kind="stable")

        def spelled(first: int) -> pa.Table:  # in chunks: of millions of pairs no copy more than need be
            return arrays.arranged(whole, back[first : first + _SPELLED]).cast(verify.MATCHES)

        return pa.concat_tables(parallel(spelled, range(0, max(1, len(back)), _SPELLED)))


def _slices(left: Rows, right: Rows, most: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs, a slice at a time, and the distinct rows they are of, at most so many. The later rows of pairs stay together."""
    rows = arrays.numbers(left, right)
    if len(rows) <= most:
        if len(left):
            yield np.arange(len(left)), rows
        return
    order, first = np.lexsort((left, right)), 0
    while first < len(order):
        count = max(1, most // 2)  # of so many pairs the rows are few enough
        rows = arrays.numbers(*_sides(left, right, order[first : first + count]))
        while first + count < len(order):
            more = arrays.numbers(*_sides(left, right, order[first : first + 2 * count]))
            if len(more) > most:
                break
            count, rows = 2 * count, more
        yield np.sort(order[first : first + count]), rows  # as the candidates come: grouped by their earlier rows
        first += count


def _sides(left: Rows, right: Rows, pairs: Rows) -> tuple[Rows, Rows]:
    return left[pairs], right[pairs]


def _with_sides(pairs: pa.Table, sides: Rows) -> pa.Table:
    """Pairs with other row numbers, int64 (2, pairs)."""
    for name, side in zip(("left", "right"), sides, strict=True):
        place = pairs.column_names.index(name)
        pairs = pairs.set_column(place, pairs.schema.field(name), pa.array(side))
    return pairs
