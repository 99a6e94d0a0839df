"""Lines of pages of publishers that nobody has seen: what is furniture goes, what only sounds like it stays.

Every line stands in turn below the first paragraph and below the last: a rule that is sure anywhere must take it in both
places, one for the ends only in the second. A sentence must stay in both, and above the story.
"""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run

ANYWHERE = """
Reuse this content
Loading weather data ...
Auch auf blattwerk.de
Das Thema könnte dich auch interessieren:
Mehr zu Konrad Reimer und seinem Turm:
Weiterführende Links:
Verwandte Themen auf unserem Blog:
Editors' Recommendations:
Auf unserer Website werden Cookies gemäß unserer Datenschutzerklärung verwendet.
Durch die weitere Nutzung der Seite stimmen Sie der Verwendung von Cookies zu.
En poursuivant votre navigation, vous acceptez l'usage de cookies.
Al continuar navegando acepta el uso de cookies.
Vi använder cookies för att göra sidan bättre.
Skip to main content
Skip to content
Advertisement
ADVERTISEMENT - CONTINUE READING BELOW
Article continues below advertisement
Story continues below
Loading...
Loading, please wait
Your browser does not support the video tag.
Your browser does not support HTML5 audio.
Please enable JavaScript to view the comments.
We use cookies to improve your experience on our site.
This website uses cookies. By continuing to browse you agree to our use of cookies.
Accept all cookies
Cookie settings
Sign in
Log in / Register
Create an account
Home / News / World
Home » News » Politics
Read full article
Read the full story here
Click here to read more
Click here to join our WhatsApp channel
Click here for more stories
Tap here to download our app
Read more: Harbour vote in pictures
READ MORE | Keeper leaves after forty years
Read Also | Keeper leaves after forty years
ALSO READ: Keeper leaves after forty years
Must Read: Keeper leaves after forty years
More on this story
Related Articles
Related topics
You may also like
Recommended for you
Most read
Trending Now
Join our WhatsApp channel for breaking news
Follow us on Google News
Follow The Norrvik Courier on X, Facebook and Instagram
Download our app from the App Store or Google Play
Subscribe to our newsletter
Sign up for our morning newsletter here
Get the day's top headlines delivered to your inbox
Listen to this article
Listen to our podcast
Share this article
Share on Facebook
Facebook Twitter WhatsApp Email
Share Tweet Email Print
Copy link
Save for later
Photo: Ada Lund/Norrvik Courier
Foto: Ada Lund
(사진=노르빅일보)
[사진=연합뉴스]
写真：北湾新聞
图片来源：新华社
[Image/Reuters]
(Image: Getty Images)
Image source, Getty Images
Image caption, The lamp at dusk
Lesen Sie auch: Der Wärter geht
Mehr zum Thema
Auch interessant
Zum Newsletter anmelden
Jetzt Newsletter abonnieren
Anzeige
Artikel teilen
Lesen Sie hier mehr
Lire aussi : Le gardien s'en va
À lire aussi
Sur le même sujet
La suite après cette publicité
Publicité
Partager sur Facebook
Inscrivez-vous à notre newsletter
Abonnez-vous à notre newsletter
Lea también: El farero se va
Te puede interesar
Noticias relacionadas
Más información
Publicidad
Compartir en WhatsApp
Suscríbete a nuestro boletín
Únete a nuestro canal de WhatsApp
Leia também: O faroleiro vai embora
Leia mais sobre o farol
Notícias relacionadas
Continua após a publicidade
Receba nossas notícias no WhatsApp
Leggi anche: Il guardiano se ne va
Potrebbe interessarti
Iscriviti alla newsletter
Articoli correlati
यह भी पढ़ें: रखवाला चला गया
संबंधित खबरें
विज्ञापन
हमारे व्हाट्सएप चैनल से जुड़ें
관련기사
많이 본 뉴스
구독하기
기사 공유하기
関連記事
あわせて読みたい
シェアする
続きを読む
相关阅读
延伸阅读
相关新闻
点击查看更多
扫码关注我们
اقرأ أيضا: الحارس يغادر
مواضيع ذات صلة
إعلان
شارك الخبر
Читайте также: Смотритель уходит
По теме
Реклама
Подписывайтесь на наш канал в Telegram
İlgili haberler
Reklam
Bizi takip edin
Baca juga: Penjaga pergi
Berita terkait
Ikuti kami di Google News
Scroll untuk melanjutkan membaca
Scroll down for video
Photo
Video
Slide show
Sorry, this video is not available.
This content is currently not available in your region.
Your browser does not currently support live video.
Click for more from The Norrvik Courier.
Like this story? Sign up for more.
More harbour coverage from The Norrvik Courier:
""".strip().splitlines()

