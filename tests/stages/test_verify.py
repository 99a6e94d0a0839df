"""verify against Python sets, and its rules one by one."""

from __future__ import annotations

from itertools import combinations
from math import nextafter
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import config
from pipeline.stages import pair, sketch, verify
from pipeline.stages.kernels import arrays, compare
from pipeline.stages.verify import reasons, rules
from pipeline.stages.verify.figures import Figures, Flat, distinct
from tests.stages import oracle

SKETCH = config.Sketch(shingle_words=2)
TEXTS = st.lists(st.sampled_from(["ab", "cd", "ef", "gh", "7", "12", "東", "京"]), max_size=16).map(" ".join)


def decided(
    texts: list[str],
    facts: pa.Table | None = None,
    sketch_settings: config.Sketch = SKETCH,
    cuts: config.Verify | None = None,
) -> list[dict]:
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
    matches = verify.run(candidates, sketches, facts, cuts or config.Verify(), sketch_settings.shingle_words)
    assert matches.schema.equals(verify.CODED)
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


TURNED = {"abridged": "expanded", "expanded": "abridged"}


def figures_of(
    texts: list[str], anchors: list[int], canonicals: list[int], matches: list[dict]
) -> dict[str, dict[str, object]]:
    n_words = np.array([len(oracle.tokens(text)) for text in texts], np.int32)
    ids = pa.chunked_array([[f"a{row}" for row in range(len(texts))]], pa.string())
    table = pa.Table.from_pylist(matches, schema=verify.MATCHES)
    found = verify.figures(ids, np.array(anchors), np.array(canonicals), n_words, table, config.Verify())
    return {row.pop("article_id"): row for row in found.to_pylist()}


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
@settings(deadline=None)
def test_members_are_told_by_their_matches(texts: list[str], data: st.DataObject) -> None:
    """As seen from the canonical, by the one match that they have with it, whichever of the two came first."""
    rows = range(len(texts))
    heads = [data.draw(st.sampled_from(range(row + 1))) for row in rows]
    anchors = [heads[heads[row]] if heads[heads[row]] == heads[heads[heads[row]]] else row for row in rows]
    anchors = [anchor if anchors[anchor] == anchor else row for row, anchor in zip(rows, anchors, strict=True)]
    mates = [[other for other in rows if anchors[other] == anchors[row]] for row in rows]
    chosen = {anchor: data.draw(st.sampled_from(mates[anchor])) for anchor in set(anchors)}
    canonicals = [chosen[anchor] for anchor in anchors]
    matches = decided(texts)
    between = {(row["left"], row["right"]): row for row in matches} | {
        (row["right"], row["left"]): row
        | {"containment_left": row["containment_right"], "containment_right": row["containment_left"]}
        | {"relation": TURNED.get(row["relation"], row["relation"])}
        for row in matches
    }
    found = figures_of(texts, anchors, canonicals, data.draw(st.permutations(matches)))
    assert sorted(found) == [f"a{row}" for row in rows if len(mates[row]) > 1]
    for row in (row for row in rows if len(mates[row]) > 1):
        told, canonical, anchor = found[f"a{row}"], canonicals[row], anchors[row]
        cohesion = 1.0
        if row != anchor:
            cohesion = max(between[anchor, row][name] for name in ("containment_left", "containment_right"))
        assert told.pop("cohesion") == cohesion
        if row == canonical:
            assert told == {"relation": "canonical", "jaccard": 1.0, "containment": 1.0, "share_of_canonical": 1.0}
            continue
        match = between[canonical, row]
        assert told["jaccard"] == match["jaccard"]
        assert told["share_of_canonical"] == match["containment_left"]
        assert told["containment"] == max(match["containment_left"], match["containment_right"])
        assert told["relation"] in ((match["relation"],) if match["accepted"] else ("abridged", "expanded", "version"))


def test_who_is_alone_needs_no_match_and_a_member_that_met_nobody_is_refused() -> None:
    assert figures_of(["ab cd", "ab cd"], [0, 1], [0, 1], []) == {}
    with pytest.raises(ValueError, match="no match with the canonical"):
        figures_of(["ab cd", "ab cd"], [0, 0], [0, 0], [])


