"""On a full disk nothing is promised, nothing is lost, and it is told in a sentence."""

from __future__ import annotations

import subprocess
from contextlib import suppress

import pytest
from workshop import LONG, Work

from plugwright.errors import HostError
from plugwright.scheduling import JobState
from plugwright_scheduler import dispatching
from plugwright_scheduler.local import Local


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk):
    with open(disk / "filler", "ab", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass


def test_a_job_is_kept_or_it_is_told_that_it_is_not(small_disk, job):
    local = Local(small_disk / "jobs.db", Work())
    kept = []

    def submit_for_ever():
        while True:
            kept.append(local.submit(job("x" * 2000)))

    with pytest.raises(HostError, match="the disk is full") as told:
        submit_for_ever()
    assert "jobs.db" in told.value.message
    assert [status.id for status in local.jobs()] == kept
    local.close()
    again = Local(small_disk / "jobs.db", Work())
    assert [status.id for status in again.jobs()] == kept
    again.close()


def test_an_end_that_cannot_be_written_down_is_written_when_it_can(
    small_disk, job, monkeypatch
):
    monkeypatch.setattr(dispatching, "AGAIN", 0.01)
    work = Work()
    local = Local(small_disk / "jobs.db", work)
    id = local.submit(job(command="hold"))
    local.dispatcher.step()
    work.wait_until_held()
    [run] = local.dispatcher.running()
    fill(small_disk)
    # What SQLite has in its log already can still be written there.
    with suppress(HostError):
        while True:
            local.submit(job("x" * 2000))
    work.let_go.set()
    while local.dispatcher.trouble is None:
        pass
    assert "the disk is full" in str(local.dispatcher.trouble)
    (small_disk / "filler").unlink()
    run.join(LONG)
    assert local.status(id).state is JobState.DONE
    local.close()
