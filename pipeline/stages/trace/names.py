"""Names of agencies and outlets in text: one pass for all of them, then the rules that keep words out.

An acronym counts in upper case only; a longer alias wins over one inside it; a name may not touch another letter, digit
or compound (`AP` is not in `MAP`, `AP-NORC`, `@AP`), but in Han, Kana and Hangul a particle may follow. What an alias
that stands alone is worth is the policy of its lexicon row; see `Hit.policy`.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from pipeline.stages import lexicon

if TYPE_CHECKING:
    from pipeline.stages.kernels.names import Dictionary

__all__ = ["HEAD", "Hit", "Names", "Source", "load"]

#: The key under which the words that end newspapers' names are found: `Gazette`, `-TV`.
HEAD = "#head"

_ARTICLE = regex.compile(r"^(?:The|Der|Die|Das|Le|La|Les|L'|El|Los|Il|O)[ ]?")
_GLUED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_CLASS_BEHIND = regex.compile(r" (?:newspaper|magazine)$")
_GOES_ON = regex.compile(r"\w|[/@]|[.-]\w")  # a host or an address
_APART = frozenset(' ,;:()"\n')
_INNER_CAPITAL = regex.compile(r"\b\p{Lu}\p{Ll}+(?:\p{Lu}\p{Ll}+)+\b")
_GERMAN = frozenset({"AT", "CH", "DE"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_LEAST = 4  # letters that a name has which may be joined to "and", "to", "in" before it or to a case ending
_FRONT = regex.compile(r"(?r)(?<![\p{L}\p{M}])(?:[ולבכמהש]{1,2}|[وفبلك]{1,2})\Z")
_ENDING = regex.compile(r"(?:(?<=\p{Bengali})(?:ের|র|এর|কে|তে)|(?<=\p{Cyrillic})(?:[ауеі]|ом|ем))(?![\p{L}\p{M}])")
#: German: `dpa-Informationen`; endings of Hungarian, Polish and South Slavic: `MTI-nek`, `PAP-owi`; and words that make no
#: compound, so that the hyphen was a dash: `told Reuters-on condition...`.
_COMPOUND = regex.compile(
    r"-(?:Informationen|Angaben|Berichts?|Meldung|Recherche|Umfrage|Daten|Zahlen|Berechnung|Zählung|Interview|Gespräch|"
    r"Podcast|Anfrage|Nachfrage|(?:Foto)?[Rr]eporter|Korrespondent|Journalist|Fotograf"
    r"|(?:n[ae]k|v[ae]l|r[ae]|ról|ről|nál|nél|[oeö]?[st]|owi|em|om|ju|[aeu])(?![\w-])"
    r"|(?:an|and|as|at|but|for|from|he|in|is|it|on|or|she|that|the|they|though|to|was|were|which|while|who|with)(?![\w-]))"
)


@dataclass(frozen=True, slots=True)
class Source:
    """An agency or outlet. `key` names it in credits (an agency's id, an outlet's name), `name` in citations.

    `home_names`, without their article, mean it on pages of its country alone: `The Herald`.
    """

    key: str
    name: str
    kind: str
    countries: tuple[str, ...]
    domains: tuple[str, ...]
    is_agency: bool
    home_names: frozenset[str] = frozenset()

    @classmethod
    def of_outlet(cls, row: lexicon.Outlet) -> Source:
        """That of an outlet of the lexicon."""
        home_names = frozenset(_title(name) for name in (*row.home_names, *map(str.upper, row.home_names)))
        countries = (row.country,) if row.country else ()
        return cls(row.name, row.name, row.type, countries, row.domains, is_agency=False, home_names=home_names)

    def is_home_name(self, alias: str) -> bool:
        """Whether it is called so only where it is at home."""
        return _title(alias) in self.home_names

    @property
    def is_wire(self) -> bool:
        """Whether its copy is printed by others: an agency proper or a supplemental service."""
        return self.is_agency and self.kind not in {"release", "photo", "broadcaster"}


def _title(name: str) -> str:
    return name[4:] if name.startswith(("The ", "the ", "THE ")) else name


class Hit(NamedTuple):
    """A name at `text[start:end]`. `sources` holds one source, or several that share the acronym (CNA, APS).

    `policy`: `any`, `cue` and `slot` as in the lexicon; `full`: worth nothing alone; `home`: of no source but where its
    country's paper is meant. A name of two words or more is `any`, and in scripts without spaces one of five letters.
    """

    start: int
    end: int
    alias: str
    policy: str
    sources: tuple[Source, ...]


class _Alias(NamedTuple):
    """`is_glued`: of a script without spaces. `shorter`: the longest alias that it begins with; may stand where it does not."""

    text: str
    policy: str
    sources: tuple[Source, ...]
    is_glued: bool
    shorter: _Alias | None


class Names:
    """Finds sources by name. Built once from the lexicon."""

    def __init__(self, sources: Iterable[tuple[Source, str, tuple[str, ...]]], heads: Iterable[str] = ()) -> None:
        self._by_text = _nested(_collect(sources, heads))
        self._aliases = list(self._by_text.values())
        self._by_key = {source.key: source for alias in self._aliases for source in alias.sources}
        self._by_domain = {
            domain: source for source in self._by_key.values() if source.is_agency for domain in source.domains
        }
        #: By the number of an alias, whether neither it nor a shorter one in its place can stand alone right before a letter or
        #: digit of ASCII.
        self.never_before = np.array(
            [alias.text.isascii() and alias.text[0] != "-" and alias.shorter is None for alias in self._aliases],
            np.bool_,
        )

    @functools.cached_property
    def _by_fold(self) -> dict[str, Source]:
        """By their folded names and hosts those that a text means wherever it has one; no name of one word."""
        found: dict[str, set[Source]] = {}
        for alias in self._aliases:
            text = _folded(alias.text)
            if alias.policy == "any" and (" " in text or "." in text) and alias.sources[0].key != HEAD:
                found.setdefault(text, set()).update(alias.sources)
        return {text: sources.pop() for text, sources in found.items() if len(sources) == 1}

    @functools.cached_property
    def _dictionary(self) -> Dictionary:
        from pipeline.stages.kernels.names import dictionary

        return dictionary([alias.text for alias in self._aliases])

    def places(self, spelled: NDArray[np.uint8], end: int) -> NDArray[np.int64]:
        """Number, start and end (n, 3) of the aliases in UTF-8 up to `end` as `kernels.names.places` finds them: the longest at
        each place where one may begin."""
        from pipeline.stages.kernels.names import places

        return places(spelled, end, self._dictionary)

    def find(self, text: str) -> list[Hit]:
        """All names in the text, left to right, the longest at each place, none overlapping."""
        spelled = text.encode()
        found = self._places_in(spelled)
        if len(spelled) == len(text):
            return self.standing(text, [(alias, start) for alias, start, _ in found])
        return self.standing(text, [(alias, len(spelled[:start].decode())) for alias, start, _ in found])

    def begins_in(self, text: str) -> bool:
        """Whether any alias is in the text, be it as the beginning of a longer word."""
        return bool(self._places_in(text.encode()))

    def _places_in(self, spelled: bytes) -> list[tuple[int, int, int]]:
        from pipeline.stages.kernels.names import SPARE

        found: list[tuple[int, int, int]] = self.places(
            np.frombuffer(spelled + bytes(SPARE), np.uint8), len(spelled)
        ).tolist()
        return found

    def standing(self, text: str, places: Iterable[tuple[int, int]]) -> list[Hit]:
        """The names in the text whose aliases were found at these places (number, start), in their order, none overlapping."""
        found: list[Hit] = []
        for number, start in places:
            if found and start < found[-1].end:
                continue
            alias: _Alias | None = self._aliases[number]
            while alias is not None and not _stands_alone(text, start, start + len(alias.text), alias):
                alias = alias.shorter
            if alias is not None:
                found.append(Hit(start, start + len(alias.text), alias.text, alias.policy, alias.sources))
        return found

    def exact(self, text: str) -> Hit | None:
        """The name that the whole text is, with or without an article; None if it is none."""
        alias = self._by_text.get(text) or self._by_text.get(text.removeprefix("The ").removeprefix("the "))
        if alias is None or alias.sources[0].key == HEAD:
            return None
        return Hit(0, len(text), alias.text, alias.policy, alias.sources)

    def alike(self, name: str) -> Source | None:
        """The source from which a name that is no alias differs in case, hyphens or a class word alone: `Buzzfeed News`."""
        return self._by_fold.get(_folded(name))

    def by_key(self, key: str) -> Source | None:
        """The agency with that id, or the outlet with that name."""
        return self._by_key.get(key)

    def at_home(self, hosts: Iterable[str]) -> Source | None:
        """The agency whose own pages one of the hosts serves; supplemental services have none of their own."""
        for host in hosts:
            labels = host.split(".")
            for start in range(len(labels) - 1):
                source = self._by_domain.get(".".join(labels[start:]))
                if source is not None and source.kind != "supplemental":
                    return source
        return None


def _collect(
    sources: Iterable[tuple[Source, str, tuple[str, ...]]], heads: Iterable[str]
) -> list[tuple[str, str, tuple[Source, ...]]]:
    """Text, policy and sources of each alias."""
    owners: dict[str, list[tuple[Source, str]]] = {}
    for source, policy, aliases in sources:
        for alias in dict.fromkeys(aliases):
            is_long = len(_ARTICLE.sub("", alias).split()) > 1 or (len(alias) > 4 and _GLUED.match(alias))
            worth = "any" if is_long and policy != "home" else policy
            shouts = " " in alias or (worth == "any" and len(alias) > 4)
            for spelling in dict.fromkeys((alias, alias.upper() if shouts else alias)):
                owners.setdefault(spelling, []).append((source, worth))
    for alias, pairs in list(owners.items()):
        for spelling in _plainer(alias, pairs[0][0]):
            owners.setdefault(spelling, pairs)
    found = []
    for text, pairs in (_with_articles(owners) | owners).items():
        # First the one that is called so and no more, last those that are called so at home alone.
        pairs.sort(key=lambda pair: (pair[1] == "home", pair[0].name != text))
        found.append((text, pairs[0][1], tuple(dict.fromkeys(source for source, _ in pairs))))
    head = Source(HEAD, "", "", (), (), is_agency=False)
    return found + [(word, "any", (head,)) for word in dict.fromkeys(heads) if word not in owners]


def _with_articles(owners: Mapping[str, list[tuple[Source, str]]]) -> dict[str, list[tuple[Source, str]]]:
    """Names with an article, as they stand in texts.

    Those that have one and two words more have it small, too, in the midst of a sentence: `the Kathmandu Post`. Those that
    begin as a shorter one with an article does have it: else `The National` is found in `The National Review`.
    """
    found = {
        f"the{text[3:]}": list(pairs)
        for text, pairs in owners.items()
        if text.startswith("The ") and text.count(" ") > 1 and text[4:] not in owners
    }
    articles: dict[str, list[str]] = {}
    for text in owners:
        if text.startswith(("The ", "the ")):
            articles.setdefault(text[4:], []).append(text[:4])
    for text, pairs in owners.items():
        words = text.split(" ")
        for article in (each for n in range(1, len(words)) for each in articles.get(" ".join(words[:n]), ())):
            found[article + text] = list(pairs)
    return found


def _plainer(alias: str, source: Source) -> Iterator[str]:
    """How others write it: `Sueddeutsche`, `La Nacion`, `al-Ahram`, `Buzzfeed`."""
    if source.kind in {"photo", "release"}:
        return
    if not alias.isascii() and not _GERMAN.isdisjoint(source.countries):
        plain = alias.translate(_UMLAUTS)
        yield plain.upper() if alias.isupper() else plain
    if not alias.isascii() and " " in alias:
        bare = "".join(letter for letter in unicodedata.normalize("NFD", alias) if not unicodedata.combining(letter))
        yield bare if bare.isascii() else alias
    if alias.startswith(("Al-", "Al ")) and " " not in alias[3:]:
        yield f"Al-{alias[3:]}"
        yield f"al-{alias[3:]}"
    yield _INNER_CAPITAL.sub(lambda word: word[0].capitalize(), alias)


def _nested(names: Iterable[tuple[str, str, tuple[Source, ...]]]) -> dict[str, _Alias]:
    """Aliases by their text, from (text, policy, sources)."""
    found: dict[str, _Alias] = {}
    for text, policy, sources in sorted(names, key=lambda name: len(name[0])):
        shorter = next((found[text[:end]] for end in range(len(text) - 1, 1, -1) if text[:end] in found), None)
        found[text] = _Alias(text, policy, sources, _GLUED.match(text[-1]) is not None, shorter)
    return found


def _stands_alone(text: str, start: int, end: int, alias: _Alias) -> bool:
    """Whether no letter, digit or compound touches the alias.

    In scripts without spaces only a Latin neighbour counts after the alias, and a Hangul one before it.
    """
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before in _APART and after in _APART:  # nearly always
        return True
    head = alias.sources[0].key == HEAD
    if alias.is_glued:
        hangul = "\uac00" <= alias.text[0] <= "\ud7a3" and "\uac00" <= before <= "\ud7a3"
        return not hangul
    can_join = not alias.text.isascii() and len(alias.text) >= _LEAST
    if _joins(before) or before in "@#_":
        is_joined = can_join and _FRONT.search(text, max(0, start - 3), start) is not None
        if not is_joined:
            return head and (alias.text[0] == "-" or (alias.text[0] == "." and not _GOES_ON.match(text, end)))
    if after == "_" or _joins(after):
        return can_join and _ENDING.match(text, end) is not None
    if before in "-/.&" and start > 1 and text[start - 2].isalnum():
        return head or before == "/"
    joined = after in "-.&" and end + 1 < len(text) and text[end + 1].isalnum()
    if not joined or text.startswith(".com", end) or (head and after == "-"):
        return True
    return after == "-" and _COMPOUND.match(text, end) is not None


def _folded(name: str) -> str:
    return str(_CLASS_BEHIND.sub("", name.casefold().removeprefix("the ").replace("-", " ")))


def _joins(char: str) -> bool:
    """Whether it is a letter, digit or mark of a script that puts spaces between words."""
    if char.isascii():
        return char.isalnum()
    return (char.isalnum() or unicodedata.category(char)[0] == "M") and not _GLUED.match(char)


def load(agencies: str = "", heads: tuple[str, ...] = ()) -> Names:
    """The names of the lexicon and of the CSV of agencies at `agencies`; `heads` are further words to find."""
    return _load(lexicon.agencies(agencies), heads)


@functools.lru_cache(maxsize=4)
def _load(agencies: tuple[lexicon.Agency, ...], heads: tuple[str, ...]) -> Names:
    rows = [
        (
            Source(row.id, row.name, row.kind, row.country, row.domains, is_agency=True),
            row.policy,
            (row.name, *row.aliases, *row.native_aliases),
        )
        for row in agencies
    ]
    outlets = lexicon.outlets()
    shared = Counter(domain for row in outlets if row.type != "programme" for domain in row.domains)
    for row in outlets:
        source = Source.of_outlet(row)
        rows.append((source, row.policy, (row.name, *row.aliases)))
        rows.append((source, "home", row.home_names))
        if row.type != "programme":
            rows.append((source, "any", tuple(domain for domain in row.domains if shared[domain] == 1)))
    return Names(rows, heads)
