"""What settings have to be beside their types and bounds: zones that there are, numbers that go together."""

from __future__ import annotations

import zoneinfo

from pipeline.config.settings import Config
from pipeline.errors import ConfigError

__all__ = ["checked"]

_SHORTEST = 0.001  # days


def checked(config: Config, where: str) -> Config:
    """The same settings; `ConfigError` names `where` they are from, the key, and what would be right."""
    _ensure_zone(config.clean.default_zone, f"{where}: clean.default_zone")
    _ensure_zone(config.night.zone, f"{where}: night.zone")
    if "" in config.night.inputs:
        raise ConfigError(f"{where}: night.inputs: one of them is empty; name files, folders or patterns")
    if (config.pair.bands == 0) != (config.pair.rows == 0):
        raise ConfigError(f"{where}: pair.bands and pair.rows are given together, or both 0 to derive them")
    if config.pair.bands * config.pair.rows > config.sketch.permutations:
        raise ConfigError(
            f"{where}: pair.bands x pair.rows = {config.pair.bands * config.pair.rows} needs as many "
            f"sketch.permutations; there are {config.sketch.permutations}"
        )
    if 0 < config.learn.days < _SHORTEST:
        raise ConfigError(
            f"{where}: learn.days = {config.learn.days} is no stretch of time; at least {_SHORTEST}, or 0"
        )
    if config.audit.min_nights > config.audit.nights:
        raise ConfigError(
            f"{where}: audit.min_nights = {config.audit.min_nights} nights are never there: audit.nights looks at the last "
            f"{config.audit.nights}"
        )
    return config


def _ensure_zone(name: str, where: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:  # the last for a folder of zones, as Asia
        raise ConfigError(f"{where}: {name!r} is no IANA zone; write it like Asia/Kolkata") from error
