"""An Airflow DAG that runs each night by the same command as cron does, and says what its exit codes mean.

A night is idempotent: a retry or a backfill of Airflow's own changes nothing that is in the store already.
"""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.timetables.interval import CronDataIntervalTimetable

CONFIG = "/etc/reprints/nightly.toml"
ZONE = "Asia/Kolkata"  # as [night] zone


@dag(
    # Said in full: by default a cron line of Airflow 3 knows no interval, only the moment at which it starts.
    schedule=CronDataIntervalTimetable("10 3 * * *", timezone=ZONE),
    start_date=datetime(2026, 11, 1, tzinfo=ZoneInfo(ZONE)),
    catchup=True,
    max_active_runs=1,  # one writer; the lock would refuse a second one
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
)
def reprints_nightly() -> None:
    """One task a night."""

    @task
    def night(data_interval_start: datetime | None = None) -> None:
        """The night of the day on which the interval of the run begins, in its own zone: it ends at midnight."""
        assert data_interval_start is not None  # Airflow fills it in
        day = data_interval_start.astimezone(ZoneInfo(ZONE)).date().isoformat()
        code = subprocess.run(["reprints", "nightly", day, "--config", CONFIG, "--wait"], check=False).returncode
        # 2 input or configuration, 3 an audit, 4 settings that do not mix: trying again changes nothing.
        if code in {2, 3, 4}:
            raise AirflowFailException(f"reprints ended with exit code {code}; its log says why and what would do")
        if code:  # a bug, a dying machine, or 5, a store at a URL that was lost to another run: worth a retry
            raise RuntimeError(f"reprints ended with exit code {code}")

    night()


reprints_nightly()