AT_THE_END = """
Teilen auf
What do you think? Has the lamp a future in this town? Let us know in the comments.
Just so you know, some of the links on this page are affiliate links, which costs you nothing.
Les contenus du club n'engagent pas la rédaction.
الآراء الواردة أدناه لا تعبر عن رأي الموقع
Las opiniones de los lectores no reflejan necesariamente la línea de este diario.
-- By Tilda Ravn
-- By Tilda Ravn Follow @tildaravn
【纠错】 【责任编辑:张三 】
Published: 09 Mar 2026, 02:05 PM IST
Published on: Mar 9, 2026
Updated 3 hours ago
Posted 2 days ago
4 min read
5 minute read
Reading time: 4 minutes
Last updated on 9 March 2026
First published on 9 March 2026
Aktualisiert am 9. März 2026
Veröffentlicht am 09.03.2026
Publié le 9 mars 2026 à 14h05
Mis à jour le 9 mars 2026
Publicado el 9 de marzo de 2026
Actualizado a las 14:05
Publicado em 09/03/2026 às 14h05
Pubblicato il 9 marzo 2026
Опубликовано 9 марта 2026
입력 2026.03.09 14:05
更新：2026年3月9日
© 2026 Norrvik Courier. All rights reserved.
Copyright 2026 Norrvik Media Ltd
Alle Rechte vorbehalten
Tous droits réservés
Todos los derechos reservados
Todos os direitos reservados
Riproduzione riservata
© RIPRODUZIONE RISERVATA
Все права защищены
저작권자 © 노르빅일보 무단전재 및 재배포 금지
無断転載を禁じます
版权所有 不得转载
جميع الحقوق محفوظة
Tüm hakları saklıdır
Hak cipta dilindungi
Comments are closed.
Comments are moderated and will not appear until approved.
Please keep comments respectful and on topic.
Be the first to comment
Leave a comment
Your email address will not be published.
Required fields are marked *
Join the discussion in the comments below
Got a news tip? Email us at tips@courier.example
Do you have a story for us? Contact our newsroom.
Support independent journalism: donate today
Please consider making a donation
If you value our journalism, become a member
This article was written with the help of artificial intelligence.
This story was generated with AI assistance and reviewed by an editor.
This article was translated by AI.
Dieser Text wurde mit Unterstützung von KI erstellt.
Cet article a été traduit à l'aide de l'intelligence artificielle.
Tags: lamps, harbours, votes
Topics: Lamps | Harbours
Filed under: News, Harbour
Schlagworte: Leuchtturm, Hafen
Temas relacionados: faro, puerto
Privacy Policy | Terms of Service
Back to top
Next article
Previous post
Report an error
Print this page
On Twitter: adalund
Ravn is a special correspondent.
Do you have a story to tell? Email the newsroom at tips@courier.example.
Listen on Spotify or wherever you get your podcasts
Subscribe to the podcast on Apple Podcasts
""".strip().splitlines()

