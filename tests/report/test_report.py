"""The page of a run: what it tells, what it may hold, and that nothing of an article gets out of its place."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from msgspec.structs import replace

from pipeline import config, flow, report
from pipeline.report import page, scope, similarity
from pipeline.storage.store import Store
from tests.conftest import Ended
from tests.report.pages import Page

Reprints = Callable[..., Ended]
PLAIN = config.Config()


@pytest.fixture(scope="module")
def html(wire_day: Path) -> str:
    return report.html(Store(wire_day))


def of(**settings: Any) -> config.Config:
    return replace(PLAIN, report=config.Report(**settings))


def test_the_page_tells_the_night(html: str) -> None:
    told = Page(html)
    main = re.sub(r"\s+", " ", told.text("main"))
    assert "Monday, 9 March 2026" in told.text("h1")
    assert "No alarm" in main
    assert "withdrawn: WITHDRAWN: Opera house roof" in main
    assert "new articles79" in re.sub(r"\s+", "", told.text("dl")).replace("newarticles", "new articles")
    assert told.count("li", "story") == 20
    assert "Canonical is the print of AP News: on the home site of Associated Press (apnews.com)." in main
    assert "20 stories printed more than once" in main
    assert told.text("title") == "Reprints, Monday, 9 March 2026"


def test_every_reprint_is_listed_and_stands_beside_its_canonical(html: str, wire_day: Path) -> None:
    members = pd.read_parquet(wire_day / "current" / "members.parquet")
    sizes = members.groupby("cluster_id")["article_id"].transform("size")
    assert Page(html).count("details", "beside") == (members[sizes > 1]["relation"] != "canonical").sum()
    for headline in members[sizes > 1]["headline"].dropna():
        assert page._environment().from_string("{{ words }}").render(words=headline) in html


def test_a_story_names_those_it_touches_without_being_one_with_them(html: str, wire_day: Path) -> None:
    clusters = pd.read_parquet(wire_day / "current" / "clusters.parquet").set_index("cluster_id")
    links = pd.read_parquet(wire_day / "current" / "links.parquet")
    shown = set(clusters.index[clusters["n_articles"] > 1])
    sides = [(row.cluster_id, row.other_id) for row in links.itertuples()]
    wanted = sum((one in shown) + (other in shown) for one, other in sides)
    told = Page(html)
    assert wanted > 2
    assert told.count("div", "touching") == len(shown & {side for pair in sides for side in pair})
    assert html.count("a passage in common") == sum(
        (row.cluster_id in shown) + (row.other_id in shown) for row in links.itertuples() if row.relation == "excerpt"
    )


def test_an_agency_of_ones_own_is_called_by_its_name(tmp_path: Path) -> None:
    own, columns = tmp_path / "own.csv", "id,name,kind,policy,country,domains,languages,aliases,native_aliases"
    own.write_text(f"{columns}\nharbour,Harbour Wire,regional,any,GB,,en,HARBW,\n")
    words = "The boat came in late and nobody was on the pier to see it, said the master of the port. " * 5
    rows = [
        {"id": name, "publisher": name, "title": "Boat", "text": f"PORT (HARBW) - {words}", "date": "2026-03-09"}
        for name in ("a", "b")
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    store = Store(tmp_path / "s")
    flow.run([str(tmp_path / "in.jsonl")], store, replace(PLAIN, trace=config.Trace(agencies=str(own))))
    assert store.table("clusters")["origin_agency"].to_pylist() == ["harbour"]
    assert "Harbour Wire" in Page(report.html(store)).text("main")
    own.unlink()
    assert "harbour" in Page(report.html(store)).text("main")


def test_what_was_taken_out_stands_grey_where_it_stood(html: str) -> None:
    aside = html.index("furniture: subscribe</small> The tide waits for no one")
    assert html.rindex('<tr class="aside"', 0, aside) > html.rindex("</tr>", 0, aside)
    story = html[html.index("The canonical print beside that of Harbour Courier") :]
    story = story[: story.index("</table>")]
    assert story.index("caption: caption-agency-photo") < story.index("furniture: also-read-header")
    assert '<tr class="only"' not in story  # the same words


def test_the_same_store_gives_the_same_bytes_wherever_it_lies(wire_day: Path, tmp_path: Path, html: str) -> None:
    shutil.copytree(wire_day, tmp_path / "copy", symlinks=True)
    assert report.html(Store(tmp_path / "copy")) == html


def test_its_policy_names_its_own_style_and_script_alone(html: str) -> None:
    told = Page(html)
    policy = next(tag["content"] for name, tag in told.tags if name == "meta" and "http-equiv" in tag) or ""
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256("".join(told.words[tag]).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert told.count(tag) == 1
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_it_can_be_walked_without_eyes(html: str) -> None:
    told = Page(html)
    names = [name for name, _ in told.tags]
    assert {"header", "nav", "main", "footer", "search"} <= set(names)
    assert names.count("h1") == 1
    assert names.count("caption") == names.count("table")
    assert all("scope" in tag for name, tag in told.tags if name == "th")
    ids = [tag["id"] for _, tag in told.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    labelled = {tag["for"] for name, tag in told.tags if name == "label"}
    assert labelled == {tag["id"] for name, tag in told.tags if name in ("input", "select")}
    targets = {(tag.get("href") or "")[1:] for _, tag in told.tags if (tag.get("href") or "").startswith("#")}
    pointed = {tag["aria-labelledby"] for _, tag in told.tags if "aria-labelledby" in tag}
    assert targets | pointed <= set(ids)
    pictures = [tag for name, tag in told.tags if name == "svg"]
    assert pictures
    assert all(tag.get("aria-hidden") == "true" for tag in pictures)


def test_bodies_are_there_only_where_the_setting_lets_them(wire_day: Path) -> None:
    words = "struck a stone breakwater in dense fog"
    assert words in report.html(Store(wire_day), of())
    told = report.html(Store(wire_day), of(bodies=False))
    assert words not in told
    assert "Ferry with 212 aboard" in told
    assert Page(told).count("table", "diff") == 0


def test_the_settings_of_the_run_hold_without_others(tmp_path: Path, reprints: Reprints) -> None:
    (tmp_path / "shy.toml").write_text("[report]\nbodies = false\n")
    words = "The boat came in late and nobody was on the pier to see it, said the master of the port. " * 5
    rows = [
        {"id": name, "publisher": name, "title": "Boat", "text": words, "date": "2026-03-09"} for name in ("a", "b")
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    store, out = tmp_path / "s", tmp_path / "out.html"
    assert reprints("run", tmp_path / "in.jsonl", "--store", store, "--config", tmp_path / "shy.toml").code == 0
    assert reprints("report", "--store", store, "--out", out).code == 0
    assert "nobody was on the pier" not in out.read_text(encoding="utf-8")
    (tmp_path / "open.toml").write_text("")
    assert reprints("report", "--store", store, "--out", out, "--config", tmp_path / "open.toml").code == 0
    assert "nobody was on the pier" in out.read_text(encoding="utf-8")


def test_words_that_are_not_kept_are_not_missed(wire_day: Path, tmp_path: Path) -> None:
    shutil.copytree(wire_day, tmp_path / "copy", symlinks=True)
    for bodies in (tmp_path / "copy" / "state").glob("*/bodies.parquet"):
        bodies.unlink()
    told = report.html(Store(tmp_path / "copy"))
    assert "struck a stone breakwater" not in told
    assert Page(told).count("li", "story") == 20


def test_stories_prints_and_diffs_are_bounded(wire_day: Path) -> None:
    told = Page(report.html(Store(wire_day), of(clusters=3, members=2, diffs=4)))
    assert told.count("li", "story") == 3
    assert told.count("details", "beside") == 3  # of two prints one is the canonical
    assert "17 more have fewer prints" in told.text("main")
    assert "and 5 more prints" in told.text("main")
    assert Page(report.html(Store(wire_day), of(clusters=0))).count("li", "story") == 0


def test_one_diff_of_each_story_comes_before_a_second_of_any(wire_day: Path) -> None:
    told = report.html(Store(wire_day), of(diffs=20))
    stories = told.split('<li class="story"')[1:]
    assert {story.count('class="beside"') for story in stories} == {1}


HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{ 7*7 }}{% raw %}<!--"
    "&lt;script&gt;alert(5)&lt;/script&gt;"
)
TARGETS = ("javascript:alert(3)", "https://paper.example/a?b=1&c=<2>", "https://paper.example/ok?a=1&b=2", 'data:x"')


def test_whatever_an_article_says_stays_in_its_place(tmp_path: Path) -> None:
    body = " ".join(f"Word{n} stands here {HOSTILE} and the harbour is calm." for n in range(30))
    rows = [
        {"id": f"{HOSTILE}{n}", "publisher": f"{HOSTILE} Post {n}", "title": f"{HOSTILE} {n}", "text": f"{body} {n}"}
        | {
            "url": url,
            "language": '"><b onclick=alert(4)>',
            "published_at": f"2026-03-09T0{n}:00:00Z",
            "author": HOSTILE,
        }
        for n, url in enumerate(TARGETS)
    ]
    rows[1]["title"] = "הספינה נתקעה \u202e בשובר הגלים\x00\x08"
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    store = Store(tmp_path / "s")
    flow.run([str(tmp_path / "in.jsonl")], store, PLAIN)
    told = Page(html := report.html(store))
    assert told.count("li", "story") == 1
    assert told.count("details", "beside") == 3
    assert told.count("script") == 1
    assert not {name for name, _ in told.tags} & {"img", "iframe", "object", "embed", "link", "base", "form"}
    assert set(told.links) <= {"https://paper.example/ok?a=1&b=2"}
    assert "49" not in told.text("h3")
    assert "הספינה נתקעה" in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)
    headlines = [tag for name, tag in told.tags if name in ("h3", "span", "blockquote") and "dir" in tag]
    assert {tag["dir"] for tag in headlines} == {"auto"}
    assert len(headlines) > 4


NO_LINKS = ("javascript:alert(1)", "JavaScript:alert(1)", " https://a.example", "java\nscript:x", "data:text/html,x")
ODD_LINKS = (
    "//a.example/x",
    "https:///x",
    'https://a.example/"onclick=',
    "file:///etc/passwd",
    "http://[::1",
    "",
    None,
)


@pytest.mark.parametrize("url", [*NO_LINKS, *ODD_LINKS])
def test_what_is_no_address_of_the_web_is_no_link(url: str | None) -> None:
    assert page.href(url) == ""


def test_the_pairs_are_all_counted(wire_day: Path) -> None:
    matches = pd.read_parquet(wire_day / "current" / "matches.parquet")
    compared, relations = similarity.of(scope.of(Store(wire_day)))
    assert [sum(found.accepted) + sum(found.refused) for found in compared] == [len(matches)] * 2
    assert sum(relations.values()) == len(matches)
    assert compared[0].cuts == {"min_jaccard": 0.2, "light_edit": 0.8}


def test_a_night_is_told_beside_the_nights_before_it(tmp_path: Path) -> None:
    store, day = Store(tmp_path / "s"), date(2026, 3, 2)
    for night in range(3):
        when = (day + timedelta(days=night)).isoformat()
        rows = [
            {"id": f"{night}-{n}", "publisher": f"Paper {n}", "title": f"Story of night {night}", "date": when}
            | {"text": " ".join(f"word{night}x{i}" for i in range(90))}
            for n in range(night + 2)
        ]
        (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        flow.run([str(tmp_path / "in.jsonl")], store, replace(PLAIN, audit=config.Audit(records="off")))
    told = report.html(store)
    assert "2 usual even on the weakest night" in told
    assert "New articles, night by night" in told
    stories = told.split('<li class="story"')[1:]
    assert "Story of night 2" in stories[0]  # tonight's before older ones
    assert 'data-is="tonight' in stories[0]
    assert not any('data-is="tonight' in story for story in stories[1:])
    earlier = report.html(store, run_id=store.runs()[0])
    assert "Monday, 2 March 2026" in earlier
    assert "nothing to compare this one with" in earlier


def test_without_its_packages_it_says_what_installs_them(
    reprints: Reprints, wire_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "vl_convert" else name)
    ended = reprints("report", "--store", wire_day, "--out", tmp_path / "page.html")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert 'pip install "newswire-reprints[report]"' in ended.err
    assert not (tmp_path / "page.html").exists()


def test_what_cannot_be_written_is_told_in_a_line(reprints: Reprints, wire_day: Path, tmp_path: Path) -> None:
    ended = reprints("report", "--store", wire_day, "--out", tmp_path / "nowhere" / "page.html")
    assert (ended.code, "cannot be written" in ended.err, "Traceback" in ended.err) == (2, True, False)
    missing = reprints("report", "--store", wire_day, "--out", tmp_path / "page.html", "--at", "2026-01-01.1")
    assert (missing.code, "is not kept" in missing.err) == (2, True)


def test_a_link_stays_a_link_and_leads_to_the_new_page(
    reprints: Reprints, wire_day: Path, tmp_path: Path, html: str
) -> None:
    (tmp_path / "served").mkdir()
    page, link = tmp_path / "served" / "page.html", tmp_path / "link.html"
    link.symlink_to(page)
    for before in (None, "the page of yesterday"):
        if before:
            page.write_text(before)
        assert reprints("report", "--store", wire_day, "--out", link).code == 0
        assert (link.is_symlink(), page.read_text(encoding="utf-8")) == (True, html)
    assert [file.name for file in page.parent.iterdir()] == ["page.html"]


def test_a_pipe_is_written_into_and_stays_one(reprints: Reprints, wire_day: Path, tmp_path: Path, html: str) -> None:
    pipe = tmp_path / "page.pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_text, encoding="utf-8")
        assert reprints("report", "--store", wire_day, "--out", pipe).code == 0
        assert reader.result(timeout=60) == html
    assert pipe.is_fifo()


def test_a_dash_is_standard_output(reprints: Reprints, wire_day: Path, html: str) -> None:
    assert reprints("report", "--store", wire_day, "--out", "-") == (0, html, "")


def test_a_store_without_a_reprint_has_a_page(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "text": "A text of words that stands alone in this store and has no publisher. " * 4,
        "date": "2026-03-09",
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(row))
    flow.run([str(tmp_path / "in.jsonl")], store := Store(tmp_path / "s"), PLAIN)
    told = Page(report.html(store)).text("main")
    assert "No story was printed more than once. 1 article is nobody's reprint." in told
    assert "No pair was alike enough to be compared." in told


def test_after_a_takedown_nothing_of_it_is_on_the_page(wire_day: Path, tmp_path: Path, reprints: Reprints) -> None:
    shutil.copytree(wire_day, tmp_path / "copy", symlinks=True)
    assert reprints("forget", "lkc-5531", "--store", tmp_path / "copy").code == 0
    told = report.html(Store(tmp_path / "copy"))
    assert "Lakeside couple among 212 saved" not in told
    assert "lkc-5531" not in told
    assert "<b>79</b>" in told  # so many came that night
    assert "<b>78</b>" in told
    assert Page(told).count("li", "story") == 20


def test_a_store_at_a_url_has_the_same_page(
    bucket: str, wire_day: Path, html: str, reprints: Reprints, tmp_path: Path
) -> None:
    s3fs = pytest.importorskip("s3fs")
    s3fs.S3FileSystem().put(f"{wire_day.resolve()}/", bucket, recursive=True)
    assert reprints("report", "--store", bucket, "--out", tmp_path / "page.html").code == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == html
