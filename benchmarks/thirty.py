"""Thirty nights as a user runs them: `make thirty [SEED=7]`.

The stories of the wire day are spread over a month: each is printed over some days and again weeks later, by its newspapers
and by others, in their forms, scripts, furniture and credits. Articles come late, come twice, come with another text; an agency
takes a story back; one night is mostly broken (`make nightly` ends with 3, and with 0 once it is mended); one is missing and
comes later (`make backfill`). After each night the store must be sound and ids may have moved only with an event. At the end
one batch of everything must have the same clusters, canonicals, furniture and kills, and a second store, with other batches,
one thread and another hash seed, the same bytes in every table of every run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.golden import make_wire_day as day

ROOT = Path(__file__).parents[1]
REPRINTS = str(Path(sys.executable).parent / "reprints")
FIRST, NIGHTS = date(2026, 2, 2), 30
BROKEN, MISSING, CAME = 11, 17, 20  # nights: mostly rejects; not delivered; and when that one came
CONFIG = """
[clean]
publishers = "{golden}/wire-day-publishers.csv"
[night]
inputs = ["{folder}/inbox/{{date}}"]
store = "{store}"
zone = "Europe/London"
[store]
keep_runs = 60
[audit]
records = "off"
singletons = "off"
"""
OTHERWISE = "[read]\nbatch_rows = 5\n"
SETTINGS_THAT_DECIDE_NOTHING = {"PYTHONHASHSEED": "4711", "NUMBA_NUM_THREADS": "1", "REPRINTS_THREADS": "1"}
Row = dict[str, Any]


# --- what the nights bring ----------------------------------------------------------------------------------------


def reprinted(rows: list[Row], chance: random.Random) -> Iterator[Row]:
    """Other prints of what agencies sent, by newspapers that print its language, cut and edited."""
    language = {
        row["at"]: row["story"].partition("-")[0] for row in rows if row["story"].startswith(("ko-", "hi-", "ja-"))
    }
    for row in rows:
        if row["grade"] != "full" or row["edits"] or chance.random() > 0.6:
            continue
        others = sorted(
            {other["at"] for other in rows if language.get(other["at"]) == language.get(row["at"])} - {row["at"]}
        )
        at = chance.choice([name for name in others if name not in {"apnews", "yonhap"}] or others)
        edits = chance.choice(("", "cut 0.7", "cut 0.55", "drop -1"))
        yield row | {
            "at": at,
            "id": f"{row['id']}-{at[:2]}",
            "edits": edits,
            "dateline": "",
            "tail": "",
            "deck": "",
            "caption": "",
        }


def deliveries(seed: int) -> list[dict[str, Any]]:
    """Each night's `items` and `late` ones (new versions), as `make_wire_day.inputs` takes them."""
    chance = random.Random(seed)
    rows, texts, mastheads, _ = day.load()
    nights: list[dict[str, list[Row]]] = [{"items": [], "late": []} for _ in range(NIGHTS)]

    def bring(night: int, item: Row, kind: str = "items") -> None:
        nights[min(night, NIGHTS - 1)][kind].append(item)

    for season, begins in enumerate((0, 14)):
        of_season = [row | {"id": f"{row['id']}{'-ii' * season}"} for row in rows]
        of_season = [*of_season, *reprinted(of_season, chance)]
        starts = {story: begins + chance.randrange(14) for story in sorted({row["story"] for row in rows})}
        for row in of_season:
            night = min(starts[row["story"]] + chance.choice((0, 0, 0, 0, 1, 2, 5)), NIGHTS - 1)
            of = FIRST + timedelta(days=night)
            is_corrected = "correction" in texts[row["story"]]  # that version has the time of its change, this one none
            item = day.printed(row | ({"modified": ""} if is_corrected else {}), texts, mastheads[row["at"]], of=of)
            came = night + chance.choice((0,) * 8 + (1, 4))
            bring(came, item)
            if chance.random() < 0.1:
                bring(came + 1, item)  # again
            if chance.random() < 0.1:
                changed = f"{item['text'].rstrip()}\nThis story has been updated with the reply of the town council.\n"
                bring(came + chance.choice((1, 2)), item | {"text": changed})
            if is_corrected:
                bring(came + 1, day.printed(row, texts, mastheads[row["at"]], corrected=True, of=of), "late")
        if season == 0:
            bring(
                starts["ferry"] + 3,
                kill(texts, mastheads, FIRST + timedelta(days=min(starts["ferry"] + 3, NIGHTS - 1))),
            )
    return nights


