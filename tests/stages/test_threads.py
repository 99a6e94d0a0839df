"""Work in threads: the order of the tasks, and never more threads than asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.stages.kernels.threads import ahead, behind, parallel, split


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


def test_one_item_is_made_ahead_of_the_one_that_is_used() -> None:
    made, free = list[int](), threading.Event()

    def making() -> Iterator[int]:
        for number in range(4):
            made.append(number)
            if number == 1:
                free.set()
            yield number

    used = list[int]()
    for number in ahead(making()):
        assert free.wait(timeout=60)  # the second is made while the first is held here
        used.append(number)
        assert len(made) <= len(used) + 1
    assert used == made == [0, 1, 2, 3]
    assert list(ahead([])) == []


def test_what_fails_ahead_fails_where_it_would_have_been_used() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("second")

    items = ahead(failing())
    assert next(items) == 1
    with pytest.raises(KeyError, match="second"):
        next(items)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_what_is_left_behind_is_done_in_order_when_the_block_has_ended(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", threads)
    done, by = list[int](), set[int]()
    with behind() as later:
        for number in range(20):
            later(lambda number: (done.append(number), by.add(threading.get_ident())), number)
    assert done == list(range(20))
    assert (threading.get_ident() in by) == (threads == "1")


def test_the_block_goes_on_beside_what_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", "2")
    goes_on = threading.Event()
    with behind() as later:
        later(lambda: goes_on.wait(timeout=60) or pytest.fail("the block waited"))
        goes_on.set()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_what_is_needed_sooner_is_waited_for(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", threads)
    done = list[str]()
    with behind() as later:
        later(lambda: (time.sleep(0.05), done.append("first")))
        later.wait()
        done.append("block")
        later.wait()
        later(done.append, "last")
    assert done == ["first", "block", "last"]


def test_what_fails_behind_fails_at_the_end_of_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", "2")
    done = list[str]()

    def block() -> None:
        with behind() as later:
            later({}.__getitem__, "first")
            later(done.append, "second")
            done.append("block")

    with pytest.raises(KeyError, match="first"):
        block()
    assert sorted(done) == ["block", "second"]
