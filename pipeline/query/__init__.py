"""Where a new article would go: what a run with it alone would make of it, without a change to the store.

`query` gives it as plain data (`Answer`), `each` of one article after the other, `text` the same in words. `rehearse` is how it
is found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow.compute as pc

from pipeline import explain
from pipeline.config import Config
from pipeline.errors import IncompatibleStoreError, InputError, UnreadableError
from pipeline.explain import gather
from pipeline.explain.told import Article
from pipeline.query.answer import Answer
from pipeline.query.rehearse import Rehearsal, rehearsed
from pipeline.query.source import Rehearsed
from pipeline.query.words import text
from pipeline.storage import manifest, read
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Answer", "each", "query", "text"]


def query(
    file: Path, store: Store, run_id: str | None = None, *, called: str | None = None, watch: Watch | None = None
) -> Answer:
    """What a run with this file alone would make of the one article in it, after that run; after the newest for None.

    The store is read, never written to or held. `called`: how the file is called in the answer. `UnreadableError` if it cannot
    be read, or holds another number of articles than one.
    """
    run_id = store.run_id(run_id)
    if not file.is_file():
        raise InputError(f"{file}: there is no such file; name one with one article, or - for standard input")
    if store.is_of_old_layout():
        raise IncompatibleStoreError(
            f"{store.name}: an older release wrote it; the next `reprints run` brings it up to date"
        )
    called = called or read.spelled(file)
    try:
        with rehearsed(file, store, run_id, watch) as found:
            return _answer(found, store, run_id, called)
    except UnreadableError as error:
        raise UnreadableError(f"{called}: {error.reason}", error.reason) from error


def each(lines: Iterable[bytes], store: Store, run_id: str | None = None, *, called: str) -> Iterator[Answer]:
    """The answer to each line as soon as it is there: an article as a JSON object. No article knows of those before it.

    `called`: how the lines together are called in the answers. One that cannot be read, or is blank, is answered, too, as
    `rejected`. Without a `run_id` each is asked after the run that is the newest then.
    """
    with TemporaryDirectory(prefix="reprints-") as folder:
        file = Path(folder) / "line.jsonl"
        for number, line in enumerate(lines, 1):
            file.write_bytes(line)
            name, asked = f"{called}, line {number}", store.run_id(run_id)
            try:
                answer = query(file, store, asked, called=name)
            except UnreadableError as error:
                answer = _unreadable(error.reason, store, asked, name)
            yield answer


def _unreadable(reason: str, store: Store, run_id: str, called: str) -> Answer:
    as_of = datetime.fromisoformat(store.manifest(run_id)["as_of"])
    base = _base(store, run_id, called, as_of, manifest.settings(store, run_id))
    return msgspec.structs.replace(base, fate="rejected", reason=reason)


def _base(store: Store, run_id: str, called: str, as_of: datetime, settings: Config) -> Answer:
    return Answer(
        run_id=run_id,
        as_of=as_of,
        source=called,
        fate="new",
        is_of_other_rules=run_id == store.run_id() and store.is_of_other_rules(settings),
    )


def _answer(found: Rehearsal, store: Store, run_id: str, called: str) -> Answer:
    base = _base(store, run_id, called, found.as_of, found.settings)
    if found.intake.rejects.num_rows:
        return msgspec.structs.replace(base, fate="rejected", reason=found.intake.rejects["reason"][0].as_py())
    if found.night is None:
        [article_id] = set(found.named(found.known["version"][:1]))
        return _as_published(base, "repeat", article_id, store)
    article_id = found.intake.new["article_id"][0].as_py()
    base = msgspec.structs.replace(
        base, article_id=article_id, fate="version" if found.known.get("identity") else "new"
    )
    if found.night.rejects.num_rows:
        reason = found.night.rejects["reason"][0].as_py()
        return msgspec.structs.replace(base, fate=reason.partition(":")[0], reason=reason)
    if not pc.any(pc.equal(found.night.comes["article_id"], article_id)).as_py():
        return _as_published(base, "older_version", article_id, store)
    source = Rehearsed(found)
    row = source.members((article_id,)).get(article_id)
    if row is None or "n_words" not in row:  # of a cluster that the horizon has passed
        return msgspec.structs.replace(base, fate="too_late", reason="too_late: its cluster is older than the horizon")
    return _joining(base, found, gather.article(source, row), called)


def _as_published(base: Answer, fate: str, article_id: str, store: Store) -> Answer:
    told = explain.gathered(store, article_id, base.run_id)
    cluster_id = told.article.cluster.cluster_id if told.article else None
    return msgspec.structs.replace(
        base, fate=fate, article_id=article_id, cluster_id=cluster_id, article=told.article, told=told.told
    )


def _joining(base: Answer, found: Rehearsal, article: Article, called: str) -> Answer:
    cluster, own = article.cluster, article.article_id
    others = [member.article_id for member in cluster.members if member.article_id != own]
    were_in = dict.fromkeys(found.clusters_before[other] for other in others if other in found.clusters_before)
    reading = msgspec.structs.replace(article.reading, source=called)
    return msgspec.structs.replace(
        base,
        cluster_id=cluster.cluster_id,
        joins=bool(others),
        n_prints_before=found.sizes_before.get(cluster.cluster_id, 0),
        brings_together=tuple(were_in) if len(were_in) > 1 else (),
        canonical_before=found.canonicals_before.get(cluster.cluster_id),
        article=msgspec.structs.replace(article, reading=reading),
    )
