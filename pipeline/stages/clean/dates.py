"""Times as pages and feeds write them -> UTC, with what is known of precision and zone.

Own forms instead of a guessing parser: nothing is completed from today, an unknown form is nothing, and a zone
abbreviation is read with the publisher's country (IST in India, in Israel, in Ireland).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import regex
from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages._late import late

__all__ = [
    "ImpossibleDateError",
    "Moment",
    "Place",
    "Stamp",
    "has_year",
    "in_address",
    "is_filler",
    "is_month",
    "parse",
    "stamps",
]

Precision = Literal["second", "minute", "day"]
Known = Literal["explicit", "abbreviation", "publisher", "default"]


class ImpossibleDateError(ValueError):
    """A date that is written clearly and is on no calendar: 31 February, the year 10000."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC. `zone` says how its zone is known; None for a bare day, which stands at 00:00 UTC of that day.

    `day`: the one that was written, which is another one in UTC for some hours.
    """

    at: datetime
    precision: Precision
    zone: Known | None
    day: date = field(repr=False)


class Place(NamedTuple):
    """Where a page is from, as far as its dates care. `zone` (IANA) "" and `country` (ISO 3166) "" mean unknown."""

    country: str = ""
    zone: str = ""
    default_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A labelled phrase in a line: its role, where its label begins, and where the words after the label stand."""

    role: Literal["published", "modified"]
    label: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    months: dict[str, int]
    filler: frozenset[str]
    label: regex.Pattern[str]
    labels: dict[str, Literal["published", "modified"]]
    label_words: AhoCorasick  # the first word of each label: a text without any has no label
    zones: dict[tuple[str, str], str]


@functools.cache
def _words() -> _Words:
    """The lexicon of dates, compiled once."""
    table = lexicon.load_toml("dates.toml")
    months = {_composed(name): number for number, line in enumerate(table["months"], start=1) for name in line.split()}
    roles: tuple[Literal["published", "modified"], ...] = ("published", "modified")
    labels = {label: role for role in roles for label in table["labels"][role]}
    longest_first = sorted(labels, key=lambda label: (-len(label), label))
    alternatives = "|".join(r"\s+".join(map(regex.escape, label.split())) for label in longest_first)
    zones = {(row["abbreviation"].casefold(), row["country"]): row["zone"] for row in lexicon.rows("zones.csv")}
    return _Words(
        months,
        frozenset(" ".join([table["filler"], *table["weekdays"]]).split()),
        # A label ends at a colon, a dash, a bar, or right before a digit or a month.
        # Before it stands no letter, and no digit but that of a year: "3 MAR 2022UPDATED".
        late(
            rf"(?:(?<![\p{{L}}\p{{N}}])|(?<=\b(?:19|20)\d\d))({alternatives})(?![\p{{L}}])\s*[:：|>-]*\s*",
            regex.IGNORECASE,
        ),
        {_caseless(label): role for label, role in labels.items()},
        AhoCorasick(sorted({_caseless(label).split()[0] for label in labels})),
        zones,
    )


def _composed(word: str) -> str:
    """One spelling (NFC) of letters with dots and vowel signs."""
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def _caseless(label: str) -> str:
    """A label as patterns take it without regard to case: with or without a dot, an i is an i ("PUBLİSHED")."""
    return " ".join(label.casefold().replace("i\u0307", "i").replace("ı", "i").split())


# --- stamps in a line -------------------------------------------------------------------------------------------


def stamps(line: str) -> list[Stamp]:
    """The labelled dates of a line, in order: "Published: A | Updated: B" gives two. A label alone is no stamp.

    Every label must be followed by a digit or a word with a digit after it; what lies between two labels belongs to
    the first.
    """
    words = _words()
    text = flatten(line)
    if not words.label_words.find_matches_as_indexes(_caseless(text)):
        return []
    found = list(words.label.finditer(text))
    result = []
    for number, label in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        phrase = _READING.split(text[label.end() : end], maxsplit=1)[0].rstrip(" |/,;·•-(")
        if any(character.isdigit() for character in phrase):
            role = words.labels[_caseless(label[1])]
            result.append(Stamp(role, label.start(), label.end(), label.end() + len(phrase)))
    return result


