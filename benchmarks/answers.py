"""What a query takes, step by step: `make answers [ARTICLES=100000]`.

A store takes in a fortnight of invented news, all of it within the window of a new article. Then articles that it does not
have, cut prints of some that it has by another publisher, are asked for in one process in turn: the first with what
is loaded then, the others without. Times are of the wall; `cpu` is what the process itself took, where others run beside it.
Then some are asked for as a user would: `reprints query` for one, beside the import of the libraries that it stands on, and
`reprints query - --each-line`, kept open, from a line to its answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from benchmarks import generate
from benchmarks.whole import LIBRARIES, REPRINTS, watched

STEPS = ("take in", "look up", "learn", "pair", "verify", "open", "cluster", "elect", "follow", "excerpt")


class Asked(NamedTuple):
    """A query: seconds of all of it, of the processor, and of each step; how many texts it was compared with."""

    wall: float
    cpu: float
    steps: dict[str, float]
    n_met: int


def strangers(news: Path, folder: Path, count: int) -> list[Path]:
    """Articles that the store does not have: four fifths of some that it has, by another publisher."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, paths = pq.ParquetFile(news), list[Path]()
    for number in (place * rows.metadata.num_rows // count for place in range(count)):
        group, place = divmod(number, generate.BATCH)
        [row] = rows.read_row_group(group).slice(place, 1).to_pylist()
        words = row["body"].split(" ")
        told = {
            **row,
            "id": f"asked-{number}",
            "publisher": "The Asking Post",
            "body": " ".join(words[: len(words) * 4 // 5]),
        }
        del told["story"]
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(told), encoding="utf-8")
    return paths


def asked(paths: list[Path], place: Path) -> Iterator[Asked]:
    """Each query, one after the other in this process."""
    from pipeline.query import query
    from pipeline.storage.store import Store
    from pipeline.watch import silent

    for path in paths:
        watch, begin, busy = silent(), time.perf_counter(), time.process_time()
        answer = query(path, Store(place), watch=watch)
        wall, cpu = time.perf_counter() - begin, time.process_time() - busy
        steps = {name: watch.seconds.get(name, 0.0) for name in STEPS}
        yield Asked(wall, cpu, steps, len(answer.article.met) if answer.article else 0)


def commanded(paths: list[Path], place: Path) -> str:
    """What the command takes for one article each time, and kept open for one after the other."""
    imports, alone, open_ = list[float](), list[float](), list[float]()
    options = ["--store", str(place), "--format", "json"]
    for path in [paths[0], *paths]:  # the first finds the disk cold
        imports.append(watched([sys.executable, "-c", LIBRARIES])[0])
        alone.append(watched([REPRINTS, "query", str(path), *options])[0])
    command = [REPRINTS, "query", "-", "--each-line", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for path in [paths[0], *paths]:
            line, begin = json.dumps(json.loads(path.read_text(encoding="utf-8"))), time.perf_counter()
            print(line, file=process.stdin, flush=True)
            process.stdout.readline()
            open_.append(time.perf_counter() - begin)
    ratio = statistics.median(one / other for one, other in zip(alone[1:], imports[1:], strict=True))
    return (
        f"the command {statistics.median(alone[1:]):.2f} s, {ratio:.2f} times `{LIBRARIES}`; "
        f"kept open, from a line to its answer {statistics.median(open_[1:]):.2f} s ({len(paths)} articles, medians)"
    )


def page(imports: float, first: Asked, others: list[Asked], articles: int) -> str:
    """What was measured, for a person."""

    def median(values: Iterator[float]) -> str:
        return f"{statistics.median(values):.3f}"

    n_met = statistics.median(o.n_met for o in others)
    lines = [
        f"{articles:,} articles in the window; {len(others)} queries, compared with {n_met:g} texts (median)",
        f"imports {imports:.2f} s; the first query {first.wall:.2f} s, with lexica and kernels loaded",
        f"a query {median(o.wall for o in others)} s (median), {max(o.wall for o in others):.3f} (longest); "
        f"cpu {median(o.cpu for o in others)}",
        *(f"  {name:<10} {median(o.steps[name] for o in others)}" for name in STEPS),
        f"  {'the rest':<10} {median(o.wall - sum(o.steps.values()) for o in others)}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers", description="Measure queries on a large store."
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/answers"))
    given = parser.parse_args()
    begin = time.perf_counter()
    from pipeline import config, flow, query
    from pipeline.storage.store import Store

    imports = time.perf_counter() - begin
    assert query.query
    news, place = given.folder / f"news-{given.articles}.parquet", given.folder / f"store-{given.articles}"
    if not Store(place).runs():
        given.folder.mkdir(parents=True, exist_ok=True)
        generate.write(news, given.articles, seed=9)
        flow.run([str(news)], Store(place), config.Config(), publish_anyway=True)
    paths = strangers(news, given.folder / "asked", given.queries + 1)
    first, *others = asked(paths, place)
    print(page(imports, first, others, given.articles))
    print(commanded(paths[1:8], place))


if __name__ == "__main__":
    main()
