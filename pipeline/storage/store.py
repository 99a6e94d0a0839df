"""A store on disk: its layout, its lock, and the one step that publishes a run.

    DIR/latest.json          names the newest published run and, in order, every run that is kept; holds the tombstones
    DIR/current              symbolic link to its folder, where the file system can
    DIR/runs/RUN_ID/         the published tables and manifest.json
    DIR/state/RUN_ID/        the part of the state that run added (private: bodies); RUN_ID+1 and so on, if it added several
    DIR/state/RUN_ID~RUN_ID/ the same, written anew by the later run: without what was taken down, or read under other rules
    DIR/work/                a run under way; whatever lies there when a run begins is left over from a killed one
    DIR/lock                 held by the one run that may write; the system lets go of it when a process dies

`latest.json` is what makes a folder a store: it is written first of all, and replaced in one step when a run is published. A
run that dies before that has published nothing, and the next one clears away what it left. The tombstones of articles that were
taken down lie in it, too: they hold from the very step with which the articles leave, and a rollback keeps them.

A store may also lie at a URL, in an object store: `mirror` does then what is done here to paths, the rest is the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import msgspec
import pyarrow as pa
from filelock import FileLock, Timeout

from pipeline import config, schema
from pipeline.errors import StoreBusyError, StoreError
from pipeline.stages import follow
from pipeline.storage import disk, header, rules, write
from pipeline.storage.damage import told_if_damaged
from pipeline.storage.files import path_of
from pipeline.storage.part import TAKEN, let_go
from pipeline.storage.state import Ref, State
from pipeline.storage.tables import Tables
from pipeline.storage.told import Latest, as_manifest

__all__ = ["Store", "named", "open_store"]


def named(part: Path, run_id: str) -> str:
    """What a part of the state that lies in `work` is called once the run is published: `state+3` is `RUN_ID+3`."""
    return run_id + part.name.removeprefix("state")


@contextmanager
def open_store(where: str | Path, cache: str = "") -> Iterator[Store]:
    """The store in a folder or at a URL.

    `cache` is the folder where copies of what lies at URLs may stay. "": the one that the environment names as
    REPRINTS_CACHE, and without it one that goes at the end.
    """
    scheme, is_url, rest = str(where).partition("://")
    if is_url and scheme != "file" and not rest.strip("/"):
        raise StoreError(f"{where}: names no place; a store has a URL like {scheme}://bucket/prefix, or is a folder")
    if "://" not in str(where) or str(where).startswith("file://"):
        store = Store(_folder(str(where)))
        with told_if_damaged(store):
            yield store
        return
    from pipeline.storage import mirror

    with (
        mirror.opened(str(where), cache or os.environ.get("REPRINTS_CACHE", "")) as mirrored,
        told_if_damaged(mirrored),
    ):
        yield mirrored


def _folder(where: str) -> str:
    """The folder that a path or a file:// URL names. `StoreError` for a URL that does not name one of this machine."""
    if not where.startswith("file://"):
        return where
    told = urlsplit(where)
    if told.netloc not in ("", "localhost") or not told.path.strip("/"):
        raise StoreError(f"{where}: names no folder of this machine; with its whole path it is file:///folder")
    if told.query or told.fragment:
        raise StoreError(
            f"{where}: the path in a URL has %3F for a question mark and %23 for a hash; or name it as a path"
        )
    return url2pathname(told.path)


