"""Whose copy, where copy says so: the agency's name as a line of its own, in the dateline, or after the last sentence.

Only where these stand is found here; what they are worth is for `trace` to say.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import regex
from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages._late import late
from pipeline.stages.clean.dates import is_month
from pipeline.stages.clean.lines import HEAD, ends_sentence, has_digit

__all__ = [
    "FIRST_NATIVE",
    "Dateline",
    "closes_jointly",
    "find_dateline",
    "find_tail_mark",
    "is_agency_line",
    "is_initials",
    "is_joint_line",
    "is_source_line",
    "may_sign",
    "names_agency",
]


@dataclass(frozen=True, slots=True)
class Dateline:
    """The first `end` characters of a paragraph. `release`: it is that of a paid release."""

    end: int
    release: bool
    rule: str


@functools.cache
def _signals() -> dict[str, Any]:
    return lexicon.load_toml("signals.toml")


def _slot_names() -> tuple[str, ...]:
    """Words that mean an agency only where an agency's name is due, such as the Hindi service of PTI ("language")."""
    return tuple(_signals()["slot_names"])


@functools.cache
def _agency_kinds() -> dict[str, str]:
    """Names and aliases of agencies, without case -> kind; two agencies of one name: the first in the file."""
    kinds: dict[str, str] = {}
    for agency in lexicon.agencies():
        for name in (agency.name, *agency.aliases, *agency.native_aliases):
            kinds.setdefault(name.strip("/").casefold(), agency.kind)
    kinds |= dict.fromkeys(_slot_names(), "national")
    for outlet in lexicon.outlets():  # "(CNN) ..."
        if outlet.policy == "any":
            kinds.setdefault(outlet.name.casefold(), outlet.type)
    return kinds


@functools.cache
def _names(*, alone: bool, languages: str = "") -> frozenset[str]:
    """The agencies' names as written.

    `alone`: without acronyms that never stand alone; `languages` ("ru|uk"): of the agencies that write in one of them.
    """
    names = {
        name
        for agency in lexicon.agencies()
        if agency.kind != "photo" and (not languages or set(languages.split("|")) & set(agency.languages))
        for name in (agency.name, *agency.aliases, *agency.native_aliases)
        if not (alone and agency.policy == "full" and " " not in name)
    }
    return frozenset(names.union(name for name in _slot_names() if not (alone and name in _acronyms())))


@functools.cache
def _acronyms() -> frozenset[str]:
    """Those of the slot names that are too short to have a desk or a person beside them: SDA."""
    return frozenset(name for name in _slot_names() if name.isascii() and name.isupper())


def _one_agency(*, alone: bool, languages: str = "") -> str:
    """A pattern for any of these names, the longest first."""
    names = sorted(_names(alone=alone, languages=languages), key=lambda name: (-len(name), name))
    return "(?:" + "|".join(map(regex.escape, names)) + ")"


# --- a line of its own ------------------------------------------------------------------------------------------

_MOST_WORDS = 10


@functools.cache
def _alone() -> regex.Pattern[str]:
    """ "ANI Asia", "By Associated Press", "JANE ROE, AP": a name, with persons before it and a desk behind it."""
    one = _one_agency(alone=True)
    several = rf"{one}(?:(?:\s*[/,;|&+]\s*|\s+(?:and|und|et|y|with|mit)\s+){one})*"
    person = r"\p{Lu}[\p{L}.'-]*(?:\s+(?:\p{Lu}[\p{L}.'-]*|and)){0,6}\s*(?:,|\||/|\bfor\b|\bof\b)\s*(?:[Tt]he\s+)?"
    desk = r"(?:(?:\s*[|,])?\s+(?:[\p{Lu}\p{Lo}][\p{L}\p{M}-]*|in|and|&)){0,4}"
    initials = r"(?:\s+[a-z]{2,4}(?:/[a-z]{2,4}){1,5})?"
    return regex.compile(
        rf"(?:(?:By|BY|Von|Par|Por|From|Source:|via)\s+)?[(\[/-]{{0,3}}\s*(?:{person})?(?:[Tt]he\s+)?{several}{desk}{initials}\s*[)\]/]?"
    )


@functools.cache
def _standing_alone() -> AhoCorasick:
    return AhoCorasick(sorted(_names(alone=True)))


