"""Citations of one article: the sources it leans on, each with the words that say so.

Names are found first (`names`); frames (`lexicon/frames.toml`) are tried only around them, so a text that names
nobody costs one pass of the automaton.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import regex

from pipeline.stages import lexicon
from pipeline.stages._late import late
from pipeline.stages.trace.mentions import Mention, Vocabulary, continues, mentions
from pipeline.stages.trace.names import Names
from pipeline.stages.trace.page import Page
from pipeline.stages.trace.tables import frames, signals
from pipeline.stages.trace.unknown import WEAK

__all__ = ["Citation", "find", "heads"]

_AND = regex.compile(r",?\s+(?:and|or)\b")
_AT_ONCE = regex.compile(r"[\s,、]*")
_ANY_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Magazine"
_GOES_ON = regex.compile(rf"\s(?:\d{{1,2}}\s)?(?!{_ANY_DAY})\p{{Lu}}[\p{{L}}\d]+")
_SENTENCE_END = regex.compile(r"[.!?。！？।؟۔።។။։][\"')\]」』]*(?:\s|$)|[。\n]")
_MOST_TOGETHER = 30  # names that one sentence may cite; more are a list, of members or of subscribers
_WINDOW = 160  # code points on either side that a frame may look at


class Citation(NamedTuple):
    """One row of the citations table, without the article's id. `text` is spelled as in the body, quotes folded."""

    source: str
    role: str
    frame: str
    via: str | None
    text: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """`kind`: by what is told at once whether it may fit, by `before` or by where `after` begins: at the end of the name
    ("name"), at the verb behind it ("verb") or behind a person named there ("person"); `number`: among those of its kind, in
    their order.

    `of`: kinds or names of the sources that it may fit, any if there are none; `unless`: what must not stand behind the name.
    """

    id: str
    kind: str
    number: int
    role: str
    strong: bool
    telling: bool
    chain: bool
    only_self: bool
    name_follows: bool
    of: frozenset[str]
    unless: regex.Pattern[str] | None
    before: regex.Pattern[str] | None
    after: regex.Pattern[str] | None

    @property
    def at(self) -> str:
        """Where `after` begins; behind `before` at the end of the name, too."""
        return "name" if self.kind == "before" else self.kind


@dataclass(frozen=True, slots=True)
class _Fit:
    """A frame that fits: its words are `body[start:end]`."""

    frame: _Frame
    start: int
    end: int


class _Frames(NamedTuple):
    """A language's frames in their order, and what those of each kind need around a name.

    `ways`: what leads from a name to the verb and to the person behind it; `other_subject`: what ends before a name that is not
    the subject of what follows it.
    """

    all: tuple[_Frame, ...]
    needed: Mapping[str, regex.Pattern[str]]
    ways: Mapping[str, regex.Pattern[str]]
    other_subject: regex.Pattern[str]

    @classmethod
    def compile(cls, rows: Sequence[Mapping[str, Any]], terms: Mapping[str, str], words: Mapping[str, str]) -> _Frames:
        """From the rows of `frames.toml` for a language, and its words."""
        patterns: dict[str, list[str]] = {"before": [], "name": [], "verb": [], "person": []}
        frames = []
        for row in rows:
            kind = row.get("at", "before" if "before" in row else "name")
            alike = patterns[kind]
            frames.append(_frame(row, kind, len(alike), terms))
            alike.append(_put_in(row["before" if kind == "before" else "after"], terms))
        needed = {kind: _ending(alike) if kind == "before" else _any_of(alike) for kind, alike in patterns.items()}
        ways = {kind: late(_put_in(words[kind], terms)) for kind in ("verb", "person") if kind in words}
        other_subject = words.get("other_subject", "")
        return cls(tuple(frames), needed, ways, _ending([_put_in(other_subject, terms)] if other_subject else []))

    def possible(self, body: str, low: int, left: int, right: int, high: int) -> list[tuple[_Frame, int]]:
        """The frames that may fit a name at `body[left:right]`, and where the words behind it begin that each needs.

        For most names none, told by a pattern for each kind: the first group that matches is the first frame that may.
        """
        starts, first = {"name": right}, {}
        for kind, way in self.ways.items():
            if leads := way.match(body, right, high):
                starts[kind] = leads.end()
        for kind, start in starts.items():
            if behind := self.needed[kind].match(body, start, high):
                first[kind] = behind.lastindex - 1
        if before := self.needed["before"].search(body, low, left):
            first["before"] = before.lastindex - 1
        return [
            (frame, starts[frame.at])
            for frame in (self.all if first else ())
            if frame.number >= first.get(frame.kind, len(self.all)) and frame.at in starts
        ]


