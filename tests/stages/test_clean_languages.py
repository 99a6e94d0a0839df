"""Pages of other houses and languages, of our own invention, as they are scraped."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stages.cleaning import STORY, run

NORWEGIAN = (
    """Home > News > World
Norrvik Courier
3 min read
Ferry strike ends after ten days
Crews return to work on Thursday; summer timetable starts a week late
By Tilda Ravn and Agencies
9 Mar 2026, 14:05 CET
Share
NORRVIK, March 9 (Reuters) - Ferry crews ended a ten-day strike on Monday after owners agreed to a shorter night shift.
RELATED
Ten days without a boat
Why the night shift is so long
"We got what we asked for," Brekke said, adding that crews would vote on the deal in April.
(Reporting by Ada Lund; Editing by Piet Stroh)
Topics: Ferries | Strikes | Norrvik
Comments (12)
Privacy Policy | Terms of Use | Contact Us""",
    "https://www.norrvik-courier.no/a",
    {
        "publisher": "Norrvik Courier",
        "headline": "Ferry strike ends after ten days",
        "deck": "Crews return to work on Thursday; summer timetable starts a week late",
        "byline": "By Tilda Ravn and Agencies",
        "dateline": "NORRVIK, March 9 (Reuters) -",
        "published_at": datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
    },
    ["Ferry crews ended", '"We got what'],
    {"credit": ["(Reporting by Ada Lund; Editing by Piet Stroh)"]},
)
GERMAN = (
    """Startseite | Politik | Wirtschaft | Sport
Streik der Fährleute beendet
Stand: 09.03.2026, 14:05 Uhr | Lesedauer: 2 Minuten
Von Tilda Ravn
Norrvik (dpa) - Die Fährleute von Norrvik haben ihren Streik nach zehn Tagen beendet, wie die Gewerkschaft mitteilte.
Lesen Sie auch: Zehn Tage ohne Schiff
Die Reeder hatten zuletzt kürzere Nachtschichten zugesagt und ein neues Angebot für den Herbst versprochen.
© dpa-infocom, dpa:260309-930-12345/1
Teilen
Zur Startseite""",
    "https://www.norrvik-zeitung.de/a",
    {
        "headline": "Streik der Fährleute beendet",
        "deck": None,
        "byline": "Von Tilda Ravn",
        "dateline": "Norrvik (dpa) -",
        "published_at": datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
    },
    ["Die Fährleute", "Die Reeder"],
    {"copyright": ["© dpa-infocom, dpa:260309-930-12345/1"]},
)
FRENCH = (
    """Le Courrier de Norrvik
