"""Credits of articles, and the canonical print of each cluster."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config
from pipeline.stages._frames import frame, table
from pipeline.stages.elect import origin, reasons, rule
from pipeline.stages.elect.contract import CREDITED, ELECTIONS, known_prints
from pipeline.stages.lexicon import agency_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["canonicals", "credited", "crediting", "ready"]

_ROUNDUPS = ("digest", "liveblog")


def credited(articles: pa.Table, credits: pa.Table) -> pa.Table:
    """The strongest credit of each article, as `CREDITED`, in the order of the articles.

    Full before release before partial; then the agency shown by more signals, by the more telling one, then an agency before
    an outlet, then by id.
    `articles` needs article_id alone. Credits whose signal is not direct do not count.
    """
    best = origin.evidence(frame(credits, origin.COLUMNS)).drop_duplicates("article_id")
    credited_ids, agency, grade = (pa.array(best[name], pa.string()) for name in ("article_id", "agency", "grade"))
    ids = articles["article_id"].combine_chunks()
    place = pc.index_in(ids, value_set=credited_ids)
    return pa.table([ids, agency.take(place), pc.fill_null(grade.take(place), "none")], schema=CREDITED)


def crediting(articles: pa.Table, credited: pa.Table) -> pa.Array:
    """Which articles name the agency they have their text from, in full or in part; bool. At an agency's home none does."""
    named = credited.filter(pc.is_in(credited["credit_grade"], pa.array(["partial", "full"])))
    does = pc.is_in(articles["article_id"], value_set=named["article_id"].combine_chunks())
    return pc.and_(does, pc.is_null(articles["home_agency"]))


def canonicals(
    groups: pa.Table,
    articles: pa.Table,
    credits: pa.Table,
    settings: config.Elect,
    pinned: Mapping[str, str] = MappingProxyType({}),
    agencies: Mapping[str, str] | None = None,
) -> pa.Table:
    """Elects the canonical print of each cluster: `ELECTIONS`, sorted by anchor.

    `groups` as `GROUPS`; `articles` in the columns of `schema.ARTICLES` that the rule needs, and `duplicate_of` where
    it is known; `credits` as `schema.CREDITS`. `pinned` maps the ids of articles that an editor wants as canonical to a
    note ("" for none); it comes before every step, and of two pinned in one cluster the rule decides. `agencies`: their
    names by id, None for those of the lexicon.
    """
    names = agency_names() if agencies is None else agencies
    prints = _prints(groups, articles)
    prints = _with_origin(prints, origin.evidence(_voting_credits(prints, credits)))
    alone = prints["n_articles"] == 1
    singles = prints[alone].assign(canonical_reason=reasons.ONLY, runner_up_id=None)
    elected = singles if alone.all() else _elected(prints[~alone].reset_index(drop=True), settings, pinned, names)
    if not alone.all() and alone.any():
        import pandas as pd

        elected = pd.concat([singles.astype({"runner_up_id": "str"}), elected])
    elected = elected.sort_values("anchor_id").rename(columns={"article_id": "canonical_id"})
    return table(elected.assign(canonical_is_proxy=elected["origin_agency"].notna() & ~elected["at_home"]), ELECTIONS)


def _prints(groups: pa.Table, articles: pa.Table) -> pd.DataFrame:
    """The members of all clusters with what the rule looks at, sorted by (anchor, article), clusters numbered."""
    columns = ["publisher", "publisher_id", "home_agency", "url", "canonical_url", "origin_url", "published_at"]
    columns += [
        "published_precision",
        "kind",
        "status",
        "notice_id",
        "text_state",
        "version_rank",
        "n_words",
        "duplicate_of",
    ]
    rows = known_prints(groups, articles, columns)
    prints = frame(rows, rows.column_names)
    anchors = rows["anchor_id"].combine_chunks().dictionary_encode()  # numbered as they come
    cluster = anchors.indices.to_numpy()
    first = pc.index_in(rows["duplicate_of"], value_set=rows["article_id"].combine_chunks()).fill_null(-1).to_numpy()
    is_duplicate = (first >= 0) & (cluster[first] == cluster)
    return prints.assign(cluster=cluster, n_articles=np.bincount(cluster)[cluster], is_duplicate=is_duplicate)


