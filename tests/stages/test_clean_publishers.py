from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import ConfigError
from pipeline.stages import _urls, lexicon
from pipeline.stages.lexicon import publishers

KNOWN = publishers.load()


@pytest.mark.parametrize(
    ("name", "host", "url", "expected"),
    [
        ("Business Standard", None, None, "business-standard"),
        (None, "www.business-standard.com", None, "business-standard"),
        ("the new york times", None, None, "nytimes"),
        ("Whatever Daily", None, "https://m.dw.com/en/x", "dw"),
        ("http", None, "http://www.usatoday.com/story/x", "usa-today"),
        ("economictimes.indiatimes.com", None, None, "economic-times"),
        (None, "timesofindia.indiatimes.com", None, "times-of-india"),
        ("Fenwick Argus", None, None, "fenwick-argus"),
        (None, "amp.fenwickargus.co.uk", None, "fenwickargus.co.uk"),
        (None, None, None, ""),
        (None, "not a host", "http://[broken", ""),
    ],
)
def test_who_printed_it(name: str | None, host: str | None, url: str | None, expected: str) -> None:
    assert KNOWN.resolve(name, host, url).id == expected


@pytest.mark.parametrize(
    ("name", "host", "expected"),
    [
        # An agency's name on another's page, and on its own ones that are not in the list.
        ("Associated Press", "fenwickargus.example", ("fenwickargus.example", "fenwickargus.example", "")),
        ("Reuters", "www.denverpost.com", ("denver-post", "The Denver Post", "")),
        ("Reuters", "es.reuters.com", ("reuters", "Reuters", "reuters")),
        ("reuters.com", "fenwickargus.example", ("fenwickargus.example", "fenwickargus.example", "")),
        ("Belga", "fenwickargus.example", ("fenwickargus.example", "fenwickargus.example", "")),
        ("Belga", "www.belga.be", ("belga.be", "Belga", "")),
        # Namesakes: in another country, under another host, a section.
        ("The Guardian", "guardian.ng", ("guardian.ng", "The Guardian (Nigeria)", "")),
        ("El Mundo", "elmundo.sv", ("elmundo.sv", "El Mundo", "")),
        ("The Times", "vale-times.example", ("vale-times.example", "The Times", "")),
        ("Metro", "valepost.example", ("valepost.example", "valepost.example", "")),
        ("The Guardian", "labs.theguardian.com", ("guardian", "The Guardian", "")),
        ("The New York Times", "nytimes.example", ("nytimes", "The New York Times", "")),
        # Aggregators show what others printed; of an agency's copy theirs is a print.
        ("The Guardian", "www.msn.com", ("guardian", "The Guardian", "")),
        ("The Guardian", "uk.style.yahoo.com", ("guardian", "The Guardian", "")),
        ("Vale Post", "www.msn.com", ("msn", "MSN", "")),
        ("MSN", "www.msn.com", ("msn", "MSN", "")),
        ("Reuters", "news.yahoo.com", ("yahoo-news", "Yahoo News", "")),
        # A host is nobody's namesake.
        ("nytimes.com", "feeds.example", ("nytimes", "The New York Times", "")),
    ],
)
def test_a_name_says_less_than_the_host(name: str, host: str, expected: tuple[str, str, str]) -> None:
    found = KNOWN.resolve(name, host, None)
    assert (found.id, found.name, found.home_agency) == expected


@pytest.mark.parametrize(
    ("name", "host", "expected"),
    [
        ("Reuters", "fenwickargus.example", True),
        ("Reuters", "www.denverpost.com", True),
        ("Reuters", "news.yahoo.com", True),
        ("Belga", "fenwickargus.example", True),
        ("reuters.com", "fenwickargus.example", True),
        ("Reuters", "www.reuters.com", False),
        ("Thomson Reuters", "in.reuters.com", False),
        ("Reuters", None, False),
        ("Belga", "belga.be", False),
        ("Belga", None, False),
        ("The Guardian", "fenwickargus.example", False),
        ("Fenwick Argus", "fenwickargus.example", False),
        ("USA TODAY Network", "fenwickargus.example", False),  # an owner as well
    ],
)
def test_whose_name_is_another_agency_s(name: str, host: str | None, *, expected: bool) -> None:
    assert KNOWN.is_other_agency(name, KNOWN.resolve(name, host, None)) == expected


def test_an_order_holds_for_a_name_on_any_host() -> None:
    ordered = publishers.load(aliases={"Vale Evening": "denver-post"})
    assert ordered.resolve("Vale Evening", "vale.example", None).id == "denver-post"
    assert ordered.resolve("The Denver Post", "vale.example", None).id == "vale.example"


