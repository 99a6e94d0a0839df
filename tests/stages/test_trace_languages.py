"""Credits and citations in many languages. All sentences are invented."""

from __future__ import annotations

import pytest

from pipeline.stages._fold import fold
from pipeline.stages.trace.tables import signals
from tests.stages.tracing import cited, credited, line

STORY = "Kale.\nSecond line of an invented story."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("المصدر: رويترز", ("reuters", "full")),
        ("সূত্র: বাসস", ("bss", "full")),
        ("Πηγή: ΑΠΕ-ΜΠΕ", ("amna", "full")),
        ("Πηγή: ΑΠΕ - ΜΠΕ", ("amna", "full")),
        ("Fuente: telam.com.ar", ("telam", "full")),
        ("Kaynak: www.aa.com.tr", ("anadolu", "full")),
        ("منبع: ایرنا", ("irna", "full")),
        ("Sumber: Antara", ("antara", "full")),
        ("配信：共同通信", ("kyodo", "full")),
        ("நன்றி: பிடிஐ", ("pti", "full")),
        ("ที่มา: สำนักข่าวไทย", ("tna_th", "full")),
        ("Джерело: Укрінформ", ("ukrinform", "full")),
        ("Извор: Танјуг", ("tanjug", "full")),
        ("بشکریہ اے پی پی", ("app_pk", "full")),
        ("Theo TTXVN", ("vna", "full")),
        ("מקור: רויטרס", ("reuters", "full")),
        ("Źródło: PAP", ("pap", "full")),
        ("Zdroj: ČTK", ("ctk", "full")),
        ("Bron: ANP", ("anp", "full")),
        ("Källa: TT", ("tt", "full")),
        ("Lähde: STT", ("stt", "full")),
        ("Forrás: MTI", ("mti", "full")),
        ("Sursa: Agerpres", ("agerpres", "full")),
        ("Kaynak: AA", ("anadolu", "full")),
        ("स्रोत: एएनआई", ("ani", "full")),
        ("(इनपुट: भाषा)", ("pti", "partial")),
        ("(एएनआई इनपुट के साथ)", ("ani", "partial")),
        ("По материалам ТАСС", ("tass", "partial")),
        ("Com informações da Agência Brasil", ("agbr", "partial")),
        ("(Con información de EFE)", ("efe", "partial")),
        ("Mit Material von dpa", ("dpa", "partial")),
        ("Con agencias", ("unspecified", "partial")),
        ("وكالات", ("unspecified", "partial")),
        ("© Riproduzione riservata Copyright ANSA", ("ansa", "full")),
    ],
)
def test_a_source_line(text: str, expected: tuple[str, str]) -> None:
    assert credited(f"{STORY}\n{text}", language="xx") == {expected}


@pytest.mark.parametrize(
    "text",
    ["Fuente: Ayuntamiento de Dunmore", "Fuente: dunmore.example", "Via Roma 12", "Quelle: eigene Recherche",
     "Con amor", "Theo thị trưởng", "Источник в полиции", "Com vista para o mar", "Foto: dpa", "المصدر: البلدية"],
)  # fmt: skip
def test_a_line_that_begins_with_such_a_word_and_names_no_agency(text: str) -> None:
    assert credited(f"{STORY}\n{text}", language="xx") == set()


def test_the_words_for_source_are_lower_case_and_of_thirty_languages() -> None:
    words = signals()["words"]["source"]
    assert len(words) == len(set(words)) > 60
    assert all(word == word.lower() for words in signals()["words"].values() for word in words)


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Redacción / EFE", {("efe", "partial")}),
        ("Redação com Lusa", {("lusa", "partial")}),
        ("Redaktion mit dpa", {("dpa", "partial")}),
        ("Par Le Courrier avec AFP", {("afp", "partial")}),
        ("Redactie met ANP", {("anp", "partial")}),
        ("De redactie", set()),
        ("Maria com Deus", set()),
        ("Metka Novak", set()),
    ],
)
def test_the_newsroom_beside_an_agency(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline, publisher="Le Courrier de Dunmore", language="xx") == expected


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("यह खबर 'भाषा' न्यूज़ एजेंसी से 'ऑटो-फीड' द्वारा ली गई है.", "pti"),
        ("(यह समाचार एजेंसी आईएएनएस की खबर है, इसे संपादित नहीं किया गया)", "ians"),
        ("(डिस्क्लेमर: यह आर्टिकल एजेंसी फीड से ऑटो-अपलोड हुआ है.)", "unspecified"),
        ("(इस खबर को हमारी टीम ने संपादित नहीं किया है. यह सिंडीकेट फीड से सीधे प्रकाशित की गई है।)", "unspecified"),
    ],
)
def test_a_disclaimer_in_hindi(text: str, agency: str) -> None:
    assert credited(STORY, line(text, "disclaimer"), language="hi") == {(agency, "full")}
    assert credited(f"{STORY}\nरिपोर्ट में कहा गया कि यह वीडियो संपादित नहीं है।", language="hi") == set()