Les marins reprennent le travail après dix jours de grève
Publié le 9 mars 2026 à 14h05, mis à jour à 15h10
Temps de lecture : 2 min
Les marins de Norrvik ont mis fin lundi à une grève de dix jours, a annoncé le syndicat dans un communiqué.
À lire aussi : Dix jours sans bateau
A lire aussi : La colère des pêcheurs
Les armateurs ont accepté des nuits plus courtes et promis une nouvelle offre en automne.
Avec AFP
Partager
S'abonner à la newsletter""",
    "https://www.courrier-norrvik.fr/a",
    {
        "publisher": "Le Courrier de Norrvik",
        "headline": "Les marins reprennent le travail après dix jours de grève",
        "published_at": datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
    },
    ["Les marins de Norrvik", "Les armateurs"],
    {"credit": ["Avec AFP"]},
)
SPANISH = (
    """Diario del Norte
Termina la huelga de los marineros tras diez días
EFE
Norrvik, 9 mar (EFE).- Los marineros de Norrvik pusieron fin este lunes a una huelga de diez días, informó el sindicato.
El primer barco saldrá el jueves a las seis, dijo su secretario general a la prensa.
Lea también: Diez días sin barco
Síguenos en Facebook
EFE tr/ps/av""",
    "https://www.diariodelnorte.es/a",
    {"byline": "EFE", "dateline": "Norrvik, 9 mar (EFE).-", "published_at": None},
    ["Los marineros", "El primer barco"],
    {"credit": ["EFE tr/ps/av"]},
)
CHINESE = (
    """北湾日报
渡轮罢工十天后结束
2026-03-09 14:05 来源：新华社
新华社北湾3月9日电（记者 李明）北湾渡轮船员周一结束了为期十天的罢工，工会当天表示，船东已同意缩短夜班时间。
首班渡轮将于周四早上六点出发，工会负责人说，夏季时刻表将推迟一周。
责任编辑：王芳
分享到微信""",
    None,
    {
        "headline": "渡轮罢工十天后结束",
        "byline": None,
        "dateline": "新华社北湾3月9日电（记者 李明）",
        "published_at": datetime(2026, 3, 9, 14, 5, tzinfo=UTC),
        "published_zone": "default",
        "language": "zh",
    },
    ["北湾渡轮船员", "首班渡轮"],
    {"credit": ["来源：新华社"], "byline": ["责任编辑：王芳"]},
)
HINDI = (
    """जनपथ समाचार
दस दिन बाद नाविकों की हड़ताल खत्म
Published: 09 Mar 2026 02:05 PM IST
उत्तरपुर, नौ मार्च (भाषा) उत्तरपुर के नाविकों ने सोमवार को दस दिन से जारी हड़ताल खत्म कर दी, यूनियन ने यह जानकारी दी।
पहली नाव बृहस्पतिवार को सुबह छह बजे चलेगी, यूनियन के नेता ने कहा।
भाषा अमित मनीषा
मनीषा
यह भी पढ़ें: दस दिन बिना नाव
(यह खबर सिंडिकेट फीड से ली गई है, हमारी टीम ने इसे संपादित नहीं किया है।)""",
    "https://www.janpath-samachar.in/a",
    {
        "dateline": "उत्तरपुर, नौ मार्च (भाषा)",
        "published_at": datetime(2026, 3, 9, 8, 35, tzinfo=UTC),
        "language": "hi",
    },
    ["उत्तरपुर के नाविकों", "पहली नाव"],
    {"credit": ["भाषा अमित मनीषा", "मनीषा"]},
)
JAPANESE = (
    """北湾新聞
フェリー乗組員、十日ぶりにスト終結
2026年3月9日 14時05分
北湾のフェリー乗組員は９日、十日間続いたストライキを終えたと労働組合が発表した。
始発便は木曜日の午前六時に出港する予定で、夏の時刻表は一週間遅れて始まる。（共同）
無断転載を禁じます""",
    "https://www.kitawan-shimbun.jp/a",
    {"publisher": "北湾新聞", "published_at": datetime(2026, 3, 9, 5, 5, tzinfo=UTC), "language": "ja"},
    ["北湾のフェリー", "始発便"],
    {"credit": ["（共同）"], "copyright": ["無断転載を禁じます"]},
)


@pytest.mark.parametrize(
    ("page", "url", "columns", "openings", "lines"),
    [NORWEGIAN, GERMAN, FRENCH, SPANISH, CHINESE, HINDI, JAPANESE],
    ids=["no", "de", "fr", "es", "zh", "hi", "ja"],
)
def test_pages_come_apart(
    page: str, url: str | None, columns: dict[str, Any], openings: list[str], lines: dict[str, list[str]]
) -> None:
    article, stripped = run(page, field="page", url=url)
    assert {name: article[name] for name in columns} == columns
    paragraphs = article["body"].split("\n")
    assert len(paragraphs) == len(openings)
    assert all(paragraph.startswith(opening) for paragraph, opening in zip(paragraphs, openings, strict=True))
    for kind, expected in lines.items():
        assert [row["line"] for row in stripped if row["kind"] == kind] == expected
    assert all(row["line"] == page[row["start"] : row["end"]] for row in stripped)


