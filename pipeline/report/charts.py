"""Charts as SVG that stands in the page: drawn by Vega-Lite when the page is made, so that it needs no script to be seen.

Colours are custom properties of the page's style sheet (`var(--...)`), which has other values in the dark and on paper. A chart
is as wide as a telephone and has numbers on its axes alone, so that nothing depends on the fonts of the machine. What it shows
stands beside it as a table, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from pipeline.report.pickup import Bin
from pipeline.report.similarity import BINS, Compared

if TYPE_CHECKING:
    from pipeline.quality.tune import Bin as Found
    from pipeline.quality.tune import Point

__all__ = ["bars", "nights", "recall", "similarity"]

_WIDTH, _HEIGHT = 330, 150
_BAR = 56  # of the width at most
_SIZE = 11  # of letters, in pixels
_CONFIG: Mapping[str, Any] = {
    "aria": False,  # its table says it better
    "background": "transparent",
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--soft)",
        "gridColor": "var(--rule)",
        "domainColor": "var(--soft)",
        "tickColor": "var(--soft)",
        "labelFontSize": _SIZE,
        "titleFontSize": _SIZE,
        "titleFontWeight": "normal",
    },
    "text": {"fontSize": _SIZE, "fill": "var(--ink)"},
}


def nights(told: Sequence[tuple[date, int, int]]) -> Markup:
    """The new articles of each night, the last one dark; of each those in a story that was printed more than once."""
    import altair as alt

    rows = [
        {
            "night": f"{day:%d %b}",
            "articles": articles,
            "printed": printed,
            "order": number,
            "is": number == len(told) - 1,
        }
        for number, (day, articles, printed) in enumerate(told)
    ]
    x = alt.X(
        "night:N", sort=None, title=None, axis=_axis(labelAngle=0, labelOverlap=True, ticks=False, labelPadding=6)
    )
    whole = alt.Chart(_data(rows)).encode(x=x, y=alt.Y("articles:Q", title=None, axis=_counts()))
    part = alt.Chart(_data(rows)).encode(x=x, y=alt.Y("printed:Q", title=None))
    shade = alt.condition("datum.is", alt.value("var(--bar)"), alt.value("var(--bar-soft)"))
    return _drawn(
        whole.mark_bar(fill="transparent", stroke="var(--bar)", strokeWidth=1),
        part.mark_bar().encode(color=shade),
    )


def bars(bins: Iterable[Bin]) -> Markup:
    """How many there are of each, from left to right, with the number over each bar."""
    import altair as alt

    rows = [{"label": found.label, "n": found.n, "told": f"{found.n:,}"} for found in bins]
    x = alt.X("label:N", sort=None, title=None, axis=_axis(labelAngle=0, ticks=False, labelPadding=4))
    base = alt.Chart(_data(rows)).encode(x=x, y=alt.Y("n:Q", title=None, axis=None))
    text = base.mark_text(dy=-6).encode(text="told:N")
    return _drawn(base.mark_bar(fill="var(--bar)"), text, width=min(_WIDTH, _BAR * len(rows)))


def similarity(compared: Compared) -> Markup:
    """The compared pairs by how alike they are, accepted above and refused below, with a line at each cut."""
    import altair as alt

    panels = []
    for kept, counts in ((True, compared.accepted), (False, compared.refused)):
        rows = [
            {"low": number / BINS, "high": (number + 1) / BINS, "pairs": count, "none": 0}
            for number, count in enumerate(counts)
        ]
        axis = _axis(values=[n / 5 for n in range(6)], format=".1f", labels=not kept, ticks=not kept)
        x = alt.X("low:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, 1]))
        powers = _powers(max(counts))
        scale = alt.Scale(type="symlog", domain=[0, powers[-1]], reverse=not kept, nice=False)
        y = alt.Y("pairs:Q", title=None, scale=scale, axis=_counts(values=powers))
        chart = alt.Chart(_data(rows)).mark_bar(fill="var(--kept)" if kept else "var(--bar-soft)")
        cuts = alt.Chart(_data([{"at": at} for at in compared.cuts.values()])).encode(x="at:Q")
        layered = alt.layer(
            chart.encode(x=x, x2="high:Q", y=y, y2="none:Q"),
            cuts.mark_rule(stroke="var(--alarm)", strokeDash=[4, 2], strokeWidth=1.5),
        )
        panels.append(layered.properties(width=_WIDTH - 60, height=_HEIGHT / 2))
    return _svg(alt.vconcat(*panels, spacing=4))


def recall(curve: Sequence[Point], bins: Sequence[Found]) -> Markup:
    """The chances of a pair to become a candidate as lines, the measured shares as dots; Jaccard across, share up."""
    import altair as alt

    ways = {"bands": "var(--bar)", "sample": "var(--partial)", "either": "var(--ink)"}
    rows = [{"jaccard": point.jaccard, "share": getattr(point, way), "way": way} for point in curve for way in ways]
    dots = [{"jaccard": (found.low + found.high) / 2, "share": found.recall} for found in bins]
    x = alt.X("jaccard:Q", title="Jaccard", axis=_axis(format=".1f"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("share:Q", title=None, axis=_axis(format=".1f", domain=False), scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color("way:N", legend=None, scale=alt.Scale(domain=list(ways), range=list(ways.values())))
    lines = alt.Chart(_data(rows)).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    measured = alt.Chart(_data(dots)).mark_circle(size=48, fill="var(--alarm)", opacity=1).encode(x=x, y=y)
    return _drawn(lines, measured)


def _powers(most: int) -> list[int]:
    """What a logarithmic axis says, up to the power of ten that holds all: 0, and one or two powers."""
    last = len(str(max(most, 1) - 1)) if most > 1 else 0
    return [0, *sorted({10 ** (last // 2), 10**last})]


def _axis(**how: Any) -> Any:
    import altair as alt

    return alt.Axis(grid=False, **how)


def _counts(**how: Any) -> Any:
    import altair as alt

    return alt.Axis(grid=True, domain=False, ticks=False, tickCount=4, format=",d", **how)


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.InlineData(values=rows)


def _drawn(*layers: Any, width: int = _WIDTH) -> Markup:
    import altair as alt

    fit = alt.AutoSizeParams(type="fit", contains="padding")
    return _svg(alt.layer(*layers).properties(width=width, height=_HEIGHT, autosize=fit))


def _svg(chart: Any) -> Markup:
    """A chart as SVG that grows and shrinks with its place. It is for the eye alone."""
    import vl_convert

    spec = chart.to_dict(validate=True) | {"config": dict(_CONFIG)}
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    head, _, rest = drawn.partition(">")
    return Markup(f'{head} aria-hidden="true" focusable="false">{rest}')
