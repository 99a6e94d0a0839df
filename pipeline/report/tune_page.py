"""tune_page: what `tune` found as a page, with its plot and the borderline pairs side by side."""

from __future__ import annotations

from pipeline.quality import diffs
from pipeline.quality.tune import Cut
from pipeline.quality.tune_text import Tuning, change, shape, why
from pipeline.report import page

__all__ = ["html"]

_CURVE = ("jaccard", "bands", "sample", "either")
_SCORES = ("precision", "recall", "f1")
_COUNTS = ("reprints", "different", "partial")


def html(tuning: Tuning) -> str:
    """The findings as an HTML page that needs nothing beside itself."""
    page.needs()
    from pipeline.report import charts

    now = next(cut for cut in tuning.cuts if cut.is_current)
    pairs = [
        (near, why(near), diffs.beside(left, right))
        for near, (left, right) in zip(tuning.borderline, tuning.texts, strict=True)
    ]
    names = {
        "tuning": tuning,
        "shape": shape(tuning),
        "plot": charts.recall(tuning.curve, [found for found in tuning.bins if found.measure == "jaccard"]),
        "curve": [[f"{getattr(point, name):.3f}" for name in _CURVE] for point in tuning.curve],
        "cuts": [(cut.is_current, _cells(cut, now)) for cut in tuning.cuts],
        "pairs": pairs,
    }
    return page.page("tune.html.j2", names)


def _cells(cut: Cut, now: Cut) -> list[str]:
    scores = ["-" if (value := getattr(cut, name)) is None else f"{value:.3f}" for name in _SCORES]
    counts = [f"{getattr(cut, name):,} {change(getattr(cut, name) - getattr(now, name))}".rstrip() for name in _COUNTS]
    return [f"{cut.min_jaccard:.2f}", f"{cut.min_containment:.2f}", *scores, *counts, f"{cut.n_accepted:,}"]