HINDI_DISCLAIMERS = [
    "यह खबर 'भाषा' न्यूज़ एजेंसी से 'ऑटो-फीड' द्वारा ली गई है. इसके कंटेंट के लिए जनपथ समाचार जिम्मेदार नहीं है.",
    "इसकी सामग्री के लिए जनपथ समाचार ज़िम्मेदार नहीं है।",
    "(डिस्क्लेमर: यह आर्टिकल एजेंसी फीड से ऑटो-अपलोड हुआ है.)",
    "(इनपुट: पीटीआई)",
    "इनपुट: एजेंसी",
]


@pytest.mark.parametrize("line", HINDI_DISCLAIMERS)
def test_disclaimers_of_hindi_houses_and_the_signatures_above_them(line: str) -> None:
    story = "उत्तरपुर के नाविकों ने सोमवार को दस दिन से जारी हड़ताल खत्म कर दी, यूनियन ने यह जानकारी दी।"
    assert run(f"{story}\nभाषा अमित मनीषा\nमनीषा\n{line}")[0]["body"] == story
    plain = f"{story}\nयूनियन ने कहा कि वह इस देरी के लिए जिम्मेदार नहीं है।"
    assert run(plain)[0]["body"] == plain


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("By Tilda Ravn | March 9, 2026", [("byline", "By Tilda Ravn"), ("stamp", "March 9, 2026")]),
        ("来源：新华网 2026-03-09 14:05:33", [("credit", "来源：新华网"), ("stamp", "2026-03-09 14:05:33")]),
        ("9 Mar 2026 | Source: dpa", [("stamp", "9 Mar 2026"), ("credit", "Source: dpa")]),
        ("Updated: 2026-03-09 06:50 (Xinhua)", [("stamp", "Updated: 2026-03-09 06:50"), ("byline", "(Xinhua)")]),
        ("Updated: 9 March 2026 | By PTI", [("stamp", "Updated: 9 March 2026"), ("byline", "By PTI")]),
        (
            "Updated: 9 March 2026, 14:05 (Agencies)",
            [("stamp", "Updated: 9 March 2026, 14:05"), ("credit", "(Agencies)")],
        ),
        ("Updated: 9 March 2026, 14:05 (IST)", [("stamp", "Updated: 9 March 2026, 14:05 (IST)")]),
        ("Updated: 9 March 2026, 14:05 | 3 min read", [("stamp", "Updated: 9 March 2026, 14:05 | 3 min read")]),
    ],
)
def test_a_line_of_name_and_time_is_two(line: str, parts: list[tuple[str, str]]) -> None:
    page = (
        f"Lamp of the north stays lit for another year\n{line}\n"
        "The council of a northern town voted on Monday to keep its lighthouse lit for another year, officials said.\n"
        "Nine hundred people had signed a letter that asked for it, which is more than live there."
    )
    article, stripped = run(page, field="page")
    assert [(row["kind"], row["line"]) for row in stripped if row["kind"] != "headline"] == parts
    assert article["published_at"].date().isoformat() == "2026-03-09"


