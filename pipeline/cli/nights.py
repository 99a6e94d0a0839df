"""run, nightly, backfill: articles into a store, and its tables out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import ANYWAY, CONFIG, ENGINE, FILE, INPUT, STORE, WAIT, Day, logged
from pipeline.cli.streams import conclude
from pipeline.errors import ClusterError, MissingInputError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.hands import Hands
    from pipeline.storage.store import Store

__all__ = ["backfill", "nightly", "run"]


@click.command()
@click.argument("inputs", nargs=-1, required=True, type=INPUT, metavar="INPUT...")
@STORE
@CONFIG
@ENGINE
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="The run's logical date  [default: the newest article's time]"
)
@WAIT
@ANYWAY
def run(
    inputs: tuple[str, ...],
    place: str,
    config_path: Path | None,
    engine: str,
    as_of: datetime | None,
    wait: bool,
    publish_anyway: bool,
) -> None:
    """Read articles into a store and publish its tables.

    INPUT is any number of files, folders and globs: Parquet, JSON lines (.jsonl, .gz, .zst), JSON, CSV; scraped pages as
    text or HTML, one a file; WARC archives (.warc, .gz, .zst); NewsML-G2, NITF, ninjs, RSS and Atom. HTML and WARC want
    the extra: pip install "newswire-reprints[html]". The field names of trafilatura, news-please, fundus, newspaper4k and
    others are understood as they are. On an empty store this is a batch; on a store with history it adds a night. The
    same input again changes nothing.

    The tables lie in STORE/current as Parquet; STORE/latest.json names the newest run.
    """
    from pipeline import config
    from pipeline.storage.store import open_store

    settings = config.load(config_path)
    with open_store(place, settings.store.cache) as store:
        _run(inputs, store, settings, as_of, engine=engine, wait=wait, publish_anyway=publish_anyway)


@click.command()
@click.argument("night", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
@click.option(
    "--config", "config_path", required=True, type=FILE, help="TOML file whose [night] names inputs, store and zone."
)
@ENGINE
@WAIT
@ANYWAY
def nightly(night: datetime, config_path: Path, engine: str, wait: bool, publish_anyway: bool) -> None:
    """Run the night of DATE, with the inputs, the store and the zone that the configuration's [night] names.

    The same as `reprints run` with those, as of the end of DATE in that zone. For cron: the date is said, not guessed.
    """
    from pipeline import config
    from pipeline.storage.store import open_store

    settings = config.load(config_path)
    inputs, place, as_of = config.night(settings, night.date())
    with open_store(place, settings.store.cache) as store:
        _run(inputs, store, settings, as_of, engine=engine, wait=wait, publish_anyway=publish_anyway)


@click.command()
@click.argument("first", type=click.DateTime(["%Y-%m-%d"]), metavar="FROM")
@click.argument("last", type=click.DateTime(["%Y-%m-%d"]), metavar="TO")
@click.option(
    "--config", "config_path", required=True, type=FILE, help="TOML file whose [night] names inputs, store and zone."
)
@click.option("--skip-missing", is_flag=True, help="Pass over nights without input instead of stopping there.")
@ENGINE
@WAIT
@ANYWAY
def backfill(
    first: datetime,
    last: datetime,
    config_path: Path,
    skip_missing: bool,
    engine: str,
    wait: bool,
    publish_anyway: bool,
) -> None:
    """Run every night from FROM to TO, both included, in their order: the same as `reprints nightly` for each.

    Nights that are in the store already change nothing, so a backfill that stopped is simply given again. Nights older than
    what the store has are added to it; its date stays what it was.
    """
    from pipeline import config
    from pipeline.storage.store import open_store

    if last < first:
        raise click.UsageError(f"FROM is {first:%Y-%m-%d} and TO is {last:%Y-%m-%d}: the earlier one comes first")
    settings = config.load(config_path)
    dates = [(first + timedelta(days=days)).date() for days in range((last - first).days + 1)]
    _, place, _ = config.night(settings, dates[0])
    options: dict[str, Any] = {"engine": engine, "wait": wait, "publish_anyway": publish_anyway}
    with open_store(place, settings.store.cache) as store:
        for date_ in dates:
            inputs, _, as_of = config.night(settings, date_)
            _run(inputs, store, settings, as_of, skip_missing=skip_missing, **options)


@contextmanager
def _hands(engine: str, store: Store, settings: Config) -> Iterator[Hands]:
    """Those that the engine has."""
    from pipeline.alone import ALONE

    if engine == "local":
        yield ALONE
        return
    from pipeline.engine.spark import open_cluster
    from pipeline.spread import Spread

    if "://" in store.name:
        raise ClusterError(
            f"{store.name}: with --engine spark the store is a folder that every machine of the cluster sees under one path"
        )
    with open_cluster(settings.spark) as cluster:
        yield Spread(cluster)


def _run(
    inputs: Sequence[str],
    store: Store,
    settings: Config,
    as_of: datetime | None,
    *,
    engine: str,
    wait: bool,
    publish_anyway: bool,
    skip_missing: bool = False,
) -> None:
    from pipeline import flow, summary
    from pipeline.storage.damage import told_if_damaged
    from pipeline.watch import Watch

    watch = Watch.of_process()
    options: dict[str, Any] = {"wait": wait, "publish_anyway": publish_anyway, "watch": watch}
    with logged(watch), told_if_damaged(store):
        summary.announce_compilation(watch)
        try:
            with _hands(engine, store, settings) as hands:
                outcome = flow.run(inputs, store, settings, as_of=as_of, hands=hands, **options)
        except MissingInputError as error:
            if not skip_missing:
                raise
            conclude(f"{as_of:%Y-%m-%d}: passed over, {error}")
            return
        if watch.logs:
            watch.say("published" if outcome.run_id else "nothing new: nothing published", store=store.name)
    conclude(summary.text(outcome, store))
