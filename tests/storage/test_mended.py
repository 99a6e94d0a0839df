"""What exports leave in texts: markup, entities, UTF-8 read as something else. Good text stays as it is."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.readers.fields import Mapping
from pipeline.storage.readers.mended import mended


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("<p>The lamp <b>burns</b>.</p>\n<p>Boats came home.</p>", "The lamp burns.\nBoats came home."),
        ("<div class='x'><p>The lamp\nburns.</p><p>Boats</p></div>", "The lamp burns.\nBoats"),
        ("&lt;p&gt;The lamp &amp;amp; boats.&lt;/p&gt;", "The lamp & boats."),
        ("&amp;lt;p&amp;gt;The lamp.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Boats.&amp;lt;/p&amp;gt;", "The lamp.\nBoats."),
        ("&lt;p class=&quot;x&quot;&gt;The lamp.&lt;/p&gt;&lt;p&gt;Boats.&lt;/p&gt; (AP)", "The lamp.\nBoats.\n(AP)"),
        ("&lt;p&gt; begins a paragraph, &lt;/p&gt; ends it.", "<p> begins a paragraph, </p> ends it."),
        ("The tag &lt;b&gt; is bold, &lt;p&gt; a paragraph.", "The tag <b> is bold, <p> a paragraph."),
        ("The lamp burns.<br/><br />Boats came home.", "The lamp burns.\nBoats came home."),
        ("The lamp <i>burns</i>.\nBoats came home.", "The lamp burns.\nBoats came home."),
        ("The lamp burns.\n\n<blockquote>Boats</blockquote>\n\nCame home.", "The lamp burns.\nBoats\nCame home."),
        (
            "<p>The lamp</p><figure><figcaption>A lamp. Photo: Jo Marsh</figcaption></figure><script>x<1</script>",
            "The lamp",
        ),
        (
            "<p>The lamp <!-- of old -->burns.</p> <!-- <p>Boats came home.</p>",
            "The lamp burns.\n<!--\nBoats came home.",
        ),
        (
            "<p>Lamp</p><script>" + "The boats came home at last. " * 9,
            "Lamp\n" + ("The boats came home at last. " * 9).strip(),
        ),
        ('See <a href="https://a.example/?b=1&c=2">the lamp</a>.', "See the lamp."),
        (
            "Caf&eacute; &amp; lamp, the keeper&#8217;s and the mayor&amp;rsquo;s",
            "Café & lamp, the keeper’s and the mayor’s",
        ),
        ("The keeperâ€™s lamp â€” and cafÃ©", "The keeper’s lamp — and café"),
        ("“Meant” and itâ€™s not", "“Meant” and it’s not"),
        (r"The lamp burns.\r\n\r\nBoats \"came\" home.", 'The lamp burns.\n\nBoats "came" home.'),
        ("The keeper\\u2019s \\ud83d\\ude00 lamp", "The keeper’s 😀 lamp"),
        ("ÐœÐ°ÑÐº Ð³Ð¾Ñ€Ð¸Ñ‚", "Маяк горит"),
    ],
)
def test_a_text_becomes_what_was_meant(text: str, meant: str) -> None:
    if text.startswith("Ð"):
        text = meant.encode().decode("latin-1")
    assert mended(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "3 < 5 and 5 > 3, and <the keeper> said x<y",
        "AT&T, R&D and a&copy=2, &c.",
        "La letra “Ñ” y el café\xa0» AMANHÃ\xa0bom, MAÇÃ “nova” em SÃO PAULO",
        "É “ÂGE” — Ça va, où ça\xa0?",
        "It lies in C:\\news\\notes.txt",
        "A line.\\n stays\nwhere there are others.",
    ],
)
def test_good_text_stays(text: str) -> None:
    assert mended(text) == text


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" <&;#xp"), max_size=80))
def test_text_that_was_escaped_comes_back(text: str) -> None:
    """The oracle is the escaping itself; of what would be mended as it stands nothing can be said."""
    line = " ".join(text.split()).strip(" |")
    if line and mended(line) == line:
        assert mended(html.escape(line)) == line
        assert mended(f"<p>{html.escape(line)}</p>") == line


def test_fields_of_a_row_are_mended_too() -> None:
    row: dict[str, Any] = {
        "title": "Lamp &amp; keeper <i>rest</i>",
        "author": "By Jo O&#39;Hara",
        "url": "https://a.example/?b=1&amp;c=2",
        "content": ["<p>The lamp burns.</p>", "<p>Boats came home.</p>"],
    }
    record = Mapping({}).record(row)
    assert record is not None
    assert record.text == "The lamp burns.\nBoats came home."
    assert record.values == {"headline": "Lamp & keeper rest", "byline": "By Jo O'Hara", "url": row["url"]}