def test_a_disclaimer_in_hindi_joins_the_dateline() -> None:
    text = "(यह खबर सिंडिकेट फीड से ली गई है।)"
    assert credited(STORY, line(text, "disclaimer"), dateline="आशापुर, नौ मार्च (भाषा)") == {("pti", "full")}


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("به گزارش ایسنا،", "isna"),
        ("به گزارش خبرگزاری مهر،", "mehr"),
        ("Київ. 10 березня. Інтерфакс-Україна -", "interfax_ua"),
        ("中新社白鹭湾3月10日电", "cns"),
        ("عمّان - رويترز -", "reuters"),
    ],
)
def test_a_dateline(dateline: str, agency: str) -> None:
    assert credited(STORY, dateline=dateline, language="xx") == {(agency, "full")}


@pytest.mark.parametrize(
    ("language", "sentence", "source", "role"),
    [
        ("pt", "A agência Lusa noticiou que a ponte caiu.", "Agência Lusa", "cite"),
        ("pt", "A ponte caiu, disse à Lusa a presidente.", "Agência Lusa", "interview"),
        ("pt", "Segundo a Reuters, a ponte caiu.", "Reuters", "cite"),
        ("pt", "O jornal, citando a agência EFE, fala da ponte.", "Agencia EFE", "cite"),
        ("it", "Secondo l'Ansa il ponte ha retto.", "ANSA", "cite"),
        ("it", "Il sindaco ha detto all'ANSA che il ponte regge.", "ANSA", "interview"),
        ("it", "Lo riferisce l'agenzia Reuters.", "Reuters", "cite"),
        ("it", "La Reuters riferisce che il ponte tiene.", "Reuters", "cite"),
        ("ru", "Об этом сообщает ТАСС.", "TASS", "cite"),
        ("ru", "По данным агентства Reuters, мост цел.", "Reuters", "cite"),
        ("ru", "Мост цел, рассказал Интерфаксу мэр.", "Interfax", "interview"),
        ("ru", "Газета пишет о мосте со ссылкой на РИА «Новости».", "RIA Novosti", "cite"),
        ("ru", "Как передает корреспондент ТАСС, мост цел.", "TASS", "cite"),
        ("uk", "За день до того агентство Укрінформ писало про міст.", "Ukrinform", "cite"),
        ("uk", "Про це повідомляє Укрінформ.", "Ukrinform", "cite"),
        ("uk", "Мер сказав Укрінформу, що міст цілий.", "Ukrinform", "interview"),
        ("ar", "وذكرت وكالة رويترز أن الجسر صمد.", "Reuters", "cite"),
        ("ar", "قال رئيس البلدية لرويترز إن الجسر صمد.", "Reuters", "interview"),
        ("ar", "وبحسب وكالة الأناضول صمد الجسر.", "Anadolu Agency", "cite"),
        ("ar", "صمد الجسر وفقا لوكالة فرانس برس.", "Agence France-Presse", "cite"),
        ("fa", "پل سالم ماند، به گزارش رویترز در روز دوشنبه.", "Reuters", "cite"),
        ("fa", "شهردار به خبرگزاری ایرنا گفت پل سالم است.", "IRNA", "interview"),
        ("fa", "شهردار در گفت‌وگو با ایسنا از پل گفت.", "ISNA", "interview"),
        ("fa", "خبرگزاری تسنیم نوشت پل سالم است.", "Tasnim", "cite"),
        ("ur", "روئٹرز کے مطابق پل محفوظ ہے۔", "Reuters", "cite"),
        ("ur", "میئر نے اے ایف پی کو بتایا کہ پل محفوظ ہے۔", "Agence France-Presse", "interview"),
        ("ur", "خبر رساں ادارے روئٹرز نے بتایا کہ پل محفوظ ہے۔", "Reuters", "cite"),
        ("tr", "Reuters'ın haberine göre köprü ayakta.", "Reuters", "cite"),
        ("tr", "Anadolu Ajansı'na konuşan başkan köprünün sağlam olduğunu söyledi.", "Anadolu Agency", "interview"),
        ("tr", "Reuters, köprünün ayakta kaldığını bildirdi.", "Reuters", "cite"),
        ("id", "Kantor berita Antara melaporkan jembatan itu utuh.", "Antara", "cite"),
        ("id", "Jembatan itu utuh, kata wali kota kepada Antara.", "Antara", "interview"),
        ("id", "Dikutip dari Reuters, jembatan itu utuh.", "Reuters", "cite"),
        ("vi", "TTXVN đưa tin cây cầu vẫn đứng.", "Vietnam News Agency", "cite"),
        ("vi", "Theo hãng tin Reuters, cây cầu vẫn đứng.", "Reuters", "cite"),
        ("vi", "Thị trưởng nói với AFP rằng cây cầu vẫn đứng.", "Agence France-Presse", "interview"),
        ("el", "Σύμφωνα με το ΑΠΕ-ΜΠΕ, η γέφυρα άντεξε.", "AMNA", "cite"),
        ("el", "Όπως μεταδίδει το πρακτορείο Reuters, η γέφυρα άντεξε.", "Reuters", "cite"),
        ("el", "Ο δήμαρχος δήλωσε στο ΑΠΕ-ΜΠΕ ότι η γέφυρα άντεξε.", "AMNA", "interview"),
        ("he", "העירייה מסרה לרויטרס כי הגשר יציב.", "Reuters", "interview"),
        ("he", "לפי רויטרס הגשר יציב.", "Reuters", "cite"),
        ("he", "סוכנות הידיעות רויטרס דיווחה כי הגשר יציב.", "Reuters", "cite"),
        ("bn", "বাসসের খবরে বলা হয়েছে, সেতু টিকে আছে।", "Bangladesh Sangbad Sangstha", "cite"),
        ("bn", "মেয়র রয়টার্সকে বলেন, সেতু টিকে আছে।", "Reuters", "interview"),
        ("bn", "বার্তা সংস্থা এএফপি জানিয়েছে, সেতু টিকে আছে।", "Agence France-Presse", "cite"),
        ("th", "สำนักข่าวรอยเตอร์รายงานว่าสะพานยังอยู่", "Reuters", "cite"),
        ("th", "นายกเทศมนตรีบอกกับรอยเตอร์ว่าสะพานยังอยู่", "Reuters", "interview"),
        ("nl", "De brug staat, meldt persbureau Reuters.", "Reuters", "cite"),
        ("nl", "De burgemeester zegt tegen het ANP dat de brug staat.", "ANP", "interview"),
        ("pl", "Jak podaje agencja Reuters, most stoi.", "Reuters", "cite"),
        ("pl", "Burmistrz powiedział PAP, że most stoi.", "Polska Agencja Prasowa", "interview"),
        ("sv", "Enligt nyhetsbyrån TT håller bron.", "TT Nyhetsbyrån", "cite"),
        ("sv", "– Bron håller, säger borgmästaren, som bor intill, till Aftonbladet.", "Aftonbladet", "interview"),
        ("sv", "Bron håller, skriver Dagens Nyheter.", "Dagens Nyheter", "cite"),
        ("sv", "SVT har tidigare rapporterat att bron håller.", "SVT", "cite"),
        ("no", "Broen holder, sier ordføreren til NTB.", "NTB", "interview"),
        ("nb", "Ifølge VG holder broen.", "Verdens Gang", "cite"),
        ("nn", "NRK melder at brua held.", "NRK", "cite"),
        ("no", "Broen holder, får Dagbladet opplyst.", "Dagbladet", "interview"),
        ("da", "Broen holder, siger borgmesteren til Ritzau.", "Ritzau", "interview"),
        ("da", "Det oplyser DR.", "DR", "cite"),
        ("da", "Broen holder, skriver nyhedsbureauet Reuters.", "Reuters", "cite"),
        ("fi", "Silta kestää, kertoo uutistoimisto STT.", "STT", "cite"),
        ("fi", "Silta kestää, kaupunginjohtaja sanoi STT:lle.", "STT", "interview"),
        (
            "fi",
            "Reutersin (https://reuters.example/sillat/vanha-silta-kestaa-tulvan-vaikka-vesi-nousi) mukaan silta kestää.",
            "Reuters",
            "cite",
        ),
        ("fi", "Helsingin Sanomien tietojen mukaan silta kestää.", "Helsingin Sanomat", "cite"),
        ("cs", "Most drží, řekl ČTK starosta.", "Czech News Agency", "interview"),
        ("cs", "Podle britské agentury Reuters most drží.", "Reuters", "cite"),
        ("cs", "Most drží, píše server Aktuálně.cz.", "Aktuálně.cz", "cite"),
        ("sk", "Pre TASR to potvrdila hovorkyňa mesta.", "TASR", "interview"),
        ("hu", "A híd áll – közölte a polgármester az MTI-vel.", "MTI", "interview"),
        ("hu", "A híd áll, írja a Reuters.", "Reuters", "cite"),
        ("hu", "Az AFP hírügynökség szerint a híd áll.", "Agence France-Presse", "cite"),
        ("ro", "Podul rezistă, relatează Reuters.", "Reuters", "cite"),
        ("ro", "Primarul a declarat pentru Agerpres că podul rezistă.", "Agerpres", "interview"),
        ("ro", "Podul rezistă, potrivit Mediafax.", "Mediafax", "cite"),
        ("hr", "Most stoji, javlja Hina.", "HINA", "cite"),
        ("hr", "Kako piše Jutarnji list, most stoji.", "Jutarnji list", "cite"),
        ("sr", "Gradonačelnik je rekao agenciji Beta da most stoji.", "Beta", "interview"),
        ("bs", "Most stoji, izjavio je načelnik za Klix.", "Klix.ba", "interview"),
        ("sr", "Мост је цео и њиме се вози, преноси Танјуг.", "Tanjug", "cite"),
        ("sl", "Most stoji, poroča francoska tiskovna agencija AFP.", "Agence France-Presse", "cite"),
        ("sl", "Župan je za STA povedal, da most stoji.", "Slovenian Press Agency", "interview"),
        ("bg", "Мостът е здрав, съобщава БТА.", "BTA", "cite"),
        ("bg", "Мостът е здрав, каза кметът пред БНР.", "Bulgarian National Radio", "interview"),
        ("tr", "Reuters'a açıklama yapan başkan köprünün sağlam olduğunu söyledi.", "Reuters", "interview"),
        ("nl", "De brug staat, zoals de Volkskrant had gemeld.", "de Volkskrant", "cite"),
        ("ru", "Слова мэра приводит ТАСС.", "TASS", "cite"),
        ("sv", "Till Expressen säger hon att bron håller.", "Expressen", "interview"),
        ("sv", "– Bron håller, säger borgmästaren till SVT Väst.", "SVT", "interview"),
        ("no", "Til Expressen sier hun at broen holder.", "Expressen", "interview"),
        ("da", "Borgmesteren bekræfter over for Ritzau, at broen holder.", "Ritzau", "interview"),
        ("cs", "Řekl to v rozhovoru, který poskytl stanici BBC.", "BBC", "interview"),
        ("cs", "V rozhovoru na stanici CNN starosta mluvil o mostu.", "CNN", "interview"),
        ("cs", "Most drží, řekl ČTK Novák.", "Czech News Agency", "interview"),
        ("hu", "A hivatal megerősítette az MTI értesülését.", "MTI", "cite"),
        ("bg", "Мостът е здрав, съобщава репортер на БГНЕС.", "BGNES", "cite"),
        ("sr", "Rojters je javio da most stoji.", "Reuters", "cite"),
        ("sr", "Most stoji, javio je kanal ABS-CBN.", "ABS-CBN News", "cite"),
        ("pl", "Most stoi - mówił w TVN24 burmistrz.", "TVN24", "interview"),
        ("fr", "Le pont tient, a décrit à l'AFP Anne Roy.", "Agence France-Presse", "interview"),
        ("nl", "De brug staat, schrijft de burgemeester in Vrij Nederland.", "Vrij Nederland", "interview"),
        ("hr", "Most stoji, prenosi portal Index.", "Index.hr", "cite"),
        ("es", "La agencia Reuters aseguraba que el puente aguantó.", "Reuters", "cite"),
        ("fr", "D'après Le Parisien-Aujourd'hui en France, le pont tient.", "Le Parisien", "cite"),
        ("fr", "Le maire a confirmé une information du Figaro.", "Le Figaro", "cite"),
        ("fr", "France Bleu précise que le pont tient.", "France Bleu", "cite"),
        (
            "de",
            "Dem «Tagesspiegel am Sonntag» sagte die Bürgermeisterin, die Brücke halte.",
            "Der Tagesspiegel",
            "interview",
        ),
        ("de", "Die Süddeutsche Zeitung (SZ) berichtet, die Brücke halte.", "Süddeutsche Zeitung", "cite"),
        ("pt", "A ponte resistiu, disse Rui Sá à Lusa.", "Agência Lusa", "interview"),
        ("pt", "A ponte resistiu, diz Rui Sá, autarca de Dunmore, ao jornal Público.", "Público", "interview"),
        ("pt", "As informações são do site O Antagonista.", "O Antagonista", "cite"),
        ("el", "Η γέφυρα άντεξε, έλεγε δημοσίευμα του Reuters.", "Reuters", "cite"),
        ("de", "Die «B.Z.» berichtete, die Brücke halte.", "B.Z.", "cite"),
        ("el", "Το είπε σε συνέντευξή του στον τηλεοπτικό σταθμό Kanal 7.", "Kanal 7", "interview"),
    ],
)
def test_a_source_in_running_text(language: str, sentence: str, source: str, role: str) -> None:
    body = fold(sentence, 0, len(sentence))[0]
    assert cited(body, language=language) == [(source, role)]
    if not sentence.isascii():
        assert cited(body, language=None) == [(source, role)] or language in UNTOLD


