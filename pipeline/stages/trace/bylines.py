"""The bylines of a page: that of the record, and the lines of the text that stand above the story.

An agency may stand below its writer ("By Ana Wells", "Associated Press"), or in the text where the record names a desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.stages._fold import flatten
from pipeline.stages.trace.names import Names
from pipeline.stages.trace.page import Line, Page
from pipeline.stages.trace.slots import Slot, parse
from pipeline.stages.trace.tables import signals

__all__ = ["NOBODY", "bylines"]

#: The slot of a page without a byline.
NOBODY = Slot((), own=False, persons=False, partial=False)

_APART = 3  # code points between two lines of one byline


def bylines(page: Page, names: Names) -> list[tuple[Line, Slot]]:
    """The bylines that count, the page's own first; empty if there is none.

    The lines of the text are looked at unless the record names an agency itself.
    """
    stated, texts = page.byline, [line for line in page.lines if line.kind == "byline"]
    slot = parse(stated.text, page.house, names) if stated else NOBODY
    if not texts or slot.named:
        return [(stated, slot)] if stated else []
    joined = [(line, parse(line.text, page.house, names)) for line in _joined(page, names, texts)]
    if stated is None:
        return joined
    own = next((pair for pair in joined if _tells_more(pair[0], stated)), (stated, slot))
    # A bare name above the author's is a picture's.
    below = joined[joined.index(own) + 1 :] if own in joined else joined
    others = [(line, _beside(stated, slot, line, other)) for line, other in below if other.named]
    return [own, *others]


def _joined(page: Page, names: Names, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, one below another made one where they name persons and then whom these write for."""
    below = [*lines[1:], None]
    whole: Line | None = None
    for line, following in zip(lines, below, strict=True):
        whole = _one(whole, line) if whole else line
        if following is None or not _goes_on(page, names, whole, following):
            yield whole
            whole = None


def _goes_on(page: Page, names: Names, line: Line, following: Line) -> bool:
    if line.start is None or following.start is None or line.field != following.field:
        return False
    if not 0 < following.start - line.start - len(line.text) <= _APART:
        return False
    persons, rest = (parse(one.text, page.house, names) for one in (line, following))
    return persons.persons and not persons.named and (rest.is_whole or not rest.named)


def _one(line: Line, below: Line) -> Line:
    """Two lines as one, in which every word keeps its place."""
    gap = (below.start or 0) - (line.start or 0) - len(line.text)
    return line._replace(text=f"{line.text}{',':{gap}}{below.text}")


def _tells_more(line: Line, stated: Line) -> bool:
    """Whether a line of the text is the stated byline, with its agency perhaps."""
    if line.field == stated.field and line.start == stated.start is not None:
        return True
    return stated.text.strip().casefold() in line.text.casefold()


def _beside(stated: Line, slot: Slot, line: Line, other: Slot) -> Slot:
    """What an agency's line is worth beside the byline of somebody else: an author has used it, a desk or "admin" printed it.

    "By" says that it is the agency's all the same.
    """
    is_author = slot.persons and not slot.own and len(stated.text.split()) > 1
    is_said = signals()["patterns"]["byline_head"].match(flatten(line.text)) is not None
    return replace(other, partial=True, joined=-1) if is_author and not is_said and not other.persons else other
