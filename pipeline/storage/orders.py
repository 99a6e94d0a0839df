"""The orders of an editor, from the file that the configuration names."""

from __future__ import annotations

from pathlib import Path

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.stages import override

__all__ = ["orders"]


def orders(settings: config.Override) -> override.Orders:
    """The orders in the CSV that the settings name; none if they name none. `ConfigError` names file and row."""
    if not settings.orders:
        return override.NOTHING
    try:
        text = Path(settings.orders).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"override.orders: cannot read {settings.orders}: {error}") from error
    return override.parse(text.splitlines(), settings.orders)
