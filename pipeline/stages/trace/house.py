"""The publisher of a page: what it calls itself, where it is at home, and which names in a text are its own.

Houses are few and their articles many: `houses` gives the same object for the same publisher, and what is found out
about a name is kept.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pyarrow as pa
import regex

from pipeline.stages.lexicon.publishers import urlsplit_host
from pipeline.stages.trace.names import Source

__all__ = ["House", "houses"]

_WWW = regex.compile(r"^(?:www\d?|m|mobile|amp|edition|news)\.(?=.*\.)")
_COMMON = frozenset({"telegraph", "independent", "chronicle", "statesman", "advertiser"})
_NEWS = regex.compile(r"(?:news|media|online)\Z")
_FEW = 2  # initials that many names have
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}]+")


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """A publisher on one host.

    `domains`: its hosts and what they are part of; `spellings`: its name and id, casefolded; `names`: the same, squeezed.
    """

    country: str
    hosts: tuple[str, ...]
    domains: frozenset[str]
    spellings: tuple[str, ...]
    names: frozenset[str]
    home_agency: str

    def owns(self, source: Source) -> bool:
        """Whether the source is the publisher; an outlet without an address is it by its name."""
        if _squeezed(source.name) in self.names or not self.domains.isdisjoint(source.domains):
            return True
        return not (source.is_agency or source.domains) and self.owns_name(source.name)

    def is_foreign(self, source: Source | None) -> bool:
        """Whether an outlet is at home in another country: papers of one country often have one owner."""
        if source is None or source.is_agency or not (self.country and any(source.countries)):
            return False
        return self.country not in source.countries

    def owns_name(self, name: str) -> bool:
        """Whether a name that no lexicon knows is the publisher's.

        It is if it is spelled the same or with the initials of that, if its host begins with it and it is more than one
        word, if it is the host and `News` or the like, or if the host is a long part of it or its initials: `Dunmore
        Independent Mail` at independentmail.example, `Ashford Daily Record` at adr.example.
        """
        return _owns_name(self, name)

    def calls_itself(self, name: str) -> bool:
        """Whether a name of two words or more begins or ends the publisher's: `La Gazette` of `La Gazette de Dunmore`."""
        folded = name.casefold().removeprefix("the ")
        return " " in folded and any(
            known.startswith(f"{folded} ") or known.endswith(f" {folded}") for known in self.spellings
        )


def houses(articles: pa.Table) -> list[House]:
    """The publisher of each of some articles (ARTICLES)."""
    columns = [articles[name].to_pylist() for name in ("publisher", "publisher_id", "publisher_country", "home_agency")]
    sites = ("/".join(url.split("/", 3)[:3]) if url else "" for url in articles["url"].to_pylist())
    return list(map(_house, *columns, sites))


@functools.lru_cache(maxsize=4096)
def _house(
    publisher: str | None,
    publisher_id: str | None,
    country: str | None,
    home_agency: str | None,
    site: str,
) -> House:
    """The publisher of these columns of ARTICLES; `site` is scheme and host of the page's address, "" if it has none."""
    spellings = [name for name in (publisher, publisher_id) if name]
    told = [urlsplit_host(site), publisher_id, publisher]
    hosts = tuple(dict.fromkeys(host.lower() for host in told if host and "." in host and " " not in host))
    labels = [host.split(".") for host in hosts]
    return House(
        country=country or "",
        hosts=hosts,
        domains=frozenset(".".join(parts[start:]) for parts in labels for start in range(len(parts))),
        spellings=tuple(name.casefold() for name in spellings),
        names=frozenset(map(_squeezed, spellings)),
        home_agency=home_agency or "",
    )


@functools.lru_cache(maxsize=8192)
def _owns_name(at: House, name: str) -> bool:
    key, initials = _squeezed(name.removesuffix(" News Service")), _initials(name.casefold())
    if key in at.names or (name.isupper() and len(name) > _FEW and name.casefold() in map(_initials, at.spellings)):
        return True
    for host in at.hosts:
        site = _WWW.sub("", host)
        label = site.split(".")[0]
        if (
            key == _squeezed(site)
            or label in {key, _NEWS.sub("", key), initials}
            or (" " in name and len(key) > 4 and _squeezed(host).startswith(key))
        ):
            return True
        if len(label) > 8 and label not in _COMMON and label in key:
            return True
    return False


def _initials(name: str) -> str:
    """Those of the words of a name without case."""
    return "".join(word[0] for word in _NOT_WORD.split(name.removeprefix("the ")) if word)


@functools.lru_cache(maxsize=8192)
def _squeezed(name: str) -> str:
    """A name's letters and digits alone, without an article: `The Ashford News-Star` -> `ashfordnewsstar`."""
    plain = name.casefold().removeprefix("www.").removeprefix("the ")
    return str(_NOT_WORD.sub("", plain))
