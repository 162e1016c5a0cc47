"""One job that cannot be read, or timed any more, stands in no other's way."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from workshop import LONG, MONDAY

from plugwright.errors import HostError, UsageError
from plugwright.scheduling import JobState
from plugwright_scheduler import schedules
from plugwright_scheduler.endings import Run


def write(path, change, *values):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE jobs SET {change}", values)


@pytest.mark.parametrize(
    "change",
    ["arguments = 'no JSON'", "priority = 7", "value = '{'"],
)
def test_a_damaged_row_is_named_and_the_others_are_listed(local, job, path, change):
    bad, good = local.submit_all([job("bad"), job("good")])
    write(path, f"{change} WHERE id = ?", bad)

    status = local.status(bad)
    assert status.state is JobState.FAILED
    assert status.why.startswith("its row in the file is damaged: ")
    assert (status.job.plugin, status.job.command) == ("tutor", "note")
    assert {each.id for each in local.jobs()} == {bad, good}


@pytest.mark.parametrize("change", ["arguments = '{'", "data = 'no JSON'"])
def test_a_damaged_row_fails_when_it_is_due_and_the_next_job_begins(
    local, job, path, work, work_off, change
):
    bad, good = local.submit_all([job("bad"), job("good")])
    write(path, f"{change} WHERE id = ?", bad)
    work_off(local)

    assert work.called == ["good"]
    assert local.status(good).state is JobState.DONE
    write(path, "arguments = '{}', data = 'null' WHERE id = ?", bad)
    assert local.status(bad).state is JobState.FAILED
    assert "damaged" in local.status(bad).why


@pytest.fixture
def zone_goes(path):
    """Take a zone away, as an upgrade of the system's time zones does."""

    def go():
        write(path, "zone = 'Europe/Atlantis' WHERE zone != ''")
        schedules._zone.cache_clear()

    return go


def test_a_schedule_in_a_zone_that_is_gone_keeps_nobody_from_starting(
    open_local, job, work, work_off, zone_goes
):
    local = open_local()
    lost = local.submit(job(schedule="0 7 * * *", zone="Europe/Vienna"))
    good = local.submit(job("good"))
    zone_goes()
    local.dispatcher.recover()
    work_off(local)

    assert local.status(good).state is JobState.DONE
    assert local.status(lost).state is JobState.FAILED
    assert "no time zone `Europe/Atlantis`" in local.status(lost).why


def test_a_schedule_whose_zone_went_while_it_ran_has_failed(
    local, job, clock, zone_goes
):
    id = local.submit(job(schedule="0 7 * * *", zone="Europe/Vienna"))
    clock.at += 8 * 3600
    begun = local.store.begin(job().priority, clock.at, ())
    zone_goes()

    assert local.store.end(begun.id, Run(value=1), clock.at) is JobState.FAILED
    assert "no time zone" in local.status(id).why


def test_whatever_goes_wrong_in_a_step_it_is_told_and_the_next_one_is_done(
    local, job, work, monkeypatch
):
    told = []

    def expire(now):
        told.append(local.dispatcher.trouble)
        if len(told) == 1:
            raise MemoryError("none left")
        return []

    monkeypatch.setattr("plugwright_scheduler.dispatching.AGAIN", 0.001)
    monkeypatch.setattr(local.store, "expire", expire)
    id = local.submit(job("good", command="hold"))
    local.start()
    work.wait_until_held()
    work.let_go.set()
    for run in local.dispatcher.running():
        run.join(LONG)

    assert isinstance(told[1], HostError)
    assert "cannot begin jobs: MemoryError: none left" in str(told[1])
    assert local.status(id).state is JobState.DONE


def test_what_came_with_an_event_may_be_too_much_and_the_event_happened_all_the_same(
    local, job, work, work_off
):
    id = local.submit(job("x", event="noon", told_as="job"))
    local.heard("noon", "x" * (2 << 20))
    assert "what came with `noon` was not kept" in local.status(id).why
    work_off(local)
    assert [given["job"]["event"] for given in work.arguments] == [None]


def test_who_did_not_end_when_it_was_closed_is_not_run_beside_itself(
    local, job, work, monkeypatch
):
    monkeypatch.setattr("plugwright_scheduler.dispatching.PATIENCE", 0.01)
    monkeypatch.setattr(work, "hold", lambda: hold(work))
    id = local.submit(job("deaf", command="hold"))
    local.start()
    work.wait_until_held()
    local.close()
    [run] = local.dispatcher.running()

    local.start()
    local.dispatcher.step()
    assert local.status(id).state is JobState.RUNNING
    work.let_go.set()
    run.join(LONG)
    assert work.called == ["deaf"]
    assert local.status(id).state is JobState.DONE


def hold(work):
    """Be busy as a host plugin that never asks whether it was cancelled."""
    work.held.release()
    assert work.let_go.wait(LONG)


def test_what_is_being_cancelled_cannot_be_paused_or_resumed_any_more(local, job):
    id = local.submit(job(retries=5))
    local.store.begin(job().priority, MONDAY, ())
    local.cancel(id)
    for step in (local.pause, local.resume):
        with pytest.raises(UsageError, match="is being cancelled and cannot be"):
            step(id)
    state = local.store.end(id, Run(error=ValueError("ended")), MONDAY)
    assert state is JobState.CANCELLED


def test_a_missed_deadline_is_told_to_who_watches(local, job, clock):
    told = []
    local.dispatcher.watch = lambda id, state: told.append((id, state))
    id = local.submit(job(at=MONDAY + 10, deadline=MONDAY + 20))
    clock.at += 30
    local.dispatcher.step()
    local.dispatcher.step()
    assert told == [(id, JobState.MISSED)]
