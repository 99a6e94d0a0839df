"""Whose copy, where copy says so: the agency's name as a line of its own, or after the last sentence.

Only where these stand is found here; what they are worth is for `trace` to say.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import regex
from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages.clean import agencies
from pipeline.stages.clean.lines import ends_sentence, is_person

__all__ = [
    "closes_jointly",
    "find_bare_mark",
    "find_tail_mark",
    "is_agency_line",
    "is_agency_name",
    "is_initials",
    "is_joint_line",
    "is_of_house",
    "is_photographer",
    "is_pictured",
    "is_shared_line",
    "is_signed_bare",
    "is_source_line",
    "may_sign",
    "names_agency",
]


# --- a line of its own ------------------------------------------------------------------------------------------

_MOST_WORDS = 10
_UNNAMED = ("وكالات", "الوكالات")  # "agencies", behind a place like the name of one
_PICTURES = (" Images", " Image", " Photo", " Photos", " Pictures")  # "AP Images" is a picture's


@functools.cache
def _alone() -> regex.Pattern[str]:
    """ "ANI Asia", "By Associated Press", "JANE ROE, AP", "Dubai - Reuters": persons or a place, a name, a desk."""
    one = rf"(?P<one>{agencies.one_of(alone=True)}|{'|'.join(_UNNAMED)})"  # a thousand names, compiled once
    several = rf"{one}(?:(?:\s*[/,،、;|&+・·-]\s*|\s*{_and()}\s*|\s+(?:with|mit)\s+)(?&one))*"
    person = r"\p{Lu}[\p{L}.'-]*(?:\s+(?:\p{Lu}[\p{L}.'-]*|and)){0,6}\s*(?:,|\||/|\bfor\b|\bof\b)\s*(?:[Tt]he\s+)?"
    place = r"(?:\p{Lu}[\p{L}.'-]*(?:,?\s\p{Lu}[\p{L}.'-]*)?|[\p{Lo}\p{M}]+(?:\s[\p{Lo}\p{M}]+){0,2})\s?(?:-|/|(?<=\p{Lo}):)\s?"
    desk = r"(?:(?:\s*[|,])?\s+(?:[\p{Lu}\p{Lo}][\p{L}\p{M}-]*|in|and|&|(?:innen|uten)riks|(?:in|ut)rikes)){0,4}"
    initials = r"(?:\s+(?:[a-z]{2,4}(?:/[a-z]{2,4}){1,5}|(?:news\s?)?wire))?"
    return regex.compile(
        rf"(?:{_by().pattern})?[(\[/〔-]{{0,3}}\s*(?:{person}|{place})?(?:[Tt]he\s+)?{several}(?:{desk}{initials}|\s/\s\p{{Lu}}\p{{L}}+)\s*[)\]/〕-]?"
    )


@functools.cache
def _and() -> str:
    """A pattern for "and" between two names."""
    return f"(?:{lexicon.one_of(agencies.signals()['words']['and'])})"


@functools.cache
def _by() -> regex.Pattern[str]:
    """What stands before the names in a byline: "Piše:", "By", "Text:"; an old copyright, "c.1999"."""
    words = {name: lexicon.one_of(listed) for name, listed in agencies.signals()["words"].items()}
    return regex.compile(
        rf"(?i:(?:{words['byline']}|source)(?:\s*:\s*|\s+)|autor\s+|(?:{words['byline_nouns']})\s*:\s*|c\.\s?(?:19|20)\d\d\s+)"
    )


@functools.cache
def _standing_alone() -> AhoCorasick:
    return AhoCorasick(sorted(agencies.names(alone=True).union(_UNNAMED)))


def is_agency_line(flat: str) -> bool:
    """Whether a line is nothing but an agency's name, perhaps with a person or a desk.

    >>> is_agency_line("ANI Asia"), is_agency_line("By Jane Roe, Reuters"), is_agency_line("ANI said so.")
    (True, True, False)
    """
    if flat.strip("()[]") in agencies.acronyms() or _is_labelled_name(flat):
        return True
    if flat.endswith(")"):
        flat = _around("staffed").sub("", flat)
    if flat.count(" ") >= _MOST_WORDS or not _standing_alone().find_matches_as_indexes(flat):
        return False  # the pattern takes its time, and most bylines name no agency
    if flat.rstrip(")]").endswith(_PICTURES):
        return False
    return _alone().fullmatch(flat) is not None


def _is_labelled_name(flat: str) -> bool:
    """Whether a line is the names of agencies behind a byline's words: even such as mean none alone ("Piše: Hina")."""
    label = _by().match(flat)
    return label is not None and agencies.names(alone=False).issuperset(
        _listed().split(flat[label.end() :].rstrip(",. "))
    )


