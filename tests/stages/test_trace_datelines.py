"""Datelines as agencies write them in their own languages, from the text as read. All texts are invented."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY
from tests.stages.test_trace_bylines import read

ZH = "北部一个小镇的议会星期一投票决定让最后一座灯塔再亮一年，官员表示。\n渔民收集了九百个签名。"
AR = "صوت مجلس بلدة في أقصى الشمال يوم الإثنين على إبقاء آخر منارة مضاءة عاما آخر، بحسب مسؤولين.\nوجمع الصيادون تسعمئة توقيع."
HI = "उत्तर के एक कस्बे की परिषद ने सोमवार को आखिरी प्रकाशस्तंभ को एक और साल जलाए रखने का फैसला किया।\nमछुआरों ने 900 हस्ताक्षर जुटाए।"
UR = (
    "شمالی قصبے کی کونسل نے پیر کو آخری مینار کو ایک اور سال روشن رکھنے کا فیصلہ کیا۔\nماہی گیروں نے ۹۰۰ دستخط جمع کیے۔"
)
JA = "北部の町の議会は月曜日、最後の灯台をもう一年ともすことを決めた。\n漁師らは９００人の署名を集めた。"
ES = "Un concejo del norte votó el lunes mantener encendido el último faro.\nLos pescadores reunieron 900 firmas."
HU = (
    "Egy északi város tanácsa hétfőn döntött: az utolsó világítótorony még egy évig ég.\nA halászok 900 aláírást adtak."
)
TH = "สภาเมืองทางเหนือลงมติเมื่อวันจันทร์ให้เปิดไฟประภาคารแห่งสุดท้ายต่อไปอีกหนึ่งปี\nชาวประมงรวบรวมลายเซ็นได้ 900 ชื่อ"
RU = "Совет города на дальнем севере в понедельник решил оставить последний маяк зажженным.\nРыбаки собрали 900 подписей."
IT = "Un consiglio comunale del nord ha votato lunedì per tenere acceso l'ultimo faro.\nI pescatori hanno raccolto 900 firme."
FR = "Un conseil municipal du nord a voté lundi le maintien du dernier phare.\nLes pêcheurs ont réuni 900 signatures."


@pytest.mark.parametrize(
    ("dateline", "story", "agency"),
    [
        ("〔中央社〕", ZH, "cna_tw"),
        ("〔中央社台北7日電〕", ZH, "cna_tw"),
        ("中央社／ 台北7日電 ", ZH, "cna_tw"),
        ("（巴黎法新电）", ZH, "afp"),
        ("（伦敦路透电）", ZH, "reuters"),
        ("（吉隆坡7日马新社电）", ZH, "bernama"),
        ("（布加勒斯特7日法新電）", ZH, "afp"),
        ("（中央社巴黎7日綜合外電報導）", ZH, "cna_tw"),
        ("[ロンドン ７日 ロイター] - ", JA, "reuters"),
        ("الرياض - واس ", AR, "spa"),
        ("الرياض ــ واس\n", AR, "spa"),
        ("الرياض : واس\n", AR, "spa"),
        ("الرياض: «واس»\n", AR, "spa"),
        ("الرياض (واس) - ", AR, "spa"),
        ("(الرياض - واس) ", AR, "spa"),
        ("واس - الرياض - ", AR, "spa"),
        ("رويترز / لندن\n", AR, "reuters"),
        ("عمان - بترا\n", AR, "petra"),
        ("لندن (رائٹرز) ", UR, "reuters"),
        ("اسلام آباد (اے پی پی) ", UR, "app_pk"),
        ("حیدرآباد 7 مارچ (یواین آئی) ", UR, "uni"),
        ("أبوظبي - وام: ", AR, "wam"),
        ("واشنطن - رويترز: ", AR, "reuters"),
        ("عمان - بترا - ", AR, "petra"),
        ("नई दिल्ली, पीटीआई। ", HI, "pti"),
        ("एएनआई, नई दिल्ली। ", HI, "ani"),
        ("लंदन, रॉयटर। ", HI, "reuters"),
        ("आशापुर, नौ मार्च (भाषा) ", HI, "pti"),
        ("เอเอฟพี - ", TH, "afp"),
        ("รอยเตอร์ - ", TH, "reuters"),
        ("लखनऊ/ एएनआई। ", HI, "ani"),
        ("ТАСС. ", RU, "tass"),
        ("МИНСК, 7 мар — Sputnik. ", RU, "ria"),
        ("Баку, 7 марта, АЗЕРТАДЖ ", RU, "azertac"),
        ("КИЕВ, УНИАН. ", RU, "unian"),
        ("7 марта, Минск /Корр. БЕЛТА/. ", RU, "belta"),
        ("ДУШАНБЕ, 07.03.2024 /НИАТ «Ховар»/. ", RU, "khovar"),
        ("Ciudad de México, 7 de marzo (EFE).- ", ES, "efe"),
        ("Budapest, 2024. március 7., csütörtök (MTI) - ", HU, "mti"),
        ("МОСКВА, 7 мар — РИА Новости, Иван Петров. ", RU, "ria"),
        ("AGI - ", IT, "agi"),
        ("ALGER (APS) - ", FR, "aps_dz"),
        ("DAKAR (APS) - ", FR, "aps_sn"),
    ],
)
def test_an_agency_in_its_dateline(dateline: str, story: str, agency: str) -> None:
    credits, lines = read(dateline + story)
    assert {(row["agency"], row["grade"], row["signal"]) for row in credits} == {(agency, "full", "dateline")}
    assert lines == [dateline.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "（记者王小明摄影报道）" + ZH,
        "भारत, नेपाल। " + HI,
        "CEO - Un titolo che non dice nulla del faro.\n" + IT,
        "PA - A word of two letters that means a state.\n" + IT,
        "Рыбаки. " + RU,
        "قالت وكالة الأنباء القطرية (قنا) إن المنارة ستبقى مضاءة.\n" + AR,
        "قنا - محمد حسن\n" + AR,
        "جانب من المنارة (رويترز)\n" + AR,
        "كتاب - وما زال المؤلف حيا.\n" + AR,
        "国営朝鮮中央通信（KCNA）は7日、灯台について伝えた。\n" + JA,
        "叙利亚阿拉伯通讯社（SANA）报道，灯塔将继续点亮。\n" + ZH,
        "خبر ایجنسی (اے پی پی) کے مطابق مینار روشن رہے گا۔\n" + UR,
        "Así lo informó la agencia estatal siria de noticias (SANA). " + ES,
    ],
)
def test_what_opens_otherwise_is_no_agencys(text: str) -> None:
    assert read(text)[0] == []


@pytest.mark.parametrize(
    "head",
    [
        "Ana Wells (AP)\n",
        "Ana Wells (AP) ",
        "Ana Wells (PTI). ",
        "Ana Wells at work (Reuters)\n",
        "Ana Wells at work (Reuters/File) ",
        "The mayor walks to work (AP/Ana Wells)\n",
        "The mayor walks to work (AP, File)\n",
        "The mayor walks to work ©Ana Wells (AFP/File)\n",
    ],
)
def test_an_agency_behind_what_a_picture_shows_has_no_part_in_the_story(head: str) -> None:
    assert read(head + STORY)[0] == []


UR = "برسوں سے زنگ کھاتی مشین جب سیٹی بجا کر آگے بڑھی تو پلیٹ فارم پر کھڑے افراد کی آنکھیں نم ہو گئیں۔"


def test_a_dateline_in_urdu_needs_no_dash() -> None:
    (credit,), _ = read(f"نورپور (یو این آئی) {UR}")
    assert (credit["agency"], credit["grade"], credit["signal"]) == ("uni", "full", "dateline")
    assert read(f"خبر ایجنسی (یو این آئی) نے بتایا کہ {UR}")[0] == []


def test_the_dateline_of_a_page_that_has_lost_its_lines() -> None:
    text = f"A ferry sinks off Oslo By Ana Wells and Tom Bell OSLO, Nov 6 (Reuters) - {STORY}"
    (credit,), _ = read(text)
    assert (credit["agency"], credit["grade"], credit["signal"]) == ("reuters", "full", "dateline")
    assert text[credit["start"] : credit["end"]] == credit["text"] == "Reuters"
    assert read(f"A ferry sinks off Oslo By Ana Wells (Reuters) - {STORY}")[0] == []


@pytest.mark.parametrize(
    ("dateline", "host", "credit"),
    [
        ("NEW YORK (WASHINGTON POST) - ", "straitstimes.com", "The Washington Post"),
        ("WASHINGTON (NYTIMES) - ", "straitstimes.com", "nytns"),
        ("LONDON (THE GUARDIAN) - ", "straitstimes.com", "The Guardian"),
        ("CHICAGO (CBS) - ", "cbsnews.com", ""),
        ("DENVER (NBC News) - ", "nvk.example", ""),
    ],
)
def test_a_paper_of_another_country_in_a_dateline(dateline: str, host: str, credit: str) -> None:
    credits, lines = read(dateline + STORY, host=host, url=f"https://{host}/1")
    assert {(row["agency"], row["grade"]) for row in credits} == ({(credit, "full")} if credit else set())
    assert lines == [dateline.strip()]
