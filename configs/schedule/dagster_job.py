"""A Dagster asset with a partition for each night, made by the same command as cron runs, and what its exit codes mean."""

import json
import subprocess
from pathlib import Path

from dagster import (
    AssetExecutionContext,
    DailyPartitionsDefinition,
    Definitions,
    Failure,
    MaterializeResult,
    RetryPolicy,
    asset,
    build_schedule_from_partitioned_job,
    define_asset_job,
)

CONFIG = "/etc/reprints/nightly.toml"
STORE = Path("/var/lib/reprints/store")


@asset(
    partitions_def=DailyPartitionsDefinition(start_date="2026-11-01", timezone="Asia/Kolkata"),
    retry_policy=RetryPolicy(max_retries=3, delay=600),
    pool="reprints",  # one writer: `dagster instance concurrency set reprints 1`; without it the others wait for the lock
)
def reprint_clusters(context: AssetExecutionContext) -> MaterializeResult:
    """The published tables as of a night."""
    night = context.partition_key
    code = subprocess.run(["reprints", "nightly", night, "--config", CONFIG, "--wait"], check=False).returncode
    if code:
        # 2 input or configuration, 3 an audit, 4 settings that do not mix: trying again changes nothing.
        raise Failure(f"reprints ended with exit code {code}; its log says why", allow_retries=code not in {2, 3, 4})
    manifest = json.loads((STORE / "current" / "manifest.json").read_text(encoding="utf-8"))
    return MaterializeResult(metadata={"run_id": manifest["run_id"], **manifest["counts"]})


job = define_asset_job("reprints_nightly", selection=[reprint_clusters])
defs = Definitions(
    assets=[reprint_clusters],
    jobs=[job],
    schedules=[build_schedule_from_partitioned_job(job, hour_of_day=3, minute_of_hour=10)],
)
