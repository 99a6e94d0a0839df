"""NewsML-G2, NITF, ninjs, RSS and Atom: whose item it is, in which state, from when; and XML that means harm."""

from __future__ import annotations

import gzip
import itertools
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config
from pipeline.stages import clean
from pipeline.stages.lexicon import publishers
from pipeline.storage import read
from pipeline.storage.readers import feed, markup, ninjs
from pipeline.storage.readers.spelling import spelled
from tests.stages.tracing import traced
from tests.strategies import damaged

WIRES = Path(__file__).parents[1] / "golden" / "wires"
SETTINGS = config.Read(max_record_mb=1)
Row = dict[str, str | None]


def golden(name: str) -> list[Row]:
    return whole((WIRES / name).read_bytes(), name)[0]


def whole(data: bytes, name: str = "a.xml") -> tuple[list[Row], list[tuple[str, str]], read.FileReport]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        reading = read.batches([path], SETTINGS)
        batches = list(reading)
        records = [row for batch in batches for row in batch.records.to_pylist()]
        rejects = [row for batch in batches for row in batch.rejects.to_pylist()]
        assert len(records) + len(rejects) == reading.files[0].rows + reading.files[0].rejects
        places = [(row["source"].removeprefix(str(path)), row["reason"]) for row in rejects]
        return records, places, reading.files[0]


