"""Shingles in the scripts of the world: what is one word in two spellings, and where there are no words at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import datasketch
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.clean.lines import Line
from pipeline.stages.kernels import arrays
from tests.golden.languages.spellings import spell
from tests.golden.make_languages import paragraphs, texts
from tests.stages import oracle
from tests.stages.cleaning import run
from tests.stages.test_sketch import SETTINGS, sketch_of

STORIES = {name: text["story"]["body"].strip() for name, text in texts().items()}
LANGUAGE = {name: text["language"] for name, text in texts().items()}

#: Letters with marks that Unicode composes: Latin, Greek, Cyrillic, kana, Arabic, Devanagari.
COMPOSED = "àéïõüçñşấởữơđ ΐάώς йёїў がプヴパ آأإؤئۂ क़ड़ऩ"


def shingle_set(text: str) -> set[int]:
    return {value % (1 << 32) for value in sketch_of(text)["shingles"][0].as_py()}


def windows(text: str) -> set[tuple[tuple[str, str], ...]]:
    """The shingles as Python sees them: tuples of tokens. A sign and a word begin shingles of five of either."""
    tokens = oracle.tokens(text)
    return {tuple(tokens[at : at + 5]) for at in range(len(tokens) - 4)}


def jaccard(one: set[object], other: set[object]) -> float:
    return len(one & other) / len(one | other)


def same(*spellings: str) -> bool:
    return len({row["content"] for row in sketch_of(*spellings).to_pylist()}) == 1


# --- one word in two spellings --------------------------------------------------------------------------------------


@given(st.text(st.sampled_from(COMPOSED + "ab中 "), max_size=40))
def test_composed_or_not_is_the_same(text: str) -> None:
    composed, taken_apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert same(text, composed, taken_apart)


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_cleaned_story_has_the_same_shingles_in_either_form(name: str, form: str) -> None:
    """Hangul and the two-part vowels of India are composed by clean, before they come to shingles."""
    body = "\n".join(paragraphs(STORIES[name]))
    expected, _ = run(body, language=LANGUAGE[name])
    article, _ = run(unicodedata.normalize(form, body), language=LANGUAGE[name])
    assert same(article["body"], expected["body"])


@pytest.mark.parametrize(
    "spellings",
    [
        ("مدرسة جديدة", "مَدْرَسَةٌ جَدِيدَةٌ", "مدرســة جديــدة", "مدرسه جديده", "ﻣﺪﺭﺳﺔ ﺟﺪﻳﺪﺓ"),  # vowels, tatweel, heh, forms
        ("أحمد إلى الآن", "احمد الي الان", "أحمد إلى الآن"),  # hamza, final yeh
        ("می‌گوید کتاب‌ها", "ميگويد كتابها", "می\u200cگوید کتاب\u200dها"),  # joiners, Arabic letters
        ("یہ کہانی", "يه كهاني", "یه کہانی"),  # three hehs
        ("שלום לכולם", "שָׁלוֹם לְכֻלָּם".replace("כֻלָּם", "כולם"), "שׁלום לכולם"),  # niqqud, presentation forms
        ("क़लम ज़रा बाँध", "कलम जरा बांध", "क\u093cलम ज\u093cरा बां\u200dध"),  # nukta, candrabindu
        ("Élysée ÉTAT", "Elysee Etat", "E\u0301lyse\u0301e E\u0301TAT"),
        ("Заозёрский орёл", "Заозерский орел"),
        ("Lý Hòa Thuận, Thúy", "Lý Hoà Thuận, Thuý"),
        ("ΑΘΗΝΑ, ΔΡΌΜΟΣ", "Αθήνα, δρόμος"),
        ("İSTANBUL ışık", "Istanbul Işık", "i̇stanbul IŞIK"),
        ("ガンダムとパン", "ｶﾞﾝﾀﾞﾑとﾊﾟﾝ", "カ\u3099ンタ\u3099ムとハ\u309aン"),
        ("24ヶ所、ＡＢＣ", "24ケ所、abc", "２４ヶ所、ABC"),
    ],
)
def test_spellings_of_the_same_words(spellings: tuple[str, ...]) -> None:
    assert same(*spellings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ड", "ट"), ("কি", "কী"), ("ใกล", "ไกล"), ("ขาว", "ข่าว"), ("ກາ", "ກ່າ"), ("ຂາວ", "ຂ່າວ"), ("பல", "பல்"),
        ("は", "ほ"), ("국", "극"), ("đa", "da"), ("سار", "صار"), ("хліб", "хлеб"),
    ],
)  # fmt: skip
def test_letters_that_make_another_word(one: str, other: str) -> None:
    """Vowel signs, viramas and the tones of Thai and Lao are letters, and no accents."""
    assert not same(one, other)


@given(st.integers(0, 10**9), st.sampled_from("٠۰०০௦๐０"))
def test_digits_of_all_scripts_are_the_same_figures(number: int, zero: str) -> None:
    digits = f"{number:,}.5"
    native = digits.translate({ord("0") + i: ord(zero) + i for i in range(10)})
    arabic = native.replace(",", "\u066c").replace(".", "\u066b")
    rows = sketch_of(digits, native, arabic).to_pylist()
    assert rows[0]["figures"] == rows[1]["figures"] == rows[2]["figures"]
    assert len(rows[0]["figures"]) == 1
    assert same(digits, native, arabic)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("ar", "native_digits"), ("ar", "tatweel"), ("ar", "guillemets"), ("fa", "ascii_digits"), ("fa", "no_joiners"),
        ("fa", "arabic_letters"), ("ur", "arabic_letters"), ("hi", "no_nukta"), ("hi", "candrabindu"), ("hi", "native_digits"),
        ("ja", "half_kana"), ("ja", "ascii_width"), ("zh-Hans", "full_width"), ("th", "zero_width_spaces"), ("ru", "nfd"),
        ("th", "native_digits"), ("de", "straight"), ("zh-Hant", "corner_to_curly"), ("bn", "ascii_digits"), ("vi", "nfd"),
    ],
)  # fmt: skip
def test_a_story_spelt_otherwise_has_the_same_shingles(name: str, spelling: str) -> None:
    assert same(STORIES[name], spell(STORIES[name], LANGUAGE[name], spelling))


# --- where there are no words ---------------------------------------------------------------------------------------

UNSPACED = {
    "Han": "渔村用旧渔网铺出三公里防滑路",
    "kana": "ひらがなだけのみじかいぶんしょう",
    "Katakana": "オープンデータトライアルサービス",
    "Thai": "ชาวบ้านใช้ควายลำเลียงน้ำขึ้นไปดับไฟ",
    "Lao": "ຊາວບ້ານນຳໃຊ້ຄວາຍຂົນສົ່ງນ້ຳຂຶ້ນພູ",
    "Khmer": "អ្នកភូមិប្រើក្របីដឹកទឹកឡើងភ្នំ",
    "Burmese": "ရွာသားများကျွဲဖြင့်ရေသယ်ကြသည်",
}


@pytest.mark.parametrize("script", UNSPACED)
def test_shingles_of_unspaced_scripts_are_runs_of_five_characters(script: str) -> None:
    text = UNSPACED[script]
    signs = [token for token, kind in oracle.tokens(text) if kind == "sign"]
    assert len(signs) >= len(text) - 3  # all but a tone or voicing mark that texts may lack
    assert len(shingle_set(text)) == len({tuple(signs[at : at + 5]) for at in range(len(signs) - 4)})
    cut = text[: len(text) * 2 // 3]
    assert shingle_set(cut) <= shingle_set(text)


@pytest.mark.parametrize("script", UNSPACED)
def test_a_space_more_or_less_between_signs_changes_no_shingle(script: str) -> None:
    """Khmer and Thai put spaces between phrases, or zero-width ones between words; houses differ."""
    text = UNSPACED[script]
    assert same(text, f"{text[:4]} {text[4:9]}\u200b{text[9:]}")


def test_another_particle_costs_five_shingles() -> None:
    """Hangul has spaces, and its particles are part of the word before: a changed one is a changed word, no more."""
    story = STORIES["ko"]
    changed = story.replace("주민들은", "주민들이", 1)
    assert changed != story
    ours, others = shingle_set(story), shingle_set(changed)
    assert len(ours - others) == 5
    assert len(ours & others) / len(ours) > 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [('그는 "좋다"고 말했다', "그는 “좋다”고 말했다"), ("韓·日 정상", "韓 日 정상"), ("2천 명", "2천명")],
)
def test_hangul_with_quotes_and_hanja(one: str, other: str) -> None:
    assert same(one, other) == (one != "2천 명")  # a space more is another word in a script with spaces


# --- sketches beside Python sets ------------------------------------------------------------------------------------


def pairs() -> Iterator[tuple[str, str, str]]:
    """Each story beside its first half, and beside itself in another order with a paragraph left out."""
    for name, story in STORIES.items():
        lines = paragraphs(story)
        yield name, story, "\n".join(lines[: len(lines) // 2])
        yield name, story, "\n".join([*lines[3:], *lines[:2]])


@pytest.mark.parametrize(("name", "one", "other"), list(pairs()))
def test_sketches_tell_what_sets_tell(name: str, one: str, other: str) -> None:
    """Jaccard of 32-bit shingles is that of tuples of tokens, and signatures estimate it as datasketch's do."""
    sketches = sketch_of(one, other)
    exact = jaccard(windows(one), windows(other))
    assert jaccard(shingle_set(one), shingle_set(other)) == pytest.approx(exact, abs=1e-12)
    values, offsets = arrays.hashes(sketches["shingles"])
    theirs = [
        datasketch.MinHash(SETTINGS.permutations, seed=SETTINGS.seed, hashfunc=int, scheme="affine32") for _ in "ab"
    ]
    for number, minhash in enumerate(theirs):
        minhash.update_batch([int(value) for value in values[offsets[number] : offsets[number + 1]]])
    ours = np.array(sketches["signature"].to_pylist(), np.int32).view(np.uint32)
    agreement = float((ours[0] == ours[1]).mean())
    assert agreement == theirs[0].jaccard(theirs[1])
    assert abs(agreement - exact) <= 4 * np.sqrt(exact * (1 - exact) / SETTINGS.permutations)  # 4 standard deviations


# --- where a sentence ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "नाव चल पड़ी।", "নৌকা চলল।", "他走了。", "\u0647\u0644 وصلوا؟", "กลับบ้าน!",
        "انجن چل پڑا۔", "သင်္ဘောထွက်သည်။", "ទូកចេញហើយ។", "Նավը մեկնեց։", "መርከቡ ሄደ።",
    ],
)  # fmt: skip
def test_a_line_ends_a_sentence_by_the_full_stop_of_its_script(sentence: str) -> None:
    assert Line(0, len(sentence), sentence, 3).ends_sentence
