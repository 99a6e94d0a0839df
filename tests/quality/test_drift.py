"""Thirty simulated nights with a weekly rhythm raise no alarm; each fault raises its own and no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from pipeline import config
from pipeline.quality import drift, figures
from pipeline.quality.figures import Figures
from pipeline.stages import lexicon

FIRST = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)  # a Monday
SETTINGS = config.Audit()
Runs = list[tuple[datetime, Figures]]

#: Articles of each invented publisher on a weekday, and what share of them it has on Saturdays and Sundays.
PAPERS = {f"weekly-rhythm-{i}": (40 + 25 * i, 0.35 + 0.05 * (i % 4)) for i in range(30)}
PAPERS |= {"weekday-gazette": (120, 0.0), "village-crier": (6, 1.0), "sunday-mirror-of-fenland": (25, 5.0)}
CREDITS = {"ap": 0.2, "reuters": 0.1, "ani": 0.02}


def simulated(seed: int, n: int = 30) -> Runs:
    """The figures of that many nights: Poisson counts around each paper's rhythm."""
    chance = np.random.default_rng(seed)
    runs = []
    for number in range(n):
        as_of = FIRST + timedelta(days=number)
        weekend = as_of.weekday() >= 5
        papers = {name: int(chance.poisson(mean * (low if weekend else 1))) for name, (mean, low) in PAPERS.items()}
        articles = sum(papers.values())
        run = Figures(
            records=int(articles * chance.uniform(1.01, 1.05)),
            articles=articles,
            singletons=int(chance.binomial(articles, 0.75 if weekend else 0.65)),
            publishers={name: count for name, count in papers.items() if count},
            agencies={name: int(chance.poisson(share * articles)) for name, share in CREDITS.items()},
        )
        runs.append((as_of, run))
    return runs


def manifests(runs: Runs) -> list[dict[str, Any]]:
    """What the manifests of these runs say, newest first."""
    return [{"as_of": as_of.isoformat(), "figures": msgspec.to_builtins(run)} for as_of, run in reversed(runs)]


def findings(runs: Runs, settings: config.Audit = SETTINGS) -> list[tuple[str, str]]:
    """What is found of the last of these runs."""
    as_of, run = runs[-1]
    nights = figures.tonight(run, as_of, manifests(runs[:-1]), settings.nights)
    return list(drift.found(*nights, settings, lexicon.agency_names()))


def last(runs: Runs, change: Callable[[Figures], dict[str, Any]], nights: int = 1) -> Runs:
    """These runs with changes to each of the last so many."""
    changed = [(as_of, msgspec.structs.replace(run, **change(run))) for as_of, run in runs[-nights:]]
    return runs[:-nights] + changed


@pytest.mark.parametrize("seed", range(10))
def test_ordinary_weeks_raise_no_alarm(seed: int) -> None:
    runs = simulated(seed)
    assert [(n, found) for n in range(1, 31) if (found := findings(runs[:n]))] == []


def without(paper: str) -> Callable[[Figures], dict[str, Any]]:
    return lambda run: {"publishers": {name: n for name, n in run.publishers.items() if name != paper}}