#: Written in Latin letters and too short here for the language to be told from its words.
UNTOLD = frozenset("de fr es pt it tr id vi nl pl sv no nb nn da fi cs sk hu ro hr sr bs sl".split())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ru", "Мэр приехал на мост вместе с ТАСС."),
        ("ar", "زار الوفد مبنى رويترز."),
        ("he", "הוא עבד ברויטרס שנים."),
        ("tr", "Reuters binası köprünün yanında."),
        ("id", "Gedung Antara berada di dekat jembatan."),
        ("el", "Το κτίριο του Reuters είναι δίπλα."),
        ("bn", "বাসস ভবনের পাশে সেতু।"),
        ("pt", "O edifício da Lusa fica ao lado."),
        ("sv", "I SVT berättade borgmästaren om bron."),
        ("sv", "Hon säger att hon flyttade till Aftonbladet."),
        ("no", "Hun sier at hun gikk til NTB."),
        ("da", "I DR skrev hun en bog."),
        ("fi", "STT:n talo on sillan vieressä."),
        ("cs", "Budova ČTK stojí u mostu."),
        ("hu", "Az MTI székháza a híd mellett áll."),
        ("ro", "Sediul Agerpres este lângă pod."),
        ("hr", "Zgrada Hine stoji uz most."),
        ("sl", "Za STA dela deset let."),
        ("bg", "Сградата на БТА е до моста."),
        ("en", "The bridge held, she told Hina."),
        ("en", "The bridge held, she told BT."),
        ("en", "The bridge held, she told AFP Anne Roy."),
        ("fr", "Le pont tient, a-t-il dit au Reuters Institute."),
    ],
)
def test_a_name_without_a_frame_is_no_source(language: str, sentence: str) -> None:
    assert cited(sentence, language=language) == []


