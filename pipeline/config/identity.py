"""What of the settings decides: a short hash of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from pipeline.config.settings import Config
from pipeline.errors import ConfigError

__all__ = ["READING", "fingerprint"]

#: Those whose content decides as well as the settings themselves.
_FILES = (("clean", "publishers"), ("trace", "agencies"), ("override", "orders"))

#: Settings that decide how an article is read, by section; none named means all of it.
READING: Mapping[str, tuple[str, ...]] = MappingProxyType({"clean": (), "trace": (), "sketch": ("short_words",)})

#: Settings that no published table depends on, by section; none named means all of it.
_BESIDE: dict[str, tuple[str, ...]] = {
    "run": (),
    "read": (),  # what is kept was read, whatever it takes to read more
    "audit": (),
    "night": (),
    "store": ("keep_runs", "divide_over", "mode", "min_free_gb", "bodies_days", "cache", "metrics"),
}

#: The same of sections that there were not always: a fingerprint of before they came is still right.
_LATER = ("report", "spark")


def fingerprint(settings: Config, only: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """A short hash of what decides the tables: equal for equal values, whatever file they came from. 16 hex digits.

    Files that settings name count by what is in them, not by their path. Where a night lies, what its alarms are and how
    many runs are kept decide nothing in a table. `only`: of these settings alone, by section.
    """
    values = msgspec.to_builtins(settings)
    for section in _LATER:
        del values[section]
    for section, keys in _BESIDE.items():
        values[section] = {key: value for key, value in values[section].items() if keys and key not in keys}
    for section, key in _FILES:
        path = values[section][key]
        values[section][key] = hashlib.blake2b(_content(path, f"{section}.{key}")).hexdigest() if path else ""
    if only is not None:
        values = {
            section: {key: value for key, value in values[section].items() if not keys or key in keys}
            for section, keys in only.items()
        }
    encoded = msgspec.json.encode(values, order="sorted")
    return hashlib.blake2b(encoded, digest_size=8).hexdigest()


def _content(path: str, named_by: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{named_by}: cannot read {path}: {error.strerror}") from error
