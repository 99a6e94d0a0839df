"""The command line: thin commands over the flow. `reprints --help` is the place to start."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.metadata import version
from typing import NoReturn

import click

from pipeline.cli import nights, pages, settings, stores, streams
from pipeline.cli.options import expected
from pipeline.errors import ReprintsError
from pipeline.memory import keep_freed, leave, seek_cycles_seldom, spare_threads

__all__ = ["cli", "main"]

_EXIT_CODES = """\b
Exit codes: 0 done; 1 a bug; 2 usage, configuration, input or a store that is
not there or cannot be read, a full disk, an object store that does not answer,
or a process that the system ended; 3 an audit failed and nothing was published,
or verify-store found something broken; 4 the store was written with settings
that do not mix; 5 another run holds the store."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
@click.version_option(version("newswire-reprints"), prog_name="reprints")
def cli() -> None:
    """Find the reprints of one wire story under many mastheads, and say whose copy it is.

    \b
    reprints run night/ --store store       read a night's files, publish the tables
    reprints report --store store --out page.html  the night as a page
    reprints explain ID --store store       why an article is in its cluster
    reprints query FILE --store store       where a new article would go; changes nothing
    reprints evaluate LABELS --store store  how well it agrees with labels
    reprints tune LABELS night/             what other settings would find
    reprints verify-store --store store     whether all that must hold of a store does
    reprints rollback --store store         back to the run before the last
    reprints rebuild --store old --into new  under other sketches, beside the old store
    reprints forget ID --store store        a takedown: out of every table, text and run
    reprints config                         every setting with its meaning
    """


for _command in (
    *(nights.run, nights.nightly, nights.backfill),
    *(stores.explain, stores.query, stores.verify_store, stores.rollback, stores.forget, stores.rebuild),
    pages.report,
    *(settings.evaluate, settings.tune, settings.config_),
):
    cli.add_command(_command)


def main() -> NoReturn:
    """The console script: expected failures in one line and with their exit code."""
    streams.take_places()
    seek_cycles_seldom()
    keep_freed()
    spare_threads()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        code = error.exit_code
    except (ReprintsError, PermissionError) as error:
        told = expected(error)
        streams.complain(str(told))
        code = told.exit_code
    leave()
    streams.let_go()
    sys.exit(code or 0)
