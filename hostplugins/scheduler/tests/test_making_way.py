"""Background work makes way while real-time work is late."""

from __future__ import annotations

import threading

import pytest
from workshop import LONG

from plugwright.errors import HostError
from plugwright.scheduling import JobState, Priority
from plugwright.turns import Doors, caller
from plugwright_scheduler.dispatching import MOST_YIELDS
from plugwright_scheduler.lag import MEMORY, Lag
from plugwright_scheduler.local import Local
from plugwright_scheduler.settings import Settings

REAL_TIME, INTERACTIVE, BACKGROUND = Priority


def test_the_lag_is_that_of_who_waits_and_of_who_began_lately():
    lag = Lag()
    assert lag.worst(10.0) == 0
    lag.waits(["a", "b"], 10.0)
    lag.waits(["b", "c"], 10.5)
    assert lag.since("b", 11.0) == 10.0
    assert lag.worst(11.0) == 1.0
    lag.waits([], 11.0)
    assert lag.worst(11.0) == 0
    lag.begun(0.7, 11.0)
    assert lag.worst(11.0 + MEMORY) == 0.7
    assert lag.worst(11.1 + MEMORY) == 0


def test_no_background_job_begins_while_a_real_time_job_waits_too_long(
    open_local, job, work, work_off
):
    local = open_local(real_time=1, lag=0.01)
    local.submit_all(
        [
            job("now", plugin="one", command="hold", priority=REAL_TIME),
            job("late", plugin="two", priority=REAL_TIME),
        ]
    )
    local.dispatcher.step()
    work.wait_until_held()
    local.submit(job("whenever", plugin="three", priority=BACKGROUND))
    local.submit(job("soon", plugin="four"))
    while not local.dispatcher.is_late():
        pass
    local.dispatcher.step()
    assert "whenever" not in work.called
    work.let_go.set()
    for run in local.dispatcher.running():
        run.join(LONG)
    local.dispatcher.step()
    for run in local.dispatcher.running():
        run.join(LONG)
    # The one that was late is not forgotten at once.
    assert sorted(work.called) == ["late", "now", "soon"]
    local.dispatcher.lag = Lag()
    work_off(local)
    assert "whenever" in work.called


def test_without_lag_background_work_goes_on_beside_real_time_work(
    open_local, job, work
):
    local = open_local(lag=60.0)
    local.submit(job(plugin="one", command="hold", priority=REAL_TIME))
    local.submit(job(plugin="two", command="hold", priority=BACKGROUND))
    local.dispatcher.step()
    work.wait_until_held(2)


def test_a_real_time_job_that_takes_long_is_not_a_late_one(
    open_local, job, work, work_off
):
    local = open_local(lag=60.0)
    local.submit(job(command="hold", priority=REAL_TIME))
    local.dispatcher.step()
    work.wait_until_held()
    [run] = local.dispatcher.running()
    late = run.late
    work.let_go.set()
    run.join(LONG)
    assert run.late == late
    assert local.dispatcher.lag.worst(0.0) == late


def test_a_watcher_that_fails_ends_nothing(local, job, work, work_off):
    def fail(id, state):
        raise ValueError("no")

    local.dispatcher.watch = fail
    ids = local.submit_all([job("x"), job("y")])
    work_off(local)
    assert {local.status(id).state for id in ids} == {JobState.DONE}


def test_where_no_thread_can_be_had_the_job_waits_and_it_is_told(
    local, job, work_off, monkeypatch
):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    id = local.submit(job())
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(HostError, match="can't start new thread"):
            local.dispatcher.step()
    assert local.status(id).state is JobState.WAITING
    assert local.dispatcher.running() == []
    work_off(local)
    assert local.status(id).state is JobState.DONE


class OneAtATime:
    """Plugins as the host has them: each behind its door."""

    def __init__(self) -> None:
        self.doors = Doors()
        self.called: list[str] = []
        self.inside = threading.Semaphore(0)
        self.let_go = threading.Event()

    def __call__(self, plugin, command, arguments):
        who = caller()
        with self.doors.inside(plugin):
            who.begins()
            self.called.append(arguments["name"])
            if command == "hold":
                ended = threading.Event()
                with who.ending_with(ended.set):
                    self.inside.release()
                    while not (ended.wait(0.001) or self.let_go.is_set()):
                        pass
                with who.ending_with(ended.set):
                    pass  # raises if it was ended


def held(local, works, job, name):
    id = local.submit(job(name, command="hold", priority=BACKGROUND))
    local.dispatcher.step()
    assert works.inside.acquire(timeout=LONG)
    return id


def test_a_background_job_leaves_the_plugin_that_a_real_time_job_waits_for(
    path, job, work_off
):
    works = OneAtATime()
    local = Local(path, works, Settings(lag=0.01))
    slow = held(local, works, job, "slow")
    quick = local.submit(job("quick", priority=REAL_TIME))
    while local.status(quick).state is not JobState.DONE:
        local.dispatcher.step()
    for run in local.dispatcher.running():
        run.join(LONG)
    assert works.called[:2] == ["slow", "quick"]
    status = local.status(slow)
    assert status.state is JobState.WAITING
    assert status.why == "it made way for a real-time job"

    works.let_go.set()
    local.dispatcher.lag = Lag()
    work_off(local)
    assert local.status(slow).state is JobState.DONE
    local.close()


def test_after_it_made_way_a_few_times_it_is_left_alone(path, job):
    works = OneAtATime()
    local = Local(path, works, Settings(lag=0.01))
    slow = held(local, works, job, "slow")
    for _ in range(MOST_YIELDS):
        quick = local.submit(job("quick", priority=REAL_TIME))
        while local.status(quick).state is not JobState.DONE:
            local.dispatcher.step()
        for run in local.dispatcher.running():
            run.join(LONG)
        local.dispatcher.lag = Lag()
        local.dispatcher.step()
        assert works.inside.acquire(timeout=LONG)
    last = local.submit(job("last", priority=REAL_TIME))
    while not local.dispatcher.is_late():
        local.dispatcher.step()
    local.dispatcher.step()
    assert local.status(slow).state is JobState.RUNNING
    works.let_go.set()
    for run in local.dispatcher.running():
        run.join(LONG)
    assert local.status(slow).state is JobState.DONE
    assert local.status(last).state is JobState.DONE
    local.close()
