"""The commands on a store in an S3 server: the same tables and the same promises, without a link or a rename."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import config, flow, forget
from pipeline.checkup import checkup
from pipeline.errors import StoreBusyError, StoreError
from pipeline.storage import lease, write
from pipeline.storage.objects import Objects
from pipeline.storage.store import Store, open_store
from tests.conftest import Ended
from tests.test_forget import HEADLINE, TRACES, VICTIM, digest, found_in, nights, victim
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, partition

Reprints = Callable[..., Ended]
OTHER = " ".join(f"harbour{i} and ferry{i * 7 % 40}" for i in range(60))


def two_nights(folder: Path) -> tuple[Path, Path]:
    first = night(folder, "first", article("a"), article("b", body=f"{BODY} and more"), article("c", body=OTHER))
    return first, night(folder, "second", article("d", body=f"{BODY} told anew"), article("e", body=f"{OTHER} again"))


def run(place: str | Path, *inputs: Path, settings: config.Config = LENIENT) -> flow.Outcome:
    """A run in a local folder of its own, as on a machine that sees the store for the first time."""
    with open_store(place) as store:
        return flow.run([str(path) for path in inputs], store, settings)


def download(url: str, folder: Path) -> Path:
    """Every object of a store but its lock, as files."""
    objects = Objects(url)
    for kind in ("runs", "state"):
        for name in objects.listing(kind):
            objects.get(f"{kind}/{name}", folder / kind / name)
    objects.get("latest.json", folder / "latest.json")
    return folder


def upload(store: Path, url: str) -> None:
    """A store in a folder as one at a URL."""
    for kind in ("runs", "state"):
        for path in (path for path in (store / kind).rglob("*") if path.is_file()):
            Objects(url).put(path, path.relative_to(store).as_posix())
    Objects(url).replace("latest.json", (store / "latest.json").read_bytes(), None)


def broken(place: str) -> list[str]:
    with open_store(place) as store:
        return [f"{check.name}: {check.broken}" for check in checkup(store) if check.broken]


def test_two_nights_give_the_same_bytes_as_in_a_folder(bucket: str, tmp_path: Path) -> None:
    url, local = f"{bucket}/desk/store", tmp_path / "local"
    for name in two_nights(tmp_path):
        assert run(url, name).run_id == run(local, name).run_id
    assert run(url, tmp_path / "second.jsonl").run_id == ""
    mirrored = download(url, tmp_path / "mirrored")
    assert digest(mirrored) == digest(local)
    assert len(digest(local)) > 40
    assert partition(mirrored) == partition(local) == {frozenset("abd"), frozenset("ce")}
    assert broken(url) == []


def test_tables_in_parts_are_mirrored_and_parts_that_stay_are_not_uploaded_again(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    divided, local = config.Config(audit=LENIENT.audit, store=config.Store(divide_over=0)), tmp_path / "local"
    first, _ = two_nights(tmp_path)
    later = night(tmp_path, "later", article("f", NIGHT + timedelta(days=60), f"{BODY} after weeks"))
    copied = list[str]()
    copy = Objects.copy
    monkeypatch.setattr(Objects, "copy", lambda self, name, to: (copied.append(to), copy(self, name, to)))
    for name in (first, later):
        run(bucket, name, settings=divided)
        run(local, name, settings=divided)
    mirrored = download(bucket, tmp_path / "mirrored")
    tables = {path.relative_to(local) for path in local.glob("[rs]*/*/**/*.parquet") if path.is_file()}
    assert {path for path in tables if (mirrored / path).read_bytes() != (local / path).read_bytes()} == set()
    linked = {path.as_posix() for path in tables if (local / path).stat().st_nlink > 1 and "2026-05-08.1" in path.parts}
    assert set(copied) == linked != set()
    assert broken(bucket) == []


def test_readers_take_the_tables_by_their_url(bucket: str, tmp_path: Path) -> None:
    first, _ = two_nights(tmp_path)
    run(bucket, first)
    content = Objects(bucket).content("latest.json")
    assert content
    members = f"{bucket}/{json.loads(content)['folder']}/members.parquet"
    options = {"endpoint_url": os.environ["AWS_ENDPOINT_URL"]}
    assert pd.read_parquet(members, storage_options=options)["article_id"].tolist() == ["a", "b", "c"]
    assert pq.read_table(members).num_rows == 3


def test_every_command_takes_a_url(reprints: Reprints, bucket: str, tmp_path: Path) -> None:
    first, _ = two_nights(tmp_path)
    store = ("--store", f"{bucket}/store")
    ended = reprints("run", first, *store)
    assert (ended.code, f"tables: {bucket}/store/runs/2026-03-09.1 " in ended.out) == (0, True)
    (tmp_path / "night.toml").write_text(
        f'[night]\ninputs = ["second.jsonl"]\nstore = "{bucket}/store"\n[store]\ncache = "cache"\n'
    )
    assert reprints("nightly", "2026-03-09", "--config", tmp_path / "night.toml").code == 0
    (cached,) = (tmp_path / "cache").iterdir()
    assert (cached / "runs" / "2026-03-09.2" / "members.parquet").exists()
    assert "2 prints" in reprints("explain", "a", *store, "--at", "2026-03-09.1").out
    assert "They are in one cluster" in reprints("explain", "a", "d", *store).out
    (tmp_path / "asked.json").write_text(
        json.dumps({"id": "q", "date": "2026-03-09", "text": "a word of its own " * 12})
    )
    assert "a new article, q\n" in reprints("query", tmp_path / "asked.json", *store).out
    (tmp_path / "labels.csv").write_text("left_id,right_id,label\na,d,R\na,c,D\n")
    assert (
        json.loads(reprints("evaluate", tmp_path / "labels.csv", *store, "--format", "json").out)["store"] == store[1]
    )
    checked = reprints("verify-store", *store)
    assert (checked.code, "BROKEN" in checked.out) == (0, False)
    assert "the newest run is 2026-03-09.1 again" in reprints("rollback", *store).out
    assert reprints("explain", "d", *store).code == 2
    filled = reprints("backfill", "2026-03-09", "2026-03-10", "--config", tmp_path / "night.toml")
    assert (filled.code, re.findall(r"run (\S+):", filled.out)) == (0, ["2026-03-09.3", "2026-03-10.1"])
    assert "taken down: a" in reprints("forget", "a", *store).out
    assert "was taken down" in reprints("explain", "a", *store).out
    assert reprints("explain", "a", "--store", "s3://no-such-bucket-here/x").code == 2


def test_another_run_holds_it(reprints: Reprints, bucket: str, tmp_path: Path) -> None:
    first, _ = two_nights(tmp_path)
    with open_store(bucket) as store, store.locked():
        ended = reprints("run", first, "--store", bucket)
    assert (ended.code, f"{bucket}: another run holds this store: process" in ended.err) == (5, True)
    assert reprints("run", first, "--store", bucket, "--wait").code == 0


def test_verify_store_looks_at_the_objects(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRINTS_CACHE", str(tmp_path / "cache"))  # whose copies are whole
    first, _ = two_nights(tmp_path)
    run(bucket, first)
    objects = Objects(bucket)
    objects.remove("state/2026-03-09.1/sketches.arrow")
    assert [line for line in broken(bucket) if "state" in line]
    short = tmp_path / "short"
    short.write_bytes(b"PAR1")
    objects.remove("runs/2026-03-09.1/credits.parquet")
    objects.put(short, "runs/2026-03-09.1/credits.parquet")
    assert [line for line in broken(bucket) if line.startswith("readable")]


class Undisturbed(NamedTuple):
    """Two nights, the store after the first and after both; of which one run is kept."""

    second: Path
    before: Path
    after: Path


ONE_KEPT = config.Config(audit=LENIENT.audit, store=config.Store(keep_runs=1))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    first, second = two_nights(folder)
    run(folder / "before", first, settings=ONE_KEPT)
    shutil.copytree(folder / "before", folder / "after", symlinks=True)
    run(folder / "after", second, settings=ONE_KEPT)
    return Undisturbed(second, folder / "before", folder / "after")


@pytest.mark.parametrize("point", ["upload", "latest"])
def test_a_run_that_fails_publishes_nothing_and_the_next_is_right(
    undisturbed: Undisturbed, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    upload(undisturbed.before, bucket)
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "put" if point == "upload" else "replace", failing(point))
        with pytest.raises(StoreError, match="No space"):
            run(bucket, undisturbed.second, settings=ONE_KEPT)
    left = digest(download(bucket, tmp_path / "failed"))
    assert left.items() > digest(undisturbed.before).items()
    assert broken(bucket) == []
    assert run(bucket, undisturbed.second, settings=ONE_KEPT).run_id == "2026-03-09.2"
    assert digest(download(bucket, tmp_path / "after")) == digest(undisturbed.after)


def failing(point: str) -> Callable[..., Any]:
    """An upload that fails at its twentieth object, or the write of latest.json."""
    put, replace, n_put = Objects.put, Objects.replace, iter(range(1, 1_000))

    def failing_put(self: Objects, source: Path, name: str) -> None:
        if next(n_put) == 20:
            raise OSError(28, "No space left on device")
        put(self, source, name)

    def failing_replace(self: Objects, name: str, content: bytes, version: str | None) -> str:
        if name == "latest.json":
            raise OSError(28, "No space left on device")
        return replace(self, name, content, version)

    return failing_put if point == "upload" else failing_replace


_KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline import cli
from pipeline.storage.objects import Objects

put, replace, where = Objects.put, Objects.replace, sys.argv.pop(1)
n_put = iter(range(1, 1000))

def killed_put(self, source, name):
    if where == "upload" and next(n_put) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, source, name)

def killed_replace(self, name, content, version):
    if (name, where) == ("latest.json", "before"):
        os.kill(os.getpid(), signal.SIGKILL)
    version = replace(self, name, content, version)
    if (name, where) == ("latest.json", "after"):
        os.kill(os.getpid(), signal.SIGKILL)
    return version

Objects.put, Objects.replace = killed_put, killed_replace
cli.main()
"""


