"""The page of a run: the night in figures, whose copy was printed where, and its stories one by one.

    store ──scope──▶ night, pickup, similarity, stories ──charts──▶ page

`scope` reads what figures need of a run, by columns; `night`, `pickup` and `similarity` count; `stories` chooses those that are
told one by one and reads the words of those alone (`texts`). `charts` draws, `page` writes HTML by the templates. Nothing here
looks at a clock or the network: the same store gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pipeline import config
from pipeline.errors import IncompatibleStoreError, InputError
from pipeline.storage import write
from pipeline.storage.store import Store

__all__ = ["html", "save"]


def save(store: Store, path: Path, settings: config.Config | None = None, run_id: str | None = None) -> None:
    """Write the page of a run (None: the newest) to a file; `settings`: None for those of the run."""
    words = html(store, settings, run_id)
    try:
        write.write_text(path, words)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def html(store: Store, settings: config.Config | None = None, run_id: str | None = None) -> str:
    """The page of a run."""
    from pipeline.report import charts, night, page, pickup, scope, similarity, stories

    page.needs()
    of = scope.of(store, run_id)
    settings = settings or _settings(store, of.manifest)
    agencies, more_agencies = pickup.agencies(of)
    publishers, more_publishers = pickup.publishers(of)
    compared, relations = similarity.of(of)
    told, lags, sizes = night.told(store, of, settings.audit), pickup.lags(of), pickup.sizes(of)
    names: dict[str, Any] = {
        "scope": of,
        "night": told,
        "stories": stories.of(store, of, settings.report),
        "bodies": settings.report.bodies,
        "agencies": agencies,
        "more_agencies": more_agencies,
        "publishers": publishers,
        "more_publishers": more_publishers,
        "origins": pickup.origins(of),
        "wide": pickup.wide(of, pickup.WIDE),
        "n_wide": pickup.WIDE,
        "credits": scope.CREDITS,
        "lags": lags,
        "sizes": sizes,
        "compared": compared,
        "relations": relations,
        "draw": charts,
    }
    return page.page("report.html.j2", names, "page.js")


def _settings(store: Store, manifest: dict[str, Any]) -> config.Config:
    """The settings of the page as the run's manifest records them; the defaults where it is of before there were any."""
    told = {name: manifest["settings"][name] for name in ("report", "audit") if name in manifest["settings"]}
    try:
        return msgspec.convert(told, config.Config)
    except msgspec.ValidationError as error:
        raise IncompatibleStoreError(
            f"{store.name}: the settings of run {manifest['run_id']} are those of another release: {error}. "
            "Name others with --config"
        ) from error
