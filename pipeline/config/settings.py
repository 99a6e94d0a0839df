"""Every setting: one frozen struct per stage; type, bounds, default and meaning on one line."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = [
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
    "Report",
    "Run",
    "Sketch",
    "Spark",
    "Store",
    "Trace",
    "Verify",
]

#: What an audit that fails does: stop the night, be told, or it is not looked at.
Action = Literal["block", "warn", "off"]


def _share(meaning: str) -> Meta:
    return Meta(ge=0.0, le=1.0, description=meaning)


def _count(meaning: str, *, ge: int = 0, le: int | None = None) -> Meta:
    return Meta(ge=ge, le=le, description=meaning)


def _says(meaning: str) -> Meta:
    return Meta(description=meaning)


_MEMORY = (
    "texts are compared, and clusters formed, in batches for so much memory, beside what a run holds of each article"
)


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """run: what a run may take of the machine. Nothing in a table depends on it."""

    memory_gb: Annotated[float, Meta(ge=0.25, le=100_000, description=_MEMORY)] = 4.0
    processes: Annotated[
        int, _count("processes that read articles, some 300 MB each; 0: one for each core", le=256)
    ] = 0


class Read(Struct, frozen=True, forbid_unknown_fields=True):
    """read: how input files become records."""

    fields: Annotated[
        dict[str, str], _says('canonical field = your column, where the known aliases do not cover it; "": none is it')
    ] = {}
    batch_rows: Annotated[int, _count("records that travel together", ge=1, le=1_000_000)] = 2_048
    max_record_mb: Annotated[int, _count("a longer record is rejected instead of loaded", ge=1, le=1_024)] = 16
    max_text: Annotated[int, _count("a text of more code points is no article, and rejected", ge=1)] = 500_000
    max_ratio: Annotated[int, _count("a file may hold so many times its size, and 64 MB; more is a bomb", ge=1)] = 200
    page_suffixes: Annotated[tuple[str, ...], _says("files that hold one scraped page each")] = (".txt", ".text")


class Clean(Struct, frozen=True, forbid_unknown_fields=True):
    """clean: from a page or body to the story alone."""

    publishers: Annotated[str, _says("CSV of publishers that extends or overrides the built-in ones; empty: none")] = ""
    default_zone: Annotated[
        str, _says("zone of a time without one when the publisher's country is unknown, and of crawlers' clocks")
    ] = "UTC"
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
    window_days: Annotated[float, Meta(ge=0.01, le=3_650, description="articles further apart are never compared")] = (
        14.0
    )
    sample: Annotated[int, _count("second path: one shingle in so many is joined exactly; 0: off")] = 8
    sample_shared: Annotated[int, _count("sampled shingles two articles must share to be compared", ge=1)] = 3
    bucket_cap: Annotated[int, _count("a larger bucket is compared with its pivots only", ge=2, le=100_000)] = 64
    pivots: Annotated[int, _count("pivots of such a bucket, chosen by content", ge=1, le=1_000)] = 4
    band_pivots: Annotated[
        int, _count("those of a band's: texts that are alike meet in many bands", ge=1, le=1_000)
    ] = 2


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

    horizon_days: Annotated[float, Meta(ge=0.01, le=36_500, description="how far back published tables reach")] = 90.0
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
    reused_ids: Annotated[Action, _says("new versions that are other stories: ids that number rows")] = "warn"
    max_reused_ids: Annotated[float, _share("share of the new versions of articles")] = 0.05
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
    emptied: Annotated[Action, _says("nothing published before stays: a wrong date, or a long pause")] = "warn"
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


_MASTER = "spark://host:7077, yarn, k8s://..., local[*]; empty: what spark-submit or the session that is there says"
_DRIVER_EDGES = (
    "edges whose components the driver finds alone, some 130 bytes each; more become fewer on the cluster first"
)
_PARTITIONS = "tasks into which rows go that are shuffled; 0: two for each core of the cluster"


class Spark(Struct, frozen=True, forbid_unknown_fields=True):
    """spark: where `--engine spark` runs, and how work is cut for it. Nothing in a table depends on it."""

    master: Annotated[str, _says(_MASTER)] = ""
    conf: Annotated[dict[str, str], _says("any setting of Spark's own, by its name")] = {}
    partitions: Annotated[int, _count(_PARTITIONS, le=100_000)] = 0
    split_mb: Annotated[float, Meta(gt=0, description="input files are read together up to so many MB a task")] = 64.0
    block_texts: Annotated[int, _count("texts that are compared, or whose clusters are formed, together", ge=1)] = (
        20_000
    )
    driver_edges: Annotated[int, _count(_DRIVER_EDGES)] = 20_000_000


_DIFFS = "prints put beside their canonical version: one of each story before a second of any"


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """report: what the page of `reprints report` holds. Nothing in a table depends on it."""

    bodies: Annotated[bool, _says("words of articles, as far as the store keeps them; false: headlines alone")] = True
    clusters: Annotated[int, _count("stories one by one: tonight's first, then the largest", le=20_000)] = 2_000
    members: Annotated[int, _count("prints listed of each of them", ge=1, le=1_000)] = 40
    diffs: Annotated[int, _count(_DIFFS, le=10_000)] = 500
    head_chars: Annotated[int, _count("characters of a canonical text that are shown", le=20_000)] = 800


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
    spark: Spark = Spark()
    report: Report = Report()
