"""An object store below a URL, through fsspec: the few things that a store asks of it.

Objects have names below the URL, such as `runs/2026-03-09.1/members.parquet`. Two kinds of writes are conditional: a file is
never `put` over another, and `replace` writes over the version that was read or not at all. S3 looks to that itself, by
If-None-Match and If-Match. Where fsspec offers no such thing, `replace` compares just before it writes and reads back just
after: two writers would have to meet within a moment.

Credentials, endpoint and region are found as the client of the store finds them, in its environment and files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pipeline.errors import ReprintsError, StoreError

__all__ = ["ChangedError", "Listed", "Object", "Objects", "each"]

T = TypeVar("T")

_AT_A_TIME = 8  # requests
_CHUNK = 1 << 22  # bytes
_VERSIONS = ("ETag", "etag", "generation", "LastModified", "last_modified", "mtime", "created")


class ChangedError(Exception):
    """An object has not the version any more that was to be replaced."""


class Object(NamedTuple):
    """A small object, and which version of it this is."""

    content: bytes
    version: str


class Listed(NamedTuple):
    """What a listing says of an object: bytes, and a word that changes when it does."""

    size: int
    version: str


class Objects:
    """The objects below `url`. Whatever fails is a `StoreError`. `is_guarded`: the store itself looks to conditions."""

    def __init__(self, url: str) -> None:
        self.url = url
        if "::" in url:
            raise StoreError(
                f"{url}: a store has a plain URL, as s3://bucket/prefix; chains could show what is not there"
            )
        try:
            from fsspec.core import url_to_fs

            self._fs, self._root = url_to_fs(url, use_listings_cache=False)
        except ImportError as error:
            raise StoreError(f'{url}: {error}; for s3:// pip install "newswire-reprints[s3]"') from error
        except ValueError as error:
            raise StoreError(f"{url}: {error}") from error
        protocols = self._fs.protocol
        self.is_guarded = "s3" in ([protocols] if isinstance(protocols, str) else protocols)

    # --- reading

    def read(self, name: str) -> Object | None:
        """A small object with its version; None if it is not there."""
        path = self._path(name)
        with self._asked(f"cannot read {name}"), suppress(FileNotFoundError):
            while True:  # until nobody writes between the two
                version = _version(self._fs.info(path))
                content = bytes(self._fs.cat_file(path))
                if _version(self._fs.info(path)) == version:
                    return Object(content, version)
        return None

    def content(self, name: str) -> bytes | None:
        """What is in an object that does not change; None if it is not there."""
        with self._asked(f"cannot read {name}"), suppress(FileNotFoundError):
            return bytes(self._fs.cat_file(self._path(name)))
        return None

    def modified(self, name: str) -> float:
        """When an object was written, as a Unix time."""
        with self._asked(f"cannot read {name}"):
            time: float = self._fs.modified(self._path(name)).timestamp()
        return time

    def entries(self) -> list[str]:
        """The names of what lies directly below the URL, objects and folders."""
        with self._asked("cannot be listed"), suppress(FileNotFoundError):
            found = {
                name.strip("/").removeprefix(self._root.strip("/")) for name in self._fs.ls(self._root, detail=False)
            }
            return sorted(
                name.strip("/") for name in found - {""}
            )  # a console marks an empty folder by an object of its name
        return []

    def listing(self, folder: str) -> dict[str, Listed]:
        """All objects below a folder, by their names below it; none if there is no such folder."""
        path = self._path(folder)
        with self._asked(f"cannot list {folder}"), suppress(FileNotFoundError):
            found = self._fs.find(path, detail=True)
            return {
                name.removeprefix(f"{path}/"): Listed(told["size"], _version(told))
                for name, told in sorted(found.items())
                if told["type"] == "file" and name.startswith(f"{path}/") and not name.endswith("/")
            }
        return {}

    def get(self, name: str, target: Path) -> None:
        """Download an object."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._asked(f"cannot read {name}"):
            self._fs.get_file(self._path(name), str(target))

    # --- writing

    def replace(self, name: str, content: bytes, version: str | None) -> str:
        """Write a small object over that version of it; for None, where there is none. What version it is then.

        `ChangedError` if another writer was faster. An answer may be lost and the write be tried again, which is refused then:
        what lies there decides, so no two writers may write the same.
        """
        path, failed = self._path(name), None
        with self._asked(f"cannot write {name}"):
            try:
                if version is None:
                    self._fs.pipe_file(path, content, mode="create")
                elif self.is_guarded:
                    self._fs.pipe_file(path, content, IfMatch=version)
                elif (now := self.read(name)) and now.version == version:
                    self._fs.pipe_file(path, content)
            except OSError as error:
                failed = error
            now = self.read(name)
            if now and now.content == content:
                return now.version
            if failed and version == (now.version if now else None):
                raise failed
        raise ChangedError(f"{self.url}/{name}")

    def put(self, source: Path, name: str) -> None:
        """Upload a file to a name that is free. The same file may lie there already, if an answer was lost."""
        with self._asked(f"cannot write {name}"):
            try:
                self._fs.put_file(str(source), self._path(name), mode="create")
            except OSError:
                if not self._is_same(source, name):
                    raise

    def copy(self, name: str, to: str) -> None:
        """Copy an object within the store."""
        with self._asked(f"cannot write {to}"):
            self._fs.cp_file(self._path(name), self._path(to))

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        with self._asked(f"cannot remove {name}"), suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))

    def _is_same(self, source: Path, name: str) -> bool:
        with suppress(FileNotFoundError), source.open("rb") as ours, self._fs.open(self._path(name), "rb") as theirs:
            while (chunk := ours.read(_CHUNK)) == theirs.read(_CHUNK):
                if not chunk:
                    return True
        return False

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _asked(self, what: str) -> Iterator[None]:
        try:
            yield
        except ReprintsError:
            raise
        except Exception as error:  # the clients of object stores have no error in common
            raise StoreError(f"{self.url}: {what}: {str(error) or type(error).__name__}") from error


def each(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Do it to every item, some at a time. Raises the first failure, and begins no other then."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for _ in pool.map(work, items):
            pass


def _version(told: dict[str, Any]) -> str:
    """The version of an object: what the store says of it that changes with its content."""
    return str(next((told[key] for key in _VERSIONS if told.get(key)), ""))
