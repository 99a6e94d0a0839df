"""A process that is ours: cycles are sought seldom, no threads wait for work that never comes, and what was freed is kept for
a while and goes back at last."""

from __future__ import annotations

import ctypes
import functools
import gc
import os
import resource
import sys
from collections.abc import Callable

__all__ = ["give_back", "keep_freed", "leave", "seek_cycles_seldom", "spare_threads"]

_NEW = 1_000_000  # objects, after which reference cycles are sought; Python's own 700 are of a time with less memory


def seek_cycles_seldom() -> None:
    """Let Python seek reference cycles less often than it does by itself.

    To load modules and to read articles makes objects by the million and next to no cycles: of 4,000 articles are left
    2,000 objects in cycles. For the process of a command or of a crew; as a library we leave the collector as it is.
    """
    gc.set_threshold(_NEW, *gc.get_threshold()[1:])


def keep_freed() -> None:
    """Let Arrow's allocator keep for three seconds what is freed, and hand out small pages; before Arrow is imported.

    Tables are made, used and dropped by the second. Else what one leaves goes back at once, and the system fills the same
    memory with zeros again for the next, large pages whole where a part of one is wanted: a tenth of the time of a run.
    """
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "3000")
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")


def spare_threads() -> None:
    """Let NumPy start none for linear algebra, of which there is next to none here; before NumPy is imported.

    They would be as many as cores, spin for a while, and take a quarter of what it takes to import NumPy, Arrow and pandas.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def leave() -> None:
    """Before a process ends: else Python seeks cycles in all that was loaded, for a quarter of a second.

    The system takes all memory back in any case; what is to be done at exit is done as ever.
    """
    gc.freeze()


_LITTLE = 3 << 29  # bytes, of which it is not worth the while to give any back
_UNIT = 1 if sys.platform == "darwin" else 1 << 10  # of what the system tells of a process


def give_back() -> None:
    """Give what nothing uses back to the system: allocators keep it for more of the same, and what comes next may be larger.

    Of a process that never held much it stays, for to fetch it anew takes longer than to keep it.
    """
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT < _LITTLE:
        return
    import pyarrow as pa

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
