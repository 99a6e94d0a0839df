"""sketch against its oracles: plain Python for shingles and figures, datasketch for signatures."""

from __future__ import annotations

import datasketch
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import sketch
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.minhash import permutations
from tests.stages import oracle

SETTINGS = config.Sketch()
SCRIPTS = st.sampled_from(
    'the a U.N. said Mayor Ann " "Yes no." \'Tis players\' “ ” 「 」 '
    "12,500 3.5 1,2,3 -- “quoted” naïve Straße ÉTÉ été İstanbul 東京 で した 서울 정부는 दिल्ली में कहा ไทย "
    "москва ΑΘΗΝΑ Ｆｕｌｌ ｶﾅ 👩‍👩‍👧 so\u00adft e\u0301 ١٢ 𝒜 𐐀 \u0000 , . 5, 5,x .5".split(" ")
)
TEXTS = st.lists(st.one_of(SCRIPTS, st.text(max_size=6)), max_size=40).flatmap(
    lambda parts: st.sampled_from([" ", "", "\n"]).map(lambda glue: glue.join(parts))
)


#: Texts are read 64 bytes at a time, but for the last of a buffer: with this after them, they are to their end.
COMPANY = st.sampled_from(["", "w " * 50])


def articles(texts: list[str]) -> pa.Table:
    return pa.table({"article_id": [f"a{i}" for i in range(len(texts))], "body": pa.array(texts, pa.large_string())})


def sketch_of(*texts: str, using: config.Sketch = SETTINGS) -> pa.Table:
    return sketch.run(articles(list(texts)), using)


@given(st.lists(TEXTS, max_size=4), COMPANY, st.integers(1, 7), st.integers(1, 7))
@settings(deadline=None, max_examples=200)
def test_shingles_and_figures_are_those_of_plain_python(texts: list[str], after: str, words: int, chars: int) -> None:
    texts = [*(text.encode("utf-8", "ignore").decode() for text in texts), after]
    sketches = sketch_of(*texts, using=config.Sketch(shingle_words=words, shingle_chars=chars))
    assert sketches.schema.remove(8).equals(schema.SKETCHES)
    for text, got in zip(texts, sketches.to_pylist(), strict=True):
        assert [h % (1 << 32) for h in got["shingles"]] == oracle.shingles(text, words, chars)
        assert [h % (1 << 32) for h in got["figures"]] == oracle.figures(text)
        assert [h % (1 << 64) for h in got["lines"]] == oracle.lines(text)
        assert [h % (1 << 32) for h in got["names"]] == oracle.names(text)
        assert got["quotes"] == oracle.quotes(text, words, chars)


@pytest.mark.parametrize("after", [" ", ", ", "é ", "’s ", "7.5 ", "漢 ", "\n", ""])
def test_words_of_any_length_are_those_of_plain_python(after: str) -> None:
    text = "".join("Wordsofmanylettersinarow9".ljust(40, "x")[:n] + after for n in (*range(1, 41), 8, 16, 3, 15, 24, 2))
    for company in ("", "w " * 50):
        got, _ = sketch_of(text, company, using=config.Sketch(shingle_words=2, shingle_chars=2)).to_pylist()
        assert [h % (1 << 32) for h in got["shingles"]] == oracle.shingles(text, 2, 2)
        assert [h % (1 << 32) for h in got["names"]] == oracle.names(text)


def test_a_word_ends_with_its_text() -> None:
    texts = ["a b " + "x" * n for n in range(1, 40)]
    got = sketch_of(*texts, "next " * 20, using=config.Sketch(shingle_words=1))["shingles"].to_pylist()
    assert [[h % (1 << 32) for h in row] for row in got[:-1]] == [oracle.shingles(text, 1, 5) for text in texts]


def test_quotations_of_any_length_and_anywhere_are_those_of_plain_python() -> None:
    """Eight shingles are looked at together where nothing changes."""
    texts = [
        "".join(f"{'“' if i == begin else ''}w{i}{'”' if i == end else ''} " for i in range(40))
        for begin in range(20)
        for end in range(begin, 40)
    ]
    for words in (1, 3):
        got = sketch_of(*texts, using=config.Sketch(shingle_words=words))["quotes"].to_pylist()
        assert got == [oracle.quotes(text, words, 5) for text in texts]


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([16, 100, 128]), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_signatures_are_those_of_datasketch_bit_for_bit(texts: list[str], count: int, seed: int) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    sketches = sketch_of(*texts, using=config.Sketch(permutations=count, seed=seed))
    values, offsets = arrays.hashes(sketches["shingles"])
    for i in range(len(texts)):
        oracle_hash = datasketch.MinHash(count, seed=seed, hashfunc=int, scheme="affine32")
        oracle_hash.update_batch([int(value) for value in values[offsets[i] : offsets[i + 1]]])
        assert np.array(sketches["signature"][i].as_py(), np.int32).view(np.uint32).tolist() == (
            oracle_hash.hashvalues.tolist()
        )


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_permutations_are_those_of_datasketch(seed: int) -> None:
    a, b = permutations(256, seed)
    assert np.array_equal(datasketch.MinHash(256, seed=seed, scheme="affine32").permutations, np.array([a, b]))