def is_agency_line(flat: str) -> bool:
    """Whether a line is nothing but an agency's name, perhaps with a person or a desk.

    >>> is_agency_line("ANI Asia"), is_agency_line("By Jane Roe, Reuters"), is_agency_line("ANI said so.")
    (True, True, False)
    """
    if flat.strip("()[]") in _acronyms():
        return True
    if flat.count(" ") >= _MOST_WORDS or not _standing_alone().find_matches_as_indexes(flat):
        return False  # the pattern takes its time, and most bylines name no agency
    return _alone().fullmatch(flat) is not None


@functools.cache
def _label() -> regex.Pattern[str]:
    """ "Quelle:", "Theo", "with": what the rules of `signals.toml` know to stand before the names of agencies."""
    words = [word for table in _signals()["words"].values() for word in table]
    one = "|".join(map(regex.escape, sorted(words, key=lambda word: (-len(word), word))))
    return regex.compile(rf"\W{{0,3}}(?:{one})(?:\s*[::-]\s*|\s+|(?<=[\p{{Han}}\p{{Thai}}]))", regex.IGNORECASE)


@functools.cache
def _labelled() -> regex.Pattern[str]:
    one = _one_agency(alone=True)
    return regex.compile(
        rf"(?:[Tt]he\s+)?{one}(?:(?:\s*[/,;|&+]\s*|\s+(?:and|und|et|y|e|og|och|en|i)\s+){one})*\W{{0,2}}"
    )


def is_source_line(flat: str) -> bool:
    """Whether a line names agencies behind a word for "source" or "with", and nobody else.

    >>> is_source_line("Zdroj: ČTK"), is_source_line("(with AAP)"), is_source_line("With AAP he left.")
    (True, True, False)
    """
    if flat.count(" ") >= _MOST_WORDS or not _standing_alone().find_matches_as_indexes(flat):
        return False
    label = _label().match(flat)
    return label is not None and _labelled().fullmatch(flat, label.end()) is not None


# --- several side by side, with the initials of editors ------------------------------------------------------------

_LONGEST_JOINT = 70  # characters
_APART = regex.compile(r"\s*[/,&]\s*|\s+(?:and|und|et|y)\s+")
_INITIALS_FIRST = regex.compile(r"\p{Ll}{2,5}(?:[/,]\s?\p{Ll}{2,5}){0,4}\s+(?=\()")
_INITIALS_ALONE = regex.compile(
    r"\p{Ll}{2,5}(?:-\p{Ll}{2,5})?(?:\s?/\s?\p{Ll}{2,4}){1,4}\s?/?|\p{Lu}{2,4}\s?//\s?\p{Lu}{2,4}"
)


@functools.cache
def _beside() -> regex.Pattern[str]:
    """What stands beside agencies and names nobody: editors' initials, the day, "agencies"."""
    patterns = _signals()["patterns"]
    return regex.compile("|".join(f"(?:{patterns[name]})" for name in ("initials", "day", "unnamed")), regex.IGNORECASE)


@functools.cache
def _folded_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in _names(alone=False))


def _is_joint(named: str) -> bool:
    """Whether this is a list of agencies, in whatever case, and of what may stand beside them; of two parts or more."""
    parts = _APART.split(named)
    return (
        len(parts) > 1
        and any(part.casefold() in _folded_names() for part in parts)
        and all(part.casefold() in _folded_names() or _beside().fullmatch(part) for part in parts)
    )


def names_agency(named: str) -> bool:
    """Whether one of the parts of a list is an agency's name, spelled as it spells it."""
    return not _names(alone=False).isdisjoint(_APART.split(named))


def may_sign(text: str) -> bool:
    """Whether the name of an agency that may stand alone is among the words."""
    hits = _standing_alone().find_matches_as_indexes(text, overlapping=True)
    return any(not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()) for _, start, end in hits)


def _joint_bracket(flat: str) -> int:
    """Where the bracket stands with which a line closes behind a sentence, if it names agencies side by side; else -1."""
    closed = flat.removesuffix(".")
    if not closed.endswith((")", "]")):
        return -1
    start = max(closed.rfind(opener, -_LONGEST_JOINT) for opener in "([")
    before = flat[: max(start, 0)].rstrip()
    return start if before and ends_sentence(before) and _is_joint(closed[start + 1 : -1].strip()) else -1


def closes_jointly(flat: str) -> bool:
    """Whether a line closes like a story's last paragraph that several agencies sign.

    >>> closes_jointly("It rained. (dpa/AFP)"), closes_jointly("Rain in Bern. (Ana Wells/dpa)")
    (True, False)
    """
    return _joint_bracket(flat) >= 0


