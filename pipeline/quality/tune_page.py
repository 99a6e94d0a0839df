"""tune_page: what `tune` found, in words for a terminal and as one self-contained HTML page with its plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

from pipeline.quality import diffs
from pipeline.quality.tune import Bin, Borderline, Cut, Point

__all__ = ["Tuning", "page", "text"]

_LEFT, _TOP, _WIDTH, _HEIGHT = 56, 16, 640, 320
_SERIES = (("bands", "bands", "#1f77b4"), ("sample", "the sample", "#ff7f0e"), ("either", "either", "#222"))
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: .5rem 0 } td, th { padding: .15rem .6rem; text-align: right }
th { border-bottom: 1px solid #999 } .now td { outline: 2px solid #222; font-weight: 600 }
.diff { width: 100%; table-layout: fixed } .diff td { text-align: left; vertical-align: top; overflow-wrap: anywhere }
.diff .differs td { background: #fff3d6 } .diff .folded td { color: #777; text-align: center }
h3 { margin-bottom: 0 } .why { color: #555; margin-top: 0 }
"""


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
    yield f"Chance to become candidates: {_settings(tuning)}"
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
        yield f"Borderline {number} of {len(tuning.borderline)}: {_why(near)}"
        yield f"  {near.left_id}  {near.left_headline or '(no headline)'}"
        yield f"  {near.right_id}  {near.right_headline or '(no headline)'}"
        yield ""
        yield diffs.as_text(diffs.aligned(left, right))


def _settings(tuning: Tuning) -> str:
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
        f"{getattr(cut, name):>5,} {_change(getattr(cut, name) - getattr(now, name)):<6}"
        for name in ("reprints", "different", "partial")
    )
    return (
        f"{'*' if cut.is_current else ' '} {cut.min_jaccard:>7.2f}  {cut.min_containment:>11.2f}  {precision:>9}  "
        f"{recall:>6}  {f1:>5}  {' '.join(counts)}  {cut.n_accepted:>7,}"
    )


def _change(by: int) -> str:
    return f"{by:+,}" if by else ""


def _why(near: Borderline) -> str:
    return (
        f"{near.relation}, {near.margin:.2f} of the cut; jaccard {near.jaccard:.3f}, containment {near.containment:.3f}, "
        f"longest run {near.longest_run}; {near.reason}"
    )


def page(tuning: Tuning) -> str:
    """The findings as an HTML page that needs nothing beside itself."""
    return "\n".join(_page(tuning))


def _page(tuning: Tuning) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>reprints tune</title>'
    yield f"<style>{_STYLE}</style></head><body><h1>What is found, and what other cuts would find</h1>"
    yield f"<p>{tuning.n_articles:,} articles, {tuning.n_candidates:,} candidate pairs, labels of {escape(tuning.labels)}.</p>"
    yield f"<h2>Chance to become candidates</h2><p>{escape(_settings(tuning))}.</p>"
    yield plot(tuning.curve, [found for found in tuning.bins if found.measure == "jaccard"])
    for measure in ("jaccard", "containment"):
        yield f"<h2>Candidates found, by {measure}</h2>"
        yield f"<p>All pairs of {tuning.n_drawn:,} drawn articles with any other in their window.</p>"
        yield _table(
            ("from", "to", "pairs", "found", "by bands", "by sample alone", "bands expected"),
            [(_bin(found).split(), "") for found in tuning.bins if found.measure == measure],
        )
    now = next(cut for cut in tuning.cuts if cut.is_current)
    yield "<h2>Cuts</h2><p>Scores on the labels, and labelled pairs in one cluster; as configured is framed.</p>"
    header = (
        "min_jaccard",
        "min_containment",
        "precision",
        "recall",
        "F1",
        "reprints",
        "different",
        "partial",
        "accepted",
    )
    yield _table(header, [(_cells(cut, now), "now" if cut.is_current else "") for cut in tuning.cuts])
    yield "<h2>Borderline pairs</h2>"
    for near, (left, right) in zip(tuning.borderline, tuning.texts, strict=True):
        headlines = (f"{name}: {words or '(no headline)'}" for name, words in _sides(near))
        yield f"<h3>{'<br>'.join(map(escape, headlines))}</h3>"
        yield f'<p class="why">{escape(_why(near))}</p>'
        yield diffs.as_html(diffs.aligned(left, right))
    yield "</body></html>"


def _sides(near: Borderline) -> tuple[tuple[str, str | None], ...]:
    return (near.left_id, near.left_headline), (near.right_id, near.right_headline)


def _cells(cut: Cut, now: Cut) -> list[str]:
    scores = ["-" if value is None else f"{value:.3f}" for value in (cut.precision, cut.recall, cut.f1)]
    counts = [
        f"{getattr(cut, name):,} {_change(getattr(cut, name) - getattr(now, name))}"
        for name in ("reprints", "different", "partial")
    ]
    return [f"{cut.min_jaccard:.2f}", f"{cut.min_containment:.2f}", *scores, *counts, f"{cut.n_accepted:,}"]


def _table(header: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        f'<tr class="{kind}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>' for cells, kind in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def plot(curve: Sequence[Point], bins: Sequence[Bin]) -> str:
    """The chances as lines and the measured shares as dots, as SVG: Jaccard across, share up, both from 0 to 1."""
    parts = [
        f'<svg viewBox="0 0 {_WIDTH + 180} {_HEIGHT + 64}" width="100%" role="img" '
        'aria-label="share of pairs that become candidates, by Jaccard" font-size="12" font-family="sans-serif">'
    ]
    for tick in (number / 10 for number in range(11)):
        across, up = _at(tick, 0), _at(0, tick)
        parts.append(f'<path d="M{across} V{_TOP} M{up} H{_LEFT + _WIDTH}" stroke="#ddd"/>'.replace(",", " "))
        parts.append(f'<text x="{_x(tick)}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{tick:.1f}</text>')
        parts.append(f'<text x="{_LEFT - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.1f}</text>')
    for row, (name, label, colour) in enumerate(_SERIES):
        points = " ".join(_at(point.jaccard, getattr(point, name)) for point in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_legend(row, label, colour))
    for found in bins:
        middle = (found.low + found.high) / 2
        parts.append(
            f'<circle cx="{_x(middle)}" cy="{_y(found.recall)}" r="4" fill="#d62728">'
            f"<title>{found.n_pairs:,} pairs, {found.recall:.3f} found</title></circle>"
        )
    parts.append(_legend(len(_SERIES), "measured", "#d62728"))
    parts.append(f'<text x="{_x(0.5)}" y="{_TOP + _HEIGHT + 38}" text-anchor="middle">Jaccard</text></svg>')
    return "".join(parts)


def _legend(row: int, label: str, colour: str) -> str:
    x, y = _LEFT + _WIDTH + 16, _TOP + 16 + 20 * row
    return (
        f'<rect x="{x}" y="{y - 9}" width="12" height="10" fill="{colour}"/><text x="{x + 18}" y="{y}">{label}</text>'
    )


def _x(share: float) -> float:
    return round(_LEFT + _WIDTH * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _HEIGHT * (1 - share), 1)


def _at(across: float, up: float) -> str:
    return f"{_x(across)},{_y(up)}"
