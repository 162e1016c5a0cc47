"""What is submitted is kept, whole, and what could never run is refused."""

from __future__ import annotations

import math

import pytest
from workshop import MONDAY

from plugwright.errors import UsageError
from plugwright.scheduling import Job, JobState, Priority


def test_what_was_submitted_is_found_again_after_the_process_ended(open_local, job):
    everything = job(
        "übung",
        priority=Priority.BACKGROUND,
        schedule="0 7 * * mon-fri",
        zone="Europe/Vienna",
        deadline=MONDAY + 1e6,
        retries=3,
        key="lesson",
        told_as="job",
    )
    first = open_local()
    id = first.submit(everything)
    first.close()

    status = open_local().status(id)
    assert status.job == everything
    assert status.state is JobState.WAITING
    assert status.due == MONDAY + 6 * 3600  # seven in Vienna


def test_ids_are_never_given_twice(open_local, job, work_off):
    local = open_local(kept=0)
    ids = [local.submit(job()) for _ in range(250)]
    work_off(local)
    assert len(local.jobs()) < 250  # most were forgotten
    assert local.submit(job()) not in ids


def test_a_key_makes_two_jobs_one_until_it_has_ended(local, job, work_off):
    id = local.submit(job("first", key="daily"))
    assert local.submit(job("second", key="daily")) == id
    local.pause(id)
    assert local.submit(job("third", key="daily")) == id
    local.resume(id)
    work_off(local)
    assert local.submit(job("fourth", key="daily")) != id
    assert local.status(id).job.arguments == {"name": "first"}


def test_many_are_kept_all_or_none(local, job):
    with pytest.raises(UsageError, match="has no plugin"):
        local.submit_all([job(), job(plugin="")])
    assert local.jobs() == []
    assert len(local.submit_all([job(), job()])) == 2


def test_a_plugin_may_have_so_many_jobs_waiting_and_others_theirs(open_local, job):
    local = open_local(waiting=2)
    local.submit_all([job(), job(key="this")])
    with pytest.raises(UsageError, match="2 jobs of `tutor` wait already"):
        local.submit(job())
    assert local.submit(job(key="this"))  # it is there already
    assert local.submit(job(plugin="other"))


def test_of_many_at_once_each_counts_for_the_next_and_one_that_is_there_does_not(
    open_local, job
):
    local = open_local(waiting=3)
    with pytest.raises(UsageError, match="3 jobs of `tutor` wait already"):
        local.submit_all([job(), job(plugin="other"), *[job()] * 3])
    assert local.jobs() == []
    assert len({*local.submit_all([job(), job(), *[job(key="this")] * 3])}) == 3


def test_a_step_looks_at_no_job_that_only_waits(local, job, path):
    """Or each would take longer with every job that there is."""
    local.submit(job(at=MONDAY + 10, deadline=MONDAY + 20))
    asked = []
    read = local.store.file.read
    local.store.file.read = lambda *query: asked.append(query) or read(*query)
    local.dispatcher.step()

    plans = [
        row["detail"]
        for question, *values in asked
        if question.startswith("SELECT")
        for row in read(f"EXPLAIN QUERY PLAN {question}", *values)
        if " jobs" in row["detail"]
    ]
    assert plans
    assert not [plan for plan in plans if "SEARCH" not in plan]
    assert "jobs_that_end (deadline<?)" in " ".join(plans)
    assert "jobs_that_wait (priority=? AND due>?)" in " ".join(plans)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"plugin": ""}, "has no plugin"),
        ({"command": ""}, "has no command"),
        ({"command": "x" * 201}, "`command` is too long"),
        ({"key": "a\nb"}, "characters that cannot be shown"),
        ({"arguments": {"x": math.nan}}, "cannot be kept as JSON"),
        ({"arguments": {"x": object()}}, "cannot be kept as JSON"),
        ({"arguments": {"x": "y" * (1 << 20)}}, "cannot be kept as JSON"),
        ({"arguments": [1]}, "are no object"),
        ({"plugin": 5}, "`plugin` is no text"),
        ({"key": "\ud800"}, "characters that cannot be shown"),
        ({"priority": 7}, "`7` is no priority"),
        ({"at": math.inf}, "`at` is no time"),
        ({"at": 10**400}, "`at` is no time"),
        ({"at": "noon"}, "`at` is no time"),
        ({"at": 1e12}, "`at` is no time"),
        ({"at": -1.0}, "`at` is no time"),
        ({"deadline": math.nan}, "`deadline` is no time"),
        ({"retries": -1}, "cannot be tried again -1 times"),
        ({"retries": 1.5}, "cannot be tried again 1.5 times"),
        ({"schedule": "every day"}, "is no schedule"),
        ({"schedule": "0 7 31 2 *"}, "is no schedule"),
        ({"schedule": "0 7 * * *", "zone": "Europe/Nowhere"}, "no time zone"),
        ({"schedule": "0 7 * * *", "zone": "../../etc/passwd"}, "no time zone"),
        ({"at": 1.0, "zone": "Europe/Vienna"}, "zone without a schedule"),
        ({"schedule": "0 7 * * *", "event": "due"}, "not for both"),
        ({"event": "due", "at": 1.0}, "not for both"),
        ({"arguments": {"job": 1}, "told_as": "job"}, "is an argument already"),
    ],
)
def test_a_job_that_could_never_run_as_it_says_is_refused(local, about, said):
    with pytest.raises(UsageError, match=said) as told:
        local.submit(Job(**{"plugin": "tutor", "command": "note", **about}))
    assert told.value.remedy
    assert local.jobs() == []


def test_an_argument_without_a_name_is_no_word_for_the_job(local, job):
    id = local.submit(Job(plugin="tutor", command="note", arguments={"": 1}))
    assert local.status(id).job.arguments == {"": 1}


@pytest.mark.parametrize("id", ["7", "", "x", "1.0", " 1", "٣", "9" * 40])
def test_an_id_that_there_is_not_is_told_so(local, job, id):
    local.submit(job())
    for ask in (local.status, local.cancel, local.pause, local.resume):
        with pytest.raises(UsageError, match="there is no job"):
            ask(id)


def test_looking_makes_no_file(local, path):
    assert local.jobs() == []
    with pytest.raises(UsageError):
        local.cancel("1")
    local.heard("due", None)
    assert not path.exists()


def test_a_file_of_a_later_version_is_left_alone(local, job, path):
    local.submit(job())
    with local.store.file.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    local.close()
    with pytest.raises(UsageError, match="was written by a newer"):
        local.submit(job())
