"""Kills and corrections as agencies send them: every print that carries what was taken back is flagged, whatever comes first.

The stories, newspapers and notices are invented; agencies are named because they are what is found.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from pipeline import config, explain, flow
from pipeline.checkup import checkup
from pipeline.stages import retract, sketch
from pipeline.stages.kernels import arrays
from pipeline.storage.store import Store
from tests.stores import made_once

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SETTINGS = config.Config(audit=config.Audit(max_rejects=1.0, rejects="off"))
STORY = [
    "A lighthouse keeper on the island of Varn said on Monday that the lamp of its northern tower had been stolen at night.",
    "The lamp, which weighs 340 kilograms and was made in 1911, stood behind a steel door with two locks, Ines Maartens said.",
    "Police found the tracks of a handcart that led down to the old pier and ended at the water, she told reporters.",
    "Two fishing boats were seen without lights near the reef shortly after three o'clock, the harbour master said.",
    "The insurance company Halm & Sons put the value of the lamp at 90,000 euros and said it had paid for a new lock in May.",
    "Until a spare lamp arrives from the mainland a searchlight of the coast guard will mark the reef, the ministry said.",
]
WRONG, RIGHT = (
    STORY[4],
    STORY[4].replace("90,000 euros", "19,000 euros").replace("in May", "in March last year, not in May"),
)
HEADLINE = "Lamp of northern lighthouse stolen from island of Varn"
SLUG = "BC-Varn--Stolen-Lamp"
PAPERS = ("Harbour Courier", "Fenland Post", "Millbrook Gazette", "Prairie Sentinel", "Lakeside Chronicle")
HOMES = {
    "ap": ("AP News", "apnews.com"),
    "reuters": ("Reuters", "reuters.com"),
    "afp": ("AFP", "afp.com"),
    "pti": ("PTI", "ptinews.com"),
}
Row = dict[str, Any]


def original(agency: str = "ap", hours: float = 0, paragraphs: list[str] = STORY, **more: Any) -> Row:
    name, host = HOMES[agency]
    at = NOON + timedelta(hours=hours)
    row = {
        "id": "wire-1", "publisher": name, "url": f"https://{host}/wire-1", "title": HEADLINE, "slug": SLUG,
        "text": "\n".join(paragraphs), "published_at": at.isoformat(),
    }  # fmt: skip
    return row | more


def reprint(number: int, hours: float = 2, paragraphs: list[str] = STORY, agency: str = "ap") -> Row:
    """A newspaper's print, under a headline of its own; the odd ones are cut and name nobody."""
    cut = paragraphs[: 6 - number % 2]
    byline = {"byline": {"ap": "The Associated Press", "reuters": "Reuters", "afp": "AFP", "pti": "PTI"}[agency]}
    at = NOON + timedelta(hours=hours)
    row = {
        "id": f"print-{number}", "publisher": PAPERS[number], "title": f"{PAPERS[number]}: who has the lamp of Varn?",
        "text": "\n".join(cut), "published_at": at.isoformat(),
    }  # fmt: skip
    return row | ({} if number % 2 else byline)


def prints(**more: Any) -> list[Row]:
    return [reprint(number, **more) for number in range(5)]


#: A notice as each agency words it: the row, without what is the same in all of them.
KILLS = {
    "the same id, the text is the notice": (
        "ap",
        {"id": "wire-1", "url": "https://apnews.com/wire-1", "title": "BC-Varn--Stolen-Lamp, KILL",
         "text": "Editors: the story about a stolen lamp was a hoax. No substitute will be sent. The AP"},
    ),
    "the same id and text, canceled by its status": (
        "ap", {**{k: v for k, v in original().items() if k != "published_at"}, "pubStatus": "canceled"},
    ),
    "a bulletin that names the slug": (
        "ap",
        {"id": "kill-7", "title": "BULLETIN KILL",
         "text": f"NEW YORK (AP) -- Editors, news directors: Kill {SLUG}. Nobody at the lighthouse can confirm what it "
         "says about the theft, and the keeper has denied to have spoken. There will be no substitute. The AP, New York"},
    ),
    "a withdrawal that has the headline": (
        "reuters",
        {"id": "kill-8", "title": f"STORY WITHDRAWN: {HEADLINE}",
         "text": "The report is withdrawn because its source was not who he said he was. There will be no substitute story."},
    ),
    "a mandatory kill that quotes the headline": (
        "afp",
        {"id": "kill-9", "title": "Mandatory kill",
         "text": f"MANDATORY KILL: please kill our story sent from Varn under the headline \u201c{HEADLINE}\u201d. "
         "The photo in it was of another lighthouse, and no theft is known to police there."},
    ),
    "a note to desks": (
        "pti",
        {"id": "kill-12", "title": "(Eds: Please kill the story below)", "slugline": "MAHA-LAMP-KILL",
         "text": f"New Delhi, Mar 10 (PTI) Eds: Please kill the story with the headline '{HEADLINE}' sent earlier on Monday."},
    ),
    "a notice above the text itself": (
        "ap", {"id": "kill-10", "title": f"(WITHDRAWN) {HEADLINE}", "text": "\n".join(STORY)},
    ),
    "a note to editors": (
        "ap",
        {"id": "kill-11", "title": HEADLINE, "ednote": "Mandatory kill. Remove from all sites.", "text": "\n".join(STORY)},
    ),
}  # fmt: skip


