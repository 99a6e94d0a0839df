"""Telling what goes on: a progress display where a terminal watches, one JSON line an event where none does.

Both go to standard error; standard output belongs to results. What cannot be written there is lost, and stops nothing.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["Relay", "Step", "Watch", "silent"]


class Step:
    """One stage under way: `rows` is set or counted by whoever does the work."""

    def __init__(self) -> None:
        self.rows = 0


class Watch:
    """Tells of stages and messages; keeps the rows and seconds of each stage, for the manifest too.

    `invocation` (12 hex digits, by chance) stands on every line from the first on, for what a run is called is known only
    once its date is; then `run_id` stands beside it. The manifest of what was published has both.
    """

    def __init__(self, *, console: Console | None = None, lines: bool = True) -> None:
        self.invocation = uuid.uuid4().hex[:12]
        self.seconds: dict[str, float] = {}
        self.rows: dict[str, int] = {}
        self.run_id = ""
        self._console, self._lines = console, lines and console is None
        self._progress: Progress | None = None

    @classmethod
    def of_process(cls) -> Watch:
        """The display if standard error is a terminal, else lines."""
        if not sys.stderr.isatty():
            return cls()
        from rich.console import Console

        return cls(console=Console(stderr=True))

    @contextmanager
    def step(self, name: str, *, batch: bool = False) -> Iterator[Step]:
        """Time a stage and tell of it at its end; of a stage that goes on batch by batch, only when `tell` says so."""
        step, begin = Step(), time.perf_counter()
        self._show(name)
        try:
            yield step
        except BaseException:
            self._hide()  # and no word of a stage that did not end
            raise
        self.add({name: time.perf_counter() - begin}, {name: step.rows})
        if not batch:
            self.tell(name)

    def add(self, seconds: Mapping[str, float], rows: Mapping[str, int]) -> None:
        """Add to the seconds and rows of stages; also what another process kept of them, which ran beside this one."""
        for name in seconds:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds[name]
            self.rows[name] = self.rows.get(name, 0) + rows[name]
            self._show(name)

    @property
    def logs(self) -> bool:
        """Whether it writes lines for a log."""
        return self._lines

    def tell(self, *names: str) -> None:
        """Tell what stages came to: rows through and seconds."""
        self._hide()
        for name in names:
            rows, seconds = self.rows.get(name, 0), self.seconds.get(name, 0.0)
            if self._console is not None:
                self._print(f"  {name:<9} {rows:>11,} rows {seconds:8.2f} s")
            elif self._lines:
                self._line(level="info", stage=name, rows=rows, seconds=round(seconds, 3))

    def say(self, message: str, level: str = "info", **facts: Any) -> None:
        """One message, for a person or a log."""
        self._hide()
        if self._console is not None:
            style = {"warning": "yellow", "error": "red"}.get(level, "")
            self._print(message, style=style, markup=False, soft_wrap=True)
        elif self._lines:
            self._line(level=level, message=message, **facts)

    def _show(self, name: str) -> None:
        """The moving line on a terminal: which stage, how many rows, how long."""
        if self._console is None:
            return
        if self._progress is None:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description:<9}"), TextColumn("{task.completed:>11,.0f} rows"))
            self._progress = Progress(
                SpinnerColumn(), *columns, TimeElapsedColumn(), console=self._console, transient=True
            )
            self._progress.add_task(name, total=None)
            with suppress(OSError):
                self._progress.start()
        self._progress.update(self._progress.task_ids[0], description=name, completed=self.rows.get(name, 0))

    def _hide(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            with suppress(OSError):
                progress.stop()

    def _print(self, words: str, **how: Any) -> None:
        if self._console is not None:
            with suppress(OSError):
                self._console.print(words, highlight=False, **how)

    def _line(self, **facts: Any) -> None:
        run = {"invocation": self.invocation} | ({"run_id": self.run_id} if self.run_id else {})
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        with suppress(OSError):
            print(json.dumps({"time": stamp, **run, **facts}, ensure_ascii=False), file=sys.stderr, flush=True)  # noqa: T201


class Relay(Watch):
    """The watch of a process beside that of the run: what is said (message, level) is kept, for the run to say."""

    def __init__(self) -> None:
        super().__init__(lines=False)
        self.said: list[tuple[str, str]] = []

    def say(self, message: str, level: str = "info", **_: Any) -> None:
        """Keep a message."""
        self.said.append((message, level))


def silent() -> Watch:
    """A watch that tells nothing, for use as a library."""
    return Watch(lines=False)