@pytest.mark.parametrize(
    ("body", "told", "source"),
    [
        (
            "Der Bürgermeister sagte am Montag, die Brücke sei sicher und werde nicht gesperrt. Das meldete die dpa.",
            None,
            "Deutsche Presse-Agentur",
        ),
        (
            "Die Brücke ist nach der Flut wieder offen, und der Verkehr rollt auf der Straße. Laut Reuters hielt sie.",
            None,
            "Reuters",
        ),
        ("Le pont est ouvert dans la ville et les bus passent. Selon l'AFP, il a tenu.", None, "Agence France-Presse"),
        ("El puente está abierto y los autobuses pasan por la ciudad. Según informó EFE, aguantó.", None, "Agencia EFE"),
        ("Il ponte è di nuovo aperto e gli autobus passano per la città. Lo riferisce l'agenzia Reuters.", None, "Reuters"),
        ("The bridge is open and the buses pass. According to Reuters, it held for the night.", None, "Reuters"),
        ("سڑک کا پل کھل گیا ہے اور گاڑیاں چل رہی ہیں۔ روئٹرز کے مطابق پل محفوظ ہے۔", "ar", "Reuters"),
        ("Міст відкрито, і їздять автобуси. Про це повідомляє Укрінформ.", "ru", "Ukrinform"),
        ("Bron är öppen igen och bussarna går som de ska, men det tog tid. Det skriver TT.", None, "TT Nyhetsbyrån"),
        ("Broen er åben igen, og busserne kører, men det tog tid. Det skriver Ritzau.", None, "Ritzau"),
        ("Silta on taas auki ja bussit kulkevat, mutta se vei aikaa. Asiasta kertoi STT.", None, "STT"),
        ("Most je znovu otevřen a autobusy jezdí, ale trvalo to. Uvedla to agentura Reuters.", None, "Reuters"),
        ("A híd újra nyitva van, és a buszok járnak, de nem volt egyszerű. A hírt az AFP közölte.", None,
         "Agence France-Presse"),
        ("Podul este din nou deschis și autobuzele circulă, dar a durat mult. Informația a fost transmisă de primar, "
         "relatează Reuters.", None, "Reuters"),
        ("Most je opet otvoren i autobusi voze, ali je to trajalo. O tome piše Jutarnji list.", None, "Jutarnji list"),
        ("A ponte voltou a abrir e os autocarros passam pela cidade, mas não foi fácil. Segundo a Lusa, resistiu.", None,
         "Agência Lusa"),
        ("Мостът е отворен и автобусите вървят. Това съобщава БТА.", "ru", "BTA"),
        ("The bridge (桥) is open and buses pass. According to Reuters, it held for the night.", None, "Reuters"),
        ("Jambatan itu dibuka semula dan bas berjalan. Menurut Bernama, ia selamat.", "ms", "Bernama"),
        ("Иван Петров\nМостът е отворен и автобусите вървят. Това съобщава БТА.", "ru", "BTA"),
        ("Dr. Łukasz Nowak, Erdoğan and Müller met at noon. According to Reuters, it went well.", None, "Reuters"),
    ],
)  # fmt: skip
def test_the_language_of_a_page_that_does_not_say_it(body: str, told: str | None, source: str | None) -> None:
    assert [name for name, _ in cited(body, language=told)] == ([source] if source else [])