def status_of(rows: list[Row], place: int, name: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes((WIRES / name).read_bytes())
        (batch,) = read.batches([Path(folder) / name], SETTINGS)
    return clean.run(batch.records, config.Clean(), publishers.load("", {}))[0]["status"].to_pylist()[place]


# --- NewsML-G2 -----------------------------------------------------------------------------------------------------------


def test_a_news_message_has_several_items() -> None:
    rows, rejects, report = whole((WIRES / "newsml.xml").read_bytes())
    assert rejects == []
    assert [row["source_id"] for row in rows] == [
        f"urn:newsml:nordpress.example:20260309:{name}" for name in ("ferry", "bakery", "budget")
    ]
    assert report.passed == {"picture": 1, "composite": 1}


def test_an_item_says_whose_it_is() -> None:
    item = golden("newsml.xml")[0]
    assert item["headline"] == "Ferry runs aground off Sandvika; all 87 aboard are safe"
    assert item["publisher"] == "Nordpress"
    assert item["credit"] == "Nordpress/TT; Tidningarnas Telegrambyra; Nordpress"
    assert item["byline"] == "By Signe Aaker and Per Lund"
    assert item["dateline"] == "SANDVIKA, Norway, March 9"
    assert item["slug"] == "SANDVIKA-FERRY"
    assert item["language"] == "en-GB"
    assert item["published"] == "2026-03-09T06:20:00Z"
    assert item["modified"] == "2026-03-09T07:04:10Z"
    assert item["version"] == "3"
    assert item["rights"] == "Copyright 2026 Nordpress"
    assert item["note"] == "Updates with number of passengers; update"
    paragraphs = (item["text"] or "").split("\n")
    assert len(paragraphs) == 3
    assert paragraphs[1].startswith("Nobody was hurt. Passengers were given soup\xa0and blankets")
    assert "Photo" not in (item["text"] or "")


def test_a_withdrawal_without_a_body_reaches_the_article() -> None:
    item = golden("newsml.xml")[1]
    assert item["status"] == "canceled"
    assert (item["text"] or "").startswith("Nordpress withdraws its story")
    assert status_of(golden("newsml.xml"), 1, "newsml.xml") == "withdrawn"


def test_an_item_under_embargo_says_until_when() -> None:
    item = golden("newsml.xml")[2]
    assert (item["published"], item["embargo"]) == ("2026-03-09T08:00:00Z", "2026-03-09T15:00:00+01:00")
    assert golden("newsml.xml")[2]["text"] == "\n".join(
        [
            "The council of Sandvika will halve the toll on its bridge from July, according to a draft budget.",
            "The measure would cost four million crowns.",
        ]
    )


def test_a_correction_is_marked() -> None:
    data = (WIRES / "newsml.xml").read_bytes().replace(b"sig:update", b"sig:correction")
    assert whole(data)[0][0]["status"] == "corrected"


def test_whom_an_item_credits_arrives_where_credits_are_read() -> None:
    data = (WIRES / "newsml.xml").read_bytes().replace(b"Nordpress/TT", b"Reuters").replace(b"nprov:TT", b"nprov:DPA")
    item = whole(data)[0][0]
    credits, _ = traced(item["text"] or "", credit=item["credit"], byline=item["byline"])
    assert ("reuters", "metadata") in {(row["agency"], row["signal"]) for row in credits}


# --- NITF ------------------------------------------------------------------------------------------------------------------


def test_a_document_of_nitf() -> None:
    (item,) = golden("story.nitf")
    assert item == item | {
        "source_id": "cw-20260309-0117",
        "publisher": "Fenland Post",
        "credit": "Coastwire",
        "headline": "Keepers return to Gull Rock light after 31 years",
        "deck": "Machines could not be taught to polish brass",
        "byline": "Ada Merrow",
        "dateline": "GULL ROCK, Maine",
        "published": "2026-03-09T06:10:00-05:00",
        "modified": "2026-03-09T06:10:00-05:00",
        "embargo": "2026-03-09T12:00:00Z",
        "version": "2",
        "slug": "LIGHTHOUSE",
        "rights": "Coastwire",
        "status": "usable",
    }
    assert (item["text"] or "").split("\n")[1:] == [
        "Steps | 212",
        "The Coast Guard said the automatic lamp had failed nine times this winter.",
        "Ada Merrow writes of the islands for Coastwire.",
    ]


# --- ninjs -----------------------------------------------------------------------------------------------------------------


def test_ninjs_in_its_three_versions() -> None:
    rows, rejects, report = whole((WIRES / "ninjs.jsonl").read_bytes(), "a.jsonl")
    assert (len(rows), rejects, dict(report.passed)) == (3, [], {"picture": 1})
    first, second, third = rows
    assert first["text"] == "\n".join(
        [
            "A car ferry with 87 people aboard ran onto a sandbank off Sandvika early on Monday.",
            "Nobody was hurt, the harbour master said.",
        ]
    )
    assert (first["credit"], first["slug"], first["dateline"]) == ("Nordpress", "SANDVIKA-FERRY", "Sandvika")
    assert (first["published"], first["modified"]) == ("2026-03-09T06:20:00Z", "2026-03-09T07:04:10Z")
    assert (second["headline"], second["status"]) == ("Bakery doubles its prices", "canceled")
    assert second["text"] == "Withdrawn: the figures were those of another year."
    assert (third["published"], third["embargo"]) == ("2026-03-09T08:00:00Z", "2026-03-09T14:00:00Z")
    assert (third["credit"], third["byline"]) == ("Nordpress; TT", "Per Lund")
    assert (third["text"] or "").startswith("The council of Sandvika")


@pytest.mark.parametrize("envelope", ["items", "_items", "articles", None])
def test_ninjs_comes_in_lists(envelope: str | None) -> None:
    items = [json.loads(line) for line in (WIRES / "ninjs.jsonl").read_text(encoding="utf-8").splitlines()]
    data = json.dumps({envelope: items} if envelope else items).encode()
    assert len(whole(data, "a.json")[0]) == 3
    assert len(whole(json.dumps(items[2]).encode(), "one.json")[0]) == 1


def test_other_json_is_no_ninjs() -> None:
    for other in ({"uri": "8123", "body": "The ferry.", "dateTime": "2026"}, {"body_text": "x", "pubstatus": "usable"}):
        assert not ninjs.is_one(other)


@given(
    st.dictionaries(
        st.sampled_from(
            ["uri", "pubstatus", "type", "bodies", "headlines", "infosources", "body_xhtml", "altids", "by"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("<p>x"),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["role", "value", "name"]), inner)
            ),
            max_leaves=5,
        ),
    )
)
def test_any_object_in_such_names_is_read_or_rejected(value: dict[str, object]) -> None:
    data = json.dumps(
        value | {"uri": "1", "pubstatus": value.get("pubstatus", "usable"), "body_text": "words"}
    ).encode()
    rows, rejects, _ = whole(data, "a.jsonl")
    assert (len(rows), rejects) == (1, [])


