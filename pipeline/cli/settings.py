"""evaluate, tune, config: how right the tables are, and what other settings would make of it."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import CONFIG, FILE, FORMAT, INPUT, STORE, as_json, at
from pipeline.cli.streams import show
from pipeline.errors import ConfigError

__all__ = ["config_", "evaluate", "tune"]


@click.command()
@click.argument("labels", type=FILE)
@STORE
@FORMAT
@at("Score an earlier run")
def evaluate(labels: Path, place: str, form: str, run_id: str | None) -> None:
    """Score the clusters, credits and citations of a store against LABELS, with intervals and the worst errors.

    LABELS is a CSV or JSON lines file, told by its columns: left_id, right_id and label (R reprint, P partial, D different;
    or 1 and 0), with a weight if you like; or article_id and cluster; or article_id with credit_agency and credit_grade,
    cites, interviews, furniture_lines. Pairs whose label is empty are skipped.
    """
    from pipeline import measure
    from pipeline.storage.store import open_store

    with open_store(place) as store:
        found = measure.evaluate(measure.read_labels(labels), store, run_id)
    show(measure.text(found) if form == "text" else as_json(found))


@click.command()
@click.argument("labels", type=FILE)
@click.argument("inputs", nargs=-1, required=True, type=INPUT, metavar="INPUT...")
@CONFIG
@click.option("--out", type=FILE, help="Write the findings as one HTML page, with a plot.")
@click.option("--labels-out", type=FILE, help="Write the borderline pairs as a CSV to label; never over a file.")
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
    from pipeline.quality import tune_text
    from pipeline.report.page import needs
    from pipeline.watch import Watch

    if out:
        needs()
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
    show(tune_text.text(found))


@click.command("config")
@click.option("--check", "path", type=FILE, help="Check this file, and those that it names, and print what it sets.")
def config_(path: Path | None) -> None:
    """Print every setting with its meaning, bounds and value, as a file to start from."""
    from pipeline import config

    settings = config.load(path)
    if path:
        from pipeline.storage import rules

        try:
            rules.ensure_readable(settings)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from error
    show(config.describe(settings), nl=False)
