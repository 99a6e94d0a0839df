"""The pages of `docs/`: links that lead somewhere, a walk that goes as shown, words that name what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from docs import pages as generated
from pipeline import config, meanings, schema
from tests import shown as pages
from tests.shown import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
DECISIONS = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
FILES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MEASURED = {ROOT / "docs" / "scale.md"}  # there once `make scale` has written it

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^(```+|~~~+).*?^\1$|`[^`\n]+`", re.S | re.M)


def anchors(page: str) -> set[str]:
    """The anchors that a code host, and the site, give the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(file: Path, page: str) -> Iterator[str]:
    """The relative links of a page that lead nowhere."""
    for link in _LINK.findall(_CODE.sub("code", page)):
        if re.match(r"[a-z]+:", link):
            continue  # of other sites
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if target in MEASURED:
            continue
        if not target.exists():
            yield f"{file.name}: {link}: no such file"
        elif anchor and anchor not in anchors(page if target == file else target.read_text(encoding="utf-8")):
            yield f"{file.name}: {link}: no such heading"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(file: Path) -> None:
    assert list(broken(file, file.read_text(encoding="utf-8"))) == []


def test_a_broken_link_is_found() -> None:
    page = "# One: two & `three`\n[a](#one-two--three) [b](#four) [c](nowhere.md) [d](tutorial.md#ask-why) [e](tutorial.md#x)"
    page += "\n[`f`](none.md) `[g](code.md)` [h](https://example.org/none.md)\n```text\n[i](block.md)\n```\n"
    told = [line.split(": ")[1] for line in broken(ROOT / "docs" / "index.md", page)]
    assert told == ["#four", "nowhere.md", "tutorial.md#x", "none.md"]


def test_the_first_page_leads_to_every_other() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    there = {file.name for file in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert there <= {link.partition("#")[0] for link in _LINK.findall(index)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_make_verb_that_is_named_exists(file: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", file.read_text(encoding="utf-8"))) <= verbs


@pytest.mark.parametrize("name", generated.PAGES)
def test_a_generated_page_is_what_its_generator_writes(name: str) -> None:
    found = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert found == generated.PAGES[name](), f"write docs/{name} anew: python -m docs.pages"


def test_every_table_and_column_has_a_meaning() -> None:
    assert list(meanings.ROWS) == list(meanings.COLUMNS) == list(schema.PUBLISHED) != []
    for name, fields in schema.PUBLISHED.items():
        assert list(meanings.COLUMNS[name]) == fields.names
    told = [*meanings.ROWS.values(), *(text for columns in meanings.COLUMNS.values() for text in columns.values())]
    told += [text for words in meanings.VALUES.values() for text in words.values()]
    assert all(len(text) > 2 and text == text.strip() and not text.endswith(".") for text in told)
    assert all(column in schema.PUBLISHED[table].names for table, column in meanings.VALUES)


def test_columns_hold_no_other_words_than_those_with_a_meaning(wire_day: Path) -> None:
    seen = set()
    for (table, column), words in meanings.VALUES.items():
        values = set(pq.read_table(wire_day / "current" / f"{table}.parquet", columns=[column])[column].to_pylist())
        assert values <= set(words), (table, column)
        seen |= values
    assert len(seen) > 40


def test_meanings_are_not_written_into_files() -> None:
    assert all(field.metadata is None for fields in schema.PUBLISHED.values() for field in fields)
    assert all(fields.metadata is None for fields in schema.PUBLISHED.values())


def test_decisions_name_settings_and_columns_that_are_there() -> None:
    settings = {f"{section.name}.{setting.name}" for section in config.sections() for setting in section.settings}
    columns = {f"{table}.{name}" for table, fields in schema.PUBLISHED.items() for name in fields.names}
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", DECISIONS)) - {"manifest.json"}
    assert len(named & settings) > 25
    assert len(named & columns) > 25
    assert named <= settings | columns
    deciding = {"clean", "learn", "pair", "verify", "elect"}  # nearly all of these turn a decision
    untold = {name for name in settings - named if name.split(".")[0] in deciding}
    assert untold == {"clean.default_zone", "pair.threshold", "verify.quote_run"}


def test_the_walk_begins_with_the_demo(demo: str) -> None:
    command, shown = pages.commands(TUTORIAL)[0]
    assert command == "make demo"
    assert pages.agree(demo, shown)


@pytest.mark.usefixtures("demo")
def test_each_step_of_the_walk_prints_what_is_shown() -> None:
    for block in pages.blocks(TUTORIAL, "console", "sh")[1:]:  # in turn: one reads what another wrote
        steps = pages.said_in(block)
        if not steps:
            pages.run(f"set -eu\n{block}")
        for command, shown in steps:
            said = pages.run(command)
            assert pages.agree(said, shown), f"{command}\n{said}"


@pytest.mark.usefixtures("demo")
def test_the_sessions_of_the_walk_are_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert pages.sessions_hold(TUTORIAL, "tutorial.md")


def test_what_a_page_shows_is_compared_word_for_word_but_for_what_it_leaves_out() -> None:
    assert pages.agree("one\ntwo\nthree\n", "one\n...\nthree\n")
    assert pages.agree("one\nthree\n", "one\n...\nthree\n")
    assert pages.agree("one (1)\n", "one (1)\n")
    assert not pages.agree("one\ntwo\nthree\n", "one\nthree\n")
    assert not pages.agree("one 1\n", "one (1)\n")
