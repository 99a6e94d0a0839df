"""sketch: from the bodies of articles to shingles and MinHash signatures.

The work is two compiled passes over the Arrow buffers (`kernels.shingle`, `kernels.minhash`); no Python object is made for
an article or a shingle.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel, split

__all__ = ["lines", "manner", "passages", "run", "sign", "unsigned", "words"]

_STEP = np.int64(0x1E3779B97F4A7C15)  # odd
_TASK_BYTES = 1 << 22  # text that one thread takes at a time: of less what is found takes more memory than it fills


def run(articles: pa.Table, settings: config.Sketch) -> pa.Table:
    """The sketch of each article, in the order of `articles`, with its signature (see `sign`).

    `articles` has `article_id` (string) and `body` (string or large_string; null counts as empty), and, if alerts and
    briefs are to be told apart by more than their few words, `headline` and `n_words`. The result has the columns of
    `schema.SKETCHES` and `signature`. Equal texts have equal sketches, whatever the batch they travel in. `lines` are those
    of the body; a body that is sketched with its headline has none.
    """
    return _sketched(articles, settings, is_signed=True)


def unsigned(articles: pa.Table, settings: config.Sketch) -> pa.Table:
    """The sketches that `run` gives, as `schema.SKETCHES`: without signatures."""
    return _sketched(articles, settings, is_signed=False)


def sign(sketches: pa.Table, settings: config.Sketch) -> pa.Table:
    """Sketches with their MinHash signatures: the column `signature`, fixed_size_list<int32>[permutations].

    The values are a signed view of uint32 and bit-identical to `datasketch.MinHash(permutations, seed,
    scheme="affine32")` updated with the same 32-bit hashes. Without shingles all are 2**32 - 1, as in an empty MinHash.
    """
    lists = [arrays.hashes(pa.chunked_array([chunk])) for chunk in sketches["shingles"].chunks]
    tasks = [
        (values, offsets[first : last + 1])
        for values, offsets in lists
        for first, last in split(offsets, _TASK_BYTES // 4)
    ]
    column = pa.chunked_array(parallel(lambda task: _signatures(*task, settings), tasks), _signature(settings).type)
    return sketches.append_column(_signature(settings), column)


def _sketched(articles: pa.Table, settings: config.Sketch, *, is_signed: bool) -> pa.Table:
    """The sketches, and signatures, of articles: in chunks, for to join what threads have done takes longer than to sign it."""
    from pipeline.stages.kernels import shingle

    is_short = _is_short(articles, settings)
    wanted = schema.SKETCHES.append(_signature(settings)) if is_signed else schema.SKETCHES

    def sketch(task: tuple[slice, _Text]) -> pa.RecordBatch:
        rows, text = task
        found = _scanned(*text, settings)
        ids = articles["article_id"].slice(rows.start, rows.stop - rows.start).cast(pa.string()).combine_chunks()
        columns = [ids, *_columns(found, is_short[rows])]
        if is_signed:
            where = arrays.offsets(found.counts[:, shingle.SHINGLES])
            columns.append(_signatures(arrays.read_only(found.shingles), where, settings))
        return pa.RecordBatch.from_arrays(columns, schema=wanted)

    return pa.Table.from_batches(parallel(sketch, _tasks(_told(articles, is_short))), wanted)


def _columns(found: _Scanned, is_short: NDArray[np.bool_]) -> list[pa.Array]:
    """The columns of `schema.SKETCHES` but for the ids, of texts some of which are told with their headlines."""
    from pipeline.stages.kernels import shingle

    counts = found.counts
    lines = found.lines[~np.repeat(is_short, counts[:, shingle.LINES])]
    counts[is_short, shingle.LINES] = 0
    sets = []
    for values, column in ((found.figures, shingle.FIGURES), (found.names, shingle.NAMES)):
        kept, sizes = arrays.distinct(values, counts[:, column])
        sets.append(arrays.lists(kept, arrays.offsets(sizes)))
    signs = counts[:, shingle.SIGNS]
    return [
        # A sign is about half a word: Chinese and Thai words are two characters long on average.
        pa.array((counts[:, shingle.TOKENS] - signs + (signs + 1) // 2).astype(np.int32)),
        pa.array(found.contents.view(np.int64)),
        arrays.lists(found.shingles, arrays.offsets(counts[:, shingle.SHINGLES])),
        *sets,
        arrays.lists(found.quotes.view(np.uint32), arrays.offsets(counts[:, shingle.QUOTES])),
        arrays.lists(lines, arrays.offsets(counts[:, shingle.LINES])),
    ]


def _signature(settings: config.Sketch) -> pa.Field:
    """The column of signatures."""
    kind = pa.list_(pa.field("item", pa.int32(), nullable=False), settings.permutations)
    return pa.field("signature", kind, nullable=False)


def _signatures(
    shingles: NDArray[np.unsignedinteger], offsets: NDArray[np.int64], settings: config.Sketch
) -> pa.FixedSizeListArray:
    """The signatures of texts whose shingles lie end to end."""
    from pipeline.stages.kernels.minhash import permutations, signatures

    out = np.empty((len(offsets) - 1, settings.permutations), np.uint32)
    signatures(shingles, offsets, *permutations(settings.permutations, settings.seed), out)
    return pa.FixedSizeListArray.from_arrays(pa.array(out.view(np.int32).ravel()), type=_signature(settings).type)


#: Texts of one chunk: its bytes, and the offsets of each.
_Text = tuple[NDArray[np.uint8], NDArray[np.int64]]


def _tasks(texts: pa.ChunkedArray) -> list[tuple[slice, _Text]]:
    """Texts, so many at a time as one thread takes, and which they are."""
    tasks, before = list[tuple[slice, _Text]](), 0
    for data, offsets in map(arrays.texts, texts.chunks):
        for first, last in split(offsets, _TASK_BYTES):
            tasks.append((slice(before + first, before + last), (data, offsets[first : last + 1])))
        before += len(offsets) - 1
    return tasks


def words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The distinct words of each text, as sorted 32-bit hashes (signed): large_list<int32>. Null has none.

    Of scripts that put no spaces between words, each two signs.
    """
    from pipeline.stages.kernels import shingle

    def distinct(task: tuple[slice, _Text]) -> pa.LargeListArray:
        found = _scanned(*task[1], config.Sketch(shingle_words=1, shingle_chars=2))
        values, sizes = arrays.distinct(found.shingles, found.counts[:, shingle.SHINGLES])
        return arrays.lists(values, arrays.offsets(sizes))

    nothing = arrays.lists(np.empty(0, np.uint32), np.zeros(1, np.int64))
    return pa.chunked_array([nothing, *parallel(distinct, _tasks(column))])


