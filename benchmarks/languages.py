"""How right it is in each language of the invented set in `tests/golden/languages`: a section of `docs/quality.md`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline import config, flow, measure
from pipeline.quality.evaluate import ClusterScores
from pipeline.quality.labels import Labels
from pipeline.quality.pages import PageScores
from pipeline.quality.scores import Figure
from pipeline.storage.store import Store

SET = Path(__file__).parents[1] / "tests/golden/languages"
HEADING = "## Twenty-two languages: an invented set"

_NAMES = {
    "ar": "Arabic", "bn": "Bengali", "de": "German", "el": "Greek", "es": "Spanish", "fa": "Persian", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "pt": "Portuguese", "ru": "Russian", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "zh-Hans": "Chinese, simplified", "zh-Hant": "Chinese, traditional",
    "hi-en": "Hindi with English", "ja-la": "Japanese with Latin", "ko-ha": "Korean with Hanja",
    "zh-en": "Chinese with English",
}  # fmt: skip


def section() -> Iterator[str]:
    """The lines of the section."""
    with (SET / "labels.csv").open(encoding="utf-8", newline="") as file:
        languages = {row["article_id"]: row["language"] for row in csv.DictReader(file)}
    stories, pages = (measure.read_labels(SET / name) for name in ("labels.csv", "provenance.jsonl"))
    yield HEADING
    yield ""
    yield "| language | articles | pairs | precision | recall | credits found | sources found | furniture lines found |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    with TemporaryDirectory() as folder:
        store = Store(folder)
        flow.run([str(SET / "articles.jsonl")], store, config.load(SET / "languages.toml"))
        for language in sorted(set(languages.values()), key=_NAMES.__getitem__):
            ids = {name for name, its in languages.items() if its == language}
            yield _row(_NAMES[language], stories, pages, store, ids)
        yield _row("**all**", stories, pages, store, set(languages))
    yield ""
    yield (
        "For each language one story in four papers (whole, cut, with a local paragraph and furniture, lightly edited and "
        "spelt otherwise), another agency's story with the same quotation, one form on two days, and a digest that is half "
        "paragraphs of the story. Pairs are those of one story; precision is that of the pairs put together. The set and how "
        "it was labelled: `tests/golden/languages`. It is small, and the lists of furniture were completed with it at hand,"
        " so a figure here is a finding and no rate."
    )


def _row(name: str, stories: Labels, pages: Labels, store: Store, ids: set[str]) -> str:
    """One language, or all of them."""
    clusters = measure.evaluate(stories._replace(story_of=_of(stories.story_of, ids)), store).clusters
    found = measure.evaluate(pages._replace(pages=_of(pages.pages, ids)), store).provenance
    assert isinstance(clusters, ClusterScores)
    assert isinstance(found, PageScores)
    n_pairs = sum(n * (n - 1) // 2 for n in _sizes(_of(stories.story_of, ids)))
    figures = (
        f"{clusters.n_articles:,}",
        f"{n_pairs:,}",
        _figure(clusters.figures["pair_precision"]),
        _figure(clusters.figures["pair_recall"]),
        _share(found.credit["recall"], found.n_credited),
        _share(found.sources["recall"], found.n_sources),
        _share(found.furniture["recall"], found.n_furniture_lines),
    )
    return f"| {name} | {' | '.join(figures)} |"


def _of(labels: Mapping[str, Any], ids: set[str]) -> dict[str, Any]:
    return {name: label for name, label in labels.items() if name in ids}


def _sizes(story_of: Mapping[str, str]) -> Iterator[int]:
    told = list(story_of.values())
    return (told.count(story) for story in set(told))


def _figure(figure: Figure) -> str:
    return "none found" if figure.value is None else f"{figure.value:.2f}"


def _share(recall: Figure, n: int) -> str:
    return f"{round((recall.value or 0) * n)} of {n}" if n else ""
