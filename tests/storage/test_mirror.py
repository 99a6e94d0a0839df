"""A store at a URL: its lock, what is fetched and uploaded, and who may publish. On an S3 server over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fsspec.core import url_to_fs
from fsspec.implementations.memory import MemoryFileSystem

from pipeline.errors import StoreBusyError, StoreError
from pipeline.storage import lease, write
from pipeline.storage.mirror import Mirror
from pipeline.storage.objects import ChangedError, Objects
from pipeline.storage.store import Store, open_store
from tests.storage.test_state import NOON, publish

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

ONE, TWO, THREE = "2026-03-09.1", "2026-03-09.2", "2026-03-09.3"


@pytest.fixture(params=["s3", "memory"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty place in a store that looks to conditions itself, and in one that does not."""
    if request.param == "s3":
        yield f"{request.getfixturevalue('bucket')}/wire/store"
    else:
        yield "memory://wire/store"
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]


def test_a_file_url_names_a_folder_of_this_machine(tmp_path: Path) -> None:
    for name, written in (
        ("plain", "plain"),
        ("with space", "with%20space"),
        ("ärger#1", "%C3%A4rger%231"),
        ("%41", "%2541"),
    ):
        for host in ("", "localhost"):
            with open_store(f"file://{host}{tmp_path}/{written}") as store:
                assert (store.path, store.name) == (tmp_path / name, str(tmp_path / name))
    with open_store(tmp_path / "with%20space") as store:
        assert store.path == tmp_path / "with%20space"  # a path is no URL


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file://store", "names no folder of this machine"),
        ("file://nas/share/store", "names no folder of this machine"),
        ("file://", "names no folder of this machine"),
        ("file:///tmp/a#1", "%23 for a hash"),
        ("file:///tmp/a?b", "%3F for a question mark"),
    ],
)
def test_a_file_url_that_names_none_is_refused(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=f"^{re.escape(url)}: .*{words}"), open_store(url):
        pass


def names(url: str) -> set[str]:
    """All objects of a store, but its lock."""
    objects = Objects(url)
    found = {f"{kind}/{name}" for kind in ("runs", "state") for name in objects.listing(kind)}
    return found | {name for name in objects.entries() if name == "latest.json"}


def folders(url: str) -> set[str]:
    return {name.rpartition("/")[0] for name in names(url)} - {""}


def told(url: str, name: str = "latest.json") -> dict[str, object]:
    found = Objects(url).content(name)
    assert found is not None
    content: dict[str, object] = json.loads(found)
    return content


def age(url: str, seconds: float) -> None:
    """Have the lock be renewed so long ago, as when its holder died then."""
    objects = Objects(url)
    found = objects.read("lock")
    assert found is not None
    holder = json.loads(found.content)
    assert holder["holder"]
    objects.replace("lock", json.dumps(holder | {"renewed": time.time() - seconds}).encode(), found.version)


