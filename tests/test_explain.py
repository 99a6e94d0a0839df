"""explain: what is told in words is the data that `--format json` prints, and the places it names hold the words it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pandas as pd
import pytest
from rich.cells import cell_len

from pipeline import config, explain
from pipeline.explain import told, words
from pipeline.storage.store import Store
from tests.conftest import Ended
from tests.test_nights import LENIENT, NIGHT, article, night, run

OTHER = " ".join(f"other{i} and matter{i * 5 % 30}" for i in range(60))


def everyone(store: Path) -> list[str]:
    return sorted(pd.read_parquet(store / "current" / "members.parquet")["article_id"])


def test_every_article_is_told_the_same_in_words_and_as_data(wire_day: Path, reprints: Callable[..., Ended]) -> None:
    for name in everyone(wire_day)[::13]:
        data = json.loads(reprints("explain", name, "--store", wire_day, "--format", "json").out)
        found = msgspec.convert(data, told.Explanation)
        assert words.explanation(found) == reprints("explain", name, "--store", wire_day).out.rstrip("\n")


def test_found_words_stand_where_they_were_read(wire_day: Path) -> None:
    store, n_marked = Store(wire_day), 0
    for name in everyone(wire_day):
        found = explain.gathered(store, name).article
        assert found is not None
        assert found.reading.source is not None
        text = Path(found.reading.source).read_text(encoding="utf-8") if found.reading.source.endswith(".txt") else ""
        for passage in [*(one.passage for one in found.credits), *(one.passage for one in found.citations)]:
            if text and passage.field == "page" and passage.start is not None:
                assert text[passage.start : passage.end] == passage.text
                assert passage.before + passage.text + passage.after in text
                assert passage.before
                n_marked += 1
    assert n_marked > 20


def test_carets_stand_below_the_words_also_in_wide_scripts(wire_day: Path) -> None:
    told_ = explain.article(Store(wire_day), "sb-byeolbam").splitlines()
    carets = [place for place, line in enumerate(told_) if set(line.strip()) == {"^"}]
    assert carets
    found = explain.gathered(Store(wire_day), "sb-byeolbam").article
    assert found is not None
    shown = [one.passage.text for one in (*found.credits, *found.citations) if one.passage.before or one.passage.after]
    for place, text in zip(carets, shown, strict=True):
        begin = told_[place].index("^")
        above = told_[place - 1]
        assert cell_len(above[: above.index(text)]) == begin
        assert told_[place].count("^") == cell_len(text)
    underlined = explain.article(Store(wire_day), "sb-byeolbam", mark=lambda words: f"<{words}>")
    assert "^" not in underlined
    assert all(f"<{text}>" in underlined for text in shown)


def test_the_election_is_held_again_to_say_how_the_runner_up_stands(wire_day: Path) -> None:
    clusters = pd.read_parquet(wire_day / "current" / "clusters.parquet")
    for row in clusters[clusters["n_articles"] > 1].itertuples():
        found = explain.gathered(Store(wire_day), row.canonical_id).article
        assert found is not None
        *alike, last = found.cluster.steps
        assert last.decided
        assert last.canonical != last.runner_up
        assert not any(step.decided for step in alike)


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    passage = told.Passage("\x1b[2JReuters", "page", 3, 14, "says \x1b]0;x\x07", "\u202e now")
    shown = "\n".join(words.passage(passage, None))
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert words.plain("न\u200dए") == "न\u200dए"


@pytest.mark.parametrize(
    ("first", "second", "stage", "said"),
    [
        ("ap-7c41e0", "mg-20260309-014", "match", "accepted; 100% of the shorter is in the other; jaccard 0.964"),
        ("mb-bourse-08", "mb-bourse-09", "verify", "They part at verification"),
        ("hc-ferry-breakwater", "hc-world-in-brief", "kind", "a digest holds many stories"),
        ("ap-7c41e0", "mb-bourse-08", "pair", "0 of 42 bands in common"),
    ],
)
def test_two_articles_part_at_a_stage(wire_day: Path, first: str, second: str, stage: str, said: str) -> None:
    store = Store(wire_day)
    assert explain.paired(store, first, second).stage == stage
    assert said in explain.pair(store, first, second)
    turned = explain.paired(store, second, first)
    assert (turned.stage, turned.first.article_id) == (stage, second)


def test_a_cluster_stands_for_its_canonical(wire_day: Path, reprints: Callable[..., Ended]) -> None:
    store = Store(wire_day)
    for first, second in (
        ("c-ap-7c41e0", "mb-bourse-08"),
        ("mb-bourse-08", "c-ap-7c41e0"),
        ("ap-7c41e0", "c-mb-bourse-08"),
    ):
        plain = [name.removeprefix("c-") for name in (first, second)]
        assert explain.paired(store, first, second) == explain.paired(store, *plain)
    assert reprints("explain", "c-ap-7c41e0", "hc-ferry-breakwater", "--store", wire_day).code == 0


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("ap-7c41e0", "ap-7c41e0", "ap-7c41e0 is one article; name another"),
        ("c-ap-7c41e0", "ap-7c41e0", "c-ap-7c41e0 and ap-7c41e0 are one article; name another"),
        ("c-ap-7c41e0", "c-ap-7c41e0", "c-ap-7c41e0 and c-ap-7c41e0 are one article; name another"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_one_article_twice_is_refused(
    wire_day: Path, reprints: Callable[..., Ended], first: str, second: str, said: str, form: str
) -> None:
    refused = reprints("explain", first, second, "--store", wire_day, "--format", form)
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert refused.err.startswith(f"reprints: {said}")


def test_a_pair_that_would_match_is_not_said_to_share_too_little(wire_day: Path) -> None:
    missed = explain.paired(Store(wire_day), "ap-7c41e0", "mb-bourse-08")
    assert missed.unmet is not None
    assert "too few words" in words.pair(missed)
    unmet = msgspec.structs.replace(missed.unmet, accepted=True)
    assert "pair.sample" in words.pair(msgspec.structs.replace(missed, unmet=unmet))


def test_a_figure_is_told_as_in_the_reason_and_what_lacks_a_word_is_not_all(wire_day: Path) -> None:
    shown = explain.paired(Store(wire_day), "ap-7c41e0", "mg-20260309-014")
    assert shown.met is not None
    near = msgspec.structs.replace(shown.met, jaccard=0.29664, share_of_this=0.9968, share_of_other=0.94)
    told_ = words.pair(msgspec.structs.replace(shown, met=near))
    assert "jaccard 0.296; the second has 99% of the first and the first 94% of the second" in told_


def test_how_much_members_share_is_said_of_the_shorter(wire_day: Path) -> None:
    assert "of the shorter of the two" in explain.article(Store(wire_day), "ap-7c41e0")


def test_one_line_that_was_taken_out_is_one(wire_day: Path) -> None:
    store = Store(wire_day)
    read = (explain.gathered(store, name).article for name in everyone(wire_day))
    one = next(found for found in read if found is not None and len(found.reading.stripped) == 1)
    assert "1 line that is not the story:" in "\n".join(words.article(one))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"modified_at": NIGHT}, "the newest of 2, by when they were changed"),
        ({"fetched_at": NIGHT}, "the newest of 2, by when they were fetched"),
        ({"version": 2}, "the newest of 2, by their numbers"),
        ({}, "one of 2; nothing says which of them is the newest"),
    ],
)
def test_which_version_an_article_has_is_said_with_what_tells(
    tmp_path: Path, more: dict[str, object], said: str
) -> None:
    rows = [article("a"), article("a", body=OTHER) | {name: str(value) for name, value in more.items()}]
    waits = article("a", body=f"{OTHER} again", at=NIGHT + timedelta(days=9))  # it is no version yet
    run(tmp_path / "store", night(tmp_path, "a", *rows, waits), as_of=NIGHT)
    assert f"\n  versions    {said}\n" in explain.article(Store(tmp_path / "store"), "a")


def test_too_far_apart_in_time_is_said_with_what_it_would_have_been(tmp_path: Path) -> None:
    settings = config.Config(audit=LENIENT.audit, pair=config.Pair(window_days=3.0))
    late = article("late", NIGHT + timedelta(days=5))
    run(tmp_path / "store", night(tmp_path, "1", article("early"), late, article("o", body=OTHER)), settings=settings)
    found = explain.paired(Store(tmp_path / "store"), "early", "late")
    assert (found.stage, found.together, found.met) == ("window", False, None)
    assert found.unmet is not None
    assert (found.unmet.relation, found.unmet.accepted) == ("identical", True)
    assert found.ways is not None
    assert (found.ways.same_words, found.ways.bands) == (True, 42)
    assert "5.0 days apart, and the window is 3 days" in explain.pair(Store(tmp_path / "store"), "early", "late")


def test_the_data_of_two_is_what_is_put_into_words(wire_day: Path, reprints: Callable[..., Ended]) -> None:
    both = ("explain", "ap-7c41e0", "hc-world-in-brief", "--store", wire_day)
    data = json.loads(reprints(*both, "--format", "json").out)
    assert words.pair(msgspec.convert(data, told.Pair)) == reprints(*both).out.rstrip("\n")