def kill(texts: Mapping[str, Row], mastheads: Mapping[str, Row], of: date) -> Row:
    """The agency takes its story back, in words of its own."""
    row = dict.fromkeys(("deck", "caption", "byline", "dateline", "tail", "edits", "grade", "status", "modified"), "") | {
        "id": "ap-kill-1", "story": "kill", "time": "09:00",
        "headline": f"STORY WITHDRAWN: {texts['ferry']['headline']}",
    }  # fmt: skip
    text = {
        "body": "Editors, please kill the story named above. A spokesman whom it quotes was not there.",
        "headline": "",
    }
    return day.printed(row, {"kill": text}, mastheads["apnews"], of=of)


def deliver(folder: Path, nights: list[dict[str, Any]]) -> None:
    """The inbox: a folder a night."""
    for number, night in enumerate(nights):
        target = folder / f"{FIRST + timedelta(days=number)}"
        target.mkdir(parents=True)
        feeds = {item["masthead"]["feed"] for item in night["items"]} | (
            {"crawl-late.jsonl"} if night["late"] else set()
        )
        once = {item["id"]: item for item in night["items"]}
        again = [item for item in night["items"] if once[item["id"]] is not item]
        for copies, below in ((list(once.values()), target), (again, target / "again")):
            some = {"items": copies, "late": night["late"] if below == target else []}
            for name, content in _files(some, feeds):
                (below / name).parent.mkdir(parents=True, exist_ok=True)
                (below / name).write_bytes(content)


def _files(night: Mapping[str, list[Row]], feeds: set[str]) -> Iterator[tuple[str, bytes]]:
    items = night["items"]
    if not any(item["masthead"]["feed"] == "feed.csv" for item in items):
        feeds = feeds - {"feed.csv"}
        shown = [*items, {"masthead": {"feed": "feed.csv", "stamp": "", "name": ""}, "id": "", "url": "", "headline": "",
                          "byline": "", "published": day.clock("00:00", "UTC"), "status": "", "text": ""}]  # fmt: skip
    else:
        shown = items
    for name, content in day.inputs(shown, night["late"], []).items():
        if name.startswith("pages/") or name in feeds:
            yield name, content


# --- running and checking ------------------------------------------------------------------------------------------


def make(target: str, more: Mapping[str, str] | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", target, *(f"{name}={value}" for name, value in variables.items())]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(more or {})}, capture_output=True, text=True, check=False
    )


def expect(done: subprocess.CompletedProcess[str], code: int) -> None:
    """make itself ends with 2 where the command failed, and says its exit code."""
    found = 0 if done.returncode == 0 else int(done.stderr.rpartition("Error ")[2].split()[0])
    if found != code:
        raise SystemExit(f"{done.args} ended with {found}, not {code}\n{done.stdout}{done.stderr[-3000:]}")


def table(folder: Path, name: str) -> list[Row]:
    rows: list[Row] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def clusters(run: Path) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table(run, "members"):
        found.setdefault(row["cluster_id"], set()).add(row["article_id"])
    return {cluster_id: frozenset(ids) for cluster_id, ids in found.items()}


def digests(store: Path) -> dict[str, str]:
    """The bytes of every table of every kept run."""
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((store / "runs").rglob("*.parquet"))
    }


def moved_without_event(before: Mapping[str, frozenset[str]], run: Path, run_id: str) -> list[str]:
    """Articles that are in another cluster than before, though no event of this run says so."""
    where = {article: cluster_id for cluster_id, articles in clusters(run).items() for article in articles}
    told = {row["cluster_id"] for row in table(run, "events") if row["run_id"] == run_id}
    told |= {row["from_id"] for row in table(run, "events") if row["run_id"] == run_id and row["event"] == "split"}
    return [
        f"{article}: {cluster_id} -> {where.get(article)}"
        for cluster_id, articles in before.items()
        for article in sorted(articles)
        if where.get(article) != cluster_id and cluster_id not in told
    ]


def nights_of(folder: Path, store: Path, config: Path, nights: int, more: Mapping[str, str]) -> Counter[str]:
    """Run the first so many nights; what was seen."""
    seen: Counter[str] = Counter()
    before: dict[str, frozenset[str]] = {}
    held_back = folder / "held-back"
    for number in range(nights):
        night = f"{FIRST + timedelta(days=number)}"
        inbox = folder / "inbox" / night
        if number == MISSING:
            inbox.rename(held_back)
            expect(make("nightly", more, DATE=night, CONFIG=str(config)), 2)
            seen["missing"] += 1
            continue
        if number == BROKEN:
            (inbox / "broken.jsonl").write_text("{broken\n" * 200)
            expect(make("nightly", more, DATE=night, CONFIG=str(config)), 3)
            (inbox / "broken.jsonl").unlink()
            seen["refused"] += 1
        before = _night(store, before, make("nightly", more, DATE=night, CONFIG=str(config)), seen)
        if number == CAME:
            late = f"{FIRST + timedelta(days=MISSING)}"
            held_back.rename(folder / "inbox" / late)
            before = _night(store, before, make("backfill", more, FROM=late, TO=night, CONFIG=str(config)), seen)
        if number % 7 == 6:
            runs = len(json.loads((store / "latest.json").read_text())["runs"])
            expect(make("nightly", more, DATE=night, CONFIG=str(config)), 0)
            if len(json.loads((store / "latest.json").read_text())["runs"]) != runs:
                raise SystemExit(f"{night} again published another run")
            seen["repeated"] += 1
    return seen


