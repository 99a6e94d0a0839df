"""The day that a headline names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.stages._days import WEEKDAY, named

TUESDAY = WEEKDAY + 1


@pytest.mark.parametrize(
    ("headline", "day"),
    [
        ("Gold price today, March 11: check the rates", 11),
        ("Mortgage rates today, March 11, 2025", 11),
        ("Results for Tuesday, Nov. 8", 8),
        ("Lamp sales on the 2nd of May", 2),
        ("Wetter am 11. März", 11),
        ("Precio del trigo hoy, martes 11 de marzo", 11),
        ("Курс валют на 11 марта: сколько стоит доллар", 11),
        ("Harga emas hari ini Selasa, 11 Maret", 11),
        ("आज का भाव ११ मार्च: ताजा रेट", 11),
        ("3月11日国内油价", 11),
        ("[11일 날씨] 전국 예보", 11),
        ("Weather for Tuesday", TUESDAY),
        ("Dax aktuell: So schließt die Börse am DIENSTAG", TUESDAY),
        ("سعر الدولار اليوم الثلاثاء في البنوك", TUESDAY),
        ("火曜日の天気", TUESDAY),
        ("Harbour board dredges channel", None),
        ("Lamp sales in March 2025", None),
        ("Lamp prices rise 11 percent in March", None),
        ("Loan of 11,500 marzipan boxes", None),
        ("March 1.5 percent up", None),
        ("Tuesdays with lamps", None),
        ("32 March hares", None),
        (None, None),
    ],
)
def test_the_day_that_a_headline_names(headline: str | None, day: int | None) -> None:
    assert named(pa.chunked_array([pa.array([headline], pa.string())])).to_pylist() == [day]


def test_many_headlines_are_told_each_by_itself() -> None:
    headlines = ["March 11", None, "Tuesday", "12 de marzo", ""]
    assert named(pa.chunked_array([headlines[:2], headlines[2:]])).to_pylist() == [11, None, TUESDAY, 12, None]
    assert named(pa.chunked_array([], pa.string())).to_pylist() == []
