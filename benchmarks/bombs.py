"""Files that are far too large once they are opened: `make bombs`, some minutes.

Each lies beside the wire day, in a night of its own, for the real command. It must end well, with all of the wire day in its
tables, in bounded time and memory, whatever the file holds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
REPRINTS = str(Path(sys.executable).parent / "reprints")
MEGABYTE = 1 << 20
ARTICLES = 79  # of the wire day
Write = Callable[[Path], object]


def packed(head: bytes, unit: bytes, times: int, tail: bytes = b"") -> Write:
    """An archive, by gzip or zstd as the name has it, of many times the same."""

    def write(path: Path) -> None:
        with pa.CompressedOutputStream(str(path), "gzip" if path.suffix == ".gz" else "zstd") as file:
            file.write(head)
            for _ in range(times):
                file.write(unit)
            file.write(tail)

    return write


def sparse(head: bytes, size: int, tail: bytes) -> Write:
    """A file with a hole of that many bytes, which take no room."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.seek(size, os.SEEK_CUR)
            file.write(tail)

    return write


def text(content: Callable[[], str]) -> Write:
    return lambda path: path.write_text(content())


def table(make: Callable[[], pa.Table], *, coded: bool = True) -> Write:
    """A Parquet file, in which values may stand in dictionaries of any size."""
    return lambda path: pq.write_table(
        make(), path, compression="zstd", use_dictionary=coded, dictionary_pagesize_limit=1 << 30
    )


def repeated(value: str, times: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([value]))


def in_one_list(values: pa.Array) -> pa.Table:
    lists = pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)
    return pa.table({"text": ["words"], "authors": lists})


def archived(*blocks: Callable[[], bytes], times: int = 1) -> Write:
    """A WARC file of answers with these bodies, each packed as a record of its own, all of them so many times."""

    def write(path: Path) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
        with path.open("wb") as file:
            records = [gzip.compress(_record(head + block()), 1) for block in blocks]
            for _ in range(times):
                file.writelines(records)

    return write


