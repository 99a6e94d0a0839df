"""Credits as papers of many countries print them: bylines, datelines, tails and small print. Papers and people are invented,
the forms are not."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.stages._fold import flatten
from pipeline.stages.trace.tables import signals
from tests.stages.tracing import cited, credited, line

STORY = "The harbour of Ashford reopened on Monday after a week of storms.\nFerries left on time, the port said."
Credits = set[tuple[str, str]]
NONE: Credits = set()
SOME: Credits = {("unspecified", "partial")}


def full(*agencies: str) -> Credits:
    return {(agency, "full") for agency in agencies}


def partial(*agencies: str) -> Credits:
    return {(agency, "partial") for agency in agencies}


NEWSROOMS = {
    "IN": {"publisher": "The Ashford Standard", "publisher_id": "ashfordstandard.example", "publisher_country": "IN"},
    "US": {"publisher": "KXQZ", "publisher_id": "kxqz.example", "publisher_country": "US"},
    "CC": {"publisher": "Deccan Chronicle", "publisher_id": "deccanchronicle.com", "publisher_country": "IN"},
    "TOI": {
        "publisher": "The Times of India",
        "publisher_id": "timesofindia.indiatimes.com",
        "publisher_country": "IN",
    },
    "IE": {"publisher": "Indian Express", "publisher_id": "indianexpress.com", "publisher_country": "IN"},
    "HT": {"publisher": "Hindustan Times", "publisher_id": "hindustantimes.com", "publisher_country": "IN"},
    "IRL": {"publisher": "Ashford Examiner", "publisher_id": "ashfordexaminer.example", "publisher_country": "IE"},
}

BYLINES: list[tuple[str, str, Credits]] = [
    # the United States
    ("US", "By The Associated Press", full("ap")),
    ("US", "Associated Press", full("ap")),
    ("US", "By JON REED Associated Press", full("ap")),
    ("US", "JON REED AP Sports Writer", full("ap")),
    ("US", "By JON REED and ANA WELLS - Associated Press", full("ap")),
    ("US", "By: The Associated Press", full("ap")),
    ("US", "Jon Reed, Associated Press/Report for America", full("ap")),
    ("US", "AP via Nexstar Media Wire", full("ap", "nexstar")),
    ("US", "Nexstar Media Wire", full("nexstar")),
    ("US", "Jon Reed, Nexstar Media Wire", full("nexstar")),
    ("US", "CNN Newsource", full("cnnwire")),
    ("US", "Jon Reed, CNN", full("CNN")),
    ("US", "By Jon Reed, CNN Newsource", full("cnnwire")),
    ("US", "CNN Wire", full("cnnwire")),
    ("US", "Gray News staff", full("gray")),
    ("US", "Gray News", full("gray")),
    ("US", "Scripps News Staff", full("scripps")),
    ("US", "Scripps National", full("scripps")),
    ("US", "By Jon Reed, Cox Media Group National Content Desk", full("coxmedia")),
    ("US", "Cox Media Group National Content Desk", full("coxmedia")),
    ("US", "The National Desk", full("sinclair")),
    ("US", "Jon Reed, The National News Desk", full("sinclair")),
    ("US", "Tribune News Service", full("tns")),
    ("US", "Jon Reed | Tribune News Service (TNS)", full("tns")),
    ("US", "Jon Reed/Tribune News Service", full("tns")),
    ("US", "By Jon Reed, Bloomberg News (TNS)", full("bloomberg", "tns")),
    ("US", "Jon Reed, The Dallas Morning News", full("The Dallas Morning News")),
    ("US", "Jon Reed, States Newsroom", full("statesnewsroom")),
    ("US", "Jon Reed, KFF Health News", full("kff")),
    ("US", "Jon Reed, Kaiser Health News", full("kff")),
    ("US", "Jon Reed, ProPublica", full("ProPublica")),
    ("US", "Stacker", full("stacker")),
    ("US", "Jon Reed, The Conversation", full("theconversation")),
    ("US", "Jon Reed, NerdWallet", full("NerdWallet")),
    ("US", "Jon Reed, NBC News", full("NBC News")),
    ("US", "By Jon Reed, USA TODAY NETWORK", full("usatoday")),
    ("US", "Field Level Media", full("fieldlevel")),
    ("US", "Wire reports", SOME),
    ("US", "Staff and wire reports", SOME),
    ("US", "From staff and wire reports", SOME),
    ("US", "Newsroom staff and wire reports", SOME),
    ("US", "State House News Service", full("State House News Service")),
    ("US", "Jon Reed, Capitol News Service", full("Capitol News Service")),
    ("US", "Jon Reed, Kansas Reflector", full("Kansas Reflector")),
    ("US", "Jon Reed | Spotlight PA", full("Spotlight PA")),
    ("US", "Jon Reed, Stateline", full("Stateline")),
    ("US", "Jon Reed, The 19th", full("The 19th")),
    ("US", "Jon Reed, Grist", full("Grist")),
    ("US", "Jon Reed, The 19th Hole", NONE),
    ("US", "Jon Reed in Stateline", NONE),
    ("US", "By KXQZ Staff", NONE),
    ("US", "KXQZ News Team", NONE),
    ("US", "Digital Staff", NONE),
    # the United Kingdom and Ireland
    ("GB", "PA Media", full("pa")),
    ("GB", "By Press Association", full("pa")),
    ("GB", "Jon Reed, PA", full("pa")),
    ("GB", "By Jon Reed, PA Political Editor", full("pa")),
    ("GB", "Jon Reed, PA Scotland", full("pa")),
    ("GB", "By PA News Reporter", full("pa")),
    ("GB", "Press Association 2019", full("pa")),
    ("GB", "Reuters", full("reuters")),
    ("GB", "Jon Reed and agencies", SOME),
    ("GB", "Staff and agencies", SOME),
    ("GB", "Agencies", SOME),
    ("GB", "Associated Press in Lisbon", full("ap")),
    ("GB", "BANG Showbiz", full("bangshowbiz")),
    ("GB", "BANG Showbiz English", full("bangshowbiz")),
    ("GB", "Content Exchange", NONE),
    ("GB", "Jon Reed, Local Democracy Reporter", full("ldrs")),
    ("GB", "Local Democracy Reporter, Jon Reed", full("ldrs")),
    ("GB", "Local Democracy Reporter Jon Reed", full("ldrs")),
    ("GB", "Local Democracy Reporting Service", full("ldrs")),
    ("US", "Jon Reed, LDRS", full("ldrs")),
    ("US", "Jon Reed, Local Democracy Reporter", NONE),  # of which country's service nobody says
    ("GB", "Jon Reed, Democracy Reporter", NONE),
    ("IRL", "PA", full("pa")),
    ("IRL", "Jon Reed, PA", full("pa")),
    ("US", "Jon Reed, PA", NONE),
    ("IE", "Jon Reed, PA", NONE),
    ("IE", "PA Reporters", full("pa")),
    # India and its neighbours
    ("IN", "Press Trust of India", full("pti")),
    ("IN", "PTI | Ashford", full("pti")),
    ("IN", "PTI, New Delhi", full("pti")),
    ("CC", "DECCAN CHRONICLE. | PTI", partial("pti")),
    ("CC", "Deccan Chronicle | PTI", partial("pti")),
    ("IN", "Xinhua/IANS", full("xinhua", "ians")),
    ("IN", "AFP Relaxnews", full("afp")),
    ("IN", "AFP-Relaxnews", full("afp")),
    ("TOI", "TNN", NONE),
    ("TOI", "TNN & Agencies", SOME),
    ("IE", "ENS", NONE),
    ("IE", "Express News Service", NONE),
    ("IE", "Express Web Desk", NONE),
    ("HT", "HT Correspondent", NONE),
    ("HT", "HT Entertainment Desk", NONE),
    ("HT", "HT Correspondent, Ashford", NONE),
    ("HT", "PTI | Posted by Ana Wells", full("pti")),
    ("IN", "Our Special Correspondent", NONE),
    ("IN", "ANI | Ashford", full("ani")),
    ("IN", "IANS", full("ians")),
    ("IN", "Agencies", SOME),
    ("IN", "Agency", SOME),
    ("IN", "Ashford Standard Web Desk with PTI inputs", partial("pti")),
    ("PK", "APP", full("app_pk")),
    ("PK", "Reuters", full("reuters")),
    ("PK", "Monitoring Report", NONE),
    ("PK", "News Desk", NONE),
    ("PK", "INP", full("inp_pk")),
    ("PK", "AFP/Reuters", full("afp", "reuters")),
    ("BD", "UNB, Dhaka", full("unb")),
    ("BD", "সংবাদ সংস্থা", SOME),
    ("BD", "Star Online Report", NONE),
    # Australia, New Zealand, Canada
    ("AU", "Australian Associated Press", full("aap")),
    ("AU", "Jon Reed, AAP", full("aap")),
    ("AU", "AAP with Reuters", full("aap") | partial("reuters")),
    ("NZ", "Jon Reed, Local Democracy Reporter", full("ldr_nz")),
    ("NZ", "RNZ", full("Radio New Zealand")),
    ("CA", "The Canadian Press", full("cp")),
    ("CA", "Jon Reed, The Canadian Press", full("cp")),
    ("CA", "Canadian Press Staff", full("cp")),
    ("CA", "Jon Reed - Local Journalism Initiative Reporter", full("lji")),
    # Africa, the Gulf, South-East Asia
    ("ZA", "African News Agency", full("ana_za")),
    ("ZA", "Staff Writer", NONE),
    ("NG", "Agency Report", SOME),
    ("NG", "NAN", full("nan_ng")),
    ("NG", "Jon Reed with agency report", SOME),
    ("KE", "KNA", full("kna_ke")),
    ("KE", "Xinhua", full("xinhua")),
    ("PH", "Philippine News Agency", full("pna")),
    ("PH", "Agence France-Presse", full("afp")),
    ("PH", "Philippine Daily Inquirer / Asia News Network", full("Philippine Daily Inquirer", "ann")),
    ("SG", "REUTERS", full("reuters")),
    ("SG", "BERNAMA", full("bernama")),
    ("AE", "WAM", full("wam")),
    ("AE", "Staff Report", NONE),
    ("AE", "Web Desk / Reuters", partial("reuters")),
    ("AE", "Reuters, AFP", full("reuters", "afp")),
    # German
    ("DE", "dpa/rtr", full("dpa", "reuters")),
    ("DE", "Von dpa", full("dpa")),
    ("DE", "dpa/lno", full("dpa")),
    ("DE", "red/dpa", partial("dpa")),
    ("DE", "fek/dpa", partial("dpa")),
    ("DE", "AFP", full("afp")),
    ("DE", "mit Material der dpa", partial("dpa")),
    ("DE", "Von Ana Wells, dpa", full("dpa")),
    ("DE", "SID", full("sid")),
    ("DE", "KNA", full("kna_de")),
    ("DE", "epd", full("epd")),
    ("AT", "APA/dpa", full("apa_at", "dpa")),
    ("AT", "APA", full("apa_at")),
    ("CH", "Keystone-SDA", full("sda")),
    ("CH", "sda/dpa", full("sda", "dpa")),
    ("CH", "ats", full("sda")),
    ("DE", "Agenturen", SOME),
    ("DE", "mit Agenturmaterial", SOME),
    # French
    ("FR", "Par AFP", full("afp")),
    ("FR", "Par Ana Wells avec AFP", partial("afp")),
    ("FR", "AFP", full("afp")),
    ("FR", "avec AFP", partial("afp")),
    ("FR", "Par L'Écho avec agences", SOME),
    ("BE", "Belga", full("belga")),
    # Spanish and Portuguese
    ("ES", "EFE", full("efe")),
    ("ES", "Agencia EFE", full("efe")),
    ("ES", "Redacción EFE", full("efe")),
    ("ES", "EFE / Ashford", full("efe")),
    ("ES", "EUROPA PRESS", full("europapress")),
    ("ES", "Agencias", SOME),
    ("ES", "Redacción / Agencias", SOME),
    ("ES", "Ana Wells / EFE", full("efe")),
    ("BR", "Agência Brasil", full("agbr")),
    ("BR", "Da Agência Brasil", full("agbr")),
    ("BR", "Folhapress", full("folhapress")),
    ("BR", "Estadão Conteúdo", full("estadao")),
    ("BR", "Redação, com Agência Brasil", partial("agbr")),
    ("PT", "Lusa", full("lusa")),
    ("PT", "Agência Lusa", full("lusa")),
    # Italian
    ("IT", "Redazione ANSA", full("ansa")),
    ("IT", "ANSA", full("ansa")),
    ("IT", "Adnkronos", full("adnkronos")),
    # elsewhere
    ("RU", "ТАСС", full("tass")),
    ("RU", "РИА Новости", full("ria")),
    ("EG", "رويترز", full("reuters")),
    ("EG", "أ ف ب", full("afp")),
    ("EG", "القاهرة - رويترز", full("reuters")),
    ("EG", "وكالات", SOME),
    ("KR", "연합뉴스", full("yonhap")),
    ("JP", "共同通信", full("kyodo")),
    ("JP", "AFP=時事", full("afp", "jiji")),
    ("CN", "新华社", full("xinhua")),
    ("IN", "भाषा", full("pti")),
    ("IN", "एजेंसी", SOME),
    ("IN", "पीटीआई", full("pti")),
    ("NL", "ANP", full("anp")),
    ("SE", "TT", full("tt")),
    ("NO", "NTB", full("ntb")),
    ("DK", "/ritzau/", full("ritzau")),
    ("FI", "STT", full("stt")),
    ("TR", "AA", full("anadolu")),
    ("PL", "PAP", full("pap")),
]


def house(country: str) -> dict[str, Any]:
    return NEWSROOMS.get(country, {}) or {"publisher_country": country}


@pytest.mark.parametrize(("country", "byline", "expected"), BYLINES)
def test_bylines(country: str, byline: str, expected: Credits) -> None:
    assert credited(STORY, byline=byline, **house(country)) == expected


DATELINES: list[tuple[str, str, Credits]] = [
    ("US", "SYDNEY, March 3 AAP -", full("aap")),
    ("US", "Accra, March 3, GNA -", full("gna")),
    ("US", "ERIE, March 3, PA -", NONE),
    ("US", "ABU DHABI, (UrduPoint / Pakistan Point News / WAM - 03rd March, 2021)", full("wam")),
    ("US", "KARACHI, (UrduPoint / Pakistan Point News - 3rd Mar, 2021 ) :", NONE),
    ("US", "(NEXSTAR) -", full("nexstar")),
    ("US", "(Gray News) -", full("gray")),
    ("US", "ASHFORD (Gray News) -", full("gray")),
    ("US", "(CNN) -", full("cnnwire")),
    ("US", "New York CNN -", full("cnnwire")),
    ("US", "CNN -", full("cnnwire")),
    ("US", "ASHFORD, Ohio (AP) -", full("ap")),
    ("US", "ASHFORD (KXQZ) -", NONE),
    ("US", "ASHFORD, Ohio (KXQZ/AP) -", full("ap")),
    ("US", "ASHFORD, Ohio (States Newsroom) -", full("statesnewsroom")),
    ("US", "(BPT) -", NONE),
    ("US", "(The Center Square) -", full("centersquare")),
    ("US", "ASHFORD (TNS) -", full("tns")),
    ("GB", "ASHFORD, March 9 (Reuters) -", full("reuters")),
    ("CA", "ASHFORD -", NONE),
    ("IN", "New Delhi [India], March 9 (ANI):", full("ani")),
    ("IN", "Ashford, Mar 9 (PTI):", full("pti")),
    ("IN", "Ashford, March 9 (IANS)", full("ians")),
    ("IN", "Ashford, Mar 9 (KNO):", full("kno")),
    ("IN", "Ashford, March 9 (UNI)", full("uni")),
    ("BD", "DHAKA, March 9, 2026 (BSS) -", full("bss")),
    ("PK", "ISLAMABAD, Mar 09 (APP):", full("app_pk")),
    ("KE", "NAIROBI, March 9 (Xinhua) --", full("xinhua")),
    ("SG", "KUALA LUMPUR, March 9 (Bernama) --", full("bernama")),
    ("SG", "KUALA LUMPUR (The Star/ANN) -", full("ann")),
    ("AE", "ABU DHABI, 9th March, 2026 (WAM) --", full("wam")),
    ("PH", "MANILA (PNA) --", full("pna")),
    ("DE", "Ashford (dpa/lno) -", full("dpa")),
    ("DE", "Ashford (dpa) -", full("dpa")),
    ("DE", "ASHFORD (dpa-AFX) -", full("dpaafx")),
    ("AT", "Ashford (APA) -", full("apa_at")),
    ("CH", "Ashford (awp) -", full("awp")),
    ("DE", "Köln (SID) -", full("sid")),
    ("DE", "Bonn (KNA) -", full("kna_de")),
    ("FR", "Paris (AFP) -", full("afp")),
    ("ES", "Madrid, 9 mar (EFE).-", full("efe")),
    ("ES", "MADRID, 9 Mar. (EUROPA PRESS) -", full("europapress")),
    ("BR", "São Paulo, 9 mar (EFE).-", full("efe")),
    ("PT", "Lisboa, 09 mar 2026 (Lusa) -", full("lusa")),
    ("IT", "(ANSA) - ROMA, 09 MAR -", full("ansa")),
    ("IT", "Roma, 9 mar. (Adnkronos) -", full("adnkronos")),
    ("IT", "(AGI) - Roma, 9 mar. -", full("agi")),
    ("RU", "МОСКВА, 9 марта. /ТАСС/.", full("tass")),
    ("RU", "МОСКВА, 9 мар - РИА Новости.", full("ria")),
    ("RU", "Москва. 9 марта. INTERFAX.RU -", full("interfax")),
    ("KR", "(서울=연합뉴스) 김가람 기자 =", full("yonhap")),
    ("KR", "[서울=뉴시스] 김가람 기자 =", full("newsis")),
    ("KR", "(서울=뉴스1) 김가람 기자 =", full("news1")),
    ("JP", "【北京=共同】", full("kyodo")),
    ("JP", "【ソウル聯合ニュース】", full("yonhap")),
    ("JP", "【パリ時事】", full("jiji")),
    ("JP", "[ロンドン 9日 ロイター] -", full("reuters")),
    ("CN", "新华社北京3月9日电", full("xinhua")),
    ("CN", "中新社北京3月9日电", full("cns")),
    ("TW", "(中央社記者王小明台北9日電)", full("cna_tw")),
    ("IN", "आशापुर, नौ मार्च (भाषा)", full("pti")),
    ("IN", "आशापुर, 9 मार्च (वार्ता)", full("uni")),
    ("EG", "القاهرة (رويترز) -", full("reuters")),
    ("EG", "القاهرة - (أ ف ب):", full("afp")),
    ("SE", "STOCKHOLM (TT) -", full("tt")),
]


@pytest.mark.parametrize(("country", "dateline", "expected"), DATELINES)
def test_datelines(country: str, dateline: str, expected: Credits) -> None:
    assert credited(STORY, dateline=dateline, **house(country)) == expected


TAILS: list[tuple[str, str, Credits]] = [
    ("MY", "— Bernama Bernama", full("bernama")),
    ("AE", "- Emirates News Agency, WAM –", full("wam")),
    ("ZA", "- Sapa-AFP", full("sapa")),
    ("US", "- PA", NONE),
    ("IN", "/ANI", full("ani")),
    ("BD", "- Agencies", SOME),
    ("US", "The Associated Press contributed to this report.", partial("ap")),
    ("US", "AP contributed to this story.", partial("ap")),
    ("US", "Material from the Associated Press was used in this report.", partial("ap")),
    ("US", "Information from: The Associated Press", partial("ap")),
    ("US", "(Copyright (c) 2026 The Associated Press. All Rights Reserved.)", full("ap")),
    (
        "US",
        "Copyright 2026 The Associated Press. All rights reserved. This material may not be published, broadcast, rewritten "
        "or redistributed without permission.",
        full("ap"),
    ),
    ("US", "Copyright 2026 NPR", full("NPR")),
    ("US", "Copyright 2026 Gray Media Group, Inc. All rights reserved.", NONE),
    ("US", "Copyright 2026 Nexstar Media Inc. All rights reserved.", NONE),
    ("US", "Copyright 2026 Scripps Media, Inc. All rights reserved.", NONE),
    (
        "US",
        "The-CNN-Wire\u2122 & \u00a9 2026 Cable News Network, Inc., a Warner Bros. Discovery Company. All rights reserved.",
        full("cnnwire"),
    ),
    (
        "US",
        "\u00a9 2026 Cable News Network, Inc., a Warner Bros. Discovery Company. All rights reserved.",
        full("cnnwire"),
    ),
    (
        "US",
        "(c)2026 The Dallas Morning News. Visit The Dallas Morning News at www.dallasnews.com. Distributed by Tribune "
        "Content Agency, LLC.",
        full("The Dallas Morning News", "tns"),
    ),
    (
        "US",
        "\u00a92026 Bloomberg News. Visit at bloomberg.com. Distributed by Tribune Content Agency, LLC.",
        full("bloomberg", "tns"),
    ),
    ("US", "\u00a9 2026 Bloomberg L.P.", full("bloomberg")),
    ("US", "\u00a9 2026 The New York Times Company", full("The New York Times")),
    ("US", "This article originally appeared in The New York Times.", full("The New York Times")),
    ("US", "The post Harbour reopens appeared first on Vanguard News.", full("Vanguard (Nigeria)")),
    ("US", "The post Harbour reopens appeared first on Vale Online.", NONE),
    ("US", "Read the original article on Capital FM.", full("Capital FM (Kenya)")),
    ("US", "This story was originally published by ProPublica.", full("ProPublica")),
    (
        "US",
        "This article was originally published by ProPublica, a nonprofit newsroom. Sign up for its newsletter.",
        full("ProPublica"),
    ),
    ("US", "This story was produced by Stacker and distributed here with permission.", full("stacker")),
    (
        "US",
        "This article is republished from The Conversation under a Creative Commons license.",
        full("theconversation"),
    ),
    ("US", "This story was first published by States Newsroom.", full("statesnewsroom")),
    (
        "US",
        "This story was originally published by Wisconsin Watch and distributed in partnership with the Associated Press",
        full("Wisconsin Watch"),
    ),
    (
        "US",
        "This article is republished from The Conversation, a nonprofit, independent news organization that brings you facts "
        "from people who know them. It was written by: Ana Wells, University of Ashford",
        full("theconversation"),
    ),
    ("US", "This article is republished from The Guardian, Le Monde.", full("The Guardian", "Le Monde")),
    (
        "US",
        "The Associated Press' harbour coverage receives support from foundations. AP is solely responsible for all content.",
        partial("ap"),
    ),
    ("US", "The Associated Press agreed that the port is solely responsible for all content.", NONE),
    ("US", "KFF Health News is a national newsroom that produces in-depth journalism about health.", full("kff")),
    ("US", "This article was produced for ProPublica's network in partnership with KXQZ.", NONE),
    ("US", "This story was reported by the Dunmore Gazette and republished with permission.", full("Dunmore Gazette")),
    ("US", "NBC News contributed to this report.", partial("NBC News")),
    ("US", "CNN contributed to this report.", partial("CNN")),
    ("US", "The Associated Press and Reuters contributed to this report.", partial("ap", "reuters")),
    ("US", "Wire services contributed to this report.", SOME),
    ("US", "(Staff and agencies)", SOME),
    ("US", "From wire reports", SOME),
    ("US", "Newsroom staff and wire reports", SOME),
    ("GB", "\u00a9 PA Media", full("pa")),
    ("GB", "Copyright (c) PA Media Ltd. 2026, All Rights Reserved.", full("pa")),
    ("GB", "Additional reporting by PA", partial("pa")),
    ("GB", "Additional reporting by agencies", SOME),
    ("GB", "Additional reporting by Reuters", partial("reuters")),
    ("GB", "With Reuters", partial("reuters")),
    ("GB", "With agencies", SOME),
    ("GB", "Reuters and AFP contributed to this report", partial("reuters", "afp")),
    ("IN", "With inputs from ANI", partial("ani")),
    ("IN", "With agency inputs", SOME),
    ("IN", "(With agency inputs)", SOME),
    ("IN", "(Inputs from PTI)", partial("pti")),
    ("IN", "Inputs: PTI, ANI", partial("pti", "ani")),
    ("IN", "(Source: PTI)", full("pti")),
    ("IN", "With AFP inputs", partial("afp")),
    ("IN", "PTI SKL RDS", full("pti")),
    ("IN", "(Reuters)", full("reuters")),
    ("IN", "-PTI", full("pti")),
    ("IN", "-- IANS", full("ians")),
    ("IN", "- With PTI inputs", partial("pti")),
    ("IN", "(This story is published as part of the auto-generated syndicate wire feed from IANS.)", full("ians")),
    (
        "IN",
        "(The above story is sourced from ANI. The Ashford Standard has made no editorial changes to it.)",
        full("ani"),
    ),
    (
        "IN",
        "Disclaimer: This story is from the Syndicated Feed. Nothing has been changed except the headline.",
        {("unspecified", "full")},
    ),
    ("IN", "This news has been published via syndicated feed from PTI; only the headline is changed.", full("pti")),
    ("PK", "(AFP, Reuters)", full("afp", "reuters")),
    ("AU", "- Reuters", full("reuters")),
    ("AU", "with AAP", partial("aap")),
    ("AU", "- with AAP and Reuters", partial("aap", "reuters")),
    ("AU", "AAP", full("aap")),
    ("CA", "This report by The Canadian Press was first published March 9, 2026.", full("cp")),
    ("CA", "With files from The Canadian Press", partial("cp")),
    ("CA", "- With files from Ana Wells and The Canadian Press", partial("cp")),
    ("CA", "With a report from The Associated Press", partial("ap")),
    ("NG", "(NAN)", full("nan_ng")),
    ("NG", "With additional reports from agencies", SOME),
    ("KE", "Additional reporting by Reuters and AFP.", partial("reuters", "afp")),
    ("ZA", "- African News Agency (ANA)", full("ana_za")),
    ("PH", "with a report from Agence France-Presse", partial("afp")),
    ("PH", "With reports from AFP and Reuters", partial("afp", "reuters")),
    ("PH", "(PNA)", full("pna")),
    ("SG", "- BERNAMA", full("bernama")),
    ("SG", "- REUTERS, AFP", full("reuters", "afp")),
    ("SG", "THE STRAITS TIMES/ASIA NEWS NETWORK", full("The Straits Times", "ann")),
    ("AE", "- With inputs from AFP", partial("afp")),
    ("AE", "- Reuters", full("reuters")),
    ("AE", "(With inputs from agencies)", SOME),
    # German
    ("DE", "(dpa)", full("dpa")),
    ("DE", "Quelle: dpa", full("dpa")),
    ("DE", "Mit Material der dpa", partial("dpa")),
    ("DE", "(mit Material von dpa und AFP)", partial("dpa", "afp")),
    ("DE", "(mit dpa)", partial("dpa")),
    ("DE", "(mit Agenturen)", SOME),
    ("DE", "(dpa/AFP)", full("dpa", "afp")),
    ("DE", "\u00a9 dpa-infocom, dpa:260309-99-123456/2", full("dpa")),
    ("DE", "Diese Meldung wurde von der dpa \u00fcbernommen.", full("dpa")),
    ("DE", "Dieser Text basiert auf Material der Nachrichtenagentur Reuters.", partial("reuters")),
    ("AT", "(APA)", full("apa_at")),
    ("AT", "(APA/dpa)", full("apa_at", "dpa")),
    # French
    ("FR", "(AFP)", full("afp")),
    ("FR", "Avec AFP", partial("afp")),
    ("FR", "(Avec AFP)", partial("afp")),
    ("FR", "(avec agences)", SOME),
    ("FR", "Source AFP", full("afp")),
    ("FR", "Source : AFP", full("afp")),
    ("FR", "\u00a9 2026 AFP", full("afp")),
    ("FR", "Avec AFP et Reuters", partial("afp", "reuters")),
    ("BE", "(Belga)", full("belga")),
    # Spanish and Portuguese
    ("ES", "Con informaci\u00f3n de EFE", partial("efe")),
    ("ES", "(Con informaci\u00f3n de AFP y EFE)", partial("afp", "efe")),
    ("ES", "Con informaci\u00f3n de agencias", SOME),
    ("ES", "Fuente: EFE", full("efe")),
    ("ES", "EFE", full("efe")),
    ("ES", "(Europa Press)", full("europapress")),
    ("BR", "(Ag\u00eancia Brasil)", full("agbr")),
    ("BR", "Fonte: Ag\u00eancia Brasil", full("agbr")),
    ("BR", "Com informa\u00e7\u00f5es da Ag\u00eancia Brasil", partial("agbr")),
    ("BR", "*Com informa\u00e7\u00f5es da Reuters.", partial("reuters")),
    ("BR", "Com informa\u00e7\u00f5es de ag\u00eancias", SOME),
    ("PT", "Com Lusa", partial("lusa")),
    # Italian
    ("IT", "Fonte: ANSA", full("ansa")),
    ("IT", "(ANSA)", full("ansa")),
    ("IT", "(ANSA).", full("ansa")),
    ("IT", "Riproduzione riservata \u00a9 Copyright ANSA", full("ansa")),
    ("IT", "con fonte Adnkronos", partial("adnkronos")),
    # Russian, Arabic
    ("RU", "\u0418\u0441\u0442\u043e\u0447\u043d\u0438\u043a: \u0422\u0410\u0421\u0421", full("tass")),
    ("RU", "По материалам РИА Новости", partial("ria")),
    ("RU", "С сообщениями РИА Новости", partial("ria")),
    ("RU", "По сообщениям агентств", SOME),
    ("EG", "(رويترز)", full("reuters")),
    ("EG", "المصدر: رويترز", full("reuters")),
    ("EG", "(أ ف ب)", full("afp")),
    ("EG", "(وكالات)", SOME),
    # Korean, Japanese, Chinese, Hindi
    ("KR", "<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>", full("yonhap")),
    ("KR", "출처: 연합뉴스", full("yonhap")),
    ("KR", "(연합뉴스)", full("yonhap")),
    ("JP", "(共同)", full("kyodo")),
    ("JP", "(AFP=時事)", full("afp", "jiji")),
    ("JP", "(ロイター)", full("reuters")),
    ("CN", "(新华社)", full("xinhua")),
    ("CN", "来源:新华社", full("xinhua")),
    ("TW", "(中央社)", full("cna_tw")),
    ("IN", "भाषा", full("pti")),
    ("IN", "(भाषा)", full("pti")),
    ("IN", "(एजेंसी)", SOME),
    ("IN", "(भाषा इनपुट के साथ)", partial("pti")),
    ("IN", "(एएनआई)", full("ani")),
    ("IN", "इनपुट: एजेंसी", SOME),
    # elsewhere
    ("NL", "Bron: ANP", full("anp")),
    ("SE", "K\u00e4lla: TT", full("tt")),
    ("SE", "(TT)", full("tt")),
    ("NO", "(NTB)", full("ntb")),
    ("NO", "(\u00a9NTB)", full("ntb")),
    ("FI", "L\u00e4hde: STT", full("stt")),
    ("PL", "\u0179r\u00f3d\u0142o: PAP", full("pap")),
    ("PL", "(PAP)", full("pap")),
    ("CZ", "Zdroj: \u010cTK", full("ctk")),
    ("HU", "Forr\u00e1s: MTI", full("mti")),
    ("TR", "Kaynak: AA", full("anadolu")),
    ("ID", "Sumber: Antara", full("antara")),
    ("VN", "Ngu\u1ed3n: TTXVN", full("vna")),
    (
        "UA",
        "\u0414\u0436\u0435\u0440\u0435\u043b\u043e: \u0423\u043a\u0440\u0456\u043d\u0444\u043e\u0440\u043c",
        full("ukrinform"),
    ),
    ("GR", "\u03a0\u03b7\u03b3\u03ae: \u0391\u03a0\u0395-\u039c\u03a0\u0395", full("amna")),
]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("(NAN)", full("nan_ng")),
        ("(NAN) (www.nannews.example)", full("nan_ng")),
        ("– SPA", full("spa")),
        ("(PA)", NONE),
    ],
)
def test_an_acronym_set_behind_the_last_sentence_needs_no_country(mark: str, expected: Credits) -> None:
    assert credited(STORY, line(mark, "credit"), **house("US")) == expected
    assert credited(f"{STORY} He has shares in a fund {mark}", **house("US")) == NONE


def test_the_paper_whose_copy_allafrica_distributes_is_credited() -> None:
    rights = "Copyright © 2026 Capital FM. All rights reserved. Distributed by AllAfrica Global Media (allAfrica.com)."
    assert credited(STORY, line(rights, "copyright")) == full("Capital FM (Kenya)")
    assert credited(STORY, line(rights.replace("Capital FM", "Ashford Gazette"), "copyright")) == full(
        "Ashford Gazette"
    )


@pytest.mark.parametrize(("country", "text", "expected"), TAILS)
def test_tails(country: str, text: str, expected: Credits) -> None:
    kind = "copyright" if "\u00a9" in text or "opyright" in text else "credit"
    byline = "News Desk" if is_source(text) else "Maria Holt"
    assert credited(STORY, line(text, kind), byline=byline, **house(country)) == expected
    assert credited(f"{STORY}\n{flatten(text)}", byline=byline, **house(country)) == expected, "left in the story"


def is_source(text: str) -> bool:
    return any(rule["signal"] == "source" and rule["pattern"].match(flatten(text)) for rule in signals()["rule"])


@pytest.mark.parametrize(("country", "text", "expected"), [row for row in TAILS if is_source(row[1])])
def test_the_source_below_an_authors_text_was_used(country: str, text: str, expected: Credits) -> None:
    is_chinese = country == "CN"  # where the text itself has a source
    used = expected if is_chinese else partial(*(agency for agency, _ in expected))
    assert credited(STORY, line(text, "credit"), byline="Maria Holt", **house(country)) == used
    author = credited(STORY, line(text, "credit"), byline="Maria Holt, Staff Writer", **house(country))
    assert author == (expected if is_chinese else NONE)


# An owner's wire on the owner's own page is the house's copy; on another's, it is printed from it.
HOUSES = [
    ("Gray News", {"publisher": "Gray News", "publisher_id": "graytv.com", "url": "https://graytv.com/x"}),
    (
        "Scripps News",
        {"publisher": "Scripps News", "publisher_id": "scrippsnews.com", "url": "https://scrippsnews.com/x"},
    ),
    ("CNN Newsource", {"publisher": "CNN", "publisher_id": "cnn.com", "url": "https://www.cnn.com/x"}),
    ("States Newsroom", {"publisher": "States Newsroom", "publisher_id": "statesnewsroom.com"}),
]


@pytest.mark.parametrize(("byline", "page"), HOUSES)
def test_an_owners_wire_at_home_is_the_houses(byline: str, page: dict[str, Any]) -> None:
    assert credited(STORY, byline=byline, **page) == NONE
    assert len(credited(STORY, byline=byline)) == 1


SENTENCES = [
    "She walked with Reuters for a while.",
    "The dispute with agencies went on.",
    "He is with AAP and the union.",
    "Reuters was founded in 1851.",
    "The source: a well.",
    "The fight was staged with the Associated Press.",
    "They came with files from the office.",
    "Sources close to AFP said nothing.",
    "Mit der dpa war nichts zu machen.",
    "Con EFE no hubo acuerdo.",
    "Avec l'AFP rien n'est simple.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_the_story_is_no_tail(sentence: str) -> None:
    assert credited(f"{STORY}\n{sentence}", byline="Maria Holt") == NONE


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The Wichita Eagle reports that the dam held.", [("The Wichita Eagle", "cite")]),
        ("The dam held, he told the Virginian-Pilot.", [("The Virginian-Pilot", "interview")]),
        ("The dam held, Minnesota Public Radio reported.", [("Minnesota Public Radio", "cite")]),
        ("The Oklahoman reports that the dam held.", [("The Oklahoman", "cite")]),
        ("The dam held, an Oklahoman said.", []),
        ("The dam held, Bay City News reported.", [("Bay City News", "cite")]),
        ("The Wichita eagle held on to the dam, she said.", []),
    ],
)
def test_papers_and_stations_of_north_america_without_a_papers_word(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert cited(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("CNN spoke to the keeper of the dam.", [("CNN", "interview")]),
        ("NBC News also spoke exclusively with the keeper of the dam.", [("NBC News", "interview")]),
        ("CNN spoke with one voice on the dam.", []),
        ("CNN spoke of the dam.", []),
        ("The dam held, per ESPN's Ana Wells.", [("ESPN", "cite")]),
        ("The dam held, per ESPN's Ana Wells rule.", []),
    ],
)
def test_an_outlet_may_be_the_one_that_speaks(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert cited(sentence) == expected
