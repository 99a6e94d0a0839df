"""tune_text: what `tune` found, in words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pipeline.quality import diffs
from pipeline.quality.tune import Bin, Borderline, Cut, Point

__all__ = ["Tuning", "change", "shape", "text", "why"]


class Tuning(Struct, frozen=True):
    """All that `tune` found. `n_shingles`: the median article's; `texts`: the bodies of each borderline pair.

    `missing`: labelled articles that the inputs do not have.
    """

    labels: str
    n_articles: int
    n_candidates: int
    missing: tuple[str, ...]
    shape: tuple[int, int]
    sample: int
    sample_shared: int
    n_shingles: int
    n_drawn: int
    curve: list[Point]
    bins: list[Bin]
    cuts: list[Cut]
    borderline: list[Borderline]
    texts: list[tuple[str, str]]


def text(tuning: Tuning) -> str:
    """The findings for a terminal."""
    return "\n".join(_lines(tuning))


def _lines(tuning: Tuning) -> Iterator[str]:
    yield f"{tuning.n_articles:,} articles, {tuning.n_candidates:,} candidate pairs, labels of {tuning.labels}"
    if tuning.missing:
        named = ", ".join(tuning.missing[:10])
        more = f" and {len(tuning.missing) - 10:,} more" if len(tuning.missing) > 10 else ""
        yield f"{len(tuning.missing):,} labelled articles are not among the inputs: {named}{more}"
    yield ""
    yield f"Chance to become candidates: {shape(tuning)}"
    yield "  jaccard   bands  sample  either"
    for point in tuning.curve[1::2] if len(tuning.curve) > 12 else tuning.curve:
        yield f"  {point.jaccard:>7.2f}  {point.bands:>6.3f}  {point.sample:>6.3f}  {point.either:>6.3f}"
    for measure in ("jaccard", "containment"):
        yield ""
        yield f"Candidates found, by {measure}: all pairs of {tuning.n_drawn:,} articles with any other in their window"
        yield "  from    to    pairs  found  by bands  by sample alone  bands expected"
        yield from (_bin(found) for found in tuning.bins if found.measure == measure)
    yield ""
    yield "Cuts: precision, recall and F1 on the labels, and labelled pairs in one cluster (* as configured; +/- against it)"
    yield "  jaccard  containment  precision  recall     f1  reprints     different  partial      accepted"
    now = next(cut for cut in tuning.cuts if cut.is_current)
    yield from (_cut(cut, now) for cut in tuning.cuts)
    for number, (near, (left, right)) in enumerate(zip(tuning.borderline, tuning.texts, strict=True), 1):
        yield ""
        yield f"Borderline {number} of {len(tuning.borderline)}: {why(near)}"
        yield f"  {near.left_id}  {near.left_headline or '(no headline)'}"
        yield f"  {near.right_id}  {near.right_headline or '(no headline)'}"
        yield ""
        yield diffs.as_text(diffs.aligned(left, right))


def shape(tuning: Tuning) -> str:
    """What candidates depend on."""
    bands, rows = tuning.shape
    sample = f"1 shingle in {tuning.sample}, {tuning.sample_shared} shared" if tuning.sample else "no sample"
    return f"{bands} bands of {rows} rows; {sample}; two texts of {tuning.n_shingles:,} shingles, the median"


def _bin(found: Bin) -> str:
    return (
        f"  {found.low:.2f}  {found.high:.2f}  {found.n_pairs:>7,}  {found.recall:.3f}  "
        f"{found.by_bands / found.n_pairs:>8.3f}  {found.by_sample / found.n_pairs:>15.3f}  {found.expected:>14.3f}"
    )


def _cut(cut: Cut, now: Cut) -> str:
    scores = (cut.precision, cut.recall, cut.f1)
    precision, recall, f1 = ("-" if value is None else f"{value:.3f}" for value in scores)
    counts = (
        f"{getattr(cut, name):>5,} {change(getattr(cut, name) - getattr(now, name)):<6}"
        for name in ("reprints", "different", "partial")
    )
    return (
        f"{'*' if cut.is_current else ' '} {cut.min_jaccard:>7.2f}  {cut.min_containment:>11.2f}  {precision:>9}  "
        f"{recall:>6}  {f1:>5}  {' '.join(counts)}  {cut.n_accepted:>7,}"
    )


def change(by: int) -> str:
    """A number beside another one; "" for none."""
    return f"{by:+,}" if by else ""


def why(near: Borderline) -> str:
    """How near a pair is to the cut, and what decided."""
    return (
        f"{near.relation}, {near.margin:.2f} of the cut; jaccard {near.jaccard:.3f}, containment {near.containment:.3f}, "
        f"longest run {near.longest_run}; {near.reason}"
    )
