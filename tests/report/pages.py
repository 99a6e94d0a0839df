"""What the tests of pages share: a parser that holds a page to its promises."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "br", "input"}
_FETCHING = {"src", "srcset", "action", "data", "poster", "formaction", "background", "ping", "style"}


class Page(HTMLParser):
    """A page as it is parsed: every tag that opens closes, nothing is fetched, nothing runs but its own script.

    `links` are the targets outside; `words` by tag, all that stands in it; `tags` each tag with its attributes.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        assert not _FETCHING & told.keys(), (tag, attrs)
        assert not [name for name in told if name.startswith(("on", "xlink"))], (tag, attrs)
        target = told.get("href") or ""
        if target and not target.startswith("#"):
            self.links.append(target)
        self.tags.append((tag, told))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in dict.fromkeys(self.open):
            self.words.setdefault(tag, []).append(data)

    def text(self, tag: str) -> str:
        """All that stands in tags of that name."""
        return "".join(self.words.get(tag, []))

    def count(self, tag: str, class_: str = "") -> int:
        """How many tags of that name there are, with that class."""
        return sum(name == tag and class_ in [*(told.get("class") or "").split(), ""] for name, told in self.tags)
