"""Runs fundus on `page.html`: a parser for the invented newspaper, as fundus wants one for each, and the article as JSON.

python fundus_parser.py > fundus.json
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
from fundus.parser.utility import (
    extract_article_body_with_selector,
    generic_author_parsing,
    generic_date_parsing,
)
from fundus.scraping.article import Article
from fundus.scraping.html import HTML, WebSourceInfo
from lxml.cssselect import CSSSelector

URL = "https://www.harrowbaystandard.example/local/pie-auction-library-roof"


class HarrowBayStandard(ParserProxy):
    """The newspaper's pages, of which there is one form."""

    class V1(BaseParser):
        """That form."""

        _paragraphs = CSSSelector("div.story-body > p")

        @attribute
        def title(self) -> str | None:
            return self.precomputed.meta.get("og:title")

        @attribute
        def body(self) -> ArticleBody | None:
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self._paragraphs)

        @attribute
        def authors(self) -> list[str]:
            return generic_author_parsing(self.precomputed.ld.bf_search("author"))

        @attribute
        def publishing_date(self) -> Any:
            return generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))


def main() -> None:
    page = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    info = WebSourceInfo("Harrow Bay Standard", "RSSFeed", URL)
    html = HTML(URL, URL, page, datetime(2026, 3, 10, 6, tzinfo=UTC), info)
    article = Article(html=html, **HarrowBayStandard()().parse(page))
    wanted = ("title", "authors", "publishing_date", "topics", "free_access", "body", "plaintext", "lang", "publisher")
    json.dump({"url": article.html.responded_url, **article.to_json(*wanted)}, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
