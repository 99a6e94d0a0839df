"""Reading whatever comes: any bytes, and sound files after an accident, in every format.

Nothing but the reasons of rejects comes of it; every record is accounted for; the same records come in batches of any size.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import lexicon
from pipeline.storage import read
from pipeline.storage.readers import mended
from pipeline.storage.readers.fields import FIELDS
from tests.storage.test_read import STORIES, as_csv, as_parquet, jsonl, zstd
from tests.storage.warcs import answer, packed
from tests.storage.warcs import zstd as warc_zstd
from tests.strategies import damaged, few, spoiled

SMALL = config.Read(max_record_mb=1, max_text=20_000)
SOUND = [story | {"author": ["Ida Tern", "Olaf Auk"]} for story in STORIES] * 3
PAGE = "Harbour Post\nFerry returns\nBy Ida Tern\n\nThe ferry came back on Monday, “at last”, its cook said.\n".encode()
MENDED = frozenset("&<\\ÂÃÐÑâð")  # a text without them stays as it is, letter for letter
GOLDEN = Path(__file__).parents[1] / "golden"
FORMATS: dict[str, Callable[[], bytes]] = {
    "jsonl": lambda: jsonl(SOUND),
    "ndjson.gz": lambda: gzip.compress(jsonl(SOUND)),
    "jsonl.zst": lambda: zstd(jsonl(SOUND)),
    "json": lambda: json.dumps({"articles": SOUND}, ensure_ascii=False).encode(),
    "array.json": lambda: json.dumps(SOUND).encode(),
    "csv": lambda: as_csv(STORIES * 3, ","),
    "tsv.gz": lambda: gzip.compress(as_csv(STORIES * 3, "\t")),
    "txt": lambda: PAGE,
    "text.gz": lambda: gzip.compress(PAGE),
    "parquet": lambda: as_parquet(SOUND),
    "dat": lambda: jsonl(SOUND),
    "html": (GOLDEN / "html" / "leopard.html").read_bytes,
    "htm.gz": lambda: gzip.compress((GOLDEN / "extractors" / "page.html").read_bytes()),
    "warc": lambda: b"".join(map(answer, range(3))),
    "warc.gz": lambda: packed(*map(answer, range(3))),
    "warc.zst": lambda: warc_zstd(*map(answer, range(3)), trained=True),
    "newsml": (GOLDEN / "wires" / "newsml.xml").read_bytes,
    "nitf": (GOLDEN / "wires" / "story.nitf").read_bytes,
    "rss": (GOLDEN / "wires" / "feed.rss").read_bytes,
    "atom": (GOLDEN / "wires" / "feed.atom").read_bytes,
    "ninjs.jsonl": (GOLDEN / "wires" / "ninjs.jsonl").read_bytes,
}


def everything(path: Path, batch_rows: int) -> tuple[pa.Table, pa.Table, read.FileReport]:
    reading = read.batches([path], msgspec.structs.replace(SMALL, batch_rows=batch_rows))
    batches = list(reading)
    assert all(batch.records.num_rows <= batch_rows for batch in batches)
    records = pa.concat_tables([schema.RECORDS.empty_table(), *(batch.records for batch in batches)])
    rejects = pa.concat_tables([schema.REJECTS.empty_table(), *(batch.rejects for batch in batches)])
    (report,) = reading.files
    return records, rejects, report


def assert_accounted(name: str, data: bytes) -> tuple[pa.Table, pa.Table, read.FileReport]:
    """Reads a file of that name and content, and asserts what holds of any."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        records, rejects, report = everything(path, 8_192)
        again = everything(path, 3)
        assert (again[0].equals(records), again[1].equals(rejects), again[2]) == (True, True, report)
        source = str(path)
    records.validate(full=True)
    rejects.validate(full=True)
    assert report.rows + report.rejects == records.num_rows + rejects.num_rows
    assert report.rows >= records.num_rows  # a page without an article is a row, and a reject
    assert (report.status == "failed") == bool(report.reason)
    numbers = records["record"].to_pylist()
    assert numbers == (list(range(records.num_rows)) if report.rows == records.num_rows else sorted(set(numbers)))
    assert set(records["source"].to_pylist()) <= {source}
    of_file = [
        reason
        for place, reason in rejects.select(["source", "reason"]).to_pandas().itertuples(index=False)
        if place == source
    ]
    assert of_file == ([report.reason] if report.reason else [])
    lines = [int(place.removeprefix(f"{source}:")) for place in rejects["source"].to_pylist() if place != source]
    numbered = [*records["line"].to_pylist(), *lines]
    assert "json" in name or len(numbered) == len(set(numbered))  # a line or a member may hold several objects
    assert all(reason and "\n" not in reason and len(reason) <= 600 for reason in rejects["reason"].to_pylist())
    for record in records.to_pylist():
        assert record["text"].strip()
        assert len(record["text"]) <= SMALL.max_text
        assert record["field"] in {"page", "body"}
        assert all(value is None or value.strip() for value in record.values() if isinstance(value, str))
    return records, rejects, report