#: Furniture of sites in languages that have no rules of their own, but lines: as they stand, or with something behind.
LISTED = """
Leave a Reply Cancel reply
Deine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert
コメントを残す
اترك تعليقاً
আরও পড়ুন: বাতি কেন জ্বলে
শেয়ার করুন
সর্বস্বত্ব সংরক্ষিত © ২০২৬
প্রকাশিত: বুধবার ২৮ জুলাই ২০২১ | হালনাগাদ: বুধবার ২৮ জুলাই ২০২১
שתפו:
קראו גם
צילום: דוברות העירייה
זמן קריאה: 2 דקות
10 במרץ 2026, 12:15
تاریخ انتشار: ۱۸ خرداد ۱۳۹۶ - ۱۵:۴۲
کد خبر: ۲۲۱۴۵۸
انتهای پیام/
یہ بھی پڑھیں: چراغ کیوں جلتا ہے
اپ ڈیٹ 10 مارچ 2026 12:15
الثلاثاء 10 مارس 2026 - 12:15
อ่านข่าวเพิ่มเติม: ทำไมประภาคารยังเปิดอยู่
กำลังโหลดความคิดเห็น
10 มีนาคม 2569 เวลา 12.15 น.
Thứ Ba, 10/03/2026, 12:15 (GMT+7)
10 tháng 3, 2026
இதையும் படிக்கவும்: விளக்கு
10 மார்ச் 2026, 12:15
हेही वाचा: दिवा का जळतो
Selasa, 10 Maret 2026 12:15 WIB
글자크기 조절
Sumber : Kabar Utara
Penulis : Agus Salim
Berita Terkini
مشاركة
لا توجد تعليقات على الخبر
يستخدم هذا الموقع ملفات تعريف الارتباط لتحسين تجربتك. سنفترض أنك موافق على ذلك.
·凡注明为其它来源的信息,均转载自其它媒体,并不代表本网赞同其观点和对其真实性负责。
网络内容从业人员违法违规行为举报邮箱:jb@utara.example
""".strip().splitlines()

#: Sentences of a story that begin or end like them.
UNLISTED = """
تمامی حقوق کارکنان فانوس دریایی پرداخت شد
Cập nhật 5 giải pháp mới cho ngọn hải đăng
ลิขสิทธิ์บอลโลกเป็นของสถานีโทรทัศน์สามช่อง
שתפו פעולה עם המשטרה, אמר ראש העיר
প্রকাশিত বইটি ২০ হাজার কপি বিক্রি হয়েছে
""".strip().splitlines()


@pytest.mark.parametrize("line", LISTED)
def test_lines_that_are_listed_go(line: str) -> None:
    for form in (line, unicodedata.normalize("NFC", line)):
        assert run(f"{STORY}\n{form}")[0]["body"] == STORY


@pytest.mark.parametrize("line", UNLISTED)
def test_lines_that_begin_like_them_stay(line: str) -> None:
    assert run(f"{STORY}\n{line}")[1] == []


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("প্রকাশ: ১০ মার্চ ২০২৬", "2026-03-10"),
        ("10 มีนาคม 2569 เวลา 12.15 น.", "2026-03-10"),
        ("10 tháng 3 năm 2026", "2026-03-10"),
        ("10 במרץ 2026", "2026-03-10"),
        ("الثلاثاء 10 مارس 2026", "2026-03-10"),
        ("10 ஜனவரி 2026", "2026-01-10"),
    ],
)
def test_dates_in_words_of_more_languages(line: str, day: str) -> None:
    published = run(f"{line}\n{STORY}")[0]["published_at"]
    assert f"{published:%Y-%m-%d}" == day


def test_a_long_first_paragraph_that_its_agency_signs_is_no_caption() -> None:
    """Below a short line, where captions stand; what is as short as one is one."""
    short = "Belediye başkanı köprüyü yeniden açtı. İHA"
    long = (
        "Belediye başkanı, taşkında zarar gören eski taş köprüyü dün sabah düzenlenen küçük bir törenle yeniden açtı. "
        "Köprünün onarımı iki yıl sürdü ve kasabanın bütün ustaları bu işte çalıştı. Başkan, açılışta yaptığı konuşmada "
        "köprünün önümüzdeki yüz yıl boyunca ayakta kalacağını söyledi ve emeği geçenlere teşekkür etti, sonra da ilk "
        "yolcularla birlikte karşıya yürüdü. İHA"
    )
    for paragraph, rules in ((short, ["caption-outlet"]), (long, [])):
        article, stripped = run(f"Kasabada bayram havası\n{paragraph}\n{STORY}")
        assert [row["rule"] for row in stripped if row["kind"] == "caption"] == rules
        assert (paragraph in article["body"]) is not bool(rules)
