"""Memory of a process that is ours, and of one that is not."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from pipeline import memory
from pipeline.memory import give_back, keep_freed, leave, seek_cycles_seldom, spare_threads

PYTHONS_OWN = (700, 10, 10)


def test_cycles_are_sought_a_thousand_times_less_often() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(*PYTHONS_OWN)
        seek_cycles_seldom()
        assert gc.get_threshold()[0] > 1_000 * PYTHONS_OWN[0]
        assert gc.get_threshold()[1:] == PYTHONS_OWN[1:]
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


def test_what_is_loaded_is_not_searched_at_the_end() -> None:
    try:
        leave()
        assert gc.get_freeze_count() > 1_000
    finally:
        gc.unfreeze()


def printed(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout


def test_a_library_leaves_the_collector_as_it_is() -> None:
    code = "import gc; before = gc.get_threshold(); import pipeline.flow, pipeline.cli; print(gc.get_threshold() == before)"
    assert printed(code) == "True\n"


def test_numba_is_loaded_without_linear_algebra_which_is_there_for_all_others() -> None:
    code = (
        "import sys; from pipeline.stages.kernels import light; light.load();"
        "print('numba' in sys.modules, 'scipy.linalg' in sys.modules);"
        "import numba, numpy; import scipy.linalg.cython_blas; light.load(); print(scipy.linalg.det(numpy.eye(2)));"
        "print(numba.njit(lambda one: numpy.dot(one, one))(numpy.ones(3)))"
    )
    assert printed(code).split() == ["True", "False", "1.0", "3.0"]


def test_numba_is_loaded_where_a_kernel_is_used_and_not_before() -> None:
    assert printed("import sys, pipeline.flow, pipeline.cli; print('numba' in sys.modules)") == "False\n"


def test_arrow_and_numpy_are_not_there_before_they_are_told_how_to_begin() -> None:
    code = "import sys, pipeline.cli; print({'numpy', 'pyarrow'}.isdisjoint(sys.modules))"
    assert printed(code) == "True\n"


@pytest.mark.parametrize(
    ("tell", "names"),
    [(keep_freed, {"MIMALLOC_PURGE_DELAY", "MIMALLOC_ALLOW_THP"}), (spare_threads, {"OPENBLAS_NUM_THREADS"})],
)
def test_what_is_set_stays_and_what_is_not_is_set(
    tell: Callable[[], None], names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {})
    tell()
    assert os.environ.keys() == names
    monkeypatch.setattr(os, "environ", dict.fromkeys(names, "7"))
    tell()
    assert set(os.environ.values()) == {"7"}


@pytest.mark.parametrize(("held", "times"), [(memory._LITTLE - 1, 0), (memory._LITTLE, 1)])
def test_only_of_much_memory_some_goes_back(monkeypatch: pytest.MonkeyPatch, held: int, times: int) -> None:
    told = SimpleNamespace(ru_maxrss=held / memory._UNIT)
    monkeypatch.setattr(resource, "getrusage", lambda who: told)
    trims: list[int] = []
    monkeypatch.setattr(memory, "_trim", lambda: trims.append(1))
    give_back()
    assert len(trims) == times


def test_what_is_to_be_done_at_exit_is_done() -> None:
    """Locks are released and files written there."""
    code = (
        "import atexit, sys; atexit.register(print, 'done');"
        "sys.argv = ['reprints', '--version']; from pipeline.cli import main; main()"
    )
    assert printed(code).splitlines()[-1] == "done"