def kill(name: str, hours: float = 30) -> tuple[str, Row]:
    agency, said = KILLS[name]
    publisher, host = HOMES[agency]
    at = NOON + timedelta(hours=hours)
    row = {"publisher": publisher, "url": f"https://{host}/{said['id']}", "published_at": at.isoformat()} | said
    if said["id"] == "wire-1":
        row |= {"published_at": NOON.isoformat(), "modified_at": at.isoformat()}
    return agency, row


@made_once
def after(folder: Path, *nights: str) -> Path:
    """A store after these nights, each a file of JSON lines; several tests begin with the same."""
    store, path = folder / "store", folder / f"night-{len(nights)}.jsonl"
    if len(nights) > 1:
        after(folder, *nights[:-1])
    path.write_text(nights[-1], encoding="utf-8")
    flow.run([str(path)], Store(store), SETTINGS, as_of=NOON + timedelta(days=4))
    return store


def run(folder: Path, *nights: list[Row]) -> Store:
    found = Store(after(folder, *("".join(json.dumps(row) + "\n" for row in rows) for rows in nights)))
    assert not [check for check in checkup(found, found.run_id()) if check.broken]
    return found


def said(store: Store) -> dict[str, tuple[str, str | None]]:
    return {row["article_id"]: (row["status"], row["notice_id"]) for row in store.table("members").to_pylist()}


def tables(store: Store) -> dict[str, list[Row]]:
    """What must not depend on the order of runs."""
    runs = {"first_run_id", "changed_run_id", "cluster_id"}
    return {
        name: sorted(
            ({key: value for key, value in row.items() if key not in runs} for row in store.table(name).to_pylist()),
            key=str,
        )
        for name in ("members", "clusters")
    }


@pytest.mark.parametrize("name", KILLS)
def test_a_kill_reaches_every_print(tmp_path: Path, name: str) -> None:
    agency, notice = kill(name)
    papers = prints(agency=agency)
    found = said(run(tmp_path / "store", [original(agency), *papers[:4]], [notice], [papers[4]]))
    for number in range(5):
        assert found[f"print-{number}"] == ("withdrawn", notice["id"]), number
    assert found["wire-1"][0] == "withdrawn"


@pytest.mark.parametrize("name", ["the same id, the text is the notice", "a mandatory kill that quotes the headline"])
def test_it_does_not_matter_what_comes_first(tmp_path: Path, name: str) -> None:
    agency, notice = kill(name)
    story, papers = original(agency), prints(agency=agency)
    expected = tables(run(tmp_path / "in-order", [story, *papers[:4]], [notice], [papers[4]]))
    orders = {
        "together": [[story, *papers, notice]],
        "notice-first": [[notice], papers[2:], [story, *papers[:2]]],
        "story-last": [papers[:3], [notice, papers[3]], [papers[4]], [story]],
    }
    for order, nights in orders.items():
        assert tables(run(tmp_path / order, *nights)) == expected, order


def test_a_kill_is_told_of_by_changes_and_events_and_explain(tmp_path: Path) -> None:
    _, notice = kill("a bulletin that names the slug")
    store = run(tmp_path / "store", [original(), *prints()], [notice])
    run_id = store.run_id()
    told = [row for row in store.table("events").to_pylist() if row["run_id"] == run_id]
    assert [(row["event"], row["from_id"], row["reason"]) for row in told] == [
        ("withdrawn", "kill-7", "6 of 6 prints are withdrawn")
    ]
    changes = {row["article_id"]: row for row in store.table("changes").to_pylist() if row["kind"] == "changed"}
    assert changes["print-3"]["before"] == "status usable; notice_id -"
    assert changes["print-3"]["after"] == "status withdrawn; notice_id kill-7"
    assert "withdrawn by kill-7" in explain.article(store, "print-3")
    clusters = {row["cluster_id"]: row for row in store.table("clusters").to_pylist()}
    assert clusters["c-wire-1"]["status"] == "withdrawn"
    assert clusters["c-wire-1"]["n_articles"] == 6  # the notice is a cluster of its own


