from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.clean.dates import ImpossibleDateError, Place, parse, stamps
from tests.stages.cleaning import STORY, run

IN, US, GB, KR, JP = (Place(code) for code in ("IN", "US", "GB", "KR", "JP"))
NOWHERE = Place()


@pytest.mark.parametrize(
    ("text", "place", "utc", "precision", "zone"),
    [
        ("Mar 19 2023 | 8:42 AM IST", IN, "2023-03-19T03:12:00", "minute", "abbreviation"),
        ("19 March,2023 08:42 AM IST | Mumbai", IN, "2023-03-19T03:12:00", "minute", "abbreviation"),
        ("MARCH 19, 2023, 08:42 IST", Place("IL"), "2023-03-19T06:42:00", "minute", "abbreviation"),
        ("19 July 2023, 08:42 IST", Place("IE"), "2023-07-19T07:42:00", "minute", "abbreviation"),
        ("Mar 19, 2023 8:42 PM CST", Place("TW"), "2023-03-19T12:42:00", "minute", "abbreviation"),
        ("Mar 19, 2023 8:42 PM CST", US, "2023-03-20T01:42:00", "minute", "abbreviation"),
        ("3 Nov 2016 5 p.m. ET", US, "2016-11-03T21:00:00", "minute", "abbreviation"),
        ("March 19, 20238:42 AM GMT+9", GB, "2023-03-18T23:42:00", "minute", "explicit"),
        ("08:42 March 19, 2023", KR, "2023-03-18T23:42:00", "minute", "publisher"),
        ("2023년03월19일 08시42분 송고", KR, "2023-03-18T23:42:00", "minute", "publisher"),
        ("2023.03.19. 오후 8:42", KR, "2023-03-19T11:42:00", "minute", "publisher"),
        ("2023年3月19日 8時42分", JP, "2023-03-18T23:42:00", "minute", "publisher"),
        ("19/03/2023 à 08:42", Place("FR"), "2023-03-19T07:42:00", "minute", "publisher"),
        ("19.03.2023, 08:42 Uhr", Place("DE"), "2023-03-19T07:42:00", "minute", "publisher"),
        ("19/03/2023 08h42", Place("BR"), "2023-03-19T11:42:00", "minute", "publisher"),
        ("19 марта 2023, 08:42", Place("RU"), "2023-03-19T05:42:00", "minute", "publisher"),
        ("19 मार्च 2023, 08:42 AM IST", IN, "2023-03-19T03:12:00", "minute", "abbreviation"),
        ("26-FEB-1987 15:01:01.79", GB, "1987-02-26T15:01:01", "second", "publisher"),
        ("2566-03-19 08:42", Place("TH"), "2023-03-19T01:42:00", "minute", "publisher"),
        ("2023-03-19T08:42:00+05:30", NOWHERE, "2023-03-19T03:12:00", "second", "explicit"),
        ("20230319T084200+0530", NOWHERE, "2023-03-19T03:12:00", "second", "explicit"),
        ("2023-03-19T08:42:00Z", NOWHERE, "2023-03-19T08:42:00", "second", "explicit"),
        ("2023-03-19 08:42:00.123456+00:00", NOWHERE, "2023-03-19T08:42:00", "second", "explicit"),
        ("2023-03-19T08:42:00", NOWHERE, "2023-03-19T08:42:00", "second", "default"),
        ("2023-03-19T08:42:00", Place("US", "", "Asia/Tokyo"), "2023-03-18T23:42:00", "second", "default"),
        ("Sun, 19 Mar 2023 08:42:00 +0530", NOWHERE, "2023-03-19T03:12:00", "second", "explicit"),
        (
            "Sat Mar 18 2023 21:15:00 GMT+0900 (Korean Standard Time)",
            NOWHERE,
            "2023-03-18T12:15:00",
            "second",
            "explicit",
        ),
        ("Sun Mar 19 08:42:00 CET 2023", NOWHERE, "2023-03-19T07:42:00", "second", "abbreviation"),
        ("Sun Mar  5 08:42:00 2023", GB, "2023-03-05T08:42:00", "second", "publisher"),
        ("2023-03-19T0842Z", NOWHERE, "2023-03-19T08:42:00", "minute", "explicit"),
        ("Sun 19 Mar 2023 08.42 GMT", GB, "2023-03-19T08:42:00", "minute", "explicit"),
        ("March 19, 2023 — 8.42am", Place("AU", "Australia/Sydney"), "2023-03-18T21:42:00", "minute", "publisher"),
        ("2023-03-19 08.42", Place("SE"), "2023-03-19T07:42:00", "minute", "publisher"),
        ("03/19/23 8:42 AM EST", US, "2023-03-19T12:42:00", "minute", "abbreviation"),
        ("04/03/23 8:42 AM", US, "2023-04-03T08:42:00", "minute", "default"),
        ("04.03.23, 08:42", Place("IL"), "2023-03-04T06:42:00", "minute", "publisher"),
        ("23.04.03 08:42", KR, "2023-04-02T23:42:00", "minute", "publisher"),
        ("جمعه / ۲۴ فروردین ۱۴۰۳ / ۱۴:۳۵", Place("IR"), "2024-04-12T11:05:00", "minute", "publisher"),
        ("۱۴۰۳/۱۲/۳۰ - ۱۴:۳۵", Place("IR"), "2025-03-20T11:05:00", "minute", "publisher"),
        ("1 مهر 1404 14:35", Place("IR"), "2025-09-23T11:05:00", "minute", "publisher"),
        ("19 มี.ค. 2566 08:42 น.", Place("TH"), "2023-03-19T01:42:00", "minute", "publisher"),
        ("П'ятниця, 17 березня 2023, 08:42", Place("UA"), "2023-03-17T06:42:00", "minute", "publisher"),
        ("19 Mar 2023, 8:42amSun 19 Mar 2023, 8:42am", GB, "2023-03-19T08:42:00", "minute", "publisher"),
        ("1679213520", NOWHERE, "2023-03-19T08:12:00", "second", "explicit"),
        ("1679213520000", NOWHERE, "2023-03-19T08:12:00", "second", "explicit"),
    ],
)
def test_times_as_they_are_written(text: str, place: Place, utc: str, precision: str, zone: str) -> None:
    moment = parse(text, place)
    assert moment is not None
    assert (moment.at, moment.precision, moment.zone) == (
        datetime.fromisoformat(utc).replace(tzinfo=UTC),
        precision,
        zone,
    )


