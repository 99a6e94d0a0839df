"""report: a run as a page."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import FILE, STORE, File, at
from pipeline.cli.streams import conclude, show

__all__ = ["report"]


@click.command()
@STORE
@click.option(
    "--out",
    type=File(allow_dash=True),
    required=True,
    metavar="FILE.html|-",
    help="The page; it is replaced in one step. - is standard output.",
)
@at("The page of an earlier run")
@click.option(
    "--config", "config_path", type=FILE, help="TOML file of settings, [report] above all  [default: those of the run]"
)
def report(place: str, out: Path, run_id: str | None, config_path: Path | None) -> None:
    """Write a run as one HTML page that an editor reads in the morning, on any screen or on paper.

    The night in figures beside the nights before it, alarms, agencies and publishers, and the largest stories with search:
    who was first, who kept the credit, why which version is canonical, and prints beside it with the differences marked. The
    page needs nothing beside itself and asks nothing of the network. The words of articles are in it as far as the store
    keeps them; `[report] bodies = false` leaves them out.
    """
    from pipeline import config
    from pipeline import report as reporting
    from pipeline.storage.store import open_store

    settings = config.load(config_path) if config_path else None
    with open_store(place, settings.store.cache if settings else "") as store:
        if str(out) == "-":
            show(reporting.html(store, settings, run_id).encode(), nl=False)
            return
        reporting.save(store, out, settings, run_id)
    conclude(f"the page of the night: {out}")
