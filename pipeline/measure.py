"""From a store, or from files, and labels to figures: what `reprints evaluate` and `reprints tune` do.

The figures themselves are made in `quality`, which knows no paths.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from pipeline import config
from pipeline.arrive import arrivals
from pipeline.compare import brought
from pipeline.errors import InputError
from pipeline.intake import Intake, take_in
from pipeline.meet import articles_of, facts_of
from pipeline.quality import evaluate as agreement
from pipeline.quality import labels as labelling
from pipeline.quality import pages, scorecard
from pipeline.quality import tune as tuning
from pipeline.quality.scores import BOOTSTRAP, Bootstrap
from pipeline.quality.tune_text import Tuning
from pipeline.stages import pair, rollup
from pipeline.storage import read
from pipeline.storage.part import Part
from pipeline.storage.state import Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch, silent

__all__ = ["Evaluation", "evaluate", "read_labels", "refuse_existing", "text", "tune", "write_labels", "write_page"]

_ALL_DAYS = 36_500.0
_ALL_STRETCHES = -(2**40)  # of time, from the first on


class Evaluation(Struct, frozen=True, omit_defaults=True):
    """How a run agrees with labels. A part is None where the labels say nothing of it."""

    labels: str
    store: str
    run_id: str
    bootstrap: dict[str, Any]
    missing: agreement.Missing
    n_unlabelled: int
    pairs: agreement.PairScores | None = None
    clusters: agreement.ClusterScores | None = None
    provenance: pages.PageScores | None = None


def text(evaluation: Evaluation) -> str:
    """An evaluation in words."""
    return "\n".join(_lines(evaluation))


def _lines(evaluation: Evaluation) -> Iterator[str]:
    yield f"run {evaluation.run_id} of {evaluation.store} against {evaluation.labels}"
    yield from scorecard.missing_lines(evaluation.missing, evaluation.n_unlabelled)
    if evaluation.pairs:
        yield from ("", *scorecard.pair_lines(evaluation.pairs))
    if evaluation.clusters:
        yield from ("", *scorecard.cluster_lines(evaluation.clusters))
    if evaluation.provenance:
        yield from ("", *scorecard.page_lines(evaluation.provenance))
    how = evaluation.bootstrap
    yield ""
    yield (
        f"[intervals] cover {how['level']:.0%} of {how['resamples']:,} bootstrap resamples (seed {how['seed']}) "
        "of the labelled pairs, stories or articles"
    )


def read_labels(path: Path) -> labelling.Labels:
    """The labels of a file; `InputError` names the file, and the row where one is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); name a CSV or JSON lines file of labels"
        ) from error
    return labelling.parse(str(path), content)


def evaluate(
    labels: labelling.Labels, store: Store, run_id: str | None = None, bootstrap: Bootstrap = BOOTSTRAP
) -> Evaluation:
    """Score a published run, the newest for None, against labels.

    Credits and citations are those of the run; the lines that were taken out are those of the newest text it knew.
    """
    run_id = store.run_id(run_id)
    names = ("members", "matches", "excerpts", "clusters")
    article_ids = {*labels.story_of, *labels.pages, *(name for pair in labels.pairs for name in pair[:2])}
    published = agreement.Published.of({name: store.table(name, run_id) for name in names}, article_ids)
    if not published.members:
        raise InputError(
            f"{labels.name}: none of its {len(article_ids)} articles is in run {run_id} of {store.name}; "
            f"its ids are those of members.parquet, the labels have {min(article_ids)!r}, for instance"
        )
    scored_pages = None
    if labels.pages:
        scored_pages = pages.score(labels.pages, _found(store, run_id, labels, published), bootstrap)
    return Evaluation(
        labels.name,
        store.name,
        run_id,
        bootstrap._asdict(),
        agreement.missing(labels, published),
        labels.n_unlabelled,
        agreement.pairs(labels.pairs, published, bootstrap) if labels.pairs else None,
        agreement.clusters(labels.story_of, published, bootstrap) if labels.story_of else None,
        scored_pages,
    )


def _found(
    store: Store, run_id: str, labels: labelling.Labels, published: agreement.Published
) -> dict[str, pages.Found]:
    """What the run has of the labelled pages, with the lines taken out of their newest text."""
    members = {name: row for name, row in published.members.items() if name in labels.pages}
    ids = pa.array(sorted(members), pa.string())
    tables = {name: store.table(name, run_id) for name in ("credits", "citations", "stripped")}
    tables = {name: rows.filter(pc.is_in(rows["article_id"], ids)) for name, rows in tables.items()}
    return pages.found_of(members, tables, _bodies(store.state(run_id).newest(list(members))))


def _bodies(texts: pa.Table) -> dict[str, str]:
    return dict(zip(texts["article_id"].to_pylist(), texts["body"].to_pylist(), strict=True))


