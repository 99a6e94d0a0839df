"""What a query answers, in words."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.explain import words
from pipeline.explain.words import Mark, percent, plain, several
from pipeline.query.answer import Answer

__all__ = ["text"]

_KINDS = ("digest", "liveblog")


def text(answer: Answer, mark: Mark | None = None) -> str:
    """What the next run would make of an article. `mark`: as in `explain.article`."""
    return "\n".join(_lines(answer, mark))


def _lines(answer: Answer, mark: Mark | None) -> Iterator[str]:
    yield f"{plain(answer.source)}: {_fate(answer)}"
    if answer.is_of_other_rules:
        yield (
            f"Rules have changed since run {answer.run_id}: the next run reads and compares all anew, and may come to "
            "something else."
        )
    yield from map(plain, answer.told)
    if answer.article is not None:
        if answer.fate in ("new", "version"):
            yield from _place(answer)
        yield ""
        yield from words.article(answer.article, mark)


def _fate(answer: Answer) -> str:
    name = plain(answer.article_id)
    match answer.fate:
        case "new":
            return f"a new article, {name}"
        case "version":
            return f"a new version of {name}, which would take the place of the one in the store"
        case "repeat":
            return f"a repeat of {name}: a run would count it and change nothing"
        case "older_version":
            return f"an older version of {name} than the store has: a run would keep it and change nothing"
        case _:
            return f"a run would not take it: {plain(answer.reason)}"


def _place(answer: Answer) -> Iterator[str]:
    """Where it would be, what that changes there, and whose copy it is."""
    article = answer.article
    assert article is not None
    cluster = article.cluster
    name, canonical = plain(answer.cluster_id), plain(cluster.canonical_id)
    if not answer.joins:
        why = f": a {article.reading.kind} joins none" if article.reading.kind in _KINDS else ""
        yield f"It would be a story of its own, {name}{why}."
    elif answer.n_prints_before:
        yield f"It would be in {name}: {several(cluster.n_articles, 'print')} then, {answer.n_prints_before:,} now."
    else:
        yield f"It would make a story of {several(cluster.n_articles, 'print')}, {name}."
    if answer.brings_together:
        yield f"It would bring together {' and '.join(map(plain, answer.brings_together))}."
    if answer.joins and article.own.is_canonical:
        yield f"It would lead: {plain(cluster.canonical_reason)}."
    elif answer.joins:
        led = "still" if answer.canonical_before == cluster.canonical_id else "then"
        own = article.own
        share = percent(own.share_of_canonical)
        yield f"The canonical is {led} {canonical}; this one is {own.relation}, and has {share} of it."
    anchor = next((one for one in article.met if one.article_id == cluster.anchor_id), None)
    if anchor is not None:
        yield f"Verified against the anchor, {plain(anchor.article_id)}: {plain(anchor.reason)}."
    if not answer.joins and not article.met:
        yield "No text within the window shares enough words with it to be compared."
