"""What tests begin with is made once and is nobody's to change."""

from __future__ import annotations

from pathlib import Path

from tests.stores import made_once


def test_a_store_is_made_once_for_the_same_arguments_and_each_test_changes_its_own_copy(tmp_path: Path) -> None:
    made = []

    @made_once
    def make(folder: Path, *words: str) -> Path:
        made.append(words)
        (folder / "store").mkdir()
        (folder / "store" / "words").write_text(" ".join(words))
        (folder / "store" / "current").symlink_to("words")
        return folder / "store"

    one = make(tmp_path / "one", "a", "b")
    (one / "words").write_text("changed")
    two = make(tmp_path / "two", "a", "b")
    assert (one, (one / "current").read_text()) == (tmp_path / "one" / "store", "changed")
    assert (two / "current").read_text() == "a b"
    assert make(tmp_path / "three", "a").joinpath("words").read_text() == "a"
    assert made == [("a", "b"), ("a",)]
