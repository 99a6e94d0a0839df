"""newswire-reprints: finds the reprints of one wire story under many mastheads, and says whose copy it is.

What happens to an article, stage by stage:

    files ──read──▶ records ──clean──▶ articles ──trace──▶ credits, citations
                                          │
                                          └─sketch─▶ sketches ──learn──▶ without furniture
                                                                                │
                                 matches ◀──verify── candidates ◀──pair─────────┘
                                    │
                                    └─cluster─▶ groups ──elect──▶ ──follow──▶ clusters, members

`flow` is that picture as code. `intake` is what happens to each batch, up to sketches, on all cores (`crew`); `derive` the
rest, over all articles in reach. Each stage is a module of `stages`: pure functions on Arrow tables with a frozen struct of
settings (`config`), no path, no clock, no knowledge of another stage. What two stages share travels as a column, and every
table has its schema in `schema`. Paths live in `storage` alone, which also makes a run appear in one step or not at all;
`quality` checks what is about to appear. What takes long is done by `hands`: those of this machine, or, where memory or a
machine is not enough, in many small tasks (`spread`, over the few verbs of `engine`). Of what is published `report` makes a
page; `explain` and `query` answer questions.

Who has articles in a DataFrame needs none of this: `pipeline.reprints(articles)` runs the flow and gives its tables back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from pipeline.config import Config
    from pipeline.library import Result

__all__ = ["Config", "Result", "reprints"]


def reprints(
    articles: Any,
    *,
    store: str | Path | None = None,
    config: Config | str | Path | None = None,
    as_of: datetime | date | str | None = None,
    **sections: Mapping[str, Any],
) -> Result:
    """Find which articles are prints of one story, and whose copy they are.

    `articles` is a pandas DataFrame, an Arrow table, or whatever speaks Arrow, a row an article. Columns have the usual names:
    a text (`text`, `body`, `maintext`...) is needed, an `id` or `url`, a `publisher` and a `date` make the result better.

    `store`: the folder or URL of a store that the articles are added to, as `reprints run` would; None for one of the moment,
    which goes with the result. `config`: settings, or a TOML file of them; a section of settings may also be given by its name,
    `pair={"window_days": 3}`. `as_of`: the run's date, as `--as-of` takes it: a day means its end, a time without a
    zone is in UTC; None for the newest article's time. On a store of one's own audits that would stop a night are passed over.

    Raises `pipeline.errors.ReprintsError` for what the caller can do something about.
    """
    from pipeline import library  # all that is heavy is imported now

    return library.reprints(articles, store=store, config=config, as_of=as_of, **sections)


def __getattr__(name: str) -> Any:
    if name == "Config":
        from pipeline.config import Config

        return Config
    if name == "Result":
        from pipeline.library import Result

        return Result
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