def _night(
    store: Path, before: dict[str, frozenset[str]], done: subprocess.CompletedProcess[str], seen: Counter[str]
) -> dict[str, frozenset[str]]:
    """What is published after a night that has to have ended well, and be sound."""
    expect(done, 0)
    run_id = json.loads((store / "latest.json").read_text())["run_id"]
    checked = subprocess.run(
        [REPRINTS, "verify-store", "--store", store, "--at", run_id], capture_output=True, text=True, check=False
    )
    faults = moved_without_event(before, store / "current", run_id)
    if checked.returncode or faults:
        raise SystemExit(f"after {run_id}: {faults}\n{checked.stdout}{checked.stderr}")
    seen["nights"] += 1
    return clusters(store / "current")


def told(run: Path) -> Iterator[str]:
    """The events as they read, story by story."""
    headlines = {row["cluster_id"]: row["headline"] for row in table(run, "clusters")}
    rows: dict[str, list[Row]] = {}
    place = {run_id: number for number, run_id in enumerate(json.loads((run / "manifest.json").read_text())["history"])}
    for row in sorted(table(run, "events"), key=lambda row: place[row["run_id"]]):
        rows.setdefault(row["cluster_id"], []).append(row)
    for cluster_id, of_cluster in rows.items():
        yield f"{cluster_id}  {headlines.get(cluster_id, '(no longer there)')}"
        for row in of_cluster:
            ids = " -> ".join(filter(None, (row["from_id"], row["to_id"])))
            yield f"    {row['run_id']:<14} {row['event']:<18} {row['reason']}{f'  [{ids}]' if ids else ''}"


def outcome(run: Path) -> dict[str, Any]:
    """What must not depend on nights."""
    members = table(run, "members")
    return {
        "clusters": set(clusters(run).values()),
        "canonicals": {row["article_id"] for row in members if row["is_canonical"]},
        "furniture": table(run, "furniture"),
        "statuses": {row["article_id"]: (row["status"], row["notice_id"]) for row in members},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--nights", type=int, default=NIGHTS, help="the first so many alone")
    parser.add_argument("--once", action="store_true", help="without the second store")
    parser.add_argument("--folder", type=Path, help="kept, with its stores, to look at")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reprints-thirty-") as name:
        folder = options.folder or Path(name)
        shutil.rmtree(folder, ignore_errors=True)
        deliver(folder / "inbox", deliveries(options.seed))
        stores = [folder / "first"] + ([] if options.once else [folder / "second"])
        for store, extra, more in zip(stores, ("", OTHERWISE), ({}, SETTINGS_THAT_DECIDE_NOTHING), strict=False):
            config = folder / f"{store.name}.toml"
            config.write_text(CONFIG.format(golden=ROOT / "tests" / "golden", folder=folder, store=store) + extra)
            begun = time.perf_counter()
            seen = nights_of(folder, store, config, options.nights, more)
            print(f"{store.name}: {dict(seen)}, {time.perf_counter() - begun:.0f} s", flush=True)
        nights = [str(folder / "inbox" / f"{FIRST + timedelta(days=number)}") for number in range(options.nights)]
        end = json.loads((stores[0] / "current" / "manifest.json").read_text())["as_of"]
        config = folder / "first.toml"
        batch = [REPRINTS, "run", *nights, "--store", folder / "batch", "--config", config, "--as-of", end]
        subprocess.run(batch, capture_output=True, check=True)
        print("\n".join(told(stores[0] / "current")))
        by_night, at_once = (outcome(store / "current") for store in (stores[0], folder / "batch"))
        faults = [f"{what} differ from those of one batch" for what in by_night if by_night[what] != at_once[what]]
        if len(stores) > 1 and digests(stores[0]) != digests(stores[1]):
            differ = sorted(dict(digests(stores[0]).items() ^ digests(stores[1]).items()))
            faults.append(f"other bytes in {len(differ)} tables of the second store: {', '.join(differ[:8])}")
        events = Counter(row["event"] for row in table(stores[0] / "current", "events"))
        kinds = Counter(status for status, _ in by_night["statuses"].values())
        print(
            f"\n{len(by_night['statuses'])} articles in {len(by_night['clusters'])} clusters, {dict(kinds)}; {dict(events)}"
        )
        print(
            "\n".join(faults)
            or f"one batch makes the same; {len(digests(stores[0]))} tables, byte for byte in {len(stores)} stores"
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