# --- feeds -------------------------------------------------------------------------------------------------------------------


def test_a_feed_with_texts_in_full() -> None:
    rows, rejects, _ = whole((WIRES / "feed.rss").read_bytes(), "a.rss")
    (item,) = rows
    assert item == item | {
        "source_id": "lh-311",
        "url": "https://www.lakesideherald.example/local/marina-herons-311",
        "publisher": "Lakeside Herald",
        "headline": "Marina opens its gates to herons & geese",
        "byline": "Associated Press",
        "language": "en-us",
        "published": "Mon, 09 Mar 2026 08:15:00 -0600",
    }
    assert (item["text"] or "").count("\n") == 2
    assert "Photo" not in (item["text"] or "")
    assert [place for place, _ in rejects] == [":2"]
    assert "only a summary" in rejects[0][1]


def test_a_feed_of_atom() -> None:
    (item,) = golden("feed.atom")
    assert item == item | {
        "source_id": "tag:seeblatt.example,2026:4711",
        "url": "https://www.seeblatt.example/region/faehre-4711.html",
        "origin_url": "https://www.nordpress.example/de/faehre",
        "publisher": "Seeblatt",
        "headline": "Fähre fährt wieder",
        "byline": "Nordpress",
        "language": "de",
        "rights": "© Nordpress",
        "published": "2026-03-09T10:00:00+01:00",
        "modified": "2026-03-09T11:30:00+01:00",
    }


def test_a_long_description_is_the_text_and_another_site_no_publisher() -> None:
    words = "".join(f"<p>{'The ferry sailed again on Monday. ' * 10}</p>" for _ in range(3))
    feed = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>All the news</title><link>https://all.example/</link>
      </channel><item><title>Ferry</title><link>https://norrvik.example/a/1</link><dc:date>2026-03-09T08:00Z</dc:date>
      <source url="https://wire.example/">Nordpress</source>
      <description><![CDATA[{words}]]></description></item></rdf:RDF>"""
    rows, rejects, _ = whole(feed.encode())
    assert rejects == []
    assert (rows[0]["publisher"], rows[0]["credit"], rows[0]["published"]) == (None, "Nordpress", "2026-03-09T08:00Z")
    assert len((rows[0]["text"] or "").split("\n")) == 3


def test_a_long_description_without_spaces_is_the_text() -> None:
    words = "".join(f"<p>{'渡轮周一在大雾散去之后重新启航，厨师说，船上的人都很高兴。' * 4}</p>" for _ in range(4))
    feed = f"""<rss><channel><title>新闻</title><link>https://norrvik.example/</link><item><title>渡轮</title>
      <link>https://norrvik.example/a/1</link><description><![CDATA[{words}]]></description></item></channel></rss>"""
    rows, rejects, _ = whole(feed.encode())
    assert rejects == []
    assert len((rows[0]["text"] or "").split("\n")) == 4


STORY = "The ferry sailed again on Monday after two days of fog, its cook said."


def feed_of(*items: str, title: str = "Norrvik Post", more: str = "") -> bytes:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
    channel = f"<title>{title}</title><link>https://norrvikpost.example/</link>{more}{''.join(items)}"
    return f"<rss {spaces}><channel>{channel}</channel></rss>".encode()


def item_of(words: str = STORY, *, escaped: str = "", more: str = "") -> str:
    content = escaped or f"<![CDATA[<p>{words}</p>]]>"
    return (
        f"<item><title>Ferry</title><link>https://norrvikpost.example/a</link>{more}"
        f"<content:encoded>{content}</content:encoded></item>"
    )


