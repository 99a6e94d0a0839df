"""Memory between stages: what nothing uses goes back to the system."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable

import pyarrow as pa

__all__ = ["give_back"]


def give_back() -> None:
    """Give what nothing uses back to the system: allocators keep it for more of the same, and what comes next may be larger."""
    pa.default_memory_pool().release_unused()
    _trim()


@functools.cache
def _trimmer() -> Callable[[int], int] | None:
    """glibc's `malloc_trim`; None where the C library is another."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return found


def _trim() -> None:
    if trim := _trimmer():
        trim(0)
