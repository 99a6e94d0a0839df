"""The header of a run: what its sketches depend on and how its state lies, so that a later run knows whether they mix."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from pipeline import config
from pipeline.errors import IncompatibleStoreError
from pipeline.stages.kernels.characters import NORMALISER

__all__ = ["AS_IT_LIES", "LAYOUT", "check", "header", "is_compatible"]

#: Of the tables of the state; raised when they gain, lose or change a column, or lie otherwise.
LAYOUT = 8

#: The oldest layout whose parts are read as they lie; older ones are written anew by the next run.
AS_IT_LIES = 6

_OLDEST = 3  # that is read at all

#: What two stores must have in common for their articles to be compared, and what it means if they do not. What else a header
#: says is told for people: other bands are compared again, another version of datasketch with the same scheme signs the same.
_MEANING: Mapping[str, str] = MappingProxyType(
    {
        "scheme": "signatures are made by another formula",
        "permutations": "signatures have another length",
        "seed": "signatures are made with other random numbers",
        "hash": "shingles are hashed otherwise",
        "shingle_words": "shingles of another length have nothing in common",
        "shingle_chars": "shingles of another length have nothing in common",
        "normaliser": "the same words are spelled otherwise before they are compared",
    }
)


def header(settings: config.Config) -> dict[str, Any]:
    """What a run under these settings says of itself."""
    return {
        "layout": LAYOUT,
        "datasketch": version("datasketch"),
        "scheme": "affine32",
        "permutations": settings.sketch.permutations,
        "seed": settings.sketch.seed,
        "hash": "blocks-rolling-32",
        "shingle_words": settings.sketch.shingle_words,
        "shingle_chars": settings.sketch.shingle_chars,
        "normaliser": NORMALISER,
        "bands": f"{settings.pair.bands}x{settings.pair.rows}",
    }


def is_compatible(stored: Mapping[str, Any], settings: config.Config) -> bool:
    """Whether sketches under that header mix with those of a run under these settings."""
    now = header(settings)
    return all(stored.get(name) == now[name] for name in _MEANING)


def check(stored: Mapping[str, Any], settings: config.Config, place: str, *, for_rebuild: bool = False) -> None:
    """Refuse what does not mix: `IncompatibleStoreError` says in words what differs, what that means, and what to do.

    `for_rebuild`: it need not mix, it is only to be read.
    """
    layout = stored["layout"]
    if layout > LAYOUT:
        raise IncompatibleStoreError(
            f"{place}: its state has layout {layout}: it was written by a newer release than this one, which knows "
            f"{_OLDEST} to {LAYOUT}. Use that release"
        )
    if layout < _OLDEST:
        raise IncompatibleStoreError(
            f"{place}: its state has layout {layout}, of a release before the oldest that this one reads ({_OLDEST}). "
            "Run the nights into a new store: reprints backfill FROM TO --config FILE"
        )
    if for_rebuild:
        return
    now = header(settings)
    different = [
        f"{name} is {stored.get(name)} there and {now[name]} here ({meaning})"
        for name, meaning in _MEANING.items()
        if stored.get(name) != now[name]
    ]
    if different:
        raise IncompatibleStoreError(
            f"{place}: its articles cannot be compared with others under these settings: {'; '.join(different)}. "
            f"Use the settings of the store; or build one under these beside it, which keeps its ids and its history: "
            f"reprints rebuild --store {place} --into NEW"
        )