@pytest.mark.parametrize("where", ["upload", "before", "after"])
def test_a_run_that_is_killed_publishes_all_or_nothing_and_the_next_is_right(
    undisturbed: Undisturbed, bucket: str, tmp_path: Path, where: str
) -> None:
    upload(undisturbed.before, bucket)
    (tmp_path / "kept.toml").write_text("[store]\nkeep_runs = 1\n")
    command = [sys.executable, "-c", _KILLED, where, "run", str(undisturbed.second), "--store", bucket]
    command += ["--config", str(tmp_path / "kept.toml")]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    assert subprocess.run(command, check=False, capture_output=True, env=environment).returncode == -signal.SIGKILL
    assert broken(bucket) == []
    with open_store(bucket) as store:
        assert store.runs() == (["2026-03-09.2"] if where == "after" else ["2026-03-09.1"])
    assert Objects(bucket).listing("runs").keys() > {
        "2026-03-09.1/members.parquet"
    }  # to be removed, or to be read still
    with pytest.raises(StoreBusyError, match=r"if that has died, its lock ends in 1?\d?\d s"):
        run(bucket, undisturbed.second, settings=ONE_KEPT)
    expire(bucket)
    run(bucket, undisturbed.second, settings=ONE_KEPT)
    after = download(bucket, tmp_path / "after")
    told = json.loads((after / "latest.json").read_bytes())
    assert ("fence" in told) == (where == "after")  # then that run published nothing, it only took over
    write.write_json(after / "latest.json", {key: value for key, value in told.items() if key != "fence"})
    assert digest(after) == digest(undisturbed.after)