@pytest.mark.parametrize(
    ("text", "place", "day"),
    [
        ("2016-10-29", NOWHERE, "2016-10-29"),
        ("20161029", NOWHERE, "2016-10-29"),
        ("2017-12-30T00:00:00", GB, "2017-12-30"),
        ("2017-12-30T00:00:00Z", GB, "2017-12-30"),
        ("Nov. 3, 2016", US, "2016-11-03"),
        ("03/04/2023", US, "2023-03-04"),
        ("03/04/2023", GB, "2023-04-03"),
        ("03/04/2023", NOWHERE, "2023-04-03"),
        ("13/04/2023", US, "2023-04-13"),
    ],
)
def test_days_stand_at_midnight_utc_and_know_no_zone(text: str, place: Place, day: str) -> None:
    moment = parse(text, place)
    assert moment is not None
    assert (moment.at, moment.precision, moment.zone) == (datetime.fromisoformat(day).replace(tzinfo=UTC), "day", None)


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "May", "19", "March 2023", "2 hours ago", "Yesterday", "Last updated 3 years ago", "1970-01-01T00:00:00Z",
        "03/19/23", "99/99/23 8:42",
        "0001-01-01", "2023-03-19 25:61", "19 Foo 2023", "On 3 May 2020 two trains met", "10:30",
    ],
)  # fmt: skip
def test_nothing_is_made_up(text: str) -> None:
    assert parse(text, IN) is None


def test_years_of_two_digits_are_none_where_nobody_knows_their_place() -> None:
    assert parse("04/03/23 8:42 AM", NOWHERE) is None


def test_a_figure_behind_a_bare_date_is_no_clock() -> None:
    assert parse("3 May 2020 12.50", GB, bare=True) is None


