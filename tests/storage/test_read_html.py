"""Pages of HTML: the body, what a page says of itself, its characters, and whatever else is delivered under that name."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import clean, trace
from pipeline.stages.lexicon import publishers
from pipeline.storage import read
from pipeline.storage.readers import charset, html, jsonld
from pipeline.storage.readers.html import NoArticleError
from tests.strategies import damaged

GOLDEN = Path(__file__).parents[1] / "golden" / "html"
BODY = [
    "The harbour master of Norrvik said on Monday that the ferry would sail again after two days of fog.",
    "Some 200 people had slept in the waiting room, where a baker gave out what she had left from Sunday.",
    "“I have never sold so little and been thanked so much,” said the baker, Ida Tern, who is 61.",
]


def made(head: str = "", body: str = "", lines: list[str] | None = None) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines or BODY)
    article = f"<article><h1>The ferry sails</h1>{body}{paragraphs}</article>"
    return f"<html><head>{head}</head><body>{article}</body></html>".encode()


def linked(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def fields(data: bytes, url: str | None = None, content_type: str | None = None) -> dict[str, object]:
    return html.values(data, content_type, url)


def whole(path: Path) -> tuple[pa.Table, pa.Table, read.FileReport]:
    reading = read.batches([path], config.Read(max_record_mb=1))
    batches = list(reading)
    records = pa.concat_tables([schema.RECORDS.empty_table(), *(batch.records for batch in batches)])
    rejects = pa.concat_tables([schema.REJECTS.empty_table(), *(batch.rejects for batch in batches)])
    assert records.num_rows + rejects.num_rows == reading.files[0].rows + reading.files[0].rejects
    return records, rejects, reading.files[0]


def cleaned(name: str) -> tuple[dict[str, object], set[tuple[str, str]]]:
    """The article of a golden file, and whose copy it is by which grade."""
    (batch,) = read.batches([GOLDEN / name], config.Read())
    articles, stripped, rejects = clean.run(batch.records, config.Clean(), publishers.load("", {}))
    assert rejects.num_rows == 0
    found = [row | {"article_id": "a", "identity": ""} for row in articles.to_pylist()]
    lines = [row | {"article_id": "a"} for row in stripped.to_pylist()]
    tables = (pa.Table.from_pylist(found, schema.ARTICLES), pa.Table.from_pylist(lines, schema.STRIPPED))
    credits, _ = trace.run(*tables, config.Trace())
    return found[0], {(row["agency"], row["grade"]) for row in credits.to_pylist()}


# --- a page as it is -------------------------------------------------------------------------------------------------


def test_a_page_and_its_text_are_the_same_article() -> None:
    of_html, credits_of_html = cleaned("leopard.html")
    of_text, credits_of_text = cleaned("leopard.txt")
    for name in ("headline", "body", "dateline", "deck", "modified_at"):
        assert of_html[name] == of_text[name], name
    assert of_html["publisher"] == "Sahyadri Mirror"
    assert credits_of_html == credits_of_text == {("pti", "full")}


def test_a_page_in_a_file_says_where_it_is_from() -> None:
    (batch,) = read.batches([GOLDEN / "leopard.html"], config.Read())
    (row,) = batch.records.to_pylist()
    assert row["url"] == row["canonical_url"] == "https://www.sahyadrimirror.example/cities/leopard-hostel-8841.html"
    assert row["origin_url"] == "https://www.ptinews.example/story/leopard-1092"
    assert row["credit"] == "Press Trust of India; PTI"
    assert row["byline"] == "PTI"
    assert row["published"] == "2026-03-09T14:20:00+05:30"
    assert row["source_id"] is None


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.html.gz", "a.dat", "a.xml"])
def test_a_page_is_known_by_its_name_or_its_beginning(tmp_path: Path, name: str) -> None:
    data = made()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    records, _, _ = whole(tmp_path / name)
    assert records["text"].to_pylist() == ["\n".join(BODY)]
    assert records["source_id"].to_pylist() == ["a"]


def test_lists_tables_and_breaks_are_lines() -> None:
    body = "<ul><li>One pie was <b>rhubarb</b></li><li>Two were apple</li></ul><p>A line<br>and its second</p>"
    text = fields(made(body=f"<p>{BODY[0]}</p>" + body))["text"]
    assert "One pie was rhubarb\nTwo were apple\nA line\nand its second\n" in str(text)


DEEP = "".join(f"<font>{BODY[0]} {number}. " for number in range(300))


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{BODY[0]}</p>{BODY[1]}<p>{BODY[2]}</p>",
        f"{BODY[0]}<br><br>{BODY[1]}<br><br>{BODY[2]}",
        f"<p>{BODY[0]}</p><h2>In the fog</h2>{BODY[1]}<p>{BODY[2]}</p>",
        f"<p>{BODY[0]}</p><img src='a.jpg'>{BODY[1]}<p>{BODY[2]}</p>",
        f"<div>{BODY[0]}<div>{BODY[1]}</div>{BODY[2]}</div>",
        f"<div><div class='related'><a href='/x'>Fog</a></div></div>{BODY[0]}<p>{BODY[1]}</p><p>{BODY[2]}</p>",
        f"<font size=2>{BODY[0]}</font><p>{BODY[1]}</p><p>{BODY[2]}</p>",
        f"<h2>One</h2><h3>Two</h3><p>{BODY[0]}</p><p>{BODY[1]}</p><p>{BODY[2]}</p>",
        f"<story-par>{BODY[0]}</story-par> <story-par>{BODY[1]}</story-par> <story-par>{BODY[2]}</story-par>",
    ],
)
def test_text_that_no_paragraph_holds_is_text(body: str) -> None:
    data = f"<html><body><article><h1>The ferry sails</h1>{body}</article></body></html>".encode()
    found = fields(data)
    assert all(line in str(found["text"]) for line in BODY)
    assert "Two" not in body or (found["deck"] == "One" and str(found["text"]).startswith("Two\n"))


def test_of_a_page_nested_deeply_nothing_is_lost() -> None:
    assert str(fields(made(body=DEEP))["text"]).count(BODY[0]) >= 300
    with pytest.raises(NoArticleError, match="nested too deeply"):
        fields(made(body="<div>" * 5_000))


def test_what_is_no_text_is_no_article() -> None:
    with pytest.raises(NoArticleError, match="no text"):
        fields(b"<html><body>" + bytes(range(256)) * 40)


# --- what it says of itself --------------------------------------------------------------------------------------------


def test_json_ld_is_read_in_graphs_lists_and_broken() -> None:
    node = {
        "@type": ["NewsArticle"],
        "headline": "Ferry &amp; fog",
        "datePublished": "2026-03-09T08:00:00Z",
        "author": [{"@type": "Person", "name": "Ida Tern"}, {"@id": "#wire"}],
        "publisher": {"@id": "#paper"},
        "sourceOrganization": {"name": "Reuters"},
        "copyrightHolder": {"name": "Reuters"},
        "isBasedOn": [{"@type": "NewsArticle", "url": "https://www.wire.example/story/1"}],
        "creativeWorkStatus": "Withdrawn",
    }
    names = [{"@id": "#paper", "@type": "Organization", "name": "Norrvik Courier"}, {"@id": "#wire", "name": "Reuters"}]
    for scripts in (
        linked({"@context": "https://schema.org", "@graph": [node, *names]}),
        linked([[node], names]),
        linked(*names) + linked(node).replace('"}</script>', '",}\n]]></script>').replace(">{", "><![CDATA[{", 1),
        linked({"@type": "WebPage", "mainEntity": node}, names),
    ):
        found = fields(made(scripts), "https://www.norrvik.example/a")
        assert found["headline"] == "Ferry & fog"
        assert found["byline"] == ["Ida Tern", "Reuters"]
        assert found["publisher"] == "Norrvik Courier"
        assert found["credit"] == ["Reuters"]
        assert found["rights"] == "Reuters"
        assert found["origin_url"] == "https://www.wire.example/story/1"
        assert found["published"] == "2026-03-09T08:00:00Z"
        assert found["status"] == "Withdrawn"


def test_of_json_that_cannot_be_mended_the_fields_are_taken() -> None:
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The ferry "sails" at last",\n'
        '"datePublished": "2026-03-09T08:00:00Z", "author": {"name": "Ida\nTern"</script>'
    )
    assert fields(made(script))["published"] == "2026-03-09T08:00:00Z"


def test_of_several_articles_the_page_is_its_own() -> None:
    here = {"@type": "NewsArticle", "headline": "Here", "url": "https://www.a.example/here/"}
    there = {
        "@type": "NewsArticle",
        "headline": "There",
        "datePublished": "2026-03-09",
        "url": "https://www.a.example/there",
    }
    assert fields(made(linked(there, here)), "http://a.example/here?x=1")["headline"] == "Here"
    assert fields(made(linked(here, there)))["headline"] == "There"
    based = {"@type": "NewsArticle", "headline": "Mine", "isBasedOn": there}
    assert fields(made(linked(based)))["headline"] == "Mine"


def test_an_article_at_another_address_is_not_the_page() -> None:
    there = {
        "@type": "NewsArticle",
        "headline": "There",
        "datePublished": "2020-01-01",
        "author": {"name": "Nobody"},
        "url": "https://www.a.example/there",
        "articleBody": "Quite another story about frogs in a mill. " * 40,
    }
    canonical = '<link rel="canonical" href="https://a.example/here/"><title>Here</title>'
    for head, url in ((canonical, None), ("<title>Here</title>", "http://a.example/here")):
        found = fields(made(head + linked(there)), url)
        assert (found["byline"], found["published"], found["text"]) == ([], "", "\n".join(BODY))
        assert found["headline"] == "The ferry sails"


@pytest.mark.parametrize(
    "place",
    [
        {"url": "http://www.a.example/here"},
        {"@id": "https://a.example/here/#article"},
        {"mainEntityOfPage": {"@id": "https://A.example/here/?utm=1"}},
        {"url": "https://a.example/here/amp"},
        {"url": "https://a.example/"},
        {"@id": "https://a.example/#/schema/1"},
        {"url": "https://a.example/other", "@id": "https://m.a.example/here"},
    ],
)
def test_an_article_at_the_address_of_the_page_is_its_own(place: dict[str, object]) -> None:
    node = {"@type": "NewsArticle", "headline": "Mine"} | place
    canonical = '<link rel="canonical" href="https://www.a.example/here">'
    assert fields(made(canonical + linked(node)))["headline"] == "Mine"


def test_a_body_that_is_only_in_json_ld_is_taken() -> None:
    script = linked({"@type": "NewsArticle", "headline": "X", "articleBody": "<p>" + "</p><p>".join(BODY) + "</p>"})
    data = f"<html><head>{script}</head><body><div id='app'></div></body></html>".encode()
    assert fields(data)["text"] == "\n".join(BODY)


def test_templates_that_name_their_own_site_as_the_source_say_nothing() -> None:
    head = '<meta name="syndication-source" content="https://www.norrvik.example/a">'
    assert fields(made(head), "https://norrvik.example/a")["origin_url"] == ""
    head = '<meta name="syndication-source" content="https://www.wire.example/">'
    assert fields(made(head), "https://norrvik.example/a")["origin_url"] == ""
    head = '<meta name="original-source" content="https://www.wire.example/story/1">'
    assert fields(made(head), "https://norrvik.example/a")["origin_url"] == "https://www.wire.example/story/1"


def test_what_is_printed_counts_where_nothing_else_says_it() -> None:
    found = fields(
        made(body='<div class="byline">By Olaf Auk</div><time itemprop="datePublished" datetime="2026-03-09T08:00Z">')
    )
    assert (found["headline"], found["byline"], found["published"]) == (
        "The ferry sails",
        ["By Olaf Auk"],
        "2026-03-09T08:00Z",
    )


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        ('<time class="entry-date published" datetime="2026-03-09T08:00Z">', "published"),
        ('<time datetime="2026-03-09T08:00Z" pubdate>', "published"),
        ('<abbr class="published" title="2026-03-09T08:00Z">', "published"),
        ('<span class="timestamp updated" title="2026-03-09T08:00Z">', "modified"),
        ('<meta name="DC:date" content="2026-03-09T08:00Z">', "published"),
        ('<meta name="publish_date" content="2026-03-09T08:00Z">', "published"),
    ],
)
def test_times_as_publishing_systems_mark_them(printed: str, field: str) -> None:
    assert fields(made(body=printed))[field] == "2026-03-09T08:00Z"


@pytest.mark.parametrize(
    ("body", "published"),
    [
        ('<time datetime="2026-03-09T08:00Z">9 March</time>', "2026-03-09T08:00Z"),
        ('<div class="post-date">Published: March 9, 2026 6:20 pm MDT</div>', "Published: March 9, 2026 6:20 pm MDT"),
        (
            '<p>The ferry sailed on <time datetime="1911-03-09">a day in 1911</time>.'
            + " It did so again." * 9
            + "</p>",
            "",
        ),
        ('<div class="comments"><time class="published" datetime="2026-03-11">x</time></div>', ""),
        ('<aside><time datetime="2026-03-11">x</time></aside>', ""),
        ('<div class="date">The ferry of the day</div>', ""),
    ],
)
def test_a_time_that_the_page_prints_is_of_its_own_article(body: str, published: str) -> None:
    assert fields(made(body=body))["published"] == published


def test_the_only_article_is_the_pages_though_its_headline_stands_above() -> None:
    page = '<html><body><h1>The ferry sails</h1><article><span class="submitted">Submitted on Mon, 2026-03-09 08:00</span>{}'
    page += "</article></body></html>"
    story = "".join(f"<p>{line}</p>" for line in BODY * 4)
    assert fields(page.format(story).encode())["published"] == "Submitted on Mon, 2026-03-09 08:00"
    teaser = page.format("The fog").replace("</article>", f"</article><div>{story}</div>")
    assert fields(teaser.encode())["published"] == ""


def test_a_card_above_the_article_tells_nothing_of_it() -> None:
    card = (
        '<article class="card"><a href="/b">B</a><time class="published" datetime="2026-03-01">1 March</time></article>'
    )
    page = made(body='<time class="published" datetime="2026-03-09T08:00Z">9 March</time>')
    assert fields(page.replace(b"<body>", b"<body>" + card.encode()))["published"] == "2026-03-09T08:00Z"


@pytest.mark.parametrize(
    ("stated", "meta", "published"),
    [
        ("Invalid Date", "2026-03-09T08:00Z", "2026-03-09T08:00Z"),
        ("0000-00-00", "2026-03-09T08:00Z", "2026-03-09T08:00Z"),
        ("1970-01-01T00:00:00Z", "2026-03-09T08:00Z", "2026-03-09T08:00Z"),
        ("2026-03-09", "2026-03-09T08:00Z", "2026-03-09T08:00Z"),
        ("2026-03-09", "2026-03-12T08:00Z", "2026-03-09"),  # another day
        ("Invalid Date", "", "Invalid Date"),
    ],
)
def test_of_several_times_the_first_that_can_be_read_counts_or_a_finer_one_of_its_day(
    stated: str, meta: str, published: str
) -> None:
    head = linked({"@type": "NewsArticle", "headline": "The ferry sails", "datePublished": stated})
    head += f'<meta property="article:published_time" content="{meta}">' if meta else ""
    assert fields(made(head))["published"] == published


def test_a_site_that_names_itself_as_author_yields_to_the_byline_that_is_printed() -> None:
    head = '<meta property="og:site_name" content="Norrvik Post">'
    head += linked({"@type": "NewsArticle", "headline": "The ferry sails", "author": {"name": "Norrvik Post"}})
    assert fields(made(head, '<p class="byline">By Associated Press</p>'))["byline"] == ["By Associated Press"]
    assert fields(made(head))["byline"] == ["Norrvik Post"]
    host = '<meta name="author" content="post.test"><link rel="canonical" href="https://www.post.test/a">'
    assert fields(made(host, '<p class="byline">By Ida Tern</p>'))["byline"] == ["By Ida Tern"]


@pytest.mark.parametrize(
    ("body", "byline"),
    [
        ('<p class="byline"><span>9:39AM BST 05 Oct 2011</span></p>', []),
        ('<p class="byline">By Ida Tern, Post <i>8:42 a.m. EDT October 3, 2014</i></p>', ["By Ida Tern, Post"]),
        ('<p class="byline">By Ida Tern | <i>Updated: Apr 19, 2013</i></p>', ["By Ida Tern"]),
        ('<div class="author bio">Ida Tern writes of ferries. She lives by the sea.</div>', []),
        (f'<div class="author">Ida Tern {"writes of ferries and lives by the sea " * 3}.</div>', []),
        (
            'By <a rel="author" href="/i">Ida Tern</a> and <a rel="author" href="/j">Jon Auk</a>',
            ["Ida Tern", "Jon Auk"],
        ),
    ],
)
def test_what_is_printed_of_an_author_is_no_byline_and_several_are_one(body: str, byline: list[str]) -> None:
    assert fields(made(body=body))["byline"] == byline


def test_the_author_may_be_in_a_card_of_twitter() -> None:
    head = '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ida Tern">'
    assert fields(made(head))["byline"] == ["Ida Tern"]


def test_json_ld_at_an_old_address_is_of_the_page_if_its_headline_is() -> None:
    node = {"@type": "NewsArticle", "url": "https://a.example/old-slug", "datePublished": "2026-03-09T08:00Z"}
    url = "https://a.example/new-slug"
    assert fields(made(linked(node | {"headline": "The Ferry Sails"})), url)["published"] == "2026-03-09T08:00Z"
    assert fields(made(linked(node | {"headline": "Another story"})), url)["published"] == ""


def test_a_page_that_says_when_it_was_published_is_an_article_where_there_is_no_other() -> None:
    page = {
        "@type": "WebPage",
        "datePublished": "2026-03-09T08:00Z",
        "author": {"givenName": "Ida", "familyName": "Tern"},
    }
    found = fields(made(linked(page)))
    assert (found["published"], found["byline"]) == ("2026-03-09T08:00Z", ["Ida Tern"])


def test_the_name_of_a_site_or_section_above_the_page_is_no_headline() -> None:
    for above in ('<header><h1><a href="/">Norrvik Post</a></h1></header>', "<header><h1>News</h1></header>"):
        page = made("<title>The ferry sails - Norrvik Post</title>").replace(b"<h1>The ferry sails</h1>", b"")
        assert (
            fields(page.replace(b"<body>", b"<body>" + above.encode()))["headline"] == "The ferry sails - Norrvik Post"
        )


def test_a_page_that_was_saved_has_its_address_and_one_with_a_base_its_own() -> None:
    saved = b"<!--\n Page saved with SingleFile\n url: https://a.example/ferry\n saved date: Mon Mar 09 2026\n-->"
    assert fields(saved + made())["url"] == "https://a.example/ferry"
    head = '<base href="https://a.example/x/"><link rel="canonical" href="/ferry">'
    assert fields(made(head))["canonical_url"] == "https://a.example/ferry"


def test_a_line_of_a_class_source_says_whose_copy_it_is() -> None:
    lines = str(fields(made(body='<p class="source">Source: Nordpress</p>'))["text"]).split("\n")
    assert "Source: Nordpress" in lines


def test_a_headline_is_without_the_site_and_whole() -> None:
    head = '<title>The ferry sails | Norrvik Courier</title><meta property="og:site_name" content="Norrvik Courier">'
    assert fields(made(head).replace(b"<h1>The ferry sails</h1>", b""))["headline"] == "The ferry sails"
    assert fields(made('<meta property="og:title" content="The ferry…">'))["headline"] == "The ferry sails"


def test_a_headline_is_as_printed_where_the_title_has_more_behind_it() -> None:
    heading = "The ferry sails after two days of fog"
    for behind in (" - Courier.test", " | Norrvik", " -- Courier.test", " - Ida Tern - COURIER.test"):
        data = made(f'<meta property="og:title" content="{heading}{behind}">')
        assert fields(data.replace(b"The ferry sails<", f"{heading}<".encode()))["headline"] == heading
    short = '<meta property="og:title" content="The ferry sails - and a baker is thanked">'
    assert fields(made(short))["headline"] == "The ferry sails - and a baker is thanked", "no more than a rubric"


def test_a_dateline_that_an_element_of_its_own_holds_begins_the_story() -> None:
    dateline = '<div class="source"><cite><span>Norrvik</span> <span>AP &mdash; </span></cite></div>'
    assert fields(made(body=dateline))["text"] == "\n".join([f"Norrvik AP — {BODY[0]}", *BODY[1:]])


@pytest.mark.parametrize("named", ['id="comentarios"', 'class="box post-comments"', 'class="user_comment_text"'])
def test_what_readers_write_is_no_part_of_the_article(named: str) -> None:
    read_by = f"<div {named}><ol><li><p>{BODY[2]}</p></li></ol></div>"
    assert fields(made(lines=BODY[:2]).replace(b"</article>", f"{read_by}</article>".encode()))["text"] == "\n".join(
        BODY[:2]
    )


@pytest.mark.parametrize("named", ["has-comments", "tone-comment"])
def test_a_page_that_takes_comments_is_none(named: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in BODY)
    data = f'<html><body><h1>The ferry sails</h1><div class="{named}">{body}</div></body></html>'.encode()
    assert fields(data)["text"] == "\n".join(BODY)


def test_a_line_that_credits_is_kept_where_an_extractor_drops_it() -> None:
    credit = '<p class="syndication-credit">Reuters</p>'
    photo = '<p class="photo-credit">AFP</p><figure><span class="credit-agency">AFP</span></figure>'
    text = str(fields(made().replace(b"</article>", f"{credit}{photo}</article>".encode()))["text"])
    assert text == "\n".join([*BODY, "Reuters"])


def test_a_line_that_credits_is_kept_though_the_text_names_it_too() -> None:
    lines = [*BODY, "She had told Reuters so on Sunday."]
    data = made(lines=lines).replace(b"</article>", b'<p class="syndication-credit">Reuters</p></article>')
    assert fields(data)["text"] == "\n".join([*lines, "Reuters"])
    assert str(fields(made(body='<p class="disclaimer">Reuters</p>'))["text"]).count("Reuters") == 1


def test_a_heading_under_the_headline_is_its_deck() -> None:
    assert fields(made(body="<h2>All of it, at last</h2>"))["deck"] == "All of it, at last"
    assert fields(made('<meta name="description" content="In short">'))["deck"] == "In short"


def test_addresses_that_are_none_say_nothing() -> None:
    node = {"@type": "NewsArticle", "isBasedOn": "http://[::1", "url": "http://[", "mainEntityOfPage": "https://"}
    head = linked(node) + '<link rel="canonical" href="http://[x"><meta name="original-source" content="http://a:b/">'
    assert fields(made(head))["origin_url"] == ""
    assert fields(made(head))["canonical_url"] == ""


# --- characters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        ("Zürich".encode(), None, "Zürich"),
        ("Zürich".encode("latin-1"), "text/html; charset=ISO-8859-1", "Zürich"),
        ('<meta charset="windows-1251">Минск'.encode("cp1251"), None, '<meta charset="windows-1251">Минск'),
        (
            '<meta charset="iso-8859-1">Zürich'.encode(),
            "text/html; charset=latin1",
            '<meta charset="iso-8859-1">Zürich',
        ),
        ("東京".encode("shift_jis"), "text/html; charset=Shift_JIS", "東京"),
        ("東京".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "東京"),
        ("Zürich".encode("utf-16"), None, "Zürich"),
        (b"\xef\xbb\xbf" + "Zürich".encode(), "text/html; charset=ascii", "Zürich"),
        ("Zürich, ".encode() + "“Zürich”".encode("cp1252"), "text/html; charset=utf-8", "Zürich, “Zürich”"),
        (b"plain", "text/html; charset=base64", "plain"),
        *(
            ("Zürich".encode("cp1252"), f"text/html; charset={odd}", "Zürich")
            for odd in ("undefined", "idna", "punycode")
        ),
        (b"plain", "text/html; charset=no-such-thing", "plain"),
    ],
)
def test_characters_are_what_the_bytes_are(data: bytes, header: str | None, text: str) -> None:
    assert charset.decoded(data, header) == text


TOLD = {
    "cp1251": "Паром снова вышел в море после двух дней тумана, сообщил начальник порта.",
    "euc-kr": "이틀간의 안개 끝에 여객선이 월요일 다시 출항했다고 항만 관계자가 말했다.",
    "shift_jis": "二日間の霧の後、フェリーは月曜日に再び出航したと港の責任者が記者団に語った。",
    "gb2312": "港口负责人周一对记者表示，渡轮在两天大雾之后再次起航，无人受伤。",
}
META = {"cp1251": "windows-1251"}


@pytest.mark.parametrize("encoding", TOLD)
@pytest.mark.parametrize(
    ("header", "meta"),
    [
        ("utf-8", "own"),
        ("utf-8", ""),
        (None, "utf-8"),
        (None, "undefined"),
        ("utf-16", "own"),
        (None, ""),
        (None, "late"),
    ],
)
def test_what_the_bytes_contradict_does_not_count(encoding: str, header: str | None, meta: str) -> None:
    pad = f"<script>{'var a = 1; // filler' * 4_000}</script>"
    own = META.get(encoding, encoding)
    said = f'<meta charset="{own if meta in ("own", "late") else meta}">' if meta else ""
    text = (
        f"<html>{'' if meta == 'late' else said}{pad}{said if meta == 'late' else ''}" + f"<p>{TOLD[encoding]}</p>" * 4
    )
    found = charset.decoded(text.encode(encoding), f"text/html; charset={header}" if header else None)
    assert found == text


def test_utf8_with_a_fault_is_utf8_whatever_is_declared() -> None:
    text = f'<meta charset="euc-kr">{"x" * 70_000}<p>{TOLD["euc-kr"]}</p>'
    assert charset.decoded(text.encode()[:-5]).startswith(text[:-6])
    stray = text.replace("<p>", "<p>caf\xe9 ").encode().replace("\xe9".encode(), b"\xe9")
    assert charset.decoded(stray) == text.replace("<p>", "<p>caf\xe9 ")


def test_an_undeclared_page_is_guessed() -> None:
    told = " ".join(["Паром снова вышел в море после двух дней тумана, сообщил начальник порта."] * 5)
    assert charset.decoded(told.encode("cp1251")) == told


@given(
    st.binary(max_size=400), st.none() | st.sampled_from(["text/html; charset=utf-8", "text/html; charset=big5", "x"])
)
def test_any_bytes_have_characters(data: bytes, header: str | None) -> None:
    assert isinstance(charset.decoded(data, header), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_sound_utf8_comes_out_as_it_is(text: str) -> None:
    data = f"é{text}".encode()
    assert charset.decoded(data, "text/html; charset=windows-1252") == f"é{text}"


# --- whatever comes --------------------------------------------------------------------------------------------------------


HOSTILE = {
    "deep": b"<html><body>" + b"<div>" * 100_000 + b"words" + b"</div>" * 100_000,
    "deep-inline": b"<html><body><p>" + b"<b>" * 100_000 + b"words",
    "deep-json": b'<html><script type="application/ld+json">' + b'{"@graph":[' * 50_000 + b"</script><body><p>words",
    "nul": b"<html><body>\0\0<p>wo\0rds</p>\0",
    "empty": b"",
    "nothing": b"<html></html>",
    "many": b"<html><body>" + b"<i></i>" * 60_000 + b"</body></html>",
    "attributes": b"<html><body><p " + b"".join(b"a%d='x' " % n for n in range(5_000)) + b">words",
    "binary": bytes(range(256)) * 50,
    "entity": b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>',
    "too-long": b"<html><body><p>" + b"word " * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_an_article_or_a_reject(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.html").write_bytes(HOSTILE[name])
    records, rejects, _ = whole(tmp_path / "a.html")
    assert records.num_rows + rejects.num_rows == 1
    assert not any("root:" in text for text in records["text"].to_pylist())


def test_a_page_that_breaks_the_extractor_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tree: object) -> object:
        raise RecursionError("too deep")

    monkeypatch.setattr(html, "_extractor", lambda: broken)
    (tmp_path / "a.html").write_bytes(made())
    _, rejects, _ = whole(tmp_path / "a.html")
    assert rejects["reason"].to_pylist() == ["HTML that cannot be taken apart: RecursionError: too deep"]


def test_without_the_extra_a_page_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html.importlib.util, "find_spec", lambda name: None)
    (tmp_path / "a.html").write_bytes(made())
    _, rejects, report = whole(tmp_path / "a.html")
    assert report.status == "failed"
    assert "pip install 'newswire-reprints[html]'" in rejects["reason"][0].as_py()


@given(damaged(made(linked({"@type": "NewsArticle", "headline": "X", "author": "Y"}))))
def test_a_damaged_page_has_an_article_or_none(data: bytes) -> None:
    with suppress(NoArticleError):
        assert fields(data)["text"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["@type", "@graph", "@id", "name", "url", "headline", "author", "NewsArticle"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_a_description_or_none(value: object) -> None:
    found = jsonld.article(jsonld.nodes([json.dumps(value)]), ["https://a.example"])
    for key in ("headline", "author", "url"):
        said = [jsonld.text(found.get(key)), *jsonld.names(found.get(key)), *jsonld.urls(found.get(key))]
        assert all(isinstance(one, str) and "<p>" not in one for one in said)
    assert fields(made(linked(value)))["text"] == "\n".join(BODY)


def test_a_copy_in_an_archive_has_the_address_of_the_page() -> None:
    at = "https://web.archive.org/web/20260309101112/"
    head = f'<link rel="canonical" href="{at}https://a.example/ferry">'
    found = fields(made(head), f"{at}https://a.example/ferry")
    assert (found["url"], found["canonical_url"]) == ("https://a.example/ferry", "https://a.example/ferry")
