"""identify: which records are the same article, a repeat of it, or a new version; and what each is called.

Identity, the first that applies: (publisher, source id), if both are known; the address in one form (`_urls.normalise`);
(publisher, headline, text). The same identity with the same digest is a repeat, with another digest a new version. Which
version is the newest, `newest` tells by what the versions say of themselves, never by the order in which they came.

The article id of an identity, once it is in the store, stays. A new one with a source id gets

- the plain source id when no other identity, of the store or of this run, has that source id;
- else `publisher_id/source_id`. Two publishers that first appear with one source id in the same run are both
  namespaced; where the store had one already, that one keeps its id.

One without a source id gets the first 16 hex digits of its identity. Batches do not know what later batches hold, so
`run` gives the plain id to the first that asks and `settle` takes it back at the end of the run if others did ask:
the ids of a run depend neither on the size of the batches nor on their order, unless a source id reads as another one does with
its publisher before it.

Of an article that was taken down its `tombstones` stay: its identity is not taken in again, its id not given again. Nor is what
its record `stated` of itself, for an identity is another one when its publisher is called otherwise.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.stages import _urls
from pipeline.stages.kernels import arrays

__all__ = [
    "RANKED",
    "Identified",
    "Known",
    "apart",
    "attach",
    "copies",
    "duplicates",
    "elsewise",
    "identities",
    "identity",
    "newest",
    "newest_by",
    "run",
    "seen",
    "settle",
    "stated",
    "tombstones",
]


class Identified(NamedTuple):
    """`articles`: those that are no repeats, in their order, `identity` and `article_id` filled.

    `forgotten`: those that were taken down, as they came.
    """

    articles: pa.Table
    n_repeats: int
    n_versions: int
    forgotten: pa.Table


#: By what an article of the store is known again, 64-bit hashes: of its `identity`, of that with its digest (`version`), of its
#: id (`name`) and of its `source` id, 0 for none. That two of ten million articles share one by chance is less likely than
#: one to a hundred thousand.
SEEN = pa.schema([pa.field(name, pa.int64(), nullable=False) for name in ("identity", "version", "name", "source")])


class Known:
    """What has been seen: in the `past`, `SEEN`, 60 bytes an article; in this run so far, to which `run` adds.

    `names` gives the article ids of rows of the past.
    """

    def __init__(
        self,
        past: pa.Table | None = None,
        names: Callable[[npt.NDArray[np.int64]], list[str]] = lambda rows: [],
        forgotten: Iterable[str] = (),
    ) -> None:
        past = SEEN.empty_table() if past is None else past
        self.past = {name: _Hashes(past[name].to_numpy()) for name in SEEN.names}
        self.is_first = not past.num_rows  # nothing has been seen before
        self.names = names
        self.ids: dict[bytes, str] = {}  # identity -> article id
        self.seen: set[bytes] = set()  # fingerprints of (identity, digest)
        self.taken: set[str] = set()  # article ids
        # source id -> (publisher, identity) that holds it until settled; None: settled
        self.claims: dict[str, tuple[str, bytes] | None] = {}
        self.renamed: dict[str, str] = {}  # of this run: plain id -> namespaced id
        self.forgotten = frozenset(map(bytes.fromhex, forgotten))  # the `tombstones` of what was taken down

    def holds(self, source_ids: Sequence[str | None]) -> npt.NDArray[np.bool_]:
        """Whether the store has an article of each source id, or one that is called so, or had one that was taken down."""
        if self.is_first and not self.forgotten:
            return np.zeros(len(source_ids), np.bool_)
        sources, names = ([hashed(one or "") for one in source_ids] for hashed in (_source_id_key, _id_key))
        found = self.past["source"].has(_heads(sources)) | self.past["name"].has(_heads(names))
        found |= np.array([name in self.forgotten for name in names], np.bool_)
        return found

    def name(self, key: bytes, publisher: str, source_id: str | None, *, is_held: bool) -> str:
        """The article id of a new identity, noted as taken. `is_held`: the store `holds` the source id."""
        if not source_id:
            article_id = self._free(key)
        elif not (is_held or source_id in self.claims or source_id in self.taken):
            self.claims[source_id] = (publisher, key)
            article_id = source_id
        else:
            self._take_back(source_id)
            article_id = self._free(key, _namespaced(publisher, source_id))
        self.ids[key] = article_id
        self.taken.add(article_id)
        return article_id

    def _take_back(self, source_id: str) -> None:
        holder = self.claims.get(source_id)
        self.claims[source_id] = None
        if holder is not None:
            publisher, key = holder
            self.renamed[source_id] = self.ids[key] = self._free(key, _namespaced(publisher, source_id))
            self.taken.add(self.ids[key])

    def _free(self, key: bytes, wanted: str | None = None) -> str:
        """The wanted id, or one made from the identity where there is none or another article has it."""
        choices = (wanted, key.hex()[:16], key.hex())
        return next(choice for choice in choices if choice is not None and not self._is_taken(choice))

    def _is_taken(self, article_id: str) -> bool:
        key = _id_key(article_id)
        return article_id in self.taken or bool(self.past["name"].has(_heads([key])).all()) or key in self.forgotten


class _Hashes:
    """Which of many hashes there are, and in which row, the first of several."""

    def __init__(self, hashes: npt.NDArray[np.int64]) -> None:
        self._hashes, self._sorted = hashes, np.sort(hashes)

    @functools.cached_property
    def _rows(self) -> npt.NDArray[np.int64]:
        """The row of each as they are sorted, for a night that brings any once more: it takes ten times as long as sorting."""
        return np.argsort(self._hashes, kind="stable")

    def find(self, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The row of each wanted hash, -1 where it is not there."""
        found, is_there = np.full(len(wanted), -1), self.has(wanted)
        if is_there.any():
            found[is_there] = self._rows[np.searchsorted(self._sorted, wanted[is_there])]
        return found

    def has(self, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether each wanted hash is there."""
        return arrays.among(self._sorted, wanted)


def seen(articles: pa.Table) -> pa.Table:
    """By what these articles (identity, digest, article_id, source_id) are known again, as `SEEN`, row by row."""
    keys, digests, ids, source_ids = (
        articles[name].to_pylist() for name in ("identity", "digest", "article_id", "source_id")
    )
    hashes = (
        map(bytes.fromhex, keys),
        map(_hash, keys, digests),
        map(_id_key, ids),
        (_source_id_key(source_id) if source_id else bytes(16) for source_id in source_ids),
    )
    return pa.table([pa.array(_heads(column)) for column in hashes], schema=SEEN)


def identity(publisher: str, source_id: str | None, url: str | None, headline: str | None, digest: str) -> bytes:
    """The identity of one article, 16 bytes. `publisher` is "" when it is not known.

    The source id of an unknown publisher is no identity alone, for two feeds may both count from 1: its address or text
    has to be the same too.
    """
    if source_id and publisher:
        return _source_key(publisher, source_id)
    of_feed = (source_id,) if source_id else ()
    if address := _urls.normalise(url):
        return _hash("url", address, *of_feed)
    return _hash("text", publisher, headline or "", digest, *of_feed)


def identities(articles: pa.Table) -> pa.Array:
    """The identity of each of some articles (ARTICLES), hex."""
    return pa.array([key.hex() for key in _keys(articles)], pa.string())


def _keys(articles: pa.Table) -> list[bytes]:
    columns = ("publisher_id", "publisher", "source_id", "url", "headline", "digest")
    return [
        identity(_publisher(publisher_id, name), source_id, url, headline, digest or "")
        for publisher_id, name, source_id, url, headline, digest in _rows(articles, *columns)
    ]


def elsewise(articles: pa.Table, called: Callable[[str], str]) -> list[str]:
    """What else some articles (ARTICLES) would be known by, if less were said of them: by address and by words; hex.

    `called`: the id of a publisher of whom nothing is known but its name.
    """
    columns = ("publisher_id", "publisher", "source_id", "url", "headline", "digest")
    found = set[bytes]()
    for publisher_id, name, source_id, url, headline, digest in _rows(articles, *columns):
        if _urls.normalise(url):
            found.update(identity("", one, url, headline, digest or "") for one in (source_id, None))
        for publisher in {_publisher(publisher_id, name), _publisher(called(name) if name else None, name)} - {""}:
            found.add(identity(publisher, None, None, headline, digest or ""))
    return sorted(key.hex() for key in found)


def copies(members: pa.Table, article_ids: Sequence[str]) -> dict[str, str]:
    """Which other members (of PUBLISHED) show what these articles do, and in what they are the same: "address", "words".

    They are of the same publisher. One of the same words has `duplicate_of` in common with the other.
    """
    house = pc.fill_null(pc.coalesce(members["publisher_id"], members["publisher"]), "")
    members = members.append_column("house", house)
    own = members.filter(pc.is_in(members["article_id"], pa.array(article_ids, pa.string())))
    others = members.filter(pc.invert(pc.is_in(members["article_id"], own["article_id"].combine_chunks())))
    others = others.filter(pc.is_in(others["house"], own["house"].combine_chunks()))
    addresses = {(house, _urls.normalise(url)) for house, url in _rows(own, "house", "url")}
    originals = {*own["article_id"].to_pylist(), *own["duplicate_of"].drop_null().to_pylist()}
    found = dict[str, str]()
    for article_id, house, url, original in _rows(others, "article_id", "house", "url", "duplicate_of"):
        address = _urls.normalise(url)
        same = ["address"] if address and (house, address) in addresses else []
        same += ["words"] if not originals.isdisjoint((article_id, original)) else []
        if same:
            found[article_id or ""] = " and ".join(same)
    return dict(sorted(found.items()))


def stated(records: pa.Table) -> list[str]:
    """A hash of which article each record (RECORDS) says that it is, in its own words: hex, 32 characters.

    As `identity`, but by the publisher and the host that it names, whoever these are taken to be.
    """
    found = list[bytes]()
    columns = ("publisher", "host", "source_id", "url", "headline", "text")
    for publisher, host, source_id, url, headline, text in _rows(records, *columns):
        house = (publisher or "").casefold(), (host or "").casefold()
        if source_id and any(house):
            found.append(_hash("stated", *house, source_id))
        elif url:
            found.append(_hash("stated", *house, source_id or "", url))
        else:
            found.append(_hash("stated", *house, source_id or "", headline or "", text or ""))
    return [key.hex() for key in found]


def tombstones(article_ids: Iterable[str], keys: Iterable[str] = ()) -> list[str]:
    """What is kept of articles that are taken down (hex, sorted): what they are known by, and a hash of each id.

    `keys` are their identities, and what they `stated`. None tells what the article was.
    """
    return sorted({*keys, *(_id_key(article_id).hex() for article_id in article_ids)})


def run(articles: pa.Table, known: Known) -> Identified:
    """Fills `identity` and `article_id` of one batch (ARTICLES), leaves out repeats and what was taken down.

    Adds to `known`. An `identity` that is filled already (`identities`) stands, and needs no more than publisher_id, publisher,
    source_id and digest beside it.

    After the last batch, `settle` has the last word on the ids.
    """
    columns = [*_rows(articles, "publisher_id", "publisher", "source_id", "digest")]
    filled = articles["identity"].to_pylist()
    keys_of = list(map(bytes.fromhex, filled)) if all(filled) else _keys(articles)
    spelled = [key.hex() for key in keys_of]
    versions = [_hash(key, digest or "") for key, (*_, digest) in zip(spelled, columns, strict=True)]
    is_repeat = known.past["version"].find(_heads(versions)) >= 0
    past = known.past["identity"].find(_heads(keys_of))
    past[is_repeat] = -1  # its id is not asked for
    earlier = dict(zip(past[past >= 0].tolist(), known.names(past[past >= 0]), strict=True))
    repeats, held = is_repeat.tolist(), known.holds([source_id for _, _, source_id, _ in columns]).tolist()
    keep, forgotten, ids, keys, n_versions = list[int](), list[int](), list[str](), list[str](), 0
    for row, (key, version, before) in enumerate(zip(keys_of, versions, past.tolist(), strict=True)):
        if key in known.forgotten:
            forgotten.append(row)
            continue
        if repeats[row] or version in known.seen:
            continue
        known.seen.add(version)
        if before >= 0:
            known.ids.setdefault(key, earlier[before])
        n_versions += key in known.ids
        keep.append(row)
        keys.append(spelled[row])
        publisher_id, name, source_id, _ = columns[row]
        publisher = _publisher(publisher_id, name)
        ids.append(known.ids.get(key) or known.name(key, publisher, source_id, is_held=held[row]))
    kept = articles if len(keep) == articles.num_rows else articles.take(pa.array(keep, pa.int64()))
    return Identified(
        articles=_with(_with(kept, "identity", keys), "article_id", ids),
        n_repeats=articles.num_rows - len(keep) - len(forgotten),
        n_versions=n_versions,
        forgotten=articles.take(pa.array(forgotten, pa.int64())),
    )


def settle(table: pa.Table, known: Known) -> pa.Table:
    """The same rows of this run with their final `article_id`; any table that has the column."""
    if not known.renamed or not table.num_rows:
        return table
    plain, final = pa.array(known.renamed.keys(), pa.string()), pa.array(known.renamed.values(), pa.string())
    ids = table.column("article_id")
    renamed = final.take(pc.index_in(ids.combine_chunks(), value_set=plain))
    return _with(table, "article_id", pc.coalesce(renamed, ids.combine_chunks()))


def attach(table: pa.Table, articles: pa.Table) -> pa.Table:
    """Fills `article_id` of a table that has only `record` (STRIPPED); rows of records not in `articles` leave."""
    records = articles.column("record").combine_chunks()
    position = pc.index_in(table.column("record").combine_chunks(), value_set=records)
    ids = articles.column("article_id").combine_chunks().take(position)
    return _with(table, "article_id", ids).filter(pc.is_valid(ids))


#: The columns of ARTICLES by which the newest version of an article is told.
RANKED = ("article_id", "digest", "status", "modified_at", "published_at", "version", "fetched_at")

_TOLD_BY = ("status", "modified_at", "published_at", "version", "fetched_at")  # what tells, first what counts most
_COUNT = "^[0-9]{1,6}$"  # a version that is a number; a longer one is a date or an id


def newest(articles: pa.Table, *, withdrawn: bool = False) -> tuple[pa.Table, pa.Table]:
    """(current, superseded): of the versions of one article (`RANKED`) the newest is current, both in the order they came.

    Newest by `modified_at`, then `published_at`, then the number that `version` is, then `fetched_at`, in each of which
    nothing is the oldest; where none of them tells, by the greatest `digest`. So all versions that there may ever be have one
    order, and what a night brings need be held against the newest alone. Of rows equal in all of these, which are the same
    text, the first counts.

    One that is withdrawn supersedes no text: it often is a notice and nothing else, and the text is needed to know its prints.
    `withdrawn`: it does, unless a text was modified or published later.
    """
    names = [name for name in _TOLD_BY if name != "status"]
    names.insert(names.index("version") if withdrawn else 0, "status")
    ranked = _ranked(articles).append_column("row", pa.array(np.arange(articles.num_rows)))
    ways = {"article_id": "ascending", "row": "ascending", "status": "descending" if withdrawn else "ascending"}
    keys = [(name, ways.get(name, "descending")) for name in ("article_id", *names, "digest", "row")]  # nulls are last
    order = pc.sort_indices(ranked, sort_keys=keys)
    is_first = _changes(articles.column("article_id").combine_chunks().take(order))
    current = np.zeros(articles.num_rows, bool)
    current[order.to_numpy()[is_first]] = True
    return articles.filter(pa.array(current)), articles.filter(pa.array(~current))


def newest_by(versions: pa.Table) -> str | None:
    """By which column the `newest` of the versions of one article is told from the next; "status": that one is withdrawn.

    None where nothing tells, or there is but one.
    """
    current, others = newest(versions)
    best, next_ = (_ranked(rows).slice(0, 1).to_pylist() for rows in (current, newest(others)[0]))
    return next((name for name in _TOLD_BY if next_ and best[0][name] != next_[0][name]), None)


def _ranked(articles: pa.Table) -> pa.Table:
    """`RANKED` as it is compared: whether the `status` is withdrawn, and the number that the `version` is."""
    is_number = pc.match_substring_regex(articles["version"], _COUNT)
    number = pc.if_else(is_number, articles["version"], pa.scalar(None, pa.string())).cast(pa.int32())
    ranked = {name: articles[name] for name in RANKED}
    return pa.table(ranked | {"status": pc.equal(articles["status"], "withdrawn").cast(pa.int8()), "version": number})


def apart(articles: pa.Table, others: pa.Table) -> npt.NDArray[np.bool_]:
    """Which articles are another page than the other one in the same row: by the address (`url`), else by the `headline`.

    What only one of the two has tells nothing.
    """
    pages = ([_page(*row) for row in _rows(rows, "url", "headline")] for rows in (articles, others))
    told = (
        next((one != other for one, other in zip(*pair, strict=True) if one and other), True)
        for pair in zip(*pages, strict=True)
    )
    return np.array(list(told), np.bool_)


def _page(url: str | None, headline: str | None) -> tuple[str | None, list[str]]:
    return _urls.normalise(url), (headline or "").casefold().split()


def duplicates(ids: pa.Array, publisher_ids: pa.Array, contents: pa.Array, effective: pa.Array) -> pa.Array:
    """For each article the one it is another print of under the same masthead, or null (string, same length).

    One publisher's articles with the same `contents` (int64) belong together; the one with the earliest `effective`
    time leads (a missing time is the latest), then the smallest id. Without publisher or content nothing is one.
    """
    table = pa.table({"id": ids, "publisher": publisher_ids, "content": contents, "effective": effective})
    table = table.append_column("row", pa.array(np.arange(table.num_rows)))
    table = table.filter(pc.and_(pc.is_valid(table["publisher"]), pc.is_valid(table["content"])))
    keys = [(name, "ascending") for name in ("publisher", "content", "effective", "id")]
    table = table.sort_by(keys).combine_chunks()
    starts = _changes(table["publisher"].combine_chunks()) | _changes(table["content"].combine_chunks())
    leaders = np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0)) if len(starts) else np.arange(0)
    leading = table["row"].to_numpy()[leaders]
    result = np.full(len(ids), -1, np.int64)
    result[table["row"].to_numpy()[~starts]] = leading[~starts]
    return _strings(ids).take(pa.array(result, mask=result < 0))


def _changes(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each value differs from the one before; the first does."""
    if not len(values):
        return np.zeros(0, bool)
    return np.append(True, pc.not_equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False))


