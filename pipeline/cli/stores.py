"""explain, verify-store, rollback, forget, rebuild: about a store that is there."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import (
    ANYWAY,
    CONFIG,
    FILE,
    FORMAT,
    INPUT,
    PLACE,
    STORE,
    WAIT,
    Named,
    as_json,
    as_line,
    at,
    logged,
    mark,
    one_file,
    opened,
)
from pipeline.cli.streams import conclude, show
from pipeline.errors import AuditError

__all__ = ["explain", "forget", "query", "rebuild", "rollback", "verify_store"]


@click.command()
@click.argument("article_id")
@click.argument("other_id", required=False)
@STORE
@at("As an earlier run had it")
@FORMAT
def explain(article_id: str, other_id: str | None, place: str, run_id: str | None, form: str) -> None:
    """Tell why ARTICLE_ID is in its cluster; with OTHER_ID, why the two are or are not in one.

    Either may be the id of a cluster, too, which stands for its canonical. Of one id that is not in the tables any more it
    tells what became of it: a cluster went into another or was retired, an article left with the horizon, was rejected, or
    waits for its day.
    """
    from pipeline import explain as explaining
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        if form == "json":
            wanted = explaining.gathered, explaining.paired
            found = (
                wanted[0](store, article_id, run_id)
                if other_id is None
                else wanted[1](store, article_id, other_id, run_id)
            )
            show(as_json(found))
        elif other_id is None:
            show(explaining.article(store, article_id, run_id, mark()))
        else:
            show(explaining.pair(store, article_id, other_id, run_id))


@click.command()
@click.argument("file", type=Named(allow_dash=True), metavar="FILE|-")
@STORE
@at("After an earlier run")
@click.option("--each-line", "by_line", is_flag=True, help="FILE has a JSON object a line; answer each as it comes.")
@FORMAT
def query(file: str, place: str, run_id: str | None, by_line: bool, form: str) -> None:
    """Tell where the one article in FILE would go, if a run took it in now: which story it is a print of, whose copy it is,
    how it was read, and what came close. Nothing of the store is changed or held, and it may be read-only.

    FILE is a scraped page as text, a JSON object with the usual field names, or whatever else a run reads; - is standard
    input. The settings are those of the run.

    Most of the time is Python's, to load what it needs. Who asks often keeps one command open with --each-line and writes
    article after article to its standard input: each is answered at once, with --format json as a line.
    """
    from pipeline import query as querying
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        if by_line:
            with opened(file) as lines:
                for answer in querying.each(lines, store, run_id, called=file):
                    show(as_line(answer) if form == "json" else f"{querying.text(answer, mark())}\n")
            return
        with one_file(file) as path:
            answer = querying.query(path, store, run_id, called=file)
            show(as_json(answer) if form == "json" else querying.text(answer, mark()))


@click.command("verify-store")
@STORE
@at("Check one run alone", "every kept run")
def verify_store(place: str, run_id: str | None) -> None:
    """Check every invariant of a store: its runs, their tables, the state they stand on. One line each; exit code 3 if
    one is broken.
    """
    from pipeline.checkup import checkup
    from pipeline.storage.store import open_store

    n_broken = 0
    with open_store(place) as store:
        for check in checkup(store, run_id):
            n_broken += bool(check.broken)
            where = f"{check.run_id or 'store':<16} {check.name}"
            show(f"BROKEN  {where}: {check.broken}" if check.broken else f"ok      {where}")
    if n_broken:
        raise AuditError(f"{place}: {n_broken} invariants are broken; `reprints rollback` goes back to an earlier run")


@click.command()
@STORE
@click.option("--to", "run_id", metavar="RUN_ID", help="The run to go back to  [default: the one before the newest]")
@WAIT
def rollback(place: str, run_id: str | None, wait: bool) -> None:
    """Go back to the tables and the state of an earlier run. The runs after it leave for good, with the articles that they
    brought: have their nights again with `reprints backfill`.
    """
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        newest = store.run_id()
        with store.locked(wait=wait):
            conclude(f"{place}: the newest run is {store.rollback(run_id)} again; it was {newest}")


@click.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE_ID...")
@STORE
@click.option(
    "--config", "config_path", type=FILE, help="TOML file of settings  [default: the settings of the newest run]"
)
@WAIT
def forget(article_ids: tuple[str, ...], place: str, config_path: Path | None, wait: bool) -> None:
    """Take articles down: out of every table, out of the kept texts, out of every kept run.

    A new run is published without them; where one led its cluster another print is elected. The runs that held them leave
    for good, those from before they came stay. When a feed delivers them again they are rejected. Prints of the same story
    by others are articles of their own: name each that is to go. Given again after it was killed, it ends what it began.
    """
    from pipeline import config, summary
    from pipeline import forget as takedown
    from pipeline.storage.store import open_store
    from pipeline.watch import Watch

    watch = Watch.of_process()
    summary.announce_compilation(watch)
    settings = config.load(config_path) if config_path else None
    with logged(watch), open_store(place, settings.store.cache if settings else "") as store:
        done = takedown.forget(article_ids, store, settings, wait=wait, watch=watch)
        conclude(takedown.text(done, store))


@click.command()
@click.argument("inputs", nargs=-1, type=INPUT, metavar="[INPUT]...")
@STORE
@click.option(
    "--into",
    required=True,
    type=PLACE,
    metavar="FOLDER|URL",
    help="Folder or URL of the new store: new, or empty.",
)
@CONFIG
@WAIT
@ANYWAY
@FORMAT
def rebuild(
    inputs: tuple[str, ...],
    place: str,
    into: str,
    config_path: Path | None,
    wait: bool,
    publish_anyway: bool,
    form: str,
) -> None:
    """Build a store beside another one, under settings that do not mix with its own; show how the stories differ.

    What the old store kept of its articles is read again, with the INPUT files that are named besides. Ids of articles and
    clusters, events and takedowns are carried over. Articles whose words are gone stay as they were published. Nothing of the
    old store is touched. When it is killed, remove NEW or give the command again.
    """
    from pipeline import config, summary
    from pipeline import rebuild as rebuilding
    from pipeline.storage.store import open_store
    from pipeline.watch import Watch

    watch, settings = Watch.of_process(), config.load(config_path)
    cache = settings.store.cache
    with logged(watch), open_store(place, cache) as old, open_store(into, cache) as new:
        summary.announce_compilation(watch)
        done = rebuilding.rebuild(old, new, inputs, settings, wait=wait, publish_anyway=publish_anyway, watch=watch)
        conclude(rebuilding.text(done, old, new) if form == "text" else as_json(done))
