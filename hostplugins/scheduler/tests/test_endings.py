"""What fails is tried again a while later, and what comes again waits for its time."""

from __future__ import annotations

from random import Random

import pytest
from workshop import MONDAY

from plugwright.errors import Stopped
from plugwright.scheduling import JobState, Priority
from plugwright_scheduler.endings import FIRST_DELAY, LONGEST_DELAY, delay
from plugwright_scheduler.schedules import HOUR


def test_what_fails_is_tried_as_often_as_it_says_then_it_has_failed(
    local, job, clock, work, work_off
):
    id = local.submit(job(command="fail", retries=2))
    for tries in (1, 2):
        work_off(local)
        status = local.status(id)
        assert (status.state, status.tries) == (JobState.WAITING, tries)
        assert status.why == "`tutor`: it broke"
        work_off(local)  # not before its time
        assert len(work.called) == tries
        assert status.due is not None
        clock.at = status.due
    work_off(local)
    assert local.status(id).state is JobState.FAILED
    assert len(work.called) == 3


def test_what_works_in_the_end_is_done(local, job, clock, work, work_off):
    work.fails = 1
    id = local.submit(job(retries=1))
    work_off(local)
    clock.at += LONGEST_DELAY
    work_off(local)
    status = local.status(id)
    assert (status.state, status.why, status.tries) == (JobState.DONE, "", 2)


@pytest.mark.parametrize("failures", [0, 1, 5, 8, 9, 1000])
def test_each_delay_is_about_twice_the_one_before_and_never_the_same(failures):
    chance = Random(7)
    delays = [delay(failures, chance) for _ in range(50)]
    most = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 20))
    assert all(most / 2 <= each <= most for each in delays)
    assert len({*delays}) == 50


def test_whatever_a_command_raises_its_job_failed_and_the_next_one_runs(
    local, job, work, work_off
):
    work.fails, work.raises = 1, SystemExit("out")
    broken = local.submit(job())
    fine = local.submit(job("x"))
    work_off(local)
    assert local.status(broken).state is JobState.FAILED
    assert local.status(broken).why == "SystemExit: out"
    assert local.status(fine).state is JobState.DONE


def test_background_work_whose_plugin_used_up_its_hour_waits_for_the_next(
    local, job, clock, work, work_off
):
    work.fails, work.raises = 2, Stopped("hourly_fuel", "all of it", plugin="tutor")
    clock.at = MONDAY + 600
    patient = local.submit(job(priority=Priority.BACKGROUND))
    urgent = local.submit(job(plugin="other"))
    work_off(local)
    status = local.status(patient)
    assert status.state is JobState.WAITING
    assert status.due is not None
    assert MONDAY + HOUR <= status.due <= MONDAY + HOUR + LONGEST_DELAY
    assert local.status(urgent).state is JobState.FAILED
    clock.at = status.due
    work_off(local)
    assert local.status(patient).state is JobState.DONE


def test_a_schedule_goes_on_though_one_run_failed(local, job, clock, work, work_off):
    id = local.submit(job(schedule="0 * * * *", command="fail"))
    for hour in (1, 2, 3):
        clock.at = MONDAY + hour * HOUR
        work_off(local)
        assert len(work.called) == hour
        status = local.status(id)
        assert (status.state, status.why) == (JobState.WAITING, "`tutor`: it broke")
        assert status.due == MONDAY + (hour + 1) * HOUR


def test_a_schedule_ends_with_its_deadline(local, job, clock, work, work_off):
    id = local.submit(job(schedule="0 * * * *", deadline=MONDAY + 1.5 * HOUR))
    clock.at = MONDAY + HOUR
    work_off(local)
    assert local.status(id).state is JobState.DONE


def test_a_schedule_that_is_cancelled_comes_no_more(local, job, clock, work, work_off):
    id = local.submit(job(schedule="0 * * * *"))
    clock.at = MONDAY + HOUR
    work_off(local)
    local.cancel(id)
    clock.at = MONDAY + 2 * HOUR
    work_off(local)
    assert len(work.called) == 1


def test_only_so_many_ended_jobs_are_remembered_and_none_that_waits(
    open_local, job, work_off
):
    local = open_local(kept=5)
    waiting = local.submit(job(at=MONDAY + 1e6))
    ids = [local.submit(job()) for _ in range(120)]
    work_off(local)
    known = [status.id for status in local.jobs()]
    assert waiting in known
    assert ids[-5:] == [id for id in ids if id in known][-5:]
    assert ids[0] not in known
