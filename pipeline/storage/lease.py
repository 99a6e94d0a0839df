"""The lock of a store at a URL: an object that says who holds it, and until when unless that is renewed.

A process that dies cannot let go, so a lock is a lease: a thread renews it, and one that was not renewed for `SECONDS` may be
taken over. Each step is a conditional write on what was read before, so of two that try one succeeds. The clocks of the
machines have to agree within some seconds, as object stores ask anyway.

A process that was stopped for long and goes on may not know yet that it has lost the store. `check` tells, by the time since
the last renewal; and whoever takes over changes latest.json first of all, so that no older writer can replace it (`mirror`).
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import StoreBusyError, StoreError
from pipeline.storage.objects import ChangedError, Objects

__all__ = ["SECONDS", "Lease"]

#: How long a lock holds without being renewed; it is renewed four times as often.
SECONDS = 120.0

_NAME = "lock"
_FREE = b'{"holder": null}\n'


class Lease:
    """The lock of a store. `holder` names this process in it; `is_taken_over`: the one before did not let go."""

    def __init__(self, objects: Objects, seconds: float) -> None:
        self.holder = secrets.token_hex(8)
        self.is_taken_over = False
        self._objects, self._seconds = objects, seconds
        self._since = ""
        self._version = ""
        self._renewed = 0.0  # Unix time of what others have read of it for sure
        self._ends = 0.0  # when that is over by a clock that nobody sets

    @contextmanager
    def held(self, *, wait: bool) -> Iterator[None]:
        """Hold the lock; `StoreBusyError` if another has it, or wait until it has not."""
        while busy := self._take():
            if not wait:
                raise StoreBusyError(f"{self._objects.url}: {busy}; wait for it with --wait")
            time.sleep(min(5.0, self._seconds / 4))
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(ended,), name="lease", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            self._let_go()

    def check(self) -> None:
        """`StoreBusyError` if the lock may be another's by now."""
        if self._is_over():
            raise StoreBusyError(
                f"{self._objects.url}: this run has lost the store: its lock was not renewed for {self._seconds:.0f} s or is "
                "another's; nothing was published; run it again"
            )

    def _take(self) -> str:
        """Take the lock, or say who has it."""
        found = self._objects.read(_NAME)
        told = self._told(found.content if found else _FREE)
        now, ends = time.time(), time.monotonic() + self._seconds
        if told["holder"] and now <= (until := told["renewed"] + told["seconds"]):
            return (
                f"another run holds this store: process {told['process']} on {told['host']} since {told['since']}; if that "
                f"has died, its lock ends in {until - now:.0f} s"
            )
        self._since = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        try:
            self._version = self._objects.replace(_NAME, self._claim(now), found.version if found else None)
        except ChangedError:
            return "another run holds this store, since a moment ago"
        self._renewed, self._ends, self.is_taken_over = now, ends, bool(told["holder"])
        try:
            self._refuse_unguarded()
        except StoreError:
            self._let_go()  # so that the next to try is told the same
            raise
        return ""

    def _refuse_unguarded(self) -> None:
        """A store that says it looks to conditions has to: two runs could write at once."""
        if not self._objects.is_guarded:
            return
        with suppress(ChangedError):
            self._objects.replace(_NAME, self._claim(self._renewed) + b"\n", f'"{"0" * 32}"')
            raise StoreError(
                f"{self._objects.url}: this store does not look to conditions (If-Match, If-None-Match) when it writes, so two "
                "runs could publish at once; it needs a release that does"
            )

    def _renew(self, ended: threading.Event) -> None:
        while not ended.wait(self._seconds / 4) and not self._is_over():
            now, ends = time.time(), time.monotonic() + self._seconds
            try:
                self._version = self._objects.replace(_NAME, self._claim(now), self._version)
                self._renewed, self._ends = now, ends
            except ChangedError:
                self._renewed = 0.0
            except StoreError:
                continue  # it is tried again until the lease is over

    def _let_go(self) -> None:
        if not self._is_over():
            with suppress(ChangedError, StoreError):  # then it ends by itself
                self._objects.replace(_NAME, _FREE, self._version)
        self._renewed = 0.0

    def _is_over(self) -> bool:
        """By either clock: one may be set back, the other stands still while a machine sleeps."""
        return time.time() > self._renewed + self._seconds or time.monotonic() > self._ends

    def _claim(self, now: float) -> bytes:
        who = {"holder": self.holder, "host": socket.gethostname(), "process": os.getpid(), "since": self._since}
        return f"{json.dumps(who | {'renewed': now, 'seconds': self._seconds})}\n".encode()

    def _told(self, content: bytes) -> dict[str, Any]:
        """What a lock says, as `_claim` wrote it."""
        try:
            told: dict[str, Any] = json.loads(content)
            if told["holder"]:
                told |= {key: float(told[key]) for key in ("renewed", "seconds")}
                told |= {key: str(told[key]) for key in ("host", "process", "since")}
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self._objects.url}/{_NAME}: is not what a run writes ({error!r}); if no run is under way, remove it"
            ) from error
        return told