@pytest.mark.parametrize(
    ("title", "publisher"),
    [
        ("World – Norrvik Post", "Norrvik Post"),
        ("Norrvik Post | World", "Norrvik Post"),
        ("Norrvik Post", "Norrvik Post"),
        ("World | Top stories", None),  # neither is written as the host is
    ],
)
def test_of_the_title_of_a_feed_the_part_that_is_written_as_its_host_is_the_publisher(
    title: str, publisher: str | None
) -> None:
    assert whole(feed_of(item_of(), title=title))[0][0]["publisher"] == publisher


def test_what_an_item_says_in_short_is_the_deck_unless_its_text_begins_so() -> None:
    for said, deck in (("In short.", "In short."), (f"{STORY[:50]} […]", None), ("So it was. […]", "So it was.")):
        rows, _, _ = whole(feed_of(item_of(more=f"<description>{said}</description>")))
        assert rows[0]["deck"] == deck


def test_an_export_of_wordpress_has_items_that_are_no_articles() -> None:
    kinds = [("attachment", "inherit"), ("page", "publish"), ("post", "draft"), ("post", "publish")]
    items = [item_of(more=f"<wp:status>{s}</wp:status><wp:post_type>{k}</wp:post_type>") for k, s in kinds]
    rows, rejects, report = whole(feed_of(*items))
    assert (len(rows), rejects, report.passed) == (1, [], {"attachment": 1, "page": 1, "draft": 1})


def test_newlines_are_breaks_where_no_tag_is() -> None:
    lines = "One line &lt;em&gt;of two&lt;/em&gt;.\n\nThe other."
    assert whole(feed_of(item_of(escaped=lines)))[0][0]["text"] == "One line of two.\nThe other."
    typed = "<![CDATA[<pre>One line\nof <b>two</b>\nand three</pre><p>More\nwords</p>]]>"
    assert whole(feed_of(item_of(escaped=typed)))[0][0]["text"] == "One line\nof two\nand three\nMore words"


def test_an_entry_of_atom_without_an_author_has_that_of_its_feed() -> None:
    entry = f"<entry><title>T</title><link href='https://a.example/1'/><content type='text'>{STORY}</content></entry>"
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Nordpress</name></author>{entry}</feed>"
    assert whole(feed.encode())[0][0]["byline"] == "Nordpress"


def test_a_document_of_nitf_says_in_several_places_when_it_is_of_and_who_wrote_it() -> None:
    head = '<docdata><doc-id id-string="1"/></docdata><pubdata date.publication="20260309T000000" name="Norrvik Post"/>'
    byline = "<byline>By IDA TERN<byttl>Nordpress Writer</byttl></byline>"
    for dated, published in (
        ("", "2026-03-09T00:00:00"),
        ('<dateline>NORRVIK<story.date norm="20260310T182000Z">x</story.date></dateline>', "2026-03-10T18:20:00Z"),
    ):
        body = f"<body.head>{byline}{dated}</body.head><body.content><p>{STORY}</p></body.content>"
        rows, _, _ = whole(f"<nitf><head>{head}</head><body>{body}</body></nitf>".encode())
        assert (rows[0]["published"], rows[0]["byline"]) == (published, "IDA TERN, Nordpress Writer")


def test_of_several_headlines_of_newsml_the_main_one_counts() -> None:
    heads = '<headline role="hl:short">Short</headline><headline role="hl:main">The ferry sails again</headline>'
    item = (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1">'
        '<itemMeta><itemClass qcode="ninat:text"/></itemMeta>'
        f"<contentMeta>{heads}</contentMeta><contentSet><inlineData>{STORY}</inlineData></contentSet></newsItem>"
    )
    assert whole(item.encode())[0][0]["headline"] == "The ferry sails again"


# --- XML that means harm, or is broken ------------------------------------------------------------------------------------


