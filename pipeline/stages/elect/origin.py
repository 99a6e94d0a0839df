"""Whose copy a cluster is: what the credits of its members show, and the vote over it.

Only *direct* evidence counts: words in or around an article that say whose copy it is. A credit whose signal is not in
`SIGNALS` was inferred from something else (shared sentences, say) and neither votes nor counts as a signal.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from pipeline.stages.kernels.arrays import changes

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
    is_outlet = np.array([name != name.lower() for name in agencies[1]], np.bool_)[
        agency
    ]  # an agency's id is in small letters
    order = np.lexsort((agency, is_outlet, signal, -n_signals, below, is_unnamed, article))
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
    import pandas as pd

    cluster = shown["cluster"].to_numpy()
    voter, _ = pd.factorize(shown["voter"])
    agency, names = pd.factorize(shown["agency"], sort=True)
    is_full = shown["grade"].eq("full").to_numpy()
    weight = np.where(is_full, _WEIGHTS["full"], _WEIGHTS["partial"])
    order = np.lexsort((-weight, voter, agency, cluster))
    best = order[changes(cluster[order], agency[order], voter[order])]  # of each voter and agency the weightiest
    begins = np.flatnonzero(changes(cluster[best], agency[best]))
    weights, fulls = (np.add.reduceat(values[best].astype(np.int64), begins) for values in (weight, is_full))
    cluster, agency = cluster[best][begins], agency[best][begins]
    order = np.lexsort((agency, -fulls, -weights, cluster))
    first = np.flatnonzero(changes(cluster[order]))
    leads, clusters = order[first], np.flatnonzero(changes(cluster))
    return pd.DataFrame(
        {
            "origin_agency": names.take(agency[leads]),
            "origin_confidence": weights[leads] / np.add.reduceat(weights, clusters),
            "n_origins": np.maximum(np.add.reduceat(fulls > 0, clusters, dtype=np.int64), 1),
        },
        index=pd.Index(cluster[leads], name="cluster"),
    )
