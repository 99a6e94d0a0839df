"""Two machine instructions that numba has no name for: an unaligned load, and counting trailing zeros."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["load64", "trailing_zeros"]


@intrinsic
def load64(typingctx: Any, data: types.Array, index: types.Integer) -> Any:
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
def trailing_zeros(typingctx: Any, value: types.Integer) -> Any:
    """The number of zero bits below the lowest set bit of a uint64; 64 for 0."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], cgutils.false_bit)

    return types.uint64(types.uint64), codegen
