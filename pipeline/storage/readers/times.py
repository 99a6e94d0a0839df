"""Times of records whose zone stands elsewhere."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["zoned"]

_NAIVE = re.compile(r"\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\s*")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-]\d\d):?(\d\d)?", re.IGNORECASE)


def zoned(time: str, zone: str) -> str:
    """A time of ISO 8601 in a zone of the IANA or with an offset; as it is where it has one, or the zone is none.

    >>> zoned("2026-03-09 18:20:00", "America/Denver"), zoned("2026-03-09 18:20:00Z", "CET")
    ('2026-03-09T18:20:00-06:00', '2026-03-09 18:20:00Z')
    """
    if not zone or not _NAIVE.fullmatch(time):
        return time
    try:
        naive = datetime.fromisoformat(time.strip())
        if offset := _OFFSET.fullmatch(zone.strip()):
            return f"{naive.isoformat()}{offset[1]}:{offset[2] or '00'}"
        return naive.replace(tzinfo=ZoneInfo(zone.strip())).isoformat()
    except (KeyError, ValueError, OSError, OverflowError):  # no time of a calendar, no zone
        return time