@pytest.mark.parametrize(
    "text", ["2023-02-31", "Feb 30, 2020", "31/04/2021", "1403/07/31", "10000-01-01", "2023-13-01T10:00:00"]
)
def test_dates_on_no_calendar_are_errors(text: str) -> None:
    with pytest.raises(ImpossibleDateError, match="impossible date"):
        parse(text, NOWHERE)


@pytest.mark.parametrize(
    ("place", "zone", "changes"),
    [
        (US, "America/New_York", "2026-11-01T06:00+00:00"),
        (Place("DE"), "Europe/Berlin", "2026-10-25T01:00+00:00"),
        (Place("AU"), "Australia/Sydney", "2026-04-04T16:00+00:00"),
    ],
)
def test_of_the_hour_that_comes_twice_the_abbreviation_says_which(place: Place, zone: str, changes: str) -> None:
    for minutes in range(-150, 150, 15):
        at = datetime.fromisoformat(changes) + timedelta(minutes=minutes)
        moment = parse(f"{at.astimezone(ZoneInfo(zone)):%d %B %Y %H:%M %Z}", place)
        assert moment is not None
        assert moment.at == at


def test_a_long_line_of_signs_behind_a_date_takes_no_long() -> None:
    line, before = f"Published: March 9, 2026 {'-' * 40_000}", time.process_time()
    (stamp,) = stamps(f"{line} Reading time: 3 min")
    assert line[stamp.start : stamp.end] == "March 9, 2026"
    assert stamps(f"{line} Ida Tern")
    assert time.process_time() - before < 2  # 20 s where each sign is tried with all behind it


@given(
    st.integers(100_000_000, 4_000_000_000),
    st.integers(-12 * 60, 14 * 60).filter(bool),
)
def test_iso_with_an_offset_is_that_instant(seconds: int, minutes: int) -> None:
    aware = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    moment = parse(aware.isoformat(), IN)
    assert moment is not None
    assert moment.at == aware
    assert moment.precision == "second"


@given(st.text(max_size=40), st.sampled_from(["IN", "US", ""]))
def test_any_text_is_a_time_or_none_or_impossible(text: str, country: str) -> None:
    try:
        moment = parse(text, Place(country))
    except ImpossibleDateError:
        return
    assert moment is None or moment.at.tzinfo is UTC or moment.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("First Published: Mar 19 2023 | 8:42 AM IST", [("published", "Mar 19 2023 | 8:42 AM IST")]),
        (
            "First Published:Mar 19 2023 | 8:42 AM IST / Last Updated : Mar 19 2023 | 9:42 AM IST",
            [("published", "Mar 19 2023 | 8:42 AM IST"), ("modified", "Mar 19 2023 | 9:42 AM IST")],
        ),
        (
            "입력 2023.03.19. 오전 8:42 수정 2023.03.19. 오전 9:10",
            [("published", "2023.03.19. 오전 8:42"), ("modified", "2023.03.19. 오전 9:10")],
        ),
        (
            "Publié le 19/03/2023 à 08:42, mis à jour le 20/03/2023 à 10:00",
            [("published", "19/03/2023 à 08:42"), ("modified", "20/03/2023 à 10:00")],
        ),
        ("Updated soon", []),
        ("Backdated 3 May 2020", []),
    ],
)
def test_labelled_times_in_a_line(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(stamp.role, line[stamp.start : stamp.end]) for stamp in stamps(line)] == expected


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://alder-post.example/2018/01/02/lighthouse", "2018-01-02"),
        ("https://alder-post.example/world/2018/jan/2/lighthouse", "2018-01-02"),
        ("https://alder-post.example/news/lighthouse-2018-01-02.html", "2018-01-02"),
        ("https://alder-post.example/news/2018-01-02/lighthouse?day=2019-01-01", "2018-01-02"),
        ("https://alder-post.example/2018/13/02/lighthouse", None),
        ("https://alder-post.example/2018/01/lighthouse", None),
        ("https://alder-post.example/story-2018012345", None),
        (None, None),
    ],
)
def test_the_day_in_an_address(url: str | None, day: str | None) -> None:
    article, _ = run(STORY, url=url)
    found = article["published_at"]
    assert (found and found.date().isoformat()) == day
    assert article["published_precision"] == ("day" if day else "unknown")
    stated, _ = run(STORY, url=url, published="2020-05-05T10:00:00Z")
    assert stated["published_at"].year == 2020