class _Language(NamedTuple):
    frames: _Frames
    vocabulary: Vocabulary


def find(page: Page, names: Names, credited: Collection[str]) -> list[Citation]:
    """The citations in the body of a page, in its order. `credited`: keys of the agencies that are credited with it."""
    if not (page.hits or page.calls or credited):
        return []
    language = _language(page.language)
    if language is None:
        return []
    found: list[Citation] = []
    last: tuple[int, str] | None = None  # where a source stands, and its name
    quoted: tuple[int, int] | None = None  # where one stands of which nobody has yet said who quotes it, and its row
    groups = _groups(page.body, mentions(page, names, language.vocabulary, credited))
    for group, fit in _fits(groups, language.frames, page, credited):
        via = None
        if fit.frame.chain and last and not _SENTENCE_END.search(page.body, last[0], fit.start):
            via = last[1]
        if quoted and fit.frame.role == "cite" and _AT_ONCE.fullmatch(page.body, quoted[0], fit.start):
            found[quoted[1] :] = [row._replace(via=group[0].name) for row in found[quoted[1] :]]
        quoted = (fit.end, len(found)) if fit.frame.chain and via is None else None
        for mention in group:
            is_self = _is_self(mention, page, credited)
            role = "self" if is_self and fit.frame.role != "data" else fit.frame.role
            start, end = page.span(fit.start, fit.end)
            text = page.body[fit.start : fit.end]
            source_via = via if via != mention.name else None
            found.append(Citation(mention.name, role, fit.frame.id, source_via, text, page.field, start, end))
        last = (fit.end, group[-1].name)
    return list({(row.start, row.source): row for row in reversed(found)}.values())[::-1]


def _groups(body: str, found: list[Mention]) -> list[list[Mention]]:
    """Mentions joined by nothing but "and" or a comma stand in one frame: `reports on CNN and in The Herald`.

    Words that are worth nothing alone are none: `Today, CNN reported`.
    """
    groups: list[list[Mention]] = []
    for mention in found:
        if mention.policy == "full" and not mention.is_classed:
            continue
        if groups and _between().fullmatch(body, groups[-1][-1].right, mention.left):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


@functools.cache
def _between() -> regex.Pattern[str]:
    """What stands between names that stand together."""
    joined = lexicon.one_of(signals()["words"]["and"])
    return regex.compile(rf",?\s*(?:(?:and|or)(?:\s+(?:in|on|by|to|from))?|&|/|[,、،]|ou|että|{joined})\s*")


def _fits(
    groups: list[list[Mention]], frames: _Frames, page: Page, credited: Collection[str]
) -> Iterator[tuple[list[Mention], _Fit]]:
    """The groups that a frame fits, with it.

    `She told A, B reported` is two: the second has a frame of its own. Of `According to A, B is late` the second has none.
    """
    for group in groups:
        fit = _fit(page.body, group, frames, page, credited) if len(group) <= _MOST_TOGETHER else None
        if fit is None:
            continue
        is_list = len(group) == 1 or fit.frame.before is None or fit.end > group[-1].right
        rest = None if is_list else _fit(page.body, group[1:], frames, page, credited)
        is_apart = rest is not None and rest.start >= group[1].left
        if is_list or not (is_apart or _is_opening(page.body, group)):
            yield group, fit
            continue
        first = _fit(page.body, group[:1], frames, page, credited)
        if first:
            yield group[:1], first
        if rest and is_apart:
            yield group[1:], rest


def _is_opening(body: str, group: list[Mention]) -> bool:
    """Whether nothing but commas joins the names, so that the first ends what the sentence opens with."""
    is_apart = all(body[one.right : other.left].strip() == "," for one, other in itertools.pairwise(group))
    return is_apart and not _AND.match(body, group[-1].right)


def _fit(body: str, group: list[Mention], frames: _Frames, page: Page, credited: Collection[str]) -> _Fit | None:
    """The first frame that fits the group and is worth something for each of its names."""
    left, right = group[0].left, group[-1].right
    low, high = max(body.rfind("\n", 0, left) + 1, left - _WINDOW), body.find("\n", right)
    high = min(high if high >= 0 else len(body), right + _WINDOW)
    is_sure = all(mention.is_classed or mention.policy == "any" for mention in group)
    is_weak = any(mention.policy == WEAK and not mention.is_classed for mention in group)
    for frame, at in frames.possible(body, low, left, right, high):
        if not (frame.telling if is_weak else is_sure or frame.strong):
            continue
        if frame.only_self and not all(_is_self(mention, page, credited) for mention in group):
            continue
        if frame.of and not all(_is_of(mention, frame.of) for mention in group):
            continue
        if frame.unless and frame.unless.match(body, right, high):
            continue
        after = frame.after.match(body, at, high) if frame.after else None
        if frame.after and after is None:
            continue
        end = after.end() if after else right
        goes_on = end == right and body[right - 1].isalpha() and _GOES_ON.match(body, right, high)
        if goes_on and not (frame.name_follows and body[right - 1].isupper()):
            continue
        if frame.before is None and (continues(body, group[0]) or frames.other_subject.search(body, low, left)):
            continue
        before = frame.before.search(body, low, left) if frame.before else None
        if frame.before and before is None:
            continue
        return _trimmed(body, frame, before.start() if before else left, end)
    return None


