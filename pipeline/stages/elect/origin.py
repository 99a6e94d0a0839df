"""Whose copy a cluster is: what the credits of its members show, and the vote over it.

Only *direct* evidence counts: words in or around an article that say whose copy it is. A credit whose signal is not in
`SIGNALS` was inferred from something else (shared sentences, say) and neither votes nor counts as a signal.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["COLUMNS", "GRADES", "SIGNALS", "UNSPECIFIED", "at_home", "consensus", "evidence", "home_credits"]

#: What a credit is judged by.
COLUMNS = ("article_id", "agency", "grade", "signal")

#: The agency of a credit that names none ("with inputs from agencies"): shown where nothing better is, never a vote.
UNSPECIFIED = "unspecified"

#: Grades of a credit, and their order. A release comes above a partial credit but never votes for an origin.
GRADES: Mapping[str, int] = MappingProxyType({"none": 0, "partial": 1, "release": 2, "full": 3})

#: Direct signals, the most telling first.
SIGNALS = ("byline", "dateline", "disclaimer", "tail", "source", "metadata", "copyright", "policy", "home")

#: Weight of one article's vote, in tenths: integers, so that no order of summing can change a share.
_WEIGHTS = MappingProxyType({"partial": 4, "full": 10})


def evidence(credits: pd.DataFrame) -> pd.DataFrame:
    """Per article and agency the best grade that is directly shown, and by how many signals.

    Takes article_id, agency, grade, signal; any number of rows for an agency. Gives article_id, agency, grade,
    `rank` (int, as `GRADES`), `n_signals` (int >= 1, distinct signals of that grade) and `signal` (int, index of the
    most telling one in `SIGNALS`), one row for each article and agency, the strongest credit of an article first.
    """
    import pandas as pd

    articles, agencies = (pd.factorize(credits[name], sort=True) for name in ("article_id", "agency"))
    grades, signals = pd.Index(GRADES), pd.Index(SIGNALS)
    below = len(GRADES) - 1 - grades.get_indexer(credits["grade"])
    signal = signals.get_indexer(credits["signal"])
    shape = (len(articles[1]), len(agencies[1]), len(GRADES), len(SIGNALS))
    # A credit as one number, in an order in which the first of an article and agency is its best grade and signal.
    number = ((articles[0] * shape[1] + agencies[0]) * shape[2] + below) * shape[3] + signal
    article, agency, below, signal = np.unravel_index(np.unique(number[signal >= 0]), shape)
    is_first = np.diff(article * shape[1] + agency, prepend=-1) != 0
    first = np.flatnonzero(is_first)
    pair = np.cumsum(is_first) - 1
    n_signals = np.bincount(pair[below == below[first][pair]], minlength=len(first))
    article, agency, below, signal = (codes[first] for codes in (article, agency, below, signal))
    is_unnamed = np.asarray(agencies[1] == UNSPECIFIED)[agency]
    order = np.lexsort((agency, signal, -n_signals, below, is_unnamed, article))
    rank = len(GRADES) - 1 - below[order]
    return pd.DataFrame(
        {
            "article_id": articles[1].take(article[order]),
            "agency": agencies[1].take(agency[order]),
            "grade": grades.astype("str").take(rank),
            "rank": rank,
            "n_signals": n_signals[order],
            "signal": signal[order],
        }
    )


def home_credits(articles: pd.DataFrame) -> pd.DataFrame:
    """A full credit by the signal `home` for each article that stands on an agency's own site.

    Takes article_id, home_agency (null elsewhere); gives rows as `evidence` takes them.
    """
    at_home = articles.loc[articles["home_agency"].notna(), ["article_id", "home_agency"]]
    return at_home.rename(columns={"home_agency": "agency"}).assign(grade="full", signal="home")


def at_home(prints: pd.DataFrame) -> pd.Series:
    """Whether each print stands on the site of its origin (bool): an agency's own, or the outlet's that others credit.

    Takes home_agency, publisher and origin_agency; an outlet that is no agency is credited by its name.
    """
    home = (prints["home_agency"] == prints["origin_agency"]) | (prints["publisher"] == prints["origin_agency"])
    return home.fillna(False).astype(bool)


def consensus(shown: pd.DataFrame) -> pd.DataFrame:
    """The origin of each cluster by a weighted vote.

    `shown` is `evidence` with `cluster` (int) and `voter` (the article, or the one that it duplicates: one text of one
    publisher votes once), without releases. A full credit weighs 1.0, a partial one 0.4. Gives, indexed by `cluster`
    and only where somebody voted: `origin_agency`; `origin_confidence`, its share of the vote in (0, 1]; `n_origins`,
    the agencies that are credited in full (at least 1). An equal vote goes to the agency with more full credits,
    then to the smaller id.
    """
    votes = shown.assign(weight=shown["grade"].map(_WEIGHTS).astype("int64"), full=shown["grade"] == "full")
    votes = votes.groupby(["cluster", "voter", "agency"], as_index=False)[["weight", "full"]].max()
    tally = votes.groupby(["cluster", "agency"], as_index=False)[["weight", "full"]].sum()
    tally = tally.sort_values(
        ["cluster", "weight", "full", "agency"], ascending=[True, False, False, True], ignore_index=True
    )
    by_cluster = tally.assign(credited=tally["full"] > 0).groupby("cluster")
    winner = tally.drop_duplicates("cluster").set_index("cluster")
    return (
        winner[["agency"]]
        .assign(
            origin_confidence=winner["weight"] / by_cluster["weight"].sum(),
            n_origins=by_cluster["credited"].sum().clip(lower=1),
        )
        .rename(columns={"agency": "origin_agency"})
    )
