"""What the clean stage says an article is: version, status, kind, completeness, language."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run


@pytest.mark.parametrize(
    ("headline", "version", "rank", "status"),
    [
        ("Council keeps lamp", None, 0, "usable"),
        ("UPDATE 2-Council keeps lamp", "UPDATE 2", 2, "usable"),
        ("CORRECTED-UPDATE 1-Council keeps lamp", "CORRECTED-UPDATE 1", 1, "corrected"),
        ("WRAPUP 3-Lamps of the north", "WRAPUP 3", 103, "usable"),
        ("(LEAD) Council keeps lamp", "(LEAD)", 1, "usable"),
        ("(3rd LD) Council keeps lamp", "(3rd LD)", 3, "usable"),
        ("(URGENT) Council keeps lamp", "(URGENT)", -1, "usable"),
        ("[속보] 등대 불빛 유지", "[속보]", -1, "usable"),
        ("등대 불빛 유지(종합2보)", "(종합2보)", 2, "usable"),
        ("WITHDRAWN: Council keeps lamp", "WITHDRAWN", 0, "withdrawn"),
        ("Kill the lamp, council told", None, 0, "usable"),
        ("Correction: Council keeps lamp", "Correction:", 0, "corrected"),
        ("Lead pipes found under council house", None, 0, "usable"),
        ("LEAD PIPES FOUND UNDER COUNCIL HOUSE", None, 0, "usable"),
        ("UPDATED: Council keeps lamp", "UPDATED", 1, "usable"),
        ("CORRECTS: Council keeps lamp", "CORRECTS", 0, "corrected"),
        ("Correction: Lamp story", "Correction", 0, "corrected"),
        ("Clarification: Lamp story", "Clarification", 0, "corrected"),
        ("EDS: Updates with mayor's comment", "EDS", 1, "usable"),
        ("HOLD HOLD HOLD Council keeps lamp", "HOLD HOLD HOLD", 0, "withdrawn"),
        ("HOLD: Council keeps lamp", "HOLD", 0, "withdrawn"),
        ("Hold the lamp, council told", None, 0, "usable"),
        ("ATTENTION - ACTUALISE Le phare reste allumé", "ATTENTION - ACTUALISE", 1, "usable"),
        ("ATTENTION - CORRIGE Le phare reste allumé", "ATTENTION - CORRIGE", 0, "corrected"),
        ("Leuchtturm bleibt an (Zusammenfassung 1530)", "(Zusammenfassung 1530)", 1531, "usable"),
        ("Leuchtturm bleibt an (Zusammenfassung)", "(Zusammenfassung)", 1, "usable"),
        ("Leuchtturm bleibt an (Meldung vom 3. Mai)", "(Meldung vom 3. Mai)", 0, "usable"),
        ("ROUNDUP 2: Leuchtturm bleibt an", "ROUNDUP 2", 102, "usable"),
        ("ROUNDUP/Aktien: Leuchtturm AG steigt", "ROUNDUP/Aktien", 100, "usable"),
        ("KORREKTUR: Leuchtturm bleibt an", "KORREKTUR", 0, "corrected"),
        ("WDH: Leuchtturm bleibt an", "WDH", 0, "usable"),
        ("El faro seguirá encendido (Ampliación)", "(Ampliación)", 1, "usable"),
        ("(2ª ampliación) El faro seguirá encendido", "(2ª ampliación)", 2, "usable"),
        ("AMPLÍA: El faro seguirá encendido", "AMPLÍA", 1, "usable"),
        ("El faro seguirá encendido (corregido)", "(corregido)", 0, "corrected"),
        ("(Anulación) El faro seguirá encendido", "(Anulación)", 0, "withdrawn"),
        ("Il faro resta acceso (2)", "(2)", 2, "usable"),
        ("++ Il faro resta acceso ++", "++ Il faro resta acceso ++", -1, "usable"),
        ("Il faro resta acceso ++", "++", -1, "usable"),
        ("Keeper, 61, retires in 2016 (61)", None, 0, "usable"),
        ("Маяк продолжит работу (дополняет)", "(дополняет)", 1, "usable"),
        ("СРОЧНО: Маяк продолжит работу", "СРОЧНО", -1, "usable"),
        ("Маяк продолжит работу (версия 2)", "(версия 2)", 2, "usable"),
        ("(2nd LD) Council keeps lamp", "(2nd LD)", 2, "usable"),
        ("(3rd LD) (EDITORIAL) Council keeps lamp", "(3rd LD)", 3, "usable"),
        ("Council keeps lamp (Update 2)", "(Update 2)", 2, "usable"),
        ("UPDATE1: Council keeps lamp", "UPDATE1", 1, "usable"),
        ("LD Council keeps lamp", "LD", 1, "usable"),
        ("Lead: Council keeps lamp", "Lead", 1, "usable"),
        ("RPTING WITH CORRECTIONS: Council keeps lamp", "RPTING WITH CORRECTIONS", 0, "corrected"),
        ("RPTING: Council keeps lamp", "RPTING", 0, "usable"),
        ("【訂正】灯台の明かり残す", "【訂正】", 0, "corrected"),
        ("灯台の明かり残す(更新)", "(更新)", 1, "usable"),
        ("快讯：灯塔再亮一年", "快讯", -1, "usable"),
        ("EN: Council keeps lamp", None, 0, "usable"),
        ("PHOTO/VIDEO: Council keeps lamp", None, 0, "usable"),
        ("VIDEO: Council keeps lamp", None, 0, "usable"),
        ("Neu: Leuchtturm im Norden", None, 0, "usable"),
        ("STORY WITHDRAWN: Council keeps lamp", "STORY WITHDRAWN", 0, "withdrawn"),
        ("Story withdrawn", "Story withdrawn", 0, "withdrawn"),
        ("BULLETIN KILL", "BULLETIN KILL", 0, "withdrawn"),
        ("BC-Lighthouse--Lamp, KILL", "BC-Lighthouse--Lamp, KILL", 0, "withdrawn"),
        ("Mandatory kill", "Mandatory kill", 0, "withdrawn"),
        ("EDS: Please kill the lamp story", "EDS: Please kill", 0, "withdrawn"),
        ("【取り消し】灯台の明かり残す", "【取り消し】", 0, "withdrawn"),
        ("Editors kill story on the mayor after a call", None, 0, "usable"),
        ("Story killed by editors wins prize years later", None, 0, "usable"),
        ("Attention: wolves kill sheep near lighthouse", None, 0, "usable"),
    ],
)
def test_versions(headline: str, version: str | None, rank: int, status: str) -> None:
    article, _ = run(STORY, headline=headline)
    found = article["version"]
    assert (found and found.strip(":"), article["version_rank"], article["status"]) == (
        version and version.strip(":"), rank, status
    )  # fmt: skip


@pytest.mark.parametrize(
    "note",
    [
        "Korrektur: In einer früheren Version dieses Artikels war die Stadt falsch genannt.",
        "Corrección: una versión anterior de este artículo nombraba mal el pueblo.",
        "Rectificatif : une première version de cet article nommait mal la ville.",
        "訂正：町の名前に誤りがありました。",
    ],
)
def test_a_note_of_correction_counts_in_any_language(note: str) -> None:
    article, stripped = run(f"{STORY}\n{note}")
    assert article["status"] == "corrected"
    assert [(row["kind"], row["line"]) for row in stripped] == [("version_note", note)]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("MANDATORY KILL: please kill our story on the lamp. It is a hoax.", "withdrawn"),
        ("Attention editors: the item on the lamp must be killed. There will be no substitute.", "withdrawn"),
        ("Bitte die Meldung vom Leuchtturm nicht verwenden. Sie ist falsch.", "withdrawn"),
        (
            "The journal said on Monday that the article on the lamp has been retracted, and its author regretted it.",
            "usable",
        ),
        ("The council voted to kill the plan for a new lamp, and asked editors in town to say so.", "usable"),
    ],
)
def test_a_short_text_that_is_a_notice_withdraws(text: str, status: str) -> None:
    assert run(text, headline="Lamp")[0]["status"] == status


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("Mandatory kill. Remove from all sites.", "withdrawn"),
        ("This story has been withdrawn by the agency.", "withdrawn"),
        ("Replaces the earlier story, which has been withdrawn.", "usable"),
        ("Adds quotes, kills repeated word in paragraph 3.", "usable"),
    ],
)
def test_a_note_to_editors_withdraws(note: str, status: str) -> None:
    assert run(STORY, headline="Lamp", note=note)[0]["status"] == status


def test_a_notice_names_its_story_by_headline_slug_and_number() -> None:
    text = 'Kill BC-Varn--Lamp (story 8812345). The story headlined "Lamp stolen at night from Varn" is wrong.'
    named = run(text, headline="WITHDRAWN: Lamp stolen from island")[0]["names"]
    assert {"Lamp stolen from island", "BC-Varn--Lamp", "8812345", "Lamp stolen at night from Varn"} <= set(named)
    assert run(STORY, headline="Lamp stolen")[0]["names"] is None


def test_the_same_text_with_another_status_is_another_version() -> None:
    digests = {run(STORY, headline="Lamp", status=status)[0]["digest"] for status in ("usable", None, "canceled")}
    assert len(digests) == 2


def test_the_record_s_version_and_status_count() -> None:
    article, _ = run(STORY, version="4", status="canceled")
    assert (article["version"], article["version_rank"], article["status"]) == ("4", 4, "withdrawn")
    assert (
        run(f"{STORY}\nCorrection: An earlier version of this article misnamed the town.")[0]["status"] == "corrected"
    )


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("Council keeps lamp", "editorial"),
        ("The Latest: Council keeps lamp", "digest"),
        ("Your Friday evening briefing", "digest"),
        ("World in brief: lamps and goats", "digest"),
        ("Live updates: storm reaches the coast", "liveblog"),
        ("Storm reaches coast – as it happened", "liveblog"),
        ("Band plays live in the lighthouse", "editorial"),
        ("Five things to know about the keeper", "editorial"),
    ],
)
def test_kinds_by_headline(headline: str, kind: str) -> None:
    assert run(STORY, headline=headline)[0]["kind"] == kind


def test_releases_and_live_blogs_by_their_text() -> None:
    assert run(f"NEW YORK, March 3, 2020 /PRNewswire/ -- {STORY}")[0]["kind"] == "release"
    assert run(f"Mumbai (Maharashtra) [India], March 19 (ANI/PNN): {STORY}")[0]["kind"] == "release"
    posts = "\n".join(
        f"{hour}:15 pm: The storm has moved another mile to the east, the coast guard says." for hour in range(1, 9)
    )
    assert run(posts)[0]["kind"] == "liveblog"


def test_text_states() -> None:
    assert run(STORY)[0]["text_state"] == "full"
    assert run("The lamp stays.")[0]["text_state"] == "stub"
    assert run(f"{STORY}\nSubscribe to read the rest of this story")[0]["text_state"] == "stub"
    assert run(f"{STORY}\nBut the goat of the keeper...")[0]["text_state"] == "stub"
    assert run("\n".join([STORY] * 4) + "\nBut the goat of the keeper...")[0]["text_state"] == "unknown"


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        (STORY, None, None),
        (STORY, "en-GB", "en"),
        ("町の議会は灯台の明かりを一年残すと決めた。", None, "ja"),
        ("镇议会决定灯塔再亮一年。", None, "zh"),
        ("नगर परिषद ने बत्ती एक साल और जलाने का फैसला किया।", None, "hi"),
        ("Городской совет решил оставить маяк.", None, "ru"),
        ("Міська рада вирішила залишити маяк ще на рік.", None, "uk"),
        ("Гарадскі савет вырашыў пакінуць маяк яшчэ на год.", None, "be"),
        ("Общинският съвет реши фарът да остане още година.", None, "bg"),
        ("Градско веће је одлучило да светионик остане још годину, каже се у саопштењу већа.", None, "sr"),
        ("Градскиот совет одлучи светилникот да остане уште една година, ќе има и ѕвоно.", None, "mk"),
        ("Қалалық кеңес маякты тағы бір жылға қалдыруға шешім қабылдады.", None, "kk"),
        ("قرر مجلس المدينة إبقاء المنارة عاما آخر.", None, "ar"),
        ("شورای شهر تصمیم گرفت چراغ دریایی را یک سال دیگر نگه دارد.", None, "fa"),
        ("شہر کی کونسل نے فیصلہ کیا ہے کہ مینار ایک سال اور رہے گا۔", None, "ur"),
        ("नगर परिषदेने दिवा आणखी एक वर्ष ठेवण्याचा निर्णय घेतला आहे", None, "mr"),
        ("नगर परिषदले बत्ती अर्को एक वर्ष राख्ने निर्णय गरेको छ", None, "ne"),
        ("நகர சபை விளக்கை இன்னும் ஒரு வருடம் வைத்திருக்க முடிவு செய்தது.", None, "ta"),
        ("The council spoke of guanxi (关系) and kept the light another year.", None, None),
    ],
)
def test_languages_by_record_or_script(text: str, stated: str | None, language: str | None) -> None:
    assert run(text, language=stated)[0]["language"] == language


def test_words_of_scripts_without_spaces_count_by_pairs_of_characters() -> None:
    assert run("镇议会决定灯塔再亮一年")[0]["n_words"] == 6