def test_an_unknown_publisher_stands_for_itself() -> None:
    found = KNOWN.resolve("Fenwick Argus", "www.fenwickargus.co.uk", None)
    assert (found.name, found.family, found.country, found.known) == (
        "Fenwick Argus",
        "fenwickargus.co.uk",
        "GB",
        False,
    )
    assert KNOWN.resolve(None, "argus.io", None).country == ""


def test_an_outlet_at_its_own_host_is_called_by_its_name() -> None:
    found = KNOWN.resolve(None, "www.theverge.com", None)
    assert (found.id, found.name, found.country, found.known) == ("theverge.com", "The Verge", "US", True)
    assert KNOWN.resolve(None, "chron.com", None).id == "houston-chronicle", "the publisher that is called so"
    assert KNOWN.resolve(None, "9now.com.au", None).name == "9now.com.au", "a programme is on its network's host"


def test_an_outlet_is_found_by_its_very_host_alone() -> None:
    assert not KNOWN.resolve(None, "games.theverge.com", None).known
    found = KNOWN.resolve("The Daily Press", "dailypress.example", None)
    assert (found.id, found.known) == ("dailypress.example", False), "papers of that name are many"


def test_editions_and_other_hosts_of_an_owner_are_one_family() -> None:
    assert KNOWN.resolve(None, "money.cnn.com", None).id == "cnn"
    german, american = (KNOWN.resolve(None, f"businessinsider.{end}", None) for end in ("de", "com"))
    assert (german.family, german.country) == (american.family, "DE")
    assert german.id != american.id


def test_the_built_in_list_is_sound() -> None:
    agencies = {agency.id for agency in lexicon.agencies()}
    rows = list(lexicon.rows("publishers.csv"))
    hosts = [host for row in rows for host in row["hosts"].split(";")]
    names = [
        name
        for row in rows
        for name in {publishers.fold_name(n) for n in (row["name"], *row["aliases"].split(";")) if n}
    ]
    assert len(rows) == len({row["id"] for row in rows}) >= 150
    assert len(hosts) == len(set(hosts))
    assert len(names) == len(set(names))
    assert {row["home_agency"] for row in rows} - {""} <= agencies
    assert all(ZoneInfo(row["zone"] or "UTC") and len(row["country"]) == 2 and row["family"] for row in rows)


def test_zones_exist() -> None:
    assert all(ZoneInfo(row["zone"]) for row in lexicon.rows("zones.csv"))


def test_a_csv_extends_and_overrides(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "id,name,hosts,zone,aliases\ndawn,,dawn.example,,\nargus,The Argus,argus.example,Europe/London,Argus Online\n"
    )
    mine = publishers.load(str(file))
    assert mine.resolve(None, "dawn.example", None).country == "PK"
    assert mine.resolve("argus online", None, None).zone == "Europe/London"
    assert mine.resolve(None, "bbc.com", None).id == "bbc"
    file.write_text("id,hosts,aggregator\nmirror,mirror.example,yes\n")
    assert publishers.load(str(file)).resolve("Dawn", "mirror.example", None).id == "dawn"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name\nX\n", "no column 'id'"),
        ("id,owner\nx,y\n", "unknown column 'owner'"),
        ("id,zone\nx,Mars/Base\n", "line 2: zone 'Mars/Base'"),
        ("id,hosts\nx,not a host\n", "line 2: hosts"),
        ("id,name\n,X\n", "line 2: the id is empty"),
        ("id,name\nx,A,B\n", "line 2: more cells"),
    ],
)
def test_a_wrong_csv_says_where(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(content)
    with pytest.raises(ConfigError, match=said) as caught:
        publishers.load(str(file))
    assert "mine.csv" in str(caught.value)


def test_a_missing_csv_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        publishers.load(str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20260309101112/https://www.thehindu.com/news/a.ece",
        "http://web.archive.org/web/20260309101112id_/http://www.thehindu.com:80/news/a.ece",
        "https://archive.ph/2026.03.09-101112/https://www.thehindu.com/news/a.ece",
        "https://archive.today/20260309/https://www.thehindu.com/news/a.ece",
        "https://www-thehindu-com.cdn.ampproject.org/c/s/www.thehindu.com/news/a.ece",
        "https://arquivo.pt/wayback/20260309101112/https://www.thehindu.com/news/a.ece",
    ],
)
def test_a_copy_in_an_archive_is_a_page_of_its_own_publisher(url: str) -> None:
    assert publishers.urlsplit_host(url) == "www.thehindu.com"
    assert _urls.normalise(url) == "thehindu.com/news/a.ece"
    host = url.split("/")[2]
    assert publishers.load().resolve(None, host, url) == publishers.load().resolve(None, "thehindu.com", None)


def test_an_archive_itself_and_a_page_that_names_one_are_their_own() -> None:
    for url in (
        "https://archive.org/details/news",
        "https://example.com/web.archive.org/web/20260309/https://a.example/",
    ):
        assert _urls.behind(url) == url