def is_joint_line(flat: str) -> bool:
    """Whether a line is nothing but agencies side by side, in brackets or with initials: other two may sign a picture.

    >>> is_joint_line("mfh/AFP/Reuters"), is_joint_line("(red, APA)"), is_joint_line("Ana Wells/AFP")
    (True, True, False)
    """
    if len(flat) > _LONGEST_JOINT:
        return False
    first = _INITIALS_FIRST.match(flat)
    named = flat[first.end() if first else 0 :].removesuffix(".")
    is_bracketed = named[:1] in {"(", "["} and named[-1:] in {")", "]"}
    inside = named[1:-1].strip() if is_bracketed else named
    if first:
        return is_bracketed and names_agency(inside) and (_is_joint(inside) or inside in _names(alone=False))
    if not names_agency(inside) or not _is_joint(inside):
        return False
    return is_bracketed or any(_beside().fullmatch(part) for part in _APART.split(inside))


def is_initials(flat: str) -> bool:
    """Whether a line is nothing but the initials of editors, as agencies put below a text.

    >>> is_initials("bur-jm/gw"), is_initials("jc/er/lll"), is_initials("ABC // JLG"), is_initials("km/h")
    (True, True, True, False)
    """
    return _INITIALS_ALONE.fullmatch(flat) is not None


# --- after the last sentence ------------------------------------------------------------------------------------

_TAIL_REACH = 420  # characters from the end within which a tail mark begins


@functools.cache
def _tail() -> regex.Pattern[str]:
    one = _one_agency(alone=False)
    several = rf"{one}(?:\s*[/,&+]\s*{one})*"
    marks = (
        rf"[(\[/]\s*{several}(?:\s+[a-z]{{2,3}}(?:/[a-z]{{2,3}})*)?\s*[)\]/]",
        rf"-{{1,3}}\s*{several}(?:\s+[a-z]{{2,8}}(?:/[a-z]{{2,8}}){{0,4}})?",
        r"(?:PTI|UNI|ANI|EFE)(?:\s+[A-Z]{2,4}){0,6}(?:\s+[a-z]{2,4}(?:/[a-z]{2,4})*)?",  # initials of reporter and editors
        r"\((?:END|End|end|完|终|Fin|FIN|ロイター|聯合)\)|Enditem|/ritzau/",
        r"\((?i:(?:additional |with )?(?:reporting|(?:additional )?inputs?|writing|editing|compiled)\s+(?:by|from))"
        r"\s[^()]{2,320}\)",
        r"(?:Additional )?[Rr]eporting by [^.;]{3,160};.{0,200}(?:[Ee]diting|[Ww]riting) by .{3,160}",
    )
    return regex.compile(rf"(?<=[.!?\"')।。…])\s*(?P<mark>{'|'.join(marks)})\.?$")


#: Marks without a bracket or slash at their end.
_OPEN_MARK = re.compile(r"[.!?\"')।。…]\s*(?:-|PTI|UNI|ANI|EFE|Enditem|(?:Additional )?[Rr]eporting by )")


def _may_end(text: str) -> bool:
    """Whether a mark may close the text: what all of them have, which no other closing sentence does, saves the search."""
    return text.removesuffix(".").endswith((")", "]", "/")) or _OPEN_MARK.search(text) is not None


def find_tail_mark(flat: str) -> tuple[int, int] | None:
    """Where the mark stands with which a last paragraph closes: "... he added. (ANI)". None if there is none.

    A mark stands after a sentence's end: an acronym that closes the sentence itself is part of the story.

    >>> find_tail_mark("He agreed. (ANI)"), find_tail_mark("He leads the Andhra Press Service (APS)")
    ((11, 16), None)
    """
    offset = max(0, len(flat) - _TAIL_REACH)
    if not _may_end(flat[offset:]):
        return None
    match = _tail().search(flat, offset)
    start = match.start("mark") if match else _joint_bracket(flat)
    return (start, len(flat)) if start >= 0 and (match or names_agency(flat[start:].strip("()[]. "))) else None


# --- the dateline -----------------------------------------------------------------------------------------------

