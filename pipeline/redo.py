"""Articles done again without the furniture that was learned from all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.intake import LIGHT, Articles
from pipeline.stages import learn, sketch

__all__ = ["TextsOf", "without_furniture"]

#: Gives the texts (`schema.ARTICLES`), as far as they are kept, of articles named by article_id and digest.
TextsOf = Callable[[pa.Table], pa.Table]


def without_furniture(known: Articles, texts_of: TextsOf, settings: config.Config) -> tuple[Articles, TextsOf]:
    """The articles as they are without learned furniture, and a `texts_of` that gives their texts so.

    Sketches, counts of words and stripped lines change where a learned line is struck, and what was cited in one is not
    cited. A text that is no longer kept stays as it was.
    """
    learned = learn.run(known.articles, known.sketches, settings.learn)
    if not learned.num_rows:
        return known, texts_of

    def struck(keys: pa.Table) -> tuple[pa.Table, pa.Table]:
        texts = texts_of(keys)
        lines = sketch.lines(texts, settings.sketch)
        return learn.strike(texts, lines, learned, settings.learn, settings.clean.stub_words)

    rows = pa.array(learn.carriers(known.articles, known.sketches, learned))
    texts, stripped = struck(known.articles.take(rows).select(["article_id", "digest"]))
    done = texts.filter(pc.is_in(texts["article_id"], stripped["article_id"].combine_chunks()))
    at = pc.index_in(done["article_id"], value_set=known.articles["article_id"].combine_chunks())
    return Articles(
        articles=_with(known.articles, done.select(LIGHT), at.combine_chunks(), ("n_words", "text_state")),
        sketches=_with(known.sketches, sketch.run(done, settings.sketch), at.combine_chunks(), schema.SKETCHES.names),
        stripped=pa.concat_tables([known.stripped, stripped.select(known.stripped.column_names)]),
        credits=known.credits,
        citations=_outside(known.citations, stripped),
    ), lambda keys: struck(keys)[0]


def _with(rows: pa.Table, changed: pa.Table, at: pa.Array, names: tuple[str, ...] | list[str]) -> pa.Table:
    """The rows with those columns of the ones numbered `at` as `changed` has them."""
    take = np.arange(rows.num_rows)
    take[at.to_numpy()] = rows.num_rows + np.arange(len(at))
    for name in names:
        column = pa.chunked_array([*rows[name].chunks, *changed[name].cast(rows[name].type).chunks])
        rows = rows.set_column(rows.column_names.index(name), rows.field(name), column.take(pa.array(take)))
    return rows.combine_chunks()


def _outside(citations: pa.Table, stripped: pa.Table) -> pa.Table:
    """The citations that stand in no stripped line."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in stripped.select(["article_id", "field", "start", "end"]).to_pylist():
        spans.setdefault((row["article_id"], row["field"]), []).append((row["start"], row["end"]))
    places = citations.select(["article_id", "field", "start"]).to_pylist()
    outside = [
        not any(start <= row["start"] < end for start, end in spans.get((row["article_id"], row["field"]), ()))
        for row in places
    ]
    return citations.filter(pa.array(outside, pa.bool_()))
