"""What every scheduler promises."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.scheduling import ENDED, Job, JobState, JobStatus, Scheduler
from plugwright_sdk.kit.contracts.contract import ODD_TEXTS, Contract
from plugwright_sdk.kit.fixtures import TmpPlugin, register

LONGEST_WAIT = 60.0
"""Seconds until a scheduler is held to have forgotten a job."""

COUNTING = '''
from plugwright_sdk import command, storage

@command
def note(text: str) -> str:
    """Note that it ran, and say it back."""
    storage.set("noted", [*storage.get("noted", []), text])
    return text

@command
def noted() -> list[str]:
    """Say what was noted."""
    return storage.get("noted", [])

@command
def fail() -> None:
    """Fail."""
    raise ValueError("this fails on purpose")
'''


class SchedulerContract(Contract):
    """What every scheduler promises."""

    family = "schedulers"

    @pytest.fixture
    def host(
        self,
        plugin: object,
        settings: Mapping[str, Any],
        plugwright_host: Host,
        plugwright_tmp_plugin: TmpPlugin,
    ) -> Host:
        """A host with this plugin, and another whose commands can be seen to run."""
        register(plugwright_host, plugin, settings=settings)
        plugwright_tmp_plugin.bundle(COUNTING, "counting", permissions=("storage",))
        return plugwright_host

    @pytest.fixture
    def scheduler(self, host: Host) -> Scheduler:
        """The scheduler under test, started; the host closes it."""
        scheduler = host.scheduler(host.hooks.schedulers(host=host)[0].name)
        scheduler.start()
        return scheduler

    def test_a_job_is_run_and_its_answer_is_kept(self, scheduler: Scheduler) -> None:
        status = _end_of(scheduler, scheduler.submit(_note("hello")))

        assert (status.state, status.value) == (JobState.DONE, "hello")
        assert status.tries == 1

    def test_a_job_that_fails_says_why(self, scheduler: Scheduler) -> None:
        id = scheduler.submit(Job(plugin="counting", command="fail"))

        status = _end_of(scheduler, id)

        assert status.state is JobState.FAILED
        assert "this fails on purpose" in status.why

    def test_a_job_of_a_plugin_that_is_not_there_fails(
        self, scheduler: Scheduler
    ) -> None:
        id = scheduler.submit(Job(plugin="nobody", command="nothing"))

        status = _end_of(scheduler, id)

        assert status.state is JobState.FAILED
        assert status.why

    def test_a_job_that_is_not_known_is_said_to_be_so(
        self, scheduler: Scheduler
    ) -> None:
        for id in ("", "no such job", "'; --"):
            with pytest.raises(UsageError):
                scheduler.status(id)

    def test_a_job_for_later_waits(self, scheduler: Scheduler) -> None:
        later = time.time() + 86_400
        id = scheduler.submit(_note("later", at=later))
        _end_of(scheduler, scheduler.submit(_note("now")))

        status = scheduler.status(id)

        assert (status.state, status.due) == (JobState.WAITING, later)

    def test_what_was_cancelled_never_runs(
        self, host: Host, scheduler: Scheduler
    ) -> None:
        id = scheduler.submit(_note("cancelled", at=time.time() + 86_400))

        scheduler.cancel(id)

        assert scheduler.status(id).state is JobState.CANCELLED
        assert "cancelled" not in _noted(host)

    def test_what_is_paused_waits_until_it_is_resumed(
        self, scheduler: Scheduler
    ) -> None:
        id = scheduler.submit(_note("paused", at=time.time() + 86_400))

        scheduler.pause(id)
        assert scheduler.status(id).state is JobState.PAUSED
        scheduler.resume(id)

        assert scheduler.status(id).state is JobState.WAITING

    def test_a_job_with_the_key_of_one_that_waits_is_that_one(
        self, scheduler: Scheduler
    ) -> None:
        later = time.time() + 86_400

        first = scheduler.submit(_note("first", at=later, key="once"))
        second = scheduler.submit(_note("second", at=later, key="once"))

        assert first == second

    def test_a_missed_deadline_is_not_begun(
        self, host: Host, scheduler: Scheduler
    ) -> None:
        id = scheduler.submit(_note("too late", deadline=time.time() - 1))

        assert _end_of(scheduler, id).state is JobState.MISSED
        assert "too late" not in _noted(host)

    def test_what_waits_for_an_event_does_not_begin_without(
        self, scheduler: Scheduler
    ) -> None:
        id = scheduler.submit(_note("heard", event="contract-event"))
        _end_of(scheduler, scheduler.submit(_note("now")))

        assert scheduler.status(id).state is JobState.WAITING

    def test_many_jobs_are_all_kept(self, host: Host, scheduler: Scheduler) -> None:
        texts = [f"job {number}" for number in range(10)]

        ids = scheduler.submit_all(_note(text) for text in texts)

        assert len({*ids}) == 10
        assert {_end_of(scheduler, id).state for id in ids} == {JobState.DONE}
        assert sorted(_noted(host)) == sorted(texts)
        assert {*ids} <= {status.id for status in scheduler.jobs()}

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_arguments_arrive_as_they_were_given(
        self, scheduler: Scheduler, text: str
    ) -> None:
        status = _end_of(scheduler, scheduler.submit(_note(text)))

        assert (status.value, status.job.arguments) == (text, {"text": text})

    def test_closing_twice_is_once(self, scheduler: Scheduler) -> None:
        scheduler.close()
        scheduler.close()


def _note(text: str, **about: Any) -> Job:
    return Job(plugin="counting", command="note", arguments={"text": text}, **about)


def _noted(host: Host) -> list[Any]:
    found = host.run("counting", "noted", {})
    assert isinstance(found, list)
    return found


def _end_of(scheduler: Scheduler, id: str) -> JobStatus:
    end = time.monotonic() + LONGEST_WAIT
    while (status := scheduler.status(id)).state not in ENDED:
        assert time.monotonic() < end, f"job `{id}` is still {status.state}"
        time.sleep(0.005)
    return status
