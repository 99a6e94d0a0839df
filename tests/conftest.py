"""Fixtures that several tests share."""

from __future__ import annotations

import csv
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from hypothesis import settings

from pipeline import cli
from tests import shown

settings.register_profile("steady", derandomize=True, deadline=None)  # the same examples every time, on any machine
settings.register_profile("fuzz", max_examples=100, deadline=None, print_blob=True)  # others every time: `make fuzz`
settings.load_profile("steady")

GOLDEN = Path(__file__).parent / "golden"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not go over it a thousand times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _unwaited() -> Iterator[None]:
    """A run does not wait until the disk has what it wrote: no test here pulls the plug, and they make a thousand stores."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def reprints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """The console script, in this process."""

    def call(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["reprints", *map(str, arguments)])
        monkeypatch.setattr(cli, "leave", lambda: None)  # this process goes on
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def wire_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with the bundled day in it, made once, however many processes test. Read it; a test that writes copies it."""
    from pipeline import config, flow
    from pipeline.storage.store import Store

    path = _of_all_workers(tmp_path_factory) / "wire-day"
    with FileLock(f"{path}.lock"):
        if not (path / "latest.json").exists():
            flow.run([str(GOLDEN / "wire-day")], Store(path), config.load(GOLDEN / "wire-day.toml"))
    before = _bytes_below(path)
    yield path
    assert _bytes_below(path) == before, f"a test wrote to {path}, which others read"


def _of_all_workers(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of a test run, the same in every process that tests."""
    return factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()


def _bytes_below(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `make demo` prints: run once, however many processes test."""
    said = _of_all_workers(tmp_path_factory) / "demo.txt"
    with FileLock(f"{said}.lock"):
        if not said.exists():
            said.write_text(shown.run("make demo"), encoding="utf-8")
    return said.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def wire_day_truth() -> dict[str, dict[str, str]]:
    """What an editor says of each article of that day, by article id."""
    with (GOLDEN / "wire-day-expected.csv").open(encoding="utf-8", newline="") as file:
        return {row["article_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The URL of an S3 server in this process, spoken to over HTTP as any other."""
    from moto.server import create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_backend_app("s3")  # alone: to find out of which service a request is takes longer than to answer it
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty bucket, with what is needed to use it in the environment."""
    import boto3

    environment = {"ENDPOINT_URL": s3, "ACCESS_KEY_ID": "nobody", "SECRET_ACCESS_KEY": "nothing"}
    environment |= {"DEFAULT_REGION": "us-east-1", "CONFIG_FILE": os.devnull, "SHARED_CREDENTIALS_FILE": os.devnull}
    for name, value in environment.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    client = boto3.client("s3")
    name = f"news-{len(client.list_buckets()['Buckets'])}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of labelled articles, where there is one."""
    folder = os.environ.get("REPRINTS_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REPRINTS_DATA names no folder of labelled articles")
    return Path(folder)