_PHOTOGRAPHER = regex.compile(
    r"[(\[]?(?P<who>[^/|]+?)\s?(?P<apart>[/|])\s?(?:AP|AFP|EPA|Reuters|REUTERS|Associated Press|Getty(?: Images)?)[)\]]?"
)


def is_photographer(flat: str, byline: str) -> bool:
    """Whether a line names who took a picture for an agency; none of `byline`, and a bar joins none unless that is another.

    >>> is_photographer("Ana Wells/AP", "Tom Bell"), is_photographer("Ana Wells/AP", "Ana Wells"), is_photographer("CBS/AP", "")
    (True, False, False)
    """
    match = _PHOTOGRAPHER.fullmatch(flat) if "/" in flat or "|" in flat else None
    if match is None or _by().match(flat) or not is_person(match["who"]):
        return False
    return match["who"].casefold() not in byline.casefold() and (match["apart"] == "/" or byline != "")


_SHARED_WORDS = 8


@functools.cache
def _shared() -> regex.Pattern[str]:
    """What stands between those that share a line."""
    return regex.compile(rf"{_listed().pattern}|\s-\s|\s(?:avec|com|con|dengan|med|met|mit|with)\s")


def is_shared_line(flat: str, is_house: Callable[[str], bool]) -> bool:
    """Whether a line names agencies beside the house, its desk or an editor's initials, and nobody else.

    >>> is_shared_line("Vale Post com Lusa", {"Vale Post"}.__contains__), is_shared_line("ČTK, redakce", bool)
    (True, True)
    """
    if flat.count(" ") >= _SHARED_WORDS or not _standing_alone().find_matches_as_indexes(flat):
        return False
    label = _by().match(flat)
    parts = _shared().split(flat[label.end() if label else 0 :])
    named = [part in agencies.names(alone=True) for part in parts]
    return (
        len(parts) > 1
        and any(named)
        and all(
            is_name or _beside().fullmatch(part) or is_house(part) for part, is_name in zip(parts, named, strict=True)
        )
    )


def is_of_house(flat: str, is_house: Callable[[str], bool]) -> bool:
    """Whether a line is the house's name and an agency's, a slash between them: between two others it signs a picture.

    >>> is_of_house("ABC/AFP", {"ABC"}.__contains__), is_of_house("SPA/AFP", {"ABC"}.__contains__)
    (True, False)
    """
    if "/" not in flat:
        return False
    first, second = map(str.strip, flat.split("/", 1))
    return (is_agency_name(second) and is_house(first)) or (is_agency_name(first) and is_house(second))


@functools.cache
def _around(name: str) -> regex.Pattern[str]:
    """A pattern of `signals.toml`."""
    return regex.compile(agencies.signals()["patterns"][name], regex.IGNORECASE)


@functools.cache
def _label() -> regex.Pattern[str]:
    """ "Quelle:", "Theo", "with", "Some information for this report came from": what stands before the names of agencies."""
    words = [
        word for table in ("source", "agency", "inputs", "material") for word in agencies.signals()["words"][table]
    ]
    one = lexicon.one_of(words)
    said = agencies.signals()["patterns"]["said_from"]
    return regex.compile(
        rf"\W{{0,3}}(?:{said}|(?:{one})(?:\s*[::-]\s*|\s+|(?<=[\p{{Han}}\p{{Thai}}])))", regex.IGNORECASE
    )


@functools.cache
def _listed() -> regex.Pattern[str]:
    """What stands between names in a list: a mark, or "and", which is joined to what follows it in Arabic, and in scripts
    without spaces to what stands before it."""
    return regex.compile(rf"\s*[/,،、;|&+・·]\s*|\s{_and()}\s|\s(?:ו|و|และ)|(?<=[\u3000-\U0010ffff]){_and()}\s?")


_SIGNED_SOURCE = regex.compile(r"(?:[\p{L}\p{M}]+ ){1,5}(?=\([Tt]heo )")  # "Ana Wells (Theo AFP)"
_THE = regex.compile(r"[Tt]he\s+")
_SOURCE_WORDS = 16


