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
from pipeline.storage.orders import orders

__all__ = ["Rules", "of"]


class Rules(NamedTuple):
    """16 hex digits each."""

    reading: str
    comparing: str


def of(settings: config.Config) -> Rules:
    """The rules under these settings. `ConfigError` if a file that they name cannot be read."""
    publishers = sorted(orders(settings.override).publishers.items())
    reading = [config.fingerprint(settings, config.READING), publishers, lexicon.digest(), stages.RULES["reading"]]
    comparing = [config.fingerprint(settings), lexicon.digest(), stages.RULES["comparing"]]
    return Rules(_hash(reading), _hash(comparing))


def _hash(of: list[object]) -> str:
    return hashlib.blake2b(json.dumps(of).encode(), digest_size=8).hexdigest()
