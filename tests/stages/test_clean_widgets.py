"""Captions and widgets of news sites of many countries: what is furniture goes, what only shares its words stays."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, *REST = STORY.split("\n")

CAPTIONS = """
The keeper waves to the boats on Monday.(ABC News: Ada Lund)
The keeper waves to the boats on Monday. (Supplied: Ada Lund)
The keeper waves to the boats on Monday.Credit: AAP/Ada Lund
FILE: The keeper (l), the mayor (c) and the goat at the lamp
The keeper at home in Norrvik on Monday. Pics by Ada Lund
GETTY The lamp has been lit every night since the keeper retired
Getty Images The keeper waves to the boats from the gallery
EPA A crane lifts the old lens from the tower at Norrvik
Reuters The tower was shut after the storm tore the roof away
AP:Associated Press The keeper feeds his goat on the last morning
PA:Press Association Crowds line the quay as the lamp is lit
SWNS • PA Ada Lund was in the tower when the storm struck
Handout - Getty The navy fired flares above the harbour
AFP or licensors Boats leave the harbour before the storm
Ada Lund / Reuters People watch the tower come down in Norrvik, March 9, 2026.
Image copyright Reuters Image caption The tower was shut after the storm
Image copyright Getty Images
Image caption The keeper and his goat
Media caption The keeper shows how the lamp is lit
Fuente de la imagen, Getty Images
Pie de foto, El farero y su cabra
Legenda da foto, O faroleiro e sua cabra
Подпись к фото, Смотритель и его коза
Nguồn hình ảnh, Getty Images
The keeper stands in front of the tower in Norrvik. | Photo Credit: AP
The keeper stands in front of the tower | Photo: Ada Lund
The keeper at home in Norrvik on Monday. (Photo: Ada Lund)
The keeper at home in Norrvik on Monday. [Photo/Agencies]
The keeper at home in Norrvik on Monday. Photograph: Ada Lund/The Norrvik Courier
The tower after the storm. Picture: Ada Lund
The tower after the storm. Pic: AP
The tower after the storm Credit: Ada Lund
Der Leuchtturm nach dem Sturm. Foto: dpa
Der Leuchtturm nach dem Sturm (Foto: Ada Lund/dpa)
Le phare après la tempête. Crédit photo : AFP
El faro después de la tormenta. Foto: EFE
O farol depois da tempestade — Foto: Ada Lund/AFP
Fırtınadan sonra fener. Fotoğraf: AA
Маяк после шторма. Фото: ТАСС
등대지기가 불을 켜고 있다. (사진=연합뉴스)
등대지기가 불을 켜고 있다. 사진=연합뉴스
灯台を見上げる住民（写真＝ロイター）
渔民在码头等待。新华社记者 王海 摄
The keeper of the lamp turns eighty this year” ADA LUND/PA
The tower was taken down after complaints Ada Lund/Reuters
Waves break over the quay at Norrvik, March 9, 2026. REUTERS/Ada Lund
Waves break over the quay at Norrvik. Ada Lund/AFP/Getty Images
The lamp has been lit since 1908 (Getty)
The keeper and his goat on the quay (Ada Lund/AFP)
Fishermen sign the petition in the shop. (Ada Lund/The Norrvik Courier)
The bird in the lamp room. (Courtesy of Ada Lund)
The bird in the lamp room. (Handout)
The tower has been shut since the storm (Reuters)
The tower before the storm (Reuters/File)
The tower before the storm (AP, File)
Fishermen in the shop. (AFP file)
Norrvik from the air (Reuters/Pool)
Lamp on screen image via Shutterstock
A lamp in the fog. Image via Shutterstock
The tower at dusk © AFP
The keeper waves to the boats from the gallery ©Ada Lund (AFP/File)
Boats leave the harbour ©jgd (AFP)
Usa Today Sports The keepers celebrate their first title since 1908
EFE Abandoned boats lie on the quay at Norrvik after the storm
Ada Lund/Associated Press
Ada Lund/The Norrvik Courier
Norrvik News Agency/Lamp Service via AP
Enlarge this image toggle caption Ada Lund/AP Ada Lund/AP
Photos: The last night of the lamp The keeper climbs the stairs. Hide Caption 3 of 12
+ show all The last night of the lamp
Buy Photo Wait 1 second to continue.
Image 1 of 8
Image 1 of / 8 Caption Close
7 of 23
Play slideshow Getty Images 1 of 11
""".strip().splitlines()

WIDGETS = """
A post shared by Ada Lund (@ada.lund)
A post shared by Ada Lund (@ada.lund) on Feb 4, 2018 at 9:50pm PST
The goat and I A post shared by Ada (the keeper) Lund (@ada_lund) on Oct 1, 2017 at 10:56pm PDT
Scroll below for video
Jump to navigation Jump to search
Follow our full coverage:
Did you see the lamp? Send your story, photos or video here.
Image for representation. (ANI)
Rate this item
(0 votes)
Read 587 times
Change Size
Your browser is out of date, and may not be compatible with our website.
Powered by automated translation
Related posts
Image only for representation.
You must be logged in to post a comment.
1 Response to "The lamp stays lit"
Notify me of new posts by email.
- Advertisment -
Post Views: 587
1,234 views
Print Friendly, PDF & Email
(Visited 23 times, 1 visits today)
Spread the love
Save my name, email, and website in this browser for the next time I comment.
ada@norrvik.example
E-mail this to a friend
Printable version
Your web browser is no longer supported. To improve your experience update it here
Skip navigation
Accessibility links
You are here
Return to top
Exit mobile version
Source link
Add new comment
Please enter your comment!
No comments yet.
Comments - 36
This article is closed for comments.
For more information, please see our Comments FAQ
Latest Headlines
Articles You May Like
Editors' Picks
Most Viewed in 24 Hours
Your subscription could not be saved. Please try again.
Sorry, this feature is currently unavailable. Please try again later.
This audio is auto-generated. Please let us know if you have feedback.
Join Norrvik News Whatsapp Now
Follow Norrvik News on Google
Get our award-winning daily news email featuring exclusive stories and comment
I would like to be emailed about offers, event and updates from The Norrvik Courier.
Read all the Latest News, Breaking News and Live Updates here
See also  Fishermen in the far north block the harbour over the price of fuel
Add us as a trusted source
(PA Archive)
Keep up with this story and more by subscribing now
Article content
Article content continued
This advertisement has not loaded yet, but your article continues below.
We apologize, but this video has failed to load.
Try refreshing your browser, or tap here to see other videos from our team.
Click to share on Facebook (Opens in new window)
Click to share on Facebook (Opens in new window) Facebook
Click to email a link to a friend (Opens in new window) Email
Share on X (Opens in new window) X
Like this:
Like Loading...
Content cannot be displayed without consent
Story Saved
You can find this story in My Bookmarks. Or by navigating to the user icon in the top right.
This story was originally published March 4, 2026 at 1:15 PM.
Daily updates to your inbox + Subscribe Thank you for subscribing! Could not subscribe, try again later Invalid Email
Enter your email address Please enter an email address Email address is invalid
Thank you for signing up! View all newsletters.
By signing up you agree to our terms and privacy policy.
Get unlimited digital access for $1 a month
Please log in, or sign up for a new account to continue reading.
You have 3 free articles remaining this month
Already a subscriber? Log in here.
Read or Share this story: https://courier.example/2fD4
Share this with Facebook Email
Media playback is unsupported on your device
Media playback is unsupported on your device Media caption The keeper lights the lamp
Video Player is loading.
This is a modal window.
Current Time 0:00 / Duration 2:31
Loaded: 0%
Stream Type LIVE
Playback Rate
Captions off, selected
Beginning of dialog window. Escape will cancel and close the window.
The media could not be loaded, either because the server or network failed or because the format is not supported.
This video is not available in your region.
To view this video please enable JavaScript, and consider upgrading to a web browser that supports HTML5 video
Sorry, your browser doesn't support embedded videos.
JUST WATCHED The last night of the lamp Replay More Videos ... MUST WATCH The last night of the lamp 01:26
Now Playing: Watch this: The last night of the lamp
Keeper lights the lamp for the last time1:27
Scroll down for video
Tap to unmute
We've noticed you're using an ad blocker. Please turn it off to support our journalism.
It looks like you are using an ad blocker.
window._lamp = window._lamp || []; _lamp.push({mode: 'thumbnails', container: 'lamp-5'});
(function() { var s = document.createElement('script'); s.async = true; })();
googletag.cmd.push(function() { googletag.display('div-gpt-ad-1'); });
{"@context": "https://schema.org", "@type": "NewsArticle"}
.lamp-box { display: none; }
Tell us what you think in the comments below
What do you think? Let us know in the comments.
Have your say
Vote now in our poll
PLEASE TURN OFF YOUR CAPS LOCK.
Keep it Clean. Please avoid obscene, vulgar or lewd language.
READ MORE Keeper leaves the tower after forty years
MOST READ IN NEWS LIGHTS OUT Keeper leaves the tower TOWER BLOCK Goat stuck on the stairs
The lamp that would not die Read more
Keeper leaves after forty years | Ada Lund Read more
Trending Right Now:
Today's Top Headlines
Recommended Videos
From around the web
Interested in Lamps? Add Lamps as an interest to stay up to date on the latest lamp news. Add Interest
These are external links and will open in a new window
Photo
Slide Show
more-in
Next
---------------------------------------------------------------------------------
© 2026 Norrvik Courier. All rights reserved.
Copyright © 2026 Norrvik Radio. All rights reserved. Visit our terms of use page.
""".strip().splitlines()

AT_THE_END = """
By Ada Lund
By Ada Lund, Norrvik
Submitted by ada_en on Wed, 07/11/2007 - 09:00
This article is more than 12 months old
This was published 18 years ago
Published in The Norrvik Courier, March 3rd, 2026.
(Published in Norrvik Courier, on Tuesday, March 3, 2026)
Originally published as Keeper of the last lamp has his say
The post Town keeps its lamp appeared first on Norrvik Courier.
A version of this article appears in e-paper on March 3, 2026, of The Norrvik Courier.
Want to send us a story? SMS to 12345 or email news@norrvik.example
For feedback, complaints, or inquiries, contact us.
TEXT AD: Call Lund - +470000000
PAY ATTENTION: Click "See First" to have our news in your feed!
Proofreading by Ada Lund, copy editor at the Courier.
Read more at www.norrvik.example/lamp
Details later...
Discussion 1 : 18/01/2026 at 08:52 PM
THE NORRVIK COURIER/ASIA NEWS NETWORK
A version of this article appears in print on March 9, 2026, on Page A14 of the Norrvik edition.
Transcripts are created on a rush deadline and may be updated or revised.
We may earn a commission from links on this page.
Market data delayed at least 15 minutes.
Norrvik Now is an independent, nonprofit newsroom covering the harbour and the north.
Norrvik Now is a member-supported, nonpartisan newsroom informing the north. Learn more at norrviknow.example.
Norrvik Now is part of Lamp Newsroom, a nonprofit news network supported by grants as a public charity. It keeps its lamp lit.
Norrvik Now (norrviknow.example) is an independent news nonprofit dedicated to the harbour.
BEFORE YOU GO… If you learned something from this article, pay it forward and give to Norrvik Now.
Ada Lund is a Report for America corps member and writes about the harbour.
Ada Lund is a corps member for Norrvik Now/Report for America.
The Associated Press' coverage of lamps receives financial support from foundations. AP is solely responsible for all content.
Associated Press harbour coverage receives support through a fund. The AP is solely responsible for this content.
Ada Lund does not work for, consult, own shares in or receive funding from any company that would benefit from this article.
The Courier's news department was not involved in the creation of the content above. This article was produced by AFP.
Original-Content von: Hafenamt Norrvik, übermittelt durch news aktuell
Zdroj: ČTK
Theo TTXVN
Nguồn tin: TTXVN
with AAP
(with AAP and Reuters)
Com Lusa
We pay for your stories! Do you have a story for the news team? Email us at tips@courier.example
Have you been affected by the storm? Email us at tell@courier.example
Information from: The Norrvik Courier, http://courier.example
Online: http://lamps.example
The keeper's last night: lmps.rs/2zn
Den Originalartikel gibt es auf Norrvik Heute.
Read the original article on Norrvik Now.
Sports
Politics
(Norrvik Daily 03/09/2026 page4)
""".strip().splitlines()

SENTENCES = """
The keeper spoke of a post shared by Ada Lund (@ada_lund) on his last night.
Close friends of the keeper were at the tower when the lamp was lit again.
CLOSE to the tower stands the house of the keeper.
Scroll below for the names of those who signed.
The letter is (c) Ada Lund (of the harbour board), the council said.
Read 40 times in a year, the letter still makes them laugh.
Views of the harbour from the tower are the best in the north.
Hits on the tower during the war left nine holes.
One response to the plan was a laugh, the keeper said.
File the goat under lost things, the mayor said.
The mayor spoke to nobody (supplied with a speech: he lost it)
By Monday Norrvik had no lamp, no keeper and no goat.
A printable version of the plan was never made.
You are here for the goat, the keeper told them, not for the lamp.
Source links were cut after the storm took the mast.
No comments yet from the board, which meets on Friday.
Comments closed the hearing, thirty-six of them.
Published in the Courier on Monday, the list names nine keepers.
The post at the harbour gate first appeared on maps in 1911.
The lamp is more than 12 months old and already broken.
This was published law for years, the court said.
Join Norrvik on the quay on Monday, the flyer says.
See also Section 12 of the harbour act, which the board has never used.
Pay attention: that was all the keeper ever told his sons, and they did.
Text ads were sold to nobody that year.
Follow the goat on its way up the stairs and you reach the lamp.
The latest head of the board is a fisherman's daughter.
Getty Images sued the harbour board over the pictures in May.
Getty Images is to open an office in Norrvik next year
Getty Museum curators lent the lens to the town
Theo Lund, 80, left the tower in May
With AAP and Reuters both gone, nobody came.
Article content is what the readers of Norrvik pay for.
Content cannot be moved without the consent of the harbour board.
Like the sea: loading and unloading never end.
The video has failed to load the dice for the mayor.
The story was originally published March 4, 1908, and is read to this day.
The clinic is part of Lamp Health, a nonprofit health network of nine towns.
Under the contract the vendor is solely responsible for all content of the lamp room.
The museum receives financial support from the county and from two towns.
The editorial board was not involved in the creation of the museum.
The Lamp Trust is an independent nonprofit dedicated to the harbour.
Those who find a lamp pay it forward and light another in the harbour.
Report for America paid for two of the nine reporters in town.
Norrvik Now is a nonprofit newsroom. It has nine reporters and a lamp.
EPA rules on lamp oil were eased in March.
EPA Administrator Ada Lund visited the tower on Monday
EPA chief resigns after trips to the tower
Reuters reported in May that the tower would close.
Reuters Institute figures show that trust in papers has fallen
Reuters had asked the board for its figures.
AP Moller ships no longer call at Norrvik
PA Consulting was paid to count the boats
Handout shoppers queued at the quay for bread.
Handouts to fishermen were cut by a third.
Image rights were at the heart of the case.
Image copyright was never in question, the court found.
Image captions were changed after complaints from the family.
Media captions called him a hero, and he hated it.
The photo: a boy, a goat and a lamp that no longer turns.
The jury saw one photo: it showed the keeper asleep.
He took the picture himself and sold it to an agency for a year's wages.
Its credit rating: a single notch above junk, the bank found.
The video: forty seconds of fog, then a scream.
He was paid by both papers (The Courier and The Herald).
The tower belongs to the town (and to the goat).
The bread was free (courtesy of the baker's wife).
It was the first strike in a century (file under farce).
The lens was sold to a museum (provided by a dealer in Bergen).
The bill was signed and/or vetoed, depending on whom you ask
He flew from Norrvik and/or Bergen, depending on the wind.
The Lund/Berg ticket won four of the nine wards.
Nobody from AP or Reuters was let into the tower.
He once drove for AFP/Getty and knew every road in the north.
The board, she told Reuters, "will never sell the lamp".
The lamp was sold by Reuters/Ipsos pollsters, the joke went.
The poll was done by Ipsos for Reuters
All of it was shown on a slideshow that ran to 40 slides.
One of 23 towers on the coast, it is the last with a lamp.
Seven of 23 keepers have signed, and more will follow.
By subscribing to the fund, each fisherman bought a share in the lamp.
Please enter by the north door, the sign on the tower says.
Thank you for subscribing to our madness, the keeper told the crowd.
She said her email address was invalid and her account had been closed.
He entered his email address on a page run by thieves.
Digital access to the land registry was cut off for a week.
Unlimited access to the quay was promised to the fishermen in 1911.
Free articles were handed out at the school gate.
The log in the fire was from the old pier.
Playback of the tape took the court an hour.
Duration of the trip is four hours when the sea is calm.
The video player was found in the wreck.
The media could not be kept out of the hall.
This video is the only proof that the goat was there.
Chapters of the union in nine towns voted against.
Volume 9 of the report deals with the lamp alone.
Now playing for a club in Bergen, he still comes home in summer.
They met at the tower at 9:05
The relay team came home in 3:27
An error occurred in the count, and the vote will be held again.
Ad blockers are used by a third of readers, the study found.
You are blocking the road, the officer shouted.
The window.open call was the hole that the thieves used.
The function (once a dance) is now a quiet dinner.
Let us know the truth, the fishermen wrote to the board.
Have your say, the mayor told them, and then go home.
Vote now or lose the lamp, the poster says.
A poll: one in three would rather keep the goat.
Poll results are expected on Monday night.
Keep it clean was the advice that his mother gave him.
Related stories were told in every bar on the quay.
READ MORE, the banner over the library door says.
Trending towns such as Norrvik have no room left.
He wanted to read more
Next came the goat, then the keeper's wife.
Photo finishes are rare in rowing, and this one took an hour.
Video of the storm has been seen by half the town.
Weather in the north has been mild since Christmas.
A version of this plan appeared on page one of the manifesto.
Transcripts of the calls were read out in court.
We may earn less, the fishermen said, but we sleep.
The Courier is an independent paper, the judge found.
The board is an independent body of nine people.
Have you been affected, the doctor asked each of them.
Send your sons to sea, the priest told them.
Contact with the boat was lost at noon.
Copyright in the song lapsed in 2006.
The band's record, released in 2006, sold nine copies.
Release of the figures has been put off to May.
Das Foto: ein Wärter, eine Ziege und ein Licht, das nicht mehr kreist.
Im Bild der Ziege erkannte die Stadt sich selbst.
La foto: un farero y su cabra, nada más.
Crédito y paciencia pidió el alcalde a los bancos.
O crédito para pescadores caiu um terço em maio.
Фото смотрителя висело в каждой лавке города.
사진을 본 주민들은 눈물을 흘렸다.
写真を見た住民は涙を流した。
他把这张图片挂在墙上，一挂就是四十年。
""".strip().splitlines()


def below_first(line: str) -> str:
    return "\n".join((FIRST, line, *REST))


@pytest.mark.parametrize("line", CAPTIONS)
def test_captions_go_and_are_called_so(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}"):
        article, stripped = run(text)
        assert article["body"] == STORY
        assert kinds(stripped) == [("caption", line)]


@pytest.mark.parametrize("line", WIDGETS)
def test_widgets_go_wherever_they_stand(line: str) -> None:
    assert run(below_first(line))[0]["body"] == STORY
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", AT_THE_END)
def test_furniture_goes_from_the_end(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Ada Lund12 May 2026", "byline"),
        ("Xinhua, March 3, 2026 Adjust font size:", "byline"),
        ("KYODO NEWS - Mar 3, 2026 - 10:00 | All, Japan", "byline"),
        ("By: Express News Service | New Delhi |", "byline"),
        ("By Press Trust of India:", "byline"),
        ("Staff writer, with CNA", "byline"),
        ("Ada LundPublished March 15, 2026 - Updated March 15, 2026 10:36pm", "byline"),
        ("The Hindu Bureau Norrvik March 16, 2026 09:51 IST", "byline"),
        ("Norrvik News Desk | New Delhi | Updated: 12-10-2026 12:47 IST", "byline"),
        ("Ada Lund (The Norrvik Post)", "byline"),
        ("Echo reporter", "byline"),
        ("Srinagar, March 16", "dateline"),
        ("ABU DHABI (WAM)", "dateline"),
        ("New Delhi (PTI)", "dateline"),
        ("Page last updated at 16:26 GMT, Wednesday, 13 August 2008 17:26 UK", "stamp"),
        ("Last Updated: Friday, 13 October 2006, 14:05 GMT 15:05 UK", "stamp"),
        ("Monday, 3 May 2010 7:20 UK", "stamp"),
    ],
)
def test_bylines_in_the_forms_of_their_sites(line: str, kind: str) -> None:
    article, stripped = run(f"{line}\n{STORY}")
    assert article["body"] == STORY
    first, said = kinds(stripped)[0]
    assert first == kind
    assert line.startswith(said)


@pytest.mark.parametrize("name", ["Vanguard News", "Norrvik Courier"])
def test_the_name_of_the_house_below_or_behind_its_text_goes(name: str) -> None:
    for text in (f"{STORY}\n{name}", f"{STORY} - {name}", f"{STORY} – {name}."):
        assert run(text, host="www.norrvikcourier.example")[0]["body"] == STORY
    spoken = "The keeper laughed - Norrvik Courier"
    assert run(f"{STORY} {spoken}", host="www.norrvikcourier.example")[0]["body"].endswith(spoken)


def test_an_agencys_byline_below_a_deck_is_one() -> None:
    deck = "The lamp of the last tower in the far north was to go dark in the month of May."
    article, stripped = run(f"{deck}\nBy PTI\n{STORY}")
    assert article["byline"] == "By PTI"
    assert kinds(stripped) == [("byline", "By PTI")]
    assert run(f"{deck}\nPTI\n{STORY}")[0]["byline"] is None


def test_short_lines_below_an_agencys_mark_are_the_pages() -> None:
    assert run(f"{STORY} -- PTI\nBack to the harbour page\nNorrvik Shorts")[0]["body"] == STORY
    unsigned = f"{STORY}\nBack to the harbour page"
    assert run(unsigned)[0]["body"] == unsigned


def test_a_name_below_the_headline_is_no_story() -> None:
    headline = "Town keeps its last lighthouse lit"
    assert run(f"{headline}\nAda Lund\n{STORY}", headline=headline)[0]["body"] == STORY
    assert run(f"Ada Lund\n{STORY}", headline=headline)[0]["body"] == f"Ada Lund\n{STORY}"
    alert = f"{headline} in Norrvik\nFOR A YEAR MORE"
    assert run(alert, headline=f"{headline} in Norrvik")[0]["body"] == "FOR A YEAR MORE"
    assert run(f"the lamp goes out\ntoday.\n{STORY}")[0]["body"] == f"the lamp goes out\ntoday.\n{STORY}"


def test_links_below_a_byline_that_says_how_long_ago_go_with_it() -> None:
    links = "By Ada Lund 3 hrs ago\nThe goat of the far north is dead\nBy AFP 15 hrs ago\nA town sells its boats"
    assert run(f"{STORY}\n{links}")[0]["body"] == STORY


def test_a_newsroom_introduces_itself_at_either_end_where_it_asks_for_readers() -> None:
    note = "Norrvik Now is a nonprofit newsroom that looks into harbours. Sign up for its letter."
    assert run(f"{note}\n{STORY}")[0]["body"] == STORY
    assert run(f"{STORY}\n{note}")[0]["body"] == STORY
    story = "Norrvik Now is a nonprofit newsroom that sued the harbour board in May over its books."
    assert run(f"{story}\n{STORY}")[1] == []


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_the_same_words_stay(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}", f"{line}\n{STORY}"):
        assert run(text)[1] == []


@pytest.mark.parametrize("line", ["© Reuters The tower at dusk", "© Provided by AFP The tower at dusk"])
def test_the_owner_of_a_picture_stands_above_what_it_shows(line: str) -> None:
    article, stripped = run(below_first(line))
    assert article["body"] == STORY
    assert kinds(stripped) == [("caption", line)]


def test_a_paragraph_that_runs_into_a_credit_stays() -> None:
    glued = (
        "The keeper, who is eighty, said he had seen forty winters from the tower. He will move to the mainland in May. "
        "His goat will go with him, and so will the lens. Photo: Ada Lund"
    )
    assert run(below_first(glued))[1] == []


def test_a_sentence_signed_by_an_agency_is_no_caption() -> None:
    article, stripped = run(f"{STORY} (AFP)")
    assert article["body"] == STORY
    assert kinds(stripped) == [("credit", "(AFP)")]


@pytest.mark.parametrize(
    "caption",
    [
        "CLOSE The keeper says what he thinks of those who want the lamp to go dark. (Feb. 4) Newslook",
        "The keeper waves. He said that he would leave. He told the council in May. It was glad. | Photo Credit: Ada Lund",
        "The keeper waves. He said that he would leave. He told the council in May. It was glad. ORG XMIT: N1 (Photo: AP)",
        f"FILE - {' '.join(['The keeper waves.'] * 40)} (Ada Lund, File/Associated Press)",
    ],
)
def test_above_the_story_a_caption_may_run_on_where_its_site_has_marked_it(caption: str) -> None:
    story = "\n".join(
        [STORY, *(f"On night {night} the keeper climbed the stairs and lit the lamp." for night in range(9))]
    )
    article, stripped = run(f"{caption}\n{story}")
    assert article["body"] == story
    assert kinds(stripped) == [("caption", caption)]


@pytest.mark.parametrize(
    "line", ["Ada Lund (AP)", "The keeper on the quay (PTI)", "The keeper on the quay (AP/Ada Lund)"]
)
def test_one_line_above_the_story_that_an_agency_in_brackets_ends_is_a_caption(line: str) -> None:
    article, stripped = run(f"{line}\n{STORY}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("caption", line)]


def test_lines_that_agencies_in_brackets_end_are_a_list_where_there_are_more() -> None:
    winners = "Best picture: Ada Lund (AP)\nBest report: Tom Bell (Reuters)"
    assert run(f"{winners}\n{STORY}")[1] == []
    assert run(f"The names of the agencies (of two)\n{STORY}")[1] == []


def test_a_dateline_of_its_own_line_is_no_caption() -> None:
    _, stripped = run(f"NORRVIK, March 9 (Reuters)\n{STORY}")
    assert "caption" not in {row["kind"] for row in stripped}


LINKS = (
    "Read more:",
    "Keeper leaves the tower",
    "A goat got stuck on the stairs. Nobody knows why.",
    "The lamp in pictures",
)


def test_a_list_of_links_at_the_end_holds_one_that_closes_like_a_sentence() -> None:
    assert run("\n".join((STORY, *LINKS, "How the lens was made")))[0]["body"] == STORY


def test_a_list_of_links_ends_before_the_story_goes_on() -> None:
    article, _ = run("\n".join((FIRST, *LINKS[:2], *REST)))
    assert article["body"] == STORY


def test_a_headline_between_two_links_is_one() -> None:
    links = "READ MORE: Keeper leaves the tower\nGoat stuck on the stairs again\nREAD MORE: The lamp in pictures"
    assert run(below_first(links))[0]["body"] == STORY


def test_what_stands_below_the_owners_copyright_is_not_the_story() -> None:
    below = "Norrvik Radio prepares its texts in a hurry, and they may differ from what was heard."
    assert run(f"{STORY}\n© 2026 Norrvik Radio. All rights reserved.\n{below}")[0]["body"] == STORY


def test_the_story_below_a_copyright_at_the_top_stays() -> None:
    assert run(f"© 2026 Norrvik Radio. All rights reserved.\n{STORY}")[0]["body"] == STORY


def test_about_the_author_takes_the_lines_below() -> None:
    assert run(f"{STORY}\nAbout the author\nAda Lund keeps goats and writes of lamps.")[0]["body"] == STORY


def test_a_release_date_in_a_box_of_facts_is_no_stamp() -> None:
    article, stripped = run(f"Release Date: March 9, 2026\n{STORY}")
    assert stripped == []
    assert article["published_raw"] is None