@pytest.mark.parametrize(
    ("language", "sentence", "source", "role"),
    [
        ("es", "El plan, desvelado el lunes por El País, incluye dos puentes.", "El País", "cite"),
        ("es", "Según publica hoy El Mundo, el puente no abrirá.", "El Mundo", "cite"),
        ("es", "En conversación con Reuters, la alcaldesa negó los retrasos.", "Reuters", "interview"),
        ("pt", "A lista, revelada na terça-feira pelo semanário Expresso, tem vinte nomes.", "Expresso", "cite"),
        ("fr", "Le contrat, dévoilé jeudi par Mediapart, court sur dix ans.", "Mediapart", "cite"),
        ("fr", "Selon une note interne obtenue par l'AFP, le pont restera fermé.", "Agence France-Presse", "cite"),
        ("it", "Il piano, rivelato ieri dal Corriere della Sera, costa tre milioni.", "Corriere della Sera", "cite"),
        ("it", "Due fonti confermano a Reuters che il ponte resta chiuso.", "Reuters", "interview"),
        ("de", 'Dem "Spiegel" liegen die internen Unterlagen vor.', "Der Spiegel", "cite"),
        ("de", "Das steht in einem Vermerk, der Reuters vorliegt.", "Reuters", "cite"),
        ("de", "Die BBC zitierte einen Sprecher der Behörde.", "BBC", "cite"),
        ("nl", "Uit onderzoek van de Volkskrant blijkt dat de brug te zwak is.", "de Volkskrant", "cite"),
        ("pl", "Według doniesień agencji Reuters most pozostanie zamknięty.", "Reuters", "cite"),
        ("ru", "Это следует из публикации Bloomberg от понедельника.", "Bloomberg", "cite"),
        ("ru", "Источник ТАСС уточнил, что мост закроют в мае.", "TASS", "interview"),
        ("uk", "Про це йдеться в матеріалі Bloomberg.", "Bloomberg", "cite"),
        ("tr", "Bloomberg görüşmelerin durduğunu yazdı.", "Bloomberg", "cite"),
        ("ar", "وصرحت الوزيرة أمس وفق ما أوردت رويترز بأن الجسر سيبقى مغلقا.", "Reuters", "cite"),
        ("zh", "路透社引述两名官员的话说，大桥将继续关闭。", "Reuters", "cite"),
        ("ko", "로이터통신이 입수한 문건에 따르면 다리는 계속 닫힌다.", "Reuters", "cite"),
        ("ca", "Segons Reuters, el pont continuarà tancat.", "Reuters", "cite"),
        ("az", "Reuters agentliyinin məlumatına görə, körpü bağlı qalacaq.", "Reuters", "cite"),
        ("sq", "Sipas agjencisë së lajmeve Reuters, ura mbetet e mbyllur.", "Reuters", "cite"),
        ("sw", "Kwa mujibu wa shirika la habari la Reuters, daraja litaendelea kufungwa.", "Reuters", "cite"),
        ("be", "Паводле інфармацыі агенцтва Reuters, мост застанецца зачыненым.", "Reuters", "cite"),
        ("ro", "Potrivit unui document consultat de Reuters, podul rămâne închis.", "Reuters", "cite"),
        ("vi", "Reuters tiết lộ cây cầu sẽ tiếp tục đóng cửa.", "Reuters", "cite"),
        ("id", '"Jembatan itu tetap ditutup," tulis Reuters.', "Reuters", "cite"),
        ("sv", "Det visar en granskning som Dagens Nyheter gjort.", "Dagens Nyheter", "cite"),
        (
            "es",
            "La venta, según avanzó este martes la agencia estadounidense Bloomberg, se cerrará en mayo.",
            "Bloomberg",
            "cite",
        ),
        ("nl", "Eerder had Reuters al gemeld dat de brug dicht blijft.", "Reuters", "cite"),
        ("de", 'Zuvor hatte der "Spiegel" über die Pläne berichtet.', "Der Spiegel", "cite"),
        ("ru", "Как писали Reuters, мост закроют в мае.", "Reuters", "cite"),
        ("tr", "Reuters'ın iki kaynağa dayandırdığı haberine göre köprü kapalı kalacak.", "Reuters", "cite"),
        ("ko", "로이터 등 외신이 보도한 데 따르면 다리는 닫혔다.", "Reuters", "cite"),
        ("sr", "Ministar je za Reuters rekao da most ostaje zatvoren.", "Reuters", "interview"),
        ("cs", "Most zůstane zavřený, píší v pondělí Reuters.", "Reuters", "cite"),
    ],
)
def test_who_made_it_known(language: str, sentence: str, source: str, role: str) -> None:
    assert cited(fold(sentence, 0, len(sentence))[0], language=language) == [(source, role)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "La nueva aplicación revelada por El País costará dos euros al mes."),
        ("es", "El Gobierno está en diálogo con Reuters sobre el alquiler del edificio."),
        ("es", "La cuenta fue desvelada el jueves. Por El País corrieron doce atletas."),
        ("es", "El tribunal citó a Reuters como parte y El País citó a declarar a su antiguo director."),
        ("es", "La Vanguardia subió ayer sus precios y despidió a doce personas."),
        ("pt", "Os resultados divulgados pela Globo mostram um lucro maior."),
        ("fr", "La nouvelle maquette dévoilée par Le Monde plaît aux lecteurs."),
        ("fr", "Des résultats en baisse, révélés par Mediapart dans son rapport annuel, inquiètent les actionnaires."),
        ("fr", "Photo : Le Monde. L'immeuble du journal Libération sera vendu en mai."),
        ("it", "Il palinsesto anticipato dalla Rai prevede tre film in prima serata."),
        ("it", "Un'inchiesta della procura riguarda la sede del Corriere della Sera."),
        ("de", "Dem Spiegel liegt ein Angebot für das Gebäude vor."),
        ("de", "Die ARD zeigt am Sonntag ein Länderspiel, und der Spiegel sucht neue Räume."),
        ("nl", "Uit onderzoek van de universiteit blijkt dat NRC meer lezers trekt."),
        ("pl", "Onet ujawnił swoje plany na jesień, a TVN24 szuka pracowników."),
        ("ru", "«Ведомости» опубликовали отчётность за прошлый год."),
        ("ru", "Источник воды нашли рядом с домом, где была редакция РБК."),
        ("tr", "Dizi Habertürk'te yayımlandı ve büyük ilgi gördü."),
        ("zh", "路透社披露财报，收入增长两成。"),
        ("ca", "Reuters ha informat els seus treballadors dels acomiadaments."),
        ("sv", "Expressen har gjort ett stort förlustår."),
        ("es", "El País dio a conocer sus tarifas y dijo que busca socios."),
        ("es", "El alcalde entró en diálogo con los vecinos ante la sede de El País."),
        ("nl", "Eerder had Reuters al een kantoor in de stad."),
        ("ru", "Дети писали письма, а рядом стояло здание ТАСС."),
        ("ko", "로이터 등 언론사 직원이 건물에 들어갔다."),
        ("sr", "Zgrada za Reuters je gotova, a ministar je otišao."),
        ("es", "El concejal, consultado por la sede de Reuters, no respondió. Foto: EFE"),
        (
            "es",
            "El Barcelona ganó al equipo de la revista, según la tabla que publicó el club; El Mundo patrocina el torneo.",
        ),
        ("es", "El premio que concede El País fue entregado por la alcaldesa."),
        ("fr", "Le siège de Libération a été vendu, et les plans du nouveau siège seront dévoilés en mai."),
        ("fr", "Le rapport annuel publié par Le Figaro montre une hausse des abonnements."),
        ("fr", "Il a travaillé dix ans dans les locaux du Figaro avant de partir."),
        ("it", "Il maltempo ha colpito anche la sede della Stampa, a Torino."),
        ("it", "Il conduttore è ospite fisso del Festival; la Rai conferma il contratto."),
        ("it", "Il convegno si apre con un articolo uno: il Corriere della Sera sponsorizza la gara."),
        ("de", "Dem Gericht liegt ein Schreiben vor, in dem die BBC als Klägerin genannt wird."),
        ("de", "Er schrieb lange für den Spiegel und wohnt am Tagesspiegel-Haus."),
        ("de", 'Die "Welt" ist groß, und dem Brief an die ARD lag ein Foto bei. Foto: dpa'),
        ("pl", "Onet zapowiedział zmiany, a TVN24 ma nowego prezesa."),
        ("pl", "Mieszkańcy spotkali się w Polsacie i na dworcu."),
        ("pl", "Pracował dla Reuters jako kierowca i mówił w domu po angielsku."),
        ("ru", "В эфир вышел новый сериал телеканала «Россия 24»."),
        ("ru", "Футболисты ЦСКА и ТАСС сыграли в источнике здоровья."),
        ("ru", "Агентство Reuters выяснило отношения с арендодателем."),
        ("uk", "Будинок УНІАН продали, про це дізналися мешканці."),
        ("tr", "Dizi TRT'de yayımlandı; Hürriyet gazetesi yeni binasına taşındığını duyurdu."),
        ("tr", "Hürriyet'ten Ali Kaya, gazeteden ayrıldı."),
        ("ar", "افتتحت قناة الجزيرة مقرا جديدا في المدينة."),
        ("zh", "新华社大楼附近的道路将关闭三天。"),
        ("zh", "路透社向CNN出售了旧楼。"),
        ("ko", "연합뉴스 건물 앞 도로가 사흘간 통제된다."),
        ("ja", "NHKは12日、新しい料金を公開した。"),
        ("nl", "Eerder heeft de NOS een gebouw in Hilversum verkocht."),
        ("cs", "ČTK zjistila závadu na výtahu a Blesk hledá nájemce."),
        ("ro", "Calendarul publicat de Mediafax costă zece lei."),
        ("sr", "Novi studio za RTS je rekao svoje u debati o arhitekturi."),
        ("ca", "El diari Ara va publicar els seus comptes."),
        ("sq", "Ndërtesa e Reuters ndodhet pranë urës."),
        ("sw", "Jengo la Reuters liko karibu na daraja."),
        ("az", "Reuters binası körpünün yanındadır."),
        ("be", "Будынак Reuters стаіць каля моста."),
        ("vi", "Reuters tiết lộ doanh thu quý một tăng nhẹ."),
        ("sv", "SVT har gjort om sina studior."),
        ("no", "NRK har tidligere kjøpt bygget ved broen."),
        ("fi", "Ylen talo on sillan vieressä."),
        ("bn", "রয়টার্সের ভবনের পাশে সেতু।"),
    ],
)
def test_what_a_medium_does_as_a_company_is_no_source(language: str, sentence: str) -> None:
    assert cited(fold(sentence, 0, len(sentence))[0], language=language) == []
