"""What a page of HTML prints of its article beside the text: headline, byline, time. What is printed of others is left out."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.stages.clean import dates
from pipeline.storage.readers import markup

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["NO_AUTHOR", "Printed", "read_time"]

#: What is no name where an author is due: addresses, accounts.
NO_AUTHOR = re.compile(r"https?://|www\.|@\w+$|facebook\.com|admin$", re.IGNORECASE)
_BYLINE = (
    "//*[@itemprop='author' or @rel='author' or contains(concat(' ', normalize-space(@class), ' '), ' byline ')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' author ')]"
)
_LONG, _MANY_WORDS = 300, 12  # a byline as printed has no more characters, nor so many words that end like a sentence
_BESIDE = " |·•,-–—"  # what parts a name from the time beside it
#: Where publishing systems print the time of an article (WordPress, hAtom), by what it is the time of, the surest first.
_TIMES = {
    "datePublished": (
        "//*[@itemprop='datePublished']",
        "//time[@pubdate or contains(@class, 'entry-date') or contains(@class, 'published')]"
        " | //abbr[contains(concat(' ', normalize-space(@class), ' '), ' published ')]",
    ),
    "dateModified": (
        "//*[@itemprop='dateModified']",
        "//time[contains(concat(' ', normalize-space(@class), ' '), ' updated ')]"
        " | //*[contains(concat(' ', normalize-space(@class), ' '), ' updated ')][@title]",
    ),
}
#: The same where nothing says so: within the article's own part of the page alone, and not in its paragraphs.
_DATED = (
    "//time[@datetime]",
    "//*[contains(@class, 'date') or contains(@class, 'time') or contains(@class, 'publish') or contains(@class, 'posted')"
    " or contains(@class, 'submitted')]",
)
_STORY = 1_000  # characters of an article that is more than a teaser
_STAMP = 120  # characters of a time as printed, with its label
_AROUND = "ancestor::*[self::article or self::main or contains(@itemtype, 'Article') or contains(@class, 'hentry')][1]"
#: Parts of a page that are about others: readers, other articles, the author.
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|recommend(?:ed|ations?)?|popular|trending|most-?read|bio(?:graphy)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ASIDE = frozenset({"aside", "nav", "footer"})
_LOGO_WORDS = 4  # of a heading above the page at the most: the name of the site or of a section


class Printed:
    """What is printed on the page of this tree."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree

    @cached_property
    def headings(self) -> list[str]:
        """The headings of the first rank, without those that name the site or a section above the page."""
        return [" ".join(one.text_content().split()) for one in self._headings]

    @cached_property
    def _headings(self) -> list[HtmlElement]:
        return [one for one in self._tree.iter("h1") if not _is_logo(one)]

    @cached_property
    def _own(self) -> HtmlElement | None:
        """The part of the page that is about its article, None if that is not told apart."""
        around = self._headings[0].xpath(_AROUND) if self._headings else []
        if around:
            return around[0]
        alone = list(self._tree.iter("article"))  # below its headline, and no teaser
        return alone[0] if len(alone) == 1 and len(alone[0].text_content()) >= _STORY else None

    def byline(self) -> list[str]:
        """Who wrote it."""
        for element in self._told(_BYLINE):
            said = _said(element)
            if said and len(said) <= _LONG and not NO_AUTHOR.search(said) and not _is_sentence(said):
                beside = [element]
                if element.get("rel") == "author" and (parent := element.getparent()) is not None:
                    beside = [one for one in parent.iterchildren() if one.get("rel") == "author"]
                return list(dict.fromkeys(filter(None, map(_said, beside))))
        return []

    def times(self, key: str) -> Iterator[str]:
        """What may be its time, the surest first; `key`: datePublished or dateModified."""
        sure = (element for path in _TIMES[key] for element in self._told(path))
        dated = _DATED if key == "datePublished" and self._own is not None else ()
        near = (element for path in dated for element in self._told(path) if self._stands_apart(element))
        for element in itertools.chain(sure, near):
            stated = element.get("datetime") or element.get("content") or element.get("title")
            said = (stated or " ".join(element.text_content().split())).strip()
            if 0 < len(said) <= _STAMP:
                yield said

    def _stands_apart(self, element: HtmlElement) -> bool:
        """Whether an element is of the article's own part, and not amid words of a paragraph."""
        around = _upward(element)
        paragraphs = (one for one in around if markup.local(one) == "p")
        return self._own in around and all(len(one.text_content()) <= _STAMP for one in paragraphs)

    def _told(self, path: str) -> Iterator[HtmlElement]:
        """The elements at a path that are about the article: those of its own part first, and none that is another's."""
        found = [element for element in self._tree.xpath(path) if not any(map(_is_of_others, _upward(element)))]
        if self._own is None:
            yield from found
            return
        inside = [element for element in found if self._own in _upward(element)]
        yield from inside
        yield from (one for one in found if one not in inside and "article" not in map(markup.local, _upward(one)))


def _upward(element: HtmlElement) -> list[HtmlElement]:
    """An element and those around it, without the page itself."""
    return [one for one in (element, *element.iterancestors()) if markup.local(one) not in ("body", "html")]


def _is_of_others(element: HtmlElement) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return markup.local(element) in _ASIDE or _OTHERS.search(named) is not None


def _is_logo(heading: HtmlElement) -> bool:
    """Whether a heading names the site or a section: a few words above the page, or what leads to its front."""
    if any((link.get("href") or "").rstrip("/").count("/") in (0, 2) for link in heading.iter("a") if link.get("href")):
        return True
    around = [markup.local(one) for one in heading.iterancestors()]
    is_above = "header" in around and not {"article", "main"} & set(around)
    return is_above and len(heading.text_content().split()) <= _LOGO_WORDS


def _said(element: HtmlElement) -> str:
    """What is said there of an author, without the times that stand beside the name."""
    if content := element.get("content"):
        return str(content)
    said = copy.deepcopy(element)
    for part in said.iterdescendants():
        if read_time(" ".join(part.text_content().split())):
            part.text = None
            del part[:]
    words = " ".join(said.text_content().split())
    return "" if read_time(words) else words.strip(_BESIDE)


def read_time(said: str) -> dates.Moment | None:
    """The time that words state, if they state one; of what zone does not matter here."""
    if not any(map(str.isdigit, said)):
        return None
    with suppress(dates.ImpossibleDateError):
        labelled = dates.stamps(said)
        phrase = said[labelled[0].start : labelled[0].end] if labelled else said
        return dates.parse(phrase, dates.Place())
    return None


def _is_sentence(said: str) -> bool:
    return said.count(" ") >= _MANY_WORDS and said.endswith(".")
