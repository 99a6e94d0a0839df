"""What follow takes from the run before, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from pipeline import schema

__all__ = ["Before", "Followed"]


@dataclass(frozen=True)
class Before:
    """What the run before published of what may be other now: whole clusters and their members; and all events until then.

    `history`: the ids of all runs in the order in which they were published. `taken`: the ids of clusters that are
    published besides. `because`: what the reasons of events end with.
    """

    clusters: pa.Table
    members: pa.Table
    events: pa.Table
    history: tuple[str, ...] = ()
    taken: pa.ChunkedArray = field(default_factory=lambda: pa.chunked_array([], pa.string()))
    because: str = ""

    @classmethod
    def nothing(cls) -> Before:
        """Before the first run of a store."""
        return cls(*(schema.empty(schema.PUBLISHED[name]) for name in ("clusters", "members", "events")))


@dataclass(frozen=True)
class Followed:
    """The published tables of this run; `events` and `changes` hold this run's rows alone. All sorted by key."""

    clusters: pa.Table
    members: pa.Table
    events: pa.Table
    changes: pa.Table
