"""The command line: thin commands over the flow. `reprints --help` is the place to start."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.errors import AuditError, MissingInputError, ReprintsError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.storage.store import Store
    from pipeline.watch import Watch

__all__ = ["cli", "main"]

_EXIT_CODES = """\b
Exit codes: 0 done; 1 a bug; 2 usage, configuration, or input that is not there
or cannot be read at all; 3 an audit failed and nothing was published; 4 the
store was written with settings that do not mix; 5 another run holds the store."""


class _Place(click.Path):
    """A folder, or the URL of one in an object store."""

    name = "folder or url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if "://" in str(value) else super().convert(value, param, ctx)


_FILE = click.Path(dir_okay=False, path_type=Path)
_STORE = click.option(
    "--store",
    "place",
    required=True,
    type=_Place(file_okay=False),
    metavar="FOLDER|URL",
    help="Folder of the store, or its URL: s3://bucket/prefix.",
)
_CONFIG = click.option(
    "--config",
    "config_path",
    type=_FILE,
    help="TOML file of settings; see `reprints config`.",
)

_WAIT = click.option(
    "--wait", is_flag=True, help="Wait for another run on this store instead of ending with exit code 5."
)
_ANYWAY = click.option(
    "--publish-anyway", is_flag=True, help="Publish although an audit would block; recorded in the manifest."
)


_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or machines.",
)


class _Day(click.ParamType[datetime]):
    """A day or an ISO 8601 time; a day means its end, in UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = self._moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-11-24 or a time like 2026-11-24T06:00:00+05:30", param, ctx)
        if not 1900 <= moment.year <= 2200:
            self.fail(f"{value!r} is no year of news", param, ctx)
        return moment

    @staticmethod
    def _moment(words: str) -> datetime:
        try:
            return datetime.combine(date.fromisoformat(words), time.max, UTC)
        except ValueError:
            moment = datetime.fromisoformat(words)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
@click.version_option(version("newswire-reprints"), prog_name="reprints")
def cli() -> None:
    """Find the reprints of one wire story under many mastheads, and say whose copy it is.

    \b
    reprints run night/ --store store       read a night's files, publish the tables
    reprints explain ID --store store       why an article is in its cluster
    reprints evaluate LABELS --store store  how well it agrees with labels
    reprints tune LABELS night/             what other settings would find
    reprints verify-store --store store     whether all that must hold of a store does
    reprints rollback --store store         back to the run before the last
    reprints rebuild --store old --into new  under other sketches, beside the old store
    reprints forget ID --store store        a takedown: out of every table, text and run
    reprints config                         every setting with its meaning
    """