class Store:
    """A store at `path`; a run makes it where there is none. `name` is how a user names it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name = str(self.path)
        self.work = self.path / "work"

    # --- reading

    def runs(self) -> list[str]:
        """The published runs that are kept, oldest first; none for a store without a run."""
        return list(self._latest()["runs"])

    def _latest(self) -> dict[str, Any]:
        """latest.json: `runs` that are kept; `rolled_back`, those that were taken back or left with an article that was
        taken down, whose ids are used up; `forgotten`, the tombstones of such articles.
        """
        content = self._read_latest()
        try:
            told = Latest(runs=[]) if content is None else msgspec.json.decode(content, type=Latest)
        except (msgspec.DecodeError, ValueError) as error:
            raise StoreError(
                f"{self.name}/latest.json: is not what a run writes: {error}; put back a copy of it, if one is kept"
            ) from error
        found: dict[str, Any] = msgspec.to_builtins(told)
        return found

    def run_id(self, wanted: str | None = None) -> str:
        """The id of a published run: `wanted` if it is kept, the newest for None."""
        runs = self.runs()
        if not runs:
            raise StoreError(
                f"{self.name}: no run is published here; make one with: reprints run INPUT --store {self.name}"
            )
        if wanted is not None and wanted not in runs:
            raise StoreError(f"{self.name}: run {wanted} is not kept; there are {', '.join(runs)}")
        return wanted or runs[-1]

    def folder(self, run_id: str | None = None) -> Path:
        """The folder of a published run; of the newest for None."""
        return self._local(f"runs/{self.run_id(run_id)}")

    def current(self) -> str:
        """Where readers find the newest run."""
        return str(self.path / "current")

    def manifest(self, run_id: str | None = None) -> dict[str, Any]:
        """The manifest of a published run."""
        path = self.folder(run_id) / "manifest.json"
        try:
            return as_manifest(write.read_json(path))
        except PermissionError:
            raise
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise StoreError(
                f"{path}: latest.json names this run, and it cannot be read: {error}; go back to an earlier one with "
                "`reprints rollback`"
            ) from error

    def table(self, name: str, run_id: str | None = None) -> pa.Table:
        """A published table."""
        return self.tables(run_id)[name]

    def tables(self, run_id: str | None = None) -> Tables:
        """The tables of a published run; of the newest for None."""
        return Tables(self.folder(run_id))

    def state(self, run_id: str | None = None) -> State:
        """The state a published run stands on; an empty one for a store without a run."""
        return State([self.ref(part) for part in self.parts(run_id)])

    def ref(self, part: Mapping[str, Any]) -> Ref:
        """A part of the state, as the manifest has it."""
        folder = self._local(f"state/{part['run_id']}")
        return Ref(part["number"], folder, datetime.fromisoformat(part["as_of"]), part["compared"])

    def parts(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """The parts of that state as the manifest has them: each one's folder (`run_id`: the run that made it, `~` the run
        that wrote it anew), its `number` in keys, its date, its newest article, the rules its articles were `read_by`, and
        whether what it `compared` holds.
        """
        return list(self.manifest(run_id)["parts"]) if self.runs() else []

    def before(self) -> follow.Before:
        """What the newest run published, for the next one to follow."""
        if not self.runs():
            return follow.Before.nothing()
        plain = {name: self.tables().read(name) for name in ("clusters", "members", "events")}
        return follow.Before(**plain, history=tuple(self.history()))

    def history(self) -> list[str]:
        """The ids of all runs ever published here, in their order."""
        return list(self.manifest()["history"]) if self.runs() else []

    def as_of(self) -> datetime | None:
        """The logical date of the newest run."""
        return datetime.fromisoformat(self.manifest()["as_of"]) if self.runs() else None

    def published_at(self) -> float | None:
        """When the newest run became the newest, as a Unix time; None for a store without a run."""
        return (self.path / "latest.json").stat().st_mtime if self.runs() else None

    def forgotten(self) -> frozenset[str]:
        """The tombstones (`identify.tombstones`) of articles that were taken down."""
        return frozenset(self._latest()["forgotten"])

    def unneeded(self) -> list[str]:
        """The folders of runs and parts of the state, as `runs/RUN_ID`, that no kept run needs; of the state none where a run
        cannot say which it needs.
        """
        there, parts = self._folders(), self._stood_on()
        needed = {f"runs/{run_id}" for run_id in self.runs()}
        if parts is None:
            needed |= {folder for folder in there if folder.startswith("state/")}
        else:
            needed |= {f"state/{part['run_id']}" for part in parts}
        return sorted(there - needed)

    def _stood_on(self) -> list[dict[str, Any]] | None:
        """The parts of the state that kept runs stand on, once for each run; None where one of them cannot say."""
        try:
            return [part for run_id in self.runs() for part in self.parts(run_id)]
        except StoreError:
            return None

    def is_unlinked(self) -> bool:
        """Whether `current` is a folder, as in a copy that followed links: no run replaces it, and readers would see the old
        run that lies there for ever.
        """
        current = self.path / "current"
        return current.is_dir() and not current.is_symlink()

    # --- writing

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the store for writing, and clear away what a killed run left; `StoreBusyError` if another run holds it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.name}: cannot be made a store: {error.strerror}") from error
        with disk.told_if_full(self.name), self.held(wait=wait):
            self._begin()
            if self.is_unlinked():
                raise StoreError(
                    f"{self.path / 'current'}: is a folder where a link to the newest run should be, as in a copy that "
                    "followed links. Remove it: the next command that writes makes the link anew"
                )
            try:
                self._clear()
                yield
            finally:
                shutil.rmtree(self.work, ignore_errors=True)

    @contextmanager
    def held(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the store against runs, and touch nothing of it; `StoreBusyError` if one holds it."""
        lock = FileLock(self.path / "lock", timeout=-1 if wait else 0)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusyError(f"{self.name}: another run holds this store; wait for it with --wait") from None
        except PermissionError:
            raise
        except OSError as error:
            raise StoreError(f"{self.name}: cannot be written to: {error.strerror}") from error
        try:
            yield
        finally:
            lock.release()

    def ensure_room(self, files: Sequence[Path], spare: float) -> None:
        """Refuse to begin where the disk is likely to fill (`disk.ensure_room`). `spare`: what is to stay free, in GB."""
        tables, part, took_in = list[Path](), list[Path](), 0
        if self.runs():
            tables = list(self.folder().rglob("*.parquet"))
            own = [self.ref(part).folder for part in self.parts() if part["run_id"].partition("+")[0] == self.run_id()]
            part = [path_of(folder, name) for folder in own for name in TAKEN]
            took_in = sum(read["bytes"] for read in self.manifest()["inputs"])
        disk.ensure_room(self.name, self.path, files, disk.Newest(tables, part, took_in), spare)

    def check(self, settings: config.Config) -> None:
        """Refuse settings under which sketches would not mix with those of the store, and a state that cannot be read."""
        if self.runs():
            header.check(self.manifest()["header"], settings, self.name)

    def is_of_old_layout(self) -> bool:
        """Whether the state of the newest run, if there is one, lies as an older release laid it."""
        return bool(self.runs()) and self.manifest()["header"]["layout"] < header.AS_IT_LIES

    def is_of_other_rules(self, settings: config.Config) -> bool:
        """Whether the newest run, if there is one, went by other rules, or wrote tables of another contract."""
        if not self.runs():
            return False
        told = self.manifest()
        return told.get("rules") != rules.of(settings)._asdict() or told["contract"] != schema.CONTRACT_VERSION

    def used_ids(self) -> set[str]:
        """The ids of all runs that were ever published here."""
        return {*self.history(), *self._latest()["rolled_back"]}

    def next_run_id(self, as_of: date) -> str:
        """`<as-of>.<n>`: the first of that day that no published run ever had."""
        runs, n = self.used_ids(), 1
        while f"{as_of.isoformat()}.{n}" in runs:
            n += 1
        return f"{as_of.isoformat()}.{n}"

    def publish(
        self,
        run_id: str,
        keep: int,
        *,
        mode: str = "",
        leaving: Collection[str] = (),
        tombstones: Collection[str] = (),
    ) -> None:
        """Make the run that lies in `work` the newest one: first the folders, then, in one step, `latest.json`.

        `work/tables` holds it, `work/state*` the parts of the state it adds, one or more, `work/parts` those it wrote anew,
        named by the runs that made them. In the same step the runs `leaving` leave, those beyond the `keep` newest too, and
        `tombstones` hold. Then parts that no kept run needs are removed. `mode`: octal, of what readers are to read; "" for
        that of the umask.
        """
        moves = {f"runs/{run_id}": self.work / "tables"}
        moves |= {f"state/{named(part, run_id)}": part for part in sorted(self.work.glob("state*"))}
        moves |= {f"state/{part.name}~{run_id}": part for part in sorted((self.work / "parts").glob("*"))}
        self._place({folder: source for folder, source in moves.items() if source.exists()})
        for told in (self.path / "runs", self.path / "latest.json"):
            if told.exists():  # of a store at a URL the second is not here
                write.open_to(told, mode)
        kept = [run for run in self.runs() if run not in leaving]
        self._point([*kept, run_id][-keep:], used_up=leaving, tombstones=tombstones)
        self._clear()

    def let_go(self, days: float) -> None:
        """Remove the words of the parts whose newest article is older than so many days before the oldest kept run; 0: of none.

        Whatever run is gone back to, those of its last days are there; so of none where a kept run cannot be read. Give it a
        store that is `locked`.
        """
        parts = self._stood_on() if days else None
        if not parts:
            return
        oldest = datetime.fromisoformat(self.manifest(self.runs()[0])["as_of"]) - timedelta(days=days)
        for part in parts:
            if datetime.fromisoformat(part["newest"]) < oldest:
                self._let_go(f"state/{part['run_id']}")

    def rollback(self, wanted: str | None = None) -> str:
        """Make an earlier run the newest one, the one before the last for None. The runs after it leave for good.

        Their ids are not used again. Give it a store that is `locked`.
        """
        runs = self.runs()
        if wanted is None and len(runs) < 2:
            raise StoreError(f"{self.name}: keeps no run before {self.run_id()} to go back to")
        wanted = self.run_id(wanted or runs[-2])
        place = runs.index(wanted) + 1
        self._point(runs[:place], used_up=runs[place:])
        self._clear()
        return wanted

    def _point(self, runs: list[str], used_up: Collection[str] = (), tombstones: Collection[str] = ()) -> None:
        """Replace latest.json in one step: the last of these runs is the newest from now on."""
        told = self._latest()
        newest = {"run_id": runs[-1], "folder": f"runs/{runs[-1]}", "runs": runs}
        rest = {
            "rolled_back": [*told["rolled_back"], *used_up],
            "forgotten": sorted({*told["forgotten"], *tombstones}),
        }
        self._write_latest(newest | rest)

    def _begin(self) -> None:
        """Make an empty folder a store."""
        if not self._is_made():
            empty: dict[str, list[str]] = {"runs": [], "rolled_back": [], "forgotten": []}
            self._write_latest({"run_id": None, "folder": None, **empty})

    def _is_made(self) -> bool:
        """Whether the folder is a store already. One that holds anything else is none, and nothing in it is touched."""
        if self._read_latest() is not None:
            return True
        others = sorted(name for name in self._entries() if not name.startswith(".") and name != "lock")
        if others:
            raise StoreError(
                f"{self.name}: is not a store: it has no latest.json, and it holds {', '.join(others[:5])}. "
                "Name a new or empty folder; if this was a store, put its latest.json back"
            )
        return False

    def _clear(self) -> None:
        """Remove what no kept run needs: the work of a killed run, folders it did not publish, old runs and parts.

        An earlier run whose folder somebody has removed is kept no more.
        """
        runs, there = self.runs(), self._folders()
        if lost := [run_id for run_id in runs[:-1] if f"runs/{run_id}" not in there]:
            runs = [run_id for run_id in runs if run_id not in lost]
            self._point(runs, used_up=lost)
        if runs and (self.path / "current").resolve() != (self.path / "runs" / runs[-1]).resolve():
            self._point_current(runs[-1])  # before the run it pointed to may leave
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in self.unneeded():
            self._remove(folder)

    # --- what is done to paths, and what a mirror does otherwise

    def _read_latest(self) -> bytes | None:
        """latest.json; None where there is none."""
        try:
            return (self.path / "latest.json").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:
            raise
        except OSError as error:
            raise StoreError(f"{self.name}/latest.json: cannot be read: {error.strerror}") from error

    def _write_latest(self, told: Mapping[str, Any]) -> None:
        """Replace latest.json in one step."""
        write.write_json(self.path / "latest.json", told)

    def _entries(self) -> list[str]:
        """The names of what lies in the store's folder."""
        return [entry.name for entry in self.path.iterdir()]

    def _folders(self) -> set[str]:
        """The folders of runs and of parts of the state that are there, as `runs/RUN_ID` and `state/RUN_ID`."""
        found = (entry for kind in ("runs", "state") for entry in (self.path / kind).glob("*") if entry.is_dir())
        return {f"{entry.parent.name}/{entry.name}" for entry in found}

    def _local(self, folder: str) -> Path:
        """Where one of those folders can be read."""
        return self.path / folder

    def _place(self, moves: Mapping[str, Path]) -> None:
        """Give finished folders their place; on the disk when this returns."""
        for kind in ("runs", "state"):
            (self.path / kind).mkdir(exist_ok=True)
        (self.path / "state").chmod(0o700)  # bodies are for this user alone
        for folder, source in moves.items():
            write.sync_folders(source)
            source.rename(self.path / folder)
        for kind in ("runs", "state"):
            write.sync(self.path / kind)

    def _remove(self, folder: str) -> None:
        """Remove one of those folders, as far as that is possible."""
        shutil.rmtree(self.path / folder, ignore_errors=True)

    def _let_go(self, folder: str) -> None:
        """Remove the words of the articles of a part."""
        let_go(self.path / folder)

    def _point_current(self, run_id: str) -> None:
        aside = self.path / ".current.tmp"
        with suppress(OSError):  # some file systems have no symbolic links; latest.json is the authority
            aside.unlink(missing_ok=True)
            aside.symlink_to(Path("runs") / run_id)
            aside.replace(self.path / "current")
