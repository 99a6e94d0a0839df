"""How `make docs` makes a site of these pages: plain Markdown stays plain, and what a site needs besides is put in here."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

project = "newswire-reprints"
author = "the newswire-reprints developers"
version = release = version_of("newswire-reprints")

extensions = ["myst_parser"]
exclude_patterns = ["**.py"]
myst_heading_anchors = 4  # the anchors that code hosts give, too

html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False  # the licence says it

#: Pages that are there once somebody has measured; `make scale` needs Spark.
MEASURED = ("scale",)

_LINK = re.compile(r"\[([^\]]+)\]\(([\w./-]+)\.md(?:#[\w-]+)?\)")


def _prepared(app: Sphinx, name: str, source: list[str]) -> None:
    """Of the first page, the links in their order are the contents of the site.

    What is not there to be a page of it, the README of the project or what nobody has measured yet, is named without a link.
    """
    absent = {page for page in MEASURED if not (Path(app.srcdir) / f"{page}.md").exists()}
    text = _LINK.sub(lambda link: link[1] if link[2] in absent or link[2].startswith("../") else link[0], source[0])
    if name == "index":
        pages = "\n".join(dict.fromkeys(link[2] for link in _LINK.finditer(text)))
        text += f"\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    source[0] = text


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _prepared)