@few(60)
@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=400))
def test_any_bytes_at_all(suffix: str, data: bytes) -> None:
    assert_accounted(f"any.{suffix}", data)


@pytest.mark.parametrize("suffix", FORMATS)
@few(40)
@given(data=st.data())
def test_a_sound_file_after_an_accident(suffix: str, data: st.DataObject) -> None:
    assert_accounted(f"hurt.{suffix}", data.draw(damaged(FORMATS[suffix]())))


@pytest.mark.parametrize(
    ("suffix", "pack"), [("csv.gz", gzip.compress), ("jsonl.zst", zstd), ("json.gz", gzip.compress)]
)
@few(30)
@given(data=st.data())
def test_an_accident_before_it_was_packed(suffix: str, pack: Callable[[bytes], bytes], data: st.DataObject) -> None:
    whole = FORMATS[suffix.split(".", maxsplit=1)[0]]()
    assert_accounted(f"hurt.{suffix}", pack(data.draw(damaged(whole))))


@few(60)
@given(st.data())
def test_lines_that_were_not_hurt_are_read_as_they_were(data: st.DataObject) -> None:
    whole = FORMATS["jsonl"]()
    hurt = data.draw(damaged(whole))
    records, _, report = assert_accounted("hurt.jsonl", hurt)
    first = next(filter(None, map(bytes.strip, hurt.removeprefix(b"\xef\xbb\xbf").split(b"\n"))), b"")
    if report.status == "read" and first != b"{" and not first.startswith(b"["):  # else values may span lines
        sound, read_lines = (
            set(whole.split(b"\n")),
            dict(zip(records["line"].to_pylist(), records["source_id"].to_pylist(), strict=True)),
        )
        for number, line in enumerate(hurt.split(b"\n"), 1):
            if line in sound and line:
                assert read_lines[number] == json.loads(line)["id"]


NAMES = sorted(
    {alias.partition("?")[0].split(".")[0] for row in lexicon.rows("fields.csv") for alias in row["aliases"].split(";")}
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        ["http://[::1", "//", "www.a.b", "2026-03-09", "0000-00-00", "../../etc/passwd", "a\nb", "\0", "nan"]
    ),
    st.sampled_from(["9" * 600, "word " * 5_000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*NAMES, "name", "#text", "@id"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@few(100)
@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), VALUES, max_size=8), max_size=5),
    st.booleans(),
)
def test_objects_of_any_shape(rows: list[dict[str, Any]], is_array: bool) -> None:
    text = json.dumps(rows) if is_array else "\n".join(map(json.dumps, rows))
    records, _, _ = assert_accounted("shapes.json" if is_array else "shapes.jsonl", text.encode())
    for record in records.to_pylist():
        assert all(len(record[name] or "") <= 10_000 for name in FIELDS if name not in {"text", "page", "zone"})
        assert len(record["source_id"] or "") <= 500
        assert (record["source_id"] or "").isprintable() or not any(ord(letter) < 32 for letter in record["source_id"])


@few(60)
@given(st.data())
def test_a_page_of_any_text(data: st.DataObject) -> None:
    text = data.draw(spoiled(PAGE.decode()))
    records, rejects, _ = assert_accounted("any.txt", text.encode("utf-8", "surrogatepass"))
    assert records.num_rows + rejects.num_rows == 1
    if records.num_rows:
        said = text.removeprefix("\ufeff")
        as_it_is = MENDED.isdisjoint(said)
        assert records["text"][0].as_py() == (said if as_it_is else mended.mended(said))


def test_rejects_come_in_the_order_of_reading_whoever_found_them() -> None:
    """A page without an article is found to be one later, by another process, than the broken record behind it."""
    whole = b"".join(map(answer, range(4)))
    lengthened = whole.replace(b"<article>", b"<article>\x01", 3)  # by a byte more than their records say
    _, rejects, _ = assert_accounted("hurt.warc", lengthened)
    lines = [int(place.rpartition(":")[2]) for place in rejects["source"].to_pylist()]
    assert lines == sorted(lines)
    assert len(set(rejects["reason"].to_pylist())) > 1