#: How long the reading takes: behind many a date, and no part of it.
_READING = late(
    r"(?<!\W)\W*+\b(?:read(?:ing)? time|lesedauer|lesezeit|temps de lecture|tiempo de lectura|tempo di lettura)\b"
    r"|[|·•,(-]\s*\d{1,3}[- ]?min(?:ute)?s?\b(?! ago)",
    regex.IGNORECASE,
)


def is_month(word: str) -> bool:
    """Whether a word names a month, in any of the languages known."""
    return _composed(word.casefold().rstrip(".")) in _words().months


def is_filler(word: str) -> bool:
    """Whether a word says nothing in a date: a weekday, "at"."""
    return word.casefold().rstrip(".") in _words().filler


_YEAR = re.compile(r"\d{4}")


def has_year(text: str) -> bool:
    """Whether a year is in the text, as it is in every phrase that `parse` knows: four digits, or the last two of "3/5/22"."""
    return _YEAR.search(text) is not None or _SHORT_DATE.search(text) is not None


# --- one phrase -------------------------------------------------------------------------------------------------

_OFFSET_FORM = r"\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)?"
_ISO = re.compile(
    r"(?P<year>\d{4,6})-(?P<month>\d{2})-(?P<day>\d{2})"
    rf"(?:[T ]\s*(?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,]\d+)?)?{_OFFSET_FORM})?"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:T?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{_OFFSET_FORM})?"
)
# Seconds since 1970, also with a fraction, or in milliseconds; until 2033 in micro- or nanoseconds.
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\.\d+|\d{3}|(?<=1\d{9})(?:\d{6}|\d{9}))?")
_DATE_FORMS = tuple(
    late(form, regex.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]",
        r"(?<!\d)(?P<day>\d{1,2})\s*tháng\s*(?P<month>\d{1,2}),?\s*(?:năm\s*)?(?P<year>\d{4})",
        r"(?<!\d)(?P<year>\d{4})\s?(?P<gap>[-/.])\s?(?P<month>\d{1,2})\s?(?P=gap)\s?(?P<day>\d{1,2})(?!\d)\.?",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ ,./-]*(?:de |of )?"
        r"(?P<name>[\p{L}\p{M}]{2,12}|\p{Thai}{1,3}\.\p{Thai})[ ,./-]*(?:de |del )?(?P<year>\d{4})",
        r"(?<![\p{L}])(?P<name>[\p{L}\p{M}]{3,12})\.? ?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:, ?| )(?P<year>\d{4})",
        r"(?<!\d)(?P<year>\d{4})\.? (?P<name>[\p{L}\p{M}]{3,12})\.? (?P<day>\d{1,2})(?!\d)\.?",
        r"(?<!\d)(?P<first>\d{1,2})\s?[-/.]\s?(?P<second>\d{1,2})\s?[-/.]\s?(?P<year>\d{4})(?!\d)",
    )
)
#: With the last two digits of the year: a date only beside a clock.
_SHORT_DATE = re.compile(
    r"(?<![\d/.])(?P<first>\d{1,2})(?P<gap>[/.])(?P<second>\d{1,2})(?P=gap)(?P<third>\d\d)(?![\d/.])"
)
_TIME = late(
    r"(?P<before>오전|오후|上午|下午|午前|午後)?\s*(?<!\d)(?P<hour>\d{1,2})"
    r"(?:\s?[:h時时시點点]\s?(?P<minute>\d{2})\s?[分분]?(?:[: ]?(?<=[:분分 ])(?P<second>\d{2})(?:\.\d+)?\s?[秒초]?)?"
    r"|\.(?P<dotted>\d{2})(?=\s*(?:[ap]\.?m\b|uhr|น|(?-i:[A-Z]{3,4}\b)|(?P<open>$)))|(?=\s*[ap]\.?m\b))"
    r"(?!\d)\s*(?P<after>[ap]\.?\s?m\b\.?)?",
    regex.IGNORECASE,
)
_OFFSET = regex.compile(
    r"(?:\b(?:UTC|GMT)\s*)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)|\b(?:UTC|GMT|Z)\b"
)
_ABBREVIATION = regex.compile(r"(?<![\p{L}])[\p{Lu}]{2,4}(?![\p{L}])")
_AFTERNOON = frozenset({"오후", "下午", "午後"})
_MORNING = frozenset({"오전", "上午", "午前"})

