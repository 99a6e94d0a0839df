"""The field names of the common extractors, each in the shape of that tool's own output. All stories are invented."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import schema
from pipeline.storage.readers.fields import FIELDS, Mapping

TEXT = "The lighthouse at Gull Point was lit again.\nKeepers cheered."

SHAPES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "trafilatura": (
        {
            "title": "Lighthouse lit",
            "author": "Ida Tern; Olaf Auk",
            "hostname": "gullpost.example",
            "date": "2024-05-01",
            "fingerprint": "03f1",
            "id": None,
            "license": None,
            "comments": "",
            "raw_text": "raw",
            "text": TEXT,
            "language": "en",
            "image": None,
            "pagetype": "article",
            "filedate": "2024-05-03",
            "source": "https://www.gullpost.example/lighthouse",
            "source-hostname": "The Gull Post",
            "excerpt": "After nine years.",
            "categories": "",
            "tags": "",
        },
        {
            "headline": "Lighthouse lit",
            "byline": "Ida Tern; Olaf Auk",
            "host": "gullpost.example",
            "published": "2024-05-01",
            "fetched": "2024-05-03",
            "url": "https://www.gullpost.example/lighthouse",
            "publisher": "The Gull Post",
            "deck": "After nine years.",
            "language": "en",
        },
    ),
    "news-please": (
        {
            "authors": ["Ida Tern", "Olaf Auk"],
            "date_download": "2024-05-03 01:00:00",
            "date_modify": "None",
            "date_publish": "2024-05-01 10:00:00",
            "description": "After nine years.",
            "filename": "lighthouse.json",
            "image_url": None,
            "language": "en",
            "localpath": None,
            "maintext": TEXT,
            "source_domain": "www.gullpost.example",
            "text": None,
            "title": "Lighthouse lit",
            "title_page": None,
            "title_rss": None,
            "url": "https://gullpost.example/lighthouse",
        },
        {
            "headline": "Lighthouse lit",
            "byline": "Ida Tern; Olaf Auk",
            "host": "www.gullpost.example",
            "published": "2024-05-01 10:00:00",
            "fetched": "2024-05-03 01:00:00",
            "url": "https://gullpost.example/lighthouse",
            "deck": "After nine years.",
            "language": "en",
        },
    ),
    "fundus": (
        {
            "title": "Lighthouse lit",
            "body": {
                "summary": [],
                "sections": [
                    {"headline": [], "paragraphs": ["The lighthouse at Gull Point was lit again."]},
                    {"headline": ["Keepers cheered."], "paragraphs": []},
                ],
            },
            "authors": ["Ida Tern"],
            "publishing_date": "2024-05-01 10:00:00+02:00",
            "topics": ["Sea"],
            "free_access": True,
            "publisher": "GullPost",
            "lang": "en",
        },
        {
            "headline": "Lighthouse lit",
            "byline": "Ida Tern",
            "published": "2024-05-01 10:00:00+02:00",
            "publisher": "GullPost",
            "language": "en",
        },
    ),
    "newspaper4k": (
        {
            "url": "https://gullpost.example/lighthouse?x=1",
            "source_url": "https://gullpost.example",
            "original_url": "https://t.example/1",
            "title": "Lighthouse lit",
            "text": TEXT,
            "authors": [],
            "publish_date": "2024-05-01T10:00:00",
            "canonical_link": "https://gullpost.example/lighthouse",
            "meta_site_name": "The Gull Post",
            "meta_lang": "en",
            "meta_description": "After nine years.",
            "meta_data": {"og": {"title": "no"}},
            "keywords": ["sea"],
        },
        {
            "headline": "Lighthouse lit",
            "url": "https://gullpost.example/lighthouse?x=1",
            "canonical_url": "https://gullpost.example/lighthouse",
            "host": "gullpost.example",
            "published": "2024-05-01T10:00:00",
            "publisher": "The Gull Post",
            "deck": "After nine years.",
            "language": "en",
        },
    ),
    "mcmetadata": (
        {
            "original_url": "http://t.example/1",
            "url": "https://gullpost.example/lighthouse",
            "normalized_url": "http://gullpost.example/lighthouse",
            "canonical_domain": "gullpost.example",
            "canonical_url": "https://gullpost.example/lighthouse",
            "publication_date": "2024-05-01",
            "language": "en",
            "full_language": "en-GB",
            "text_extraction_method": "trafilatura",
            "article_title": "Lighthouse lit",
            "text_content": TEXT,
            "is_homepage": False,
            "other": {},
        },
        {
            "headline": "Lighthouse lit",
            "url": "https://gullpost.example/lighthouse",
            "canonical_url": "https://gullpost.example/lighthouse",
            "host": "gullpost.example",
            "published": "2024-05-01",
            "language": "en",
        },
    ),
    "NewsAPI": (
        {
            "source": {"id": None, "name": "The Gull Post"},
            "author": "Ida Tern",
            "title": "Lighthouse lit",
            "description": "After nine years.",
            "url": "https://gullpost.example/lighthouse",
            "urlToImage": None,
            "publishedAt": "2024-05-01T10:00:00Z",
            "content": TEXT,
        },
        {
            "publisher": "The Gull Post",
            "byline": "Ida Tern",
            "headline": "Lighthouse lit",
            "deck": "After nine years.",
            "url": "https://gullpost.example/lighthouse",
            "published": "2024-05-01T10:00:00Z",
        },
    ),
    "Event Registry": (
        {
            "uri": "812",
            "lang": "eng",
            "isDuplicate": False,
            "date": "2024-05-01",
            "time": "10:05:00",
            "dateTime": "2024-05-01T10:05:00Z",
            "dateTimePub": "2024-05-01T10:00:00Z",
            "url": "https://gullpost.example/lighthouse",
            "title": "Lighthouse lit",
            "body": TEXT,
            "source": {"uri": "gullpost.example", "title": "The Gull Post"},
            "authors": [{"name": "Ida Tern", "type": "author"}, {"name": "Olaf Auk"}],
        },
        {
            "source_id": "812",
            "language": "eng",
            "published": "2024-05-01T10:00:00Z",
            "fetched": "2024-05-01T10:05:00Z",
            "url": "https://gullpost.example/lighthouse",
            "headline": "Lighthouse lit",
            "publisher": "The Gull Post",
            "host": "gullpost.example",
            "byline": "Ida Tern; Olaf Auk",
        },
    ),
    "schema.org": (
        {
            "@type": "NewsArticle",
            "headline": "Lighthouse lit",
            "articleBody": TEXT,
            "author": [{"@type": "Organization", "name": "Auk Wire"}],
            "publisher": {"@type": "Organization", "name": "The Gull Post", "logo": {"url": "https://x.example/l.png"}},
            "sourceOrganization": {"name": "Auk Wire"},
            "isBasedOn": "https://aukwire.example/1",
            "datePublished": "2024-05-01T10:00:00Z",
            "dateModified": "2024-05-01T11:00:00Z",
            "inLanguage": "en",
        },
        {
            "headline": "Lighthouse lit",
            "byline": "Auk Wire",
            "publisher": "The Gull Post",
            "credit": "Auk Wire",
            "origin_url": "https://aukwire.example/1",
            "published": "2024-05-01T10:00:00Z",
            "modified": "2024-05-01T11:00:00Z",
            "language": "en",
        },
    ),
    "wire feed": (
        {
            "usn": "a0042",
            "version": 3,
            "firstCreated": "2024-05-01T09:00:00Z",
            "versionCreated": "2024-05-01T10:00:00Z",
            "headlines": [{"value": "Lighthouse lit"}, {"value": "LEAD: Lighthouse"}],
            "bylines": [{"by": "Ida Tern"}, {"by": "Olaf Auk"}],
            "datelinelocation": {"name": "GULL POINT"},
            "pubStatus": "usable",
            "edNote": "ADDS keepers",
            "copyrightnotice": "(c) Auk Wire",
            "body_text": TEXT,
        },
        {
            "source_id": "a0042",
            "version": "3",
            "published": "2024-05-01T09:00:00Z",
            "modified": "2024-05-01T10:00:00Z",
            "headline": "Lighthouse lit",
            "byline": "Ida Tern; Olaf Auk",
            "dateline": "GULL POINT",
            "status": "usable",
            "note": "ADDS keepers",
            "rights": "(c) Auk Wire",
        },
    ),
    "a spreadsheet": (
        {
            "Article ID": "9",
            "Title": "Lighthouse lit",
            "Full Text": TEXT,
            "Source": "The Gull Post",
            "Pub Date": "5/1/2024",
        },
        {"source_id": "9", "headline": "Lighthouse lit", "publisher": "The Gull Post", "published": "5/1/2024"},
    ),
    "columns here": (
        {"id": "o-1", "publisher": "gullpost.example", "body": TEXT, "author": "Ida Tern", "captured": "2024-05-02"},
        {"source_id": "o-1", "publisher": "gullpost.example", "byline": "Ida Tern", "fetched": "2024-05-02"},
    ),
}


@pytest.mark.parametrize("tool", SHAPES)
def test_the_tools_names_are_known(tool: str) -> None:
    row, expected = SHAPES[tool]
    record = Mapping({}).record(row)
    assert record is not None
    assert (record.field, record.text) == ("body", TEXT)
    assert record.values == expected


def test_fields_are_the_columns_of_the_contract() -> None:
    columns = set(schema.RECORDS.names) - {"record", "source", "line", "field"}
    assert set(FIELDS) == columns | {"page", "zone"}


def test_flattened_names_mean_the_same_as_nested_ones() -> None:
    record = Mapping({}).record({"text": "t", "source.name": "The Gull Post", "source.uri": "gull.example"})
    assert record is not None
    assert record.values == {"publisher": "The Gull Post", "host": "gull.example"}


def test_source_is_an_address_a_publisher_or_a_credit() -> None:
    mapping = Mapping({})
    for row, expected in [
        ({"source": "https://g.example/1"}, {"url": "https://g.example/1"}),
        ({"source": "The Gull Post"}, {"publisher": "The Gull Post"}),
        ({"source": "Auk Wire", "publisher": "The Gull Post"}, {"publisher": "The Gull Post", "credit": "Auk Wire"}),
    ]:
        record = mapping.record({"text": "t", **row})
        assert record is not None
        assert record.values == expected


def test_an_id_that_is_an_address_is_the_address() -> None:
    record = Mapping({}).record({"guid": "https://g.example/a", "text": "t"})
    assert record is not None
    assert record.values == {"url": "https://g.example/a"}


@pytest.mark.parametrize("name", ["embargo", "embargoed", "embargoedUntil", "Embargo Until", "hold_until"])
def test_until_when_nobody_may_print_a_text_is_read(name: str) -> None:
    found = Mapping({}).record({"text": "The ferry is late.", name: "2026-03-09T14:00:00Z"})
    assert found is not None
    assert found.values == {"embargo": "2026-03-09T14:00:00Z"}


def test_a_field_can_be_had_from_no_column() -> None:
    row = {"id": "17", "title": "Ferry late", "text": "The ferry is late.", "url": "https://fen.example/ferry"}
    found = Mapping({"source_id": ""}).record(row)
    assert found is not None
    assert found.values == {"headline": "Ferry late", "url": "https://fen.example/ferry"}


def test_overrides_come_first_and_aliases_still_count() -> None:
    mapping = Mapping({"headline": "meta.line", "text": "prose"})
    record = mapping.record({"meta": {"line": "Mine"}, "title": "Theirs", "prose": "mine", "text": "theirs"})
    assert record is not None
    assert (record.text, record.values) == ("mine", {"headline": "Mine"})
    record = mapping.record({"title": "Theirs", "text": "theirs"})
    assert record is not None
    assert (record.text, record.values) == ("theirs", {"headline": "Theirs"})


def test_a_page_column_is_read_where_there_is_no_text() -> None:
    record = Mapping({}).record({"page": "Gull Post\nLighthouse lit", "text": ""})
    assert record is not None
    assert (record.field, record.text) == ("page", "Gull Post\nLighthouse lit")
    record = Mapping({"page": "scraped"}).record({"scraped": "all", "text": "some"})
    assert record is not None
    assert (record.field, record.text) == ("page", "all")


def test_only_columns_that_mean_something_are_asked_for() -> None:
    assert Mapping({}).columns(["vector", "Body", "source", "x", "title"]) == ["Body", "source", "title"]
    assert not Mapping({}).has_text(["id", "title"])
    assert Mapping({}).record({"title": "no text"}) is None


@pytest.mark.parametrize("nothing", ["nan", "NaN", "None", "null", "NULL", "<NA>", r"\N", " nan ", ""])
def test_a_text_that_is_missing_is_none(nothing: str) -> None:
    assert Mapping({}).record({"text": nothing, "title": "Of it"}) is None
    found = Mapping({}).record({"text": nothing, "body": "Words of it.", "author": nothing})
    assert found is not None
    assert (found.text, found.values) == ("Words of it.", {})


def told(**row: object) -> dict[str, str]:
    """What a row with a text says beside it."""
    record = Mapping({}).record({"text": TEXT, **row})
    assert record is not None
    assert record.text == TEXT
    return record.values


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("authors", "['Ida Tern', \"Olaf O'Auk\"]", "Ida Tern; Olaf O'Auk"),
        ("authors", "['Ida Tern' 'Olaf Auk']", "Ida Tern; Olaf Auk"),
        ("authors", "['Ida Tern'\n 'Olaf Auk']", "Ida Tern; Olaf Auk"),
        ("authors", '["Ida Tern", null]', "Ida Tern"),
        ("authors", '{"Ida Tern",Auk}', "Ida Tern; Auk"),
        ("authors", '{"Ida \\"Gull\\" Tern"}', 'Ida "Gull" Tern'),
        ("authors", "{Auk}", "Auk"),
        ("authors", "[{'name': 'Ida Tern'}, {'name': 'Olaf Auk'}]", "Ida Tern; Olaf Auk"),
        ("author", "[Auk Wire]", "[Auk Wire]"),
        ("author", "{author}", "{author}"),
        ("author", "['Ida Tern", "['Ida Tern"),
        ("title", "['Lighthouse lit']", "Lighthouse lit"),
        ("title", "[LIVE] Lighthouse lit", "[LIVE] Lighthouse lit"),
        ("source", "{'id': None, 'name': 'The Gull Post'}", "The Gull Post"),
        ("published", '{"$date": "2024-05-01T10:00:00Z"}', "2024-05-01T10:00:00Z"),
    ],
)
def test_lists_and_objects_that_were_written_as_text(field: str, written: str, meant: str) -> None:
    assert list(told(**{field: written}).values()) == [meant]


@pytest.mark.parametrize("empty", ["[]", "{}", "['']", "[None]"])
def test_a_list_of_nothing_is_nothing(empty: str) -> None:
    assert told(authors=empty, source=empty) == {}


@pytest.mark.parametrize(
    "text",
    [
        str(TEXT.split("\n")),
        '["The lighthouse at Gull Point was lit again.", "Keepers cheered."]',
        {"rendered": "<p>The lighthouse at Gull Point was lit again.</p>\n<p>Keepers cheered.</p>", "protected": False},
        [{"value": TEXT, "processed": f"<p>{TEXT}</p>".replace("\n", "</p><p>"), "summary": "After nine years."}],
        [{"type": "text", "content": paragraph} for paragraph in TEXT.split("\n")]
        + [{"type": "image", "text": "A lamp"}],
        {"blocks": [{"type": "paragraph", "data": {"text": paragraph}} for paragraph in TEXT.split("\n")], "time": 1},
        [
            {
                "_type": "block",
                "children": [{"_type": "span", "text": "The lighthouse at "}, {"text": "Gull Point was lit again."}],
            },
            {
                "_type": "block",
                "children": [{"text": "Keepers "}, {"type": "link", "children": [{"text": "cheered"}]}, {"text": "."}],
            },
        ],
        {
            "type": "doc",
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": p}]} for p in TEXT.split("\n")],
        },
    ],
)
def test_text_in_lists_blocks_and_fields(text: object) -> None:
    record = Mapping({}).record({"title": "Lighthouse lit", "content": text})
    assert record is not None
    assert (record.text, record.values) == (TEXT, {"headline": "Lighthouse lit"})


def test_sections_keep_their_headlines_and_articles_are_no_sections() -> None:
    sections = [{"headline": "By night", "text": "The lamp burns."}, {"title": "By day", "text": "It does not."}]
    record = Mapping({}).record({"body": sections})
    assert record is not None
    assert record.text == "By night\nThe lamp burns.\nIt does not."
    articles = [{"title": "Lamp", "text": "It burns.", "url": "https://g.example/1"}]
    assert Mapping({}).record({"content": articles * 2}) is None
    record = Mapping({}).record({"id": 7, "article": {"title": "Lamp", "text": "It burns."}})
    assert record is not None
    assert record.values == {"source_id": "7", "headline": "Lamp"}


@pytest.mark.parametrize("value", [True, False, "N/A", "unknown", "False", 17, "17", "https://g.example/author/ida"])
def test_what_is_no_name_is_no_byline(value: object) -> None:
    assert "byline" not in told(author=value, title="Lighthouse lit")
    assert told(author=["Ida Tern", value])["byline"] == "Ida Tern"


def test_what_is_no_name_is_nothing_elsewhere() -> None:
    assert told(title=False, wire=True, agency=False, provider="newsapi", lang="und", source="mC4") == {}
    assert told(title="17", publisher="20 Minuten", agency="Auk Wire", provider="newsapi") == {
        "headline": "17",
        "publisher": "20 Minuten",
        "credit": "Auk Wire",
    }
    assert told(title="\n   Lighthouse\n lit ", version="1.4.1") == {"headline": "Lighthouse lit"}


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"$date": "2024-05-01T10:00:00Z"}, "2024-05-01T10:00:00Z"),
        ({"$date": {"$numberLong": "1714557600000"}}, "1714557600000"),
        ({"date": "2024-05-01 10:00:00.000000", "timezone_type": 3, "timezone": "UTC"}, "2024-05-01T10:00:00+00:00"),
        ({"date": "2024-05-01 12:00:00", "timezone": "Europe/Paris"}, "2024-05-01T12:00:00+02:00"),
        ({"_seconds": 1714557600, "_nanoseconds": 0}, "1714557600"),
        ({"rfc2822": "Wed, 01 May 2024 10:00:00 +0000", "iso8601": "2024-05-01T10:00:00Z"}, "2024-05-01T10:00:00Z"),
        ([2024, 5, 1, 10, 0], "2024-05-01T10:00:00"),
        ([2024, 5, 1], "2024-05-01"),
        ([{"value": "2024-05-01T10:00:00+00:00", "format": "Y-m-d"}], "2024-05-01T10:00:00+00:00"),
        (["2024-05-01", "2024-05-02"], "2024-05-01"),
    ],
)
def test_times_in_objects_and_lists(value: object, meant: str) -> None:
    assert told(published=value) == {"published": meant}


def test_ids_and_names_in_objects() -> None:
    row = {
        "_id": {"$oid": "65ec8f"},
        "authors": [{"first_name": "Ida", "last_name": "Tern"}],
        "language": {"code": "en"},
    }
    assert told(**row) == {"source_id": "65ec8f", "byline": "Ida Tern", "language": "en"}


def test_a_time_has_the_zone_that_its_column_or_another_says() -> None:
    assert told(published="2024-05-01 10:00:00", timezone="America/Denver") == {
        "published": "2024-05-01T10:00:00-06:00"
    }
    assert told(published="2024-05-01T10:00:00Z", timezone="America/Denver") == {"published": "2024-05-01T10:00:00Z"}
    assert told(published="2024-05-01T10:00:00", tz="no zone") == {"published": "2024-05-01T10:00:00"}
    assert told(date="2024-05-01T12:00:00", date_gmt="2024-05-01T10:00:00") == {
        "published": "2024-05-01T10:00:00+00:00"
    }


def test_the_time_of_a_crawl_is_none_of_publication() -> None:
    assert told(timestamp="2024-05-03T01:00:00Z") == {"fetched": "2024-05-03T01:00:00Z"}
    assert told(date="2024-05-03", dump="CC-2024") == {"fetched": "2024-05-03"}
    assert told(date="2024-05-01", url="https://g.example/1")["published"] == "2024-05-01"
    assert told(published="yesterday", pub_date="2024-05-01") == {"published": "2024-05-01"}


def test_an_outlet_s_id_is_no_article_s() -> None:
    assert told(source_id="gullpost", article_id="a-1") == {"source_id": "a-1"}
    assert told(source_id="gullpost", source_name="The Gull Post") == {"publisher": "The Gull Post"}
    assert told(source_id="g-7") == {"source_id": "g-7"}
    assert told(id="1.8E+18", uuid="4e10") == {}  # as spreadsheets round ids
    assert told(id="1E5", title="x") == {"headline": "x"}
    assert told(id="e10") == {"source_id": "e10"}


def test_what_stands_in_an_object_beside_the_text_comes_last() -> None:
    row = {"title": "Lighthouse lit", "metadata": {"title": "no", "url": "https://g.example/1", "text": "no"}}
    assert told(**row) == {"headline": "Lighthouse lit", "url": "https://g.example/1"}
    assert told(metadata=[("url", "https://g.example/1")]) == {"url": "https://g.example/1"}  # a map of Arrow
    assert told(warc_headers={"warc-target-uri": "https://g.example/1"}) == {"url": "https://g.example/1"}


def test_an_underscore_ahead_of_a_name_is_a_part_of_it() -> None:
    hit = {"text": TEXT, "title": "Lighthouse lit", "source": "The Gull Post"}
    assert told(_source=hit) == {}
    record = Mapping({"text": "_source.text"}).record({"_index": "news", "_id": "g-1", "_source": hit})
    assert record is not None
    assert record.values == {"source_id": "g-1", "headline": "Lighthouse lit", "publisher": "The Gull Post"}
    record = Mapping({}).record({"_source.text": TEXT, "_source.title": "Lighthouse lit", "_source.id": 7})
    assert record is not None
    assert record.values == {"source_id": "7", "headline": "Lighthouse lit"}


def test_the_texts_of_several_articles_are_no_text() -> None:
    stories = [{"title": "One", "body": "Lamp."}, {"title": "Two", "body": "Bell."}]
    mapping = Mapping({"text": "stories.body"})
    assert mapping.record({"stories": stories}) is None
    assert 'text = "body"' in mapping.why_none({"stories": stories})
    paragraphs = [{"prose": "The lighthouse at Gull Point was lit again."}, {"prose": "Keepers cheered."}]
    record = Mapping({"text": "parts.prose"}).record({"parts": paragraphs})
    assert record is not None
    assert record.text == TEXT


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"Titel": "Leuchtturm", "Datum": "1.5.2024", "Quelle": "Möwenpost", "Autor": "Ida Tern", "Text": TEXT},
            {"headline": "Leuchtturm", "published": "1.5.2024", "publisher": "Möwenpost", "byline": "Ida Tern"},
        ),
        (
            {"título": "Faro", "fecha": "1/5/2024", "fuente": "El Faro", "autor": "Ida Tern", "texto": TEXT},
            {"headline": "Faro", "published": "1/5/2024", "publisher": "El Faro", "byline": "Ida Tern"},
        ),
        (
            {"제목": "등대", "일자": "20240501", "언론사": "갈매기", "기고자": "테른", "본문": TEXT},
            {"headline": "등대", "published": "20240501", "publisher": "갈매기", "byline": "테른"},
        ),
    ],
)
def test_headers_in_other_languages(row: dict[str, str], expected: dict[str, str]) -> None:
    record = Mapping({}).record(row)
    assert record is not None
    assert (record.text, record.values) == (TEXT, expected)
