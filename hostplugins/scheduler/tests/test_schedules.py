"""Schedules hang on a clock on a wall, which people put forward and back."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from workshop import MONDAY

from plugwright.scheduling import JobState
from plugwright_scheduler.local import Local
from plugwright_scheduler.schedules import HOUR, coming, following

VIENNA = "Europe/Vienna"
DAY = 24 * HOUR


def at(text, zone=VIENNA):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def told(time, zone=VIENNA):
    return datetime.fromtimestamp(time, ZoneInfo(zone)).isoformat(" ", "minutes")


def rounds(schedule, zone, after, count):
    for _ in range(count):
        after = following(schedule, zone, after)
        yield told(after, zone)


def test_a_time_of_day_stays_what_it_is_when_the_clocks_are_put_forward():
    assert [*rounds("0 7 * * *", VIENNA, at("2026-03-28 06:00"), 3)] == [
        "2026-03-28 07:00+01:00",
        "2026-03-29 07:00+02:00",
        "2026-03-30 07:00+02:00",
    ]


def test_a_time_that_is_left_out_comes_when_the_clock_has_jumped():
    assert [*rounds("30 2 * * *", VIENNA, at("2026-03-28 12:00"), 2)] == [
        "2026-03-29 03:00+02:00",
        "2026-03-30 02:30+02:00",
    ]


def test_a_time_that_comes_twice_is_a_time_once():
    assert [*rounds("30 2 * * *", VIENNA, at("2026-10-24 12:00"), 2)] == [
        "2026-10-25 02:30+02:00",
        "2026-10-26 02:30+01:00",
    ]


def test_every_half_hour_is_every_half_hour_in_that_night_too():
    times = [at("2026-10-25 01:45")]
    for _ in range(6):
        times.append(following("*/30 * * * *", VIENNA, times[-1]))
    steps = {later - earlier for earlier, later in pairwise(times[1:])}
    assert steps == {1800.0}


def test_without_a_zone_it_is_this_machines():
    assert following("0 7 * * *", "", MONDAY) is not None


@pytest.mark.parametrize(
    ("back", "expected"),
    [(5.0, MONDAY + DAY), (HOUR - 1, MONDAY + DAY), (2 * HOUR, MONDAY)],
)
def test_a_clock_that_is_put_back_a_little_repeats_nothing(back, expected):
    # It came round at midnight; then the clock shows a time before that.
    found = coming("0 0 * * *", "UTC", MONDAY - back, MONDAY)
    assert found == expected


def test_what_was_missed_while_nothing_ran_is_run_once_and_not_once_for_each(
    open_local, job, clock, work, work_off
):
    first = open_local()
    id = first.submit(job(schedule="*/10 * * * *", zone="UTC"))
    first.close()
    clock.at += 3 * DAY + 60
    second = open_local()
    second.dispatcher.recover()
    work_off(second)
    work_off(second)
    assert len(work.called) == 1
    assert second.status(id).due == MONDAY + 3 * DAY + 600


def test_a_schedule_does_not_begin_before_the_day_that_it_was_given(
    local, job, clock, work, work_off
):
    local.submit(job(schedule="0 * * * *", zone="UTC", at=MONDAY + 5 * HOUR))
    clock.at += 4 * HOUR
    local.dispatcher.step()
    work_off(local)
    assert work.called == []
    clock.at += 2 * HOUR
    work_off(local)
    assert len(work.called) == 1


def test_after_a_clock_went_back_by_a_year_a_schedule_comes_at_its_next_time(
    path, job, clock, work, work_off
):
    clock.at += 365 * DAY
    local = Local(path, work, now=clock)
    id = local.submit(job(schedule="0 * * * *", zone="UTC"))
    local.dispatcher.step()
    clock.at -= 365 * DAY
    local.dispatcher.step()
    assert local.status(id).due == MONDAY + HOUR
    local.close()


def test_what_may_begin_at_once_begins_whatever_the_clock_shows(
    path, job, clock, work, work_off
):
    local = Local(path, work, now=clock)
    local.submit(job("x"))
    clock.at -= 365 * DAY
    work_off(local)
    assert work.called == ["x"]
    local.close()


def test_a_retry_comes_as_much_later_though_the_clock_went_back(
    path, job, clock, work, work_off
):
    local = Local(path, work, now=clock)
    id = local.submit(job(command="fail", retries=1))
    work_off(local)
    clock.at -= DAY
    work_off(local)
    due = local.status(id).due
    assert due is not None
    assert due - clock.at < 10
    clock.at = due
    work_off(local)
    assert local.status(id).state is JobState.FAILED
    local.close()