# As Java and C print a time: Tue Jan 28 15:28:56 CET 2020. The year is put behind the day.
_YEAR_LAST = regex.compile(
    r"(?P<day>\p{L}{3} \p{L}{3} +\d{1,2}) (?P<clock>\d\d:\d\d:\d\d(?: [A-Z]{2,5}| [+-]\d{4})?) (?P<year>\d{4})"
)

#: Days that machines write when they know none.
_PLACEHOLDERS = frozenset({date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1), date(1969, 12, 31), date(9999, 12, 31)})
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})  # countries that write the month before the day
_YEAR_FIRST = frozenset({"CN", "HK", "HU", "JP", "KR", "MO", "TW"})  # and those that write the year before both


_DAY_IN_PATH = regex.compile(
    r"(?<=[/-])(?P<year>(?:19|20)\d\d)(?P<gap>[/-])(?P<month>\d{1,2}|[a-z]{3})(?P=gap)(?P<day>\d{1,2})(?=[/_.-]|$)"
)


def in_address(url: str | None) -> str | None:
    """The day in the path of an address, as many sites have it: a fact of the day, though not of its hour.

    >>> in_address("https://alder-post.example/news/2018/jan/02/lighthouse-lit"), in_address("https://a.example/id/20180102")
    ('02 jan 2018', None)
    """
    found = _DAY_IN_PATH.search(url.partition("?")[0]) if url else None
    if found is None:
        return None
    parts = found["year"], found["month"], found["day"]
    return "-".join(parts) if found["month"].isdecimal() else " ".join(reversed(parts))


# Short for the eye and in full for those who cannot see: "3 May 2020, 5:12pmSun 3 May 2020, 5:12pm".
_TWICE = late(r"(?P<said>.{10,40}?)\W{0,2}(?:\p{L}{2,9}\.?,? )?(?P=said)")

# Control characters, also as entities: a wire's own marks.
_JUNK = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f]+|&#x?[0-9a-f]{1,4};", regex.IGNORECASE)


def parse(text: str, place: Place, *, bare: bool = False) -> Moment | None:
    """The time that a phrase states, or None if it states none in a form that is known.

    A placeholder (1970-01-01, 0001-01-01) is None. Midnight without a zone, or in UTC, is a day. A phrase with words
    that have no place in a date is None: "2 hours ago", "March 2023"; one such word is let pass ("IST | Mumbai") unless
    the phrase must be `bare`. Raises `ImpossibleDateError`.

    >>> parse("Mar 19 2023 | 8:42 AM IST", Place("IN"))
    Moment(at=datetime.datetime(2023, 3, 19, 3, 12, tzinfo=datetime.timezone.utc), precision='minute', zone='abbreviation')
    """
    return _parse(text, place, bare) if has_year(text) else None


@functools.lru_cache(maxsize=4_096)  # one day's pages state few days
def _parse(text: str, place: Place, bare: bool) -> Moment | None:
    """`parse` of a phrase that has a year."""
    seen = text if text.isprintable() and "&" not in text else _JUNK.sub(" ", text)
    phrase = flatten(seen).strip(" |,;.()[]")
    iso = _ISO.fullmatch(phrase) or _COMPACT.fullmatch(phrase)
    if iso:
        return _moment(*_iso_parts(iso), place)
    if twice := _TWICE.fullmatch(phrase):
        phrase = twice["said"]
    epoch = _EPOCH.fullmatch(phrase)
    if epoch:
        at = datetime.fromtimestamp(int(epoch["seconds"]), UTC)
        return _moment(at.date(), (at.hour, at.minute, at.second), UTC, "explicit", place)
    year_last = _YEAR_LAST.fullmatch(phrase)
    if year_last:
        phrase = " ".join(" ".join(year_last.group("day", "year", "clock")).split())
    return _parse_words(phrase, place, bare)