SENTENCES = """
Auch auf Föhr brennt das Licht noch, sagte der Wärter.
Mehr zu sagen hatte der Wärter nicht: Das Licht sei aus, und so bleibe es.
Cookies und Milch gab es am Montag in der Schule am Turm.
Auf unserer Insel gibt es keine Cookies, sagte die Bäckerin.
Si continúa la lluvia, el farero pondrá galletas en la mesa, dijo.
Some of the links between the towns were cut by the storm.
Les deux maires n'engagent rien sans l'accord du conseil, dit la maire.
Loading began at dawn, and the data were kept in the weather hut.
La mairie parle de « progrès » pour les habitant·e·s du phare
Iels étaient tou·te·s là pour la lampe
The advertisement ran for weeks, she said.
Advertisement spending fell by a tenth last year, the board said.
Advertising pays for the lamp, the keeper said.
Loading the boats took the crew two days, he said.
Your browser history may be read by the police, the judge warned.
The judge said that cookies are covered by the law.
We use cookies made by our neighbours, the baker said.
Sign in blood, the letter told him, or lose the lamp.
He said he would sign up for another year.
Subscribers to the harbour fund will get their money back.
Subscribe to that view, and you must close the port, he told the council.
The newsletter was sent to 900 homes before the vote.
She reads the newsletter of the harbour board every week.
Click here, the fraudsters wrote, and he lost his savings.
The letter asked readers to click here to claim a prize.
He told the court to read more of the letter.
Read the letter again, she told the keeper.
Related charges against the keeper were dropped in May.
Related industries such as herring have also suffered.
Recommended doses were exceeded in three cases, the doctors found.
Trending downward for years, catches have now recovered.
Most read the vote as a rebuke of the mayor.
More on the lamp is expected on Monday.
More from the fund will be paid out in June, the board said.
Follow us to the harbour, the children shouted.
Follow the money, the investigator told his team.
Join us or leave, the rebels told the village.
Download speeds in the north have doubled since then.
The company's app was removed from the App Store in May.
Share prices fell by a third after the announcement.
Share the burden, the minister told the richer towns.
Shares of the company rose four percent in Norrvik.
Facebook and Twitter removed the pictures within an hour.
Print runs have fallen by half since 2010.
Email records show that the mayor knew of the leak.
Copy machines were seized in the raid.
Save the lamp, read the banners on the quay.
Photos of the fire were shared widely in the town.
Photo identification will be needed to vote in the north.
Image is everything in this town, the keeper joked.
Images released by the navy show the boat on fire.
Pictures of the keeper hung in every shop.
Video of the storm was shown to the jury.
Home prices in the north rose by a tenth.
Home is where the lamp is, he said.
Comments by the mayor drew anger in the harbour.
Comments are expected from the board on Monday.
Please keep the lamp, the children wrote to the mayor.
Leave a comment like that unanswered and it grows, she said.
Donate your time, not your money, the priest told them.
Support for independent journalism was cut by the council.
Support independent candidates, the poster in the window said.
If you value the lamp, vote for it, the keeper told them.
The story was generated by rumours in the market, police said.
Artificial intelligence wrote the speech, the mayor admitted.
This article of the constitution was written in 1848.
This website was used to sell stolen lamps, prosecutors said.
Published in 1912, the novel tells of a keeper and his goat.
Updated figures are due on Thursday.
Updated rules will take effect on May 3, the board said.
Posted to the north in 1998, he stayed for life.
Last updated in 1974, the law says nothing of drones.
Copyright law does not cover the lamp, the court found.
All rights reserved for the town were sold in 1911, he said.
Tags on the goats showed where they came from.
Topics at the summit will include lamps and herring.
Filed under oath, the papers name three officers.
Privacy policy is the hardest part, the minister said.
Back to top form, the keeper won in two sets.
Next article of the treaty covers the lamp, she said.
Listen to the sea, the old keeper told her.
Listen on any night and you will hear the horn.
The podcast was recorded in the lighthouse.
Watch the lamp, he told the boy.
Must we read about it in the papers, she asked.
Cookies were sold at the school to pay for the lamp.
Story after story fell as the tower came down, witnesses said.
Continue on this path and we are lost, the bishop said.
More news is expected on Monday, the board said.
More than twenty stories of the tower burned.
Photo evidence was shown to the jury on Monday.
This video was shown to the jury and then sealed.
This page of the history of the north is closed, the mayor said.
Ravn is a special case, the doctor told the court.
Scroll saws and lamps were stolen from the workshop.
Like this winter, the next one will be mild, forecasters say.
Explore the wreck, and you break the law, the sign says.
Search teams found the boat at dawn.
Die Anzeige wurde im Mai zurückgezogen, sagte der Anwalt.
Anzeige gegen den Wärter erstattete die Stadt im Mai.
Teilen Sie das Brot, sagte der Pfarrer zu ihnen.
Mehr zum Thema sagte der Minister nicht.
Der Newsletter ging an 900 Haushalte.
La publicité a été retirée en mai, a dit la maire.
Partager le pouvoir reste difficile, dit la maire.
Abonnez-vous à cette idée et tout s'écroule, a-t-il dit.
La publicidad del faro costó mucho, dijo la alcaldesa.
Compartir el poder nunca fue fácil, dijo el farero.
Más información llegará el lunes, dijo la alcaldesa.
Publicado en 1912, el libro habla de un farero.
A publicidade do farol custou caro, disse a prefeita.
La pubblicità è stata ritirata a maggio, ha detto il sindaco.
Реклама маяка стоила дорого, сказал мэр.
По теме маяка мэр ничего не сказал.
विज्ञापन पर बहुत खर्च हुआ, मेयर ने कहा।
광고는 5월에 중단됐다고 시장이 말했다.
구독자 900명이 등대를 지키자고 서명했다.
広告は五月に中止されたと市長は述べた。
写真は火事の様子を写していた。
广告在五月停播，市长说。
点击量在一天内翻了一番，公司表示。
إعلان العمدة أثار غضب السكان في المدينة.
Reklam mayısta durduruldu, dedi belediye başkanı.
Iklan itu berlangsung selama seminggu, kata wali kota.
""".strip().splitlines()

