"""The disk of the database is full for a while: acts are refused with 503, nothing half-way stays, and all goes on after (R22)."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.faults import cluster, trial
from tests.faults.trial import Result, Trial

SEED = 20261128
_LEFT = 300_000

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")]


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes at ``place``; skipped where the machine mounts none."""
    place.mkdir(parents=True)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_up(disk: Path, held: Trial) -> None:
    """Leave a few pages free, wait until somebody was refused, work on full for a while, then make room again."""
    trial.await_answers(held, 12)
    ballast = disk / "ballast"
    with suppress(OSError):  # what is being written at this very moment may take the rest
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - _LEFT)))
    give_up = time.monotonic() + 30
    while shutil.disk_usage(disk).free > 8192 and time.monotonic() < give_up:
        time.sleep(0.1)
    held.result.counts["times the disk was full"] += shutil.disk_usage(disk).free <= 8192
    time.sleep(4)
    ballast.unlink()
    trial.await_answers(held, 12)


def judged(result: Result) -> tuple[list[str], int, bool]:
    """Findings, how often the disk was full, and whether clients had to ask again and got their answer."""
    return result.found, result.counts["times the disk was full"], result.counts["requests sent again for want of an answer"] > 0


def test_sqlite_on_a_full_disk_refuses_and_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 96) as disk:
        shutil.copy(str(make_url(sqlite_url).database), disk / "quytrinh.db")
        with trial.prepared(f"sqlite:///{disk / 'quytrinh.db'}", tmp_path / "there", SEED, trial.SMALL) as held:
            result = trial.perform(held, lambda held: fill_up(disk, held))

    assert judged(result) == ([], 1, True)


@pytest.mark.postgresql
def test_postgresql_on_a_full_disk_refuses_and_goes_on(tmp_path: Path) -> None:
    with cluster.running() as server, small_disk(server.folder / "disk", 48) as disk:
        cluster.own(disk)
        server.run(f"CREATE TABLESPACE small LOCATION '{disk}'")
        server.fill(tablespace="small")
        with trial.prepared(server.url, tmp_path / "there", SEED, trial.SMALL) as held:
            result = trial.perform(held, lambda held: fill_up(disk, held))
        server.stop()

    assert judged(result) == ([], 1, True)
