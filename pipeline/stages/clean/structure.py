"""What the shape of a body says of its kind where no headline does: entries under times, items under datelines, voices, links.

Every test here is about many paragraphs alike, never about one: an article that is taken for a round-up joins no cluster.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter

import regex

from pipeline.stages._late import late
from pipeline.stages._words import count_words
from pipeline.stages.clean import signatures
from pipeline.stages.clean.datelines import find_dateline
from pipeline.stages.clean.lines import Shape

__all__ = [
    "ENTRIES",
    "is_list_of_links",
    "is_live_blog",
    "is_round_up",
    "is_transcript",
    "is_verbatim",
    "may_be_live_blog",
    "may_be_round_up",
    "may_be_transcript",
]

_ENDS = frozenset(".!?。！।॥؟…\"'」』)")


def _sentences(paragraphs: list[str]) -> int:
    return sum(1 for text in paragraphs if text and text[-1] in _ENDS)


# --- entries under times ----------------------------------------------------------------------------------------

_DIGIT = re.compile(r"\d")
#: With what an entry may begin: a figure, a bracket or bullet, the first two letters of a label. Nothing else is tried.
_OPENS = frozenset("0123456789([*•>|-·▶")
_LETTERS = frozenset(
    "up Up UP La la Po po PO Ak ak St st Ac ac Mi mi At at Ag ag Об об Gü gü 오전 오후 午前 午後 上午 下午 晚上 凌晨".split()
)
#: The same of all: characters and pairs of characters.
ENTRIES = _OPENS | _LETTERS
_LABEL = (
    r"(?:last )?updated?|posted|aktualisiert|stand|actualisé|mis à jour|actualizado|atualizado|aggiornato|обновлено"
    r"|güncelleme"
)
_ZONE = r"(?:uhr|hrs?|h|gmt|utc|ist|bst|cet|cest|eet|msk|mez|kst|jst|pkt|wib|[ecmp][sd]?t|a[ec][sd]?t|local time)\b\.?"
_HALF = r"(?:[ap]\.?\s?m\b\.?)"
_HOUR = r"(?:[01]?\d|2[0-4])"
_TIME = late(
    rf"[^\w(]{{0,4}}\(?(?:(?:{_LABEL})\b[\s:]*(?:at|um|à|a las|às|alle|в)?\s*)?"
    r"(?:\d{1,2}[/.]\d{1,2}\.?(?:[/.]?\d{2,4})?,?\s+|(?:[ap]\.m\.\s))?"
    rf"(?P<time>{_HOUR}:[0-5]\d(?![\d:.,]|-\d)(?:\s*{_HALF})?(?:\s*{_ZONE})?"
    rf"|{_HOUR}\.[0-5]\d\s*(?:{_HALF}|{_ZONE})(?:\s*{_ZONE})?"
    rf"|{_HOUR}\s?{_HALF}(?:\s*{_ZONE})?"
    rf"|{_HOUR}\s?h\s?[0-5]\d\b|{_HOUR}\s?uhr\b"
    rf"|(?:(?:오전|오후|午前|午後|上午|下午|晚上|凌晨)\s*)?{_HOUR}\s?[시時时点點](?:\s?[0-5]?\d\s?分|\s?[0-5]?\d\s?분)?"
    rf")\)?(?P<more>\s*[-:|·]{{0,2}}\s*\S)?",
    regex.IGNORECASE,
)
_CLOCK = regex.compile(r"(?P<hour>\d{1,2})\D{0,3}(?P<minute>[0-5]\d)?")
_AFTERNOON = regex.compile(r"p\.?\s?m|오후|午後|下午|晚上", regex.IGNORECASE)
_ENTRIES = 6
_HEADINGS = 4  # times that are lines of their own
_SHARE = 0.15
_SHARE_FORWARDS = 0.5


def may_be_live_blog(shape: Shape) -> bool:
    """Whether so many lines begin as entries may; one more may begin behind the dateline."""
    return shape.entries + 1 >= min(_ENTRIES, _HEADINGS)


def is_live_blog(paragraphs: list[str], *, announced: bool = False) -> bool:
    """Whether the text is entries under times of day, the newest on top.

    Needed: six paragraphs that begin with a time, or four that are nothing else; at least 15 % of all, but half where the
    times run forwards, as they do in a chronicle or a guide to the evening; and half as many that close like a sentence,
    which neither a table nor a programme has. `announced` (the headline half says so): three, in any order.
    """
    enough = 3 if announced else _ENTRIES
    opened = [text for text in paragraphs if text[:2] in _LETTERS or text[:1] in _OPENS]
    if len(opened) < min(enough, _HEADINGS):
        return False
    times: list[int] = []
    alone = 0
    for text in opened:
        if match := _TIME.match(text):
            times.append(_minutes(match["time"]))
            alone += match["more"] is None
    if len(times) < enough and alone < min(enough, _HEADINGS):
        return False
    steps = [(later > earlier) - (later < earlier) for earlier, later in itertools.pairwise(times)]
    share = _SHARE_FORWARDS if sum(steps) > 0 and not announced else _SHARE
    return len(times) >= share * len(paragraphs) and 2 * _sentences(paragraphs) >= len(times)


def _minutes(time: str) -> int:
    """Minutes since midnight."""
    clock = _CLOCK.search(time)
    if clock is None:
        return 0
    hour = int(clock["hour"]) % 12 + 12 if _AFTERNOON.search(time) else int(clock["hour"])
    return 60 * hour + int(clock["minute"] or 0)


# --- items under datelines or headings, or over credits ---------------------------------------------------------

_HEAD = 70  # characters of a paragraph within which a dateline closes
_ITEMS = 3
_ITEM_WORDS = 12
_PLACES = 5
_PLACES_SHARE = 1 / 3
_PLACE_END = regex.compile(r"[,(\[/-]| - ")
_MARK = regex.compile(r"[.!?。\"'」]\s*[(\[](?P<who>[^()\[\]]{2,30})[)\]]$")


def may_be_round_up(shape: Shape, *, dateline: bool) -> bool:
    """Whether enough lines have what every dateline has, end in a bracket, or are as long as a heading."""
    return shape.datelines >= _ITEMS - dateline or shape.brackets >= _ITEMS or shape.open_ended >= _ITEMS


def is_round_up(paragraphs: list[str], *, dateline: bool) -> bool:
    """Whether the text is several stories, each under its own dateline or heading, or over its own agency's mark.

    Needed: three datelines with an agency or a date (that of the article, `dateline`, is one); or four bare places in
    capitals before a dash that head a third of all paragraphs; or five different ones; or three paragraphs that close with
    an agency in brackets. What follows a dateline must be a sentence, for so begin the rows of a table too; a place before
    a colon is none, for so begins a speaker's line. Or nothing but headings over paragraphs, three at least, that name hardly
    anybody in common, as what stands below the subheads of one story does; numbers before headings count what one story lists.
    """
    candidates = [  # what every dateline has saves looking for one in most paragraphs
        text
        for text in paragraphs[1:]
        if ")" in (head := text[:_HEAD])
        or ("-" in head and head[:2].isupper())
        or (not head.isascii() and _NATIVE.search(head))
    ]
    marked = [text for text in paragraphs if text.endswith(_CLOSING)]
    return (
        (len(candidates) >= _ITEMS - dateline and _is_dated(candidates, len(paragraphs), dateline=dateline))
        or (len(marked) >= _ITEMS and sum(map(_is_marked, marked)) >= _ITEMS)
        or _is_under_headings(paragraphs)
    )


_HEADING_WORDS = range(3, 15)
_OVER_ITEM = 2  # paragraphs that a heading stands over, at least, and that may stand above the first one
_ITEM_NAMES = 3  # for each item
_NAMES_SHARED = 0.06  # of all, that more than one item has


def _is_under_headings(paragraphs: list[str]) -> bool:
    """Whether a text is headings, nearly from its first line on, and paragraphs below each that share no names with others."""
    items: list[list[str]] = [[]]
    for text in paragraphs:
        if text[-1:] not in _CLOSES and not text[:1].isdigit() and len(text.split()) in _HEADING_WORDS:
            items.append([])
        else:
            items[-1].append(text)
    above, *items = items
    if len(items) < _ITEMS or len(above) > _OVER_ITEM or any(_sentences(item) < _OVER_ITEM for item in items):
        return False
    named = Counter(name for item in items for name in _names(item))
    recurring = sum(count > 1 for count in named.values())
    return len(named) >= _ITEM_NAMES * len(items) and recurring <= _NAMES_SHARED * len(named)


_CLOSES = _ENDS | frozenset(",;:-")


def _names(paragraphs: list[str]) -> set[str]:
    """The words with a capital that begin no sentence."""
    found = set[str]()
    for text in paragraphs:
        words = text.split()
        for before, word in itertools.pairwise(words):
            bare = word.strip(_AROUND)
            if bare[:1].isupper() and before[-1] not in _ENDS and word[0] not in _QUOTES:
                found.add(bare.removesuffix("'s"))
    return found


_AROUND = ".,;:!?()[]\"'“”‘’«»"
_QUOTES = frozenset("\"'“‘«")


_CLOSING = (")", "]")


def _is_marked(text: str) -> bool:
    mark = _MARK.search(text, max(0, len(text) - 40))
    return mark is not None and signatures.is_agency_line(mark["who"])


def _is_dated(candidates: list[str], n_paragraphs: int, *, dateline: bool) -> bool:
    sure = int(dateline)
    places: list[str] = []
    for text in candidates:
        found = find_dateline(text, text)
        if found is None or count_words(text[found.end :]) < _ITEM_WORDS or text[-1] not in _ENDS:
            continue
        if text[: found.end].rstrip().endswith(":") and "(" not in text[: found.end]:
            continue
        if found.rule == "dateline-place":
            places.append(_PLACE_END.split(text, maxsplit=1)[0].strip())
        else:
            sure += 1
    if sure >= _ITEMS:
        return True
    return len(places) > _ITEMS and (len(places) >= _PLACES_SHARE * n_paragraphs or len(set(places)) >= _PLACES)


_NATIVE = re.compile(r"[】=/电電讯]")


# --- voices -----------------------------------------------------------------------------------------------------

_LABEL_WITHIN = 90
_VOICE = regex.compile(
    r"(?P<who>\p{Lu}[\p{L}\p{M}.'-]*(?: (?:\p{Lu}[\p{L}\p{M}.'-]*|of|de|da|van|von|der|al|el|bin)){0,5}|[\p{Lo}\p{M} ·]{2,14})"
    r"(?:, [^:\"]{1,60}| ?\([^)]{1,40}\)| ?\[[^\]]{1,40}\])?:(?:\s+(?![\s\"'])|$|(?<=\p{Lo}:))"
)
_ASKED = frozenset({"q", "a", "question", "answer", "frage", "antwort", "問", "答", "问"})
_TURNS, _TURNS_SHARE = 8, 0.5
_TURNS_ANNOUNCED, _SHARE_ANNOUNCED = 4, 0.25
_QUESTIONS = 0.1


def may_be_transcript(shape: Shape, n_paragraphs: int) -> bool:
    """Whether so many lines begin with who may speak; one more may begin behind the dateline."""
    return shape.labels + 1 >= _TURNS_SHARE * n_paragraphs


def is_transcript(paragraphs: list[str], *, announced: bool = False) -> bool:
    """Whether paragraphs begin with who speaks.

    Needed: eight such, half of all, two speakers with three turns each, and a question mark in every tenth, for a list of
    prices and ratings asks nothing. "Q:" and "A:" do not count, for agencies explain in that form. `announced` (headline
    or first lines speak of a transcript or an interview): four, two of each, a quarter of all, "Q:" and "A:" included.
    Words in quotation marks behind a name are a story's quotation and no turn.
    """
    labelled = [text for text in paragraphs if ":" in text[:_LABEL_WITHIN]]
    if len(labelled) < (_SHARE_ANNOUNCED if announced else _TURNS_SHARE) * len(paragraphs):
        return False
    turns: Counter[str] = Counter()
    questions = 0
    for text in labelled:
        if match := _VOICE.match(text):
            who = match["who"].casefold()
            if announced or who not in _ASKED:
                turns[who] += 1
                questions += "?" in text
    n = turns.total()
    if sum(count >= (2 if announced else 3) for count in turns.values()) < 2:
        return False
    if announced:
        return n >= _TURNS_ANNOUNCED and n >= _SHARE_ANNOUNCED * len(paragraphs)
    return n >= _TURNS and n >= _TURNS_SHARE * len(paragraphs) and questions >= _QUESTIONS * n


_REPORTED_SHARE = 0.25


def is_verbatim(paragraphs: list[str], reporting: tuple[str, ...]) -> bool:
    """Whether a text announced as somebody's words is that: voices, or words of reporting in at most a quarter of it."""
    if is_transcript(paragraphs, announced=True):
        return True
    reported = sum(any(word in text for word in reporting) for text in paragraphs)
    return reported <= _REPORTED_SHARE * len(paragraphs)


# --- links ------------------------------------------------------------------------------------------------------

_LINKS = 8
_LINK_WORDS = 12  # on average
_CLOSED_SHARE = 0.05
_FIGURES_SHARE = 0.3


def is_list_of_links(paragraphs: list[str]) -> bool:
    """Whether the text is a page of headlines or of navigation and no story.

    Needed: eight different lines of twelve words on average, of which at most one in twenty closes like a sentence and
    three in ten hold a figure or a colon: a table, a list of winners or of results is a story of its own.
    """
    if len(paragraphs) < _LINKS:
        return False
    most = int(_CLOSED_SHARE * len(paragraphs))
    # The first few tell of nearly all stories.
    if _sentences(paragraphs[: most + 2]) > most or _sentences(paragraphs) > most:
        return False
    if len(set(paragraphs)) < _LINKS or sum(map(count_words, paragraphs)) > _LINK_WORDS * len(paragraphs):
        return False
    facts = sum(":" in text or _DIGIT.search(text) is not None for text in paragraphs)
    return facts <= _FIGURES_SHARE * len(paragraphs)
