"""A store on disk: its layout, its lock, its state, and the one step that publishes a run.

    DIR/latest.json          names the newest published run and, in order, every run that is kept
    DIR/current              symbolic link to its folder, where the file system can
    DIR/runs/RUN_ID/         the published tables and manifest.json
    DIR/state/RUN_ID/        what that run added to the state: articles with bodies, sketches, credits... (private)
    DIR/work/                a run under way; whatever lies there when a run begins is left over from a killed one
    DIR/lock                 held by the one run that may write; the system lets go of it when a process dies

The state of a run is the parts its manifest lists: its own and those of runs before it. A part is never changed, so an
unchanged night costs nothing, and a run that dies before `latest.json` is replaced has published nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipeline import config, schema
from pipeline.errors import IncompatibleStoreError, StoreBusyError, StoreError
from pipeline.stages import follow
from pipeline.stages.kernels.characters import NORMALISER
from pipeline.storage import write

__all__ = ["FIRST_SEEN", "STATE", "Part", "Store", "bodies", "header"]

#: The tables of the state, by name.
STATE: Mapping[str, pa.Schema] = {
    "articles": schema.ARTICLES,
    "sketches": schema.SKETCHES,
    **{
        name: rows.append(pa.field("digest", pa.string(), nullable=False))  # of the version they were found in
        for name, rows in (("stripped", schema.STRIPPED), ("credits", schema.CREDITS), ("citations", schema.CITATIONS))
    },
}


#: The date of the run that brought an article, beside what `Store.articles` gives.
FIRST_SEEN = pa.field("first_seen", schema.TIME, nullable=False)


_BODIES = pa.schema([schema.ARTICLES.field(name) for name in ("article_id", "digest", "body")])


def bodies(part: Path, article_ids: Sequence[str]) -> pa.Table:
    """article_id, digest and body of these articles in the folder of one closed part."""
    wanted = pc.field("article_id").isin(pa.array(sorted(set(article_ids)), pa.string()))
    return pq.read_table(part / "articles.parquet", columns=_BODIES.names, filters=wanted).cast(_BODIES)


def header(settings: config.Sketch) -> dict[str, Any]:
    """What sketches depend on: two stores mix only if these are equal."""
    return {
        "scheme": "affine32",
        "permutations": settings.permutations,
        "seed": settings.seed,
        "hash": "blocks-rolling-32",
        "shingle_words": settings.shingle_words,
        "shingle_chars": settings.shingle_chars,
        "short_words": settings.short_words,
        "normaliser": NORMALISER,
    }


class Store:
    """A store at `path`; it is created when a run first publishes there."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.work = self.path / "work"

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the store for writing, and clear away what a killed run left; `StoreBusyError` if another run holds it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be made a store: {error.strerror}") from error
        lock = FileLock(self.path / "lock", timeout=-1 if wait else 0)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusyError(f"{self.path}: another run holds this store; wait for it with --wait") from None
        try:
            self._clear()
            yield
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
            lock.release()

    def runs(self) -> list[str]:
        """The published runs that are kept, oldest first; none for a store without a run."""
        try:
            return list(write.read_json(self.path / "latest.json")["runs"])
        except FileNotFoundError:
            return []
        except (ValueError, KeyError) as error:
            raise StoreError(f"{self.path / 'latest.json'}: is not what a run writes: {error}") from error

    def folder(self, run_id: str | None = None) -> Path:
        """The folder of a published run; of the newest for None."""
        runs = self.runs()
        if not runs:
            raise StoreError(
                f"{self.path}: no run is published here; make one with: reprints run INPUT --store {self.path}"
            )
        if run_id is not None and run_id not in runs:
            raise StoreError(f"{self.path}: run {run_id} is not kept; there are {', '.join(runs)}")
        return self.path / "runs" / (run_id or runs[-1])

    def manifest(self, run_id: str | None = None) -> dict[str, Any]:
        """The manifest of a published run."""
        return write.read_json(self.folder(run_id) / "manifest.json")

    def table(self, name: str, run_id: str | None = None) -> pa.Table:
        """A published table."""
        return write.table(self.folder(run_id), name)

    def before(self) -> follow.Before:
        """What the newest run published, for the next one to follow."""
        if not self.runs():
            return follow.Before.nothing()
        plain = (self.table(name).replace_schema_metadata(None) for name in ("clusters", "members", "events"))
        return follow.Before(*plain)

    def parts(self) -> list[dict[str, str]]:
        """The parts of the newest run's state, oldest first, each with the run that made it and that run's date."""
        return list(self.manifest()["parts"]) if self.runs() else []

    def state(self, name: str) -> pa.Table:
        """A table of the newest run's state, all parts together."""
        read = [self._part(part["run_id"], name, None) for part in self.parts()]
        return pa.concat_tables([STATE[name].empty_table(), *read])

    def articles(self, columns: list[str]) -> pa.Table:
        """Those columns of the state's articles, and `first_seen`: the date of the run that brought them."""
        wanted = pa.schema([*(schema.ARTICLES.field(column) for column in columns), FIRST_SEEN])
        read = [wanted.empty_table()]
        for part in self.parts():
            rows = self._part(part["run_id"], "articles", columns)
            date_ = pa.scalar(datetime.fromisoformat(part["as_of"]), schema.TIME)
            read.append(rows.append_column(FIRST_SEEN, pa.repeat(date_, rows.num_rows)))
        return pa.concat_tables(read)

    def texts_of(self, keys: pa.Table) -> pa.Table:
        """The articles with these (article_id, digest), bodies included, of the store and of the run under way."""
        folders = [self.path / "state" / part["run_id"] for part in self.parts()] + [self.work / "state"]
        any_version = pc.field("article_id").isin(keys["article_id"].combine_chunks())
        found = [schema.ARTICLES.empty_table()]
        for folder in folders if keys.num_rows else []:
            found.append(pq.read_table(folder / "articles.parquet", filters=any_version).cast(schema.ARTICLES))
        rows = pa.concat_tables(found)
        key, wanted = (
            pc.binary_join_element_wise(table["article_id"], table["digest"], "\n") for table in (rows, keys)
        )
        return rows.filter(pc.is_in(key, wanted.combine_chunks()))

    def texts(self, article_id: str) -> list[dict[str, Any]]:
        """Every version of one article that the state has, bodies included."""
        read = []
        for part in self.parts():
            path = self.path / "state" / part["run_id"] / "articles.parquet"
            read += pq.read_table(path, filters=[("article_id", "==", article_id)]).to_pylist()
        return read

    def bodies(self, article_ids: Sequence[str]) -> pa.Table:
        """article_id, digest and body of every version of these articles that the newest run's state has."""
        read = [bodies(self.path / "state" / part["run_id"], article_ids) for part in self.parts()]
        return pa.concat_tables([_BODIES.empty_table(), *read])

    def _part(self, run_id: str, name: str, columns: list[str] | None) -> pa.Table:
        rows = pq.read_table(self.path / "state" / run_id / f"{name}.parquet", columns=columns)
        return rows.cast(pa.schema([STATE[name].field(column) for column in rows.column_names]))

    def check(self, settings: config.Sketch) -> None:
        """Refuse settings under which sketches would not mix with those of the store."""
        if not self.runs():
            return
        stored, now = self.manifest()["header"], header(settings)
        different = [
            f"{key} is {stored.get(key)} there and {now[key]} here" for key in now if stored.get(key) != now[key]
        ]
        if different:
            raise IncompatibleStoreError(
                f"{self.path}: its sketches do not mix with these settings: {'; '.join(different)}. "
                "Use the settings of the store, or run into a new one"
            )

    def next_run_id(self, as_of: date) -> str:
        """`<as-of>.<n>`: the first of that day that no published run has."""
        runs, n = set(self.runs()), 1
        while f"{as_of.isoformat()}.{n}" in runs:
            n += 1
        return f"{as_of.isoformat()}.{n}"

    def publish(self, run_id: str, keep: int) -> None:
        """Make the run that lies in `work` the newest one: first the folders, then, in one step, `latest.json`.

        `work/tables` and `work/state` hold it. Then runs beyond the `keep` newest leave, with parts no kept run needs.
        """
        for folder in ("runs", "state"):
            (self.path / folder).mkdir(exist_ok=True)
        (self.path / "state").chmod(0o700)  # bodies are for this user alone
        (self.work / "state").rename(self.path / "state" / run_id)
        (self.work / "tables").rename(self.path / "runs" / run_id)
        runs = [*self.runs(), run_id][-keep:]
        write.write_json(self.path / "latest.json", {"run_id": run_id, "folder": f"runs/{run_id}", "runs": runs})
        self._point_current(run_id)
        self._clear()

    def _point_current(self, run_id: str) -> None:
        aside = self.path / ".current.tmp"
        with suppress(OSError):  # some file systems have no symbolic links; latest.json is the authority
            aside.unlink(missing_ok=True)
            aside.symlink_to(Path("runs") / run_id)
            aside.replace(self.path / "current")

    def _clear(self) -> None:
        """Remove what no kept run needs: the work of a killed run, folders it did not publish, old runs and parts."""
        runs = self.runs()
        parts = {part["run_id"] for run_id in runs for part in self.manifest(run_id)["parts"]}
        shutil.rmtree(self.work, ignore_errors=True)
        for folder, kept in (("runs", set(runs)), ("state", parts)):
            for entry in (self.path / folder).glob("*"):
                if entry.name not in kept:
                    shutil.rmtree(entry, ignore_errors=True)
        if runs and (self.path / "current").resolve() != self.folder().resolve():
            self._point_current(runs[-1])


class Part:
    """The state that a run under way adds, written batch by batch: bodies pass through and are not held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", kind, compression="zstd") for name, kind in STATE.items()
        }

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def settle(self, change: Callable[[pa.Table], pa.Table]) -> None:
        """Apply a change of ids to every table of the closed part; one that nothing changes is left as it lies."""
        for name in STATE:
            path = self.folder / f"{name}.parquet"
            ids = pq.read_table(path, columns=["article_id"])
            if change(ids).equals(ids):
                continue
            aside = path.with_suffix(".settled")
            with pq.ParquetFile(path) as old, pq.ParquetWriter(aside, STATE[name], compression="zstd") as new:
                for group in range(old.num_row_groups):
                    new.write_table(change(old.read_row_group(group).cast(STATE[name])))
            aside.replace(path)

    def close(self) -> None:
        """End the files; what was added can be read from here on."""
        for writer in self._writers.values():
            writer.close()

    def add(self, name: str, rows: pa.Table) -> None:
        """Append rows to a table of the part."""
        if rows.num_rows:
            self._writers[name].write_table(rows.select(STATE[name].names).cast(STATE[name]))