def _voting_credits(prints: pd.DataFrame, credits: pa.Table) -> pd.DataFrame:
    """The credits that vote: as traced, but for releases, and one by the signal `home` for each print at an agency's home.

    A release is nobody's reporting: its credit names no origin and makes no print a better one. Nor does a credit that
    names no agency.
    """
    import pandas as pd

    traced = frame(credits, origin.COLUMNS)
    traced = traced[(traced["grade"] != "release") & (traced["agency"] != origin.UNSPECIFIED)]
    return pd.concat([traced, origin.home_credits(prints)]).astype("str")


def _with_origin(prints: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Adds the origin of each print's cluster, whether the print is at its home, and how it credits it."""
    import pandas as pd

    place = pd.Index(prints["article_id"]).get_indexer(shown["article_id"])
    shown, place = shown[place >= 0], place[place >= 0]
    voter = prints["article_id"].mask(prints["is_duplicate"], prints["duplicate_of"])
    cluster = prints["cluster"].to_numpy()
    votes = shown.assign(cluster=cluster[place], voter=voter.array[place])
    prints = prints.join(origin.consensus(votes), on="cluster")
    is_origin = np.asarray(shown["agency"].array == prints["origin_agency"].array[place], np.bool_)
    rank, n_signals = (np.zeros(len(prints), np.int64) for _ in range(2))
    rank[place[is_origin]], n_signals[place[is_origin]] = (
        shown[name].to_numpy()[is_origin] for name in ("rank", "n_signals")
    )
    n_origins = prints["n_origins"].fillna(1).astype("int32")
    return prints.assign(
        origin_confidence=prints["origin_confidence"].fillna(0.0),
        n_origins=n_origins,
        origin_conflict=n_origins > 1,
        at_home=origin.at_home(prints),
        credit_rank=rank,
        n_signals=n_signals,
    )


def _elected(
    prints: pd.DataFrame, settings: config.Elect, pinned: Mapping[str, str], names: Mapping[str, str]
) -> pd.DataFrame:
    """The winners' rows of clusters of two and more, with reason and runner-up."""
    prints = _judged(prints, pinned)
    starts = np.flatnonzero(prints["cluster"].ne(prints["cluster"].shift()).to_numpy())
    ordered = rule.steps(prints, settings)
    outcome = rule.elect(ordered, starts, len(prints))
    winners, runners_up = prints.iloc[outcome.winner], prints.iloc[outcome.runner_up]
    first, second = (some[reasons.FIGURES].to_dict("records") for some in (winners, runners_up))
    why = [
        reasons.explain(ordered[step].name, winner, runner_up, names)
        for step, winner, runner_up in zip(outcome.decided, first, second, strict=True)
    ]
    return winners.assign(canonical_reason=why, runner_up_id=runners_up["article_id"].to_numpy())


def ready(groups: pa.Table, articles: pa.Table, credits: pa.Table, pinned: Mapping[str, str]) -> pd.DataFrame:
    """The prints of clusters of two and more, with all that `rule.steps` takes."""
    prints = _prints(groups, articles)
    return _judged(_with_origin(prints, origin.evidence(_voting_credits(prints, credits))), pinned)


def _judged(prints: pd.DataFrame, pinned: Mapping[str, str]) -> pd.DataFrame:
    """Adds what the steps look at: faults, pins, addresses, and who points to whom."""
    faults = {
        "withdrawn": prints["status"] == "withdrawn",
        "roundup": prints["kind"].isin(_ROUNDUPS),
        "stub": prints["text_state"] == "stub",
        "release": prints["kind"] == "release",
        "duplicate": prints["is_duplicate"],
    }
    prints = rule.add_addresses(prints)
    return prints.assign(
        fault=sum(faults[name].astype("int64") * weight for name, weight in rule.FAULTS.items()),
        pinned=prints["article_id"].isin(list(pinned)),
        pin_note=prints["article_id"].map(dict(pinned)).fillna("") if pinned else "",
        n_pointers=rule.count_pointers(prints),
    )
