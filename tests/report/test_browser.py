"""The page as a browser has it: no error, search finds, a diff opens, nothing hangs over the edge of a telephone.

Skipped where the system has no Chromium with its driver (Debian: `chromium` and `chromium-driver`). With REPRINTS_PICTURES
naming a folder, pictures of the page are left there.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import report
from pipeline.storage.store import Store

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

DESK, TELEPHONE = (1280, 900), (390, 844)
CONTRAST = """
const channel = (c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const found = numbers(getComputedStyle(at).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
};
return [...document.querySelectorAll("main *, header *, footer *")].filter((element) =>
  element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  && !element.closest("svg, .vh, option")
).flatMap((element) => {
  const [one, other] = [numbers(getComputedStyle(element).color), behind(element)].map(light).sort((a, b) => b - a);
  const contrast = (one + .05) / (other + .05);
  return contrast < 4.5 ? [`${element.tagName}.${element.className}: ${contrast.toFixed(2)}`] : [];
});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    driver = shutil.which("chromedriver")
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not driver or not binary:
        pytest.skip("no Chromium with its driver on this machine; Debian: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def path(wire_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    report.save(Store(wire_day), path)
    return path


def opened(browser: Chrome, path: Path, size: tuple[int, int] = DESK, scheme: str = "light", media: str = "") -> None:
    told = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == TELEPHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    browser.get(path.as_uri())


def stories(browser: Chrome) -> list[str]:
    shown = "return [...document.querySelectorAll('.story:not([hidden]) h3')].map((h) => h.textContent)"
    return list(browser.execute_script(shown))


def chosen(browser: Chrome, name: str, value: str) -> None:
    """Fill in a part of the search, as a hand does."""
    script = "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
    script += "for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind)); return 0"
    browser.execute_script(script, name, value)


def wait(browser: Chrome, wanted: Callable[[list[str]], bool]) -> None:
    """Until the stories that are shown are as wanted: the search waits for the next letter."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 5).until(lambda driver: wanted(stories(driver)))


def test_it_loads_without_an_error_and_asks_nothing_of_the_network(browser: Chrome, path: Path) -> None:
    opened(browser, path)
    assert browser.get_log("browser") == []
    asked = browser.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert asked == []
    assert browser.execute_script("return getComputedStyle(document.querySelector('.story')).display") == "block"
    assert len(stories(browser)) == 20


def test_search_finds_a_story_by_headline_publisher_and_id(browser: Chrome, path: Path) -> None:
    opened(browser, path)
    for words, headline in (
        ("LEOPARD hostel", "340 students spend night on roof as leopard sleeps in hostel"),
        ("lakeside", "Ferry with 212 aboard hits breakwater in fog; all are brought ashore"),
        ("c-ap-7c41e0", "Ferry with 212 aboard hits breakwater in fog; all are brought ashore"),
        ("終電後", "終電後の駅にピアノ\u3000高校生の手紙が動かす"),
        ("नहर", "तीन दशक बाद लौटा पानी: शांतिपुर की नहर फिर चालू"),
    ):
        chosen(browser, "find", words)
        wait(browser, lambda shown, headline=headline: headline in shown and len(shown) < 5)
    chosen(browser, "find", "zeppelin")
    wait(browser, lambda shown: not shown)
    assert "None of the 20" in browser.execute_script("return document.getElementById('found').textContent")


def test_filters_and_order(browser: Chrome, path: Path) -> None:
    opened(browser, path)
    chosen(browser, "agency", "Reuters")
    assert len(stories(browser)) == 3
    chosen(browser, "agency", "")
    chosen(browser, "is", "dropped")
    assert stories(browser) == ["Ferry with 212 aboard hits breakwater in fog; all are brought ashore"]
    chosen(browser, "is", "")
    chosen(browser, "order", "first")
    assert stories(browser)[0] == "Church clock may strike at 5am after all, council decides"


def test_a_diff_opens_by_the_keyboard(browser: Chrome, path: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    opened(browser, path)
    first = browser.find_element(By.CSS_SELECTOR, ".story summary")
    first.send_keys(Keys.ENTER)
    beside = browser.find_element(By.CSS_SELECTOR, ".story .beside summary")
    beside.send_keys(Keys.SPACE)
    diff = browser.find_element(By.CSS_SELECTOR, ".story .beside[open] .diff")
    assert diff.is_displayed()
    assert diff.find_element(By.CSS_SELECTOR, ".aside").is_displayed()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_words_can_be_read_and_stay_on_the_screen(
    browser: Chrome, path: Path, size: tuple[int, int], scheme: str
) -> None:
    opened(browser, path, size, scheme)
    browser.execute_script(
        "document.querySelectorAll('.story:first-child details, .data, .rejects').forEach((d) => { d.open = true })"
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]
    assert browser.execute_script(CONTRAST) == []
    if folder := os.environ.get("REPRINTS_PICTURES"):
        browser.execute_script("document.querySelectorAll('.data, .beside').forEach((d) => { d.open = false })")
        browser.execute_script("const diff = document.querySelector('.beside'); diff.open = true")
        picture(browser, Path(folder) / f"page-{size[0]}-{scheme}.png")


def test_it_prints_on_white(browser: Chrome, path: Path) -> None:
    opened(browser, path, DESK, "dark", "print")
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    assert browser.execute_script("return document.querySelector('search').checkVisibility()") is False
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert printed.startswith(b"%PDF")
    if folder := os.environ.get("REPRINTS_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "page.pdf").write_bytes(printed)


def test_without_scripts_all_is_there(browser: Chrome, path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, path)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert len(stories(browser)) == 20
    assert browser.execute_script("return document.querySelector('search').checkVisibility()") is False


def picture(browser: Chrome, path: Path) -> None:
    """The whole page, and not what is on the screen alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wide, high = browser.execute_script("const e = document.documentElement; return [e.clientWidth, e.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": wide, "height": min(high, 12_000), "scale": 1}
    told = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    path.write_bytes(base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", told)["data"]))