def expire(url: str) -> None:
    """Have the lock be of a process that died long ago."""
    found = Objects(url).read("lock")
    assert found
    told = json.loads(found.content) | {"renewed": time.time() - lease.SECONDS - 1}
    Objects(url).replace("lock", json.dumps(told).encode(), found.version)


def test_a_takedown_leaves_no_object_that_has_it(bucket: str, tmp_path: Path) -> None:
    local = nights(tmp_path)
    upload(local, bucket)
    assert {trace for trace in TRACES if list(found_in(download(bucket, tmp_path / "before"), trace))} == set(TRACES)
    with open_store(bucket) as store:
        done = forget.forget([VICTIM], store)
        assert done.run_id == forget.forget([VICTIM], Store(local)).run_id
        assert (done.articles, HEADLINE in str(done)) == ([VICTIM], False)
    after = download(bucket, tmp_path / "after")
    assert list(found_in(after, *TRACES)) == []
    assert digest(after) == digest(local)
    assert broken(bucket) == []
    again = run(bucket, night(tmp_path, "again", victim()))
    assert (again.run_id, again.counts["forgotten"]) == ("", 1)


def test_a_takedown_that_cannot_remove_is_an_error_that_names_the_objects(
    reprints: Reprints, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two_nights(tmp_path)
    run(bucket, first)
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "remove", lambda *_: None)
        ended = reprints("forget", "a", "--store", bucket)
    assert ended.code == 2
    assert f"remove them: {bucket}/runs/2026-03-09.1, {bucket}/state/2026-03-09.1" in ended.err
    assert "was taken down before" in reprints("forget", "a", "--store", bucket).out
    assert list(found_in(download(bucket, tmp_path / "after"), "Paper of a")) == []


def test_two_runs_at_once_publish_one_after_the_other(bucket: str, tmp_path: Path) -> None:
    first, second = two_nights(tmp_path)
    with open_store(bucket) as one, open_store(bucket) as other:
        with one.locked(), pytest.raises(StoreBusyError):
            flow.run([str(second)], other, LENIENT)
        flow.run([str(first)], one, LENIENT)
        outcome = flow.run([str(second)], other, LENIENT)  # which opened it before the first was published
        assert (outcome.run_id, outcome.tables["members"].num_rows) == ("2026-03-09.2", 5)
