"""A store at a URL, in an object store that knows no rename: the work is done in a local folder, its results are mirrored.

The layout below the URL is that of a folder (`store`), without `current` and `work`. Runs and parts of the state never change
once they are published, so a local copy of one is good for ever: it is fetched when it is asked for and not there. A run
uploads its folders and then replaces latest.json, one PUT; what it replaces has to be what it had read when it took the lock.
Objects that no kept run needs are removed after that, and whatever a killed run left when the next begins.

The local folder, a cache, holds bodies and is for this user alone. Each copy has in `.objects.json` what the store's listing
says of its objects; one that says otherwise is fetched anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import ReprintsError, StoreBusyError, StoreError
from pipeline.storage import lease, write
from pipeline.storage.objects import ChangedError, Listed, Object, Objects, each
from pipeline.storage.part import WORDS
from pipeline.storage.store import Store
from pipeline.storage.told import as_manifest

__all__ = ["Mirror", "opened"]

_LATEST = "latest.json"
_RECORD = ".objects.json"
_ASIDE = ".fetch-"
_A_DAY = 86_400


@contextmanager
def opened(url: str, cache: str) -> Iterator[Mirror]:
    """The store at a URL, with its local folder in the folder `cache`; "": in one that goes at the end."""
    url = url.rstrip("/")
    if cache:
        words = re.sub(r"[^A-Za-z0-9.-]+", "-", url)[-60:].strip("-")
        store = Mirror(url, Path(cache) / f"{words}-{hashlib.blake2b(url.encode(), digest_size=4).hexdigest()}")
        store.tidy()
        yield store
    else:
        with tempfile.TemporaryDirectory(prefix="reprints-", ignore_cleanup_errors=True) as folder:
            yield Mirror(url, Path(folder))


class Mirror(Store):
    """The store at `url`, of which copies lie in the local folder `path`."""

    def __init__(self, url: str, path: Path) -> None:
        super().__init__(path)
        self.name = url
        self._objects = Objects(self.name)
        self._lease = lease.Lease(self._objects, lease.SECONDS)
        self._head: Object | None = None
        self._there: dict[str, dict[str, Listed]] | None = None  # by folder, as it was listed with latest.json
        self._copied: set[str] = set()  # folders whose copies were compared with the listing
        self._manifests: dict[str, bytes] = {}
        try:
            for folder in (path, path / "state"):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise StoreError(f"{path}: copies of {url} cannot be kept there: {error.strerror}") from error

    # --- reading

    def manifest(self, run_id: str | None = None) -> dict[str, Any]:
        """The manifest of a published run; of older runs nothing else is fetched."""
        run_id = self.run_id(run_id)
        if run_id not in self._manifests:
            name = f"runs/{run_id}/manifest.json"
            content = self._objects.content(name)
            if content is None:
                raise StoreError(
                    f"{self.name}/{name}: latest.json named this run, and it is not there; has it left since?"
                )
            self._manifests[run_id] = content
        try:
            return as_manifest(json.loads(self._manifests[run_id]))
        except (ValueError, msgspec.ValidationError) as error:
            raise StoreError(f"{self.name}/runs/{run_id}/manifest.json: cannot be read: {error}") from error

    def current(self) -> str:
        """Where readers find the newest run."""
        return f"{self.name}/runs/{self.run_id()}"

    def published_at(self) -> float | None:
        """When the newest run became the newest, as a Unix time; None for a store without a run."""
        return self._objects.modified(_LATEST) if self.runs() else None

    def tidy(self) -> None:
        """Remove the copies of what is gone from the store. A run may be at work beside them."""
        copies = super()._folders()  # before the store is listed: what a run places here it has uploaded
        for folder in copies and copies - self._listed().keys():
            super()._remove(folder)
        for aside in self.path.glob(f"{_ASIDE}*"):
            if aside.stat().st_mtime < time.time() - _A_DAY:  # younger ones may be under way
                shutil.rmtree(aside, ignore_errors=True)

    def _refresh(self) -> None:
        self._head = self._objects.read(_LATEST)
        there = defaultdict[str, dict[str, Listed]](dict)
        for kind in ("runs", "state"):
            for name, listed in self._objects.listing(kind).items():
                run_id, _, rest = name.partition("/")
                there[f"{kind}/{run_id}"][rest] = listed
        self._there, self._copied = dict(there), set()

    def _listed(self) -> dict[str, dict[str, Listed]]:
        if self._there is None:
            self._refresh()
        return self._there or {}

    def _read_latest(self) -> bytes | None:
        self._listed()
        return self._head.content if self._head else None

    def _entries(self) -> list[str]:
        return self._objects.entries()

    def _folders(self) -> set[str]:
        return super()._folders() | self._listed().keys()

    def _local(self, folder: str) -> Path:
        here, listed = self.path / folder, self._listed().get(folder, {})
        if folder not in self._copied:
            if not listed:
                raise StoreError(f"{self.name}/{folder}: is not there, and latest.json has need of it")
            if _recorded(here) != _record(listed):
                self._fetch(folder, listed)
            self._copied.add(folder)
        return here

    def _fetch(self, folder: str, listed: Mapping[str, Listed]) -> None:
        """Bring a folder here, aside first: it is whole or not there."""
        here, aside = self.path / folder, Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self.path))
        known = self._by_content()

        def fetch(name: str) -> None:
            if copy := known.get(listed[name]):
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                (aside / name).hardlink_to(copy)
            else:
                self._objects.get(f"{folder}/{name}", aside / name)

        try:
            each(fetch, listed)
            short = [name for name, told in listed.items() if (aside / name).stat().st_size != told.size]
            if short:
                raise StoreError(f"{self.name}/{folder}: did not arrive whole: {', '.join(short)}; run it again")
            (aside / _RECORD).write_text(_record(listed), encoding="utf-8")
            here.parent.mkdir(exist_ok=True)
            shutil.rmtree(here, ignore_errors=True)
            with suppress(OSError):  # another process may have brought it meanwhile
                aside.rename(here)
            if _recorded(here) != _record(listed):
                raise StoreError(f"{here}: cannot be written; this folder is a copy and may be removed")
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _by_content(self) -> dict[Listed, Path]:
        """The copies that lie here, where the store tells by an object's version what is in it, as S3 does (ETag)."""
        copies = ((folder, self._listed()[folder]) for folder in self._copied if self._objects.is_guarded)
        return {told: self.path / folder / name for folder, listed in copies for name, told in listed.items()}

    # --- writing

    @contextmanager
    def held(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the store against runs, here and everywhere."""
        self._refresh()
        self._is_made()  # to what is no store not even a lock is written
        with self._lease.held(wait=wait):
            self._refresh()
            if self._lease.is_taken_over and self._head:
                self._latest()  # which refuses what is no such object
                self._write_latest(json.loads(self._head.content) | {"fence": self._lease.holder})
                self._refresh()  # with all that the one before has written
            with super().held(wait=wait):
                yield

    def _write_latest(self, told: Mapping[str, Any]) -> None:
        self._lease.check()
        content = write.json_text(told).encode()
        try:
            version = self._objects.replace(_LATEST, content, self._head.version if self._head else None)
        except ChangedError as error:
            raise StoreBusyError(
                f"{self.name}: another run has taken the store meanwhile; nothing was published; run it again"
            ) from error
        self._head = Object(content, version)

    def _place(self, moves: Mapping[str, Path]) -> None:
        known = self._by_inode()
        for folder, source in moves.items():
            self._upload(folder, source, known)
        super()._place(moves)

    def _upload(self, folder: str, source: Path, known: Mapping[tuple[int, int], str]) -> None:
        """Upload a folder, and see that nothing else is in it. A file that is a link to a copy of a `known` object needs no
        upload: the store copies it.
        """
        files = {file.relative_to(source).as_posix(): file for file in source.rglob("*") if file.is_file()}

        def upload(name: str) -> None:
            self._lease.check()
            if there := known.get(_inode(files[name])):
                self._objects.copy(there, f"{folder}/{name}")
            else:
                self._objects.put(files[name], f"{folder}/{name}")

        each(upload, files)
        listed = self._objects.listing(folder)
        if {name: told.size for name, told in listed.items()} != {n: file.stat().st_size for n, file in files.items()}:
            raise StoreError(f"{self.name}/{folder}: holds other objects than were uploaded; nothing was published")
        (source / _RECORD).write_text(_record(listed), encoding="utf-8")
        self._listed()[folder] = listed
        self._copied.add(folder)

    def _by_inode(self) -> dict[tuple[int, int], str]:
        """The objects of which copies lie here."""
        copies = ((folder, self.path / folder) for folder in self._copied)
        found = ((folder, here, file) for folder, here in copies for file in here.rglob("*"))
        return {_inode(file): f"{folder}/{file.relative_to(here).as_posix()}" for folder, here, file in found}

    def _remove(self, folder: str) -> None:
        super()._remove(folder)
        self._copied.discard(folder)
        if folder in self._listed():
            with suppress(ReprintsError):  # it stays listed, then, and the next run tries again
                self._lease.check()
                each(lambda name: self._objects.remove(f"{folder}/{name}"), self._objects.listing(folder))
                if not self._objects.listing(folder):
                    del self._listed()[folder]

    def _let_go(self, folder: str) -> None:
        self._lease.check()
        listed = self._listed().get(folder, {})
        for name in listed.keys() & {f"{words}.parquet" for words in WORDS}:
            self._objects.remove(f"{folder}/{name}")
            del listed[name]
        if (self.path / folder).is_dir():  # the copy is still one of all that is there
            super()._let_go(folder)
            (self.path / folder / _RECORD).write_text(_record(listed), encoding="utf-8")

    def _point_current(self, run_id: str) -> None:
        """Object stores have no links."""


def _inode(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_dev, told.st_ino


def _record(listed: Mapping[str, Listed]) -> str:
    return json.dumps(listed, indent=0, sort_keys=True)


def _recorded(copy: Path) -> str:
    """What is recorded of a copy; "" where there is none."""
    try:
        return (copy / _RECORD).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