class Traffic:
    """Counts what goes to and from stores, and lets it through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: Counter[str] = Counter()
        for verb in ("get", "put", "copy"):
            monkeypatch.setattr(Objects, verb, self._counting(verb, getattr(Objects, verb)))

    def _counting(self, verb: str, call: Callable[..., None]) -> Callable[..., None]:
        def counted(*of: Any) -> None:
            self.seen[verb] += 1
            call(*of)

        return counted


# --- what is read and written


def test_a_store_at_a_url_lies_as_one_in_a_folder_does(url: str, tmp_path: Path) -> None:
    publish(Store(tmp_path / "store"), ONE)
    with open_store(url) as store:
        publish(store, ONE)
        assert (store.name, store.current(), store.runs()) == (url, f"{url}/runs/{ONE}", [ONE])
        assert store.published_at() == pytest.approx(time.time(), abs=60)
    with open_store(tmp_path / "store") as local:
        assert told(url) == json.loads((tmp_path / "store" / "latest.json").read_bytes())
        files = {f.relative_to(local.path).as_posix() for f in local.path.rglob("*") if f.is_file()} - {"lock"}
    assert names(url) == {name for name in files if not name.startswith("current/")}


def test_a_folder_of_the_moment_is_private_and_goes(url: str) -> None:
    with open_store(url) as store:
        publish(store, ONE)
        folder = store.path
        assert {path.stat().st_mode & 0o777 for path in (folder, folder / "state")} == {0o700}
    assert not folder.exists()


def test_a_reader_fetches_the_runs_it_reads_and_no_others(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(url) as store:
        for run_id in (ONE, TWO, THREE):
            publish(store, run_id)
    traffic = Traffic(monkeypatch)
    with open_store(url) as store:
        assert store.manifest(ONE)["run_id"] == ONE
        assert (store.runs(), traffic.seen["get"]) == ([ONE, TWO, THREE], 0)
        assert store.table("members", TWO).num_rows == 0
        assert {path.name for path in (store.path / "runs").iterdir()} == {TWO}
        assert [part.number for part in store.state(ONE).parts] == [1]
        assert {path.name for path in (store.path / "state").iterdir()} == {ONE}


def test_what_was_fetched_or_published_is_not_fetched_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRINTS_CACHE", str(tmp_path / "cache"))
    traffic = Traffic(monkeypatch)
    for run_id in (ONE, TWO):
        with open_store(url) as store:
            publish(store, run_id)
            store.table("members")
    assert traffic.seen["get"] == 0
    (folder,) = (tmp_path / "cache").iterdir()
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "state")} == {0o700}
    with open_store(url, str(tmp_path / "elsewhere")) as store:
        store.table("members")
        n_first = traffic.seen["get"]
    with open_store(url, str(tmp_path / "elsewhere")) as store:
        store.table("members")
    assert n_first == traffic.seen["get"] > 0


def test_a_copy_that_is_not_whole_or_of_another_store_is_fetched_anew(url: str, tmp_path: Path) -> None:
    cache = str(tmp_path)
    with open_store(url) as store:
        publish(store, ONE)
    with open_store(url, cache) as store:
        folder = store.folder()
    record = folder / ".objects.json"
    (folder / "members.parquet").unlink()
    record.unlink()  # as a copy of an older release, or one whose fetching was killed
    with open_store(url, cache) as store:
        assert store.table("members").num_rows == 0
    files, root = url_to_fs(url)
    files.rm(root, recursive=True)
    with open_store(url) as store:
        publish(store, ONE, newest=NOON + timedelta(hours=1))
    before = record.read_text()
    with open_store(url, cache) as store:
        assert store.folder() == folder
    assert record.read_text() != before


def test_folders_in_folders_are_mirrored_and_linked_files_copied_by_the_store(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = Traffic(monkeypatch)
    with open_store(url) as store, store.locked():
        table = store.work / "tables" / "members.parquet"
        (table / "week=10").mkdir(parents=True)
        for name in ("week=10/0.parquet", "week=10/1.parquet"):
            (table / name).write_text(f"of {name}")
        write.write_json(store.work / "tables" / "manifest.json", {"run_id": ONE, "parts": [], "history": [ONE]})
        store.publish(ONE, 30)
        n_first = traffic.seen["put"]
    with open_store(url) as store, store.locked():
        table, before = store.work / "tables" / "members.parquet", store.folder() / "members.parquet"
        (table / "week=10").mkdir(parents=True)
        (table / "week=10" / "0.parquet").hardlink_to(before / "week=10" / "0.parquet")
        (table / "week=10" / "2.parquet").write_text("new")
        write.write_json(store.work / "tables" / "manifest.json", {"run_id": TWO, "parts": [], "history": [ONE, TWO]})
        store.publish(TWO, 30)
    assert (n_first, traffic.seen["put"], traffic.seen["copy"], traffic.seen["get"]) == (3, 5, 1, 3)
    with open_store(url) as store:
        store.folder(ONE)
        shared = [store.folder(run_id) / "members.parquet" / "week=10" / "0.parquet" for run_id in (ONE, TWO)]
        assert shared[0].samefile(shared[1]) == url.startswith("s3://")
        files = (store.folder() / "members.parquet").rglob("*.parquet")
        assert {path.name: path.read_text() for path in files} == {
            "0.parquet": "of week=10/0.parquet",
            "2.parquet": "new",
        }


def test_retention_and_rollback_remove_the_objects(url: str) -> None:
    with open_store(url) as store:
        for run_id in (ONE, TWO, THREE):
            publish(store, run_id, keep=2, reach=NOON)
    assert folders(url) == {f"runs/{TWO}", f"runs/{THREE}", f"state/{ONE}", f"state/{TWO}", f"state/{THREE}"}
    with open_store(url) as store, store.locked():
        assert store.rollback() == TWO
    assert folders(url) == {f"runs/{TWO}", f"state/{ONE}", f"state/{TWO}"}
    assert told(url)["rolled_back"] == [THREE]


def test_a_folder_that_was_made_in_a_console_is_empty(bucket: str) -> None:
    import boto3

    for run_id, marker in ((ONE, "desk/store/"), (TWO, "desk/store/runs/")):
        boto3.client("s3").put_object(Bucket=bucket.removeprefix("s3://"), Key=marker)
        with open_store(f"{bucket}/desk/store") as store:
            publish(store, run_id)
            assert store.unneeded() == []


def test_what_is_no_store_is_left_alone(url: str) -> None:
    Objects(url).replace("letters/a.txt", b"dear", None)
    with (
        pytest.raises(StoreError, match=r"is not a store: .* it holds letters"),
        open_store(url) as store,
        store.locked(),
    ):
        pass
    assert Objects(url).entries() == ["letters"]


def test_copies_of_what_left_the_store_go_with_the_next_command(url: str, tmp_path: Path) -> None:
    with open_store(url) as store:
        publish(store, ONE)
        publish(store, TWO)
    with open_store(url, str(tmp_path)) as reader:
        copy = reader.folder(ONE)
        assert copy.is_dir()
    with open_store(url) as store:
        publish(store, THREE, keep=2)
    with open_store(url, str(tmp_path)) as reader:
        assert (reader.runs(), copy.exists()) == ([TWO, THREE], False)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gs://bucket/store", r"pip install \"newswire-reprints\[s3\]\""),
        ("nowhere://store", "Protocol not known: nowhere"),
        ("s3://", r"s3://: names no place; a store has a URL like s3://bucket/prefix"),
        ("simplecache::memory://store", "a store has a plain URL"),
    ],
)
def test_urls_that_cannot_be_opened_are_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words), open_store(url):
        pass


def test_a_bucket_that_is_not_there_is_an_error_in_words(bucket: str) -> None:
    with open_store(f"{bucket}-of-others/store") as store:
        with pytest.raises(StoreError, match="no run is published here"):
            store.run_id()
        with pytest.raises(StoreError, match=r"cannot write lock: .*bucket does not exist"), store.locked():
            pass


# --- who may write


def test_one_writes_and_another_is_told_who(url: str) -> None:
    with open_store(url) as one, open_store(url) as other:
        told_who = rf"process {os.getpid()} on .* since 20.*wait for it with --wait"
        with one.locked(), pytest.raises(StoreBusyError, match=told_who), other.locked():
            pass
        assert other.runs() == []
        publish(other, ONE)


def test_waiting_ends_when_the_other_lets_go(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 3.0)
    held, order = threading.Event(), list[str]()

    def hold() -> None:
        with open_store(url) as store, store.locked():
            held.set()
            time.sleep(4.5)  # more than the lock holds without being renewed
            order.append("one")

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with open_store(url) as store, store.locked(wait=True):
        order.append("other")
    thread.join()
    assert order == ["one", "other"]


def test_the_lock_of_the_dead_ends_by_itself(url: str) -> None:
    with open_store(url) as store:
        publish(store, ONE)
    with open_store(url) as dead, dead.locked():
        age(url, lease.SECONDS - 5)
        with pytest.raises(StoreBusyError, match=r"its lock ends in [0-5] s"), open_store(url) as store, store.locked():
            pass
        age(url, lease.SECONDS + 1)
        with open_store(url) as store:
            publish(store, TWO)
    assert (told(url)["runs"], told(url, "lock")) == ([ONE, TWO], {"holder": None})


def test_who_was_taken_over_does_not_publish(url: str) -> None:
    """Not even when it was stopped between its last look at the lock and the write: what it replaces has changed."""
    with open_store(url) as store:
        publish(store, ONE)
    with open_store(url) as stopped, open_store(url) as other:
        with pytest.raises(StoreBusyError, match="another run has taken the store meanwhile; nothing was published"):
            publish(Late(stopped, other), TWO)
        assert (told(url)["runs"], "fence" in told(url)) == ([ONE], True)
        publish(other, TWO)
    assert (told(url)["runs"], "fence" in told(url)) == ([ONE, TWO], False)
    assert folders(url) == {f"runs/{ONE}", f"state/{ONE}", f"runs/{TWO}", f"state/{TWO}"}


def test_words_that_are_let_go_leave_the_store_too(url: str, tmp_path: Path) -> None:
    store, words = Mirror(url, tmp_path / "cache"), {f"state/{ONE}/records.parquet", f"state/{ONE}/bodies.parquet"}
    publish(store, ONE)
    publish(store, TWO, newest=NOON + timedelta(days=9))
    assert words <= names(url)
    rest = names(url) - words
    with store.locked():
        store._let_go(f"state/{ONE}")
    assert names(url) & words == set()
    assert names(url) >= {name for name in rest if name.startswith(f"state/{ONE}")}
    again = Mirror(url, tmp_path / "cache")
    assert not (again.ref(again.parts(TWO)[0]).folder / "records.parquet").exists()


class Late:
    """A store whose run is stopped as it begins to publish, while another takes its lock over; and which does not look."""

    def __init__(self, store: Store, other: Store) -> None:
        self._store, self._other = store, other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def publish(self, *of: Any, **more: Any) -> None:
        assert isinstance(self._store, Mirror)
        age(self._store.name, lease.SECONDS + 1)
        with self._other.locked():
            self._store._lease.check = lambda: None
            self._store.publish(*of, **more)


_STOPPED = """
import sys
from pipeline.errors import StoreBusyError
from pipeline.storage import lease, write
from pipeline.storage.mirror import Mirror
from pipeline.storage.store import open_store
from tests.storage.test_state import publish