def test_a_label_in_capitals_of_another_language() -> None:
    for line in ("PUBLİSHED: 19 March 2023", "GİRİŞ: 19 March 2023", "YAYINLANMA: 19 March 2023"):
        assert [(stamp.role, line[stamp.start : stamp.end]) for stamp in stamps(line)] == [
            ("published", "19 March 2023")
        ]


@pytest.mark.parametrize(
    ("line", "field", "utc", "precision"),
    [
        ("Published: Apr 12, 2024 2:35 PM IST", "2024-04-12", "2024-04-12T09:05:00", "minute"),
        ("Published: Apr 12, 2024 2:35 AM IST", "2024-04-11", "2024-04-11T21:05:00", "minute"),  # the day in UTC
        ("Published: Apr 12, 2024 2:35 PM IST", "2024-04-13", "2024-04-13T00:00:00", "day"),
        ("Published: Apr 12, 2024 2:35 PM", "2024-04-12", "2024-04-12T00:00:00", "day"),  # of an hour nowhere
        ("Updated: Apr 12, 2024 2:35 PM IST", "2024-04-12", "2024-04-12T00:00:00", "day"),
        ("Published: Apr 12, 2024 2:35 PM IST", "2024-04-12T08:00:00Z", "2024-04-12T08:00:00", "second"),
    ],
)
def test_the_hour_is_of_the_text_where_the_field_has_the_day_alone(
    line: str, field: str, utc: str, precision: str
) -> None:
    article = run(f"{line}\n{STORY}", published=field)[0]
    assert article["published_at"] == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert article["published_precision"] == precision
    assert article["published_raw"] == (field if precision != "minute" else line.partition(": ")[2])


@pytest.mark.parametrize(
    ("line", "utc"),
    [
        ("Thu 3 Mar 2022 09.12 GMT", "2022-03-03T09:12"),
        ("TNN | Mar 3, 2022, 9:12 GMT", "2022-03-03T09:12"),
        ("NORRVIK.example / 09:12 AM March 03, 2022", "2022-03-03T09:12"),
        ("March 3, 2022 / 9:12 AM / Norrvik News", "2022-03-03T09:12"),
        ("Madrid - 3 MAR 2022 - 9:12 GMT", "2022-03-03T09:12"),
        ("BY ANA WELLS - 03/03/22 9:12 AM", "2022-03-03T09:12"),
        ("09:12, 3 MAR 2022UPDATED10:12, 3 MAR 2022", "2022-03-03T09:12"),
        ("03/03/2022 09h12  Atualizado há 3 horas", "2022-03-03T09:12"),
        ("3. března 2022 9:12, aktualizováno 16:10", "2022-03-03T09:12"),
    ],
)
def test_times_above_the_story(line: str, utc: str) -> None:
    article, stripped = run(f"{line}\n{STORY}", host="post.example.co.uk")
    assert article["body"] == STORY
    assert article["published_at"] == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert stripped


def test_the_name_of_a_person_before_the_hour_is_a_byline() -> None:
    assert run(f"Ana Wells — Thu, 3 Mar 2022, 09:12\n{STORY}")[0]["byline"] == "Ana Wells"
    assert run(f"Norrvik.example - Thu, 3 Mar 2022, 09:12\n{STORY}")[0]["byline"] is None


@pytest.mark.parametrize(
    "line",
    [
        "Norrvik | 3 Mar 2022",  # no hour
        "the last lamp - 3 Mar 2022, 09:12",
        "Norrvik v Larkhill on 3 Mar 2022, 09:12",
    ],
)
def test_what_else_has_a_date_is_no_time_of_the_story(line: str) -> None:
    assert run(f"{line}\n{STORY}")[0]["published_at"] is None
    assert run(f"{STORY}\nNorrvik - 3 Mar 2022, 09:12")[1] == []  # a match, perhaps
