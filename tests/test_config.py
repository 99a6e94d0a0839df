"""Settings: one source of truth, bounds that hold, errors that name file, key and remedy."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline import config
from pipeline.errors import ConfigError

ROOT = Path(__file__).parents[1]


def test_the_default_file_is_the_defaults_with_a_comment_each() -> None:
    text = (ROOT / "configs" / "default.toml").read_text(encoding="utf-8")
    assert text == config.describe()
    assert config.load(ROOT / "configs" / "default.toml") == config.Config()
    assert all("  # " in line for line in text.splitlines() if " = " in line and not line.startswith("#"))


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "configs").glob("*.toml")))
def test_every_shipped_configuration_loads(name: str) -> None:
    config.load(ROOT / "configs" / name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[pairs]\n", r"no section \[pairs\]; did you mean 'pair'\?"),
        ("[pair]\nband = 3\n", "has no setting 'band'; did you mean 'bands'?".replace("?", r"\?")),
        ("pair = 3\n", "is a section, found a value"),
        ("[verify]\nmin_jaccard = 1.5\n", r"`float` <= 1.0 - at `\$.verify.min_jaccard`"),
        ("[pair]\nrows = 0\n", "given together"),
        ("[pair]\nbands = 64\n", "64 x pair.rows = 192|= 192 needs as many"),
        ("[audit]\nnights = 5\n", "audit.min_nights = 7 nights are never there"),
        ('[audit]\nrejects = "stop"\n', r"Invalid enum value 'stop' - at `\$.audit.rejects`"),
        ('[audit]\naction = "warn"\n', r"\[audit\] has no setting 'action'"),
        ('[store]\nmode = "0444"\n', r"Expected `str` matching regex .* at `\$.store.mode`"),
        ("[pair\n", "cannot be read as TOML"),
        (
            '[clean]\ndefault_zone = "Asia/Kolkatta"\n',
            "clean.default_zone: 'Asia/Kolkatta' is no IANA zone; write it like",
        ),
        ('[night]\nzone = "Asia"\n', "night.zone: 'Asia' is no IANA zone"),
        ("[run]\nmemory_gb = inf\n", "run.memory_gb"),
        ("[learn]\ndays = 1e-12\n", "learn.days = 1e-12 is no stretch of time; at least 0.001, or 0"),
        ('[night]\ninputs = [""]\n', "night.inputs: one of them is empty"),
        ("[pair]\nwindow_days = 0\n", r"`float` >= 0.01 - at `\$.pair.window_days`"),
    ],
)
def test_errors_say_where_what_and_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as raised:
        config.load(path)
    assert str(path) in str(raised.value)


def test_a_bound_that_is_no_value_itself_is_told_as_such() -> None:
    bounds = {f"{part.name}.{one.name}": one.bounds for part in config.sections() for one in part.settings}
    assert bounds["pair.window_days"] == "0.01..3650"
    assert (bounds["spark.split_mb"], bounds["pair.threshold"], bounds["pair.sample_shared"]) == (
        "more than 0",
        "0.1..0.9",
        "at least 1",
    )


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[pair]\nwindow_days = 3\n", encoding="utf-8-sig")
    assert config.load(tmp_path / "mine.toml").pair.window_days == 3


def test_paths_are_relative_to_their_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[clean]\npublishers = "mine.csv"\n')
    assert config.load(tmp_path / "mine.toml").clean.publishers == str(tmp_path / "mine.csv")


def test_fingerprints_tell_settings_apart() -> None:
    one = config.Config()
    other = msgspec.structs.replace(one, pair=config.Pair(window_days=7))
    assert config.fingerprint(one) == config.fingerprint(config.Config())
    assert config.fingerprint(one) != config.fingerprint(other)


def test_alarms_and_places_are_no_part_of_what_decides_the_tables(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("order,left_id\npin,a\n", encoding="utf-8")
    plain = config.Config()
    same = config.Config(
        audit=config.Audit(max_rejects=0.9),
        night=config.Night(zone="Asia/Kolkata"),
        store=config.Store(keep_runs=3, mode="0640"),
    )
    assert config.fingerprint(same) == config.fingerprint(plain)
    others = [
        config.Config(store=config.Store(horizon_days=30)),
        config.Config(verify=config.Verify(min_jaccard=0.3)),
        config.Config(override=config.Override(orders=str(orders))),
    ]
    assert len({config.fingerprint(settings) for settings in [plain, *others]}) == 4
    before = config.fingerprint(others[2])
    orders.write_text("order,left_id\npin,b\n", encoding="utf-8")
    assert config.fingerprint(others[2]) != before


def test_what_decides_how_articles_are_read_is_told_apart() -> None:
    plain = config.Config()
    reading = [
        config.Config(clean=config.Clean(stub_words=31)),
        config.Config(sketch=config.Sketch(short_words=26)),
    ]
    comparing = [config.Config(pair=config.Pair(window_days=7)), config.Config(learn=config.Learn(min_texts=5))]
    of_reading = [config.fingerprint(settings, config.READING) for settings in [plain, *reading, *comparing]]
    assert len(set(of_reading[:3])) == 3
    assert set(of_reading[3:]) == {of_reading[0]}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", "2026-10-29"),  # its clocks go back at midnight
        ("America/Santiago", "2026-04-04"),
        ("Asia/Beirut", "2026-03-28"),  # its clocks go on at midnight
        ("Asia/Kolkata", "2026-11-24"),
    ],
)
def test_a_night_is_of_its_whole_day(zone: str, day: str) -> None:
    settings = config.Config(night=config.Night(inputs=("in/{date}",), store="store", zone=zone))
    inputs, _, ends = config.night(settings, date.fromisoformat(day))
    assert (inputs, ends.date().isoformat()) == ([f"in/{day}"], day)
    after = (ends.astimezone(UTC) + timedelta(microseconds=1)).astimezone(ends.tzinfo)
    assert after.date() == date.fromisoformat(day) + timedelta(days=1)