def lines(articles: pa.Table, settings: config.Sketch) -> pa.ChunkedArray:
    """The column `lines` of the sketches of these articles."""
    return unsigned(articles, settings)["lines"]


def manner(sketches: pa.Table) -> NDArray[np.int64]:
    """A hash of how each text is written: which of its words are names, and which are quoted; int64 (rows,).

    Sketches of the same words (`content`) differ in nothing but this.
    """
    names, quotes = (arrays.digests(sketches[name]) for name in ("names", "quotes"))
    return names * _STEP ^ quotes


def passages(
    bodies: pa.ChunkedArray,
    rows: NDArray[np.int64],
    first: NDArray[np.int64],
    count: NDArray[np.int64],
    settings: config.Sketch,
) -> NDArray[np.int64]:
    """Where the words of `count` shingles from the `first` on, in the order of its sketch, begin and end in the body of each of
    the rows: int64 (rows,) each; int64 (rows, 2), in characters. -1 where the body has no such shingles.

    A body that is sketched with its headline has other shingles than these.
    """
    from pipeline.stages.kernels import shingle, strings

    order = np.argsort(rows, kind="stable")
    ordered, out = rows[order], np.full((len(rows), 2), -1, np.int64)

    def find(task: tuple[slice, _Text]) -> None:
        of_task, (data, offsets) = task
        asked = order[slice(*np.searchsorted(ordered, [of_task.start, of_task.stop]))]
        if not len(asked):
            return
        found = _scanned(data, offsets, settings, spans=True)
        row, sizes = rows[asked] - of_task.start, found.counts[:, shingle.SHINGLES]
        there = first[asked] + count[asked] <= sizes[row]
        asked, row = asked[there], row[there]
        begin = arrays.offsets(sizes)[row] + first[asked]
        edges = found.spans[begin, 0], found.spans[begin + count[asked] - 1, 1]
        for side, places in enumerate(map(arrays.read_only, edges)):
            characters = np.empty(len(row), np.int64)
            strings.characters(data, arrays.read_only(offsets[row]), places, characters)
            out[asked, side] = characters

    parallel(find, _tasks(bodies))
    return out


