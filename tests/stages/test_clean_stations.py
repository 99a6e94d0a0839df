"""Pages of American and Canadian stations, papers and portals: what their systems for sites put around a story."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, *REST = STORY.split("\n")
HEADLINE = "Lighthouse stays lit for another year"


def below_first(line: str) -> str:
    return "\n".join((FIRST, line, *REST))


# --- lines that go, and sentences that share their words ---------------------------------------------------------------

ANYWHERE = """
FILE - In this March 9, 2026, photo, the keeper waves from the tower in Norrvik.
FILE — The tower in Norrvik is shown in this picture.
FILE: The tower in Norrvik
(Ada Lund / Los Norrvik Times)
CC0 Public Domain
Read this article for free:
Already have an account? Log in here »
Monthly Digital Subscription
$1 per week for 24 weeks*
$4.75/week*
*Billed as $4.00 plus GST every four weeks. Cancel any time.
Find out what's happening in Norrvik with free, real-time updates from Patch.
An earlier version of this story said that the keeper was 81.
11:10 a.m. March 14, 2026An earlier version of this story said that the keeper was 81.
For the record:
Upcoming Events
The tower in Norrvik after the storm. (Ada Lund/CBC)
The tower in Norrvik. View image in full screen
Click to play video: 'The last night of the lamp' The last night of the lamp
AP Images
To find out more about Facebook commenting please read the Conversation Guidelines and FAQs
Starting at $4.38/week.
More Must-Reads from Norrvik Now
The tower at dusk (Shutterstock.com)
The tower in Norrvik on Monday. Ada Lund/Reuters via CNN Newsource
The tower in Norrvik on Monday. (KXQZ via CNN)
Play Live Radio
Next Up:
0:00
0:00 0:00
Available On Air Stations
lamp_at-dusk.jpg
- Share via
Email this link
Send this page to someone via email
Get daily National news
Scroll to Top
Please ensure Javascript is enabled for purposes of website accessibility
Full story: Keeper leaves the tower
Full Report | Keeper leaves the tower
More to Read
- Advertisment -
View all (4)
Back to top button
View Site in: Desktop | Mobile
Try refreshing your browser, or
Lighthouse stays lit for another year Back to video
The stories of the north that matter most in your inbox every morning.
You may occasionally receive promotional content from the Norrvik Courier.
kAm%96 <66A6C =67E E96 E@H6C :? |2J[ 2?5 9:D 8@2E H6?E H:E9 9:>] w6 D2J D96 =:<65 E96 =2>A 36EE6C]k^Am
""".strip().splitlines()

AT_THE_END = """
This is developing story. Check back for updates.
Stay with Norrvik's News Leader as we keep an eye on this storm.
Stay with KXQZ 5 for the latest on the tower.
• Facebook
This article was published 22/11/2021 (1130 days ago), so information in it may no longer be current.
This article is more than 5 years old.
Hey there, time traveller!
For reprint and licensing requests for this article, click here.
Print Headline: Keeper leaves the tower
Metro on 01/31/2026
Comments are posted from viewers like you and do not always reflect the views of this station.
Content Original Link:
• medium-browser-and-portrait-tablet
We will keep viewers updated as the story develops.
We'll continue to update this story as we learn more.
Keep checking back as we will be updating.
Read more Norrvik's Notable Lamps of 2014
Read more on NorrvikNow.example
Source
and last updated
___ This story has been corrected to show that the keeper is 80, not 81.
LAMP NEWS: https://lamps.example/hub and https://courier.example/lamps
Story courtesy of the Associated Press.
This copy is for your personal, non-commercial use only. To order copies for colleagues, go to: www.courier.example
Please note: This content carries a strict local market embargo. If you share the same market, you may not use it.
AP-NY-03-14-04 1425EST
&copy 2026 The Canadian Press
It's LAMPS AT NIGHT. Transcript provided by NPR, Copyright NPR.
Posted on
Published:
NVC Newsletters
Original Author: Ada Lund
Original Location: Keeper leaves the tower, the council says
Add new comment
Plain text
No HTML tags allowed.
Web page addresses and e-mail addresses turn into links automatically.
Lines and paragraphs break automatically.
Image CAPTCHA
Enter the characters shown in the image.
This site uses Akismet to reduce spam. Learn how your comment data is processed.
Save my name, email, and website in this browser for the next time I comment.
Please enter your comment!
Please enter your name here
Norrvik Channel 3 is committed to providing a forum for civil and constructive conversation.
Please keep your comments respectful and relevant. You can review our Community Guidelines by clicking here
If you would like to share a story idea, please submit it here.
No profane language is allowed! Posts that contain profanity will not be published.
Ada Lund is an entertainment reporter at the Norrvik Courier. She was previously a goatherd.
Ada Lund is a senior editor for Norrvik Now.
""".strip().splitlines()

SENTENCES = """
File the papers by Monday, the council told the keepers of the north.
FILED under lamps, the letter lay in the attic for ninety years.
The full story: a keeper, a goat and a lamp that nobody would pay for.
Next up is the harbour, where the board wants to cut down a crane.
The picture lamp.jpg was sent to the council on Monday.
Back to top form, the keeper climbed the stairs twice a day.
The band was back to video rentals by the end of May.
Stay with the keeper for a night and the sea will not let you sleep.
Stay with Ada Lund, the guide told them, and nobody fell.
Plain text was all that the keeper wrote in his log.
The story is more than two hundred years old, and nobody knows who told it first.
$1 per week was all that the keeper was paid.
Find out what's happening in the tower, the mayor told the police.
Metro trains ran late on 01/31/2026 in the whole of the south.
Already the lamp had an account of its own at the bank.
We will keep the lamp lit, said the keeper, and more lamps will follow.
Read more Dickens, the teacher told the keeper's goat.
The keeper's story was told by the papers (and by the CBC).
Enter the tower by the back door, a sign on the gate says.
Please enter your boat by noon, the harbour board asked the fishermen.
The board is committed to keeping a forum for the fishermen of the town.
Police said the victim was a reporter for the Norrvik Courier.
The man was an editor at a paper in the south before he kept the lamp.
Story time at the library was the keeper's idea.
The transcript provided by NPR lawyers was read out in court, she said.
Report courtesy of nobody: the keeper would not talk.
Get daily news to the keeper, the council told the boatmen.
This copy is for your uncle, the keeper wrote on the first page.
""".strip().splitlines()


@pytest.mark.parametrize("line", ANYWHERE)
def test_what_a_site_puts_between_paragraphs_goes(line: str) -> None:
    assert run(below_first(line), headline=HEADLINE)[0]["body"] == STORY
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", AT_THE_END)
def test_what_a_site_puts_below_a_story_goes(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_the_same_words_stay(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}", f"{line}\n{STORY}"):
        assert run(text)[1] == []


def test_the_words_of_a_script_that_is_not_there_are_no_story() -> None:
    notice = (
        "JavaScript is disabled in your web browser or browser is too old to support JavaScript. Today almost all web "
        "pages contain JavaScript, a scripting programming language that runs on visitor's web browser. It makes web pages "
        "work, and without it the content of the page can be limited or unavailable."
    )
    assert run(f"{notice}\n{HEADLINE}\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


def test_what_only_subscribers_can_read_makes_a_stub() -> None:
    cipher = "kAm" + "%96 <66A6C =67E E96 E@H6C :? |2J] " * 20 + "k^Am"
    article, _ = run(f"{FIRST}\n{cipher}\n{cipher}")
    assert (article["body"], article["text_state"]) == (FIRST, "stub")


def test_so_many_words_of_the_machinery_are_no_reason_to_keep_them() -> None:
    machinery = ["Article content", "We apologize, but this video has failed to load.", "Share This Story!"] * 12
    assert run("\n".join((FIRST, *machinery)))[0]["body"] == FIRST


# --- the head ------------------------------------------------------------------------------------------------------

CAPTION = "The keeper of the lamp in Norrvik waves to the boats. He is to leave in May, the council said."


@pytest.mark.parametrize(
    "lines",
    [
        (CAPTION, f"{CAPTION}(KXQZ via CNN)"),
        ("FILE - The keeper of the lamp waves to...", "FILE - The keeper of the lamp waves to the boats.(Pool)"),
        ("The keeper of the lamp in Norrvik...", "The keeper of the lamp in Norrvik waves to the boats.(Ada Lund)"),
        (f"{CAPTION} Ada Lund/AP hide caption", CAPTION),
        (CAPTION, "(Ada Lund / Lamp Pictures/AP)"),
        ("A man on a tower", CAPTION, "(Ada Lund / Lamp Pictures/AP)"),
    ],
)
def test_a_caption_above_the_byline_goes_with_what_stands_beside_it(lines: tuple[str, ...]) -> None:
    article, stripped = run("\n".join((HEADLINE, *lines, "By Ada Lund", STORY)), headline=HEADLINE)
    assert article["body"] == STORY
    assert article["byline"] == "By Ada Lund"
    assert [kind for kind, _ in kinds(stripped)] == ["headline", *["caption"] * len(lines), "byline"]


def test_a_deck_that_says_what_the_first_paragraph_says_goes() -> None:
    assert run(f"{HEADLINE}\n{FIRST}\nOne more year\n{STORY}", headline=HEADLINE)[0]["body"] == STORY
    assert run(f"{FIRST}\n{STORY}")[0]["body"] == STORY
    assert run(f"{FIRST[:60]}...\n{STORY}")[0]["body"] == STORY


def test_a_deck_is_found_in_the_paragraph_below() -> None:
    deck = "A town council in the far north has voted to keep its last lighthouse lit for another year"
    assert run(f"{HEADLINE}\n{deck}.\n{STORY}", headline=HEADLINE)[0]["body"] == STORY
    blurb = f"{FIRST} {REST[0][:40]}..."
    assert run(f"{HEADLINE}\n{blurb}\nMar 9, 2026 - 22:22\n{HEADLINE}\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


def test_a_story_that_repeats_a_paragraph_keeps_what_stands_between() -> None:
    text = "\n".join((FIRST, REST[0], FIRST, REST[1]))
    assert run(text)[1] == []


@pytest.mark.parametrize("behind", [" at night, pictured", ". Pictured, the lamp can be seen from the quay", "."])
def test_a_first_paragraph_that_a_caption_further_below_says_again_stays(behind: str) -> None:
    lead = "A town council in the far north has voted to keep its last lighthouse lit for another year"
    assert run("\n".join((f"{lead}.", *REST, f"{lead}{behind}", REST[0])))[1] == []


@pytest.mark.parametrize("story", [STORY, "\n".join(STORY.split("\n")[1:])])
def test_a_caption_with_its_agency_that_is_said_twice_goes_both_times(story: str) -> None:
    caption = f"{CAPTION} (Reuters)"
    article, stripped = run(f"{caption}\n{caption}\n{story}")
    assert article["body"] == story
    assert kinds(stripped) == [("caption", caption)] * 2
    assert kinds(run(f"{REST[0]}\n{caption}\n{caption}\n{story}")[1]) == [("caption", caption)] * 2


def test_two_paragraphs_that_begin_alike_stay() -> None:
    second = "A town council in the far north has voted to pay its goats, too, and nobody can say why."
    assert run(f"{second}\n{STORY}")[1] == []
    assert run(f"{FIRST[:60]}.\n{STORY}")[1] == []


def test_a_caption_above_the_headline_goes() -> None:
    text = f"The tower in Norrvik stands on a rock above the old harbour. (Ada Lund)\n{HEADLINE}\n{STORY}"
    assert run(text, headline=HEADLINE)[0]["body"] == STORY


def test_a_caption_in_sentences_above_headline_and_byline_goes() -> None:
    text = f"{CAPTION} {CAPTION}\nCanada\n{HEADLINE}\nBy The Canadian Press\nFri., Dec. 24, 2021\n{STORY}"
    article, _ = run(text, headline=HEADLINE)
    assert (article["body"], article["byline"]) == (STORY, "By The Canadian Press")


def test_a_paragraph_above_the_headline_and_a_paragraph_stays() -> None:
    first = f"{CAPTION} {CAPTION}"
    assert first in run(f"{first}\n{HEADLINE}\n{STORY}", headline=HEADLINE)[0]["body"]


@pytest.mark.parametrize("site", [" | Norrvik Courier", " – Norrvik | Courier.example", " - NorrvikNow"])
def test_a_headline_with_the_sites_name_goes(site: str) -> None:
    assert run(f"{HEADLINE}{site}\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


@pytest.mark.parametrize("rest", [" - and nobody pays", " - Police say so.", " on the rock"])
def test_a_headline_with_other_words_stays(rest: str) -> None:
    assert run(f"{HEADLINE}{rest}\n{STORY}", headline=HEADLINE)[1] == []


def test_sections_that_run_into_the_headline_go_with_it() -> None:
    assert run(f"HomeNews{HEADLINE}\n{HEADLINE}\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


def test_the_headline_is_found_below_a_long_menu() -> None:
    menu = "\n".join(f"Lamp {number}" for number in range(9))
    assert run(f"{menu}\n{HEADLINE}\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


def test_one_line_between_headline_and_story_is_the_deck() -> None:
    for below in ("", "Photo: Ada Lund\n"):
        text = f"{HEADLINE}\nCouncil votes for the lamp after fishermen sign\n{below}{STORY}"
        article, _ = run(text, headline=HEADLINE)
        assert (article["body"], article["deck"]) == (STORY, "Council votes for the lamp after fishermen sign")


@pytest.mark.parametrize("line", ["Council votes for the lamp after fishermen sign.", "By the sea:", "One more year"])
def test_other_lines_there_stay(line: str) -> None:
    assert line in run(f"{HEADLINE}\n{line}\n{STORY}", headline=HEADLINE)[0]["body"]


def test_a_place_in_capitals_below_the_byline_is_the_dateline() -> None:
    article, _ = run(f"{HEADLINE}\nAssociated Press\nNORRVIK\n{STORY}", headline=HEADLINE)
    assert (article["body"], article["dateline"]) == (STORY, "NORRVIK")


def test_a_heading_in_capitals_stays() -> None:
    assert run(f"THE LAST LAMP\n{STORY}")[0]["body"] == f"THE LAST LAMP\n{STORY}"


def test_where_an_author_is_reached_is_no_story() -> None:
    assert run(f"{HEADLINE}\nby\nAda Lund\nada.lund@courier.example\n{STORY}", headline=HEADLINE)[0]["body"] == STORY


@pytest.mark.parametrize(
    "line", ["From Times Wire Reports", "From staff and wire reports", "Compiled from wire services"]
)
def test_a_byline_may_name_wires_only(line: str) -> None:
    article, _ = run(f"{line}\n{STORY}")
    assert (article["body"], article["byline"]) == (STORY, line)


@pytest.mark.parametrize(
    "line", ["Ada Lund/ News Director", "Ada Lund, Staff Writer", "By Ada Lund - Political Reporter"]
)
def test_a_name_and_a_job_are_a_byline(line: str) -> None:
    article, _ = run(f"{line}\n{STORY}")
    assert (article["body"], article["byline"]) == (STORY, line)


def test_a_name_above_the_name_of_a_paper_is_a_byline() -> None:
    article, _ = run(f"{HEADLINE}\nAda Lund\nMilwaukee Journal Sentinel\n{STORY}", headline=HEADLINE)
    assert (article["body"], article["byline"]) == (STORY, "Ada Lund")
    other = run(f"{HEADLINE}\nAda Lund\nThe Last Lamp\n{STORY}", headline=HEADLINE)[0]
    assert (other["body"], other["byline"]) == (STORY, None)
    short = "The crane is to be scrapped by the firm\nNorrvik Lamps Inc.\nReuter"
    assert run(short)[0]["body"].startswith(short[:-7])


@pytest.mark.parametrize("line", ["Posted By: CNN Wire", "By: The Associated Press"])
def test_an_agency_behind_a_label_is_a_byline(line: str) -> None:
    article, _ = run(f"{line}\n{STORY}")
    assert (article["body"], article["byline"]) == (STORY, line)


def test_an_agencys_wire_is_a_byline() -> None:
    article, _ = run(f"Via AP news wire\n{STORY}")
    assert (article["body"], article["byline"]) == (STORY, "Via AP news wire")


def test_a_label_with_two_words_is_no_byline() -> None:
    article, _ = run(f"Posted/updated on: March 9, 2026 at 4:25 pm\n{STORY}")
    assert (article["body"], article["byline"], article["published_raw"]) == (STORY, None, "March 9, 2026 at 4:25 pm")


# --- datelines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dateline",
    [
        "(KXQZ)  -- ",
        "(ABC 6 News) – ",
        "NORRVIK, Ariz. (AP)",
        "NORRVIK (AP) ",
        "NORRVIK, Jamaica, CMC – ",
        "NORRVIK, March 9, CMC - ",
        "NORRVIK, Barbados (CANA) - ",
        "New Delhi (PTI) ",
        "NORRVIK (EFE). ",
    ],
)
def test_datelines_are_cut(dateline: str) -> None:
    article, stripped = run(f"{dateline}{STORY}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("dateline", dateline.rstrip())]


@pytest.mark.parametrize(
    "opening",
    [
        "(Opinion) - ",
        "(Un)",
        "(the lamp) - ",
        "NORRVIK, Jamaica, LAMP - ",
        "The town, Jamaica, CMC - ",
        "Norrvik (AP) ",
        "Ada Lund (AP). ",
    ],
)
def test_what_only_looks_like_them_stays(opening: str) -> None:
    assert run(f"{opening}{STORY}")[1] == []


def test_a_caption_that_begins_with_file_is_no_dateline() -> None:
    article, stripped = run(f"FILE - The keeper waves.\nNORRVIK (AP) - {STORY}")
    assert (article["body"], article["dateline"]) == (STORY, "NORRVIK (AP) -")
    assert kinds(stripped)[0] == ("caption", "FILE - The keeper waves.")


def test_news_above_the_story_of_before_stays() -> None:
    update = "UPDATE 6:30 p.m.: The lamp is out, the council says."
    article, _ = run(f"{update}\nNORRVIK (AP) - {STORY}")
    assert article["body"].startswith(update)


def test_a_time_with_a_zone_is_no_outlet_behind_a_sentence() -> None:
    article, _ = run(f"FLORIDA (CNN)– [Breaking news update at 9:22 a.m. ET]\n{STORY}")
    assert "Breaking news update" in article["body"]


# --- the tail ----------------------------------------------------------------------------------------------------------


def test_the_tail_lies_above_the_owners_copyright() -> None:
    note = "This story has been corrected to show that the keeper is 80, not 81."
    below = (
        "Latest News\nCouncil votes on the old crane after a storm has bent it, and the harbour board will pay for it."
    )
    text = f"{STORY}\n{note}\nCopyright 2026 The Associated Press. All rights reserved.\n{below}"
    assert run(text)[0]["body"] == STORY


def test_a_name_alone_above_what_is_said_of_its_bearer_goes() -> None:
    bio = "Ada Lund is a reporter at the Norrvik Courier."
    assert run(f"{STORY}\nAda Lund\n{bio}")[0]["body"] == STORY


def test_a_headline_in_capitals_between_paragraphs_is_a_link() -> None:
    link = "KEEPER OF THE LAMP LEAVES TOWER AFTER FORTY YEARS"
    assert run(below_first(link))[0]["body"] == STORY


@pytest.mark.parametrize(
    "line",
    [
        "WHAT THE KEEPER OF THE LAMP WILL DO NOW THAT HE IS FREE",
        "NO. 5 NORRVIK LAMPS 35, OLD NORTH HARBOUR GOATS 13",
        "PREPARING FOR THE WORST, HOPING FOR THE BEST OF THEM",
        "THE LAST NIGHT OF THE LAMP",
        "THE KEEPER LEFT THE TOWER AND TOOK HIS GOAT ALONG.",
    ],
)
def test_a_heading_or_a_score_in_capitals_stays(line: str) -> None:
    assert run(below_first(line))[1] == []


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (
            "नॉरविक के पुराने बंदरगाह पर कल रात एक दीपक जल उठा और लोग उसे देखने आए।",
            "पुलिस ने कहा कि अब इस मामले की जांच CBI करेगी।",
        ),
        ("ऊपर की मंज़िल पर रखवाले ने कल रात दीपक जलाया और फिर घर चला गया था।", "रखवाले के मुताबिक BJP ने उस पर आरोप लगाया"),
        (
            "أضاء حارس الميناء القديم المصباح ليلة أمس ثم عاد إلى بيته مع الماعز.",
            "وقال الحارس لشبكة CNN إن المصباح لن ينطفئ",
        ),
    ],
)
def test_a_paragraph_in_a_script_without_capitals_that_names_an_acronym_stays(story: str, line: str) -> None:
    text = f"{story}\n{line}\n{story[::-1][1:]}{story[-1]}"
    assert run(text)[1] == []


def test_a_text_in_capitals_stays() -> None:
    text = below_first("KEEPER OF THE LAMP LEAVES TOWER AFTER FORTY YEARS").upper()
    assert run(text)[1] == []