def _record(block: bytes) -> bytes:
    said = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: {len(block)}\r\n\r\n"
    return said.encode() + block + b"\r\n\r\n"


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(20)).encode()
ITEM = b"<item><title>T</title><description>Words.</description></item>"
BOMBS: dict[str, Write] = {
    "line.jsonl.gz": packed(b'{"text": "', b"x" * MEGABYTE, 3_000, b'"}'),
    "line.jsonl.zst": packed(b'{"text": "', b"x" * MEGABYTE, 3_000, b'"}'),
    "newlines.jsonl.gz": packed(b"", b"\n" * MEGABYTE, 2_000),
    "braces.jsonl.gz": packed(b"", b"{\n" * (MEGABYTE // 2), 1_000),
    "records.jsonl.gz": packed(b"", b'{"text": "' + b"word " * 90_000 + b'"}\n', 2_000),
    "page.txt.gz": packed(b"", b"x" * MEGABYTE, 3_000),
    "quote.csv.gz": packed(b'id,text\n1,"', b"word\n" * 200_000, 1_000),
    "header.csv.gz": packed(b"text", b",a" * (MEGABYTE // 2), 1_000),
    "text.json.gz": packed(b'[{"text": "', b"x" * MEGABYTE, 3_000, b'"}]'),
    "spaces.json.gz": packed(b"[", b" " * MEGABYTE, 3_000, b"]"),
    "brackets.json.gz": packed(b"[", b"[" * MEGABYTE, 300),
    "envelope.json.gz": packed(b'{"articles": [', b'{"text": "a"},' * 80_000, 200, b"{}]}"),
    "keys.jsonl": text(lambda: json.dumps(dict.fromkeys(map(str, range(1_000_000)), 1) | {"text": "a"})),
    "lists.jsonl": text(lambda: '{"text": "a", "x": [' + "[]," * 5_000_000 + "0]}"),
    "line.jsonl": sparse(b'{"text": "', 1 << 30, b'"}\n'),
    "line.csv": sparse(b"id,text\n1,", 1 << 30, b"\n2,words\n"),
    "line.json": sparse(b'[{"text": "', 1 << 30, b'"}]'),
    "page.txt": sparse(b"", 1 << 30, b"\n"),
    "page.parquet": table(lambda: pa.table({"text": ["x" * (600 * MEGABYTE)]}), coded=False),
    "dictionary.parquet": table(lambda: pa.table({"text": repeated("x" * (100 * MEGABYTE), 1_000)})),
    "many.parquet": table(lambda: pa.table({"text": repeated("word " * 90_000, 100_000)})),
    "long-lists.parquet": table(lambda: in_one_list(repeated("word " * 200_000, 100_000))),
    "empty-lists.parquet": table(lambda: in_one_list(pa.array([""]).take(pa.array([0] * 50_000_000, pa.int8())))),
    "zeros.html.gz": packed(b"<html><body><p>", bytes(MEGABYTE), 3_000),
    "deep.html": text(lambda: "<html><body>" + "<div>" * 3_000_000),
    "elements.html": text(lambda: "<html><body>" + "<p>a" * 3_000_000),
    "links.html": text(lambda: "<html><body><article>" + "<div><p>word word word</p><a href=x>link</a></div>" * 16_000),
    "description.html": text(lambda: '<html><script type="application/ld+json">' + '{"@graph":[' * 1_000_000),
    "long.warc.gz": archived(lambda: bytes(300 * MEGABYTE), lambda: gzip.compress(bytes(300 * MEGABYTE))),
    "bodies.warc.gz": archived(lambda: gzip.compress(bytes(15 * MEGABYTE)), times=2_000),
    "hole.warc": sparse(b"WARC/1.0\r\nContent-Length: 9\r\n\r\n", 1 << 30, _record(b"x")),
    "marks.warc.gz": packed(b"", b"\x1f\x8b\x08" * 300_000, 10),
    "laughs.xml": text(lambda: f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS.decode()}]><rss><channel><item>&l20;</item>'),
    "item.rss.gz": packed(b"<rss><channel><item><description>", b"word " * 200_000, 1_000),
    "items.rss.gz": packed(b"<rss><channel>", ITEM * 10_000, 300, b"</channel></rss>"),
    "deep.xml.gz": packed(b"<rss><channel>", b"<item>" * 100_000, 300),
    "nulls.parquet": table(lambda: pa.table({"text": pa.nulls(50_000_000, pa.string())})),
}


class Run(NamedTuple):
    """What a run beside a file took, how many articles of the wire day it has, and what became of the file."""

    size: int
    exit_code: int
    seconds: float
    megabytes: int
    articles: int
    fate: str


def run(name: str, folder: Path) -> Run:
    shutil.rmtree(folder, ignore_errors=True)
    night, store = folder / "night", folder / "store"
    shutil.copytree(GOLDEN / "wire-day", night)
    # Not in this process: what it once held would be counted with its children.
    subprocess.run([sys.executable, "-m", "benchmarks.bombs", name, "--write", str(night / name)], check=True)
    settings = ("--config", str(GOLDEN / "wire-day.toml"), "--publish-anyway")
    begun = time.perf_counter()
    with subprocess.Popen(
        [REPRINTS, "run", str(night), "--store", str(store), *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    taken = (night / name).stat().st_size, process.returncode, time.perf_counter() - begun, usage.ru_maxrss // 1024
    if process.returncode:
        return Run(*taken, 0, "")
    manifest = json.loads((store / "current" / "manifest.json").read_text(encoding="utf-8"))
    (file,) = [file for file in manifest["inputs"] if file["path"].endswith(f"/{name}")]
    rejects = pq.read_table(store / "current" / "rejects.parquet").to_pylist()
    told = file["reason"] or next((row["reason"] for row in rejects if f"/{name}" in row["source"]), "")
    articles = pq.read_table(store / "current" / "members.parquet", columns=["article_id"]).num_rows
    return Run(*taken, articles, f"{file['status']}: {told}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BOMBS)}")
    parser.add_argument("--seconds", type=float, default=300.0, help="more is a fault")
    parser.add_argument("--megabytes", type=int, default=1_500, help="more is a fault")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the one that is named, and do no more")
    options = parser.parse_args()
    if options.write:
        BOMBS[options.names[0]](options.write)
        return 0
    faults = 0
    with tempfile.TemporaryDirectory(prefix="reprints-bombs-") as folder:
        for name in options.names or BOMBS:
            found = run(name, Path(folder) / "run")
            sound = found.exit_code == 0 and found.articles >= ARTICLES
            faults += not (sound and found.seconds <= options.seconds and found.megabytes <= options.megabytes)
            print(
                f"{name:<20} {found.size / 1e6:8.2f} MB  exit {found.exit_code} {found.seconds:6.1f} s"
                f" {found.megabytes:6,} MB  {found.fate[:110]}",
                flush=True,
            )
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
