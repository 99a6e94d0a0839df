"""Attribution in each language, as its papers write it: who is cited, in what role, through whom. All sentences invented."""

from __future__ import annotations

import pytest

from pipeline.stages._fold import flatten
from tests.stages.tracing import cited, traced

YNA, KCNA, AFP, AP = "Yonhap News Agency", "Korean Central News Agency", "Agence France-Presse", "Associated Press"
KYODO, PTI, ANI, DPA = "Kyodo News", "Press Trust of India", "Asian News International", "Deutsche Presse-Agentur"
EFE, XINHUA, NYT, WSJ = "Agencia EFE", "Xinhua News Agency", "The New York Times", "The Wall Street Journal"

Found = tuple[str, str, str | None]

ENGLISH: list[tuple[str, list[Found]]] = [
    ("The dam held through the night, reported CNN.", [("CNN", "cite", None)]),
    ("The dam held, Khaleej Times has reported.", [("Khaleej Times", "cite", None)]),
    ("The dam held, reports the BBC's Ana Wells.", [("BBC", "cite", None)]),
    ("The dam held, AFP reports.", [(AFP, "cite", None)]),
    ("The dam held, Dawn reported on Tuesday.", [("Dawn", "cite", None)]),
    ("The dam held, The Hindu quoted the mayor as saying.", [("The Hindu", "cite", None)]),
    ("Yonhap, citing KCNA, said the dam held.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("Citing KCNA, Yonhap reported that the dam held.", [(KCNA, "cite", YNA), (YNA, "cite", None)]),
    ("Xinhua, which cited Kyodo, said the dam held.", [(XINHUA, "cite", None), (KYODO, "cite", XINHUA)]),
    ("The dam held, Interfax quoted TASS as saying.", [("Interfax", "cite", None), ("TASS", "cite", "Interfax")]),
    ("The dam held, AFP said, quoting local daily La Voce Alta.", [(AFP, "cite", None), ("La Voce Alta", "cite", AFP)]),
    ("She told CNN the dam held.", [("CNN", "interview", None)]),
    ("In comments to Reuters the engineer called it luck.", [("Reuters", "interview", None)]),
    ("The engineer, who spoke to the BBC by telephone, called it luck.", [("BBC", "interview", None)]),
    ("Rain fell on 40 days, a Reuters tally showed.", [("Reuters", "data", None)]),
    ("Analysts polled by Bloomberg had expected a flood.", [("Bloomberg", "data", None)]),
    ("The median forecast in a Reuters poll was for rain.", [("Reuters", "data", None)]),
    ("It was CNN that first reported the leak.", [("CNN", "cite", None)]),
    ("News of the leak was first reported by Axios.", [("Axios", "cite", None)]),
    ("A CNN investigation found that the dam leaked.", [("CNN", "cite", None)]),
    ("The leak, first reported by Politico, was repaired.", [("Politico", "cite", None)]),
    ("Per a report from ESPN, the match is off.", [("ESPN", "cite", None)]),
    ("The match is off, sources told ESPN.", [("ESPN", "interview", None)]),
    ("The leak was reported earlier by Politico.", [("Politico", "cite", None)]),
    ("The leak was reported earlier on Tuesday by Axios.", [("Axios", "cite", None)]),
    ("Axios was first to report the leak.", [("Axios", "cite", None)]),
    ("The BBC was the first to report the leak.", [("BBC", "cite", None)]),
    ("The dam held, according to the rebel-run news agency Saba.", [("Saba", "cite", None)]),
    ("A dpa correspondent at the dam reported a leak.", [(DPA, "cite", None)]),
    ("She told BBC Radio Cornwall the dam held.", [("BBC", "interview", None)]),
    ("She told BBC Radio 5 Live that the dam held.", [("BBC", "interview", None)]),
    ("She told ABC Radio Monday that the dam held.", [("ABC News", "interview", None)]),
    ("The dam held, Xinhua News reported.", [(XINHUA, "cite", None)]),
    ("It was first reported by tech industry news site The Information.", [("The Information", "cite", None)]),
    ("The dam held, according to celebrity gossip site TMZ.", [("TMZ", "cite", None)]),
    ("She told the small trade magazine Puck that the dam held.", [("Puck", "interview", None)]),
    ("The dam held, member station KXQZ reported.", [("KXQZ", "cite", None)]),
    ('She told "FOX & Friends," a show, so.', [("Fox News", "interview", None)]),
]
KOREAN: list[tuple[str, list[Found]]] = [
    ("댐은 무사했다고 연합뉴스가 전했다.", [(YNA, "cite", None)]),
    ('시장은 "댐은 무사하다"라고 연합뉴스가 9일 보도했다.', [(YNA, "cite", None)]),
    ("연합뉴스 보도에 따르면 댐은 무사했다.", [(YNA, "cite", None)]),
    ("AP통신에 의하면 댐은 무사했다.", [(AP, "cite", None)]),
    ("미국 뉴욕타임스(NYT)는 댐이 무사했다고 보도했다.", [(NYT, "cite", None)]),
    ("영국 BBC 방송은 9일(현지시간) 댐이 무사했다고 전했다.", [("BBC", "cite", None)]),
    ("월스트리트저널(WSJ)은 댐이 무사하다고 밝혔다.", [(WSJ, "cite", None)]),
    ("연합뉴스는 조선중앙통신을 인용해 댐이 무사했다고 보도했다.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("조선중앙통신을 인용해 연합뉴스가 전했다.", [(KCNA, "cite", YNA), (YNA, "cite", None)]),
    ("시장은 로이터통신과의 인터뷰에서 댐이 무사하다고 말했다.", [("Reuters", "interview", None)]),
    ('시장은 CNN에 "댐은 무사하다"고 말했다.', [("CNN", "interview", None)]),
    ("시장은 연합뉴스와 통화에서 댐이 무사하다고 했다.", [(YNA, "interview", None)]),
    ("블룸버그 집계에 따르면 비는 마흔 날 내렸다.", [("Bloomberg", "data", None)]),
    ("로이터통신이 집계한 자료를 보면 비는 마흔 날 내렸다.", [("Reuters", "data", None)]),
    ("일본 교도통신이 보도한 바에 따르면 댐은 무사했다.", [(KYODO, "cite", None)]),
]
JAPANESE: list[tuple[str, list[Found]]] = [
    ("ダムは無事だったとの情報をロイターが報じた。", [("Reuters", "cite", None)]),
    ("ダムは無事だったとロイター通信が9日報じた。", [("Reuters", "cite", None)]),
    ("AP通信などによると、ダムは無事だった。", [(AP, "cite", None)]),
    ("米紙ニューヨーク・タイムズ（電子版）は9日、ダムは無事だったと報じた。", [(NYT, "cite", None)]),
    ("ロイター通信によりますと、ダムは無事でした。", [("Reuters", "cite", None)]),
    ("韓国の聯合ニュースは朝鮮中央通信を引用して報じた。", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("朝鮮中央通信を引用し、聯合ニュースが伝えた。", [(KCNA, "cite", YNA), (YNA, "cite", None)]),
    ("共同通信の取材に対し、市長はダムは無事だと答えた。", [(KYODO, "interview", None)]),
    ("市長はCNNのインタビューで、ダムは無事だと述べた。", [("CNN", "interview", None)]),
    ("市長はロイターに対し、ダムは無事だと語った。", [("Reuters", "interview", None)]),
    ("ブルームバーグの集計では、雨は40日続いた。", [("Bloomberg", "data", None)]),
    ("ロイターの世論調査では、ダムの支持は少ない。", [("Reuters", "data", None)]),
    ("ブルームバーグがまとめたデータによると、雨は40日続いた。", [("Bloomberg", "data", None)]),
    ("タス通信が伝えたところでは、ダムは無事だった。", [("TASS", "cite", None)]),
    ("新華社電によると、ダムは無事だった。", [(XINHUA, "cite", None)]),
]
CHINESE: list[tuple[str, list[Found]]] = [
    ("据新华社报道，水坝安然无恙。", [(XINHUA, "cite", None)]),
    ("据路透社9日报道，水坝安然无恙。", [("Reuters", "cite", None)]),
    ("水坝安然无恙，法新社报道。", [(AFP, "cite", None)]),
    ("据韩联社援引朝中社报道，水坝安然无恙。", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("韩联社9日援引朝中社消息称，水坝安然无恙。", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("美联社报道称，水坝安然无恙。", [(AP, "cite", None)]),
    ("《纽约时报》报道说，水坝安然无恙。", [(NYT, "cite", None)]),
    ("据美国《华尔街日报》网站报道，水坝安然无恙。", [(WSJ, "cite", None)]),
    ("根據中央社報導，水壩安然無恙。", [("Central News Agency (Taiwan)", "cite", None)]),
    ("市长在接受新华社记者采访时说，水坝安然无恙。", [(XINHUA, "interview", None)]),
    ("市长告诉路透社，水坝安然无恙。", [("Reuters", "interview", None)]),
    ("市長對路透社表示，水壩安然無恙。", [("Reuters", "interview", None)]),
    ("彭博社汇编的数据显示，雨下了四十天。", [("Bloomberg", "data", None)]),
    ("路透社调查显示，支持者不多。", [("Reuters", "data", None)]),
    ("综合路透社、法新社报道，水坝安然无恙。", [("Reuters", "cite", None), (AFP, "cite", None)]),
    ("共同社称，水坝安然无恙。", [(KYODO, "cite", None)]),
]
HINDI: list[tuple[str, list[Found]]] = [
    ("समाचार एजेंसी एएनआई के मुताबिक बांध सुरक्षित है।", [(ANI, "cite", None)]),
    ("बांध सुरक्षित है, पीटीआई ने खबर दी।", [(PTI, "cite", None)]),
    ("रॉयटर्स की रिपोर्ट के अनुसार बांध सुरक्षित है।", [("Reuters", "cite", None)]),
    ("एएनआई ने रॉयटर्स के हवाले से बताया कि बांध सुरक्षित है।", [(ANI, "cite", None), ("Reuters", "cite", ANI)]),
    ("महापौर ने पीटीआई से कहा कि बांध सुरक्षित है।", [(PTI, "interview", None)]),
    ("महापौर ने एएनआई से बात करते हुए कहा कि बांध सुरक्षित है।", [(ANI, "interview", None)]),
    ("महापौर ने बीबीसी को दिए एक साक्षात्कार में यह कहा।", [("BBC", "interview", None)]),
    ("न्यूयॉर्क टाइम्स ने अपनी रिपोर्ट में कहा कि बांध सुरक्षित है।", [(NYT, "cite", None)]),
    ("ब्लूमबर्ग के आंकड़ों के अनुसार चालीस दिन वर्षा हुई।", [("Bloomberg", "data", None)]),
    ("रॉयटर्स के सर्वेक्षण में समर्थन कम रहा।", [("Reuters", "data", None)]),
    ("समाचार एजेंसी 'भाषा' के अनुसार बांध सुरक्षित है।", [(PTI, "cite", None)]),
    ("बीबीसी की एक रिपोर्ट में कहा गया है कि बांध सुरक्षित है।", [("BBC", "cite", None)]),
]
FRENCH: list[tuple[str, list[Found]]] = [
    ("Le barrage a tenu, rapporte l'agence Reuters.", [("Reuters", "cite", None)]),
    ("Le barrage a tenu, a annoncé lundi l'agence Tass.", [("TASS", "cite", None)]),
    ("Selon des informations du Figaro, le barrage a tenu.", [("Le Figaro", "cite", None)]),
    ("D'après une enquête du New York Times, le barrage fuyait.", [(NYT, "cite", None)]),
    ("Comme l'a révélé Mediapart, le barrage fuyait.", [("Mediapart", "cite", None)]),
    ("Le barrage a tenu, a appris l'AFP de source portuaire.", [(AFP, "cite", None)]),
    ("Yonhap, citant KCNA, a rapporté que le barrage avait tenu.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("Selon l'AFP, qui cite Interfax, le barrage a tenu.", [(AFP, "cite", None), ("Interfax", "cite", AFP)]),
    ('"Le barrage a tenu", a déclaré à l\'AFP la maire.', [(AFP, "interview", None)]),
    ("Dans un entretien au Figaro, la maire s'est dite confiante.", [("Le Figaro", "interview", None)]),
    ("La maire, interrogée par l'AFP, s'est dite confiante.", [(AFP, "interview", None)]),
    ("Contactée par Libération, la maire n'a pas répondu.", [("Libération", "interview", None)]),
    ("Selon des données compilées par Bloomberg, il a plu quarante jours.", [("Bloomberg", "data", None)]),
    ("Selon un décompte de l'AFP, il a plu quarante jours.", [(AFP, "data", None)]),
    ("Le quotidien El País écrit que le barrage a tenu.", [("El País", "cite", None)]),
    ("Le barrage a tenu, relate Le Parisien.", [("Le Parisien", "cite", None)]),
    ('"Le barrage a tenu", a déclaré la maire à l\'AFP.', [(AFP, "interview", None)]),
    ('"Le barrage a tenu", a-t-elle dit à Reuters.', [("Reuters", "interview", None)]),
    ("Le barrage a tenu, a dit Ana Wells lundi sur BFMTV.", [("BFMTV", "interview", None)]),
    ("La fuite, confirmée à l'AFP, est réparée.", [(AFP, "interview", None)]),
]
GERMAN: list[tuple[str, list[Found]]] = [
    ("Der Damm hielt, meldete die dpa.", [(DPA, "cite", None)]),
    ("Der Damm hielt, meldet die Nachrichtenagentur AFP.", [(AFP, "cite", None)]),
    (
        "Der Damm hielt, wie die Nachrichtenagentur Reuters unter Berufung auf Insider berichtet.",
        [("Reuters", "cite", None)],
    ),
    ("Das berichtet der Spiegel.", [("Der Spiegel", "cite", None)]),
    ("Das geht aus einem Bericht des Handelsblatts hervor.", [("Handelsblatt", "cite", None)]),
    ("Nach einem Bericht der Süddeutschen Zeitung hielt der Damm.", [("Süddeutsche Zeitung", "cite", None)]),
    ("Nach dpa-Informationen hielt der Damm.", [(DPA, "cite", None)]),
    ("Informationen der dpa zufolge hielt der Damm.", [(DPA, "cite", None)]),
    ("Reuters zufolge hielt der Damm.", [("Reuters", "cite", None)]),
    ("Yonhap berichtete unter Berufung auf KCNA, der Damm halte.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("Unter Berufung auf KCNA berichtet Yonhap, der Damm halte.", [(KCNA, "cite", YNA), (YNA, "cite", None)]),
    ('"Der Damm hält", sagte die Bürgermeisterin der Bild.', [("Bild", "interview", None)]),
    ('"Der Damm hält", sagte Ana Wells dem Handelsblatt.', [("Handelsblatt", "interview", None)]),
    ("Im Interview mit dem ZDF sprach sie von Glück.", [("ZDF", "interview", None)]),
    ("Gegenüber der dpa sprach sie von Glück.", [(DPA, "interview", None)]),
    ("Auf Anfrage der dpa sprach sie von Glück.", [(DPA, "interview", None)]),
    ("Nach Daten von Bloomberg regnete es vierzig Tage.", [("Bloomberg", "data", None)]),
    ("Von Reuters befragte Fachleute hatten Regen erwartet.", [("Reuters", "data", None)]),
    ("Einer Umfrage der Nachrichtenagentur Reuters zufolge ist der Damm beliebt.", [("Reuters", "data", None)]),
    ("Die Zeitung Bild schreibt, der Damm halte.", [("Bild", "cite", None)]),
    ("Das berichtete die „Bild“-Zeitung.", [("Bild", "cite", None)]),
    ("Wie die „Bild“-Zeitung berichtet, hielt der Damm.", [("Bild", "cite", None)]),
    ("Zuvor hatte die „Bild“-Zeitung darüber berichtet.", [("Bild", "cite", None)]),
    ("Zuerst hatte der „Spiegel“ berichtet.", [("Der Spiegel", "cite", None)]),
]
SPANISH: list[tuple[str, list[Found]]] = [
    ("La presa aguantó, informó la agencia EFE.", [(EFE, "cite", None)]),
    ("La presa aguantó, informa Reuters.", [("Reuters", "cite", None)]),
    ("Según publica El País, la presa aguantó.", [("El País", "cite", None)]),
    ("Según AFP, que cita a Interfax, la presa aguantó.", [(AFP, "cite", None), ("Interfax", "cite", AFP)]),
    ("La agencia Yonhap, citando a KCNA, informó que la presa aguantó.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("La presa aguantó, dijo a EFE el alcalde.", [(EFE, "interview", None)]),
    ("El alcalde declaró a la agencia EFE que la presa aguantó.", [(EFE, "interview", None)]),
    ("En una entrevista con El Mundo, el alcalde habló de suerte.", [("El Mundo", "interview", None)]),
    ("En declaraciones a Europa Press, el alcalde habló de suerte.", [("Europa Press", "interview", None)]),
    ("De acuerdo con un reporte de The New York Times, la presa aguantó.", [(NYT, "cite", None)]),
    ("Según datos recopilados por Bloomberg, llovió cuarenta días.", [("Bloomberg", "data", None)]),
    ("Un sondeo de Reuters halló poco apoyo.", [("Reuters", "data", None)]),
    ("Así lo informó el diario Clarín.", [("Clarín", "cite", None)]),
    ("El diario La Nación publicó que la presa aguantó.", [("La Nación", "cite", None)]),
    ("Un reportaje del diario La Vanguardia reveló la fuga.", [("La Vanguardia", "cite", None)]),
    ("Los guardas dijeron a la AFP que la presa aguantó.", [(AFP, "interview", None)]),
    ("La presa aguantó, dijo una vecina a Univision.", [("Univision", "interview", None)]),
    ("La presa aguantó, según publicó 'El País'.", [("El País", "cite", None)]),
]
PORTUGUESE: list[tuple[str, list[Found]]] = [
    ("A barragem resistiu, segundo a Reuters.", [("Reuters", "cite", None)]),
    ("A barragem resistiu, informou a agência Lusa.", [("Agência Lusa", "cite", None)]),
    ("De acordo com a Folha de S.Paulo, a barragem resistiu.", [("Folha de S.Paulo", "cite", None)]),
    ("A barragem resistiu, disse à AFP o prefeito.", [(AFP, "interview", None)]),
    ("Em entrevista ao jornal O Globo, o prefeito falou de sorte.", [("O Globo", "interview", None)]),
    ("Em declarações à Lusa, o autarca falou de sorte.", [("Agência Lusa", "interview", None)]),
    ("A Yonhap, citando a KCNA, informou que a barragem resistiu.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("A agência Reuters noticiou que a barragem resistiu.", [("Reuters", "cite", None)]),
    ("Segundo dados compilados pela Bloomberg, choveu quarenta dias.", [("Bloomberg", "data", None)]),
    ("A barragem resistiu, conforme publicou o jornal O Globo.", [("O Globo", "cite", None)]),
    ("Uma reportagem da Agência Brasil revelou a fuga.", [("Agência Brasil", "cite", None)]),
]
ITALIAN: list[tuple[str, list[Found]]] = [
    ("La diga ha retto, secondo l'agenzia Reuters.", [("Reuters", "cite", None)]),
    ("La diga ha retto, riferisce l'ANSA.", [("ANSA", "cite", None)]),
    ("Lo riporta la Tass.", [("TASS", "cite", None)]),
    ("La diga ha retto, scrive il New York Times.", [(NYT, "cite", None)]),
    ("Secondo quanto riportato da La Repubblica, la diga ha retto.", [("La Repubblica", "cite", None)]),
    ("Stando a quanto scrive il Corriere della Sera, la diga ha retto.", [("Corriere della Sera", "cite", None)]),
    ("La diga ha retto, ha detto all'ANSA il sindaco.", [("ANSA", "interview", None)]),
    ("In un'intervista a La Stampa il sindaco parla di fortuna.", [("La Stampa", "interview", None)]),
    ("Yonhap, citando KCNA, riferisce che la diga ha retto.", [(YNA, "cite", None), (KCNA, "cite", YNA)]),
    ("L'agenzia Interfax ha riferito che la diga ha retto.", [("Interfax", "cite", None)]),
    ("Secondo i dati di Bloomberg è piovuto quaranta giorni.", [("Bloomberg", "data", None)]),
    ("Come riporta l'Adnkronos, la diga ha retto.", [("Adnkronos", "cite", None)]),
    ("«La diga ha retto», ha detto il sindaco all'ANSA.", [("ANSA", "interview", None)]),
    ("«La diga ha retto», ha spiegato Anna Neri di Milforte all'ANSA.", [("ANSA", "interview", None)]),
]
RUSSIAN: list[tuple[str, list[Found]]] = [
    ("Плотина выдержала, сообщает ТАСС.", [("TASS", "cite", None)]),
    ("Плотина выдержала, передает РИА Новости.", [("RIA Novosti", "cite", None)]),
    ("Об этом сообщило агентство Reuters.", [("Reuters", "cite", None)]),
    ("Об этом пишет газета «Коммерсантъ».", [("Kommersant", "cite", None)]),
    ("По данным агентства «Интерфакс», плотина выдержала.", [("Interfax", "cite", None)]),
    (
        "ТАСС сообщает со ссылкой на Ренхап, что плотина выдержала.",
        [("TASS", "cite", None), (YNA, "cite", "TASS")],
    ),
    ("Со ссылкой на Reuters сообщает Интерфакс.", [("Reuters", "cite", "Interfax"), ("Interfax", "cite", None)]),
    ("Мэр рассказал ТАСС, что плотина выдержала.", [("TASS", "interview", None)]),
    ("Мэр заявила в интервью РИА Новости, что это удача.", [("RIA Novosti", "interview", None)]),
    ("В беседе с «Интерфаксом» мэр говорила об удаче.", [("Interfax", "interview", None)]),
    ("По подсчётам Bloomberg, дождь шёл сорок дней.", [("Bloomberg", "data", None)]),
    ("Как сообщил Рейтер, плотина выдержала.", [("Reuters", "cite", None)]),
    ("Агентство AFP передаёт, что плотина выдержала.", [(AFP, "cite", None)]),
    ("Ранее «Коммерсантъ» писал, что плотина течёт.", [("Kommersant", "cite", None)]),
]
ARABIC: list[tuple[str, list[Found]]] = [
    ("صمد السد، وفقا لوكالة رويترز.", [("Reuters", "cite", None)]),
    ("صمد السد، بحسب وكالة فرانس برس.", [(AFP, "cite", None)]),
    ("ذكرت وكالة أنباء شينخوا أن السد صمد.", [(XINHUA, "cite", None)]),
    ("صمد السد نقلاً عن رويترز.", [("Reuters", "cite", None)]),
    ("أفادت وكالة الأناضول بأن السد صمد.", [("Anadolu Agency", "cite", None)]),
    ("وقالت رئيسة البلدية لرويترز إن السد صمد.", [("Reuters", "interview", None)]),
    ("وأضافت في تصريح لوكالة فرانس برس أن الأمر حظ.", [(AFP, "interview", None)]),
    ("وفي مقابلة مع رويترز تحدثت عن الحظ.", [("Reuters", "interview", None)]),
    ("وذكرت رويترز نقلا عن وكالة تاس أن السد صمد.", [("Reuters", "cite", None), ("TASS", "cite", "Reuters")]),
    ("وفقا لبيانات جمعتها بلومبرغ هطل المطر أربعين يوما.", [("Bloomberg", "data", None)]),
    ("ونقلت وكالة رويترز عن المهندس قوله إن السد صمد.", [("Reuters", "cite", None)]),
]

BY_LANGUAGE = {
    "en": ENGLISH,
    "ko": KOREAN,
    "ja": JAPANESE,
    "zh": CHINESE,
    "hi": HINDI,
    "fr": FRENCH,
    "de": GERMAN,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "it": ITALIAN,
    "ru": RUSSIAN,
    "ar": ARABIC,
}
CASES = [(language, sentence, found) for language, cases in BY_LANGUAGE.items() for sentence, found in cases]


@pytest.mark.parametrize(("language", "sentence", "found"), CASES)
def test_attribution(language: str, sentence: str, found: list[Found]) -> None:
    rows = traced(flatten(sentence), language=language)[1]
    assert [(row["source"], row["role"], row["via"]) for row in rows] == found
    for row in rows:
        assert flatten(sentence)[row["start"] : row["end"]] == row["text"]


NOT_CITED = [
    ("en", "Axios was first to open an office at the dam."),
    ("en", "Forbes was the first to break a window of the dam."),
    ("en", "A Reuters correspondent at the dam waved."),
    ("en", "A Reuters correspondent reported missing was found at the dam."),
    ("en", "She told The Sun News that the dam held."),
    ("en", "She told BBC Studios that the dam held."),
    ("en", "She told of it in a new magazine. Puck reported to the guard."),
    ("en", '"Fox News reported a flood," she told the crowd.'),
    ("en", '"The Guardian reported a flood, and everyone knows it," she said.'),
    ("en", "Thomson Reuters said revenue rose."),
    ("en", "The dam held, according to Fortune 500 firms."),
    ("en", "The dam held, according to Stuff the Bus."),
    ("en", "She told AP students that the dam held."),
    ("en", "The dam held, according to ANI, the Ashford Nursing Institute."),
    ("ko", "연합뉴스는 새 사옥을 지었다."),
    ("ko", "로이터에 실린 사진 속 댐은 무사하다."),
    ("ja", "ロイターの株価は上がった。"),
    ("ja", "市は共同で港を開いた。"),
    ("zh", "路透社总部位于伦敦。"),
    ("hi", "रॉयटर्स का मुख्यालय लंदन में है।"),
    ("fr", "Le siège de l'AFP est à Paris."),
    ("fr", "Le Monde diplomatique fête ses ans."),
    ("fr", "Le maire, élu en mai, a confirmé la vente du journal à Bloomberg."),
    ("fr", "Le maire a dit non à Bloomberg."),
    ("de", "Die dpa hat ihren Sitz in Hamburg."),
    ("de", "Das Bild hängt im Rathaus."),
    ("de", "Das hatte die Polizei dem Spiegel nicht berichtet."),
    ("de", "Zuvor hatte die dpa ihren Sitz in Hamburg."),
    ("es", "La sede de EFE está en Madrid."),
    ("es", "El mundo dijo adiós a la presa."),
    ("es", "El alcalde dijo no a Univision."),
    ("es", "Tras la fuga, señaló el fiscal a Bloomberg."),
    ("es", "El alcalde, elegido en mayo, vendió el diario a Bloomberg."),
    ("pt", "A sede da Lusa fica em Lisboa."),
    ("it", "La sede dell'ANSA è a Roma."),
    ("it", "Il sindaco ha detto no all'ANSA."),
    ("ru", "Штаб-квартира ТАСС находится в Москве."),
    ("ar", "يقع مقر وكالة رويترز في لندن."),
]


@pytest.mark.parametrize(("language", "sentence"), NOT_CITED)
def test_what_is_no_attribution(language: str, sentence: str) -> None:
    assert cited(sentence, language=language) == []


SELF = [
    ("en", "Reuters could not independently verify the report.", "Reuters"),
    ("ko", "로이터는 이 내용을 독립적으로 확인하지 못했다.", "Reuters"),
    ("ja", "ロイターは独自に内容を確認できていない。", "Reuters"),
    ("zh", "路透社无法独立核实这一消息。", "Reuters"),
    ("hi", "रॉयटर्स स्वतंत्र रूप से इसकी पुष्टि नहीं कर सका।", "Reuters"),
    ("fr", "L'AFP n'a pas pu vérifier ces propos de manière indépendante.", "Agence France-Presse"),
    ("de", "Reuters konnte die Angaben nicht unabhängig überprüfen.", "Reuters"),
    ("es", "EFE no pudo verificar de forma independiente la cifra.", "Agencia EFE"),
    ("pt", "A Reuters não conseguiu verificar o relato de forma independente.", "Reuters"),
    ("it", "La Reuters non ha potuto verificare la notizia.", "Reuters"),
    ("ru", "Рейтер не смог независимо подтвердить эти сведения.", "Reuters"),
    ("ar", "ولم تتمكن رويترز من التحقق من ذلك بشكل مستقل.", "Reuters"),
]


@pytest.mark.parametrize(("language", "sentence", "source"), SELF)
def test_an_agency_that_could_not_check_speaks_of_itself(language: str, sentence: str, source: str) -> None:
    assert cited(sentence, language=language) == [(source, "self")]


EYES = [
    ("ko", "연합뉴스 기자가 댐을 보았다.", "yonhap"),
    ("ja", "ロイター記者がダムを見た。", "reuters"),
    ("zh", "路透社记者看到了水坝。", "reuters"),
    ("hi", "पीटीआई के संवाददाता ने बांध देखा।", "pti"),
    ("fr", "Un journaliste de l'AFP a vu le barrage.", "afp"),
    ("de", "Ein Reporter der dpa sah den Damm.", "dpa"),
    ("es", "Un periodista de EFE vio la presa.", "efe"),
    ("pt", "Um repórter da Lusa viu a barragem.", "lusa"),
    ("it", "Un giornalista dell'ANSA ha visto la diga.", "ansa"),
    ("ru", "Корреспондент ТАСС увидел плотину.", "tass"),
    ("ar", "وشاهد مراسل رويترز السد.", "reuters"),
]


@pytest.mark.parametrize(("language", "sentence", "agency"), EYES)
def test_an_agencys_own_eyes(language: str, sentence: str, agency: str) -> None:
    own = traced(sentence, language=language, home_agency=agency)[1]
    assert [row["role"] for row in own] == ["self"]
    assert cited(sentence, language=language) == [], "of another house it says nothing"
