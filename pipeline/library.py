"""The flow for who has articles in memory and wants tables back: `pipeline.reprints`."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import config, explain, flow, query, schema
from pipeline.errors import ConfigError, InputError
from pipeline.storage.store import Store, open_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Result", "reprints"]

_FILE = "articles.parquet"


def reprints(
    articles: Any,
    *,
    store: str | Path | None = None,
    config: config.Config | str | Path | None = None,
    as_of: datetime | date | str | None = None,
    **sections: Mapping[str, Any],
) -> Result:
    """Take articles in, and publish which are prints of one story. See `pipeline.reprints`."""
    settings, moment = _settings(config, sections), _moment(as_of)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="reprints-", ignore_cleanup_errors=True)))
        place = stack.enter_context(open_store(folder / "store" if store is None else store, settings.store.cache))
        _write(articles, folder / _FILE)
        outcome = flow.run([str(folder / _FILE)], place, settings, as_of=moment, publish_anyway=store is None)
        run_id, counts = outcome.run_id or _newest(place), dict(outcome.counts)
        if not run_id:
            reasons = sorted(set(outcome.tables["rejects"]["reason"].to_pylist()))
            raise InputError(f"none of the {counts['records']:,} articles could be used: {'; '.join(reasons[:5])}")
        return Result(place, folder, run_id, counts, stack.pop_all())


def _newest(store: Store) -> str:
    return store.run_id() if store.runs() else ""


class Result:
    """The tables of a run. Each is a property that gives a DataFrame, made when it is first asked for; `arrow` gives any of
    them as an Arrow table. `counts`: what became of the articles; `run_id`: the run, where nothing was new the newest before.

    Without `store=` all lies in a folder of the moment, which goes with the result, or at the end of a `with` block; so do the
    copies of what lies in a store at a URL, unless `[store] cache` names a folder for them.
    """

    def __init__(self, store: Store, folder: Path, run_id: str, counts: dict[str, int], held: ExitStack) -> None:
        self.store, self.run_id, self.counts = store, run_id, counts
        self._folder, self._frames = folder, dict[str, Any]()
        self._end = weakref.finalize(self, held.close)

    def arrow(self, name: str) -> pa.Table:
        """A published table (`schema.PUBLISHED`) as an Arrow table."""
        if name not in schema.PUBLISHED:
            raise KeyError(f"{name!r} is no table; the tables are {', '.join(schema.PUBLISHED)}")
        rows = self.store.table(name, self.run_id)
        if name == "rejects":  # where the articles lay for a moment means nothing
            place = rows.column_names.index("source")
            sources = pc.replace_substring(rows["source"], f"{self._folder}/", "")
            rows = rows.set_column(place, rows.field(place), sources)
        return rows

    def explain(self, article_id: str, other_id: str | None = None) -> str:
        """Why an article is in its cluster, in words; of two, why they are or are not in one."""
        if other_id is None:
            return explain.article(self.store, article_id, self.run_id)
        return explain.pair(self.store, article_id, other_id, self.run_id)

    def query(self, file: str | Path) -> query.Answer:
        """Where the one article in a file would go; changes nothing."""
        return query.query(Path(file), self.store, self.run_id)

    @property
    def clusters(self) -> pd.DataFrame:
        """The stories: canonical, reason, origin agency, counts of articles, publishers and origins."""
        return self._frame("clusters")

    @property
    def members(self) -> pd.DataFrame:
        """The articles: each one's cluster, how it relates to the canonical, and its credit."""
        return self._frame("members")

    @property
    def matches(self) -> pd.DataFrame:
        """The pairs that were compared: the figures, accepted or refused, and why."""
        return self._frame("matches")

    @property
    def excerpts(self) -> pd.DataFrame:
        """Partial reuse that does not make a member."""
        return self._frame("excerpts")

    @property
    def links(self) -> pd.DataFrame:
        """Clusters that touch without being one."""
        return self._frame("links")

    @property
    def credits(self) -> pd.DataFrame:
        """Whose copy the articles are."""
        return self._frame("credits")

    @property
    def citations(self) -> pd.DataFrame:
        """Whom they lean on."""
        return self._frame("citations")

    @property
    def stripped(self) -> pd.DataFrame:
        """The lines that were taken out."""
        return self._frame("stripped")

    @property
    def furniture(self) -> pd.DataFrame:
        """The lines that are stripped from a publisher's articles."""
        return self._frame("furniture")

    @property
    def changes(self) -> pd.DataFrame:
        """What the run changed."""
        return self._frame("changes")

    @property
    def events(self) -> pd.DataFrame:
        """What happened to clusters since the first run."""
        return self._frame("events")

    @property
    def rejects(self) -> pd.DataFrame:
        """Articles that could not be used, and why."""
        return self._frame("rejects")

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self.arrow(name).to_pandas()
        return cast("pd.DataFrame", self._frames[name])

    def close(self) -> None:
        """Remove the folder of the moment now. A store that was named stays."""
        self._end()

    def __enter__(self) -> Result:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        clusters, members = (self.store.tables(self.run_id).count(name) for name in ("clusters", "members"))
        return f"<reprints {self.run_id}: {members:,} articles in {clusters:,} clusters>"


def _settings(given: config.Config | str | Path | None, sections: Mapping[str, Mapping[str, Any]]) -> config.Config:
    """The settings, with the sections that are named in place of what they say. `ConfigError` for what is no setting."""
    settings = given if isinstance(given, config.Config) else config.load(Path(given) if given is not None else None)
    told = msgspec.to_builtins(settings)
    for name, section in sections.items():
        if not isinstance(section, Mapping):
            raise ConfigError(f"settings: {name} is a section, given as {name}={{setting: value}}; found {section!r}")
        told[name] = told.get(name, {}) | dict(section)
    try:
        return config.checked(msgspec.convert(told, config.Config), "settings")
    except msgspec.ValidationError as error:
        raise ConfigError(f"settings: {error}; `reprints config` prints all of them") from error


def _moment(as_of: datetime | date | str | None) -> datetime | None:
    """The run's date, where one is named. `ConfigError` for what is none."""
    try:
        return None if as_of is None else config.moment(as_of)
    except ValueError as error:
        raise ConfigError(f"as_of: {error}") from error


def _write(articles: Any, path: Path) -> None:
    """The articles as a file that a run reads, not packed: texts that repeat themselves are no bomb."""
    try:
        if isinstance(articles, pa.Table):
            rows = articles
        elif hasattr(articles, "to_dict") and hasattr(articles, "dtypes"):
            rows = pa.Table.from_pandas(articles, preserve_index=False)
        elif isinstance(articles, list):
            rows = pa.Table.from_pylist(articles)
        else:
            rows = pa.table(articles)  # whatever speaks Arrow: polars, DuckDB, a dict of columns
        if not rows.num_rows:
            raise InputError("there are no articles: the table has no rows")
        pq.write_table(rows, path, compression="none", use_dictionary=False)
    except (pa.ArrowException, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the articles cannot be written as a table: {' '.join(str(error).split())}") from error
