"""Batches given to several processes: what is done article by article holds the interpreter, so threads would take turns.

    with Crew(Rules(settings, lexicon)) as crew:
        for mark, result in crew.each(function, ((mark, task) for ...), watch):

Results come in the order of their tasks, whoever did them: nothing depends on the number of processes. The first batches are
done here, so that a small night starts no process, and a large one does something while its processes get ready.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pipeline import config
from pipeline.stages.kernels.threads import workers
from pipeline.stages.lexicon.publishers import Publishers
from pipeline.watch import Watch, silent

if TYPE_CHECKING:
    from concurrent.futures import Future

    from loky import ProcessPoolExecutor

__all__ = ["Crew", "Rules"]

_ALONE = 2  # batches that are done here before any is given away
_AHEAD = 2  # batches a process that are under way or wait to be taken
_LOOK = 1.0  # seconds after which a process looks whether the run is still there

Mark = TypeVar("Mark")
Result = TypeVar("Result")


class Rules(NamedTuple):
    """By which articles are read. A process gets them once, as it starts."""

    settings: config.Config
    lexicon: Publishers


class Crew:
    """As many processes as `run.processes` says, this one alone if that is 1."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._n = rules, rules.settings.run.processes or workers()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(kill_workers=True)
            self._pool = None

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Mark, tuple[Any, ...]]], watch: Watch
    ) -> Iterator[tuple[Mark, Result]]:
        """`function(rules, watch, *task)` for each (mark, task), with its mark, in their order.

        Tasks are taken a few ahead of the results. The function is found by its name in a process, so it is one of a module.
        Of all that processes did `watch` is told, their seconds added up.
        """
        ahead: deque[tuple[Mark, Future[_Done]]] = deque()
        for number, (mark, task) in enumerate(tasks):
            if self._n > 1 and number >= _ALONE - 1:
                pool = self._started()
                if number >= _ALONE:
                    ahead.append((mark, pool.submit(_do, function, task)))
                    if len(ahead) > _AHEAD * self._n:
                        yield _told(watch, *ahead.popleft())
                    continue
            yield mark, function(self._rules, watch, *task)
        while ahead:
            yield _told(watch, *ahead.popleft())

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            from loky import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(
                self._n, initializer=_begin, initargs=(self._rules, os.getpid()), env={"REPRINTS_THREADS": "1"}
            )
            for _ in range(self._n):
                self._pool.submit(_nothing)
        return self._pool


class _Done(NamedTuple):
    """What a process gives back: a result, and what its watch kept."""

    result: Any
    seconds: dict[str, float]
    rows: dict[str, int]


_rules: Rules | None = None  # in a process of a crew


def _begin(rules: Rules, run: int) -> None:
    """As a process starts. An interrupt from the terminal is for the `run`, which ends its processes."""
    global _rules  # noqa: PLW0603 - a process is given it once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(run,), daemon=True).start()
    _rules = rules


def _end_with(run: int) -> None:
    """End this process soon after that of the run, which may have been killed."""
    while os.getppid() == run:
        time.sleep(_LOOK)
    os._exit(1)


def _nothing() -> None:
    """Has a process started, and everything imported that tasks need."""


def _do(function: Callable[..., Any], task: tuple[Any, ...]) -> _Done:
    watch = silent()
    return _Done(function(_rules, watch, *task), watch.seconds, watch.rows)


def _told(watch: Watch, mark: Mark, done: Future[_Done]) -> tuple[Mark, Any]:
    result, seconds, rows = done.result()
    watch.add(seconds, rows)
    return mark, result
