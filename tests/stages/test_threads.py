"""Work in threads: the order of the tasks, and never more threads than asked for."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from pipeline.stages.kernels.threads import parallel, split


@pytest.mark.parametrize("threads", ["1", "3"])
def test_results_come_in_the_order_of_the_tasks(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", threads)
    assert parallel(lambda number: number * number, range(50)) == [number * number for number in range(50)]
    assert parallel(str, []) == []


def test_what_a_task_does_in_parallel_it_does_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", "3")

    def outer(_: int) -> tuple[int, set[int]]:
        return threading.get_ident(), set(parallel(lambda _: threading.get_ident(), range(4)))

    for own, inner in parallel(outer, range(6)):
        assert inner == {own}
    assert threading.get_ident() not in parallel(lambda _: threading.get_ident(), range(2))  # and afterwards not alone


def test_runs_are_whole_and_about_as_heavy_as_asked_for() -> None:
    weights = np.random.default_rng(1).integers(0, 9, 200)
    runs = split(np.concatenate([[0], np.cumsum(weights)]), 20)
    assert [row for first, last in runs for row in range(first, last)] == list(range(200))
    assert all(weights[first:last].sum() <= 20 for first, last in runs)