lease.SECONDS = 2.0
place = Mirror._place

def stopped(self, moves):
    print("ready", flush=True)
    sys.stdin.readline()
    place(self, moves)

Mirror._place = stopped
try:
    with open_store(sys.argv[1]) as store:
        publish(store, "2026-03-09.2")
except StoreBusyError as error:
    print(error, flush=True)
"""


def test_a_process_that_was_stopped_for_long_does_not_publish(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 4.0)
    with open_store(bucket) as store:
        publish(store, ONE)
    command = [sys.executable, "-c", _STOPPED, bucket]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGSTOP)
        with open_store(bucket) as store, store.locked(wait=True):
            process.send_signal(signal.SIGCONT)
            out, _ = process.communicate("\n")
    assert "this run has lost the store: its lock was not renewed for 2 s" in out
    assert (told(bucket)["runs"], folders(bucket)) == ([ONE], {f"runs/{ONE}", f"state/{ONE}"})


def test_a_holder_that_hears_of_another_lets_its_lock_alone(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(bucket) as store:
        for run_id in (ONE, TWO):
            publish(store, run_id)
    monkeypatch.setattr(lease, "SECONDS", 4.0)
    with open_store(bucket) as store, store.locked():
        other = {**told(bucket, "lock"), "holder": "another"}
        for _ in range(3):  # it may be renewed meanwhile
            found = Objects(bucket).read("lock")
            assert found
            with suppress(ChangedError):
                Objects(bucket).replace("lock", json.dumps(other).encode(), found.version)
                break
        time.sleep(1.5)  # it is renewed every second
        with pytest.raises(StoreBusyError, match="lost the store"):
            store.rollback()
    assert (told(bucket, "lock"), told(bucket)["runs"]) == (other, [ONE, TWO])


def test_a_clock_that_is_set_back_does_not_prolong_a_lock(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(bucket) as store:
        for run_id in (ONE, TWO):
            publish(store, run_id)
        with store.locked(), monkeypatch.context() as patch:
            clock, steady = time.time, time.monotonic
            patch.setattr(time, "time", lambda: clock() - 3_600)
            patch.setattr(time, "monotonic", lambda: steady() + lease.SECONDS + 1)
            with pytest.raises(StoreBusyError, match="lost the store"):
                store.rollback()
    assert told(bucket)["runs"] == [ONE, TWO]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"holder": "x", "renewed": "y"}'])
def test_a_lock_that_nobody_wrote_is_an_error_that_says_what_to_do(bucket: str, content: bytes) -> None:
    Objects(bucket).replace("lock", content or b"\n", None)
    with pytest.raises(StoreError, match=r"/lock: is not what a run writes .* remove it"), open_store(bucket) as store:
        publish(store, ONE)


def test_a_server_that_does_not_look_to_conditions_is_refused(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from s3fs import S3FileSystem
    from werkzeug.serving import make_server

    app = DomainDispatcherApplication(create_backend_app)

    def careless(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept = {key: value for key, value in environ.items() if key not in {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}}
        return app(kept, start_response)

    server = make_server("127.0.0.1", 0, careless, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with monkeypatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
            S3FileSystem.clear_instance_cache()
            for _ in range(2):  # the first one has not kept the lock
                with pytest.raises(StoreError, match="does not look to conditions"), open_store(bucket) as store:
                    publish(store, ONE)
    finally:
        S3FileSystem.clear_instance_cache()
        server.shutdown()
        thread.join()
        server.server_close()
    assert Objects(bucket).read("latest.json") is None
