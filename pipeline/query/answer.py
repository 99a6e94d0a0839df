"""What a query answers, as plain data: `--format json` prints it as it is."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pipeline.explain.told import Article

__all__ = ["Answer"]


class Answer(Struct, frozen=True):
    """What the next run would make of an article. Names are stable; others may be added.

    `run_id`: after which run; `as_of`: the date that the next one would have. `fate`: `new`; `version`, a new one of an article
    that is there; `repeat`, the same words of the same article; `older_version` than is there; `too_early`, it waits for its
    day; `too_late`; `frozen`; `rejected`. `reason` is that of a reject. `told`: what became of a repeat that is in no table.

    `cluster_id`: where it would be, or is; a new id is the one that a run would give. `joins`: whether anything else is there.
    `n_prints_before`: prints of that cluster now, 0 for a new one; `canonical_before` leads it now. `brings_together`: clusters
    that would be one. `article` is told as `reprints explain` tells of articles of the store, with what would be so.
    `is_of_other_rules`: rules have changed since the run, so the next one reads all anew and may come to something else.
    """

    run_id: str
    as_of: datetime
    source: str
    fate: str
    reason: str | None = None
    told: tuple[str, ...] = ()
    is_of_other_rules: bool = False
    article_id: str | None = None
    cluster_id: str | None = None
    joins: bool = False
    n_prints_before: int = 0
    canonical_before: str | None = None
    brings_together: tuple[str, ...] = ()
    article: Article | None = None