def rss(*bodies: str, head: str = "") -> bytes:
    items = "".join(
        f"<item><title>T{n}</title><content:encoded>{body}</content:encoded></item>" for n, body in enumerate(bodies)
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f"{head}<rss {space}><channel>{items}</channel></rss>".encode()


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY l12 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_no_entity_is_expanded_and_nothing_fetched(head: str) -> None:
    rows, rejects, _ = whole(rss(f"{STORY} &l12;", STORY, head=head))
    assert len(rows) + len(rejects) >= 1
    for row in rows:
        assert len(row["text"] or "") < 200
        assert "root:" not in (row["text"] or "")
        assert (row["text"] or "").startswith(STORY)


def test_names_of_html_and_stray_bytes_are_characters() -> None:
    data = rss(f"{STORY} caf&eacute; &mdash; &amp;").replace(b"Monday", b"M\xf6nday \x96")
    (row,) = whole(data)[0]
    assert row["text"] == f"{STORY} café — &".replace("Monday", "Mönday –")


def test_a_name_is_whole_where_chunks_meet() -> None:
    for pad in range(65_536 - 200, 65_536 - 100, 7):
        data = rss(f"{'x' * pad} caf&eacute; caf&eacute; &mdash; {STORY}")
        (row,) = whole(data)[0]
        assert (row["text"] or "").endswith(f"x café café — {STORY}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1251"])
def test_a_declared_encoding_is_kept(encoding: str) -> None:
    word = "Минск" if encoding == "windows-1251" else "Zürich"
    data = rss(f"{STORY} {word}", head=f'<?xml version="1.0" encoding="{encoding}"?>').decode().encode(encoding)
    assert (whole(data)[0][0]["text"] or "").endswith(word)


RUSSIAN = "Паром снова вышел в море в понедельник после двух дней тумана, сообщил начальник порта."
KOREAN = "이틀간의 안개 끝에 여객선이 월요일 다시 출항했다고 항만 관계자가 말했다. 다친 사람은 없었다."
CURLY = "L\u2019\u0153uvre \u2013 \u201cdit-il\u201d \u2013 co\u00fbte 3 \u20ac."


@pytest.mark.parametrize(
    ("words", "encoding", "declared"),
    [
        (RUSSIAN, "utf-8", "windows-1251"),
        (KOREAN, "utf-8", "iso-8859-1"),
        (KOREAN, "utf-8", "euc-kr"),
        (RUSSIAN, "cp1251", "utf-8"),
        (KOREAN, "euc-kr", None),
        (KOREAN, "cp949", "ks_c_5601-1987"),
        (CURLY, "cp1252", "iso-8859-1"),
        (RUSSIAN, "utf-16-le", None),
        (RUSSIAN, "utf-8", "bogus-1"),
        (RUSSIAN, "utf-8", "undefined"),
    ],
)
@pytest.mark.parametrize("pad", [0, 70_000])
def test_what_the_bytes_are_counts(words: str, encoding: str, declared: str | None, pad: int) -> None:
    head = '<?xml version="1.0"{}?>'.format(f' encoding="{declared}"' if declared else "")
    data = rss("x" * pad + STORY, f"{STORY} {words}", head=head).decode().encode(encoding)
    rows, rejects, _ = whole(data)
    assert rejects == []
    assert rows[1]["text"] == f"{STORY} {words}"


def test_a_file_that_was_cut_keeps_its_items() -> None:
    data = rss(STORY, STORY, STORY)
    rows, rejects, report = whole(data[: data.rfind(b"Monday")])
    assert len(rows) == 2
    assert rejects == [("", "broken XML: it ends, or cannot be read on, within item 3")]
    assert report.status == "failed"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("one < two & three <3 <= four", "one < two & three <3 <= four"),
        ("one &#55357;&#56832; two &#xD83D;&#xDE00; three", "one \U0001f600 two \U0001f600 three"),
        ("half &#55357; and half &#xDE00;&#xD83D;", "half \ufffd and half \ufffd\ufffd"),
        ("one \x0b\x1b two", "one  two"),
        ("<![CDATA[one & two &lt; three &#55357;]]>", "one & two < three \ufffd"),
    ],
)
def test_what_is_no_markup_is_text(said: str, meant: str) -> None:
    for pad in (0, *range(65_536 - 240, 65_536 - 80, 9)):  # also where chunks meet
        rows, rejects, _ = whole(rss(STORY, f"{'x' * pad} {said} {STORY}", STORY))
        assert rejects == []
        assert [(row["text"] or "").strip("x ") for row in rows] == [STORY, f"{meant} {STORY}", STORY]