def is_source_line(flat: str) -> bool:
    """Whether a line names agencies behind a word for "source" or "with", and nobody else.

    >>> is_source_line("Zdroj: ČTK"), is_source_line("(with AAP)"), is_source_line("With AAP he left.")
    (True, True, False)
    """
    if flat.count(" ") >= _SOURCE_WORDS:
        return False
    signed = _SIGNED_SOURCE.match(flat)
    flat = flat[signed.end() :] if signed else flat
    label = _label().match(flat)
    if label is None:
        return False
    named = _listed().split(_CLOSED.sub("", flat[label.end() :]))
    return agencies.names(alone=False).issuperset(_THE.sub("", name, count=1) for name in named)


_CLOSED = regex.compile(r"\W{1,2}$")


# --- several side by side, with the initials of editors ------------------------------------------------------------

_LONGEST_JOINT = 70  # characters
_INITIALS_FIRST = regex.compile(r"\p{Ll}{2,5}(?:[/,]\s?\p{Ll}{2,5}){0,4}\s+(?=\()")
_INITIALS_ALONE = regex.compile(
    r"\p{Ll}{2,5}(?:-\p{Ll}{2,5})?(?:\s?/\s?\p{Ll}{2,4}){1,4}\s?/?|\p{Lu}{2,4}\s?//\s?\p{Lu}{2,4}"
)


@functools.cache
def _beside() -> regex.Pattern[str]:
    """What stands beside agencies and names nobody: editors' initials, the day, "agencies"."""
    patterns = agencies.signals()["patterns"]
    named = "|".join(f"(?:{patterns[name]})" for name in ("initials", "day", "unnamed", "desk_words"))
    return regex.compile(named, regex.IGNORECASE)


@functools.cache
def _small_names() -> frozenset[str]:
    """The names that are told from a word and from initials in small letters, too: "afp", "antara"."""
    return frozenset(name.casefold() for name in agencies.names(alone=True) if name.isalpha() and len(name) > 2)


@functools.cache
def _folded_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in agencies.names(alone=False))


def _is_joint(named: str) -> bool:
    """Whether this is a list of agencies, in whatever case, and of what may stand beside them; of two parts or more."""
    parts = _listed().split(named)
    return (
        len(parts) > 1
        and any(part.casefold() in _folded_names() for part in parts)
        and all(part.casefold() in _folded_names() or _beside().fullmatch(part) for part in parts)
    )


def is_agency_name(flat: str) -> bool:
    """Whether a line is the name of one agency, in whatever case, and nothing beside it."""
    return flat.casefold() in _folded_names()


