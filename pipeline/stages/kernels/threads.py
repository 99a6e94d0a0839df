"""Plain Python threads under kernels that release the interpreter lock, and the notice while kernels compile."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Behind", "ahead", "behind", "compiled", "parallel", "split", "workers"]

Task = TypeVar("Task")
Result = TypeVar("Result")


def workers() -> int:
    """Threads to use: `REPRINTS_THREADS` if set, else the cores this process may run on."""
    asked = os.environ.get("REPRINTS_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parallel(function: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """`function` of each task, in the order of the tasks, whatever the number of threads.

    What a task does in parallel, it does alone: there are never more threads than `workers`.
    """
    tasks = list(tasks)
    count = min(workers(), len(tasks))
    if count <= 1 or getattr(_of_thread, "is_worker", False):
        return [function(task) for task in tasks]
    with ThreadPoolExecutor(count, initializer=lambda: setattr(_of_thread, "is_worker", True)) as pool:
        return list(pool.map(function, tasks))


_of_thread = threading.local()


def ahead(items: Iterable[Task]) -> Iterator[Task]:
    """The items, in their order, each made while what is done with the one before it goes on: two are held at a time."""
    making = iter(items)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, making, _END)
        while (item := coming.result()) is not _END:
            coming = pool.submit(next, making, _END)
            yield item


_END: Any = object()


@contextmanager
def behind() -> Iterator[Behind]:
    """What the block gives to it, a function and its arguments, is done one after another while the block goes on.

    With its end all is done, or it raises what one of them raised. Where there is one thread, each is done at once.
    """
    if workers() == 1:
        yield Behind()
        return
    with ThreadPoolExecutor(1) as pool:
        later = Behind(pool)
        yield later
        later.wait()


class Behind:
    """See `behind`. Without a pool all is done at once."""

    def __init__(self, pool: ThreadPoolExecutor | None = None) -> None:
        self._pool, self._doing = pool, deque[Future[Any]]()

    def __call__(self, function: Callable[..., object], *arguments: object) -> None:
        """Do that behind what goes on here."""
        if self._pool is None:
            function(*arguments)
        else:
            self._doing.append(self._pool.submit(function, *arguments))

    def wait(self) -> None:
        """Until all that was given so far is done."""
        while self._doing:
            self._doing.popleft().result()  # held by nothing else: an error would hold what it was about


def split(weights_before: NDArray[np.int64], target: int) -> list[tuple[int, int]]:
    """Cut items into runs [first, last) of about `target` weight each; an item heavier than that is alone.

    `weights_before`: int64 (n + 1,), the running total of the weights, as Arrow offsets are.

    >>> split(np.array([0, 4, 8, 20, 21]), 8)
    [(0, 2), (2, 3), (3, 4)]
    """
    runs: list[tuple[int, int]] = []
    first, n = 0, len(weights_before) - 1
    while first < n:
        last = int(np.searchsorted(weights_before, weights_before[first] + target, side="right")) - 1
        last = min(max(last, first + 1), n)
        runs.append((first, last))
        first = last
    return runs


def compiled(kernel: Any) -> bool:
    """Whether a kernel's machine code lies in numba's cache already: False means that the first call will compile."""
    folder = Path(kernel.stats.cache_path)
    module = kernel.py_func.__module__.rpartition(".")[2]
    return any(folder.glob(f"{module}.{kernel.py_func.__qualname__}-*.nbi"))