def _is_of(mention: Mention, wanted: Collection[str]) -> bool:
    return mention.source is not None and (mention.source.kind in wanted or mention.name in wanted)


def _trimmed(body: str, frame: _Frame, start: int, end: int) -> _Fit:
    while body[start] in ' "':
        start += 1
    while body[end - 1] in " ,":
        end -= 1
    return _Fit(frame, start, end)


def _is_self(mention: Mention, page: Page, credited: Collection[str]) -> bool:
    if mention.source is None:
        house = page.house
        return mention.name in credited or house.owns_name(mention.name) or house.calls_itself(mention.name)
    return (
        mention.source.key in credited
        or mention.source.key == page.house.home_agency
        or page.house.owns(mention.source)
    )


@functools.lru_cache(maxsize=256)
def _language(code: str) -> _Language | None:
    """Frames and vocabulary of a language of `frames.toml`, compiled when its first article comes; None for others."""
    table = frames()
    words = table["lang"].get(code)
    if words is None:
        return None
    if "like" in words:
        return _language(words["like"])
    terms = _expanded(table["terms"])
    own = terms | {"class": words.get("class", "(?!)")}
    vocabulary = Vocabulary.compile(
        ("" if words.get("glued") else r"(?<!\w)") + _put_in(words.get("prefix", ""), own),
        _put_in(words.get("suffix", ""), own),
        table["unknown"] if code == "en" else None,
        words.get("sure", ()),
    )
    rows = [row for row in table["frame"] if row.get("lang", "en") == code]
    return _Language(_Frames.compile(rows, terms, words), vocabulary)


def heads() -> tuple[str, ...]:
    """The words that names of unknown outlets end with or follow: to be found beside the known names."""
    unknown = frames()["unknown"]
    channels = range(2, unknown["last_channel"] + 1)
    stations = (f"{network}{channel}" for network in unknown["networks"] for channel in channels)
    numbered = (f"{channel}{name}" for name in unknown["channel_first"] for channel in channels)
    listed = (word for words in ("heads", "weak_heads", "cues", "host_ends") for word in unknown[words])
    return (*listed, *stations, *numbered)


def _frame(row: Mapping[str, Any], kind: str, number: int, terms: Mapping[str, str]) -> _Frame:
    before, after = (row.get(side) for side in ("before", "after"))
    return _Frame(
        id=row["id"],
        kind=kind,
        number=number,
        role=row["role"],
        strong=row.get("strong", False),
        telling=row.get("telling", False),
        chain=row.get("chain", False),
        only_self=row.get("only_self", False),
        name_follows=row.get("name_follows", False),
        of=frozenset(row.get("of", ())),
        unless=late(_put_in(row["unless"], terms)) if "unless" in row else None,
        before=_ending([_put_in(before, terms)]) if before else None,
        after=late(_put_in(after, terms)) if after else None,
    )


def _ending(patterns: Sequence[str]) -> regex.Pattern[str]:
    """One of the patterns, each a group, up to the end.

    Reverse: begins at the name and gives up at the first letter that does not fit.
    """
    return late(rf"(?r)(?:{'|'.join(f'({pattern})' for pattern in patterns or ['(?!)'])})\Z")


def _any_of(patterns: Sequence[str]) -> regex.Pattern[str]:
    """One of the patterns, each a group."""
    return late("|".join(f"({pattern})" for pattern in patterns or ["(?!)"]))


def _expanded(terms: Mapping[str, str]) -> dict[str, str]:
    """The terms with the earlier ones put into the later ones."""
    done: dict[str, str] = {}
    for name, pattern in terms.items():
        done[name] = _put_in(pattern, done)
    return done


def _put_in(pattern: str, terms: Mapping[str, str]) -> str:
    def term(match: regex.Match[str]) -> str:
        return terms[match[1]]

    return str(regex.sub(r"(?<!\\p)\{([a-z]+)\}", term, pattern))
