"""An Airflow DAG that runs each night by the same command as cron does, and says what its exit codes mean.

A night is idempotent: a retry or a backfill of Airflow's own changes nothing that is in the store already.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk import dag, task

CONFIG = "/etc/reprints/nightly.toml"


@dag(
    schedule="10 3 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=True,
    max_active_runs=1,  # one writer; the lock would refuse a second one
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
)
def reprints_nightly() -> None:
    """One task a night."""

    @task
    def night(ds: str | None = None) -> None:
        """`ds` is the night: the day that the interval of the run begins."""
        code = subprocess.run(["reprints", "nightly", str(ds), "--config", CONFIG, "--wait"], check=False).returncode
        # 2 input or configuration, 3 an audit, 4 settings that do not mix: trying again changes nothing.
        if code in {2, 3, 4}:
            raise AirflowFailException(f"reprints ended with exit code {code}; its log says why and what would do")
        if code == 5:  # only without --wait
            raise AirflowSkipException("another run holds the store")
        if code:
            raise RuntimeError(f"reprints ended with exit code {code}")  # a bug or a dying machine: worth a retry

    night()


reprints_nightly()