class _Scanned(NamedTuple):
    """What `kernels.shingle.scan` finds in some texts."""

    shingles: NDArray[np.uint32]
    figures: NDArray[np.uint32]
    names: NDArray[np.uint32]
    quotes: NDArray[np.int32]
    lines: NDArray[np.uint64]
    counts: NDArray[np.int64]
    contents: NDArray[np.uint64]
    spans: NDArray[np.int64]


def _scanned(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], settings: config.Sketch, *, spans: bool = False
) -> _Scanned:
    from pipeline.stages.kernels import shingle
    from pipeline.stages.kernels.characters import characters

    most = int(offsets[-1] - offsets[0])  # a token takes a byte at least
    room = _room(most + len(offsets))
    counts, contents = np.empty((len(offsets) - 1, 7), np.int64), np.empty(len(offsets) - 1, np.uint64)
    bounds, places = np.empty((2, most if spans else 0, 2), np.int64)
    sizes = settings.shingle_words, settings.shingle_chars
    out: dict[str, Any] = {**room, "counts": counts, "contents": contents, "bounds": bounds, "spans": places}
    shingle.scan(data, offsets, *characters(), *sizes, **out)
    sums = counts.sum(axis=0)
    found = _Scanned(
        shingles=room["shingles"][: sums[shingle.SHINGLES]].copy(),
        figures=room["figures"][: sums[shingle.FIGURES]].copy(),
        names=room["names"][: sums[shingle.NAMES]].copy(),
        quotes=room["quotes"][: sums[shingle.QUOTES]].copy(),
        lines=room["lines"][: sums[shingle.LINES]].copy(),
        counts=counts,
        contents=contents,
        spans=places[: sums[shingle.SHINGLES]],
    )
    if len(room["shingles"]) == _KEPT_ROOM:
        _ROOMS.append(room)
    return found


#: Rooms that no scan uses now: to have the system give memory anew takes half as long as a scan.
_ROOMS: deque[dict[str, NDArray[Any]]] = deque()
_KEPT_ROOM = 2 * _TASK_BYTES


def _room(most: int) -> dict[str, NDArray[Any]]:
    """Where a scan may write so many tokens and lines, with anything in it. Memory is taken only where it is written."""
    if most <= _KEPT_ROOM:
        try:
            return _ROOMS.pop()
        except IndexError:
            most = _KEPT_ROOM
    room: dict[str, NDArray[Any]] = {name: np.empty(most, np.uint32) for name in ("shingles", "figures", "names")}
    room |= {"quotes": np.empty(most, np.int32), "lines": np.empty(most, np.uint64)}
    marks = np.empty(most // 8 + 16, np.uint8)
    return room | {"marks": marks, "prefixes": np.empty(most + 1, np.uint64), "flags": np.empty(most + 8, np.uint8)}


def _is_short(articles: pa.Table, settings: config.Sketch) -> NDArray[np.bool_]:
    """Which bodies are sketched together with their headline: an alert is little else."""
    if "headline" not in articles.column_names:
        return np.zeros(articles.num_rows, np.bool_)
    n_words: NDArray[np.int32] = articles["n_words"].to_numpy()
    return n_words < settings.short_words


def _told(articles: pa.Table, is_short: NDArray[np.bool_]) -> pa.ChunkedArray:
    """What is sketched of each article: its body, and of a short one the headline too."""
    bodies = articles["body"]
    if not is_short.any():
        return bodies
    headlines = pc.fill_null(articles["headline"], "").cast(bodies.type)
    told = pc.binary_join_element_wise(headlines, bodies, pa.scalar("\n", bodies.type))
    return pc.if_else(pa.array(is_short), told, bodies)
