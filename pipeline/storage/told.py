"""What a store tells of itself, as it is read: latest.json, and the manifest of a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["Latest", "as_manifest"]


class _Part(Struct):
    """What is read of a part of the state, as a manifest names it."""

    run_id: str
    number: int
    as_of: datetime
    newest: datetime
    compared: bool


class _Manifest(Struct):
    """What of a manifest a store goes by."""

    as_of: datetime
    header: dict[str, Any]
    history: list[str]
    parts: list[_Part]


class Latest(Struct, kw_only=True):
    """What is read of latest.json; `Store._latest` says what it means."""

    runs: list[str]
    rolled_back: list[str] = []
    forgotten: list[str] = []


def as_manifest(told: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a run, if it is one; else a `msgspec.ValidationError`."""
    msgspec.convert(told, _Manifest)
    return told
