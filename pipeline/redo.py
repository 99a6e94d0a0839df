"""From articles to the texts that are compared: without the furniture that is known by now.

A line that one publisher repeats is furniture once enough of its articles have it (`stages.learn`), and it stops being so when
they leave. Then those that carry it are done again, from the text as it was taken in: they leave, and come back without it.
Those whose words are no longer kept stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.arrive import Arrivals, spans_of, stretch
from pipeline.intake import LIGHT
from pipeline.stages import elect, learn, pair, rollup, sketch
from pipeline.storage import state
from pipeline.storage.part import COMPARED

__all__ = [
    "LESSONS",
    "Texts",
    "known_now",
    "near",
    "of_articles",
    "of_texts",
    "targets_of",
    "texts",
    "without_furniture",
]

_SLICE = 20_000  # texts that are held with their bodies, or with their shingles and signatures
_LIGHT = ["content", "lines"]
_THERE = ["key", "article", "article_id", "effective_at", "publisher_id", "headline", "content", "original", "lines"]

#: What learning takes of a text: `content` and `lines` as it was taken in, and the words of its headline.
LESSONS = pa.schema(
    [
        *(COMPARED["texts"].field(name) for name in ("effective_at", "publisher_id", "content", "lines")),
        pa.field("words", pa.large_list(pa.field("item", pa.int32(), nullable=False))),
    ]
)


class Texts(NamedTuple):
    """What a run adds to what is compared, each a table of its part (`storage.part.COMPARED`)."""

    texts: pa.Table
    redone: pa.Table
    struck: pa.Table
    learned: pa.Table
    left: pa.Table


def texts(kept: state.State, night: Arrivals, number: int, oldest: int, settings: config.Config) -> Texts:
    """The texts that come into the comparison in the run whose part has that `number`, and those that leave it.

    `kept` is the state with what the night took in; `oldest`: the first stretch that is reached.
    """
    comes = night.comes
    sketches = kept.take("sketches", comes["key"].to_numpy(), _LIGHT)
    targets = targets_of(kept, comes, night.goes, oldest, settings)
    there = near(kept, night.goes, targets, settings)
    lessons = pa.concat_tables([of_texts(there), of_articles(comes, sketches)])
    taught = learn.run(lessons, stretch(lessons["effective_at"], settings), targets, settings.learn)
    learned, changed = known_now(kept, taught, targets, oldest)
    again = there.take(pa.array(learn.carriers(there, stretch(there["effective_at"], settings), changed)))
    made = without_furniture(kept, comes, again, learned, number, settings, sketches)
    return Texts(**made._asdict() | {"left": pa.concat_tables([night.goes, made.left])})


def without_furniture(
    kept: state.State,
    comes: pa.Table,
    again: pa.Table,
    learned: pa.Table,
    number: int,
    settings: config.Config,
    sketches: pa.Table | None = None,
) -> Texts:
    """The texts of articles that come in (as `Arrivals.comes`), and of texts (`near`) that are done `again` if they have words.

    They become texts of the part with that `number`. `sketches`: `content` and `lines` of those that come, where they are read.
    """
    if sketches is None:
        sketches = kept.take("sketches", comes["key"].to_numpy(), _LIGHT)
    again = again.filter(pa.array(kept.have_words(again["article"].to_numpy())))
    n_comes = comes.num_rows
    articles = pa.concat_tables([comes, _articles(kept, again)]).combine_chunks()
    sketches = pa.concat_tables([sketches, kept.take("sketches", again["article"].to_numpy(), _LIGHT)]).combine_chunks()
    done = _done(kept, articles, sketches, learned, settings)

    contents = sketches["content"].to_numpy().copy()
    contents[done.rows] = done.redone["content"].to_numpy()
    moves = np.ones(articles.num_rows, np.bool_)
    moves[n_comes:] = contents[n_comes:] != again["content"].to_numpy()
    by_time = pc.sort_indices(articles, [("effective_at", "ascending"), ("article_id", "ascending")]).to_numpy()
    rows = by_time[moves[by_time]]
    keys = np.full(articles.num_rows, -1)
    keys[rows] = state.keys(number, len(rows))
    redone = np.full(articles.num_rows, -1)
    redone[done.rows[moves[done.rows]]] = np.arange(np.count_nonzero(moves[done.rows]))
    owners = keys[done.struck["row"].to_numpy()]
    return Texts(
        texts=_texts(kept, articles, sketches, done, rows, settings)
        .append_column("key", pa.array(keys[rows]))
        .append_column("redone", pa.array(redone[rows])),
        redone=done.redone.filter(pa.array(moves[done.rows])),
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
    return there.filter(pc.invert(pc.is_in(there["key"], goes["key"].combine_chunks())))


def of_texts(there: pa.Table) -> pa.Table:
    """What texts teach (`LESSONS`): with `content` and `lines` as they were taken in."""
    return _lessons({name: there[name] for name in there.column_names} | {"content": there["original"]})


def of_articles(comes: pa.Table, sketches: pa.Table) -> pa.Table:
    """What articles teach (`LESSONS`) that come in."""
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


def _articles(kept: state.State, texts: pa.Table) -> pa.Table:
    """The articles of texts, as `Arrivals.comes` has them."""
    found = kept.take("articles", texts["article"].to_numpy(), LIGHT)
    return found.append_column("key", texts["article"]).append_column("effective_at", texts["effective_at"])


class _Done(NamedTuple):
    """Texts done again: the `rows` of their articles; and row by row with these `redone`, and what `words` they
    have left (n_words, text_state). `struck`: their learned lines, `row` that of the article.
    """

    rows: NDArray[np.int64]
    redone: pa.Table
    words: pa.Table
    struck: pa.Table


def _done(
    kept: state.State, articles: pa.Table, sketches: pa.Table, learned: pa.Table, settings: config.Config
) -> _Done:
    """Those of the articles that have learned lines to lose, without them. A few at a time: their bodies are in memory.

    Articles whose words are gone are without those that they had lost before.
    """
    stretches = stretch(articles["effective_at"], settings)
    carrying = articles.select(["publisher_id"]).append_column("lines", sketches["lines"])
    rows = learn.carriers(carrying, stretches, learned) if learned.num_rows else np.empty(0, np.int64)
    rows = rows[kept.have_words(articles["key"].to_numpy()[rows])]
    found = [_as_they_were(kept, articles, sketches)]
    for first in range(0, len(rows), _SLICE):
        some = rows[first : first + _SLICE]
        whole = kept.whole(articles["key"].to_numpy()[some])
        lines = learn.furniture(carrying.take(pa.array(some)), stretches[some], learned)
        bare, struck, lost = learn.strike(whole, lines, settings.learn, settings.clean.stub_words)
        at = pc.index_in(struck["article_id"], value_set=whole["article_id"].combine_chunks()).to_numpy()
        own = struck.append_column("row", pa.array(some[at]))
        found.append(_Done(some[lost], _sketched(bare, settings), bare.select(_WORDS), own))
    rows_of, *tables = zip(*found, strict=True)
    together = np.concatenate(rows_of)
    order = np.argsort(together)
    redone, words, struck = (pa.concat_tables(table) for table in tables)
    return _Done(together[order], redone.take(pa.array(order)), words.take(pa.array(order)), struck)


def _as_they_were(kept: state.State, articles: pa.Table, sketches: pa.Table) -> _Done:
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
    keys = had["key"].to_numpy()
    struck, order = former.struck(keys), np.argsort(keys)
    owners = rows[order[np.searchsorted(keys, struck["key"].to_numpy(), sorter=order)]]
    struck = struck.drop_columns(["key"]).append_column("row", pa.array(owners))
    return _Done(rows, former.redone(had, schema.SKETCHES.names), had.select(_WORDS), struck)


_WORDS = ["n_words", "text_state"]


def _sketched(articles: pa.Table, settings: config.Config) -> pa.Table:
    """A row of `redone` for each of the articles."""
    return sketch.run(articles, settings.sketch).select(schema.SKETCHES.names).cast(COMPARED["redone"])


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
    columns = {
        "article": own["key"],
        **{name: own[name] for name in ("article_id", "effective_at", "publisher_id", "headline")},
        **{name: words[name] for name in _WORDS},
        "kin": pa.array(rollup.kin(rollup.facts(own, credited, own["headline"]))),
        "credits": elect.crediting(own, credited),
        "lines": sketches["lines"].take(pa.array(rows)),
        "original": sketches["content"].take(pa.array(rows)),
    }
    keys = [pair.keys(sketch.sign(_NO_SKETCH, settings.sketch), settings.pair)]
    place = np.full(articles.num_rows, -1)
    place[done.rows] = np.arange(len(done.rows))
    for first in range(0, len(rows), _SLICE):  # a signature is larger than what pair keeps of it
        some = rows[first : first + _SLICE]
        whole = kept.take("sketches", articles["key"].to_numpy()[some])
        is_done = place[some] >= 0
        redone = done.redone.take(pa.array(place[some][is_done]))
        whole = state.replaced(whole, redone, np.flatnonzero(is_done))
        keys.append(pair.keys(sketch.sign(whole, settings.sketch), settings.pair))
    paired = pa.concat_tables(keys)
    return pa.table(columns | {name: paired[name] for name in pair.KEYS.names})


_NO_SKETCH = schema.SKETCHES.empty_table()
