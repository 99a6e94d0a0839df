"""elect: the canonical print of each cluster, whose copy it is, and the published rows of clusters and members.

    groups, articles, credits --canonicals--> elections --tables--> clusters, members

The rule is ordered; the first step that tells the best prints apart decides, and is written beside the result:

    1 fit to lead (not withdrawn, a round-up, a stub, a release, a second copy by one publisher)
    2 on the home site of the agency whose copy it is      6 the longest, by more than `longer_by`
    3 named as the original by another publisher's print   7 the earliest, by more than `tie_minutes`
    4 credited best to that agency                         8 the smallest address, then article id
    5 the latest version, corrected before uncorrected

The result is a function of the set of members: no order of rows, no earlier run and no other cluster has a say in it.
"""

from __future__ import annotations

from pipeline.stages.elect.contract import CREDITED, ELECTIONS, FIGURES, GROUPS
from pipeline.stages.elect.election import canonicals, credited, crediting
from pipeline.stages.elect.published import tables
from pipeline.stages.elect.standing import Standing, standing

__all__ = [
    "CREDITED",
    "ELECTIONS",
    "FIGURES",
    "GROUPS",
    "Standing",
    "canonicals",
    "credited",
    "crediting",
    "standing",
    "tables",
]