ODD = "& < &amp; &eacute; &#55357; &#56832; &#56350; &#xD83D; <![CDATA[ ]]> ] <a> </a> a".split()


@given(st.lists(st.sampled_from([*ODD, " ", "é", "&foo;", "&#1;", "x" * 30]), max_size=12), st.data())
def test_xml_is_spelled_alike_wherever_pieces_meet(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)))
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    assert b"".join(spelled(pieces)) == b"".join(spelled([text]))


def test_an_address_and_a_name_are_read_whole_though_nobody_escaped_them() -> None:
    item = f"<item><title><![CDATA[A & B]]></title><link>https://a.example/?a=1&cat=2</link><c>{STORY}</c></item>"
    head = '<?xml version="1.0"?><rss xmlns:x="http://purl.org/rss/1.0/modules/content/"><channel>'
    data = f"{head}{item}{item}</channel></rss>".replace("c>", "x:encoded>").encode()
    rows, rejects, _ = whole(data)
    assert rejects == []
    assert [(row["headline"], row["url"]) for row in rows] == [("A & B", "https://a.example/?a=1&cat=2")] * 2


def test_an_item_that_finds_the_fault_of_a_library_is_one_reject(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(element: object, *names: str) -> str:
        raise UnicodeDecodeError("utf-8", b"\xed", 0, 1, "odd")

    monkeypatch.setattr(feed, "_text", broken)
    _, rejects, report = whole(rss(STORY, STORY)[:-40])
    assert [place for place, _ in rejects] == ["", ":1"] or [place for place, _ in rejects] == [""]
    assert report.status == "failed"
    assert "UnicodeDecodeError" in rejects[0][1]


def test_an_item_too_long_ends_the_file() -> None:
    rows, rejects, _ = whole(gzip.compress(rss(STORY, "word " * 3_000_000, STORY)), "a.xml.gz")
    assert len(rows) == 1
    assert "max_record_mb" in rejects[0][1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "broken XML: Document is empty"),
        (b"<?xml version='1.0'?><svg/>", "its root is <svg>; known are NewsML-G2"),
        (b"<a>" * 100_000, "its root is <a>"),
        (b"words", "there is no element in it"),
        (b"\0\0\0\0", "broken XML"),
    ],
)
def test_xml_of_no_use_is_one_reject(data: bytes, reason: str) -> None:
    rows, rejects, _ = whole(data)
    assert rows == []
    assert reason in rejects[0][1]


@pytest.mark.parametrize(("stray", "n_rows"), [(b"<channel>", 0), (b"</item>", 1)])
def test_a_tag_closed_too_often_may_have_hidden_what_follows(stray: bytes, n_rows: int) -> None:
    """The parser mends it by closing more than was meant, in the worst case the document: then it says that it has ended."""
    data = rss(STORY)
    broken = data.replace(stray, stray + b"<a></b></b>" if stray.startswith(b"</") else stray + b"</channel></rss2>", 1)
    rows, rejects, report = whole(broken)
    assert len(rows) == n_rows
    assert "broken XML in line" in rejects[0][1]
    assert "what follows may be missing" in rejects[0][1]
    assert report.status == "failed"


def test_depth_is_bounded() -> None:
    rows, rejects, _ = whole(rss(STORY, "<b>" * 100_000 + "x" + "</b>" * 100_000))
    assert len(rows) == 1
    assert len(rejects) == 1


GOLDEN = {path.name: path.read_bytes() for path in sorted(WIRES.iterdir()) if path.suffix != ".jsonl"}


@given(st.sampled_from(sorted(GOLDEN)).flatmap(lambda name: damaged(GOLDEN[name])))
def test_damaged_xml_is_read_or_rejected(data: bytes) -> None:
    rows, rejects, report = whole(data)
    assert all(row["text"] for row in rows)
    assert rejects or rows or report.passed


@given(st.text(max_size=80))
def test_any_text_has_lines(text: str) -> None:
    assert isinstance(markup.plain(text), str)
