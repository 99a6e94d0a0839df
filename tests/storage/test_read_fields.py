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
    assert set(FIELDS) == columns | {"page"}


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