_REACH = HEAD  # a dateline ends within so many characters
_DATE = (
    r"(?:[\p{L}\p{M}]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s*\d{4})?"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?\s+[\p{L}\p{M}]{3,10}\.?(?:,?\s*\d{4})?)"
)
_AGENCY_SLOT = regex.compile(
    r"(?P<place>[\p{Lu}\p{Lo}][^()\[\]:;\"!?\n]{1,60}?)(?:\s*\([^()]{2,30}\))?(?:\s*\[[^\]]{2,40}\])?[,.]?\s*"
    rf"(?P<date>{_DATE})?[,.]?\s*-{{0,2}}\s*(?:\((?P<agency>[^()\n]{{2,44}})\)|/(?P<slashed>[^()/\n]{{2,30}})/)"
    r"\s*(?P<close>[-_:=.]{1,3})?\s*"
)
_AGENCY_FIRST = regex.compile(
    rf"\((?P<agency>[^()\n]{{2,30}})\)\s*(?P<close>[-:]{{1,3}})?\s*(?:[\p{{Lu}} ']{{3,30}},?\s*{_DATE}\s*[-:.]{{1,2}})?\s*"
)
_PLACE_DATE = regex.compile(
    r"(?P<place>\p{Lu}[\p{L} .'/-]{1,40}?(?:,\s*\p{Lu}[\p{L}. ]{1,20}?)?)"
    rf",\s*(?P<date>{_DATE})\s*(?:[:=]|\.?-{{1,2}})\s*"
)
_PLACE_ONLY = regex.compile(
    r"(?P<place>\p{Lu}[\p{Lu}.'/ -]*\p{Lu}\.?(?:,\s*(?:\p{Lu}[\p{L}.']*)(?:\s\p{Lu}[\p{L}.']*){0,2})?)"
    r"(?P<close>\s*(?:-{1,3}|:)\s*)"
)
#: Cyrillic begins here, and all that follow have a letter from here on.
FIRST_NATIVE = "\u0400"
# In braces: any agency that writes in these languages.
_NATIVE = (
    (
        "dateline-zh",
        r"(?:新华社|新華社|中新社|中央社|中新网|人民网|央视网)[^\s,。]{0,16}?\d{1,2}(?:月\d{1,2})?日(?:综合)?[电電讯]?(?:\s*\([^)]{2,30}\))?[::]?\s*",
    ),
    ("dateline-zh", r"\((?:中央社|新华社|中新社)[^)]{2,30}?[电電讯]\)\s*|本[报報社][讯訊]?(?:\s*\([^)]{2,20}\))?\s+"),
    (
        "dateline-ko",
        r"[(\[【][가-힣·, ]{2,20}=[^)\]】\n]{2,14}[)\]】]\s*(?:[가-힣·, ]{2,30}?(?:기자|특파원|통신원)\s*)?=?\s*",
    ),
    ("dateline-ja", r"【[^】\n]{0,16}(?:共同|時事|ロイター|AFP|AP|聯合|新華社|=|支局|特派員)[^】\n]{0,16}】\s*"),
    (
        "dateline-ru",
        r"\p{Lu}[\p{Cyrillic} -]{2,30}[.,]\s*\d{1,2}\s+\p{Cyrillic}{3,9}\.?\s*(?:/{ru|uk}/|[-.]?\s*{ru|uk})[.,]?\s*-?\s*",
    ),
    ("dateline-ar", r"\p{Arabic}[\p{Arabic} ]{1,30}\s*[-/]\s*{ar}\s*[-/]\s*"),
    ("dateline-fa", r"به گزارش (?:خبرنگار )?(?:خبرگزاری )?{fa}\s*[،,]\s*"),
)
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_NAMED_APART = regex.compile(r"[/,;=]| and ")
_PLACE_APART = regex.compile(r"[ ,/-]+")
_PARTICLES = frozenset("of de del da do la el le les al an am der die upon and und et y e the im in bei".split())
#: Words in capitals before a colon or dash that name no place.
_NO_PLACE = frozenset(
    "watch read more update updated note also related photos photo video exclusive opinion analysis breaking what who "
    "where when why how live editorial correction clarification question answer recommended must see listen explained "
    "fact check here join follow pros cons good bad winner loser score result recap news alert developing advisory "
    "review verdict spoiler warning a an our your my this that these it is are was".split()
)


@functools.cache
def _native() -> tuple[tuple[str, regex.Pattern[str]], ...]:
    def agency(match: regex.Match[str]) -> str:
        return _one_agency(alone=True, languages=match[1])

    return tuple(
        (rule, late(regex.sub(r"\{([a-z]{2}(?:\|[a-z]{2})*)\}", agency, pattern))) for rule, pattern in _NATIVE
    )


