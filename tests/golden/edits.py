"""How a newspaper changes a story: each edit takes paragraphs and returns new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["curly", "cut", "drop", "edited", "insert", "replace", "straight", "tease"]

Paragraphs = list[str]


def cut(paragraphs: Paragraphs, share: float) -> Paragraphs:
    """The first paragraphs, up to about that share of the length; always at least two."""
    room = share * sum(map(len, paragraphs))
    kept: Paragraphs = []
    for paragraph in paragraphs:
        room -= len(paragraph)
        if len(kept) >= 2 and room < 0:
            break
        kept.append(paragraph)
    return kept


def tease(paragraphs: Paragraphs, words: int) -> Paragraphs:
    """What a paywall shows: so many words from the top, and an ellipsis."""
    kept: Paragraphs = []
    for paragraph in paragraphs:
        shown = paragraph.split()[:words]
        words -= len(shown)
        kept.append(" ".join(shown))
        if not words:
            break
    kept[-1] += "…"
    return kept


def insert(paragraphs: Paragraphs, at: int, added: Paragraphs) -> Paragraphs:
    """Paragraphs put in before number `at`, counted from 0."""
    return [*paragraphs[:at], *added, *paragraphs[at:]]


def drop(paragraphs: Paragraphs, numbers: Iterable[int]) -> Paragraphs:
    """Paragraphs taken out by number, counted from 0; negative ones count from the end."""
    gone = {number % len(paragraphs) for number in numbers}
    return [paragraph for number, paragraph in enumerate(paragraphs) if number not in gone]


def replace(paragraphs: Paragraphs, words: Mapping[str, str]) -> Paragraphs:
    """Words replaced throughout. Each must occur, so that no edit turns into nothing unnoticed."""
    text = "\n".join(paragraphs)
    for old, new in words.items():
        if old not in text:
            raise ValueError(f"nothing to replace: {old!r} is not in the story")
        text = text.replace(old, new)
    return text.split("\n")


def straight(paragraphs: Paragraphs) -> Paragraphs:
    """Curly quotes become straight ones."""
    return [paragraph.translate(str.maketrans("“”‘’", "\"\"''")) for paragraph in paragraphs]


def curly(paragraphs: Paragraphs) -> Paragraphs:
    """Double quotes become curly ones, opening and closing in turn; apostrophes curl too."""

    def turn(paragraph: str) -> str:
        first, *others = paragraph.replace("'", "’").split('"')
        return first + "".join("“”"[number % 2] + part for number, part in enumerate(others))

    return [turn(paragraph) for paragraph in paragraphs]


def edited(paragraphs: Paragraphs, edits: str, extra: Mapping[str, str]) -> Paragraphs:
    """The paragraphs after edits in the words of `prints.csv`: `cut 0.5 | insert 3 lakeside | replace harbor = quay`.

    `extra` holds the paragraphs that `insert` names, one a line.
    """
    for edit in filter(None, edits.split(" | ")):
        verb, _, rest = edit.partition(" ")
        match verb:
            case "cut":
                paragraphs = cut(paragraphs, float(rest))
            case "tease":
                paragraphs = tease(paragraphs, int(rest))
            case "insert":
                at, name = rest.split()
                paragraphs = insert(paragraphs, int(at), extra[name].strip().split("\n"))
            case "drop":
                paragraphs = drop(paragraphs, map(int, rest.split()))
            case "replace":
                paragraphs = replace(paragraphs, dict(pair.split(" = ") for pair in rest.split(", ")))
            case "straight":
                paragraphs = straight(paragraphs)
            case "curly":
                paragraphs = curly(paragraphs)
            case _:
                raise ValueError(f"prints.csv: no such edit: {edit!r}")
    return paragraphs
