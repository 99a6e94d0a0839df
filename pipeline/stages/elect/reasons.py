"""Why a print was elected, in words an editor understands: the deciding step and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.stages.elect.origin import GRADES
from pipeline.stages.elect.rule import FAULTS

__all__ = ["FIGURES", "ONLY", "explain"]

#: The reason in a cluster of one.
ONLY = "only print"

#: What reasons tell of a print.
FIGURES = [
    "pin_note",
    "fault",
    "origin_agency",
    "host",
    "n_pointers",
    "credit_rank",
    "n_signals",
    "version_rank",
    "n_words",
    "published_at",
    "published_precision",
    "address",
]

Print = Mapping[str, Any]  # a row of the election, see `rule.steps`, or its `FIGURES`

_FAULT_WORDS = {
    "withdrawn": "is withdrawn",
    "roundup": "is a round-up or live blog",
    "stub": "is cut short",
    "release": "is marked as a release",
    "duplicate": "is a second copy by its own publisher",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def explain(step: str, winner: Print, runner_up: Print, names: Mapping[str, str]) -> str:
    """The reason why `winner` leads: `step` told it from `runner_up`. `names`: display names of agencies by id."""
    return _WORDINGS[step](winner, runner_up, names)


def _pinned(winner: Print, _runner_up: Print, _names: Mapping[str, str]) -> str:
    return f"pinned by overrides: {winner['pin_note']}" if winner["pin_note"] else "pinned by overrides"


def _fault(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    theirs = next(name for name, weight in FAULTS.items() if runner_up["fault"] & weight & ~winner["fault"])
    return f"best print that can lead; the runner-up {_FAULT_WORDS[theirs]}"


def _home(winner: Print, _runner_up: Print, names: Mapping[str, str]) -> str:
    site = f" ({winner['host']})" if isinstance(winner["host"], str) else ""
    return f"on the home site of {_name(winner, names)}{site}"


def _pointed(winner: Print, _runner_up: Print, _names: Mapping[str, str]) -> str:
    count = winner["n_pointers"]
    return (
        f"named as the original by {_count(count)} other {'print' if count == 1 else 'prints'}; the runner-up by none"
    )


def _credit(winner: Print, runner_up: Print, names: Mapping[str, str]) -> str:
    full = GRADES["full"]
    if winner["credit_rank"] == full == runner_up["credit_rank"]:
        signals = f"{_count(winner['n_signals'])} signals"
        return f"credited to {_name(winner, names)} in full by {signals}; the runner-up only by one"
    by = (
        f" by {_count(winner['n_signals'])} signals"
        if winner["n_signals"] > 1 and winner["credit_rank"] == full
        else ""
    )
    theirs = "only in part" if runner_up["credit_rank"] else "not at all"
    ours = "in full" if winner["credit_rank"] == full else "in part"
    return f"credited to {_name(winner, names)} {ours}{by}; the runner-up {theirs}"


def _version(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    return f"latest version (number {winner['version_rank']}; next {runner_up['version_rank']})"


def _correction(_winner: Print, _runner_up: Print, _names: Mapping[str, str]) -> str:
    return "corrected version; the runner-up is uncorrected"


def _length(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    return f"longest text ({winner['n_words']} words; next {runner_up['n_words']})"


def _precision(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    if winner["published_precision"] == "day":
        return f"only print with a date ({winner['published_at']:%Y-%m-%d})"
    lacks = "only a day" if runner_up["published_precision"] == "day" else "no time"
    return (
        f"earliest print with a time of day ({winner['published_at']:%Y-%m-%d %H:%M} UTC; the runner-up gives {lacks})"
    )


def _time(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    seconds = (runner_up["published_at"] - winner["published_at"]).total_seconds()
    form = "%Y-%m-%d" if winner["published_precision"] == "day" else "%Y-%m-%d %H:%M UTC"
    return f"earliest print ({winner['published_at']:{form}}; next {_span(int(seconds))} later)"


def _address(winner: Print, runner_up: Print, _names: Mapping[str, str]) -> str:
    by = (
        "article id"
        if winner["address"] == runner_up["address"] or not isinstance(winner["address"], str)
        else "address"
    )
    return f"no difference that counts to the runner-up; first by {by}"


_WORDINGS: Mapping[str, Callable[[Print, Print, Mapping[str, str]], str]] = {
    "pinned": _pinned,
    "fault": _fault,
    "home": _home,
    "pointed": _pointed,
    "credit": _credit,
    "version": _version,
    "correction": _correction,
    "length": _length,
    "precision": _precision,
    "time": _time,
    "address": _address,
}


def _name(row: Print, names: Mapping[str, str]) -> str:
    return names.get(row["origin_agency"], row["origin_agency"])


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _span(seconds: int) -> str:
    """A stretch of time in its largest unit of which there are two or more. Example: 5400 s -> `90 minutes`."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}s"
    return f"{seconds} seconds"