SPOKEN = """
"This report was not edited by the ministry," Wells said.
The committee's report has not been altered since it was handed in, Wells said.
The harbour master said that the video and the content of the phone had not been edited.
The article was not edited by the paper's lawyers before it went to press, the panel found.
Only the title of the play was changed, and nobody at the theatre knows why.
Der Text des Gesetzes wurde automatisch übernommen, sagte der Minister.
""".strip().splitlines()
DISCLAIMERS = """
Only the headline of this report has been changed.
This report has not been edited by our staff and comes from a syndicated feed.
The views expressed here are those of the author, who said so.
Disclaimer: The story, as told to us, has not been edited.
""".strip().splitlines()

FIRST, *REST = STORY.split("\n")


@pytest.mark.parametrize("line", SPOKEN)
def test_what_somebody_says_of_a_text_stays(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}"):
        assert run(text)[1] == []


@pytest.mark.parametrize("line", DISCLAIMERS)
def test_disclaimers_of_the_same_words_go(line: str) -> None:
    _, stripped = run(f"{STORY}\n{line}")
    assert [(row["kind"], row["line"]) for row in stripped] == [("disclaimer", line)]


def below_first(line: str) -> str:
    return "\n".join((FIRST, line, *REST))


@pytest.mark.parametrize("line", ANYWHERE)
def test_furniture_goes_wherever_it_stands(line: str) -> None:
    assert run(below_first(line))[0]["body"] == STORY
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", AT_THE_END)
def test_furniture_goes_from_the_end(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_the_same_words_stay(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}", f"{line}\n{STORY}"):
        _, stripped = run(text)
        assert stripped == []


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("Ada Lund", "Ada Lund", 0),
        ("The keeper and his goat on the quay", "The keeper and his goat on the quay", 0),
        ("The keeper waves to the boats on Monday.", "The keeper waves to the boats on Monday.(Ada Lund: AAP)", 0),
        ("The keeper waves to the boats on Monday.", "The keeper waves to the boats on Monday. Norrvik Courier", 0),
        ("The keeper waves to the boats on Monday.", "The keeper waves to the boats on Monday.", 1),
        ("The keeper waves to the boats and...", "The keeper waves to the boats and is seen no more by them.", 1),
        ("The keeper said no.", "The keeper said no more to them.", 2),
        ("Not a word", "Not a word", 2),
        ("The lamp was dark.", "The lamp was dark. Nobody came, and nobody asked.", 2),
        ("The lamp, the lamp, the lamp,", "The lamp, the lamp, the lamp,", 2),
    ],
)
def test_a_line_right_above_itself_describes_a_picture(first: str, second: str, left: int) -> None:
    opening, rest = STORY.split("\n", 1)
    article, _ = run(f"{opening}\n{first}\n{second}\n{rest}")
    kept = [first, second][2 - left :]
    assert article["body"].split("\n") == [opening, *kept, *rest.split("\n")]


@pytest.mark.parametrize(
    "line",
    ["Town keeps its last lighthouse lit | Norrvik", "Home News Town keeps its last lighthouse lit"],
)
def test_a_headline_with_the_site_or_the_way_to_it_goes(line: str) -> None:
    headline = "Town keeps its last lighthouse lit"
    assert run(f"{line}\n{STORY}", headline=headline)[0]["body"] == STORY
    sentence = f"{headline} for a year."
    assert run(f"{sentence}\n{STORY}", headline=headline)[0]["body"].startswith(sentence)
