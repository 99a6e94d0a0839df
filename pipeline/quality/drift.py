"""Drift: what is unusual about a night beside the nights before it, in words an editor understands.

*Usual* is the low median of the nights of the same weekday among the trailing ones (of two nights the lower, of three the
middle one), and where there are fewer than two such nights, the lowest of all: papers that are thin on Sundays are compared
with Sundays, one backlog delivered at once moves nothing, and what did not come on every such night is not missed. A
night is unusual when it has less than a set share of that, a plain ratio: with a spread estimated from two nights it would
be no safer, and nobody could check it by hand. Nothing is said before `min_nights` nights, nor where fewer than
`min_count` are usual. What goes on is told for a week or more, until it is what is usual.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from pipeline import config
from pipeline.quality.figures import Night

__all__ = ["found", "usual"]

_MOST = 10  # publishers or agencies told of one by one


def found(
    night: Night, before: Sequence[Night], settings: config.Audit, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(audit, what was found) of a night, after the trailing nights `before`, oldest first. `names`: of agencies, by id.

    Where the whole night is short, publishers and agencies are not missed one by one: the finding names them.
    """
    yield from _missing_nights(night.date, [other.date for other in before], settings)
    if len(before) < settings.min_nights:
        return
    gone = _publishers(night, before, settings)
    short = _records(night, before, settings) if settings.records != "off" else ""
    if short:
        yield "records", short + _summary(list(gone))
    else:
        yield from (("publishers", told) for told in _some(list(gone.values()), "publishers"))
        agencies = _agencies(night, before, settings, names)
        yield from (("agencies", told) for told in _some(list(agencies.values()), "agencies"))
    yield from (("singletons", told) for told in _singletons(night, before, settings))


def _missing_nights(today: date, before: Sequence[date], settings: config.Audit) -> Iterator[tuple[str, str]]:
    """The dates since the last night whose weekday usually has a run: it had one the week before."""
    if not before or (today - before[0]).days < 7:
        return
    between = [before[-1] + timedelta(days=n) for n in range(1, (today - before[-1]).days)]
    missing = [day for day in between if day - timedelta(days=7) in before]
    if len(missing) > settings.max_missing_nights:
        days = ", ".join(f"{day:%A} {day}" for day in missing)
        yield (
            "missing_nights",
            f"no run of {days}, and the week before had one; the last night is {before[-1]}. Any later run can take its files",
        )


def _records(night: Night, before: Sequence[Night], settings: config.Audit) -> str:
    """What is found of a night that is short as a whole, "" for one that is not."""
    low = _low(night, before, lambda other: {"": other.records}, settings.min_records, settings.min_count)
    return "".join(
        f"{_several(night.records, 'new record')}, {told} (audit.min_records = {settings.min_records})"
        for told in low.values()
    )


def _publishers(night: Night, before: Sequence[Night], settings: config.Audit) -> dict[str, str]:
    """The publishers that are missing or nearly, with what is found of each."""
    low = _low(night, before, lambda other: other.publishers, settings.min_publisher, settings.min_count)
    return {
        name: f"{name}: {_several(night.publishers.get(name, 0), 'article')}, {told}"
        f" (audit.min_publisher = {settings.min_publisher})"
        for name, told in low.items()
    }


def _agencies(
    night: Night, before: Sequence[Night], settings: config.Audit, names: Mapping[str, str]
) -> dict[str, str]:
    """The agencies that far fewer of the night's articles credit than usual, with what is found of each."""

    def credited(other: Night) -> dict[str, float]:
        """By agency, for as many articles as tonight: a thin night alone is no lapse."""
        return {agency: n * night.articles / max(other.articles, 1) for agency, n in other.agencies.items()}

    low = _low(night, before, credited, settings.min_agency, settings.min_count)
    return {
        agency: f"{names.get(agency, agency)} ({agency}): {_several(night.agencies.get(agency, 0), 'article')} with its"
        f" credit, {told} (audit.min_agency = {settings.min_agency})"
        for agency, told in low.items()
    }


def _low(
    night: Night,
    before: Sequence[Night],
    counts: Callable[[Night], Mapping[str, float]],
    cut: float,
    min_count: int,
) -> dict[str, str]:
    """Of what `counts` tells by name, what is below `cut` of the usual tonight: what was expected, and since when.

    What is usually most comes first.
    """
    tonight, trailing = counts(night), [counts(other) for other in before]
    low: list[tuple[float, str, str]] = []
    for name in {name for other in trailing for name in other}:
        series = [other.get(name, 0) for other in trailing]
        expected, when = usual(night, before, series)
        if expected >= min_count and tonight.get(name, 0) < cut * expected:
            since = next(other.date for other, n in zip(before[::-1], series[::-1], strict=True) if n >= cut * expected)
            told = f"where {expected:,.0f} are usual {when}; the last night with enough was {since:%A} {since}"
            low.append((-expected, name, told))
    return {name: told for _, name, told in sorted(low)}


def usual(night: Night, before: Sequence[Night], series: Sequence[float]) -> tuple[float, str]:
    """What is usual of a count that was `series` in the nights `before`, at least one; and when, in words."""
    alike, when = _comparable(night, before)
    return (statistics.median_low([series[at] for at in alike]) if alike else min(series)), when


def _singletons(night: Night, before: Sequence[Night], settings: config.Audit) -> Iterator[str]:
    """Where more of the night's articles stand alone than on any comparable night, by more than a margin."""
    nights = [other for other in before if other.articles >= settings.min_count]
    if night.articles < settings.min_count or not nights:
        return
    alike, _ = _comparable(night, nights)
    shares = [other.singletons / other.articles for other in nights]
    share, usual = night.singletons / night.articles, max([shares[at] for at in alike] or shares)
    if share > usual + settings.max_singletons_rise:
        yield (
            f"{share:.0%} of the new articles are nobody's reprint, where {usual:.0%} at most are usual"
            f" (audit.max_singletons_rise = {settings.max_singletons_rise})"
        )


def _comparable(night: Night, before: Sequence[Night]) -> tuple[Sequence[int], str]:
    """The places of the nights of its weekday, none where they are fewer than two; and what is compared, in words."""
    alike = [at for at, other in enumerate(before) if other.date.weekday() == night.date.weekday()]
    return (alike, f"on a {night.date:%A}") if len(alike) >= 2 else ([], "even on the weakest night")


def _several(n: int, what: str) -> str:
    return f"{f'{n:,}' if n else 'no'} {what}{'' if n == 1 else 's'}"


def _some(told: Sequence[str], what: str) -> list[str]:
    rest = len(told) - _MOST
    return [*told[:_MOST], *([f"and {rest:,} more {what} in the same way"] if rest > 0 else [])]


def _summary(names: Sequence[str]) -> str:
    if not names:
        return ""
    some = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"; missing, or nearly: {_several(len(names), 'publisher')} ({some})"
