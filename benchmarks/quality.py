"""How right it is on labelled articles, beside plain datasketch: `python -m benchmarks.quality [FOLDER]`.

FOLDER holds the labelled articles (`odu-2016/articles.parquet`, `pairs.csv`, `provenance.jsonl`; `giveme5w1h`,
`reuters-21578`). None of their text is written: `docs/quality.md` has figures alone. Without FOLDER the section on
languages is made anew, which needs no data but the project's own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks import languages
from benchmarks.peers.shared import shingles
from pipeline import config, flow, measure
from pipeline.quality import evaluate
from pipeline.quality.evaluate import PairScores, Published
from pipeline.quality.scores import BOOTSTRAP
from pipeline.storage.store import Store

_ALL_YEARS = config.Config(store=config.Store(horizon_days=3_650))


def ours(source: Path, folder: str, settings: config.Config) -> tuple[Store, flow.Outcome]:
    """The whole flow over one file."""
    store = Store(folder)
    return store, flow.run([str(source)], store, settings)


def plain(source: Path, threshold: float, *, verified: bool) -> Published:
    """datasketch as its manual shows it: components of the pairs that its index returns, or of those at the threshold."""
    table = pq.read_table(source, columns=["id", "body"])
    ids = table["id"].to_pylist()
    sets = [set(shingles(body, 5)) for body in table["body"].to_pylist()]
    lsh = MinHashLSH(threshold=threshold, num_perm=128)
    signatures = list(MinHash.generator(sets, num_perm=128))
    for row, signature in enumerate(signatures):
        lsh.insert(row, signature)
    pairs = {(row, other) for row, signature in enumerate(signatures) for other in lsh.query(signature) if row < other}
    if verified:
        pairs = {(a, b) for a, b in pairs if len(sets[a] & sets[b]) >= threshold * len(sets[a] | sets[b])}
    rows, columns = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(ids), len(ids)))
    _, labels = connected_components(graph, directed=False)
    members = {id_: {"cluster_id": str(label), "headline": None} for id_, label in zip(ids, labels, strict=True)}
    return Published(members, {}, frozenset(), {str(label): "" for label in labels})


def _row(way: str, found: PairScores) -> str:
    figures = (f"{found.weighted[name].value:.3f} [{found.weighted[name].low:.3f}, {found.weighted[name].high:.3f}]"
               for name in ("precision", "recall", "f1"))  # fmt: skip
    return f"| {way} | {' | '.join(figures)} | {found.merged['P']} of {found.n['P']} |"


def pairs_section(folder: Path, scores: PairScores) -> Iterator[str]:
    """The table of ways on the labelled pairs."""
    source, labels = folder / "odu-2016" / "articles.parquet", measure.read_labels(folder / "odu-2016" / "pairs.csv")
    yield "## Reprints: 4,607 articles of some 80 US sites, 2016"
    yield ""
    yield "| way | precision | recall | F1 | partial pairs merged |"
    yield "| --- | --- | --- | --- | --- |"
    yield _row("**newswire-reprints**", scores)
    for threshold in (0.5, 0.7):
        for verified in (False, True):
            way = f"datasketch, word 5-grams, threshold {threshold}, {'verified' if verified else 'as its index says'}"
            published = plain(source, threshold, verified=verified)
            yield _row(way, evaluate.pairs(labels.pairs, published, BOOTSTRAP))
    yield ""
    yield (
        "Weighted: labelled pairs stand for the strata of overlap they were drawn from. Reprints against different stories; "
        "pairs that share a passage but are two stories are counted apart. In brackets 95 % of 1,000 bootstrap resamples; "
        "a perfect score leaves nothing to resample, and of so few pairs the true figure may well be some points lower, "
        "the more so as the cuts were set with these pairs at hand."
    )


def provenance_section(found: Any) -> Iterator[str]:
    """Credits, sources and furniture on the labelled pages."""
    yield "## Credits, sources, furniture: 70 of those pages, read by a person"
    yield ""
    yield "| what | precision | recall | F1 |"
    yield "| --- | --- | --- | --- |"
    for name, rates in (("credit: agency and grade", found.credit), ("sources cited or interviewed", found.sources)):
        yield f"| {name} | {' | '.join(f'{rates[key].value:.3f}' for key in ('precision', 'recall', 'f1'))} |"
    yield ""
    yield (
        f"{found.n_false_credits} of {found.n_uncredited} pages without a credit are given one. Furniture lines: recall "
        f"{found.furniture['recall'].value:.3f}; {found.n_other_lines_touched} of {found.n_other_lines:,} other lines "
        "touched. The rules were written with these pages at hand, so expect less elsewhere."
    )


def events_section(folder: Path, outcome: flow.Outcome) -> Iterator[str]:
    """The same event is not a reprint."""
    source = folder / "giveme5w1h" / "articles.parquet"
    events = dict(zip(*pq.read_table(source, columns=["id", "event"]).to_pydict().values(), strict=True))
    clusters: dict[str, list[str | None]] = {}
    for row in outcome.tables["members"].to_pylist():
        clusters.setdefault(row["cluster_id"], []).append(events[row["article_id"]])
    several = [found for found in clusters.values() if len(found) > 1]
    yield "## The same event is not a reprint: 489 articles of 2016-18, most with the event they tell of"
    yield ""
    yield (
        f"{len(several)} clusters of two or more, {sum(map(len, several))} articles in them; "
        f"{sum(len(set(found) - {None}) > 1 for found in several)} of them mix two labelled events."
    )


def wire_section(outcome: flow.Outcome) -> Iterator[str]:
    """One agency's own wire: what it sent again, and what only looks alike."""
    clusters = outcome.tables["clusters"]
    several = clusters.filter(pc.greater(clusters["n_articles"], 1))
    relations = outcome.tables["members"]["relation"].value_counts().to_pylist()
    sent = {row["values"]: row["counts"] for row in relations if row["values"] != "canonical"}
    refused = outcome.tables["matches"].filter(pc.equal(outcome.tables["matches"]["relation"], "template")).num_rows
    yield "## One wire's own repeats: 21,578 items of the Reuters wire, 1987"
    yield ""
    yield (
        f"{several.num_rows:,} stories were sent more than once: "
        + ", ".join(f"{count:,} {relation}" for relation, count in sorted(sent.items()))
        + f". {refused:,} pairs of one form with other numbers, names or days were kept apart."
    )


