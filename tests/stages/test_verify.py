"""verify against Python sets, and its rules one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import config
from pipeline.stages import pair, sketch, verify
from tests.stages import oracle

SKETCH = config.Sketch(shingle_words=2)
TEXTS = st.lists(st.sampled_from(["ab", "cd", "ef", "gh", "7", "12", "東", "京"]), max_size=16).map(" ".join)


def decided(texts: list[str], facts: pa.Table | None = None, sketch_settings: config.Sketch = SKETCH) -> list[dict]:
    table = pa.table({"article_id": [str(i) for i in range(len(texts))], "body": pa.array(texts, pa.large_string())})
    sketches = sketch.run(table, sketch_settings)
    pairs = list(combinations(range(len(texts)), 2))
    candidates = pa.Table.from_arrays(
        [
            pa.array([left for left, _ in pairs], pa.int64()),
            pa.array([right for _, right in pairs], pa.int64()),
            pa.array([2] * len(pairs), pa.int8()),
        ],
        schema=pair.CANDIDATES,
    )
    matches = verify.run(candidates, sketches, facts, config.Verify())
    assert matches.schema.equals(verify.MATCHES)
    return matches.to_pylist()


@given(st.lists(TEXTS, min_size=2, max_size=6))
@settings(deadline=None)
def test_figures_are_those_of_python_sets(texts: list[str]) -> None:
    sequences = [oracle.shingles(text, 2, 5) for text in texts]
    for row in decided(texts):
        a, c = sequences[row["left"]], sequences[row["right"]]
        same = oracle.tokens(texts[row["left"]]) == oracle.tokens(texts[row["right"]])
        shared, union = len(set(a) & set(c)), len(set(a) | set(c))
        assert row["jaccard"] == (1.0 if same else shared / max(1, union))
        assert row["containment_left"] == (1.0 if same else shared / max(1, len(set(a))))
        assert row["containment_right"] == (1.0 if same else shared / max(1, len(set(c))))
        assert row["longest_run"] <= oracle.longest_run(a, c)
        if len(set(a)) == len(a) and len(set(c)) == len(c):
            assert row["longest_run"] == oracle.longest_run(a, c)
        assert (row["relation"] == "identical") == same
        assert row["accepted"] == (row["relation"] in verify.ACCEPTED)


STORY = (
    "the harbour board voted on monday to dredge the northern channel before winter after a tanker ran aground off "
    "the mole twice in one week and the insurers of the port asked for a survey by independent pilots who found the "
    "beacons dark and the charts ten years old according to a report that was read to the members behind closed doors"
).split()


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (STORY, STORY, "identical"),
        (STORY, [*STORY[:20], "swiftly", *STORY[20:]], "light_edit"),
        (STORY, STORY[:30], "abridged"),
        (STORY[:30], STORY, "expanded"),
        (STORY, [*STORY[:30], *(f"new{i}" for i in range(len(STORY) - 30))], "version"),
        (STORY, [f"other{i}" for i in range(50)], "different"),
        (STORY[:20], STORY[:12], "different"),  # too short to be called a cut
        ([*STORY, "1", "2", "3", "4"], [*STORY, "5", "6", "7", "8", "9"], "template"),
        ([*STORY, "1", "2", "3", "4"], [*STORY, "1", "2", "7", "8", "9"], "light_edit"),
    ],
)
def test_each_relation(left: list[str], right: list[str], relation: str) -> None:
    row = decided([" ".join(left), " ".join(right)])[0]
    assert (row["relation"], row["accepted"]) == (relation, relation in verify.ACCEPTED), row["reason"]


def test_a_passage_in_common_is_an_excerpt() -> None:
    own, other = ([f"{side}{i}" for i in range(400)] for side in "ab")
    row = decided([" ".join([*own, *STORY]), " ".join([*STORY, *other])])[0]
    assert (row["relation"], row["accepted"], row["longest_run"]) == ("excerpt", False, len(STORY) - 1)
    assert "verify.min_jaccard" in row["reason"]


def test_round_ups_two_agencies_and_one_publishers_own_texts_do_not_match() -> None:
    other = [*STORY[:35], *(f"new{i}" for i in range(20))]
    texts = [" ".join(STORY), " ".join(other)]

    def facts(
        agencies: list[str | None],
        kinds: list[str],
        publishers: list[str | None] | None = None,
        versions: list[str | None] | None = None,
    ) -> pa.Table:
        publisher = pa.array(publishers or [None, None], pa.string())
        version = pa.array(versions or [None, None], pa.string())
        columns = {"agency": pa.array(agencies, pa.string()), "publisher": publisher, "kind": kinds, "version": version}
        return pa.table(columns)

    assert decided(texts, facts(["ap", "ap"], ["editorial"] * 2))[0]["accepted"]
    assert decided(texts, facts(["ap", None], ["editorial"] * 2))[0]["accepted"]
    refused = decided(texts, facts(["ap", "afp"], ["editorial"] * 2))[0]
    assert (refused["accepted"], refused["reason"].startswith("credited to two agencies")) == (False, True)
    assert decided(texts, facts([None, None], ["editorial", "digest"]))[0]["relation"] == "excerpt"
    own = decided(texts, facts([None, None], ["editorial"] * 2, ["a", "a"]))[0]
    assert (own["accepted"], "verify.own_jaccard" in own["reason"]) == (False, True)
    assert decided(texts, facts([None, None], ["editorial"] * 2, ["a", "b"]))[0]["accepted"]
    update = decided(texts, facts([None, None], ["editorial"] * 2, ["a", "a"], [None, "UPDATE 1"]))[0]
    assert (update["accepted"], update["relation"]) == (True, "version")


def test_no_candidates_give_no_matches() -> None:
    table = pa.table({"article_id": ["a"], "body": pa.array(["one two three"], pa.large_string())})
    sketches = sketch.run(table, SKETCH)
    assert (
        verify.run(pair.run(sketches, np.zeros(1, np.int64), config.Pair()), sketches, None, config.Verify()).num_rows
        == 0
    )


def test_a_million_pairs_are_decided_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is the same whatever the slice, and strings of any number of pairs can be joined."""
    texts = [" ".join([*STORY[:i], *(f"n{i}x{k}" for k in range(60 - i))]) for i in range(0, 60, 4)]
    whole = decided(texts)
    monkeypatch.setattr(verify, "_SLICE", 7)
    assert decided(texts) == whole
    pairs = 900_000
    rule = verify._Rule(np.ones(pairs, bool), "different", ("jaccard ", np.full(pairs, 0.1999), " < 0.2"))
    relation, reason = verify._decide([rule])
    assert set(relation.tolist()) == {verify.RELATIONS.index("different")}
    assert reason[pairs - 1].as_py() == "jaccard 0.199 < 0.2"
