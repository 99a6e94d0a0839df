"""The pages that are made from the code: `python -m docs.pages` writes `tables.md` and `settings.md` anew."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipeline import config, meanings, schema

__all__ = ["PAGES", "settings", "tables"]

FOLDER = Path(__file__).parent

_TABLES = """\
# The tables, column by column

<!-- written by `make docs` from pipeline/schema.py and pipeline/meanings.py: change those instead -->

What lies in `STORE/current`, contract {version}. Names, columns and types are stable; the version stands in the schema
metadata of every file, as `newswire_reprints.contract`, and changes when a column or its meaning does. How the values come
about: [how each decision is made](decisions.md).

Ids are strings; a time is `timestamp[us, tz=UTC]`; similarities lie in [0, 1]; *shingles* are the runs of five words
(characters, in scripts without spaces) that texts are compared by. `start` and `end` are half-open offsets in code points
of the named `field` as it was read. A column is null only where it says so here. Rows are sorted by the columns that are
named, part by part in a table that lies in parts.
"""

_SETTINGS = """\
# The settings

<!-- written by `make docs` from pipeline/config/settings.py: change that instead -->

A configuration is a TOML file, given with `--config`; it states only what differs from these defaults. `reprints config`
prints them as a file to start from, and `reprints config --check FILE` checks one. A key that is not here is an error. What
a change of settings costs on a store with history: [operations](operations.md#other-settings-another-release).
"""


def tables() -> str:
    """The data dictionary: every published table and column with type, nullability and meaning."""
    return "\n".join([_TABLES.format(version=schema.CONTRACT_VERSION), *_tables()])


def _tables() -> Iterator[str]:
    for name, fields in schema.PUBLISHED.items():
        yield f"## {name}\n\nA row is {meanings.ROWS[name]}. Sorted by {_listed(schema.KEYS[name])}.\n"
        yield "| column | type | nullable | meaning |\n| --- | --- | --- | --- |"
        for field in fields:
            null = "yes" if field.nullable else ""
            meaning = meanings.COLUMNS[name][field.name]
            yield f"| `{field.name}` | {_type(field.type)} | {null} | {_escaped(meaning)} |"
        yield ""
        for (table, column), words in meanings.VALUES.items():
            if table == name:
                yield f"Values of `{column}`:\n"
                yield from (f"- `{word}`: {_escaped(meaning)}" for word, meaning in words.items())
                yield ""


def _type(kind: pa.DataType) -> str:
    return "time" if pa.types.is_timestamp(kind) else {"double": "float64"}.get(str(kind), str(kind))


def settings() -> str:
    """Every setting with its default, bounds and meaning, section by section."""
    return "\n".join([_SETTINGS, *_settings()])


def _settings() -> Iterator[str]:
    for section in config.sections():
        about = inspect.cleandoc(section.about)
        yield f"## {section.name}\n\n{_escaped(about[0].upper() + about[1:])}\n"
        yield "| setting | default | bounds | meaning |\n| --- | --- | --- | --- |"
        for setting in section.settings:
            yield f"| `{setting.name}` | `{setting.value}` | {setting.bounds} | {_escaped(setting.meaning)} |"
        yield ""


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _escaped(text: str) -> str:
    """Words as Markdown that shows them as they are; what stands in backquotes is marked up already."""
    return re.sub(r"([*|<])", r"\\\1", text)


#: What makes each page.
PAGES = {"tables.md": tables, "settings.md": settings}


def _main() -> None:
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    _main()
