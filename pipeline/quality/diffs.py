"""diffs: two texts side by side, sentence by sentence, with long stretches that agree folded away."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

import regex

__all__ = ["Row", "aligned", "as_html", "as_text"]

_SENTENCE = regex.compile(r"(?<=[.!?…]['\")\]»”’]*)\s+|(?<=[。！？।॥]['\"」』”’）]*)\s*")
_CONTEXT = 1  # sentences that are shown beside a difference
_WIDTH = 116


class Row(NamedTuple):
    """What stands beside one another. `same`: both read the same; `folded` sentences then stand for what is not shown."""

    left: str
    right: str
    same: bool
    folded: int = 0


def aligned(left: str, right: str) -> list[Row]:
    """The rows of a side-by-side diff. What is only on one side has "" on the other."""
    one, other = _sentences(left), _sentences(right)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    rows: list[Row] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            last = (end, other_end) == (len(one), len(other))
            rows += _folded(one[start:end], first=(start, other_start) == (0, 0), last=last)
        else:
            rows.append(Row(" ".join(one[start:end]), " ".join(other[other_start:other_end]), same=False))
    return rows


def _sentences(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in _SENTENCE.split(line) if part.strip()]


def _folded(same: Sequence[str], *, first: bool, last: bool) -> Iterator[Row]:
    """The sentences of an equal stretch, without its middle if that is long."""
    head, tail = 0 if first else _CONTEXT, 0 if last else _CONTEXT
    if len(same) <= head + tail + 1:
        yield from (Row(words, words, same=True) for words in same)
        return
    yield from (Row(words, words, same=True) for words in same[:head])
    yield Row("", "", same=True, folded=len(same) - head - tail)
    yield from (Row(words, words, same=True) for words in same[len(same) - tail :])


def as_text(rows: Sequence[Row], width: int = _WIDTH) -> str:
    """The rows in two columns of characters; `|` stands between sides that differ."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    side = (width - 5) // 2
    table = Table.grid(padding=(0, 1))
    for size in (side, 1, side):
        table.add_column(width=size, overflow="fold")
    for row in rows:
        if row.folded:
            table.add_row(Text(_fold(row)), Text(""), Text(""))
        else:
            table.add_row(Text(row.left), Text(" " if row.same else "|"), Text(row.right))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def as_html(rows: Sequence[Row]) -> str:
    """The rows as an HTML table; rows that differ have the class `differs`."""
    lines = []
    for row in rows:
        if row.folded:
            lines.append(f'<tr class="folded"><td colspan="2">{_fold(row)}</td></tr>')
        else:
            kind = "" if row.same else ' class="differs"'
            lines.append(f"<tr{kind}><td>{escape(row.left)}</td><td>{escape(row.right)}</td></tr>")
    return f'<table class="diff">{"".join(lines)}</table>'


def _fold(row: Row) -> str:
    return f"… {row.folded:,} sentence{'' if row.folded == 1 else 's'} the same …"
