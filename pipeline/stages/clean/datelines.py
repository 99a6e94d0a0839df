"""The dateline with which a story begins: "SEOUL, March 19 (Yonhap) -- "."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import regex

from pipeline.stages import lexicon
from pipeline.stages._late import late
from pipeline.stages.clean import agencies
from pipeline.stages.clean.dates import is_filler, is_month
from pipeline.stages.clean.lines import HEAD, has_digit

__all__ = ["FIRST_NATIVE", "Dateline", "find_dateline", "is_dateline"]


@dataclass(frozen=True, slots=True)
class Dateline:
    """The first `end` characters of a paragraph. `release`: it is that of a paid release. `is_sure`: an agency, a date or a
    place that is known says that it is one."""

    end: int
    release: bool
    rule: str
    is_sure: bool = True


_REACH = HEAD  # a dateline ends within so many characters
_DATE = (
    r"(?:[\p{L}\p{M}]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s*\d{4})?"
    r"|\d{1,2}(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?[\p{L}\p{M}]{3,10}\.?(?:,?\s*(?:de\s+)?\d{4})?"
    r"|\d{4}\.\s+[\p{L}]{3,10}\s+\d{1,2}\.(?:,\s+\p{L}{4,10})?)"
)
_AGENCY_SLOT = regex.compile(
    r"(?P<place>[\p{Lu}\p{Lo}][^()\[\]:;\"!?\n]{1,60}?)(?:\s*\([^()]{2,30}\))?(?:\s*\[[^\]]{2,40}\])?[,.]?\s*"
    rf"(?P<date>{_DATE})?[,.]?\s*-{{0,2}}\s*"
    rf"(?:\((?P<agency>[^()\n]{{2,44}}?)(?:\s+-\s+(?P<within>{_DATE})\s*)?\)|/(?P<slashed>[^()/\n]{{2,30}})/)"
    r"\s*(?P<close>[-_:=.]{1,3})?\s*"
)
_AGENCY_FIRST = regex.compile(
    rf"\((?P<agency>[^()\n]{{2,30}})\)\s*(?P<close>[-:]{{1,3}})?\s*(?:[\p{{Lu}} ']{{3,30}},?\s*{_DATE}\s*[-:.]{{1,2}})?\s*"
)
_STATION_FIRST = regex.compile(r"\((?P<station>[\p{Lu}\d][\w.&']*(?: [\p{Lu}\d][\w.&']*){0,3})\)\s*-{1,3}\s+")
_AGENCY_LAST = regex.compile(
    r"(?P<place>\p{Lu}[\p{L} .'-]{1,40}?(?:,\s*\p{Lu}[\p{L}. ]{1,24}?)?),\s*"
    rf"(?:{_DATE},?\s*)?(?P<agency>\p{{Lu}}[\p{{L}} ]{{1,24}}?)\s*-{{1,3}}\s+"
)
_PLACE_DATE = regex.compile(
    r"(?P<place>\p{Lu}[\p{L} .'/-]{1,40}?(?:,\s*\p{Lu}[\p{L}. ]{1,20}?)?)"
    rf"(?:\s*\([^()\n]{{1,8}}\))?,\s*(?P<date>{_DATE})(?:,?\s+(?P<agency>\p{{Lu}}\p{{L}}{{1,11}}))?\s*(?:[:=]|\.?-{{1,2}})\s*"
)
_PLACE_ONLY = regex.compile(
    r"(?P<place>\p{Lu}[\p{Lu}.'/ -]*\p{Lu}\.?(?:,\s*(?:\p{Lu}[\p{L}.']*)(?:\s\p{Lu}[\p{L}.']*){0,2})?)"
    r"(?P<close>\s*(?:-{1,3}|:)\s*)"
)
#: Cyrillic begins here, and all that follow have a letter from here on.
FIRST_NATIVE = "\u0400"
# In braces: any agency that writes in these languages, or is written in this script.
_NATIVE = (
    (
        "dateline-zh",
        r"(?:新华社|新華社|中新社|中央社|中新网|人民网|央视网)(?:\s?/\s?)?[^\s,。]{0,16}?\d{1,2}(?:月\d{1,2})?日(?:综合)?[电電讯]?(?:\s*\([^)]{2,30}\))?[::]?\s*",
    ),
    (
        "dateline-zh",
        r"[(〔【](?:\p{Han}{2,10}?(?:\d{1,2}月)?(?:\d{1,2}日)?)?(?:{Han}|法新|路透|美联|美聯|德新|综合|綜合)[\p{Han}\d]{0,12}?"
        r"[电電讯訊][)〕】]\s*|〔{Han}〕\s*",
    ),
    (
        "dateline-zh",
        r"\((?:中央社|新华社|中新社)[^)]{2,30}?(?:[电電讯訊]|報導|报道|報道)\)\s*|本[报報社][讯訊]?(?:\s*\([^)]{2,20}\))?\s+",
    ),
    (
        "dateline-ko",
        r"[(\[【][가-힣·, ]{2,20}=[^)\]】\n]{2,14}[)\]】]\s*(?:[가-힣·, ]{2,30}?(?:기자|특파원|통신원)\s*)?=?\s*",
    ),
    ("dateline-ja", r"【[^】\n]{0,16}(?:共同|時事|ロイター|AFP|AP|聯合|新華社|=|支局|特派員)[^】\n]{0,16}】\s*"),
    ("dateline-ja", r"\[[^\]\n]{0,24}(?:ロイター|共同|時事|AFP)\]\s*-?\s*"),
    (
        "dateline-ru",
        r"\p{Lu}[\p{Cyrillic} -]{2,30}[.,]\s*(?:\d{1,2}\s+\p{Cyrillic}{3,9}|\d{1,2}\.\d{1,2}\.\d{4})\.?\s*"
        r"(?:/{ru|uk}/|[-.,]?\s*{ru|uk})(?:,\s\p{Lu}\p{Ll}+\s\p{Lu}\p{Ll}+(?=\.))?[.,]?\s*-?\s*",
    ),
    ("dateline-ru", r"\d{1,2}\s+\p{Cyrillic}{3,9},\s+\p{Lu}[\p{Cyrillic} -]{2,30}\s*/(?:Корр\.\s)?{Cyrillic}/\.\s*"),
    ("dateline-ru", r"\p{Lu}{3}[\p{Lu} -]{0,30},\s+{Cyrillic}\.\s+(?=[\p{Lu}\"])"),
    ("dateline-ru", r"(?:/{Cyrillic}/|{Cyrillic})\.\s+(?=[\p{Lu}\"])"),
    ("dateline-ar", r"{spot}\s*(?:[-/]|ـ{1,2})\s*\"?{Arabic}\"?(?:\s*[-/:]\s*|\s+(?=\p{Arabic})|\Z)"),
    ("dateline-ar", r"{spot}\s*:\s*\"?{Arabic}\"?(?:\s*-\s*|\Z)|{spot}\s*\({Arabic}\)\s*[-:]\s*"),
    ("dateline-ar", r"\({spot}\s*[-/]\s*{Arabic}\)\s*[-:]?\s*"),
    # Other names are those of places and persons, too.
    (
        "dateline-ar",
        r"(?:رويترز|أ ف ب|أ\.ف\.ب|فرانس برس|د ب أ|أ ش أ|واس|وام|بترا|كونا)\s*[-/]\s*{spot}(?:\s*[-:]\s*|\Z)",
    ),
    # Words for an agency, or before a postposition, are no place: "according to an agency (APP)".
    (
        "dateline-ur",
        r"(?![^(]*(?:خبر|ایجنسی|ادار|نیوز))"
        r"\p{Arabic}{2,12}(?: \p{Arabic}{2,12})?(?:،? \d{1,2} \p{Arabic}{2,8})?\s*"
        r"\((?:{Urdu}|{ur})\)\s*[-:]?\s*(?!(?:کے|کی|کا|نے|سے|کو|پر|میں)\s)(?=\p{Arabic})",
    ),
    ("dateline-hi", r"(?:{Indic}\s*,\s*{place}|{place}\s*[,/]\s*{Indic})\s*[।:]\s*"),
    ("dateline-th", r"{Thai}\s?-{1,2}\s+"),
    ("dateline-fa", r"به گزارش (?:خبرنگار )?(?:خبرگزاری )?{fa}\s*[،,]\s*"),
)
_OPENS_STORY = regex.compile(r"[\p{Lu}\"]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_NAMED_APART = regex.compile(r"[/,;=]| and | - ")
_PARTS = regex.compile(r"[,/]| AND ")
_PLACE_APART = regex.compile(r"[ ,/-]+")
_PARTICLES = frozenset("of de del da do la el le les al an am der die upon and und et y e the im in bei".split())
#: Words of a bracket with which a story begins that may stand in a station's name too.
_STATION_WORDS = frozenset({"news", "live", "the", "today", "tonight"})


@functools.cache
def _places() -> tuple[frozenset[str], ...]:
    """What places.toml knows, without case: places, what stands behind their comma, and words of labels, which name none."""
    file = lexicon.load_toml("places.toml")
    labels = [word for words in file["labels"].values() for word in words]
    return tuple(frozenset(map(str.casefold, words)) for words in (file["known"], file["regions"], labels))


_URDU = regex.compile("[ےٹڈڑںی]")  # letters that Arabic lacks
_INDIC_SCRIPTS = ("Devanagari", "Bengali")
_INDIC = r"[\p{Devanagari}\p{Bengali}]"


@functools.cache
def _native() -> tuple[tuple[str, regex.Pattern[str]], ...]:
    def agency(match: regex.Match[str]) -> str:
        if match[1] == "spot":
            return r"\p{Arabic}+(?: \p{Arabic}+){0,2}"
        if match[1] == "place":
            return rf"{_INDIC}{{2,14}}(?: {_INDIC}{{2,14}})?"
        if match[1] == "Urdu":
            return f"(?:{lexicon.one_of(filter(_URDU.search, agencies.names(alone=False)))})"
        if match[1] == "Indic":
            return f"(?:{'|'.join(agencies.one_of(alone=True, script=script) for script in _INDIC_SCRIPTS)})"
        if match[1][0].isupper():
            return agencies.one_of(alone=match[1] != "Arabic", script=match[1])
        return agencies.one_of(alone=True, languages=match[1])

    named = regex.compile(r"(?<!\\p)\{([a-z]{2}(?:\|[a-z]{2})*|[A-Z][a-z]+|place|spot)\}")
    return tuple((rule, late(named.sub(agency, pattern))) for rule, pattern in _NATIVE)


def find_dateline(flat: str, raw: str) -> Dateline | None:
    """The dateline with which a paragraph begins, its separator included; None if there is none.

    `flat` is the flattened paragraph, `raw` the same as read (dashes of any length are one in `flat`). With an agency on
    the list any place will do; without, the place must be in capitals or a date must follow it.

    >>> find_dateline("SEOUL, March 19 (Yonhap) -- South", "SEOUL, March 19 (Yonhap) -- South").end
    28
    """
    return _found(flat[:_REACH], raw[:_REACH])


@functools.lru_cache(maxsize=4_096)  # several rules ask of one paragraph, and reprints begin alike
def _found(head: str, raw: str) -> Dateline | None:
    if max(head, default="") >= FIRST_NATIVE:  # no text in Latin letters compiles what is for others
        for rule, pattern in _native():
            if match := pattern.match(head):
                return Dateline(match.end(), False, rule)
    if not (head[:1].isupper() or head[:1] == "(" or not head.isascii()):
        return None
    return (
        _with_agency(head)
        or _agency_alone(head)
        or _agency_last(head)
        or _place_and_date(head)
        or _place_alone(head, raw)
    )


def _with_agency(head: str) -> Dateline | None:
    if "(" not in head and "/" not in head:
        return None
    first = _AGENCY_FIRST.match(head)
    if first and _kind(first["agency"]):
        return Dateline(first.end(), _kind(first["agency"]) == "release", "dateline-agency-first")
    if head[0] == "(" and (station := _STATION_FIRST.match(head)) and not _is_notice(station["station"]):
        return Dateline(station.end(), False, "dateline-station-first")  # "(ABC 6 News) - A man"
    match = _AGENCY_SLOT.match(head)
    if match is None or not _is_place(match["place"]):
        return None
    named = match["agency"] or match["slashed"]
    kind = _kind(named)
    within = match["within"]  # "(UrduPoint / WAM - 3rd March, 2021)"
    date = _has_month(match["date"] or within or "")
    # "शांतिपुर, नौ मार्च (भाषा)": where there are no capitals the day may be a word, and stands in the place.
    spelled = not match["place"][0].isupper() and _has_month(match["place"])
    # "TEMPE, Ariz. (AP)Quarterback": some lose the dash. "Jane Roe (AP)." is a person in a picture.
    is_place = match["place"].split(",", 1)[0].isupper() or _is_known(match["place"])
    runs_on = is_place and _OPENS_STORY.match(head, match.end()) is not None
    closed = match["close"] if is_place else (match["close"] or "").strip(".")
    if kind and (date or spelled or closed or runs_on):
        return Dateline(match.end(), kind == "release", "dateline-agency")
    # A station's call sign or a paper's name: a dateline too, whoever that is.
    if (
        (within or len(named.split()) <= 3)
        and not _is_table(head[match.end() :])
        and (date or (_is_shouted(match["place"]) and match["close"] and "-" in match["close"]))
    ):
        return Dateline(match.end(), False, "dateline-bracket")
    return None


def _agency_last(head: str) -> Dateline | None:
    """ "KINGSTON, Jamaica, CMC - The prime minister": an agency without brackets, behind a place in capitals."""
    match = _AGENCY_LAST.match(head) if head.count(",", 0, _REACH) else None
    if match is None or not _is_shouted(match["place"]) or not _is_place(match["place"]):
        return None
    kind = _kind(match["agency"])
    return Dateline(match.end(), kind == "release", "dateline-agency-last") if kind else None


_AGENCY_ALONE = regex.compile(
    r"(?:(?P<place>\p{Lu}[\p{L}.']+(?: \p{Lu}[\p{L}.']+){0,2}) )??(?P<agency>\p{Lu}[\p{Lu}.]{1,11}) -{1,3} (?=[\p{Lu}\"])"
)


def _agency_alone(head: str) -> Dateline | None:
    """ "AGI - A man", "New York CNN - A man": an acronym alone or behind a place of the list; none that means something
    else as often."""
    match = _AGENCY_ALONE.match(head) if " -" in head else None
    if match is None or match["agency"] not in agencies.acronyms_alone():
        return None
    if match["place"] and not _is_known(match["place"]):
        return None
    return Dateline(match.end(), _kind(match["agency"]) == "release", "dateline-agency-alone")


def _is_notice(words: str) -> bool:
    """Whether a bracket with which a story begins says what it is, and names no station: "(Opinion) - "."""
    return not (_places()[2] - _STATION_WORDS).isdisjoint(words.casefold().split())


def _has_month(words: str) -> bool:
    return any(is_month(word) for word in _WORD.findall(words))


def _kind(named: str) -> str | None:
    """The kind of the agency or agencies in a bracket; release wins ("ANI/PNN" is paid for). None if none is known."""
    kinds = [agencies.kinds().get(part.strip().casefold()) for part in _NAMED_APART.split(named)]
    kinds.append(agencies.kinds().get(named.strip().casefold()))
    known = [kind for kind in kinds if kind]
    return "release" if "release" in known else known[0] if known else None


_LINE_REACH = 60
_LINE = regex.compile(
    rf"(?P<place>\p{{Lu}}[\p{{L}} .'-]{{1,30}}?)(?:,\s*(?P<date>{_DATE})\.?|\s*\((?P<agency>[^()\n]{{2,44}})\))"
)


def is_dateline(flat: str) -> bool:
    """Whether a line is nothing but a dateline.

    >>> is_dateline("Srinagar, March 16"), is_dateline("ABU DHABI (WAM)"), is_dateline("Jane Roe (AP)")
    (True, True, False)
    """
    if len(flat) > _LINE_REACH or not (flat[-1] == ")" or flat[-1].isdigit() or flat[-2:-1].isdigit()):
        return False
    match = _LINE.fullmatch(flat)
    if match is None or not _is_place(match["place"]) or is_filler(match["place"]):
        return False
    return (
        _has_month(match["date"])
        if match["date"]
        else (_is_shouted(match["place"]) or _is_known(match["place"])) and _kind(match["agency"]) is not None
    )


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
    if not _has_month(match["date"]):
        return None
    if match["agency"]:  # "SYDNEY, March 3 AAP - "
        return Dateline(match.end(), False, "dateline-agency") if _kind(match["agency"]) else None
    return Dateline(match.end(), False, "dateline-date")


def _place_alone(head: str, raw: str) -> Dateline | None:
    if head[1:2].islower() or ("-" not in head and ":" not in head):
        return None
    match = _PLACE_ONLY.match(head)
    if match is None or match.end() == len(head):
        return None
    place, close = match["place"], match["close"]
    letters = sum(character.isalpha() for character in place)
    if letters < 4 or not _is_place(place) or _is_table(head[match.end() :]):
        return None
    known = _is_known(place)
    if not (known or _places()[2].isdisjoint(place.casefold().replace(",", " ").split())):
        return None
    dash = match.start("close") + len(close) - len(close.lstrip())
    # "COVID-19", "X-RAY": a hyphen inside a word is no separator; a long dash, two hyphens or space before one is.
    stands_off = close[0] == " " or close.count("-") > 1 or raw[dash] in "—–―" or (":" in close and close[-1] == " ")
    return Dateline(match.end(), False, "dateline-place", known) if stands_off else None


def _is_known(place: str) -> bool:
    """Whether a place or the region behind it is one of the list: "ERIE, Pa."."""
    known, regions, _ = _places()
    first, *behind = (part.strip(" .").casefold() for part in _PARTS.split(place))
    return not known.isdisjoint([first, *behind]) or not regions.isdisjoint(behind)