def page(data: Path) -> list[str]:
    """The lines of the whole page."""
    lines = ["# Quality", "", "<!-- written by `make quality`: change benchmarks/quality.py instead -->", ""]
    with tempfile.TemporaryDirectory() as work:
        store, _ = ours(data / "odu-2016" / "articles.parquet", f"{work}/odu", config.Config())
        pairs = measure.evaluate(measure.read_labels(data / "odu-2016" / "pairs.csv"), store).pairs
        pages = measure.evaluate(measure.read_labels(data / "odu-2016" / "provenance.jsonl"), store).provenance
        assert pairs is not None
        lines += [*pairs_section(data, pairs), "", *provenance_section(pages), ""]
        lines += [*languages.section(), ""]
        lines += [*events_section(data, ours(data / "giveme5w1h" / "articles.parquet", f"{work}/g", _ALL_YEARS)[1]), ""]
        lines += [*wire_section(ours(data / "reuters-21578" / "articles.parquet", f"{work}/r", _ALL_YEARS)[1]), ""]
    return [
        *lines,
        "## How to have these figures for your own articles",
        "",
        "Label pairs (`left_id,right_id,label` with R, P or D) or stories, and ask: `reprints evaluate LABELS --store STORE`. "
        "`reprints tune LABELS INPUT...` shows what other cuts would find, and the borderline pairs to label next.",
        "",
        f"Made on {datetime.now(UTC):%Y-%m-%d} with the default settings by `make quality`.",
    ]


def renewed(written: str, section: list[str]) -> list[str]:
    """The lines of the page with one section in place of the one of the same heading."""
    lines = written.splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith("## ")]
    if section[0] not in lines:
        raise ValueError(f"the page has no section {section[0]!r}; make the whole of it with a FOLDER")
    first = lines.index(section[0])
    end = next((head for head in heads if head > first), len(lines))
    return [*lines[:first], *section, "", *lines[end:]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=Path("docs/quality.md"))
    arguments = parser.parse_args()
    if arguments.folder:
        lines = page(arguments.folder)
    else:
        lines = renewed(arguments.out.read_text(encoding="utf-8"), [*languages.section()])
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(arguments.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
