"""The settings of a run, and what follows from them.

`settings` has every one of them, a struct for each stage; `load(path)` reads a TOML file whose sections are named like the
fields of `Config`: a key that is not a setting is an error that names the nearest one. A file states only what differs from the
defaults. `describe()` writes all of them with their meaning; `configs/default.toml` is its output.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from datetime import date as date_

from pipeline.config.checks import checked
from pipeline.config.files import Section, Setting, describe, load, sections
from pipeline.config.identity import READING, fingerprint
from pipeline.config.settings import (
    Action,
    Audit,
    Clean,
    Config,
    Elect,
    Learn,
    Night,
    Override,
    Pair,
    Read,
    Report,
    Run,
    Sketch,
    Spark,
    Store,
    Trace,
    Verify,
)
from pipeline.errors import ConfigError

__all__ = [
    "READING",
    "Action",
    "Audit",
    "Clean",
    "Config",
    "Elect",
    "Learn",
    "Night",
    "Override",
    "Pair",
    "Read",
    "Report",
    "Run",
    "Section",
    "Setting",
    "Sketch",
    "Spark",
    "Store",
    "Trace",
    "Verify",
    "checked",
    "describe",
    "fingerprint",
    "load",
    "moment",
    "night",
    "opened_at_once",
    "part_days",
    "sections",
    "stretch_days",
    "texts_at_once",
]


def night(settings: Config, date: date_) -> tuple[list[str], str, datetime]:
    """The inputs, store and as-of time of a night: the end of its date in the night's zone. `ConfigError` if unset."""
    if not settings.night.inputs or not settings.night.store:
        raise ConfigError("a night needs night.inputs and night.store in the configuration; see configs/nightly.toml")
    zone = zoneinfo.ZoneInfo(settings.night.zone)
    midnight = datetime.combine(date + timedelta(days=1), time.min, zone)
    # Its last hour is there twice where clocks go back at midnight.
    ends = (midnight.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)
    return [name.replace("{date}", date.isoformat()) for name in settings.night.inputs], settings.night.store, ends


def moment(told: str | date_ | datetime) -> datetime:
    """What a run's date means, given as a day or a time, or as one in ISO 8601: of a day its end, without a zone in UTC.

    `ValueError` for anything else, and for a year that is none of news.
    """
    try:
        found = _moment(told)
    except (ValueError, TypeError):
        raise ValueError(f"{told!r} is not a date like 2026-11-24 or a time like 2026-11-24T06:00:00+05:30") from None
    if not 1900 <= found.year <= 2200:
        raise ValueError(f"{told!r} is no year of news")
    return found


def _moment(told: str | date_ | datetime) -> datetime:
    if isinstance(told, datetime):
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    if isinstance(told, date_):
        return datetime.combine(told, time.max, UTC)
    try:
        return _moment(date_.fromisoformat(told))
    except ValueError:
        return _moment(datetime.fromisoformat(told))


def stretch_days(settings: Config) -> float:
    """How long the stretches of time are for which furniture is learned, in days."""
    return settings.learn.days or settings.store.horizon_days / 12


def texts_at_once(settings: Config) -> int:
    """How many texts are held with their sketches, some 2 to 8 kB each while they are compared."""
    return int(settings.run.memory_gb * (1 << 15))


def opened_at_once(settings: Config) -> int:
    """How many texts are held while their clusters are formed, some 12 kB each with all the rows that they come to."""
    return int(settings.run.memory_gb * (1 << 16))


def part_days(settings: Config) -> int:
    """How many days the parts of a published table have, where it is divided: few of them lie within a window."""
    return max(1, round(settings.pair.window_days / 4))