@pytest.mark.parametrize("text", ["", " \n ", "one", "two words", "…", "\u00ad"])
def test_short_texts_have_no_shingles_but_a_content_of_their_own(text: str) -> None:
    row = sketch_of(text).to_pylist()[0]
    assert row["shingles"] == []
    assert (row["content"] == 0) == (row["n_words"] == 0)
    assert set(row["signature"]) == {-1}


def test_quotes_dashes_and_spaces_do_not_matter_and_words_do() -> None:
    plain, curly, other = sketch_of(
        "'We go,' the minister's aide said - at once, to 12,500 people.",
        "\u2018We go,\u2019 the minister\u2019s aide said \u2014 at\u00a0once, to 12500 peo\u00adple.",
        "'We went,' the minister's aide said - at once, to 12,500 people.",
    ).to_pylist()
    assert plain["content"] == curly["content"]
    assert plain["signature"] == curly["signature"]
    assert plain["content"] != other["content"]


def test_a_short_body_is_sketched_with_its_headline() -> None:
    """One of just `short_words` is none."""
    n = SETTINGS.short_words
    bodies = [*["More to follow."] * 3, "word " * (n - 1), "word " * n]
    table = pa.table(
        {
            "article_id": [*"abcde"],
            "headline": ["Bank cuts rate", "Dam bursts", None, "Any", "Any"],
            "body": pa.array(bodies, pa.large_string()),
            "n_words": pa.array([3, 3, 3, n - 1, n], pa.int32()),
        }
    )
    sketches = sketch.run(table, SETTINGS)
    told = ["Bank cuts rate\n", "Dam bursts\n", "", "Any\n", ""]
    plain = sketch_of(*(headline + body for headline, body in zip(told, bodies, strict=True)))
    assert sketches["content"].equals(plain["content"])
    assert sketches["n_words"].to_pylist() == [6, 5, 3, n, n]


def test_a_huge_article_is_sketched_like_a_small_one() -> None:
    words = [f"w{i % 9973}x{i % 101}" for i in range(7_000_000)]
    text = " ".join(words)
    assert len(text) > 50_000_000
    row = sketch_of(text, "small one here with six words")
    assert row["n_words"].to_pylist() == [7_000_000, 6]
    values, offsets = arrays.hashes(row["shingles"])
    assert offsets.tolist() == [0, 6_999_996, 6_999_998]
    assert values[:3].tolist() == oracle.shingles(" ".join(words[:7]), 5, 5)


@given(st.binary(max_size=200), st.sampled_from(["a b c", "a b c " * 20]))
@settings(deadline=None)
def test_bytes_that_are_not_utf8_are_gaps_and_never_read_past_the_end(data: bytes, after: str) -> None:
    offsets = pa.py_buffer(np.array([0, len(data), len(data) + len(after)], np.int64).tobytes())
    body = pa.LargeStringArray.from_buffers(2, offsets, pa.py_buffer(data + after.encode()))
    table = pa.table({"article_id": ["x", "y"], "body": body})
    got = sketch.run(table, config.Sketch(shingle_words=1)).to_pylist()
    assert [h % (1 << 32) for h in got[1]["shingles"]] == oracle.shingles(after, 1, 5)
    if all(byte < 0x80 for byte in data):
        assert [h % (1 << 32) for h in got[0]["shingles"]] == oracle.shingles(data.decode(), 1, 5)


@given(st.lists(TEXTS, max_size=6), st.data())
@settings(deadline=None, max_examples=40)
def test_batches_and_slices_change_nothing(texts: list[str], data: st.DataObject) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    whole = sketch_of(*texts)
    cut = data.draw(st.integers(0, len(texts)))
    table = articles(texts)
    chunked = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert sketch.run(chunked, SETTINGS).equals(whole)
    assert sketch.run(table.slice(cut), SETTINGS).equals(whole.slice(cut))


def test_accents_and_apostrophes_stay_in_their_words() -> None:
    """Marks and letters that Chinese and Thai texts use too are no signs of their own in Russian, Yoruba, Ukrainian."""
    stressed, apostrophe, plain = sketch_of(
        "ма\u0301ма мы\u0301ла ра\u0301му", "п\u02bcять сім\u02bcя", "п\u2019ять"
    ).to_pylist()
    assert (stressed["n_words"], apostrophe["n_words"], plain["n_words"]) == (3, 2, 2)
    thai, japanese = sketch_of("\u0e01\u0e47\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a", "コーヒー").to_pylist()
    assert (len(thai["shingles"]), len(japanese["shingles"])) == (4, 0)


@given(st.text(st.sampled_from("aˇ東ー゛\u3099\u0e47１,. \u0301й"), max_size=60))
def test_there_is_room_for_every_token(text: str) -> None:
    """The densest texts there are: the kernel writes past its arrays if the bound is wrong."""
    row = sketch_of(text, using=config.Sketch(shingle_words=1, shingle_chars=1)).to_pylist()[0]
    assert len(row["shingles"]) == len(oracle.tokens(text)) <= max(1, len(text.encode()))