def find_dateline(flat: str, raw: str) -> Dateline | None:
    """The dateline with which a paragraph begins, its separator included; None if there is none.

    `flat` is the flattened paragraph, `raw` the same as read (dashes of any length are one in `flat`). With an agency on
    the list any place will do; without, the place must be in capitals or a date must follow it.

    >>> find_dateline("SEOUL, March 19 (Yonhap) -- South", "SEOUL, March 19 (Yonhap) -- South").end
    28
    """
    head = flat[:_REACH]
    if max(head, default="") >= FIRST_NATIVE:  # no text in Latin letters compiles what is for others
        for rule, pattern in _native():
            if match := pattern.match(head):
                return Dateline(match.end(), False, rule)
    if not (head[:1].isupper() or head[:1] == "(" or not head.isascii()):
        return None
    return _with_agency(head) or _place_and_date(head) or _place_alone(head, raw)


def _with_agency(head: str) -> Dateline | None:
    if "(" not in head and "/" not in head:
        return None
    first = _AGENCY_FIRST.match(head)
    if first and _kind(first["agency"]):
        return Dateline(first.end(), _kind(first["agency"]) == "release", "dateline-agency-first")
    match = _AGENCY_SLOT.match(head)
    if match is None or not _is_place(match["place"]):
        return None
    named = match["agency"] or match["slashed"]
    kind = _kind(named)
    date = match["date"] is not None and any(is_month(word) for word in _WORD.findall(match["date"]))
    # "शांतिपुर, नौ मार्च (भाषा)": where there are no capitals the day may be a word, and stands in the place.
    spelled = not match["place"][0].isupper() and any(is_month(word) for word in _WORD.findall(match["place"]))
    if kind and (date or spelled or match["close"]):
        return Dateline(match.end(), kind == "release", "dateline-agency")
    # A station's call sign or a paper's name: a dateline too, whoever that is.
    if (
        len(named.split()) <= 3
        and not _is_table(head[match.end() :])
        and (date or (_is_shouted(match["place"]) and match["close"] and "-" in match["close"]))
    ):
        return Dateline(match.end(), False, "dateline-bracket")
    return None


def _kind(named: str) -> str | None:
    """The kind of the agency or agencies in a bracket; release wins ("ANI/PNN" is paid for). None if none is known."""
    kinds = [_agency_kinds().get(part.strip().casefold()) for part in _NAMED_APART.split(named)]
    kinds.append(_agency_kinds().get(named.strip().casefold()))
    known = [kind for kind in kinds if kind]
    return "release" if "release" in known else known[0] if known else None


_PLACE_WORDS = 5


def _is_place(place: str) -> bool:
    """Few words, each with a capital (or of a script without capitals), particles aside."""
    words = [word for word in _PLACE_APART.split(place) if word]
    return 0 < len(words) <= _PLACE_WORDS and all(not word[0].islower() or word in _PARTICLES for word in words)


def _is_table(rest: str) -> bool:
    """Whether what follows has no small letter: "USSR EXCHANGE RATES - SEPT 10" heads a table."""
    return any(map(str.isupper, rest)) and not any(map(str.islower, rest))


def _is_shouted(place: str) -> bool:
    first = place.replace(",", " ").split(" ", 1)[0]
    return len(first) >= 2 and first == first.upper() and first != first.lower()


def _place_and_date(head: str) -> Dateline | None:
    if "," not in head or not has_digit(head):
        return None
    match = _PLACE_DATE.match(head)
    if match is None or not _is_place(match["place"]):
        return None
    if not any(is_month(word) for word in _WORD.findall(match["date"])):
        return None
    return Dateline(match.end(), False, "dateline-date")


def _place_alone(head: str, raw: str) -> Dateline | None:
    if head[1:2].islower() or ("-" not in head and ":" not in head):
        return None
    match = _PLACE_ONLY.match(head)
    if match is None or match.end() == len(head):
        return None
    place, close = match["place"], match["close"]
    letters = sum(character.isalpha() for character in place)
    if (
        letters < 4
        or not _is_place(place)
        or _is_table(head[match.end() :])
        or not _NO_PLACE.isdisjoint(place.casefold().replace(",", " ").split())
    ):
        return None
    dash = match.start("close") + len(close) - len(close.lstrip())
    # "COVID-19", "X-RAY": a hyphen inside a word is no separator; a long dash, two hyphens or space before one is.
    stands_off = close[0] == " " or close.count("-") > 1 or raw[dash] in "—–―" or (":" in close and close[-1] == " ")
    return Dateline(match.end(), False, "dateline-place") if stands_off else None