@cli.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_STORE
@_CONFIG
@click.option(
    "--engine", type=click.Choice(["local"]), default="local", show_default=True, help="Where the stages run."
)
@click.option(
    "--as-of", type=_Day(), metavar="DATE", help="The run's logical date  [default: the newest article's time]"
)
@_WAIT
@_ANYWAY
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

    INPUT is any number of files, folders and globs: Parquet, JSON lines (.jsonl, .gz, .zst), CSV, and scraped pages as
    text, one a file. The field names of trafilatura, news-please, fundus, newspaper4k and others are understood as they
    are. On an empty store this is a batch; on a store with history it adds a night. The same input again changes nothing.

    The tables lie in STORE/current as Parquet; STORE/latest.json names the newest run.
    """
    from pipeline import config
    from pipeline.storage.store import open_store

    settings = config.load(config_path)
    with open_store(place, settings.store.cache) as store:
        _run(inputs, store, settings, as_of, wait=wait, publish_anyway=publish_anyway)


@cli.command()
@click.argument("night", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
@click.option(
    "--config", "config_path", required=True, type=_FILE, help="TOML file whose [night] names inputs, store and zone."
)
@_WAIT
@_ANYWAY
def nightly(night: datetime, config_path: Path, wait: bool, publish_anyway: bool) -> None:
    """Run the night of DATE, with the inputs, the store and the zone that the configuration's [night] names.

    The same as `reprints run` with those, as of the end of DATE in that zone. For cron: the date is said, not guessed.
    """
    from pipeline import config
    from pipeline.storage.store import open_store

    settings = config.load(config_path)
    inputs, place, as_of = config.night(settings, night.date())
    with open_store(place, settings.store.cache) as store:
        _run(inputs, store, settings, as_of, wait=wait, publish_anyway=publish_anyway)


@cli.command()
@click.argument("first", type=click.DateTime(["%Y-%m-%d"]), metavar="FROM")
@click.argument("last", type=click.DateTime(["%Y-%m-%d"]), metavar="TO")
@click.option(
    "--config", "config_path", required=True, type=_FILE, help="TOML file whose [night] names inputs, store and zone."
)
@click.option("--skip-missing", is_flag=True, help="Pass over nights without input instead of stopping there.")
@_WAIT
@_ANYWAY
def backfill(
    first: datetime, last: datetime, config_path: Path, skip_missing: bool, wait: bool, publish_anyway: bool
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
    options = {"wait": wait, "publish_anyway": publish_anyway, "skip_missing": skip_missing}
    with open_store(place, settings.store.cache) as store:
        for date_ in dates:
            inputs, _, as_of = config.night(settings, date_)
            _run(inputs, store, settings, as_of, **options)


def _run(
    inputs: Sequence[str],
    store: Store,
    settings: Config,
    as_of: datetime | None,
    *,
    wait: bool,
    publish_anyway: bool,
    skip_missing: bool = False,
) -> None:
    from pipeline import flow, summary
    from pipeline.watch import Watch

    watch = Watch.of_process()
    with _logged(watch):
        summary.announce_compilation(watch)
        try:
            outcome = flow.run(
                inputs, store, settings, as_of=as_of, wait=wait, publish_anyway=publish_anyway, watch=watch
            )
        except MissingInputError as error:
            if not skip_missing:
                raise
            click.echo(f"{as_of:%Y-%m-%d}: passed over, {error}")
            return
        if watch.logs:
            watch.say("published" if outcome.run_id else "nothing new: nothing published", store=store.name)
    click.echo(summary.text(outcome, store))


@contextmanager
def _logged(watch: Watch) -> Iterator[None]:
    """Have an expected failure in the log as a line like the others, where there is one."""
    try:
        yield
    except ReprintsError as error:
        if not watch.logs:
            raise
        watch.say(str(error), level="error", exit_code=error.exit_code)
        raise click.exceptions.Exit(error.exit_code) from error


@cli.command()
@click.argument("article_id")
@click.argument("other_id", required=False)
@_STORE
@click.option("--at", "run_id", metavar="RUN_ID", help="As an earlier run had it  [default: the newest]")
def explain(article_id: str, other_id: str | None, place: str, run_id: str | None) -> None:
    """Tell in words why ARTICLE_ID is in its cluster; with OTHER_ID, why the two are or are not in one.

    It may be the id of a cluster, too. Of what is not in the tables any more it tells what became of it: a cluster went into
    another or was retired, an article left with the horizon, was rejected, or waits for its day.
    """
    from pipeline import explain as explaining
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        if other_id is None:
            click.echo(explaining.article(store, article_id, run_id))
        else:
            click.echo(explaining.pair(store, article_id, other_id, run_id))


@cli.command("verify-store")
@_STORE
@click.option("--at", "run_id", metavar="RUN_ID", help="Check one run alone  [default: every kept run]")
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
            click.echo(f"BROKEN  {where}: {check.broken}" if check.broken else f"ok      {where}")
    if n_broken:
        raise AuditError(f"{place}: {n_broken} invariants are broken; `reprints rollback` goes back to an earlier run")


@cli.command()
@_STORE
@click.option("--to", "run_id", metavar="RUN_ID", help="The run to go back to  [default: the one before the newest]")
@_WAIT
def rollback(place: str, run_id: str | None, wait: bool) -> None:
    """Go back to the tables and the state of an earlier run. The runs after it leave for good; the next run starts from it,
    and reads again what they had read.
    """
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        newest = store.run_id()
        with store.locked(wait=wait):
            click.echo(f"{place}: the newest run is {store.rollback(run_id)} again; it was {newest}")


@cli.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE_ID...")
@_STORE
@click.option(
    "--config", "config_path", type=_FILE, help="TOML file of settings  [default: the settings of the newest run]"
)
@_WAIT
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
    with _logged(watch), open_store(place, settings.store.cache if settings else "") as store:
        done = takedown.forget(article_ids, store, settings, wait=wait, watch=watch)
        click.echo(takedown.text(done, store))


@cli.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@_STORE
@click.option(
    "--into",
    required=True,
    help="Folder or URL of the new store: new, or empty.",
)
@_CONFIG
@_WAIT
@_ANYWAY
@_FORMAT
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
    import msgspec

    from pipeline import config, summary
    from pipeline import rebuild as rebuilding
    from pipeline.storage.store import open_store
    from pipeline.watch import Watch

    watch, settings = Watch.of_process(), config.load(config_path)
    cache = settings.store.cache
    with _logged(watch), open_store(place, cache) as old, open_store(into, cache) as new:
        summary.announce_compilation(watch)
        done = rebuilding.rebuild(old, new, inputs, settings, wait=wait, publish_anyway=publish_anyway, watch=watch)
        as_json = msgspec.json.format(msgspec.json.encode(done)).decode()
        click.echo(rebuilding.text(done, old, new) if form == "text" else as_json)


@cli.command()
@click.argument("labels", type=_FILE)
@_STORE
@_FORMAT
@click.option("--at", "run_id", metavar="RUN_ID", help="Score an earlier run  [default: the newest]")
def evaluate(labels: Path, place: str, form: str, run_id: str | None) -> None:
    """Score the clusters, credits and citations of a store against LABELS, with intervals and the worst errors.

    LABELS is a CSV or JSON lines file, told by its columns: left_id, right_id and label (R reprint, P partial, D different;
    or 1 and 0), with a weight if you like; or article_id and cluster; or article_id with credit_agency and credit_grade,
    cites, interviews, furniture_lines. Pairs whose label is empty are skipped.
    """
    import msgspec

    from pipeline import measure
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        found = measure.evaluate(measure.read_labels(labels), store, run_id)
    click.echo(measure.text(found) if form == "text" else msgspec.json.format(msgspec.json.encode(found)).decode())


@cli.command()
@click.argument("labels", type=_FILE)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_CONFIG
@click.option("--out", type=_FILE, help="Write the findings as one HTML page, with a plot.")
@click.option("--labels-out", type=_FILE, help="Write the borderline pairs as a CSV to label; never over a file.")
@click.option("--pairs", type=click.IntRange(0), default=10, show_default=True, help="Borderline pairs to show.")
@click.option(
    "--sample", type=click.IntRange(1), default=1_000, show_default=True, help="Articles for the exhaustive search."
)
def tune(
    labels: Path,
    inputs: tuple[str, ...],
    config_path: Path | None,
    out: Path | None,
    labels_out: Path | None,
    pairs: int,
    sample: int,
) -> None:
    """Show what the settings find and miss on INPUT, and what other cuts would make of LABELS.

    First the chance that two texts become candidates at all, and the share that do, against an exhaustive search on a
    sample. Then precision and recall for a grid of verify.min_jaccard and verify.min_containment. Then the pairs nearest
    to the cut that have no label, side by side: fill in the column label of --labels-out with R, P or D, and give that file
    to `reprints evaluate`, or to this command again.
    """
    from pipeline import config, measure, summary
    from pipeline.quality import tune_page
    from pipeline.watch import Watch

    if labels_out:
        measure.refuse_existing(labels_out)
    watch = Watch.of_process()
    summary.announce_compilation(watch)
    found = measure.tune(
        measure.read_labels(labels), inputs, config.load(config_path), n_borderline=pairs, sample=sample, watch=watch
    )
    if labels_out:
        measure.write_labels(labels_out, found.borderline)
    if out:
        measure.write_page(out, found)
    click.echo(tune_page.text(found))


@cli.command("config")
@click.option("--check", "path", type=_FILE, help="Check this file and print what it sets.")
def config_(path: Path | None) -> None:
    """Print every setting with its meaning, bounds and value, as a file to start from."""
    from pipeline import config

    click.echo(config.describe(config.load(path)), nl=False)


def main() -> NoReturn:
    """The console script: expected failures in one line and with their exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ReprintsError as error:
        click.echo(f"reprints: {error}", err=True)
        code = error.exit_code
    sys.exit(code or 0)
