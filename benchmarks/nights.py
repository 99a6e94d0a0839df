"""What a night costs on a store with history: `make nights [ARTICLES=10000] [NIGHTS=15]`.

A store takes in night after night of invented news, of which a tenth comes a day or more late. Then the last night is run on a
copy of it, and beside it, turn by turn, the same articles as a batch on an empty store: the same work but for the history.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import generate

LATE_SHARE = 0.1
LATE_DAYS = 6  # at most
_MEASURED = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(json.dumps([code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2]))
"""


def deliver(folder: Path, articles: int, nights: int, seed: int) -> list[Path]:
    """Write what each night brings, a Parquet file each: the articles of its day, and late ones of days before.

    A day more is invented and left out, for on the last one no story begins.
    """
    folder.mkdir(parents=True)
    paths = [folder / f"{number:03}.parquet" for number in range(nights)]
    chance = np.random.default_rng(seed)
    writers = [pq.ParquetWriter(path, generate.SCHEMA, compression="zstd") for path in paths]
    for batch in generate.batches(articles * (nights + 1), seed, days=nights + 1):
        at = pc.strptime(batch["published"].cast(pa.string()), "%Y-%m-%dT%H:%M:%SZ", "s")
        day = (at.cast(pa.int64()).to_numpy() - int(generate.FIRST_DAY.timestamp())) // generate.DAY
        late = np.where(chance.random(len(day)) < LATE_SHARE, chance.integers(1, LATE_DAYS + 1, len(day)), 0)
        night = day + late
        for number in np.unique(night[night < nights]):
            writers[number].write_table(pa.Table.from_batches([batch]).filter(pa.array(night == number)))
    for writer in writers:
        writer.close()
    return paths


def run(nights: list[Path], number: int, store: Path, config: Path) -> tuple[float, float]:
    """(seconds, peak memory in GiB) of nights as one run of the date of the last, in a process of its own."""
    as_of = generate.FIRST_DAY + timedelta(days=number + 1)
    command = [str(Path(sys.executable).parent / "reprints"), "run", *map(str, nights), "--store", str(store)]
    command += ["--config", str(config), "--as-of", as_of.isoformat()]
    began = time.perf_counter()
    ended = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True)
    code, peak = json.loads(ended.stdout)
    if code:
        raise SystemExit(f"a run ended with exit code {code}: {' '.join(command)}")
    return time.perf_counter() - began, peak


def seeded(folder: Path, articles: int, nights: int, together: int, config: Path, seed: int) -> tuple[Path, list[Path]]:
    """A store with all nights but the last, so many of them in a run, and the files of the nights.

    What an earlier call made of them is used.
    """
    store, paths = folder / "store", [folder / "inbox" / f"{number:03}.parquet" for number in range(nights)]
    if not paths[-1].exists():
        shutil.rmtree(folder / "inbox", ignore_errors=True)
        deliver(folder / "inbox", articles, nights, seed)
    latest = store / "latest.json"
    done = len(json.loads((store / "current" / "manifest.json").read_text())["history"]) if latest.exists() else 0
    for first in range(done * together, nights - 1, together):
        last = min(first + together, nights - 1)
        seconds, peak = run(paths[first:last], last - 1, store, config)
        print(f"nights {first + 1} to {last}: {seconds:.1f} s, {peak:.2f} GiB", flush=True)
    return store, paths


def measure(folder: Path, articles: int, nights: int, together: int, rounds: int, seed: int) -> dict[str, Any]:
    """Seconds and memory of the last night and of the same articles as a batch, and the medians of their ratios."""
    config = folder / "nights.toml"
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(
        f"[store]\nkeep_runs = 1\ndivide_over = {2 * articles}\n", encoding="utf-8"
    )  # as a store of years is
    store, paths = seeded(folder, articles, nights, together, config, seed)
    found: dict[str, list[tuple[float, float]]] = {"night": [], "batch": []}
    for _ in range(rounds):
        for name, of in (("night", store), ("batch", None)):
            copy = folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            if of is not None:
                subprocess.run(["cp", "-al", str(of), str(copy)], check=True)
                shutil.copy(of / "latest.json", copy / ".latest")
                (copy / ".latest").replace(copy / "latest.json")
            found[name].append(run(paths[-1:], nights - 1, copy, config))
            if name == "night":
                steps = json.loads((copy / "current" / "manifest.json").read_text())["seconds"]
                grown = _gb(copy / "state"), _gb(copy / "runs")
    return {
        "articles": articles,
        "history": articles * (nights - 1),
        **found,
        "ratio": statistics.median(n[0] / b[0] for n, b in zip(found["night"], found["batch"], strict=True)),
        "steps": steps,
        "state_gb": grown[0],
        "tables_gb": grown[1],
        "at": datetime.now(UTC).date().isoformat(),
    }


def _gb(folder: Path) -> float:
    """What a folder takes on the disk; a file with several names counts once."""
    files = {
        (told.st_dev, told.st_ino): told.st_size
        for told in (file.stat() for file in folder.rglob("*") if file.is_file())
    }
    return round(sum(files.values()) / 1e9, 3)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000, help="articles a night")
    parser.add_argument("--nights", type=int, default=15, help="nights, the measured one among them")
    parser.add_argument("--together", type=int, default=1, help="nights of the history in one run, to be there sooner")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the store is made and kept for the next time")
    options = parser.parse_args()
    folder = options.folder or Path("build/bench") / f"nights-{options.articles}-{options.nights}"
    found = measure(folder, options.articles, options.nights, options.together, options.rounds, options.seed)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