_Clock = tuple[int, int, int | None]  # hour, minute, second if it is given


def _iso_parts(match: re.Match[str]) -> tuple[date, _Clock | None, tzinfo | None, Known | None]:
    year, month, number, hour, minute, second, zone = match.groups()
    day = _calendar(_common_era(int(year)), int(month), int(number))
    if hour is None:
        return day, None, None, None
    clock = (int(hour), int(minute), int(second) if second else None)
    if zone is None:
        return day, clock, None, None
    if zone == "Z":
        return day, clock, UTC, "explicit"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return day, clock, _fixed(zone[0], int(digits[:2]), int(digits[2:4])), "explicit"


def _fixed(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """A fixed offset; None where no place on earth keeps it (beyond 18 hours)."""
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > timedelta(hours=18):
        return None
    return timezone(-offset if sign == "-" else offset) if offset else UTC


def _common_era(year: int) -> int:
    """The year; Thai pages count from the Buddha's passing, 543 years earlier."""
    return year - 543 if 2400 < year < 2700 else year


_SOLAR_YEARS = range(1370, 1430)  # 1991 to 2050; the years of the lunar calendar are beyond
_BEFORE_SOLAR = 226530  # days of our calendar before the first of the Solar Hijri calendar


def _calendar(year: int, month: int, day: int) -> date:
    """The day; where the year says so, of the Solar Hijri calendar of Iran."""
    try:
        return _solar(year, month, day) if year in _SOLAR_YEARS else date(year, month, day)
    except ValueError:
        raise ImpossibleDateError(f"impossible date {year:04d}-{month:02d}-{day:02d}") from None


def _solar(year: int, month: int, day: int) -> date:
    """A day of the Solar Hijri calendar: six months of 31 days, then of 30, and 8 leap years in 33, which is right to 2120.

    >>> _solar(1403, 1, 24)
    datetime.date(2024, 4, 12)
    """
    if not (1 <= month <= 12 and 1 <= day <= 31 - (month > 6)):
        raise ValueError
    before = 31 * (month - 1) - max(0, month - 7)
    return date.fromordinal(_BEFORE_SOLAR + 365 * year + (8 * year + 21) // 33 + before + day - 1)


_BRACKET = regex.compile(r"\([\p{L} ]+\)?")  # GMT+0900 (Korean Standard Time)
_LEFT = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:'\p{L}+)?")


def _parse_words(phrase: str, place: Place, bare: bool) -> Moment | None:
    """`parse` for dates in words or with separators: date, clock and zone are each taken out; nothing may be left."""
    found = _find_date(phrase, place)
    if found is None:
        return None
    day, start, end = found
    clock, rest = _take_clock(f"{phrase[:start]} | {phrase[end:]}", bare)
    if clock is None and not _YEAR.search(phrase):
        return None
    zone, known, said, rest = _take_zone(rest, place)
    rest = _BRACKET.sub("", rest)
    left = [word for word in _LEFT.findall(rest.casefold()) if word not in _words().filler]
    # One word may be left: the town of "IST | Mumbai" or a weekday cut short. A number may not.
    if len(left) > (0 if bare else 1) or any(character.isdigit() for word in left for character in word):
        return None
    return _moment(day, clock, zone, known, place, said)


def _find_date(phrase: str, place: Place) -> tuple[date, int, int] | None:
    for form in _DATE_FORMS:
        for match in form.finditer(phrase):
            parts = match.groupdict()
            year = _common_era(int(parts["year"]))
            if "name" in parts:
                month = _words().months.get(_composed(parts["name"].casefold()))
                if month is None:
                    continue
                return _calendar(year, month, int(parts["day"])), match.start(), match.end()
            if "first" in parts:
                month, number = _order(int(parts["first"]), int(parts["second"]), place.country)
                return _calendar(year, month, number), match.start(), match.end()
            return _calendar(year, int(parts["month"]), int(parts["day"])), match.start(), match.end()
    return _find_short_date(phrase, place)


def _find_short_date(phrase: str, place: Place) -> tuple[date, int, int] | None:
    """A date with the last two digits of its year; None where nobody knows in what order the three stand."""
    match = _SHORT_DATE.search(phrase) if place.country else None
    if match is None:
        return None
    first, second, third = map(int, match.group("first", "second", "third"))
    year, (month, day) = 2000 + third, _order(first, second, place.country)
    if place.country in _YEAR_FIRST:
        year, month, day = 2000 + first, second, third
    try:
        return date(year, month, day), match.start(), match.end()
    except ValueError:
        return None  # any three figures


def _order(first: int, second: int, country: str) -> tuple[int, int]:
    """Month and day of a numeric date: by the numbers where only one order is possible, else by the country."""
    if first > 12 >= second:
        return second, first
    if second > 12 >= first:
        return first, second
    return (first, second) if country in _MONTH_FIRST else (second, first)


def _take_clock(text: str, bare: bool) -> tuple[_Clock | None, str]:
    match = _TIME.search(text)
    if match is None or (bare and match["open"] is not None):  # "3 May 2020 12.50" may be the row of a table
        return None, text
    hour, minute = int(match["hour"]), int(match["minute"] or match["dotted"] or 0)
    half = match["before"] or (match["after"] or "").casefold()[:1]
    if (half in _AFTERNOON or half == "p") and hour < 12:
        hour += 12
    elif (half in _MORNING or half == "a") and hour == 12:
        hour = 0
    second = int(match["second"]) if match["second"] else None
    return (hour, minute, second), f"{text[: match.start()]} {text[match.end() :]}"


def _take_zone(text: str, place: Place) -> tuple[tzinfo | None, Known | None, str, str]:
    """The zone, how it is known, the abbreviation that says it, "" for none, and the rest of the text."""
    offset = _OFFSET.search(text)
    if offset:
        rest = f"{text[: offset.start()]} {text[offset.end() :]}"
        if offset["sign"] is None:
            return UTC, "explicit", "", rest
        return _fixed(offset["sign"], int(offset["hours"]), int(offset["minutes"] or 0)), "explicit", "", rest
    zones = _words().zones
    for match in _ABBREVIATION.finditer(text):
        key = match[0].casefold()
        name = zones.get((key, place.country)) or zones.get((key, ""))
        if name:
            return ZoneInfo(name), "abbreviation", match[0], f"{text[: match.start()]} {text[match.end() :]}"
    return None, None, "", text


def _moment(
    day: date, clock: _Clock | None, zone: tzinfo | None, known: Known | None, place: Place, said: str = ""
) -> Moment | None:
    """Date, clock and zone put together; None for a placeholder and for a clock that no day has.

    Of the hour that comes twice it is the first, unless the abbreviation that is `said` is that of the second.
    """
    if day in _PLACEHOLDERS:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock is None or (not any(clock) and zone in (None, UTC)):
        return Moment(midnight, "day", None, day)
    hour, minute, second = clock
    if hour > 23 or minute > 59 or (second or 0) > 60:
        return None
    if zone is None:
        name = place.zone or _words().zones.get(("", place.country), "")
        zone, known = ZoneInfo(name or place.default_zone), "publisher" if name else "default"
    local = datetime(day.year, day.month, day.day, hour, minute, min(second or 0, 59), tzinfo=zone)
    if said and said == local.replace(fold=1).tzname() != local.tzname():
        local = local.replace(fold=1)
    try:
        return Moment(local.astimezone(UTC), "minute" if second is None else "second", known, day)
    except OverflowError:  # the first or last day of the calendar, in a zone that lies beyond it
        return None
