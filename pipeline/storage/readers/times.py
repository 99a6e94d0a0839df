"""Times as wires write them, where one has to be chosen of two."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["latest"]


def latest(time: str, held_until: str) -> str:
    """When a text that may be under embargo appears: at `time`, or when the embargo ends if that is later.

    What is not ISO 8601 cannot be compared; the time that is there, or the first, is taken.

    >>> latest("2026-03-09T08:00:00Z", "2026-03-09T12:00:00+01:00")
    '2026-03-09T12:00:00+01:00'
    """
    if not held_until or not time:
        return time or held_until
    try:
        return max(time, held_until, key=_moment)
    except (ValueError, OverflowError):
        return time


def _moment(time: str) -> datetime:
    found = datetime.fromisoformat(time)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
