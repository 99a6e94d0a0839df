"""What the stages know of the world, as data files: agencies, outlets, publishers, frames, furniture.

Each loader reads its file once and returns immutable rows. The files are CSV or TOML, so that an editor can mend them.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.errors import ConfigError

__all__ = [
    "Agency",
    "Outlet",
    "agencies",
    "agency_names",
    "digest",
    "ensure_quotes",
    "house_desks",
    "load_toml",
    "one_of",
    "outlets",
    "rows",
]


@dataclass(frozen=True, slots=True)
class Agency:
    """One news agency or copy service.

    `kind`: global, national, regional, financial, sport, supplemental (wires); release; photo; broadcaster.
    `policy` says where a bare alias may count: `any` (everywhere), `cue` (with an attribution beside it), `slot` (only
    in a byline, dateline, tail or source slot), `full` (its acronyms never alone, but for papers of its countries).
    `country`: its own, and then others whose papers print it daily.
    """

    id: str
    name: str
    kind: str
    policy: str
    country: tuple[str, ...]
    domains: tuple[str, ...]
    languages: tuple[str, ...]
    aliases: tuple[str, ...]
    native_aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """A newspaper, broadcaster or site that is cited but is no agency. `policy` as for `Agency`.

    `home_names` mean it on pages of its own country alone, where they count with an attribution beside them.
    """

    name: str
    type: str
    policy: str
    country: str
    domains: tuple[str, ...]
    aliases: tuple[str, ...]
    home_names: tuple[str, ...] = ()


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file of this package, as text."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(io.StringIO(text))


def load_toml(name: str) -> dict[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first, without a group of its own."""
    import regex

    return "|".join(map(regex.escape, sorted(words, key=lambda word: (-len(word), word))))


@functools.cache
def digest() -> str:
    """A hash of the data files by which articles are read: other files, other articles. 16 hex digits."""
    found = hashlib.blake2b(digest_size=8)
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".csv", ".toml")) and file.name != "fields.csv":  # which is for the readers of files
            found.update(f"{file.name}\0".encode() + hashlib.blake2b(file.read_bytes()).digest())
    return found.hexdigest()


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _own_lines(path: str) -> tuple[str, ...]:
    """The lines of a CSV of the user's."""
    try:
        return tuple(Path(path).read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name a CSV in UTF-8") from error


def ensure_quotes(lines: Sequence[str], source: str) -> None:
    """`ConfigError` for a row of a CSV whose quotes do not go together: one that is not closed swallows the rows after it."""
    reader, begins = csv.reader(lines, strict=True), 1
    try:
        for _ in reader:
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError(
            f"{source}, line {begins}: a quote is not closed, or not where its cell ends ({error}); within a cell "
            "that is in quotes write one twice"
        ) from error


def _agency(row: dict[str, str], where: str) -> Agency:
    try:
        return Agency(
            row["id"],
            row["name"],
            row["kind"],
            row["policy"],
            _split(row["country"]),
            _split(row["domains"]),
            _split(row["languages"]),
            _split(row["aliases"]),
            _split(row["native_aliases"]),
        )
    except (KeyError, AttributeError) as error:
        raise ConfigError(f"{where}: a row lacks {error}; its columns are {', '.join(Agency.__slots__)}") from error


def agencies(path: str = "") -> tuple[Agency, ...]:
    """All agencies, in the order of the file; a row of the CSV at `path` is added, or replaces the one with its id.

    What they come to is made once for each content of that file, which may change between two runs.
    """
    return _agencies(path, _own_lines(path) if path else ())


@functools.lru_cache(maxsize=4)
def _agencies(path: str, lines: tuple[str, ...]) -> tuple[Agency, ...]:
    known = {row["id"]: _agency(row, "agencies.csv") for row in rows("agencies.csv")}
    if path:
        ensure_quotes(lines, path)
        known |= {row.get("id") or "": _agency(row, path) for row in csv.DictReader(lines)}
    return tuple(known.values())


def agency_names(path: str = "") -> dict[str, str]:
    """The names of agencies by their ids; of the built-in ones alone where the CSV at `path` is no more what it was."""
    try:
        known = agencies(path)
    except ConfigError:
        known = agencies()
    return {agency.id: agency.name for agency in known}


@functools.cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets, in the order of the file, and then the publishers of `publishers.csv` that are none of them, no agency and
    no aggregator.

    A publisher with the host or the name of an outlet adds its other names to it. Names that are a common word, or might
    be (`The Standard`, `Insider`, `DNA`), count only where `outlets.csv` has them.
    """
    found = {
        row["name"]: Outlet(
            row["name"],
            row["type"],
            row["policy"],
            row["country"],
            *(_split(row[names] or "") for names in ("domains", "aliases", "home_names")),
        )
        for row in rows("outlets.csv")
    }
    owner = {key: outlet.name for outlet in found.values() for key in (outlet.name, *outlet.domains, *outlet.aliases)}
    taken = {name for agency in agencies() for name in (agency.name, *agency.aliases)}
    for row in rows("publishers.csv"):
        spelled, hosts = (row["name"], *_split(row["aliases"])), _split(row["hosts"])
        known = next((owner[key] for key in (*spelled, *hosts) if key in owner), None)
        new = tuple(name for name in spelled if name not in owner and name not in taken and _is_telling(name))
        if row["home_agency"] or row["aggregator"] or not new:
            continue
        if known is None:
            found[new[0]] = Outlet(new[0], "web", "slot", row["country"], hosts, new[1:])
        else:
            found[known] = replace(found[known], aliases=found[known].aliases + new)
        owner |= dict.fromkeys((*new, *hosts), known or new[0])
    return tuple(found.values())


def _is_telling(name: str) -> bool:
    """Whether a name is more than one plain word or acronym: `Cincinnati.com`, `MarketWatch`, `Kyiv Post`."""
    words = name.removeprefix("The ").split()
    is_plain = words[0].isalpha() and words[0] in {words[0].lower(), words[0].capitalize()}
    return len(words) > 1 or (len(words[0]) > 4 and not is_plain)


@functools.cache
def house_desks() -> Mapping[str, tuple[str, ...]]:
    """Credits that look like an agency's and are a house's own: casefolded credit -> outlets, none for "any house"."""
    desks: dict[str, tuple[str, ...]] = {}
    for row in rows("house_desks.csv"):
        for credit in _split(row["credit"]):
            desks[credit.casefold()] = desks.get(credit.casefold(), ()) + _split(row["outlets"])
    return MappingProxyType(desks)
