"""Who printed it: hosts and names -> one publisher.

The host decides, at host level (two papers may share a registrable domain); `www.`, `m.` and `amp.` say nothing. A name is
matched without case, punctuation or a leading article. Who is not in the list is an outlet that is cited from elsewhere, if
the host is its domain, or stands for itself: a paper whose copy is an agency's says so where its own name should be, and many
towns and countries have a Guardian.
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
from pipeline.stages import _urls, lexicon

__all__ = ["Publisher", "Publishers", "load"]

_COLUMNS = ("id", "name", "aliases", "hosts", "country", "zone", "family", "home_agency", "aggregator")
_VARIANT_HOST = regex.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_HOST = regex.compile(r"[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[\p{L}][\p{L}\p{N}-]+")
_HOST_END = regex.compile(r"[/:?#]")
_NOT_NAME = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

# Country domains that are sold as words: they say nothing about where a page is from.
_WORD_DOMAINS = frozenset(
    {"ai", "am", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "news", "press", "tv", "to", "ws"}
)
#: Labels below which a country, or a provider, lets others have hosts.
_SHARED_LABELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})
_NO_NAME = frozenset({"photo", "broadcaster", "supplemental"})  # kinds of agencies that are also owners and outlets
_LEAST_LETTERS = 4  # of a name that is a part of a host


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher. `country` (ISO 3166) and `zone` (IANA) are "" where unknown, `home_agency` is "" for all but an
    agency's own site; `family` is the owner, the publisher itself where no other is known. `aggregator`: it shows what others
    printed, under their names."""

    id: str
    name: str
    hosts: tuple[str, ...] = ()
    country: str = ""
    zone: str = ""
    family: str = ""
    home_agency: str = ""
    known: bool = True
    aggregator: bool = False


@dataclass(frozen=True, slots=True)
class Publishers:
    """All known publishers, by host and by name. `settled`: names that an order has given to one, whatever the host."""

    by_host: dict[str, Publisher] = field(default_factory=dict)
    by_name: dict[str, Publisher] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()

    def named(self, name: str) -> Publisher | None:
        """The known publisher of that name, alias or host; None if there is none."""
        host = fold_host(name)
        return (self.by_host.get(host) if host else None) or self.by_name.get(fold_name(name))

    def resolve(self, name: str | None, host: str | None, url: str | None) -> Publisher:
        """The publisher of an article: by its host, else by its name, else itself.

        A host in the list beats a name, but for an aggregator's. A name in the list beats an unknown host that `_may_be` one
        of that publisher's; an unknown host beats an unknown name. Nothing at all gives the publisher with the empty id.
        """
        hosts = [found for found in (fold_host(host), fold_host(urlsplit_host(url))) if found]
        if len(hosts) > 1 and _urls.is_copier(hosts[0]):
            del hosts[0]
        at = next((self.by_host[found] for found in hosts if found in self.by_host), None)
        if at and not at.aggregator:
            return at
        known = self.named(name) if name else None
        if known and name and (not hosts or self._may_be(known, name, hosts[0])):
            return known
        if at:
            return at
        if not hosts:
            return _stranger(name, fold_host(name))
        return _stranger(name if name and _is_called(hosts[0], name, is_known=known is not None) else None, hosts[0])

    def _may_be(self, known: Publisher, name: str, host: str) -> bool:
        """Whether a page on a host that is in no list, or an aggregator's, may be of the publisher whose name it bears.

        An editor may have said so, or the name is one of its hosts. Otherwise the host has to be like one of them, and of no
        other country. At an aggregator the name is believed, but an agency's copy is the aggregator's print.
        """
        if fold_name(name) in self.settled:
            return True
        if not known.home_agency and (fold_host(name) in self.by_host or self._is_aggregated(host)):
            return True
        own = {_label(one) for one in known.hosts} or {_squeezed(name)}
        return _label(host) in own and (_domain_country(host) or known.country) == known.country

    def _is_aggregated(self, host: str) -> bool:
        """Whether a host, or one that it is part of, is an aggregator's: `sport.aggregator.example`."""
        labels = host.split(".")
        above = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return any(part in self.by_host and self.by_host[part].aggregator for part in above)

    def is_other_agency(self, name: str, publisher: Publisher) -> bool:
        """Whether the name over a page is an agency's, and the publisher is another: it tells then whose copy the page is."""
        if name == publisher.name:
            return False
        if known := self.named(name):
            return known.home_agency not in ("", publisher.home_agency)
        return fold_name(name) in _agencies() and fold_name(name) != fold_name(publisher.name)