def _rows(table: pa.Table, *names: str) -> Iterator[tuple[str | None, ...]]:
    return zip(*(table.column(name).to_pylist() for name in names), strict=True)


def _with(table: pa.Table, name: str, values: list[str] | pa.Array) -> pa.Table:
    position = table.schema.get_field_index(name)
    field = table.schema.field(position)
    return table.set_column(position, field, pa.array(values, field.type) if isinstance(values, list) else values)


def _strings(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _publisher(publisher_id: str | None, name: str | None) -> str:
    return publisher_id or (name or "").casefold()


def _namespaced(publisher: str, source_id: str) -> str | None:
    return f"{publisher}/{source_id}" if publisher else None


def _source_key(publisher: str, source_id: str) -> bytes:
    return _hash("source", publisher, source_id)


def _id_key(article_id: str) -> bytes:
    return _hash("id", article_id)


def _source_id_key(source_id: str) -> bytes:
    return _hash("source id", source_id)


def _heads(hashes: Iterable[bytes]) -> npt.NDArray[np.int64]:
    """The first 64 bits of each hash (16 bytes) as a signed number."""
    return np.frombuffer(b"".join(hashes), "<i8").reshape(-1, 2)[:, 0].astype(np.int64)


def _hash(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8"), digest_size=16).digest()
