"""Batches given to several processes: what is done article by article holds the interpreter, so threads would take turns.

    with Crew(Rules(settings, lexicon)) as crew:
        for mark, result in crew.each(function, ((mark, task) for ...), watch):

Results come in the order of their tasks, whoever did them: nothing depends on the number of processes. The first batches are
done here, so that a small night starts no process, and a large one does something while its processes get ready. Of a night
that is known to be large they are started with its first batch.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pipeline import config
from pipeline.errors import CrewError, ReprintsError
from pipeline.memory import seek_cycles_seldom
from pipeline.stages.kernels import light
from pipeline.stages.kernels.threads import workers
from pipeline.stages.lexicon.publishers import Publishers
from pipeline.watch import Relay, Watch

if TYPE_CHECKING:
    from concurrent.futures import Future

    from loky import ProcessPoolExecutor

__all__ = ["Crew", "Rules"]

_ALONE = 4  # tasks that are done here before any is given away: to clean and to trace two batches
_MEANWHILE = 2  # the same where processes are started with the first: one batch
_AHEAD = 1  # batches a process that are under way or wait to be taken, of each function
_UNSTARTED = (OSError, ImportError, AssertionError)  # no semaphores, no memory to share, the child of a daemon
_LOOK = 1.0  # seconds after which a process looks whether the run is still there

Mark = TypeVar("Mark")
Result = TypeVar("Result")


class Rules(NamedTuple):
    """By which articles are read. A process gets them once, as it starts."""

    settings: config.Config
    lexicon: Publishers


class Crew:
    """As many processes as `run.processes` says, this one alone if that is 1. `is_large`: there is much for them to do."""

    def __init__(self, rules: Rules, *, is_large: bool = False) -> None:
        self._rules, self._n, self._n_begun = rules, rules.settings.run.processes or workers(), 0
        # The task with which processes are started, and the last one that is done here.
        self._first, self._alone = (1, _MEANWHILE) if is_large else (_ALONE, _ALONE)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool is not None:
            failed = kind is not None
            self._pool.shutdown(wait=failed, kill_workers=failed)  # all results were taken: what is left ends by itself
            self._pool = None

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Mark, tuple[Any, ...]]], watch: Watch
    ) -> Iterator[tuple[Mark, Result]]:
        """`function(rules, watch, *task)` for each (mark, task), with its mark, in their order.

        Tasks are taken a few ahead of the results. The function is found by its name in a process, so it is one of a module.
        Of all that processes did and said `watch` is told, their seconds added up. `CrewError` if a process ends too early.
        """
        ahead: deque[tuple[Mark, Future[_Done]]] = deque()
        for mark, task in tasks:
            self._n_begun += 1
            pool = self._started(watch) if self._n_begun >= self._first else None
            if pool is None or self._n_begun <= self._alone:
                yield mark, function(self._rules, watch, *task)
                continue
            with _ends_told():
                ahead.append((mark, pool.submit(_do, function, task)))
            if len(ahead) > _AHEAD * self._n:
                yield _told(watch, *ahead.popleft())
        while ahead:
            yield _told(watch, *ahead.popleft())

    def _started(self, watch: Watch) -> ProcessPoolExecutor | None:
        """The processes; None where there is one alone, or this machine lets none be started."""
        if self._pool is None and self._n > 1:
            try:
                self._pool = self._start()
            except _UNSTARTED as error:
                self._n = 1
                watch.say(f"no process can be started here ({error}): articles are read by this one alone", "warning")
        return self._pool

    def _start(self) -> ProcessPoolExecutor:
        from loky import ProcessPoolExecutor

        environment = {"REPRINTS_THREADS": "1", "LOKY_MAX_MEMORY_LEAK_SIZE": str(1 << 40)}  # caches are no leak
        arguments = (self._rules, os.getpid())
        pool = ProcessPoolExecutor(self._n, initializer=_begin, initargs=arguments, env=environment)
        for _ in range(self._n):
            pool.submit(_nothing)
        return pool


class _Done(NamedTuple):
    """What a process gives back: a result, and what its watch kept."""

    result: Any
    seconds: dict[str, float]
    rows: dict[str, int]
    said: list[tuple[str, str]]


_rules: Rules | None = None  # in a process of a crew


def _begin(rules: Rules, run: int) -> None:
    """As a process starts. An interrupt from the terminal is for the `run`, which ends its processes."""
    global _rules  # noqa: PLW0603 - a process is given it once
    seek_cycles_seldom()
    light.load()
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
    watch = Relay()
    try:
        return _Done(function(_rules, watch, *task), watch.seconds, watch.rows, watch.said)
    except ReprintsError:
        raise
    except Exception as error:
        raise RuntimeError(f"in a process that reads articles:\n{traceback.format_exc()}") from error


def _told(watch: Watch, mark: Mark, done: Future[_Done]) -> tuple[Mark, Any]:
    with _ends_told():
        result, seconds, rows, said = done.result()
    watch.add(seconds, rows)
    for message, level in said:
        watch.say(message, level)
    return mark, result


@contextmanager
def _ends_told() -> Iterator[None]:
    """A `CrewError` in the place of what the pool says of a process that is not there any more."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        yield
    except BrokenProcessPool as error:
        raise CrewError(
            "a process that reads articles was ended by the system, likely for want of memory: lower [run] processes or "
            "[read] batch_rows"
        ) from error
