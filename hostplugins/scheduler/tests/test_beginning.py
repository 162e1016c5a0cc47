"""Jobs begin when they may, the most urgent first, and no more than may at once."""

from __future__ import annotations

import pytest
from workshop import LONG, MONDAY

from plugwright.errors import UsageError
from plugwright.scheduling import JobState, Priority

REAL_TIME, INTERACTIVE, BACKGROUND = Priority


def test_a_job_gives_what_its_command_answered(local, job, work_off):
    id = local.submit(job("Ann"))
    work_off(local)
    status = local.status(id)
    assert (status.state, status.value) == (JobState.DONE, {"said": "Ann"})
    assert (status.tries, status.why) == (1, "")


def test_the_most_urgent_go_first_and_then_those_who_came_first(
    local, job, work, work_off
):
    # One plugin, so that one runs after the other.
    for name, priority in (
        ("c1", BACKGROUND),
        ("b1", INTERACTIVE),
        ("b2", INTERACTIVE),
        ("a1", REAL_TIME),
        ("c2", BACKGROUND),
    ):
        local.submit(job(name, priority=priority))
    work_off(local)
    order = {name: work.called.index(name) for name in work.called}
    assert order["b1"] < order["b2"]
    assert order["c1"] < order["c2"]
    assert len(work.called) == 5


def test_of_many_that_wait_the_more_urgent_are_begun_first(open_local, job, work):
    local = open_local(interactive=1, background=1, real_time=1)
    for priority in (BACKGROUND, INTERACTIVE, REAL_TIME):
        for which in ("one", "two"):
            plugin = f"{which}-{priority.name}"
            local.submit(job(plugin=plugin, command="hold", priority=priority))
    local.dispatcher.step()
    work.wait_until_held(3)
    running = sorted(run.begun.job.priority for run in local.dispatcher.running())
    assert running == [REAL_TIME, INTERACTIVE, BACKGROUND]


def test_a_job_does_not_begin_before_its_time(local, job, clock, work, work_off):
    local.submit(job("late", at=MONDAY + 60))
    work_off(local)
    assert work.called == []
    clock.at += 60
    work_off(local)
    assert work.called == ["late"]


def test_a_job_is_not_begun_after_its_deadline(local, job, clock, work, work_off):
    id = local.submit(job(at=MONDAY + 10, deadline=MONDAY + 20))
    clock.at += 30
    work_off(local)
    status = local.status(id)
    assert status.state is JobState.MISSED
    assert status.why == "its deadline went by before it could begin"
    assert work.called == []


def test_one_plugin_runs_one_job_at_once_and_another_goes_beside_it(
    local, job, work, work_off
):
    local.submit_all([job("a", command="hold"), job("b"), job("c", plugin="other")])
    local.dispatcher.step()
    work.wait_until_held()
    local.dispatcher.step()
    assert {run.begun.job.plugin for run in local.dispatcher.running()} <= {
        "tutor",
        "other",
    }
    assert "b" not in work.called
    work.let_go.set()
    work_off(local)
    assert sorted(work.called) == ["a", "b", "c"]


def test_more_of_one_plugin_run_at_once_where_a_person_said_so(open_local, job, work):
    local = open_local(running=2)
    local.submit_all([job(command="hold") for _ in range(3)])
    local.dispatcher.step()
    work.wait_until_held(2)
    assert len(local.dispatcher.running()) == 2


def test_who_is_more_urgent_does_not_wait_for_who_is_less(local, job, work):
    local.submit(job("slow", command="hold", priority=BACKGROUND))
    local.dispatcher.step()
    work.wait_until_held()
    local.submit(job("quick", command="hold", priority=REAL_TIME))
    local.dispatcher.step()
    work.wait_until_held()
    assert work.called == ["slow", "quick"]


def test_a_paused_job_waits_until_it_is_resumed(local, job, work, work_off):
    id = local.submit(job())
    local.pause(id)
    work_off(local)
    assert (local.status(id).state, work.called) == (JobState.PAUSED, [])
    local.resume(id)
    work_off(local)
    assert local.status(id).state is JobState.DONE


