"""scorecard: the scores of an evaluation in words, for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from pipeline.quality.evaluate import ClusterScores, Compared, Missing, PairScores
from pipeline.quality.pages import Finding, PageScores
from pipeline.quality.scores import Figure

__all__ = ["cluster_lines", "figure", "missing_lines", "page_lines", "pair_lines"]

_SHOWN = 10  # errors of each kind; all of them are in the JSON
_HEADLINE = 72


def figure(found: Figure) -> str:
    """A figure with its interval: `0.961 [0.919, 0.993]`."""
    if found.value is None or found.low is None or found.high is None:
        return "undefined"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def missing_lines(missing: Missing, n_unlabelled: int) -> Iterator[str]:
    """What could not be scored; nothing if all was."""
    if n_unlabelled:
        yield f"{n_unlabelled:,} pairs without a label are skipped"
    if missing.n_articles:
        named = ", ".join(missing.article_ids[:_SHOWN])
        more = f" and {missing.n_articles - _SHOWN:,} more" if missing.n_articles > _SHOWN else ""
        pairs = f"; {missing.n_pairs:,} pairs with them are not scored" if missing.n_pairs else ""
        yield f"{missing.n_articles:,} labelled articles are not in this run: {named}{more}{pairs}"


def pair_lines(scores: PairScores) -> Iterator[str]:
    """The scores of labelled pairs."""
    n, merged, partial = scores.n, scores.merged, scores.partial
    yield f"Pairs: {n['R']:,} reprints (R) against {n['D']:,} different (D)"
    yield f"  {'':<10} {'weighted':<24} plain"
    for name, weighted in scores.weighted.items():
        yield f"  {name:<10} {figure(weighted):<24} {figure(scores.plain[name])}"
    yield f"  in one cluster: {merged['R']:,} of {n['R']:,} R, {merged['D']:,} of {n['D']:,} D"
    if n["P"]:
        kinds = (
            f"{name.removeprefix('relation_').replace('_', ' ')} {count:,}"
            for name, count in partial.items()
            if name not in {"merged", "in_excerpts"}
        )
        yield (
            f"  partial (P): {merged['P']:,} of {n['P']:,} in one cluster, {partial['in_excerpts']:,} in excerpts; "
            f"compared as {', '.join(kinds)}"
        )
    yield from _compared_lines(scores.errors)


def cluster_lines(scores: ClusterScores) -> Iterator[str]:
    """The scores of a labelled grouping."""
    yield (
        f"Clusters: {scores.n_articles:,} labelled articles of {scores.n_stories:,} stories "
        f"in {scores.n_clusters:,} clusters"
    )
    for name, found in scores.figures.items():
        yield f"  {name.replace('_', ' '):<20} {figure(found)}"
    yield f"  {scores.n_split:,} stories are split, {scores.n_mixed:,} clusters are mixed"
    yield from _compared_lines(scores.errors)


def page_lines(scores: PageScores) -> Iterator[str]:
    """The scores of labelled pages."""
    if scores.n_credited or scores.n_uncredited:
        yield f"Credits: {scores.n_credited:,} credited articles, agency and grade both right"
        yield from _rates(scores.credit)
        yield f"  {scores.n_false_credits:,} of {scores.n_uncredited:,} articles without a credit are given one"
    if scores.sources:
        yield f"Sources, cited or interviewed: {scores.n_sources:,}, by distinct source an article"
        yield from _rates(scores.sources)
    if scores.furniture:
        yield f"Furniture: {scores.n_furniture_lines:,} labelled lines, {scores.n_other_lines:,} others"
        yield from _rates(scores.furniture)
    yield from _finding_lines(scores.errors)


def _rates(figures: Mapping[str, Figure]) -> Iterator[str]:
    yield from (f"  {name.replace('_', ' '):<20} {figure(found)}" for name, found in figures.items())


def _compared_lines(errors: Sequence[Compared]) -> Iterator[str]:
    for wrong in dict.fromkeys(error.wrong for error in errors):
        of_kind = [error for error in errors if error.wrong == wrong]
        yield ""
        yield f"{wrong.capitalize()}: {len(of_kind):,}{_first(len(of_kind))}"
        for error in of_kind[:_SHOWN]:
            yield f"  {error.left_id}  {_cut(error.left_headline)}"
            yield f"  {error.right_id}  {_cut(error.right_headline)}"
            yield f"    weight {error.weight:g}; {_figures(error)}{error.reason}"


def _figures(error: Compared) -> str:
    if error.jaccard is None:
        return ""
    return (
        f"jaccard {error.jaccard:.3f}, containment {error.containment_left:.3f} and {error.containment_right:.3f}, "
        f"longest run {error.longest_run}, {error.relation}: "
    )


def _finding_lines(errors: Sequence[Finding]) -> Iterator[str]:
    for wrong in dict.fromkeys(error.wrong for error in errors):
        of_kind = [error for error in errors if error.wrong == wrong]
        yield ""
        yield f"{wrong.capitalize()}: {len(of_kind):,}{_first(len(of_kind))}"
        for error in of_kind[:_SHOWN]:
            told = [f"labelled {error.expected}"] if error.expected and error.expected != error.text else []
            told += [f"found {error.found}"] if error.found else []
            yield f"  {error.article_id}  {_cut(error.headline)}"
            yield f"    {'; '.join([*told, *([_cut(error.text)] if error.text else [])])}"


def _first(n: int) -> str:
    return f", the first {_SHOWN}" if n > _SHOWN else ""


def _cut(words: str | None) -> str:
    return textwrap.shorten(words or "(no headline)", _HEADLINE, placeholder="…") or (words or "")[:_HEADLINE]
