"""Every setting: one frozen struct per stage; type, bounds, default and meaning on one line.

`load(path)` reads a TOML file whose sections are named like the fields of `Config`; a key that is not a setting is an
error that names the nearest one. A file states only what differs from the defaults. `describe()` writes all of them with
their meaning; `configs/default.toml` is its output.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import date as date_
from datetime import datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

from pipeline.errors import ConfigError

__all__ = [
    "READING",
    "Action",
    "Audit",
    "Clean",
    "Config",
    "Elect",
    "Learn",
    "Night",
    "Override",
    "Pair",
    "Read",
    "Run",
    "Sketch",
    "Store",
    "Trace",
    "Verify",
    "describe",
    "fingerprint",
    "load",
    "night",
]


#: What an audit that fails does: stop the night, be told, or it is not looked at.
Action = Literal["block", "warn", "off"]

#: Settings that are paths.
_PATHS = (
    ("clean", "publishers"),
    ("trace", "agencies"),
    ("override", "orders"),
    ("store", "metrics"),
    ("store", "cache"),
    ("night", "store"),
    ("night", "inputs"),
)

#: Those whose content decides as well as the settings themselves.
_FILES = (("clean", "publishers"), ("trace", "agencies"), ("override", "orders"))

#: Settings that decide how an article is read, by section; none named means all of it.
READING: Mapping[str, tuple[str, ...]] = MappingProxyType({"clean": (), "trace": (), "sketch": ("short_words",)})

#: Settings that no published table depends on, by section; none named means all of it.
_BESIDE: dict[str, tuple[str, ...]] = {
    "run": (),
    "read": (),  # what is kept was read, whatever it takes to read more
    "audit": (),
    "night": (),
    "store": ("keep_runs", "divide_over", "mode", "min_free_gb", "bodies_days", "cache", "metrics"),
}


def _share(meaning: str) -> Meta:
    return Meta(ge=0.0, le=1.0, description=meaning)


def _count(meaning: str, *, ge: int = 0, le: int | None = None) -> Meta:
    return Meta(ge=ge, le=le, description=meaning)


def _says(meaning: str) -> Meta:
    return Meta(description=meaning)


_MEMORY = "texts are compared in batches that fit into so much memory, beside what a run holds of each article"


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """run: what a run may take of the machine. Nothing in a table depends on it."""

    memory_gb: Annotated[float, Meta(ge=0.25, description=_MEMORY)] = 4.0
    processes: Annotated[
        int, _count("processes that read articles, some 300 MB each; 0: one for each core", le=256)
    ] = 0


class Read(Struct, frozen=True, forbid_unknown_fields=True):
    """read: how input files become records."""

    fields: Annotated[
        dict[str, str], _says("canonical field = your column, where the known aliases do not cover it")
    ] = {}
    batch_rows: Annotated[int, _count("records that travel together", ge=1, le=1_000_000)] = 2_048
    max_record_mb: Annotated[int, _count("a longer record is rejected instead of loaded", ge=1, le=1_024)] = 16
    max_text: Annotated[int, _count("a text of more code points is no article, and rejected", ge=1)] = 500_000
    max_ratio: Annotated[int, _count("a file may hold so many times its size, and 64 MB; more is a bomb", ge=1)] = 200
    page_suffixes: Annotated[tuple[str, ...], _says("files that hold one scraped page each")] = (".txt", ".text")


class Clean(Struct, frozen=True, forbid_unknown_fields=True):
    """clean: from a page or body to the story alone."""

    publishers: Annotated[str, _says("CSV of publishers that extends or overrides the built-in ones; empty: none")] = ""
    default_zone: Annotated[str, _says("zone of a time without one when the publisher's country is unknown")] = "UTC"
    max_strip_share: Annotated[float, _share("never take more than this share of a body's words as furniture")] = 0.6
    stub_words: Annotated[int, _count("a shorter body is a stub: it may join a cluster, never lead it")] = 30


class Trace(Struct, frozen=True, forbid_unknown_fields=True):
    """trace: whose copy it is, and whom it cites."""

    agencies: Annotated[str, _says("CSV of agencies that extends or overrides the built-in ones; empty: none")] = ""


class Sketch(Struct, frozen=True, forbid_unknown_fields=True):
    """sketch: shingles and signatures. Changing any of these but short_words needs `reprints rebuild`."""

    shingle_words: Annotated[int, _count("words in a shingle", ge=1, le=16)] = 5
    shingle_chars: Annotated[int, _count("characters in one, for scripts written without spaces", ge=1, le=16)] = 5
    short_words: Annotated[int, _count("a shorter body is sketched together with its headline")] = 25
    permutations: Annotated[int, _count("length of a signature", ge=16, le=1_024)] = 128
    seed: Annotated[int, _count("seed of datasketch's permutations", le=4_294_967_295)] = 1


_STRETCH = "lines are counted in stretches of time so long, and their neighbours; 0: a twelfth of store.horizon_days"


_WORDS = "how long before the oldest kept run words of articles stay; 0: as long as what is compared"


class Learn(Struct, frozen=True, forbid_unknown_fields=True):
    """learn: furniture from the lines that one publisher repeats across different stories."""

    min_texts: Annotated[int, _count("different texts of a publisher that must carry a line", ge=2)] = 4
    days: Annotated[float, Meta(ge=0, le=36_500, description=_STRETCH)] = 0.0
    max_share: Annotated[float, _share("a text more of whose words would go stays as it is")] = 0.95


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """pair: which articles are compared at all."""

    bands: Annotated[int, _count("LSH bands; 0: derived from threshold by datasketch's optimiser")] = 42
    rows: Annotated[int, _count("signature rows in a band; 0: derived")] = 3
    threshold: Annotated[float, Meta(ge=0.1, le=0.9, description="Jaccard at which derived bands turn")] = 0.3
    window_days: Annotated[float, Meta(gt=0, le=3_650, description="articles further apart are never compared")] = 14.0
    sample: Annotated[int, _count("second path: one shingle in so many is joined exactly; 0: off")] = 8
    sample_shared: Annotated[int, _count("sampled shingles two articles must share to be compared", ge=1)] = 3
    bucket_cap: Annotated[int, _count("a larger bucket is compared with its pivots only", ge=2, le=100_000)] = 64
    pivots: Annotated[int, _count("pivots of such a bucket, chosen by content", ge=1, le=1_000)] = 4


class Verify(Struct, frozen=True, forbid_unknown_fields=True):
    """verify: the exact cuts that decide a match."""

    min_jaccard: Annotated[float, _share("at or above: the same story")] = 0.2
    min_containment: Annotated[float, _share("of the shorter in the longer, at or above: cut or expanded")] = 0.6
    min_share: Annotated[float, _share("containment counts only if the shorter is this much of the longer")] = 0.08
    opening_words: Annotated[int, _count("what two prints share begins within so many words of both", ge=1)] = 200
    opening_share: Annotated[float, _share("and within this share of both; later: an excerpt")] = 0.35
    early_share: Annotated[float, _share("they share the opening itself if it begins within this share of both")] = 0.12
    early_ease: Annotated[float, _share("then so much of min_jaccard is enough")] = 0.7
    min_words: Annotated[int, _count("a shorter text matches only one it is nearly equal to")] = 25
    own_jaccard: Annotated[float, _share("as min_jaccard, for two texts of one publisher")] = 0.5
    own_containment: Annotated[float, _share("as min_containment, for two texts of one publisher")] = 0.8
    light_edit: Annotated[float, _share("Jaccard at or above which two texts are nearly equal")] = 0.8
    same_length: Annotated[float, _share("a text shorter than this share of the other is abridged")] = 0.9
    figures_min: Annotated[int, _count("texts with at least so many numbers each must also agree in them", ge=1)] = 4
    figures_shared: Annotated[float, _share("numbers shared, of the text with fewer; below: a template")] = 0.25
    brief_words: Annotated[int, _count("shorter texts of one publisher may be daily briefs of one form")] = 150
    names_min: Annotated[int, _count("texts with at least so many names each must also agree in them", ge=1)] = 4
    names_shared: Annotated[float, _share("names shared, of the text with fewer; below: a template")] = 0.4
    quoted_share: Annotated[float, _share("of what two texts share is quoted, at or above: perhaps quotes only")] = 0.5
    narration_share: Annotated[float, _share("and their narration has less than this in common")] = 0.25
    quote_run: Annotated[int, _count("a shared run of at least so many shingles is worth telling then", ge=1)] = 12
    excerpt_run: Annotated[int, _count("a shared run of at least so many shingles is an excerpt", ge=1)] = 30


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """override: what an editor orders, whatever the figures say."""

    orders: Annotated[
        str, _says("CSV of orders (must_link, cannot_link, pin, publisher): order,left_id,right_id,note; empty: none")
    ] = ""


class Elect(Struct, frozen=True, forbid_unknown_fields=True):
    """elect: the canonical version of a cluster."""

    longer_by: Annotated[float, _share("a text longer by this share is more complete; less is a tie")] = 0.1
    tie_minutes: Annotated[int, _count("publication times closer than this are a tie")] = 15
    dropped_min_confidence: Annotated[float, _share("how sure an origin must be before a print has dropped it")] = 0.8
    dropped_min_credited: Annotated[int, _count("prints that must credit it before another has dropped it", ge=1)] = 2


_MODE = r"^(0?[67][0-7]{2})?$"
_MODES = 'octal mode of what is published, as "0640"; folders can be entered where files can be read; empty: by umask'
_ROOM = "free disk that a run leaves, beside what it is likely to write, or does not begin; 0: nobody looks"


class Store(Struct, frozen=True, forbid_unknown_fields=True):
    """store: what is kept, and for how long."""

    horizon_days: Annotated[float, Meta(gt=0, le=36_500, description="how far back published tables reach")] = 90.0
    keep_runs: Annotated[int, _count("published runs that are kept, the current one among them", ge=1)] = 30
    divide_over: Annotated[int, _count("articles above which large tables are folders of parts, by time", ge=0)] = (
        250_000
    )
    mode: Annotated[str, Meta(pattern=_MODE, description=_MODES)] = ""
    min_free_gb: Annotated[float, Meta(ge=0, le=100_000, description=_ROOM)] = 0.25
    bodies_days: Annotated[float, Meta(ge=0, le=36_500, description=_WORDS)] = 0.0
    cache: Annotated[str, _says("folder for copies of what lies in a store at a URL; empty: one of the moment")] = ""
    metrics: Annotated[str, _says("NAME.prom for Prometheus, in the textfile collector's folder; empty: none")] = ""


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """audit: what stops a night (block), is told of it (warn) or left out (off), each with its limit; see quality/audit.py.

    Broken invariants always block.
    """

    failed_files: Annotated[Action, _says("input files that cannot be read to their end")] = "block"
    max_failed_files: Annotated[float, _share("share of the files")] = 0.1
    unfinished_files: Annotated[Action, _says("what is no file, or no whole one (*.part, *.tmp); never read")] = "warn"
    max_unfinished_files: Annotated[int, _count("how many")] = 0
    rejects: Annotated[Action, _says("records that cannot be used")] = "block"
    max_rejects: Annotated[float, _share("share of the records")] = 0.2
    undated: Annotated[Action, _says("new articles without a date of publication")] = "warn"
    max_undated: Annotated[float, _share("share of the new articles")] = 0.5
    singletons: Annotated[Action, _says("new articles that are nobody's reprint")] = "warn"
    max_singletons: Annotated[float, _share("share of the new articles")] = 0.98
    max_singletons_rise: Annotated[float, _share("how far above the usual share")] = 0.15
    largest_cluster: Annotated[Action, _says("a story with too many prints: perhaps a template")] = "warn"
    max_cluster: Annotated[int, _count("articles in it", ge=1)] = 5_000
    max_cluster_share: Annotated[float, _share("share of all published articles")] = 0.25
    records: Annotated[Action, _says("fewer new records than usual: a half-delivered folder")] = "block"
    min_records: Annotated[float, _share("share of the usual number")] = 0.6
    publishers: Annotated[Action, _says("a regular publisher that is missing, or nearly")] = "warn"
    min_publisher: Annotated[float, _share("share of its usual articles")] = 0.3
    agencies: Annotated[Action, _says("an agency hardly credited any more: a lapsed feed")] = "warn"
    min_agency: Annotated[float, _share("share of its usual credits, article for article")] = 0.3
    stale: Annotated[Action, _says("the newest article is old: an old folder came")] = "warn"
    max_age_hours: Annotated[float, Meta(ge=0, description="hours before the run's date")] = 36.0
    missing_nights: Annotated[Action, _says("a night before this one had no run")] = "warn"
    max_missing_nights: Annotated[int, _count("how many")] = 0
    nights: Annotated[int, _count("nights that tell what is usual, among the runs kept", ge=1)] = 14
    min_nights: Annotated[int, _count("before so many, nothing is unusual", ge=2)] = 7
    min_count: Annotated[int, _count("shares and averages of fewer articles say nothing", ge=1)] = 20


class Night(Struct, frozen=True, forbid_unknown_fields=True):
    """night: where `reprints nightly` finds a night's files, and whose day it is."""

    inputs: Annotated[tuple[str, ...], _says("files, folders and globs; {date} is the night as 2026-11-24")] = ()
    store: Annotated[str, _says("folder or URL (s3://bucket/prefix) of the store")] = ""
    zone: Annotated[str, _says("IANA zone in which the night's date ends")] = "UTC"


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a run, a section for each stage."""

    run: Run = Run()
    read: Read = Read()
    clean: Clean = Clean()
    trace: Trace = Trace()
    sketch: Sketch = Sketch()
    learn: Learn = Learn()
    pair: Pair = Pair()
    verify: Verify = Verify()
    override: Override = Override()
    elect: Elect = Elect()
    store: Store = Store()
    audit: Audit = Audit()
    night: Night = Night()


def night(settings: Config, date: date_) -> tuple[list[str], str, datetime]:
    """The inputs, store and as-of time of a night: the end of its date in the night's zone. `ConfigError` if unset."""
    if not settings.night.inputs or not settings.night.store:
        raise ConfigError("a night needs night.inputs and night.store in the configuration; see configs/nightly.toml")
    try:
        zone = zoneinfo.ZoneInfo(settings.night.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(f"night.zone: {settings.night.zone!r} is no IANA zone such as Asia/Kolkata") from error
    ends = datetime.combine(date, time.max, zone)
    return [name.replace("{date}", date.isoformat()) for name in settings.night.inputs], settings.night.store, ends


def load(path: str | Path | None) -> Config:
    """The settings of a TOML file over the defaults; the defaults alone for None.

    Raises `ConfigError` naming the file, the key and what would be right.
    """
    if path is None:
        return Config()
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such configuration file; print one to start from with: reprints config"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML: {error}") from error
    _refuse_unknown(path, given)
    _resolve_paths(Path(path).parent, given)
    try:
        config = msgspec.convert(given, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error
    if (config.pair.bands == 0) != (config.pair.rows == 0):
        raise ConfigError(f"{path}: pair.bands and pair.rows are given together, or both 0 to derive them")
    if config.pair.bands * config.pair.rows > config.sketch.permutations:
        raise ConfigError(
            f"{path}: pair.bands x pair.rows = {config.pair.bands * config.pair.rows} needs as many "
            f"sketch.permutations; there are {config.sketch.permutations}"
        )
    if config.audit.min_nights > config.audit.nights:
        raise ConfigError(
            f"{path}: audit.min_nights = {config.audit.min_nights} nights are never there: audit.nights looks at the last "
            f"{config.audit.nights}"
        )
    return config


def stretch_days(settings: Config) -> float:
    """How long the stretches of time are for which furniture is learned, in days."""
    return settings.learn.days or settings.store.horizon_days / 12


def texts_at_once(settings: Config) -> int:
    """How many texts are held with their sketches, some 2 to 8 kB each while they are compared."""
    return int(settings.run.memory_gb * (1 << 15))


def part_days(settings: Config) -> int:
    """How many days the parts of a published table have, where it is divided: few of them lie within a window."""
    return max(1, round(settings.pair.window_days / 4))


def _refuse_unknown(path: str | Path, given: dict[str, Any]) -> None:
    sections = {field.name: field.type for field in msgspec.structs.fields(Config)}
    for section, values in given.items():
        if section not in sections:
            raise ConfigError(f"{path}: there is no section [{section}]{_nearest(section, list(sections))}")
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: [{section}] is a section, found a value")
        known = [field.name for field in msgspec.structs.fields(sections[section])]
        for key in values:
            if key not in known:
                raise ConfigError(f"{path}: [{section}] has no setting {key!r}{_nearest(key, known)}")


def _resolve_paths(folder: Path, given: dict[str, Any]) -> None:
    """A relative path in a file is relative to that file, wherever the command is run. URLs are none."""
    for section, key in _PATHS:
        value = given.get(section, {}).get(key)
        if isinstance(value, str) and value:
            given[section][key] = _resolved(folder, value)
        elif isinstance(value, list):
            given[section][key] = [_resolved(folder, item) if isinstance(item, str) else item for item in value]


def _resolved(folder: Path, path: str) -> str:
    return path if "://" in path else str(folder / path)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"


def describe(config: Config | None = None) -> str:
    """All settings as TOML, each with its meaning and bounds as a comment. `load` of the result equals `config`."""
    return "\n".join(_lines(config or Config())) + "\n"


def _lines(config: Config) -> Iterator[str]:
    yield "# All settings of newswire-reprints with their defaults; a file of yours states only what differs."
    for section in msgspec.structs.fields(Config):
        struct = getattr(config, section.name)
        yield ""
        yield f"# {(type(struct).__doc__ or '').splitlines()[0]}"
        yield f"[{section.name}]"
        hints = get_type_hints(type(struct), include_extras=True)
        for field in msgspec.structs.fields(struct):
            meta: Meta = hints[field.name].__metadata__[0]
            yield f"{field.name} = {_toml(getattr(struct, field.name))}  # {meta.description}{_bounds(meta)}"


def _bounds(meta: Meta) -> str:
    low, high = meta.ge if meta.ge is not None else meta.gt, meta.le
    if low is None or (low == 0 and high is None):
        return ""
    return f" ({low}..{high})" if high is not None else f" (at least {low})"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return msgspec.json.encode(value).decode()
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_toml(item)}' for key, item in value.items())}}}"
        case _:
            raise TypeError(f"no TOML form for {type(value).__name__}")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def fingerprint(settings: Config, only: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """A short hash of what decides the tables: equal for equal values, whatever file they came from. 16 hex digits.

    Files that settings name count by what is in them, not by their path. Where a night lies, what its alarms are and how
    many runs are kept decide nothing in a table. `only`: of these settings alone, by section.
    """
    values = msgspec.to_builtins(settings)
    for section, keys in _BESIDE.items():
        values[section] = {key: value for key, value in values[section].items() if keys and key not in keys}
    for section, key in _FILES:
        path = values[section][key]
        values[section][key] = hashlib.blake2b(_content(path)).hexdigest() if path else ""
    if only is not None:
        values = {
            section: {key: value for key, value in values[section].items() if not keys or key in keys}
            for section, keys in only.items()
        }
    encoded = msgspec.json.encode(values, order="sorted")
    return hashlib.blake2b(encoded, digest_size=8).hexdigest()


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
