"""Pages of HTML and WARC files of them, of any number and size; and how fast they are read: `python -m benchmarks.pages`.

A page has what pages of news have: a head full of `meta` and JSON-LD, navigation, an article between advertisements, lists of
other stories, comments, scripts. Words are drawn by a seed: the same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipeline import config
from pipeline.storage import read

WORDS = "harbour council ferry tide budget lamp winter bridge toll marina captain fog officials said on Monday the a of".split()


def _sentence(rng: random.Random, n: int = 18) -> str:
    return " ".join(rng.choices(WORDS, k=n)).capitalize() + "."


def _paragraph(rng: random.Random) -> str:
    return " ".join(_sentence(rng) for _ in range(3))


def page(number: int, *, paragraphs: int = 16, links: int = 250, script: int = 40_000) -> bytes:
    """A page of news of some 90 kB."""
    rng = random.Random(number)
    url = f"https://www.paper{number % 40}.example/news/story-{number}.html"
    headline = _sentence(rng, 9).rstrip(".")
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": f"2026-03-09T{number % 24:02}:15:00Z",
        "publisher": {"@type": "Organization", "name": f"Paper {number % 40}"},
        "author": {"@type": "Person", "name": "Ida Tern"},
        "mainEntityOfPage": url,
    }
    menu = "".join(
        f'<li><a href="/s/{n}" class="nav-link item">{" ".join(rng.choices(WORDS, k=4))}</a></li>' for n in range(links)
    )
    story = "".join(
        f"<p>{_paragraph(rng)}</p>" + ('<div class="ad-slot"></div>' if n % 4 == 3 else "") for n in range(paragraphs)
    )
    comments = "".join(f'<div class="comment"><p>{_sentence(rng)}</p></div>' for _ in range(30))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{headline} | Paper {number % 40}</title>
<link rel="canonical" href="{url}"><meta property="og:title" content="{headline}"><meta property="og:url" content="{url}">
<script type="application/ld+json">{json.dumps(about)}</script><script>{"var a=1;" * (script // 8)}</script></head>
<body><header><nav><ul>{menu[: len(menu) // 2]}</ul></nav></header><main><article><h1>{headline}</h1>
<div class="byline">By Ida Tern</div>{story}</article><aside class="related"><ul>{menu}</ul></aside>
<section class="comments">{comments}</section></main><footer><p>All rights reserved</p></footer></body></html>""".encode()


def records(numbers: range) -> Iterator[bytes]:
    """A request and a response for each page, as records of a WARC file, each packed by gzip."""
    for number in numbers:
        data = page(number)
        url = f"https://www.paper{number % 40}.example/news/story-{number}.html"
        head = f"WARC-Date: 2026-03-09T10:00:00Z\r\nWARC-Target-URI: {url}"
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + data
        for kind, block in (("request", b"GET / HTTP/1.1\r\n\r\n"), ("response", answer)):
            said = f"WARC/1.0\r\nWARC-Type: {kind}\r\n{head}\r\nContent-Length: {len(block)}\r\n\r\n"
            packer = zlib.compressobj(1, wbits=31)
            yield packer.compress(said.encode() + block + b"\r\n\r\n") + packer.flush()


def warc(path: Path, n_pages: int, repeat: int = 1) -> None:
    """A WARC file of so many pages, all of them so many times."""
    with path.open("wb") as file:
        written = list(records(range(n_pages)))
        for _ in range(repeat):
            file.writelines(written)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument(
        "--repeat", type=int, default=1, help="so many times the same pages: a larger file, as fast to write"
    )
    parser.add_argument(
        "--raw", action="store_true", help="take the pages out of the file only, not the articles out of them"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the file, and do no more")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reprints-pages-") as folder:
        path = options.write or Path(folder) / "pages.warc.gz"
        warc(path, options.pages, options.repeat)
        if options.write:
            return 0
        reading = read.batches([path], config.Read())
        begun, found = time.perf_counter(), 0
        for batch in reading.unextracted() if options.raw else reading:
            found += batch.records.num_rows + batch.pages.num_rows
        seconds = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        size = path.stat().st_size / 1e6
        print(
            f"{found:,} pages of {size:,.0f} MB in {seconds:.1f} s: {found / seconds:,.0f} a second on one core, {memory:,} MB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