def names_agency(named: str) -> bool:
    """Whether one of the parts of a list is an agency's name, spelled as it spells it."""
    return not agencies.names(alone=False).isdisjoint(_listed().split(named))


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

    >>> is_joint_line("mfh/AFP/Reuters"), is_joint_line("(red, APA)"), is_joint_line("(afp)"), is_joint_line("Ana Wells/AFP")
    (True, True, True, False)
    """
    if len(flat) > _LONGEST_JOINT:
        return False
    programme = _around("programme").match(flat)
    flat = flat[programme.end() :] if programme else flat
    first = _INITIALS_FIRST.match(flat)
    named = flat[first.end() if first else 0 :].removesuffix(".")
    is_bracketed = named[:1] in {"(", "["} and named[-1:] in {")", "]"}
    inside = named[1:-1].strip() if is_bracketed else named
    if first:
        return is_bracketed and names_agency(inside) and (_is_joint(inside) or inside in agencies.names(alone=False))
    if is_bracketed and inside in _small_names():
        return True
    if not (names_agency(inside) or _small_names().intersection(_listed().split(inside))) or not _is_joint(inside):
        return False
    return is_bracketed or any(_beside().fullmatch(part) for part in _listed().split(inside))


def is_initials(flat: str) -> bool:
    """Whether a line is nothing but the initials of editors, as agencies put below a text.

    >>> is_initials("bur-jm/gw"), is_initials("jc/er/lll"), is_initials("ABC // JLG"), is_initials("km/h")
    (True, True, True, False)
    """
    return _INITIALS_ALONE.fullmatch(flat) is not None


_PICTURED = regex.compile(r"\S+ (?=.*\p{Ll}).*[\p{L}\p{N}'\"] \((?P<who>[^()]{2,60})\)")


def is_pictured(flat: str) -> bool:
    """Whether a line that closes no sentence ends in an agency in brackets, with its photographer perhaps.

    >>> is_pictured("Jane Roe (AP)"), is_pictured("The keeper feeds his goat (PTI/Jane Roe)"), is_pictured("OSLO (AP)")
    (True, True, False)
    """
    if flat[-1] != ")":
        return False
    match = _PICTURED.fullmatch(flat)
    return match is not None and names_agency(match["who"])


# --- after the last sentence ------------------------------------------------------------------------------------

_TAIL_REACH = 420  # characters from the end within which a tail mark begins


#: Agencies whose bare name closes a text; others so sign a picture.
_UNMARKED = "(?:PTI|UNI|ANI|IANS|EFE|APP|BSS|UNB|GNA|NAN|KUNA|WAM|VNA|NZPA|S(?:APA|apa)|B(?:ERNAMA|ernama))"


@functools.cache
def _tail() -> regex.Pattern[str]:
    one = agencies.one_of(alone=False)
    several = rf"{one}(?:\s*[/,&+-]\s*{one})*"
    marks = (
        rf"[(\[/]\s*{several}(?:\s+[a-z]{{2,3}}(?:/[a-z]{{2,3}})*)?\s*[)\]/](?:\s*\((?:www\.)?\w+\.[\w.]{{2,10}}\))?",
        rf"-{{1,3}}\s*{several}(?:\s+{one}|\s*\({one}\)|\s+[a-z]{{2,8}}(?:/[a-z]{{2,8}}){{0,4}})?\s*-{{0,3}}",
        rf"[(\[]?(?:©|\([Cc]\)) ?(?:(?:19|20)\d\d ?)?(?:The )?{several}[)\]]?",
        rf"/{{1,2}}\s?{one}|/[a-z]{{2,4}}|[(-]\s*(?:[Nn]ews )?[Aa]gencies\)?",
        rf"{_UNMARKED}(?:\s+[A-Z]{{2,4}}){{0,6}}(?:\s+[a-z]{{2,4}}(?:/[a-z]{{2,4}})*)?",  # initials of reporter and editors
        r"\((?:END|End|end|完|终|Fin|FIN|ロイター|聯合)\)|Enditem|/ritzau/",
        r"\((?i:(?:additional |with )?(?:reporting|(?:additional )?inputs?|writing|editing|compiled)\s+(?:by|from))"
        r"\s[^()]{2,320}\)",
        r"(?:Additional )?[Rr]eporting by [^.;]{3,160};.{0,200}(?:[Ee]diting|[Ww]riting) by .{3,160}",
    )
    return regex.compile(rf"(?<=[.!?\"')।。…])\s*(?P<mark>{'|'.join(marks)})\.?$")


#: Marks without a bracket or slash at their end.
_OPEN_MARK = re.compile(rf"[.!?\"')।。…]\s*(?:[-/©]|\([Cc]\)|{_UNMARKED}|Enditem|(?:Additional )?[Rr]eporting by )")


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


_BARE_WORDS = 4  # of a sentence before it


def find_bare_mark(flat: str) -> int:
    """Where an agency's name in capitals stands behind the last sentence of a paragraph, alone; 0 if none does.

    >>> find_bare_mark("The lamp at the end of the long pier will stay lit until May. REUTERS"), find_bare_mark("He met AFP")
    (62, 0)
    """
    if not flat[-1:].isupper():
        return 0
    said, _, name = flat.rpartition(" ")
    is_paragraph = said.count(" ") >= _BARE_WORDS and ends_sentence(said)
    return len(said) + 1 if is_paragraph and name in _shouted_names() else 0


def is_signed_bare(flat: str) -> bool:
    """Whether an agency's name, however spelled, stands alone behind the last sentence of a paragraph."""
    said, _, name = flat.rpartition(" ")
    return name.casefold() in _folded_names() and ends_sentence(said)


@functools.cache
def _shouted_names() -> frozenset[str]:
    """Names of one word in capitals that mean an agency alone: "AFP", "REUTERS"."""
    words = frozenset(name for name in agencies.names(alone=True) if name.isalpha())
    return frozenset(name for name in words if name.isupper()) | {"REUTERS", "BLOOMBERG", "XINHUA"}
