"""One article as the trace stage sees it: its texts, and the way from an offset in them to the field as read."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

from pipeline.stages._language import by_script
from pipeline.stages.trace.cues import Cue
from pipeline.stages.trace.house import House
from pipeline.stages.trace.names import Hit
from pipeline.stages.trace.scan import Found

__all__ = ["Line", "Page", "page"]

_SHARED = frozenset({"ar", "ru"})  # what a page in another language of the script is often said to be in
_OPENING = 300  # code points that tell the language
#: The commonest short words of languages written in Latin letters. Danish, Norwegian, Croatian, Serbian, Bosnian and others
#: that are read alike share a row.
_COMMON_WORDS: dict[str, tuple[str, ...]] = {}
for _code, _words in {
    "en": "the of and to is was for that with on by at from has his said it",
    "de": "der die das und ist nicht von dem den im in zu mit auf für eine ein auch wird nach sich bei",
    "fr": "le la les de des du un une et est en dans à pour qui que sur au ont avec par il plus",
    "es": "el la los las de del que en y a por con para una un su se ha al lo este como más",
    "pt": "o a os as de do da dos das que em e uma um não foi ao na no são mais pelo com para se",
    "it": "il lo la i le gli di del della dei che e è per non un una sono nel alla in da con ha si",
    "nl": "de het een van en dat voor niet met zijn te op aan ook is in die der om bij",
    "pl": "w na się że i z nie jest jak został oraz przez do o po dla to od",
    "tr": "ve bir bu da de ile için olarak daha olan",
    "id": "yang dan itu dengan untuk pada dari tidak ini akan",
    "vi": "của và là các cho được trong không một những",
    "sv": "och att det är som en på för av till den har inte med om ett i de från efter också",
    "no": "og at det er som en på for av af til den har ikke med om et i de fra etter efter også",
    "fi": "ja on että ei oli myös mukaan ovat joka mutta kun hän se kertoo kertoi sekä tai kuin noin jälkeen useita vielä",
    "cs": "a v se na že je z s o do by podle která který které jsou byl bylo ale po ve za k sa podľa bol bola aj ktorý ktorá",
    "hu": "a az és hogy nem is egy meg szerint volt azt csak már ezt ki",
    "ro": "de în și şi a la pe cu din că să pentru nu este care au fost mai prin un",
    "hr": "je i u se na da su za od koji koja koje kako nije što će iz s sa o",
    "sl": "je in v na se da so za ki pa z ob bo tudi po iz še kot bi",
}.items():
    for _word in _words.split():
        _COMMON_WORDS[_word] = (*_COMMON_WORDS.get(_word, ()), _code)
#: Letters and pairs of them that, of the languages written in Latin letters, only one writes often.
_OWN_LETTERS = {
    "cs": ("ě", "ř", "ů", "ľ", "ť"),
    "de": ("ß",),
    "es": ("ñ", "¿"),
    "fi": ("ää", "yö"),
    "hr": ("đ",),
    "hu": ("ő", "ű"),
    "no": ("ø", "æ"),
    "pl": ("ł", "ą", "ę"),
    "pt": ("ã", "õ"),
    "ro": ("ț", "ţ", "ă"),
    "tr": ("ğ", "ı"),
    "vi": ("ơ", "ư"),
}
_SURE_WORDS = 3


class Line(NamedTuple):
    """A piece of text around the story, or a paragraph of it (kind `body`, where `start` is an offset in the body).

    `start` is null where the text has no place of its own. `cued`: the rules of which a cue stands in it, if that is known.
    """

    text: str
    field: str
    start: int | None
    kind: str
    position: str
    cued: Collection[int] | None = None


class Page(NamedTuple):
    """An article with what the trace stage needs of it.

    `told`: its language, if it states one. `hits`, `calls`, `cues`: what stands in its body, as `Found` has it. `at`, `raw`:
    its `body_map`. `lines`: those taken out of it that may hold a credit, in their order.
    """

    article_id: str
    field: str
    told: str | None
    house: House
    body: str
    hits: list[Hit]
    calls: list[int]
    cues: list[Cue]
    at: list[int]
    raw: list[int]
    byline: Line | None
    dateline: Line | None
    credit: Line | None
    rights: Line | None
    lines: list[Line]

    @property
    def language(self) -> str:
        """Its language by the first subtag, or by the letters and words of its opening; English if none tells."""
        return _language(self.told, self.body)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of `body[start:end]` in the field as read; start < end."""
        return self._raw(start), self._raw(end - 1) + 1

    def place(self, line: Line, start: int, end: int) -> tuple[str, int | None, int | None]:
        """Field, start and end of `line.text[start:end]` as read."""
        if line.start is None:
            return line.field, None, None
        if line.kind == "body":
            return (self.field, *self.span(line.start + start, line.start + end))
        return line.field, line.start + start, line.start + end

    def _raw(self, position: int) -> int:
        entry = bisect.bisect_right(self.at, position) - 1
        return position if entry < 0 else self.raw[entry] + position - self.at[entry]


def page(
    row: dict[str, Any], house: House, found: Found, spans: tuple[list[int], list[int]], lines: list[Line]
) -> Page:
    """The page of a row of ARTICLES. `spans`: `at` and `raw` of its body map."""
    field = row["field"]
    return Page(
        article_id=row["article_id"],
        field=field,
        told=row["language"],
        house=house,
        body=found.body,
        hits=found.hits,
        calls=found.calls,
        cues=found.cues,
        at=spans[0],
        raw=spans[1],
        byline=_line(row["byline"], row["byline_field"] or "byline", row["byline_start"], row["byline_end"], "byline"),
        dateline=_line(row["dateline"], field, row["dateline_start"], row["dateline_end"], "dateline"),
        credit=_line(row["credit"], "metadata", None, None, "credit"),
        rights=_line(row["rights"], "metadata", None, None, "rights"),
        lines=lines,
    )


def _line(text: str | None, field: str, start: int | None, end: int | None, kind: str) -> Line | None:
    """A line, whose inner offsets are trusted only if the text is as long as its place."""
    if not text or not text.strip():
        return None
    exact = start is not None and end is not None and end - start == len(text)
    return Line(text, field, start if exact else None, kind, "head")


def _language(language: str | None, body: str) -> str:
    told = language.replace("_", "-").split("-")[0].lower() if language else ""
    opening = body[:_OPENING]
    if told and told not in _SHARED:
        return told
    return by_script(opening) or told or _by_words(opening)


def _by_words(opening: str) -> str:
    """The language of most common words and own letters in a text in Latin letters; English unless it is surely another."""
    if opening.count(" the ") > 1:  # most pages that do not say their language
        return "en"
    opening = opening.lower()
    counts = Counter(itertools.chain.from_iterable(_COMMON_WORDS.get(word, ()) for word in opening.split()))
    if not opening.isascii():
        counts.update({code: sum(map(opening.count, letters)) for code, letters in _OWN_LETTERS.items()})
    if not counts:
        return "en"
    code, count = counts.most_common(1)[0]
    return code if count >= _SURE_WORDS and count > 2 * counts["en"] else "en"
