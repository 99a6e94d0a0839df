"""Whole numbers in a few dense stretches, as keys are (`part << 32 | row`), looked up in a table instead of by hashing.

The table has a place for each low half from 0 up to the highest, stretch by stretch, a stretch for each high half: that of a
number is `starts[high - least] + low`, as long as it lies before `starts[high - least + 1]`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import has_bit, loop, set_bit

__all__ = ["extents", "look_up", "mark", "marked", "number"]

_LOW = np.int64(0xFFFFFFFF)


@loop
def extents(numbers: NDArray[np.int64], least: int, out: NDArray[np.int64]) -> None:
    """How many places each stretch needs, to `out`, int64 (stretches,), 0 at first; high halves are from `least` on."""
    for i in range(numbers.size):
        stretch, low = np.uint64((numbers[i] >> 32) - least), numbers[i] & _LOW
        if low >= out[stretch]:
            out[stretch] = low + 1


@loop
def _place(number: np.int64, least: int, starts: NDArray[np.int64]) -> np.int64:
    """The place of a number; -1 if it has none."""
    stretch, low = (number >> 32) - least, number & _LOW
    if stretch < 0 or stretch >= starts.size - 1:
        return np.int64(-1)
    place = starts[np.uint64(stretch)] + low
    return place if place < starts[np.uint64(stretch + 1)] else np.int64(-1)


@loop
def mark(numbers: NDArray[np.int64], least: int, starts: NDArray[np.int64], bits: NDArray[np.uint64]) -> None:
    """Mark the places of some numbers, each of which has one, in `bits`, uint64, all 0 at first."""
    for i in range(numbers.size):
        set_bit(bits, np.uint64(_place(numbers[i], least, starts)))


@loop
def marked(
    numbers: NDArray[np.int64],
    least: int,
    starts: NDArray[np.int64],
    bits: NDArray[np.uint64],
    out: NDArray[np.bool_],
) -> None:
    """Which of the numbers were `mark`ed."""
    for i in range(numbers.size):
        place = _place(numbers[i], least, starts)
        out[i] = place >= 0 and has_bit(bits, np.uint64(place)) != 0


@loop
def number(numbers: NDArray[np.int64], least: int, starts: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
    """Write to the place of each number which of them it is, in `out`, uint32 (places,)."""
    for i in range(numbers.size):
        out[np.uint64(_place(numbers[i], least, starts))] = i


@loop
def look_up(
    numbers: NDArray[np.int64],
    least: int,
    starts: NDArray[np.int64],
    table: NDArray[np.uint32],
    out: NDArray[np.int64],
) -> None:
    """What stands in the table at the place of each of the numbers, all of which have one."""
    for i in range(numbers.size):
        out[i] = table[np.uint64(_place(numbers[i], least, starts))]
