"""Standard input, output and error as a command finds them: open, closed, on a full disk, or left by who read them.

What is said beside the work, logs and summaries, stops no work. A result that cannot be printed ends a command: exit code 2.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import BinaryIO, TextIO

import click

from pipeline.errors import InputError, OutputError

__all__ = ["complain", "conclude", "let_go", "show", "standard_input", "take_places"]

_FAILED = 2  # what a command ends with whose reader has left


def take_places() -> None:
    """Have the null device in the place of streams that are closed: else the next file that is opened would be one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8")  # noqa: SIM115


def let_go() -> None:
    """At the end: what the log has not taken by now is lost, and Python shall not make a failure of it."""
    try:
        sys.stderr.flush()
    except OSError:
        _lose(sys.stderr)


def show(words: str | bytes, *, nl: bool = True) -> None:
    """Print a result. `OutputError` if it cannot be; where only the reader has left, the command ends without a word."""
    failed = _print(words, nl=nl)
    if failed and failed.errno == errno.EPIPE:
        raise click.exceptions.Exit(_FAILED)
    if failed:
        raise OutputError(f"standard output: cannot be written: {failed.strerror}; make room, or send it elsewhere")


def conclude(words: str) -> None:
    """Print what was done. It is done, too, where this cannot be printed."""
    failed = _print(words)
    if failed and failed.errno != errno.EPIPE:
        complain(
            f"standard output: cannot be written: {failed.strerror}; all else is done, and is not to be done again"
        )


def complain(words: str) -> None:
    """A line on standard error, if that takes it."""
    with suppress(OSError):
        click.echo(f"reprints: {words}", err=True)


def standard_input() -> BinaryIO:
    """Standard input, to be read as bytes; `InputError` if it is closed."""
    if sys.stdin is None:
        raise InputError("-: standard input is closed; name a file, or send the article to it")
    return sys.stdin.buffer


def _print(words: str | bytes, *, nl: bool = True) -> OSError | None:
    """Why it could not be printed; None if it was."""
    try:
        click.echo(words, nl=nl)
    except OSError as error:
        _lose(sys.stdout)
        return error
    return None


def _lose(stream: TextIO) -> None:
    """Send what a stream still holds nowhere: it would be tried again at the end of the process, which would fail for it."""
    with suppress(OSError):  # a stream without a number, in the place of the system's
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