def half_delivered(run: Figures) -> dict[str, Any]:
    """The first half of the files came: half of the papers, and half of all else."""
    papers = dict(list(run.publishers.items())[::2])
    halves = {name: getattr(run, name) // 2 for name in ("records", "articles", "singletons")}
    return {**halves, "publishers": papers, "agencies": {name: n // 2 for name, n in run.agencies.items()}}


@pytest.mark.parametrize("day", [23, 25, 26, 27])  # Wednesday, Friday, Saturday, Sunday
@pytest.mark.parametrize(
    ("fault", "audit", "words"),
    [
        (without("weekly-rhythm-20"), "publishers", r"weekly-rhythm-20: no articles, where \d+ are usual on a "),
        (
            lambda run: {"agencies": run.agencies | {"ap": 0}},
            "agencies",
            r"Associated Press \(ap\): no articles with its",
        ),
        (
            half_delivered,
            "records",
            r"[\d,]+ new records, where [\d,]+ are usual on a .*; missing, or nearly: 1\d publishers \(weekly",
        ),
        (
            lambda run: {"singletons": run.articles},
            "singletons",
            "100% of the new articles are nobody's reprint, where",
        ),
    ],
)
def test_a_fault_raises_its_own_alarm_and_no_other(
    day: int, fault: Callable[[Figures], dict[str, Any]], audit: str, words: str
) -> None:
    found = findings(last(simulated(1, day + 1), fault))
    assert [name for name, _ in found] == [audit]
    assert re.match(words, found[0][1]), found[0][1]


def test_a_night_that_was_not_run_is_told_of_by_the_next() -> None:
    runs = simulated(2, 20)
    assert findings([*runs[:17], *runs[18:]]) == []  # the one after that says nothing more
    ((audit, words),) = findings([*runs[:18], runs[19]])
    assert audit == "missing_nights"
    assert words.startswith("no run of Friday 2026-03-20, and the week before had one; the last night is 2026-03-19.")


def test_who_has_no_run_at_weekends_misses_none() -> None:
    runs = [(as_of, run) for as_of, run in simulated(3) if as_of.weekday() < 5]
    assert [n for n in range(1, len(runs) + 1) if findings(runs[:n])] == []


def test_a_lapse_is_told_for_a_week_with_the_last_night_that_was_as_usual() -> None:
    runs = last(simulated(4, 28), without("weekly-rhythm-10"), nights=9)
    told = [findings(runs[:n]) for n in range(len(runs) - 8, len(runs) + 1)]
    assert [len(found) for found in told] == [1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert told[2][0][1].endswith("the last night with enough was Friday 2026-03-20 (audit.min_publisher = 0.3)")


def test_one_backlog_delivered_at_once_does_not_make_the_next_week_unusual() -> None:
    runs = simulated(5, 22)
    as_of, run = runs[14]
    backlog = msgspec.structs.replace(
        run, records=20 * run.records, publishers={name: 20 * n for name, n in run.publishers.items()}
    )
    assert findings([*runs[:14], (as_of, backlog), *runs[15:]]) == []


def test_many_lapses_are_not_a_flood() -> None:
    def most(run: Figures) -> dict[str, Any]:
        return {"publishers": dict(list(run.publishers.items())[21:])}

    found = findings(last(simulated(6, 20), most))
    assert len(found) == 11
    assert found[-1] == ("publishers", "and 10 more publishers in the same way")


def test_nothing_is_unusual_before_there_are_nights_enough() -> None:
    runs = last(simulated(7, 7), lambda _: {"records": 1, "publishers": {}, "agencies": {}})
    assert findings(runs) == []
    assert [name for name, _ in findings(runs, config.Audit(min_nights=6))] == ["records"]


def test_the_runs_of_a_date_are_one_night_and_the_first_of_many_is_compared_with_the_first_of_many() -> None:
    whole = simulated(8, 16)
    parts: Runs = []
    for as_of, run in whole:
        third = {name: n // 3 for name, n in run.publishers.items()}
        part = msgspec.structs.replace(run, records=run.records // 3, publishers=third)
        parts += [(as_of, part)] * 3
    assert [findings(parts[:n]) for n in (46, 47, 48)] == [[], [], []]
    night, before = figures.tonight(parts[-1][1], parts[-1][0], manifests(parts[:-1]), 14)
    assert (night.records, len(before)) == (3 * parts[-1][1].records, 14)
    late = last(whole, half_delivered)
    supplement = msgspec.structs.replace(
        whole[-1][1], records=10, articles=9, singletons=6, publishers={"village-crier": 9}
    )
    assert [name for name, _ in findings([*whole, (whole[-1][0], supplement)])] == []
    assert [name for name, _ in findings(late)] == ["records"]


def test_only_as_many_manifests_are_read_as_are_needed_and_old_ones_are_passed_over() -> None:
    read = []

    def newest_first() -> Any:
        for manifest in manifests(simulated(9)):
            read.append(manifest["as_of"][:10])
            yield manifest

    as_of = FIRST + timedelta(days=30)
    _, before = figures.tonight(Figures(), as_of, newest_first(), 14)
    assert (len(before), before[-1].date.isoformat(), len(read)) == (14, read[0], 16)
    assert figures.tonight(Figures(), as_of, [{"as_of": FIRST.isoformat()}], 14)[1] == []
