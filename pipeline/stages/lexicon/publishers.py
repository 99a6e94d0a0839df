"""Who printed it: hosts and names -> one publisher.

The host decides, at host level (two papers may share a registrable domain); `www.`, `m.` and `amp.` say nothing. A name is
matched without case, punctuation or a leading article. Who is not in the list stands for itself.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import regex

from pipeline.errors import ConfigError
from pipeline.stages import lexicon

__all__ = ["Publisher", "Publishers", "load"]

_COLUMNS = ("id", "name", "aliases", "hosts", "country", "zone", "family", "home_agency")
_VARIANT_HOST = regex.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_HOST = regex.compile(r"[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[\p{L}][\p{L}\p{N}-]+")
_HOST_END = regex.compile(r"[/:?#]")
_NOT_NAME = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

# Country domains that are sold as words: they say nothing about where a page is from.
_WORD_DOMAINS = frozenset(
    {"ai", "am", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "news", "press", "tv", "to", "ws"}
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher. `country` (ISO 3166) and `zone` (IANA) are "" where unknown, `home_agency` is "" for all but an
    agency's own site; `family` is the owner, the publisher itself where no other is known."""

    id: str
    name: str
    hosts: tuple[str, ...] = ()
    country: str = ""
    zone: str = ""
    family: str = ""
    home_agency: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Publishers:
    """All known publishers, by host and by name."""

    by_host: dict[str, Publisher] = field(default_factory=dict)
    by_name: dict[str, Publisher] = field(default_factory=dict)

    def named(self, name: str) -> Publisher | None:
        """The known publisher of that name, alias or host; None if there is none."""
        host = fold_host(name)
        return (self.by_host.get(host) if host else None) or self.by_name.get(fold_name(name))

    def resolve(self, name: str | None, host: str | None, url: str | None) -> Publisher:
        """The publisher of an article: by its host, else by its name, else itself.

        A host in the list beats a name in the list beats an unknown host beats an unknown name. Nothing at all gives
        the publisher with the empty id.
        """
        hosts = [found for found in (fold_host(host), fold_host(urlsplit_host(url)), fold_host(name)) if found]
        for found in hosts:
            if found in self.by_host:
                return self.by_host[found]
        if name and (known := self.by_name.get(fold_name(name))):
            return known
        return _stranger(name, hosts[0] if hosts else "")


@functools.lru_cache(maxsize=4_096)
def _stranger(name: str | None, host: str) -> Publisher:
    """A publisher that is in no list: itself, by its host or else its name."""
    own_id = host or fold_name(name or "").replace(" ", "-")
    shown = name if name and not fold_host(name) else own_id
    country = _country_of(host) if host else ""
    return Publisher(own_id, (shown or "").strip(), (host,) if host else (), country, "", own_id, "", known=False)


_AUTHORITY = re.compile(r"https?://[^/?#]*")


def urlsplit_host(url: str | None) -> str | None:
    """The host of a URL; None if it has none or is broken."""
    if not url:
        return None
    found = _AUTHORITY.match(url)  # all that matters; there are fewer hosts than pages
    return _host_of(found[0] if found else url)


@functools.lru_cache(maxsize=4_096)
def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None


@functools.lru_cache(maxsize=65_536)
def fold_host(host: str | None) -> str:
    """A host in lower case without `www.`, `m.`, `amp.`, port and scheme; "" for what is no host.

    >>> fold_host("https://www.Example-News.co.uk:443/x"), fold_host("Example News")
    ('example-news.co.uk', '')
    """
    if not host:
        return ""
    text = host.strip().casefold().partition("://")[2] or host.strip().casefold()
    text = _HOST_END.split(text, 1)[0].rstrip(".")
    return _VARIANT_HOST.sub("", text) if _HOST.fullmatch(text) else ""


@functools.lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """A name without case, punctuation and a leading "the".

    >>> fold_name("The  Wire-Post!")
    'wire post'
    """
    return str(_NOT_NAME.sub(" ", name.casefold())).strip().removeprefix("the ")