@given(st.integers(0, 2**32), st.sampled_from([0, 1, 40, 900, 5_000]), st.sampled_from([1, 30, 5_000, 2**32]))
def test_distinct_values_are_those_of_python_sets(seed: int, most: int, of: int) -> None:
    """Lists with and without repeats, of any length, some of each in quotation marks."""
    chance = np.random.default_rng(seed)
    sizes = chance.integers(0, most + 1, 6)
    values, offsets = chance.integers(0, of, sizes.sum()).astype(np.uint32), arrays.offsets(sizes)
    ends = [np.sort(chance.integers(0, size + 1, 2 * chance.integers(0, 3))).astype(np.uint32) for size in sizes]
    bounds = arrays.offsets(np.array([len(of_one) for of_one in ends]))
    rows, out = np.array([1, 2, 3, 5, 5]), np.zeros((6, 2), np.int64)
    quotes = np.concatenate(ends), bounds[:-1], bounds[1:]
    compare.distinct_counts(values, offsets[:-1], offsets[1:], *quotes, rows, out)
    for row in rows.tolist():
        own = values[offsets[row] : offsets[row + 1]].tolist()
        quoted = {place for begin, end in ends[row].reshape(-1, 2).tolist() for place in range(begin, end)}
        first = {value: place for place, value in reversed(list(enumerate(own)))}
        assert out[row].tolist() == [len(first), len(set(first.values()) - quoted)]


@given(st.integers(0, 2**32), st.sampled_from([8, 60, 400]), st.sampled_from([0, 1, 5]), st.sampled_from([0, 1, 5]))
@settings(deadline=None)
def test_what_two_lists_share_is_what_sets_say(seed: int, of: int, twice: int, again: int) -> None:
    """Lists that share a long stretch, most without repeats, some of each in quotation marks."""
    chance = np.random.default_rng(seed)
    first, last = np.sort(chance.integers(0, of + 1, 2))
    one = chance.permutation(of)
    stretch = one[first:last]
    other = np.concatenate([chance.permutation(of)[: of // 3] + of, stretch, chance.permutation(of)[:9] + 2 * of])
    one, other = (
        np.concatenate([chance.permutation(stretch)[:repeats], text])
        for text, repeats in ((one, twice), (other, again))
    )
    pair_ = [one, other]
    quotes = [
        np.sort(chance.choice(len(text) + 1, 2 * chance.integers(0, 4), replace=False)).astype(np.uint32)
        for text in pair_
    ]
    found = compared(pair_, quotes)
    shared = set(one.tolist()) & set(other.tolist())
    in_marks = []
    for text, marks in zip(pair_, quotes, strict=True):
        quoted = {place for begin, end in marks.reshape(-1, 2).tolist() for place in range(begin, end)}
        in_marks.append({value for value in shared if text.tolist().index(value) in quoted})
    assert found.shared[0] == len(shared)
    assert found.quoted[0] == max(map(len, in_marks))
    assert found.longest_run[0] <= oracle.longest_run(*(text.tolist() for text in pair_))
    if not twice and not again:
        assert found.longest_run[0] == oracle.longest_run(*(text.tolist() for text in pair_))


def compared(texts: list[np.ndarray], quotes: list[np.ndarray]) -> Figures:
    """The figures of two lists of shingles, with the ends of what is quoted in each."""
    ends, bounds = (arrays.offsets(np.array([len(one) for one in both])) for both in (texts, quotes))
    flat = Flat(
        (arrays.read_only(np.concatenate(texts).astype(np.uint32)), ends[:-1], ends[1:]),
        (arrays.read_only(np.concatenate(quotes)), bounds[:-1], bounds[1:]),
        *(2 * [arrays.scattered(pa.chunked_array([arrays.lists(np.empty(0, np.uint32), np.zeros(3, np.int64))]))]),
        contents=np.arange(2),
        n_words=np.array([*map(len, texts)], np.int32),
    )
    left, right = np.array([0]), np.array([1])
    return Figures(flat, distinct(flat, left, right), left, right, 1)


@given(
    st.lists(st.sampled_from([1, 3, *range(compare.PASSAGE - 1, compare.PASSAGE + 2)]), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_of_the_passages_in_common_the_longest_and_the_first_are_told(lengths: list[int], chance: Random) -> None:
    """Stretches of one list stand in any order in the other, each below a strange value."""
    ends = np.cumsum([0, *lengths])
    other, passages = list[int](), list[tuple[int, int, int]]()  # length, and where it begins in each
    for number in chance.sample(range(len(lengths)), len(lengths)):
        other.append(1_000 + number)
        passages.append((lengths[number], int(ends[number]), len(other)))
        other += range(ends[number], ends[number + 1])
    found = compared([np.arange(ends[-1]), np.array(other)], [np.empty(0, np.uint32)] * 2)
    longest = max(passages, key=lambda passage: passage[0])  # of some as long the first in the other list
    assert [found.longest_run[0], *found.begins[0]] == [*longest]
    long = [passage for passage in passages if passage[0] >= compare.PASSAGE] or [longest]
    assert [*found.onset[0]] == [min(begin for _, begin, _ in long), long[0][2]]


@given(st.data(), st.sampled_from([30, 2**61]))
def test_a_reason_reads_the_same_alone_and_among_others(data: st.DataObject, most: int) -> None:
    """Figures that fit into one number, and such as do not."""
    n = data.draw(st.integers(1, 8))
    counts = np.array(data.draw(st.lists(st.integers(0, most), min_size=n, max_size=n)), np.int64)
    shares = np.array(data.draw(st.lists(st.sampled_from([0.0, 0.1, 0.1999, 0.2, 1.0, 30.25]), min_size=n, max_size=n)))
    cuts = pa.DictionaryArray.from_arrays(
        data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)), ["low", "high"]
    )
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=12)), np.int64)
    found = reasons.sentences((counts, " words, ", shares, " < ", cuts), rows).to_pylist()
    told = {0.0: "0", 0.1: "0.1", 0.1999: "0.199", 0.2: "0.2", 1.0: "1", 30.25: "30.25"}
    assert found == [f"{counts[row]} words, {told[shares[row]]} < {cuts[int(row)]}" for row in rows]
    assert reasons.sentences(("the same words",), rows).to_pylist() == len(rows) * ["the same words"]


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


