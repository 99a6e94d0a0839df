"""numba loaded in a process that is ours, without what it only looks for."""

from __future__ import annotations

import importlib
import sys

__all__ = ["load"]

_LOOKED_FOR = "scipy.linalg"


def load() -> None:
    """Load numba in the process of a command or of a crew, in half the time.

    As it starts it imports scipy's linear algebra to see that it is there. That takes a fifth of a second, and no kernel needs
    it. Whoever imports scipy later gets it; of numba's own, `numpy.cov` and `numpy.corrcoef` alone are wanting then.
    """
    if "numba" in sys.modules or _LOOKED_FOR in sys.modules:
        return
    sys.modules[_LOOKED_FOR] = None  # an import of it fails, as where scipy is not installed
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del sys.modules[_LOOKED_FOR]