def test_pausing_what_runs_lets_it_end_and_holds_what_comes_after(local, job, work):
    once = local.submit(job(command="hold"))
    again = local.submit(job(plugin="other", command="hold", schedule="* * * * *"))
    local.store.file.jot("UPDATE jobs SET due = 0")
    local.dispatcher.step()
    work.wait_until_held(2)
    local.pause(once)
    local.pause(again)
    work.let_go.set()
    for run in local.dispatcher.running():
        run.join(LONG)
    assert local.status(once).state is JobState.DONE
    assert local.status(again).state is JobState.PAUSED


def test_a_cancelled_job_does_not_begin(local, job, work, work_off):
    id = local.submit(job())
    local.cancel(id)
    work_off(local)
    assert (local.status(id).state, work.called) == (JobState.CANCELLED, [])
    for ask in (local.cancel, local.pause, local.resume):
        with pytest.raises(UsageError, match="is cancelled and cannot be"):
            ask(id)


def test_cancelling_what_runs_ends_it_though_it_has_retries(local, job, work):
    id = local.submit(job(command="hold", retries=5))
    local.dispatcher.step()
    work.wait_until_held()
    [run] = local.dispatcher.running()
    local.cancel(id)
    run.join(LONG)
    status = local.status(id)
    assert (status.state, status.why) == (JobState.CANCELLED, "cancelled while it ran")


def test_another_process_can_cancel_what_runs(local, open_local, job, work):
    id = local.submit(job(command="hold"))
    local.dispatcher.step()
    work.wait_until_held()
    [run] = local.dispatcher.running()
    open_local().cancel(id)
    local.dispatcher.step()
    run.join(LONG)
    assert local.status(id).state is JobState.CANCELLED


def test_a_job_can_be_told_which_it_is(local, job, work, work_off):
    work.fails = 1
    id = local.submit(job("x", told_as="job", key="k", retries=1))
    work_off(local)
    local.store.file.jot("UPDATE jobs SET due = 0")
    work_off(local)
    told = [arguments["job"] for arguments in work.arguments]
    assert told == [
        {"id": id, "key": "k", "tries": tries, "event": None} for tries in (1, 2)
    ]


def test_a_job_waits_for_an_event_and_hears_what_came_with_it(
    local, job, work, work_off
):
    id = local.submit(job("x", event="lesson-due", told_as="job"))
    local.submit(job("y", event="other"))
    work_off(local)
    local.heard("lesson-over", 1)
    work_off(local)
    assert work.called == []
    local.heard("lesson-due", {"child": "Ann"})
    work_off(local)
    assert work.called == ["x"]
    assert work.arguments[0]["job"]["event"] == {"child": "Ann"}
    assert local.status(id).state is JobState.DONE


def test_an_answer_that_cannot_be_kept_is_told_so(open_local, path, job, work_off):
    from plugwright_scheduler.local import Local

    local = Local(path, lambda *_: "x" * (2 << 20))
    id = local.submit(job())
    work_off(local)
    status = local.status(id)
    assert (status.state, status.value) == (JobState.DONE, None)
    assert status.why.startswith("its answer was not kept")
    local.close()


def test_threads_of_its_own_do_all_of_it(local, job, work):
    local.start()
    ids = [local.submit(job(str(n), plugin=f"p{n % 3}")) for n in range(20)]
    while not local.is_idle():
        for run in local.dispatcher.running():
            run.join(LONG)
    assert {local.status(id).state for id in ids} == {JobState.DONE}
    assert sorted(work.called, key=int) == [str(n) for n in range(20)]


def test_closing_ends_what_runs_and_the_next_start_runs_it_again(
    open_local, job, work, work_off
):
    first = open_local()
    id = first.submit(job("x", command="hold"))
    first.start()
    work.wait_until_held()
    first.close()
    status = first.status(id)
    assert status.state is JobState.WAITING
    assert status.why == "the host was closed while it ran"

    work.let_go.set()
    second = open_local()
    second.dispatcher.recover()
    work_off(second)
    assert second.status(id).state is JobState.DONE
    assert work.called == ["x", "x"]