def words(side: str, n: int) -> list[str]:
    return [f"{side}{i}" for i in range(n)]


def test_what_a_print_shares_begins_near_the_top() -> None:
    """A local paragraph above the story is one thing, agency copy below a story of one's own another."""
    local = decided([" ".join(STORY), " ".join([*words("a", 20), *STORY])])[0]
    assert (local["relation"], local["accepted"]) == ("expanded", True)
    below = decided([" ".join([*words("b", 60), *STORY]), " ".join([*words("a", 70), *STORY])])[0]
    assert (below["relation"], "verify.opening_share" in below["reason"]) == ("excerpt", True)
    long = [*words("c", 700), *STORY]
    late = decided([" ".join([*words("a", 210), *long]), " ".join([*long, *words("d", 100)])])[0]
    assert (late["relation"], "verify.opening_words" in late["reason"]) == ("excerpt", True)
    inserted = decided([" ".join(STORY), " ".join([*words("a", 300), *STORY])])[0]
    assert inserted["relation"] == "excerpt"
    most = decided([" ".join(STORY), " ".join([*words("a", 40), *STORY])])[0]
    assert (most["relation"], most["accepted"]) == ("expanded", True)  # all of it, and more than half of the other


def test_a_version_that_keeps_the_opening_may_share_less() -> None:
    opening, a, b = STORY[:42], words("a", 100), words("b", 100)
    same = decided([" ".join([*opening, *a]), " ".join([*opening, *b])])[0]
    assert 0.14 <= same["jaccard"] < 0.2
    assert (same["relation"], "verify.early_ease" in same["reason"]) == ("version", True)
    turned = decided([" ".join([*opening, *a]), " ".join([*b[:30], *opening, *b[30:]])])[0]
    assert not turned["accepted"]
    others = [" ".join([*opening, *(f"about {name}" for name in words(side, 50))]) for side in ("Ann", "Bob")]
    assert not decided(others)[0]["accepted"]  # a round-up that begins with the same story
    short = [" ".join([*STORY[:22], *words(side, 50)]) for side in "ab"]
    assert (decided(short)[0]["jaccard"] > 0.14, decided(short)[0]["accepted"]) == (True, False)


