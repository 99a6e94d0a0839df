"""What numba has no name for: unaligned loads and stores, classes of 64 bytes at once, trailing zeros, a word to the caches,
and a loop that counts no references. And single bits of an array, and which of them stands for a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

__all__ = [
    "alphanumeric",
    "characters",
    "has_bit",
    "load64",
    "loop",
    "prefetch",
    "set_bit",
    "spot",
    "store64",
    "trailing_zeros",
]

Function = TypeVar("Function", bound=Callable[..., Any])


def loop(function: Function) -> Function:
    """Compile a kernel that makes no array of its own: what it needs as scratch is given to it.

    Elsewhere numba counts references, atomically, wherever one function hands an array to another; threads that do so for
    every value wait for one another. (Its flag for that has no public name; numba's own string functions are made with it.)
    """
    compiled: Function = numba.njit(nogil=True, cache=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


@loop
def set_bit(bits: NDArray[np.uint64], place: np.uint64) -> None:
    """Set the bit with that number of an array of words."""
    bits[place >> np.uint64(6)] |= np.uint64(1) << (place & np.uint64(63))


@loop
def has_bit(bits: NDArray[np.uint64], place: np.uint64) -> np.uint64:
    """Whether it is set: 1 or 0."""
    return bits[place >> np.uint64(6)] >> (place & np.uint64(63)) & np.uint64(1)


@loop
def spot(key: np.uint64, bits: NDArray[np.uint64]) -> np.uint64:
    """The bit that stands for a key in a Bloom filter of one hash, whose words are a power of two (`arrays.filter_of`)."""
    return (key * _STEP) >> np.uint64(32) & np.uint64(bits.size * 64 - 1)


_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd


@intrinsic
def load64(typingctx: Any, data: Any, index: Any) -> Any:
    """Eight bytes of a contiguous uint8 array from any index on, as uint64; the first is the lowest (little endian).

    Reads data[index:index + 8] without a check of its own: the caller keeps within the array.
    """

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.gep(array.data, [args[1]])
        word = builder.bitcast(place, ir.IntType(64).as_pointer())
        return builder.load(word, align=1)

    return types.uint64(data, types.intp), codegen


@intrinsic
def store64(typingctx: Any, data: Any, index: Any, value: Any) -> Any:
    """Set eight bytes of a contiguous uint8 array from any index on, as `load64` reads them."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.gep(array.data, [args[1]])
        builder.store(args[2], builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(data, types.intp, types.uint64), codegen


@intrinsic
def alphanumeric(typingctx: Any, data: Any, index: Any) -> Any:
    """Which of the 64 bytes data[index:index + 64] are ASCII letters or digits, a bit for each, the first byte's the lowest.

    As `load64`, without a check. Written as vectors of 64 bytes, for which LLVM has a few instructions on any machine (Langdale
    and Lemire 2019, Parsing gigabytes of JSON per second, section 3.1).
    """

    def found(builder: ir.IRBuilder, given: Any) -> Any:
        lower = builder.or_(given, ir.Constant(_64_BYTES, [0x20] * 64))
        return builder.or_(_within(builder, lower, ord("a"), ord("z")), _within(builder, given, ord("0"), ord("9")))

    return types.uint64(data, types.intp), _of_64_bytes(found)


@intrinsic
def characters(typingctx: Any, data: Any, index: Any) -> Any:
    """Likewise, which are no blank or control character, and begin a character: all but those within one beyond ASCII."""

    def found(builder: ir.IRBuilder, given: Any) -> Any:
        return builder.or_(_within(builder, given, 0x21, 0x7F), _within(builder, given, 0xC0, 0xFF))

    return types.uint64(data, types.intp), _of_64_bytes(found)


_64_BYTES = ir.VectorType(ir.IntType(8), 64)


def _of_64_bytes(found: Callable[[ir.IRBuilder, Any], Any]) -> Callable[..., Any]:
    """The code of an intrinsic that tells of each of 64 bytes what `found` does of them as a vector."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.bitcast(builder.gep(array.data, [args[1]]), _64_BYTES.as_pointer())
        return builder.bitcast(found(builder, builder.load(place, align=1)), ir.IntType(64))

    return codegen


def _within(builder: ir.IRBuilder, given: Any, first: int, last: int) -> Any:
    """Which of the bytes of a vector are from `first` to `last`."""
    below = builder.sub(given, ir.Constant(_64_BYTES, [first] * 64))
    return builder.icmp_unsigned("<=", below, ir.Constant(_64_BYTES, [last - first] * 64))


@intrinsic
def trailing_zeros(typingctx: Any, value: Any) -> Any:
    """The number of zero bits below the lowest set bit of a uint64; 64 for 0."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], cgutils.false_bit)

    return types.uint64(types.uint64), codegen


@intrinsic
def prefetch(typingctx: Any, data: Any, index: Any) -> Any:
    """Have the line of memory with data[index] on its way to the caches while something else is done.

    Changes nothing but the time, and may be of any index: what is not there is not fetched.
    """

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.bitcast(builder.gep(array.data, [args[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [place.type], fnty=kind)
        builder.call(fetch, [place, number(0), number(3), number(1)])  # to be read; soon, and more than once; data
        return context.get_dummy_value()

    return types.void(data, types.intp), codegen
