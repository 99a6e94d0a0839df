"""The day that a headline names: that of a page which comes out anew each day."""

from __future__ import annotations

import functools

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.stages import lexicon

__all__ = ["WEEKDAY", "named"]

#: The number of Monday; those of the days after it follow, and below it are days of a month.
WEEKDAY = 32

_SPACED_UP_TO = "\u0e00"  # from Thai on no space need stand before and behind a word


def named(headlines: pa.ChunkedArray) -> pa.ChunkedArray:
    """The day that each headline names: 1 to 31, else `WEEKDAY` and so on; int8, null for none.

    "Gold price today, March 11" names the 11th, as "11. März", "11 de marzo" and "3月11日" do; "Weather for Tuesday" a Tuesday.
    """
    date, weekday, weekdays = _words()
    lower = pc.utf8_lower(headlines)
    dates, days = pc.extract_regex(lower, date), pc.extract_regex(lower, weekday)
    number, day = _found(dates, "before", "after", "sign"), _found(days, "day", "sign")
    weekday_of = pc.index_in(day, value_set=pa.array(weekdays))
    return pc.coalesce(_numbers(number), pa.array(weekdays.values(), pa.int8()).take(weekday_of))


def _found(matches: pa.ChunkedArray, *groups: str) -> pa.ChunkedArray:
    """What the one group that is not empty has; null where nothing was found."""
    joined = pc.binary_join_element_wise(*(pc.struct_field(matches, group) for group in groups), "")
    return pc.if_else(pc.equal(joined, ""), None, joined)


def _numbers(words: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days of a month, in digits of any script, as numbers; null for what is none."""
    coded = words.combine_chunks().dictionary_encode()
    numbers = [number if 0 < (number := int(word)) < WEEKDAY else None for word in coded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(numbers, pa.int8()).take(coded.indices)])


@functools.cache
def _words() -> tuple[str, str, dict[str, int]]:
    """Patterns (of RE2, for lower case) of a date and of a day of the week, and the number of each of those."""
    table = lexicon.load_toml("dates.toml")
    months = lexicon.one_of(word for line in table["months"] for word in line.split())
    weekdays = {word: WEEKDAY + n for n, line in enumerate(table["weekdays"]) for word in line.split()}
    spaced = lexicon.one_of(word for word in weekdays if word[0] < _SPACED_UP_TO)
    unspaced = lexicon.one_of(word for word in weekdays if word[0] >= _SPACED_UP_TO)
    digits, no_digit, no_letter, end = r"\p{Nd}{1,2}", r"(?:^|[^\pN.,:])", r"(?:^|[^\pL\pM])", r"(?:[^\pL\pM\pN]|$)"
    before = rf"{no_digit}(?P<before>{digits})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?(?:{months}){end}"
    after = rf"{no_letter}(?:{months})\.?\s+(?P<after>{digits})(?:st|nd|rd|th)?(?:[.,:]?\s|[^\pL\pM\pN.,:%]|[.,:]?$)"
    sign = rf"{no_digit}(?P<sign>{digits})\s?[일日號号](?:[^째間间]|$)"
    return f"{before}|{after}|{sign}", rf"{no_letter}(?P<day>{spaced}){end}|(?P<sign>{unspaced})", weekdays