def test_the_same_quotations_with_other_narration_are_quotes_only() -> None:
    statement = ['"' + " ".join(STORY[:20]) + '"', '"' + " ".join(STORY[20:45]) + '"']
    one, other = ("\n".join([" ".join(words(side, 30)), *statement, " ".join(words(side * 2, 12))]) for side in "ab")
    row = decided([one, other])[0]
    assert row["jaccard"] > 0.2
    assert (row["relation"], row["accepted"]) == ("quotes_only", False)
    assert "verify.quoted_share" in row["reason"]
    lost = decided([one, other.replace('"', "")])[0]
    assert lost["relation"] == "quotes_only"  # the marks of one page are enough
    spoken = decided([f'"{" ".join(STORY)}"', f'"{" ".join(STORY)}" {" ".join(words("a", 30))}'])[0]
    assert spoken["accepted"]  # all narration there is, is shared


def test_one_form_with_other_names_is_a_template() -> None:
    def brief(names: list[str]) -> str:
        return " ".join(
            name if i % 6 == 3 and (name := names[i // 6 % len(names)]) else word for i, word in enumerate(STORY)
        )

    one = brief(["Alma", "Brook", "Corvin", "Dorset", "Ewing"])
    other = brief(["Alma", "Quay", "Ralston", "Selby", "Thorne"])
    settings_ = config.Sketch(shingle_words=1)
    assert decided([one, other], sketch_settings=settings_)[0]["relation"] == "template"
    mostly = brief(["Alma", "Brook", "Corvin", "Dorset", "Thorne"])
    assert decided([one, mostly], sketch_settings=settings_)[0]["accepted"]


@given(st.lists(TEXTS, min_size=2, max_size=5))
@settings(deadline=None)
def test_quoted_names_and_onsets_are_those_of_plain_python(texts: list[str]) -> None:
    texts = [text.replace("ef", '"').replace("gh", "Ann") for text in texts]
    table = pa.table({"article_id": [str(i) for i in range(len(texts))], "body": pa.array(texts, pa.large_string())})
    pairs = np.array(list(combinations(range(len(texts)), 2)))
    flat = Flat.of(sketch.run(table, SKETCH))
    found = Figures(flat, distinct(flat, pairs), pairs[:, 0], pairs[:, 1], 2)
    for n, (left, right) in enumerate(pairs.tolist()):
        sides = [oracle.shingles(texts[row], 2, 5) for row in (left, right)]
        shared = set(sides[0]) & set(sides[1])
        flags = [_flags(texts[row], len(sides[k])) for k, row in enumerate((left, right))]
        firsts = [dict(reversed(list(zip(*side, strict=True)))) for side in zip(sides, flags, strict=True)]
        assert found.quoted[n] == max(sum(first[h] for h in shared) for first in firsts)
        assert found.narrated[n] == min(sum(not flag for flag in first.values()) for first in firsts)
        names = [set(oracle.names(texts[row])) for row in (left, right)]
        assert (found.names[n], found.names_shared[n]) == (min(map(len, names)), len(names[0] & names[1]))
        if shared:
            assert all(sides[k][found.onset[n, k]] in shared for k in (0, 1))


def _flags(text: str, n: int) -> list[bool]:
    flags = [False] * n
    bounds = oracle.quotes(text, 2, 5)
    for begin, end in zip(bounds[::2], bounds[1::2], strict=True):
        flags[begin:end] = [True] * (end - begin)
    return flags


VERSION = (" ".join(STORY), " ".join([*STORY[:30], *words("new", len(STORY) - 30)]))
EDITED = (" ".join(STORY), " ".join([*STORY[:20], "swiftly", *STORY[20:]]))
PASSAGE = (" ".join([*words("a", 400), *STORY]), " ".join([*STORY, *words("b", 400)]))
NUMBERS = tuple(" ".join([*STORY, *numbers.split()]) for numbers in ("1 2 3 4", "1 2 7 8"))
NAMES = tuple(
    " ".join([*STORY, "with", " and ".join(names)])
    for names in (
        ("Alma", "Brook", "Corvin", "Dorset"),
        ("Alma", "Brook", "Quay", "Selby"),
    )
)


@pytest.mark.parametrize(
    ("setting", "value", "texts", "reached", "missed"),
    [
        ("min_jaccard", "jaccard", VERSION, "version", "different"),
        ("min_containment", "containment_right", (VERSION[0], " ".join(STORY[:30])), "abridged", "different"),
        ("light_edit", "jaccard", EDITED, "light_edit", "version"),
        ("min_words", len(STORY), VERSION, "version", "different"),
        ("excerpt_run", "longest_run", PASSAGE, "excerpt", "different"),
        ("figures_shared", 2 / 4, NUMBERS, "light_edit", "template"),
        ("names_shared", 2 / 4, NAMES, "light_edit", "template"),
    ],
)
def test_a_cut_is_reached_by_what_is_just_as_much(
    setting: str, value: float | str, texts: tuple[str, str], reached: str, missed: str
) -> None:
    """And by nothing that is a shade less."""
    at = decided([*texts])[0][value] if isinstance(value, str) else value
    past = at + 1 if isinstance(at, int) else nextafter(at, 2)
    others = {"min_jaccard": 1.0} if setting == "min_containment" else {"min_containment": 1.0}
    found = [decided([*texts], cuts=config.Verify(**others | {setting: cut}))[0]["relation"] for cut in (at, past)]
    assert found == [reached, missed]


def test_a_passage_in_common_is_an_excerpt() -> None:
    own, other = ([f"{side}{i}" for i in range(400)] for side in "ab")
    row = decided([" ".join([*own, *STORY]), " ".join([*STORY, *other])])[0]
    assert (row["relation"], row["accepted"], row["longest_run"]) == ("excerpt", False, len(STORY) - 1)
    assert "verify.min_jaccard" in row["reason"]


def facts(
    agencies: tuple[str | None, str | None] = (None, None),
    kinds: tuple[str, str] = ("editorial", "editorial"),
    publishers: tuple[str | None, str | None] = (None, None),
    versions: tuple[str | None, str | None] = (None, None),
    headlines: tuple[str, str] = ("Channel to be dredged", "Pilots find the channel dark"),
    hours: int = 0,
    days: tuple[int | None, int | None] = (None, None),
) -> pa.Table:
    texts = {"agency": agencies, "publisher": publishers, "kind": kinds, "version": versions}
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    words_ = sketch.words(pa.chunked_array([list(headlines)]))
    beside = {"headline": words_, "day": pa.array(days, pa.int8()), "at": [0, hours * 3_600_000_000]}
    return pa.table({**columns, **beside})


def test_round_ups_and_two_agencies_do_not_match() -> None:
    texts = [" ".join(STORY), " ".join([*STORY[:35], *words("new", 20)])]
    assert decided(texts, facts(("ap", "ap")))[0]["accepted"]
    assert decided(texts, facts(("ap", None)))[0]["accepted"]
    refused = decided(texts, facts(("ap", "afp")))[0]
    assert (refused["accepted"], refused["reason"].startswith("credited to two agencies")) == (False, True)
    assert decided(texts, facts(kinds=("editorial", "digest")))[0]["relation"] == "excerpt"


def test_one_publishers_own_texts_have_to_share_more() -> None:
    long = [*STORY[:45], *words("a", 110)]
    texts = [" ".join(long), " ".join([*long[:75], *words("b", 80)])]
    assert decided(texts, facts(publishers=("a", "b")))[0]["accepted"]
    own = decided(texts, facts(publishers=("a", "a")))[0]
    assert (own["accepted"], "verify.own_jaccard" in own["reason"]) == (False, True)
    update = decided(texts, facts(publishers=("a", "a"), versions=(None, "UPDATE 1")))[0]
    assert (update["accepted"], update["relation"]) == (True, "version")
    strangers = [" ".join(long), " ".join([*long[:130], *words("b", 25)])]
    assert decided(strangers, facts(publishers=("a", "a")))[0]["accepted"]
    blurbs = decided(strangers, facts(publishers=("a", "a"), headlines=("Goats on a roof", "Cellist wanted")))[0]
    assert (blurbs["accepted"], blurbs["reason"].startswith("two texts of one publisher")) == (False, True)


@pytest.mark.parametrize(("hours", "accepted"), [(24, True), (25, False)])
def test_what_one_publisher_sends_again_within_a_day_may_share_less(hours: int, accepted: bool) -> None:
    texts = [" ".join([*STORY, *words("a", 40), *words(side, 60)]) for side in "bc"]
    headlines = ("Harbour board dredges channel",) * 2
    row = decided(texts, facts(publishers=("a", "a"), headlines=headlines, hours=hours))[0]
    assert 0.25 <= row["jaccard"] < config.Verify().own_jaccard
    assert row["accepted"] == accepted, row["reason"]


@pytest.mark.parametrize(
    ("numbers", "headlines", "hours", "relation"),
    [
        (("40", "40"), ("Harbour board dredges channel",) * 2, 2, "version"),  # sent again, mended
        (("40", "41"), ("Harbour board dredges channel",) * 2, 2, "excerpt"),
        (("40", "40"), ("Harbour board dredges channel",) * 2, 48, "template"),  # another day's
        (("40", "40"), ("Harbour board dredges channel", "Airport trust lights runway"), 2, "template"),  # another's
    ],
)
def test_what_is_sent_again_and_what_is_sent_each_day(
    numbers: tuple[str, str], headlines: tuple[str, str], hours: int, relation: str
) -> None:
    texts = [" ".join([*STORY[:34], number, *words(side, 22)]) for side, number in zip("ab", numbers, strict=True)]
    row = decided(texts, facts(publishers=("a", "a"), headlines=headlines, hours=hours))[0]
    assert 0.2 < row["jaccard"] < 0.5
    assert row["relation"] == relation, row["reason"]


@pytest.mark.parametrize(
    ("numbers", "shared", "hours", "relation"),
    [(8, 3, 24, "template"), (8, 3, 2, "light_edit"), (8, 4, 24, "light_edit"), (5, 2, 24, "light_edit")],
)
def test_what_is_reported_each_day_names_the_figures_of_the_day_before(
    numbers: int, shared: int, hours: int, relation: str
) -> None:
    """Two houses print the prices of two days: some of one are those of the other."""
    days = [[f"{100 + day * (numbers - shared) + i}" for i in range(numbers)] for day in range(2)]
    texts = [" ".join([*STORY[:40], *day, *STORY[40:]]) for day in days]
    row = decided(texts, facts(publishers=("a", "b"), hours=hours))[0]
    assert row["relation"] == relation, row["reason"]


def test_no_candidates_give_no_matches() -> None:
    table = pa.table({"article_id": ["a"], "body": pa.array(["one two three"], pa.large_string())})
    sketches = sketch.run(table, SKETCH)
    candidates = pair.run(pair.keys(sketches, config.Pair()), np.zeros(1, np.int64), config.Pair())
    assert verify.run(candidates, sketches, None, config.Verify(), 2).num_rows == 0


def test_a_million_pairs_are_decided_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is the same whatever the slice, and strings of any number of pairs can be joined."""
    texts = [" ".join([*STORY[:i], *(f"n{i}x{k}" for k in range(60 - i))]) for i in range(0, 60, 4)]
    whole = decided(texts)
    monkeypatch.setattr(verify, "_SLICE", 7)
    assert decided(texts) == whole
    pairs = 900_000
    rule = rules._Rule(np.ones(pairs, bool), "different", ("jaccard ", np.full(pairs, 0.1999), " < 0.2"))
    relation, reason = rules._first([rule])
    assert set(relation.tolist()) == {verify.RELATIONS.index("different")}
    assert reason[pairs - 1].as_py() == "jaccard 0.199 < 0.2"


def runs_of(one: list[int], other: list[int]) -> list[tuple[int, int, int]]:
    """The runs that two lists share, in the order of the second: where each begins in both, and how long it is."""
    first = {value: place for place, value in reversed(list(enumerate(one)))}
    found, j = [], 0
    while j < len(other):
        i, run = first.get(other[j], -1), 0
        while i >= 0 and i + run < len(one) and j + run < len(other) and one[i + run] == other[j + run]:
            run += 1
        if run:
            found.append((i, j, run))
        j += max(1, run)
    return found


@given(st.lists(TEXTS, min_size=2, max_size=5))
@settings(deadline=None)
def test_runs_and_what_lies_between_them_are_those_of_plain_python(texts: list[str]) -> None:
    table = pa.table({"article_id": [str(i) for i in range(len(texts))], "body": pa.array(texts, pa.large_string())})
    pairs = np.array(list(combinations(range(len(texts)), 2)))
    flat = Flat.of(sketch.run(table, SKETCH))
    found = Figures(flat, distinct(flat, pairs), pairs[:, 0], pairs[:, 1], 2)
    for n, (left, right) in enumerate(pairs.tolist()):
        one, other = (oracle.shingles(texts[row], 2, 5) for row in (left, right))
        runs = runs_of(one, other)
        begins = [(0, 0), *((i + run + 1, j + run + 1) for i, j, run in runs[:-1])]  # a word is in two shingles
        between = [(i - a, j - b) for (i, j, _), (a, b) in zip(runs, begins, strict=True)] if runs else []
        last_i, last_j, last = runs[-1] if runs else (0, 0, 0)
        ends = len(one) - last_i - last, len(other) - last_j - last
        swaps = sum(0 < a <= compare.SWAPPED and 0 < b <= compare.SWAPPED for a, b in [*between, ends])
        gaps = sum(i + j > 0 for i, j, _ in runs) + (max(ends) > 0)
        assert (found.runs[n], found.gaps[n], found.swaps[n]) == (len(runs), gaps, swaps)
        long = [run for run in runs if run[2] >= compare.PASSAGE] or sorted(runs, key=lambda run: -run[2])[:1]
        last_ends = [max((run[side] + run[2] for run in long), default=0) for side in (0, 1)]
        assert found.tail[n].tolist() == [len(one) - last_ends[0], len(other) - last_ends[1]]


def filled(values: dict[int, str], words_: list[str] = STORY) -> str:
    """The story with these words in the place of its own."""
    return " ".join(values.get(place, word) for place, word in enumerate(words_))


FORM = {6: "Alma", 14: "12", 24: "31", 34: "57", 44: "Brook"}


@pytest.mark.parametrize(
    ("changed", "hours", "relation"),
    [
        ({14: "13", 24: "32"}, 24, "template"),  # the page of another day
        ({14: "13", 24: "32"}, 8, "version"),  # a toll that rises
        ({14: "13", 24: "32", 6: "Dora"}, 8, "version"),  # and the day that is past meanwhile
        ({14: "13", 24: "32", 6: "Dora", 44: "Quay"}, 0, "template"),  # another's, at the same hour
        ({14: "13", 24: "32", 34: "58", 44: "Quay"}, 0, "template"),
        ({14: "13"}, 24, "light_edit"),  # a number is mended
        ({6: "Dora", 44: "Quay"}, 24, "version"),  # names are spelled otherwise
        (
            {14: "13", 24: "32", 0: "a", 10: "x", 18: "y", 28: "z", 38: "w"},
            24,
            "version",
        ),  # and much else is said otherwise
    ],
)
def test_a_form_that_is_filled_in_anew_is_a_template(changed: dict[int, str], hours: int, relation: str) -> None:
    texts = [filled(FORM), filled(FORM | changed)]
    row = decided(texts, facts(publishers=("a", "b"), hours=hours))[0]
    assert row["relation"] == relation or (row["relation"], relation) == ("light_edit", "version"), row["reason"]


def test_no_form_is_what_is_cut_tagged_or_told_with_more_words() -> None:
    changed = FORM | {14: "13", 24: "32"}
    told = facts(publishers=("a", "b"), hours=24)
    assert decided([filled(FORM), filled(changed)], told)[0]["relation"] == "template"
    assert decided([filled(FORM), filled(changed, STORY[:40])], told)[0]["accepted"]
    tagged = facts(publishers=("a", "b"), hours=24, versions=(None, "CORRECTED"))
    assert decided([filled(FORM), filled(changed)], tagged)[0]["accepted"]
    edited = filled(changed).split()
    edited = " ".join([*edited[:10], *words("put", 3), *edited[10:40], *words("in", 3), *edited[40:]])
    assert decided([filled(FORM), edited], told)[0]["accepted"]


@pytest.mark.parametrize(
    ("days", "headlines", "relation"),
    [
        ((11, 12), ("Gold price today, March 11", "Gold price today, March 12"), "template"),
        ((11, 11), ("Gold price today, March 11", "Gold price on March 11"), "version"),
        ((33, 34), ("Weather for Tuesday", "Weather for Wednesday"), "template"),
        ((33, 12), ("Weather for Tuesday", "Weather for March 12"), "version"),  # it may be the same
        ((None, 12), ("Weather today", "Weather for March 12"), "version"),
        ((33, 34), ("Ferry runs aground Tuesday", "Divers reach sunken ferry on Wednesday"), "version"),  # no form
    ],
)
def test_headlines_of_one_form_that_name_other_days_are_of_a_template(
    days: tuple[int | None, int | None], headlines: tuple[str, str], relation: str
) -> None:
    texts = [" ".join([*STORY, *words(side, 20)]) for side in "ab"]
    row = decided(texts, facts(publishers=("a", "b"), headlines=headlines, days=days))[0]
    assert row["relation"] == relation, row["reason"]


BLOCK = [*STORY, *words("more", 20)]
REST = words("rest", 90)


def test_a_story_of_its_own_takes_passages_of_another() -> None:
    """They stand amid it. A print begins with them, or ends with them as an update does, or has words of its own all over."""
    agency, mixed = [*BLOCK, *REST], [word if place % 15 else f"own{place}" for place, word in enumerate(BLOCK)]
    own, tail = words("own", 30), words("end", 60)
    taken = decided([" ".join(agency), " ".join([*own, *BLOCK, *tail])])[0]
    assert 0.2 < taken["jaccard"] < 0.35
    assert (taken["relation"], taken["reason"].startswith("a story of its own")) == ("excerpt", True)
    assert decided([" ".join(agency), " ".join([*BLOCK, *tail, *own])])[0]["relation"] == "version"
    assert decided([" ".join([*REST[:30], *BLOCK]), " ".join([*own, *BLOCK])])[0]["accepted"]
    same = decided([" ".join(agency), " ".join([*own, *BLOCK, *tail])], facts(("ap", "ap")))[0]
    assert same["accepted"]
    edited = decided([" ".join([*mixed, *REST[:40]]), " ".join([*own[:20], *BLOCK, *tail[:20]])])[0]
    assert edited["accepted"], edited["reason"]


def test_a_passage_among_other_numbers_and_names_is_an_excerpt_and_no_template() -> None:
    """What a later story repeats of an earlier one below its own news."""
    numbers = [[f"{day}{place}" for place in range(8)] for day in (1, 2)]
    first, later = ([*words(side, 80), *day] for side, day in zip("ab", numbers, strict=True))
    row = decided([" ".join([*first, *BLOCK]), " ".join([*later, *BLOCK])], facts(publishers=("a", "b"), hours=48))[0]
    assert (row["relation"], row["accepted"]) == ("excerpt", False), row["reason"]


def test_an_update_under_another_headline_is_told_by_its_names() -> None:
    named = [f"{'Moberg' if place % 12 == 6 else word}" for place, word in enumerate([*STORY, *words("more", 110)])]
    named = [*named[:20], "Ann", "Larn", "Halden", "Ohl", *named[20:]]
    texts = [" ".join([*words("a", 40), *named]), " ".join([*words("b", 40), *named])]
    headlines = ("Fire in textile plant", "Manager is held")
    told = {"publishers": ("a", "a"), "headlines": headlines}
    assert decided(texts, facts(**told, hours=9))[0]["accepted"]
    assert not decided(texts, facts(**told, hours=30))[0]["accepted"]
    assert not decided([text.lower() for text in texts], facts(**told, hours=9))[0]["accepted"]


def test_what_a_transcript_shares_with_a_story_is_what_was_said() -> None:
    speech = '"' + " ".join(STORY) + '"'
    texts = [" ".join([*words("a", 30), *STORY, *words("b", 60)]), f"{' '.join(words('c', 40))} {speech}"]
    assert decided(texts, facts(kinds=("digest", "editorial")))[0]["relation"] == "quotes_only"
    narrated = [texts[0], texts[1].replace('"', "")]
    assert decided(narrated, facts(kinds=("digest", "editorial")))[0]["relation"] == "excerpt"


def test_a_text_of_which_most_is_not_in_the_other_is_a_version_and_no_cut() -> None:
    """However short it is."""
    long = [*STORY, *words("long", 90)]
    row = decided([" ".join(long), " ".join([*STORY[:45], *words("own", 45)])])[0]
    assert (row["relation"], row["accepted"]) == ("version", True)
    assert row["reason"].startswith("48% of the shorter is in the other; jaccard ")