def test_what_an_agency_sends_after_a_kill_stands_and_so_do_its_prints(tmp_path: Path) -> None:
    _, notice = kill("a withdrawal that has the headline")
    new = [
        *STORY[:3],
        "The lamp was found on Tuesday behind the boathouse, where the keeper's nephew had put it for a joke.",
        STORY[5],
    ]
    story, papers = original("reuters"), prints(agency="reuters")
    substitute = original("reuters", 34, new, id="wire-2", url="https://reuters.com/wire-2", slug="BC-Varn--Lamp-Found")
    later = reprint(2, 36, new, "reuters") | {"id": "print-new", "publisher": "Sahyadri Mail"}
    found = said(run(tmp_path / "store", [story, *papers], [notice], [substitute, later]))
    assert found["wire-1"] == ("withdrawn", "kill-8")
    assert {found[f"print-{number}"][0] for number in range(5)} == {"withdrawn"}
    assert (found["wire-2"], found["print-new"]) == (("usable", None), ("usable", None))


def test_a_correction_reaches_those_that_carry_the_old_text_and_no_others(tmp_path: Path) -> None:
    corrected = [*STORY[:4], RIGHT, STORY[5]]
    later = (NOON + timedelta(hours=20)).isoformat()
    anew = original(paragraphs=corrected, title=f"CORRECTED: {HEADLINE}", modified_at=later)
    old = [reprint(0), reprint(1, hours=40)]  # one of them late, and cut
    new = [reprint(2, 26, corrected)]
    short = reprint(4) | {"text": "\n".join(STORY[:4])}  # ends before what was wrong
    nights = [original(), old[0], short], [anew], [old[1], *new]
    store = run(tmp_path / "in-order", *nights)
    expected = {
        "wire-1": ("corrected", None),
        "print-0": ("corrected", "wire-1"),
        "print-1": ("corrected", "wire-1"),
        "print-2": ("usable", None),
        "print-4": ("usable", None),
    }
    assert said(store) == expected
    for number, order in enumerate([nights[::-1], (*nights[1:], nights[0])]):
        assert said(run(tmp_path / f"order-{number}", *order)) == expected
    told = [row["event"] for row in store.table("events").to_pylist()]
    assert "corrected" in told


def test_of_a_correction_whose_first_version_nobody_has_the_earlier_prints_are_flagged(tmp_path: Path) -> None:
    corrected = [*STORY[:4], RIGHT, STORY[5]]
    anew = original("reuters", 20, corrected, title=f"CORRECTED-{HEADLINE}")
    found = said(run(tmp_path / "store", [reprint(0, agency="reuters"), reprint(2, 30, corrected, "reuters")], [anew]))
    assert found == {"wire-1": ("corrected", None), "print-0": ("corrected", "wire-1"), "print-2": ("usable", None)}


def test_of_two_notices_with_the_story_s_text_the_first_is_named(tmp_path: Path) -> None:
    first, second = (
        reprint(number, hours, agency="reuters") | {"title": f"WITHDRAWN: {HEADLINE}"}
        for number, hours in ((0, 3), (2, 30))
    )
    found = said(run(tmp_path / "store", [first, reprint(4, agency="reuters")], [second]))
    assert found["print-4"] == ("withdrawn", "print-0")
    assert found["print-0"] == ("withdrawn", None)


def test_a_newspaper_takes_back_its_own_print_alone(tmp_path: Path) -> None:
    pulled = reprint(0) | {"status": "withdrawn"}
    other = {"id": "x", "publisher": PAPERS[2], "title": f"WITHDRAWN: {HEADLINE}",
             "text": "We have taken this off our pages after a complaint.", "published_at": NOON.isoformat()}  # fmt: skip
    found = said(run(tmp_path / "store", [original(), *prints()], [pulled, other]))
    withdrawn = {name for name, (status, _) in found.items() if status == "withdrawn"}
    assert withdrawn == {"print-0", "x"}


def test_a_notice_that_is_taken_back_holds_no_more(tmp_path: Path) -> None:
    _, notice = kill("a bulletin that names the slug")
    back = notice | {"title": "Advisory", "text": "Our bulletin of this morning was sent in error. The story stands as it was "
                     "sent, and nothing in it was wrong.", "modified_at": (NOON + timedelta(hours=40)).isoformat()}  # fmt: skip
    store = run(tmp_path / "store", [original(), *prints()], [notice], [back])
    assert {status for status, _ in said(store).values()} == {"usable"}
    assert [row["event"] for row in store.table("events").to_pylist()] == ["created", "withdrawn", "reinstated"]


def test_an_agency_at_another_event_is_left_alone(tmp_path: Path) -> None:
    """A notice names the headline of another agency's story, and a number that is no id of this agency."""
    _, notice = kill("a withdrawal that has the headline")
    story = original("ap", title=HEADLINE)
    found = said(run(tmp_path / "store", [story, *prints()], [notice]))
    assert {found[f"print-{number}"][0] for number in range(5)} == {"usable"}


