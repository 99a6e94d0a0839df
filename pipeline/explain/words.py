"""What is told of an article, in words. Texts are others': what a terminal would obey is taken out of them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pipeline.explain.told import Article, Cluster, Event, Explanation, Met, Pair, Passage, Reading, Side, Step
from pipeline.stages import override

__all__ = ["Mark", "article", "explanation", "near_miss", "pair", "percent", "plain", "several"]

#: How words that were found are marked where they stand: None draws a line of carets below them.
Mark = Callable[[str], str]

_SHOWN = 12  # rows of a long list
_ALIKE = 3  # steps that are named
_FOUND = 72  # cells of words that were found

_JOINERS = "\u200c\u200d"  # without which some scripts are spelled otherwise

#: What each step of an election looks at (`elect.standing`).
_STEPS = {
    "pinned": "pins",
    "fault": "fitness to lead",
    "home": "home site",
    "pointed": "links to the original",
    "credit": "credit",
    "version": "version",
    "correction": "correction",
    "length": "length",
    "precision": "precision of the time",
    "time": "time",
    "address": "address",
}

#: Of several versions of an article, which this is, by what that is told (`identify.newest_by`).
_NEWEST = {
    "status": "one of {n}; a withdrawal takes the place of no text",
    "modified_at": "the newest of {n}, by when they were changed",
    "published_at": "the newest of {n}, by when they were published",
    "version": "the newest of {n}, by their numbers",
    "fetched_at": "the newest of {n}, by when they were fetched",
    None: "one of {n}; nothing says which of them is the newest",
}

Item = TypeVar("Item")


def explanation(found: Explanation, mark: Mark | None = None) -> str:
    """The story of one article, or what became of it."""
    rest = [] if found.article is None else [*([""] if found.told else []), *article(found.article, mark)]
    return "\n".join([*map(_safe, found.told), *rest])


def article(told: Article, mark: Mark | None = None) -> Iterator[str]:
    """The story of one article, line by line."""
    yield f"{_safe(told.article_id)}  {plain(told.headline) or '(no headline)'}"
    yield from _reading(told.reading)
    yield from _credits(told, mark)
    yield from _citations(told, mark)
    yield from _cluster(told.cluster, told)
    yield from _met(told)


def _reading(told: Reading) -> Iterator[str]:
    yield ""
    yield "How it was read"
    yield f"  publisher   {plain(told.publisher) or 'unknown'}{_bracket(told.publisher_id)}"
    yield f"  published   {_published(told)}"
    if not told.is_kept:
        yield "  the text is no longer kept"
        return
    yield f"  from        {_safe(told.source or '')}, a {told.field}{_given(', byline ', told.byline)}"
    pieces = "paragraph" if told.n_paragraphs == 1 else "paragraphs or lines"
    where = f" in {told.n_paragraphs} {pieces}" if told.n_paragraphs else "; the text is no longer kept"
    yield f"  body        {told.n_words:,} words{where}"
    if told.n_earlier:
        yield f"  versions    {_NEWEST[told.newest_by].format(n=told.n_earlier + 1)}"
    by = f" by {_safe(told.notice_id)}" if told.notice_id else ""
    yield f"  kind        {told.kind}, {told.status}{by}, text {told.text_state}"
    if told.stripped:
        is_one = len(told.stripped) == 1
        yield f"  taken out   {several(len(told.stripped), 'line')} that {'is' if is_one else 'are'} not the story:"
        yield from (f"    {line.kind:<12} {line.rule:<22} {_cut(line.line, 58)}" for line in told.stripped)


def _published(told: Reading) -> str:
    if told.published_at is None:
        return "unknown"
    at = f"{told.published_at:%Y-%m-%d %H:%M:%S} UTC, to the {told.published_precision}"
    if not told.published_raw:
        return at
    return f'{at}; on the page "{_cut(told.published_raw, 48)}", zone by {told.published_zone or "nothing"}'


def _credits(told: Article, mark: Mark | None) -> Iterator[str]:
    yield ""
    yield "Whose copy it is"
    if not told.credits:
        yield f"  no credit was found; status {told.credit_status}"
    for credit in told.credits:
        desk = f", desk {credit.desk}" if credit.desk else ""
        yield f"  {_agency(credit.agency, credit.name)}{desk}: {credit.grade}, by the {credit.signal} ({credit.rule})"
        yield from passage(credit.passage, mark)


def _citations(told: Article, mark: Mark | None) -> Iterator[str]:
    yield ""
    yield "Whom it cites"
    if not told.citations:
        yield "  nobody that is known as a source"
    for found in told.citations:
        via = f" via {plain(found.via)}" if found.via else ""
        yield f"  {plain(found.source)}{via}: {found.role} ({found.frame})"
        yield from passage(found.passage, mark)


def passage(told: Passage, mark: Mark | None) -> Iterator[str]:
    """Words that were found, marked among those around them."""
    place = f" [{told.field} {told.start}:{told.end}]" if told.field and told.start is not None else ""
    found = _cut(told.text, _FOUND)
    if not told.before.strip() and not told.after.strip():
        yield f'    "{found}"{place}'
        return
    before, after = _beside(told.before, -1), _beside(told.after, 1)
    if mark is not None:
        yield f"    {before}{mark(found)}{after}{place}"
        return
    from rich.cells import cell_len

    yield f"    {before}{found}{after}{place}"
    yield f"    {' ' * cell_len(before)}{'^' * cell_len(found)}"


def _beside(words: str, side: int) -> str:
    """Words before (-1) or after (1) others, on one line; where a line ends stands a slash, at the far end an ellipsis."""
    lines = [plain(line) for line in words.splitlines()]
    joined = " / ".join(line for line in lines if line)
    near = words[len(words.rstrip()) :] if side < 0 else words[: len(words) - len(words.lstrip())]
    gap = " / " if "\n" in near else " " if near else ""
    if not joined:
        return ""
    return f"…{joined}{gap}" if side < 0 else f"{gap}{joined}…"


def _cluster(told: Cluster, own: Article) -> Iterator[str]:
    yield ""
    yield f"Its cluster, {_safe(told.cluster_id)}"
    prints, publishers = several(told.n_articles, "print"), several(told.n_publishers, "publisher")
    origin = _agency(told.origin_agency, told.origin_name) if told.origin_agency else "unknown"
    yield f"  {prints} by {publishers}; origin {origin}"
    yield f"  canonical   {_safe(told.canonical_id)}: {plain(told.canonical_reason)}"
    if told.runner_up_id:
        yield f"  runner-up   {_safe(told.runner_up_id)}{_standing(told.steps)}"
    if told.n_articles > 1:
        least = f"{percent(told.cohesion_min)} of the shorter of the two"
        yield f"  anchor      {_safe(told.anchor_id)}; with every member it shares at least {least}"
    if not own.own.is_canonical:
        yield (
            f"  this one    {own.own.relation} as seen from the canonical: jaccard {_figure(own.own.jaccard)}, "
            f"containment {_figure(own.own.containment)}, has {percent(own.own.share_of_canonical)} of it"
        )
    others = [member for member in told.members if member.article_id != own.article_id]
    yield from _listed(
        others, lambda one: f"  with        {_safe(one.article_id)}  {one.relation}, {_cut(one.publisher or '', 28)}"
    )
    yield from (f"  {event(one, told.cluster_id)}" for one in told.events)


def _standing(steps: Sequence[Step]) -> str:
    """Where the runner-up lost: the steps before, in which the two are alike, are named."""
    if not steps:
        return ""
    *alike, last = steps
    same = ", ".join(_STEPS[step.step] for step in alike) if len(alike) <= _ALIKE else f"the {len(alike)} steps before"
    ties = f" alike in {same};" if alike else ""
    words = f"{plain(last.runner_up)}, the canonical {plain(last.canonical)}"
    return f":{ties} {_STEPS[last.step]} decided, step {len(steps)}: {words}"


def event(told: Event, cluster_id: str) -> str:
    """What happened to a cluster in a run: `run 2026-03-09.1  grew: from 2 to 7 prints`."""
    if told.cluster_id != cluster_id:
        return f"run {told.run_id}  {_safe(told.cluster_id)} came into it: {plain(told.reason)}"
    led = f", {_safe(told.to_id)} instead of {_safe(told.from_id)}" if told.event == "canonical_changed" else ""
    return f"run {told.run_id}  {told.event.replace('_', ' ')}{led}: {plain(told.reason)}"


def _met(told: Article) -> Iterator[str]:
    accepted = sum(one.accepted for one in told.met)
    yield ""
    yield f"Whom it was compared with: {accepted} accepted, {len(told.met) - accepted} refused"
    yield from _listed(told.met, _one)
    if told.closest is not None:
        yield f"  {near_miss(told.closest)}"


def near_miss(told: Met) -> str:
    """Why the closest article of another cluster is not in this one."""
    shares = f"it has {percent(told.share_of_this)} of this one, which has {percent(told.share_of_other)} of it"
    why = f"it counts as {told.relation}: {plain(told.reason)}"
    if told.accepted and not override.parting(told.reason):
        why = "they match each other, but no single anchor matches both"
    return (
        f"closest, but not joined, because {why} ({_safe(told.article_id)}, jaccard {_figure(told.jaccard)}; {shares})"
    )


def _one(told: Met) -> str:
    """One comparison; the relation is said of the other article as seen from this one."""
    verdict = "accepted" if told.accepted else "refused "
    return f"  {verdict}    {_safe(told.article_id)}  {told.relation}: {plain(told.reason)}"


_JOINED = {
    "match": "They match each other.",
    "anchor": "Each was verified against the anchor of the cluster, which is what joins them.",
}


def pair(told: Pair) -> str:
    """Why two articles are, or are not, in one cluster."""
    return "\n".join(_pair(told))


def _pair(told: Pair) -> Iterator[str]:
    for side in (told.first, told.second):
        yield f"{_safe(side.article_id)}  {plain(side.headline) or '(no headline)'}"
    yield ""
    where = f"in one cluster, {_safe(told.first.cluster_id)}" if told.together else "in two clusters"
    yield f"They are {where}."
    if told.met is not None:
        yield f"Compared: {_compared(told.met)}"
        yield _figures(told.met, told.shingle_words)
    else:
        yield from _never(told)
    if told.together:
        if told.stage != "match" or told.met is None:
            yield f"{_JOINED[told.stage]} It is {_safe(told.first.anchor_id)}."
        return
    yield f"They part at {_PARTING[told.stage](told)}"


def _compared(told: Met) -> str:
    return f"{told.relation}, {'accepted' if told.accepted else 'refused'}; {plain(told.reason)}."


def _figures(told: Met, shingle_words: int) -> str:
    passage = told.longest_run + shingle_words - 1 if told.longest_run else 0
    return (
        f"jaccard {_figure(told.jaccard)}; the second has {percent(told.share_of_this)} of the first and the first "
        f"{percent(told.share_of_other)} of the second; longest passage in both {passage} words."
    )


def _never(told: Pair) -> Iterator[str]:
    apart = f"they are {told.days_apart:.1f} days apart, and the window is {told.window_days:g} days"
    yield f"They were never compared; {apart}."
    if told.ways is not None:
        ways = told.ways
        same = "they read the same; " if ways.same_words else ""
        yield (
            f"What could have made them candidates: {same}{ways.bands} of {ways.of_bands} bands in common (one is enough), "
            f"{ways.sampled} sampled shingles in common ({ways.sampled_needed} are enough)."
        )
    if told.unmet is not None:
        yield f"Had they been compared: {_compared(told.unmet)}"
        yield _figures(told.unmet, told.shingle_words)


def _side_of_kind(told: Pair) -> Side:
    return told.first if told.first.kind in {"digest", "liveblog"} else told.second


def _unpaired(told: Pair) -> str:
    """Why two articles within the window were no candidates."""
    if told.ways and (told.ways.bands or told.ways.sampled >= told.ways.sampled_needed):
        return "enough in common, but in buckets so full that a text meets their pivots only (pair.bucket_cap)."
    if told.unmet and told.unmet.accepted:
        return "they would match, but candidates are found by a sample of what texts share, which misses some (pair.sample)."
    return "they share too few words to be candidates."


_PARTING: dict[str, Callable[[Pair], str]] = {
    "kind": lambda told: f"their kind: a {_side_of_kind(told).kind} holds many stories and joins none.",
    "window": lambda told: "the window: articles further apart are never compared (pair.window_days).",
    "pair": lambda told: f"pairing: {_unpaired(told)}",
    "verify": lambda told: "verification, where that figure refused them.",
    "cluster": lambda told: (
        f"the anchor: they match each other, but {_safe(told.first.anchor_id)} leads the one and "
        f"{_safe(told.second.anchor_id)} the other, and no single anchor matches both; see links.parquet."
    ),
    "order": lambda told: f"an order of the editor: {plain(told.order)}.",
}


def _listed(rows: Sequence[Item], line: Callable[[Item], str]) -> Iterator[str]:
    yield from (line(row) for row in rows[:_SHOWN])
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN:,} more"


def _agency(agency: str, name: str | None) -> str:
    return f"{name} ({agency})" if name and name != agency else agency


_SLACK = 1e-4  # of a figure of single precision


def _figure(share: float) -> str:
    """A share to three places, cut off as in the reasons of `matches`, so that both tell the same figure."""
    return f"{math.floor(share * 1_000 + _SLACK) / 1_000:.3f}"


def percent(share: float) -> str:
    """A share in hundredths, cut off: what lacks a word is not told as 100%."""
    return f"{math.floor(share * 100 + _SLACK)}%"


def several(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _bracket(value: str | None) -> str:
    return f" ({_safe(value)})" if value else ""


def _given(before: str, value: str | None) -> str:
    return f'{before}"{plain(value)}"' if value else ""


def plain(words: str | None) -> str:
    """Words on one line, without what a terminal would obey."""
    return " ".join(_safe(words or "").split())


def _safe(words: str | None) -> str:
    return "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in words or "")


def _cut(words: str, width: int) -> str:
    words = _safe(words)
    return textwrap.shorten(words, width, placeholder="…") or words[:width]