@functools.cache
def _countries() -> frozenset[str]:
    return frozenset(row["country"] for row in lexicon.rows("zones.csv") if row["country"])


def _country_of(host: str) -> str:
    """The country of a host with a country domain; "" for others."""
    last = host.rpartition(".")[2]
    code = "GB" if last == "uk" else last.upper()
    return code if code in _countries() and last not in _WORD_DOMAINS else ""


def load(path: str = "", aliases: Mapping[str, str] = MappingProxyType({})) -> Publishers:
    """The built-in publishers, extended or overridden by the CSV at `path` ("" for none): a row with a known id replaces.

    `aliases` says of a name or host of which publisher, by id, name or host, it is another one; one that is not known is
    what it is called.

    An override may have any of the columns id, name, aliases, hosts, country, zone, family, home_agency; only id is
    needed, and an empty cell keeps what is built in. Raises `ConfigError` naming file and row.
    """
    entries = dict(_builtin())
    if path:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"clean.publishers: cannot read {path}: {error}") from error
        lines = text.splitlines()
        lexicon.ensure_quotes(lines, path)
        for publisher, names in _read(lines, path, entries):
            entries[publisher.id] = (publisher, names)
    index = _index(entries.values())
    for alias, of in aliases.items():
        publisher = next((entry for id_, (entry, _) in entries.items() if id_ == of), None) or index.resolve(
            of, of, None
        )
        if host := fold_host(alias):
            index.by_host[host] = publisher
        else:
            index.by_name[fold_name(alias)] = publisher
    return index


_Entry = tuple[Publisher, tuple[str, ...]]


@functools.cache
def _builtin() -> Mapping[str, _Entry]:
    text = resources.files(lexicon.__name__).joinpath("publishers.csv").read_text(encoding="utf-8")
    read = _read(text.splitlines(), "publishers.csv", {})
    return MappingProxyType({publisher.id: (publisher, names) for publisher, names in read})


def _index(entries: Iterable[_Entry]) -> Publishers:
    by_host: dict[str, Publisher] = {}
    by_name: dict[str, Publisher] = {}
    for publisher, names in entries:
        for host in publisher.hosts:
            by_host[host] = publisher  # the later row wins: an override takes a host over
        for name in names:
            by_name[fold_name(name)] = publisher
    return Publishers(by_host, by_name)


def _read(lines: Iterable[str], source: str, known: dict[str, _Entry]) -> Iterator[_Entry]:
    reader = csv.DictReader(lines)
    extra = sorted(set(reader.fieldnames or ()) - set(_COLUMNS))
    if "id" not in (reader.fieldnames or ()) or extra:
        found = f"unknown column {extra[0]!r}" if extra else "no column 'id'"
        raise ConfigError(f"{source}: {found}; the columns are {', '.join(_COLUMNS)}")
    for row in reader:
        where = f"{source}, line {reader.line_num}"
        if None in row:
            raise ConfigError(f"{where}: more cells than columns; a cell with a comma needs quotes")
        yield _entry({key: (value or "").strip() for key, value in row.items()}, where, known)


def _entry(row: dict[str, str], where: str, known: dict[str, _Entry]) -> _Entry:
    if not row["id"]:
        raise ConfigError(f"{where}: the id is empty; give a short name such as 'example-post'")
    before, names = known.get(row["id"], (Publisher(row["id"], row["id"], family=row["id"]), ()))
    hosts = tuple(fold_host(host) for host in row.get("hosts", "").split(";") if host.strip())
    if "" in hosts:
        raise ConfigError(
            f"{where}: hosts {row['hosts']!r} holds something that is no host name; separate hosts by ';'"
        )
    zone = row.get("zone", "")
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(f"{where}: zone {zone!r} is no IANA zone; write it like Asia/Kolkata") from error
    given = {key: row[key] for key in ("name", "country", "zone", "family", "home_agency") if row.get(key)}
    publisher = replace(before, **given, hosts=hosts or before.hosts)  # type: ignore[arg-type]
    aliases = tuple(alias.strip() for alias in row.get("aliases", "").split(";") if alias.strip())
    return publisher, (publisher.name, *(aliases or names[1:]))