def test_a_subject_that_is_mentioned_is_no_name(tmp_path: Path) -> None:
    """Of another story of the agency, whose slug is what a notice and a story that is taken back mention."""
    beds = [
        "Hospital beds in the two largest towns of the province were nearly all taken on Monday, its health office reported.",
        "Doctors asked residents to stay at home for another week, and to call before they visit any clinic of the region.",
        "Schools will open on Thursday as planned, the minister of education told reporters after a meeting in the capital.",
    ]
    hospitals = original(
        paragraphs=beds,
        id="wire-50",
        url="https://apnews.com/wire-50",
        title="Hospitals of province nearly full",
        slug="COVID-19",
    )
    _, notice = kill("a bulletin that names the slug")
    mentioned = notice | {"text": f"{notice['text']} The author has been ill with COVID-19."}
    story = original(
        "ap", paragraphs=[*STORY[:3], "The keeper had been away with COVID-19 for most of February.", *STORY[3:]]
    )
    canceled = story | {"pubStatus": "canceled", "modified_at": (NOON + timedelta(hours=5)).isoformat()}
    for name, nights in (("notice", [[story, hospitals], [mentioned]]), ("story", [[story, hospitals], [canceled]])):
        found = said(run(tmp_path / name, *nights))
        assert (found["wire-1"][0], found["wire-50"][0]) == ("withdrawn", "usable"), name


def test_a_version_whose_time_has_not_come_says_nothing_yet(tmp_path: Path) -> None:
    corrected = [*STORY[:4], RIGHT, STORY[5]]
    more = [*corrected[:2], "The lamp was found on Tuesday behind the boathouse, police said.", *corrected[2:5]]
    later = (NOON + timedelta(days=8)).isoformat()
    newest = original(
        paragraphs=corrected, title=f"CORRECTED: {HEADLINE}", modified_at=(NOON + timedelta(hours=20)).isoformat()
    )
    waits = original(paragraphs=more, published_at=later, modified_at=later)
    found = said(run(tmp_path / "store", [original(), newest, reprint(2, 26, more), waits]))
    assert found["print-2"] == ("usable", None)


def test_at_the_end_of_the_horizon_too_it_does_not_matter_what_comes_first(tmp_path: Path) -> None:
    end = datetime(2026, 3, 20, tzinfo=UTC)
    settings = msgspec.structs.replace(SETTINGS, pair=config.Pair(window_days=2), store=config.Store(horizon_days=5))

    def at(days: float) -> dict[str, str]:
        return {"published_at": (end + timedelta(days=days)).isoformat()}

    notice = kill("a withdrawal that has the headline")[1] | at(-9.6)
    old = reprint(0, agency="reuters") | at(-8.2) | {"title": HEADLINE}
    rows = [
        original("reuters") | at(-8.4),
        old,
        reprint(2, agency="reuters") | at(-6.6),
        reprint(4, agency="reuters") | at(-4.9),
    ]
    for name, nights in (
        ("notice-first", [(-9, [notice]), (0, rows)]),
        ("together", [(0, [notice, *rows])]),
        ("notice-last", [(0, rows), (0, [notice])]),
    ):
        for number, (as_of, night) in enumerate(nights):
            path = tmp_path / f"{name}-{number}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in night), encoding="utf-8")
            flow.run([str(path)], Store(tmp_path / name), settings, as_of=end + timedelta(days=as_of))
        found = said(Store(tmp_path / name))
        assert {key: found[key] for key in ("print-0", "print-4")} == {
            "print-0": ("withdrawn", "kill-8"), "print-4": ("usable", None)
        }, name  # fmt: skip


def test_an_agency_that_shows_another_s_story_does_not_speak_for_it(tmp_path: Path) -> None:
    shown = original("ap", byline="Reuters")
    taken_back = shown | {"status": "canceled", "modified_at": (NOON + timedelta(hours=30)).isoformat()}
    found = said(run(tmp_path / "store", [shown, *prints(agency="reuters")], [taken_back]))
    assert {name for name, (status, _) in found.items() if status != "usable"} == {"wire-1"}


@pytest.mark.parametrize(("name", "texts"), [("Lamp of lighthouse", []), ("Lamp of lighthouse stolen", [(0, 0)])])
def test_a_name_of_three_words_is_no_headline(name: str, texts: list[tuple[int, int]]) -> None:
    """Too many articles are called so."""
    words = arrays.hashes(sketch.words(pa.chunked_array([[name]])))
    articles = pa.table({"article_id": ["a"], **dict.fromkeys(("slug", "source_id"), pa.nulls(1, pa.string()))})
    assert retract.named(pa.chunked_array([[[name]]]), words, articles, words) == texts
