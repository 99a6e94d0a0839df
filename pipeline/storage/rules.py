"""Which rules a run goes by, as two fingerprints: those by which articles are read, and those by which they are compared.

Settings count, the files that they name, the built-in lexica, and the version of the code (`stages.RULES`). Where the first
differ from those that a part of the state was read by, its articles are read again; where any differ, all are compared again.
"""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from pipeline import config, stages
from pipeline.stages import lexicon
from pipeline.stages.lexicon import publishers
from pipeline.storage.orders import orders
from pipeline.storage.readers import fields

__all__ = ["Rules", "ensure_readable", "of"]


class Rules(NamedTuple):
    """16 hex digits each."""

    reading: str
    comparing: str


def of(settings: config.Config) -> Rules:
    """The rules under these settings. `ConfigError` if a file that they name cannot be read."""
    called = sorted(orders(settings.override).publishers.items())
    reading = [config.fingerprint(settings, config.READING), called, lexicon.digest(), stages.RULES["reading"]]
    comparing = [config.fingerprint(settings), lexicon.digest(), stages.RULES["comparing"]]
    return Rules(_hash(reading), _hash(comparing))


def ensure_readable(settings: config.Config) -> None:
    """`ConfigError` where a run would end for what its settings name: fields of articles, files and their rows."""
    fields.Mapping(settings.read.fields)
    publishers.load(settings.clean.publishers, orders(settings.override).publishers)
    lexicon.agencies(settings.trace.agencies)


def _hash(of: list[object]) -> str:
    return hashlib.blake2b(json.dumps(of).encode(), digest_size=8).hexdigest()