def tune(
    labels: labelling.Labels,
    patterns: Sequence[str],
    settings: config.Config,
    *,
    n_borderline: int,
    sample: int,
    watch: Watch | None = None,
) -> Tuning:
    """What the settings of pair and verify find and miss on these inputs, and what other cuts would.

    The inputs go as far as their sketches in a store of a moment. No article is too old for it: labels may be of any year.
    """
    if not labels.pairs and not labels.story_of:
        raise InputError(f"{labels.name}: has no labelled pairs or clusters, which is what cuts are tuned on")
    watch = watch or silent()
    with tempfile.TemporaryDirectory(prefix="reprints-tune-") as folder:
        store = Store(folder)
        with store.locked(), Part(store.work / "state") as part:
            corpus, now = _corpus(read.inputs(patterns), part, settings, watch)
            missing = _missing(labels, corpus)
            with watch.step("cuts") as step:
                cuts = tuning.cuts(corpus, labels, settings.verify)
                near = tuning.borderline(corpus, labels, settings.verify, n_borderline)
                step.rows = len(cuts)
            texts = _texts(now, near, corpus.articles)
    with watch.step("search") as step:
        bins = tuning.recall(corpus, settings.pair, settings.sketch.permutations, sample)
        step.rows = min(sample, corpus.articles.num_rows)
    shape = pair.band_shape(settings.pair, settings.sketch.permutations)
    n_shingles = int(np.median(pc.list_value_length(corpus.sketches["shingles"]).to_numpy()))
    return Tuning(
        labels=labels.name,
        n_articles=corpus.articles.num_rows,
        n_candidates=corpus.candidates.num_rows,
        missing=missing,
        shape=shape,
        sample=settings.pair.sample,
        sample_shared=settings.pair.sample_shared,
        n_shingles=n_shingles,
        n_drawn=min(sample, corpus.articles.num_rows),
        curve=tuning.curve(*shape, settings.pair, n_shingles),
        bins=bins,
        cuts=cuts,
        borderline=near,
        texts=texts,
    )


def _corpus(files: list[Path], part: Part, settings: config.Config, watch: Watch) -> tuple[tuning.Corpus, State]:
    """The newest versions of the articles of these files, as far as pair takes them, and the state they lie in."""
    intake = take_in(files, State().known(), settings, part, watch)
    if not intake.new.num_rows:
        raise InputError("no article could be read from these inputs")
    ref = Ref(1, part.folder, _newest(intake), is_compared=True)
    ageless = msgspec.structs.replace(settings, store=msgspec.structs.replace(settings.store, horizon_days=_ALL_DAYS))
    night = arrivals(State(), intake, ref, ageless)
    keys = brought(State(), ref, night, _ALL_STRETCHES, settings)
    now = State([ref])
    known = articles_of(now, keys["key"].to_numpy(), settings)
    times = known.articles["effective_at"].cast(pa.int64()).to_numpy()
    with watch.step("pair") as step:
        candidates = pair.run(keys, times, settings.pair, keys["kin"].to_numpy())
        step.rows = candidates.num_rows
    ranks = rollup.ranks(known.articles)
    sketches, width = known.sketched.of(np.arange(known.articles.num_rows)), settings.sketch.shingle_words
    return tuning.Corpus(known.articles, sketches, facts_of(known), times, ranks, candidates, width), now


def _missing(labels: labelling.Labels, corpus: tuning.Corpus) -> tuple[str, ...]:
    """The labelled articles that the inputs do not have; `InputError` if they have none of them."""
    labelled = {*labels.story_of, *(name for pair_ in labels.pairs for name in pair_[:2])}
    missing = tuple(sorted(labelled - set(corpus.articles["article_id"].to_pylist())))
    if len(missing) == len(labelled):
        raise InputError(
            f"{labels.name}: none of its {len(labelled)} articles is among the inputs; it has {missing[0]!r}, "
            f"for instance, and they have {corpus.articles['article_id'][0].as_py()!r}"
        )
    return missing


def _newest(intake: Intake) -> datetime:
    """The newest time of the articles; any day where none has a time, since then all are of that day."""
    times = pc.coalesce(intake.new["published_at"], intake.new["fetched_at"])
    return pc.max(times).as_py() or datetime(2000, 1, 1, tzinfo=UTC)


def _texts(now: State, near: Sequence[tuning.Borderline], articles: pa.Table) -> list[tuple[str, str]]:
    """The bodies of each pair, of the versions that were compared."""
    wanted = pa.array(sorted({name for pair_ in near for name in (pair_.left_id, pair_.right_id)}), pa.string())
    bodies = _bodies(now.bodies(articles.filter(pc.is_in(articles["article_id"], wanted))))
    return [(bodies[pair_.left_id], bodies[pair_.right_id]) for pair_ in near]


def write_page(path: Path, found: Tuning) -> None:
    """The findings as an HTML page at `path`."""
    from pipeline.report import tune_page

    _write(path, tune_page.html(found))


def write_labels(path: Path, near: Sequence[tuning.Borderline]) -> None:
    """The borderline pairs as a labels file with the label left empty, for a person to fill in."""
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(["left_id", "right_id", "label", "jaccard", "containment", "left_headline", "right_headline"])
    for pair_ in near:
        figures = (round(pair_.jaccard, 4), round(pair_.containment, 4))
        writer.writerow([pair_.left_id, pair_.right_id, "", *figures, pair_.left_headline, pair_.right_headline])
    refuse_existing(path)
    _write(path, rows.getvalue())


def refuse_existing(path: Path) -> None:
    """`InputError` if something is at `path`: it may be what a person has labelled."""
    if path.exists():
        raise InputError(f"{path}: is there already, and may have labels in it; name another file")


def _write(path: Path, words: str) -> None:
    try:
        path.write_text(words, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
