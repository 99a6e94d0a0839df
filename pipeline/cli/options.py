"""What several commands take, and how they tell of what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from pipeline.cli.streams import standard_input
from pipeline.errors import InputError, ReprintsError, StoreError

if TYPE_CHECKING:
    from pipeline.watch import Watch

__all__ = [
    "ANYWAY",
    "CONFIG",
    "ENGINE",
    "FILE",
    "FORMAT",
    "INPUT",
    "PLACE",
    "STORE",
    "WAIT",
    "Day",
    "File",
    "Named",
    "as_json",
    "as_line",
    "at",
    "expected",
    "logged",
    "mark",
    "one_file",
    "opened",
]


class Named(click.Path):
    """What a path names. An empty one is refused: for a path it would be the current folder, where a script meant another."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as click has it."""
        if not str(value):
            self.fail("is empty; in a script, see whether a variable is set that it is made of", param, ctx)
        return super().convert(value, param, ctx)


class File(Named):
    """A file, or what is to be one."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(dir_okay=False, path_type=Path, allow_dash=allow_dash)


class Place(Named):
    """A folder, or the URL of one in an object store."""

    name = "folder or url"

    def __init__(self) -> None:
        super().__init__(file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if "://" in str(value) else super().convert(value, param, ctx)


FILE = File()
INPUT = Named()
PLACE = Place()
STORE = click.option(
    "--store",
    "place",
    required=True,
    type=PLACE,
    metavar="FOLDER|URL",
    help="Folder of the store, or its URL: s3://bucket/prefix.",
)
CONFIG = click.option(
    "--config",
    "config_path",
    type=FILE,
    help="TOML file of settings; see `reprints config`.",
)

WAIT = click.option(
    "--wait", is_flag=True, help="Wait for another run on this store instead of ending with exit code 5."
)
ANYWAY = click.option(
    "--publish-anyway", is_flag=True, help="Publish although an audit would block; recorded in the manifest."
)


ENGINE = click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where articles are read and compared: here, or on the Spark cluster of [spark] in the configuration.",
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or machines.",
)


def at(meaning: str, default: str = "the newest") -> Callable[[Any], Any]:
    """`--at`, which names a run, in the words of a command."""
    return click.option("--at", "run_id", metavar="RUN_ID", help=f"{meaning}  [default: {default}]")


def as_json(told: Any) -> str:
    """Plain data as JSON, for people to read, too."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(told)).decode()


def as_line(told: Any) -> str:
    """Plain data as JSON on one line."""
    import msgspec

    return msgspec.json.encode(told).decode()


def mark() -> Callable[[str], str] | None:
    """How found words are marked on standard output: underlined on a terminal; None elsewhere."""
    if not sys.stdout.isatty():
        return None
    return lambda words: click.style(words, underline=True)


@contextmanager
def one_file(name: str) -> Iterator[Path]:
    """The file of that name; for `-` one of the moment with what standard input holds, named for the format it looks like."""
    if name != "-":
        yield Path(name)
        return
    content = standard_input().read()
    first = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    with TemporaryDirectory(prefix="reprints-") as folder:
        path = Path(folder) / f"standard-input{_LOOKS.get(first, '.txt')}"
        path.write_bytes(content)
        yield path


def opened(name: str) -> AbstractContextManager[BinaryIO]:
    """The lines of the file of that name, those of standard input for `-`."""
    if name == "-":
        return nullcontext(standard_input())
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}; name a file of JSON lines, or - for standard input") from error


_LOOKS = {b"{": ".json", b"[": ".json", b"<": ".html"}


class Day(click.ParamType[datetime]):
    """A day or an ISO 8601 time, as `config.moment` has it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment that it means."""
        from pipeline import config

        try:
            return config.moment(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@contextmanager
def logged(watch: Watch) -> Iterator[None]:
    """Have an expected failure in the log as a line like the others, where there is one."""
    try:
        yield
    except (ReprintsError, PermissionError) as error:
        if not watch.logs:
            raise
        told = expected(error)
        watch.say(str(told), level="error", exit_code=told.exit_code)
        raise click.exceptions.Exit(told.exit_code) from error


def expected(error: ReprintsError | PermissionError) -> ReprintsError:
    """A failure that is no fault of the program, for the operator."""
    if isinstance(error, ReprintsError):
        return error
    return StoreError(f"{error}: this user may not; run every command as the user of the job")