def _is_called(host: str, name: str, *, is_known: bool) -> bool:
    """Whether a name may be that of an unknown host's own site; one that others bear has to be in the host.

    >>> [_is_called(host, "The Guardian", is_known=True) for host in ("guardian.example", "vale-post.example")]
    [True, False]
    """
    key, label = _squeezed(name), _label(host)
    if (domains := _agencies().get(fold_name(name))) is not None:
        return key == label or any(f".{host}".endswith(f".{domain}") for domain in domains)
    return not is_known or (len(key) >= _LEAST_LETTERS and key in label)


def _label(host: str) -> str:
    """The label of a host that somebody has chosen, without hyphens: `valepost` of `news.vale-post.co.uk`."""
    labels = host.split(".")[:-1]
    while len(labels) > 1 and labels[-1] in _SHARED_LABELS:
        labels.pop()
    return labels[-1].replace("-", "") if labels else ""


def _squeezed(name: str) -> str:
    """A name as hosts spell it: its letters and digits."""
    return fold_name(name).replace(" ", "")


@functools.cache
def _agencies() -> Mapping[str, tuple[str, ...]]:
    """The domains of the agencies that have a name, by names, folded."""
    found: dict[str, tuple[str, ...]] = {}
    for agency in lexicon.agencies():
        if agency.kind not in _NO_NAME:
            for name in {fold_name(name) for name in (agency.name, *agency.aliases, *agency.native_aliases)}:
                found[name] = found.get(name, ()) + agency.domains
    return MappingProxyType(found)


@functools.lru_cache(maxsize=4_096)
def _stranger(name: str | None, host: str) -> Publisher:
    """A publisher that is in no list: itself, by its host or else its name."""
    own_id = host or fold_name(name or "").replace(" ", "-")
    shown = name if name and not fold_host(name) else own_id
    country = _country_of(host) if host else ""
    return Publisher(own_id, (shown or "").strip(), (host,) if host else (), country, "", own_id, "", known=False)


_AUTHORITY = re.compile(r"https?://[^/?#]*")


def urlsplit_host(url: str | None) -> str | None:
    """The host of a URL, of a copy in an archive or a cache that of the page; None if it has none or is broken."""
    if not url:
        return None
    url = _urls.behind(url)
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
    """The country of a host with a country domain, if its zones are known; "" for others."""
    code = _domain_country(host)
    return code if code in _countries() else ""


def _domain_country(host: str) -> str:
    """The country of a host with a country domain; "" for others."""
    last = host.rpartition(".")[2]
    if len(last) != 2 or last in _WORD_DOMAINS:
        return ""
    return "GB" if last == "uk" else last.upper()


def load(path: str = "", aliases: Mapping[str, str] = MappingProxyType({})) -> Publishers:
    """The built-in publishers, extended or overridden by the CSV at `path` ("" for none): a row with a known id replaces.

    `aliases` says of a name or host of which publisher, by id, name or host, it is another one; one that is not known is
    what it is called.

    An override may have any of the columns id, name, aliases, hosts, country, zone, family, home_agency, aggregator (yes);
    only id is needed, and an empty cell keeps what is built in. Raises `ConfigError` naming file and row.
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
    return replace(index, settled=frozenset(map(fold_name, aliases)))


#: A publisher and the names that are its.
_Entry = tuple[Publisher, tuple[str, ...]]


@functools.cache
def _builtin() -> Mapping[str, _Entry]:
    text = resources.files(lexicon.__name__).joinpath("publishers.csv").read_text(encoding="utf-8")
    read = _read(text.splitlines(), "publishers.csv", {})
    return MappingProxyType(_with_outlets({publisher.id: (publisher, names) for publisher, names in read}))


def _with_outlets(entries: dict[str, _Entry]) -> dict[str, _Entry]:
    """The publishers and the outlets at hosts that none of them has, each by its first host.

    Found by their hosts alone: papers of one name are many. A host of an outlet that is called as a publisher is that one's.
    """
    taken = {host for publisher, _ in entries.values() for host in publisher.hosts}
    ids = {fold_name(name): id_ for id_, (_, names) in entries.items() for name in names}
    for outlet in lexicon.outlets():
        hosts = tuple(host for host in outlet.domains if host not in taken)
        if not hosts or outlet.type == "programme":  # which is on the host of its network
            continue
        taken.update(hosts)
        id_ = ids.get(fold_name(outlet.name), hosts[0])
        known, names = entries.get(id_, (Publisher(id_, outlet.name, country=outlet.country, family=id_), ()))
        entries[id_] = replace(known, hosts=known.hosts + hosts), names
    return entries


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
    aggregator = before.aggregator or row.get("aggregator", "").casefold() == "yes"
    publisher = replace(before, **given, hosts=hosts or before.hosts, aggregator=aggregator)  # type: ignore[arg-type]
    aliases = tuple(alias.strip() for alias in row.get("aliases", "").split(";") if alias.strip())
    return publisher, (publisher.name, *(aliases or names[1:]))
