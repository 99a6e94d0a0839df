"""From articles to the texts that are compared: without the furniture that is known by now.

A line that one publisher repeats is furniture once enough of its articles have it (`stages.learn`), and it stops being so when
they leave. Then those that carry it are done again, from the text as it was taken in: they leave, and come back without it.
Those whose words are no longer kept stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.arrive import Arrivals, spans_of, stretch, with_time
from pipeline.stages import elect, learn, pair, rollup, sketch
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import ahead
from pipeline.storage import part, state
from pipeline.storage.part import COMPARED

__all__ = [
    "LESSONS",
    "Texts",
    "known_now",
    "near",
    "of_articles",
    "of_texts",
    "read",
    "targets_of",
    "texts",
    "without_furniture",
]

_SLICE = 8_000  # texts that are held with their bodies, or with their shingles and signatures
_LIGHT = ["content", "lines"]
_READ = ["article_id", "publisher_id", "home_agency", "headline", "kind", "version", "n_words", "text_state"]
_THERE = ["key", "article", "article_id", "effective_at", "publisher_id", "headline", "content", "original", "lines"]

#: What learning takes of a text: `content` and `lines` as it was taken in, and the words of its headline.
LESSONS = pa.schema(
    [
        *(COMPARED["texts"].field(name) for name in ("effective_at", "publisher_id", "content", "lines")),
        pa.field("words", pa.large_list(pa.field("item", pa.int32(), nullable=False))),
    ]
)


class Texts(NamedTuple):
    """What a run adds to what is compared, each a table of its part (`storage.part.COMPARED`); `redone` is written already."""

    texts: pa.Table
    struck: pa.Table
    learned: pa.Table
    left: pa.Table


def texts(kept: state.State, night: Arrivals, own: state.Ref, oldest: int, settings: config.Config) -> Texts:
    """The texts that come into the comparison in the run whose part is `own`, and those that leave it.

    `kept` is the state with what the night took in; `oldest`: the first stretch that is reached.
    """
    comes = read(kept, night.comes["key"], night.comes["effective_at"])
    sketches = kept.take("sketches", comes["key"].to_numpy(), _LIGHT)
    targets = targets_of(kept, comes, night.goes, oldest, settings)
    there = near(kept, night.goes, targets, settings)
    lessons = pa.concat_tables([of_texts(there), of_articles(comes, sketches)])
    taught = learn.run(lessons, stretch(lessons["effective_at"], settings), targets, settings.learn)
    learned, changed = known_now(kept, taught, targets, oldest)
    again = there.take(pa.array(learn.carriers(there, stretch(there["effective_at"], settings), changed)))
    made = without_furniture(kept, comes, again, learned, own, settings, sketches)
    return Texts(**made._asdict() | {"left": pa.concat_tables([night.goes, made.left])})


def without_furniture(
    kept: state.State,
    comes: pa.Table,
    again: pa.Table,
    learned: pa.Table,
    own: state.Ref,
    settings: config.Config,
    sketches: pa.Table | None = None,
    *,
    lasting: bool = True,
) -> Texts:
    """The texts of articles that come in (`read`), and of texts (`near`) that are done `again` if they have words.

    They become texts of the part `own`, to which `redone` is written (`lasting`: as by `part.add`). `sketches`: `content` and
    `lines` of those that come, where they are read.
    """
    if sketches is None:
        sketches = kept.take("sketches", comes["key"].to_numpy(), _LIGHT)
    again = again.filter(pa.array(kept.have_words(again["article"].to_numpy())))
    n_comes = comes.num_rows
    articles = pa.concat_tables([comes, read(kept, again["article"], again["effective_at"])]).combine_chunks()
    sketches = pa.concat_tables([sketches, kept.take("sketches", again["article"].to_numpy(), _LIGHT)]).combine_chunks()
    done = _done(kept, articles, sketches, learned, again["content"].to_numpy(), own, settings, lasting=lasting)

    contents = sketches["content"].to_numpy().copy()
    contents[done.rows] = done.contents
    moves = np.ones(articles.num_rows, np.bool_)
    moves[n_comes:] = contents[n_comes:] != again["content"].to_numpy()
    by_time = pc.sort_indices(articles, [("effective_at", "ascending"), ("article_id", "ascending")]).to_numpy()
    rows = by_time[moves[by_time]]
    keys = np.full(articles.num_rows, -1)
    keys[rows] = state.keys(own.number, len(rows))
    redone = np.full(articles.num_rows, -1)
    redone[done.rows] = done.redone
    owners = keys[done.struck["row"].to_numpy()]
    return Texts(
        texts=_texts(kept, articles, sketches, done, rows, settings)
        .append_column("key", pa.array(keys[rows]))
        .append_column("redone", pa.array(redone[rows])),
        struck=done.struck.append_column("key", pa.array(owners)).filter(pa.array(owners >= 0)),
        learned=learned,
        left=again.filter(pa.array(moves[n_comes:])).select(["key"]),
    )


def targets_of(kept: state.State, comes: pa.Table, goes: pa.Table, oldest: int, settings: config.Config) -> set[int]:
    """The stretches of time whose furniture may be another one, now that articles come (effective_at) and texts go (key)."""
    left = kept.texts(["key", "effective_at"], keys=goes["key"].to_numpy())
    touched = np.concatenate([stretch(rows["effective_at"], settings) for rows in (comes, left)])
    return {one for one in _near(np.unique(touched).tolist()) if one >= oldest}


def near(
    kept: state.State,
    goes: pa.Table,
    targets: Iterable[int],
    settings: config.Config,
    keys: NDArray[np.int64] | None = None,
) -> pa.Table:
    """The texts that are there and stay, of these stretches of time and those beside them; or of these `keys`."""
    there = kept.texts(_THERE, spans_of(_near(targets), settings) if keys is None else None, keys=keys)
    return arrays.kept(there, ~arrays.is_in(there["key"].to_numpy(), goes["key"].to_numpy()))


def of_texts(there: pa.Table) -> pa.Table:
    """What texts teach (`LESSONS`): with `content` and `lines` as they were taken in."""
    return _lessons({name: there[name] for name in there.column_names} | {"content": there["original"]})


def of_articles(comes: pa.Table, sketches: pa.Table) -> pa.Table:
    """What articles teach (`LESSONS`) that come in (`read`)."""
    names = ("effective_at", "publisher_id", "headline")
    return _lessons({name: comes[name] for name in names} | {name: sketches[name] for name in _LIGHT})


def _lessons(columns: dict[str, pa.ChunkedArray]) -> pa.Table:
    columns = columns | {"words": sketch.words(columns["headline"])}
    return pa.table([columns[name] for name in LESSONS.names], schema=LESSONS)


def known_now(kept: state.State, taught: pa.Table, targets: Iterable[int], oldest: int) -> tuple[pa.Table, pa.Table]:
    """The furniture that is known, by what was known and what these stretches `taught`; and the lines that are new or gone."""
    known = kept.learned()
    at = known["stretch"].to_numpy()
    is_target = np.isin(at, list(targets))
    lines = [known.filter(pa.array(is_target)), taught]
    changed = pa.concat_tables(lines).group_by(learn.LEARNED.names).aggregate([([], "count_all")])
    changed = changed.filter(pc.equal(changed["count_all"], 1)).select(learn.LEARNED.names)  # in one of the two
    now = pa.concat_tables([known.filter(pa.array(~is_target & (at >= oldest))), taught])
    return now.sort_by([(name, "ascending") for name in learn.LEARNED.names]).combine_chunks(), changed


def _near(stretches: Iterable[int]) -> set[int]:
    return {near for one in stretches for near in (one - 1, one, one + 1)}


def read(kept: state.State, keys: pa.ChunkedArray, effective_at: pa.ChunkedArray) -> pa.Table:
    """What a text takes over from its article, of those with these `key`s, and when they are."""
    return with_time(kept.take("articles", keys.to_numpy(), _READ), keys, effective_at)


class _Done(NamedTuple):
    """Texts done again: the `rows` of their articles; and row by row with these the rows in `redone`, -1 for those that come to
    what they were, their `contents`, and what `words` they have left (n_words, text_state). `keys` (`_keys`) are those of the
    rows that are in `redone`. `struck`: the learned lines of all, `row` that of the article.
    """

    rows: NDArray[np.int64]
    redone: NDArray[np.int64]
    contents: NDArray[np.int64]
    words: pa.Table
    keys: pa.Table
    struck: pa.Table


class _Some(NamedTuple):
    """A few texts done again: the rows of their articles, their sketches, the words they have left, their learned lines."""

    rows: NDArray[np.int64]
    redone: pa.Table
    words: pa.Table
    struck: pa.Table


def _done(
    kept: state.State,
    articles: pa.Table,
    sketches: pa.Table,
    learned: pa.Table,
    were: NDArray[np.int64],
    own: state.Ref,
    settings: config.Config,
    *,
    lasting: bool,
) -> _Done:
    """Those of the articles that have learned lines to lose, without them. A few at a time: they take kilobytes each.

    The last of the articles are those of texts whose contents `were` these; the ones that come to the same again are not kept.
    """
    n_comes, n_kept = articles.num_rows - len(were), 0
    none, nothing = np.empty(0, np.int64), _keys(schema.SKETCHES.empty_table(), settings)
    found = [_Done(none, none, none, articles.select(_WORDS).slice(0, 0), nothing, _STRUCK.empty_table())]
    with part.adding(own.folder, "redone", lasting=lasting) as more:
        for some in ahead(_again(kept, articles, sketches, learned, settings)):
            contents = some.redone["content"].to_numpy()
            moves = some.rows < n_comes
            moves[~moves] = contents[~moves] != were[some.rows[~moves] - n_comes]
            moved = some.redone.filter(pa.array(moves))
            more(moved)
            places = np.where(moves, n_kept + np.cumsum(moves) - 1, -1)
            n_kept += moved.num_rows
            struck = some.struck.select(_STRUCK.names).cast(_STRUCK)
            found.append(_Done(some.rows, places, contents, some.words, _keys(moved, settings), struck))
    rows, redone, contents, *tables = zip(*found, strict=True)
    return _Done(*map(np.concatenate, (rows, redone, contents)), *map(pa.concat_tables, tables))


def _again(
    kept: state.State, articles: pa.Table, sketches: pa.Table, learned: pa.Table, settings: config.Config
) -> Iterator[_Some]:
    """The articles without their learned lines; those whose words are gone, without those that they had lost before."""
    yield from _as_they_were(kept, articles, sketches)
    stretches = stretch(articles["effective_at"], settings)
    carrying = articles.select(["publisher_id"]).append_column("lines", sketches["lines"])
    rows = learn.carriers(carrying, stretches, learned) if learned.num_rows else np.empty(0, np.int64)
    rows = rows[kept.have_words(articles["key"].to_numpy()[rows])]
    slices = (rows[first : first + _SLICE] for first in range(0, len(rows), _SLICE))
    for some, whole in ahead((some, kept.whole(articles["key"].to_numpy()[some])) for some in slices):
        lines = learn.furniture(carrying.take(pa.array(some)), stretches[some], learned)
        bare, struck, lost = learn.strike(whole, lines, settings.learn, settings.clean.stub_words)
        at = pc.index_in(struck["article_id"], value_set=whole["article_id"].combine_chunks()).to_numpy()
        made = sketch.unsigned(bare, settings.sketch)
        yield _Some(some[lost], made, bare.select(_WORDS), struck.append_column("row", pa.array(some[at])))


def _as_they_were(kept: state.State, articles: pa.Table, sketches: pa.Table) -> Iterator[_Some]:
    """Of articles whose words are gone those that had lost learned lines, when all comes in anew."""
    rows = np.flatnonzero(~kept.have_words(articles["key"].to_numpy()))
    former = kept.former if kept.former and len(rows) else state.State()
    had = former.texts(["key", "article_id", "redone", "original", *_WORDS])
    had = had.filter(pc.greater_equal(had["redone"], 0))
    ids = articles["article_id"].take(pa.array(rows))
    at = pc.fill_null(pc.index_in(ids, value_set=had["article_id"].combine_chunks()), -1).to_numpy()
    rows, at = rows[at >= 0], at[at >= 0]
    same = had["original"].to_numpy()[at] == sketches["content"].to_numpy()[rows]
    rows, had = rows[same], had.take(pa.array(at[same]))
    for first in range(0, len(rows), _SLICE):
        some, of_some = rows[first : first + _SLICE], had.slice(first, _SLICE).combine_chunks()
        keys = of_some["key"].to_numpy()
        struck = former.struck(keys)
        owners = some[arrays.places(keys, struck["key"].to_numpy())]
        struck = struck.drop_columns(["key"]).append_column("row", pa.array(owners))
        yield _Some(some, former.redone(of_some, schema.SKETCHES.names), of_some.select(_WORDS), struck)


_WORDS = ["n_words", "text_state"]


_STRUCK = pa.schema([*schema.STRIPPED, pa.field("row", pa.int64(), nullable=False)])


def _keys(sketches: pa.Table, settings: config.Config) -> pa.Table:
    """What texts may have in common with others (`pair.KEYS`), and their `manner`: signatures are larger than both."""
    keys = pair.keys(sketch.sign(sketches, settings.sketch), settings.pair)
    return keys.append_column("manner", pa.array(sketch.manner(sketches)))


def _texts(
    kept: state.State,
    articles: pa.Table,
    sketches: pa.Table,
    done: _Done,
    rows: NDArray[np.int64],
    settings: config.Config,
) -> pa.Table:
    """The texts of those rows, but for their own key and what is redone."""
    own = articles.take(pa.array(rows))
    credited = elect.credited(own, kept.of("credits", own["key"].to_numpy()))
    words = state.replaced(articles.select(_WORDS), done.words, done.rows).take(pa.array(rows))
    facts = rollup.facts(own, credited, sketch.words(own["headline"]))
    keys = _keys_of(kept, articles, done, rows, settings)
    columns = {
        "article": own["key"],
        **{name: own[name] for name in ("article_id", "effective_at", "publisher_id", "headline")},
        **{name: words[name] for name in _WORDS},
        "kin": pa.array(rollup.kin(facts, keys["manner"].to_numpy())),
        "credits": elect.crediting(own, credited),
        "lines": sketches["lines"].take(pa.array(rows)),
        "original": sketches["content"].take(pa.array(rows)),
    }
    return pa.table(columns | {name: keys[name] for name in pair.KEYS.names})


def _keys_of(
    kept: state.State, articles: pa.Table, done: _Done, rows: NDArray[np.int64], settings: config.Config
) -> pa.Table:
    """What the texts of those rows may have in common with others (`_keys`): of one that was done again, as it is now."""
    keys, place = [done.keys], np.full(articles.num_rows, -1)
    kept_rows = done.redone >= 0
    place[done.rows[kept_rows]] = done.redone[kept_rows]
    as_taken_in = rows[place[rows] < 0]
    place[as_taken_in] = done.keys.num_rows + np.arange(len(as_taken_in))
    for first in range(0, len(as_taken_in), _SLICE):
        some = as_taken_in[first : first + _SLICE]
        keys.append(_keys(kept.take("sketches", articles["key"].to_numpy()[some]), settings))
    return pa.concat_tables(keys).take(pa.array(place[rows]))
