"""However the process ends, no job that was taken in is lost, and none done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from workshop import MONDAY

from plugwright.errors import UsageError
from plugwright.scheduling import ENDED, Job, JobState, Priority
from plugwright_scheduler.endings import Run
from plugwright_scheduler.local import Local
from plugwright_scheduler.rows import MOST_CRASHES
from plugwright_scheduler.settings import Settings
from plugwright_scheduler.store import Store

CHILD = Path(__file__).with_name("child.py")


def test_a_process_that_is_killed_again_and_again_loses_nothing(path, tmp_path):
    log = tmp_path / "log"
    for lines in (5, 40, 150, 300):
        child = subprocess.Popen([sys.executable, CHILD, path, log])
        while not log.exists() or log.read_text().count("\n") < lines:
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        # Only what was written down as done before is not begun any more.
        with open(log, "a") as file:
            file.write("killed\n")

    told = log.read_text().splitlines()
    kept = {line.split()[1] for line in told if line.startswith("kept")}
    done: set[str] = set()
    for line in told:
        word, _, id = line.partition(" ")
        if word == "begins":
            assert id not in done
        if word == "done":
            done.add(id)

    begun = Counter()
    local = Local(path, lambda *given: begun.update([given[2]["job"]["id"]]))
    local.dispatcher.recover()
    known = {status.id: status for status in local.jobs()}
    assert kept <= {*known}
    while not local.is_idle():
        local.dispatcher.step()
        for run in local.dispatcher.running():
            run.join()
    assert done.isdisjoint(begun)
    assert max(begun.values(), default=1) == 1
    assert all(local.status(id).state is JobState.DONE for id in kept)
    local.close()


def test_a_job_that_was_running_is_run_again_and_can_tell(
    open_local, job, work, work_off
):
    first = open_local()
    id = first.submit(job("x", told_as="job"))
    assert first.store.begin(Priority.INTERACTIVE, MONDAY, ()) is not None

    second = open_local()  # the first one is gone, without a word
    second.dispatcher.recover()
    assert second.status(id).why == "the host ended while it ran"
    work_off(second)
    assert [given["job"]["tries"] for given in work.arguments] == [2]
    assert second.status(id).state is JobState.DONE


def test_a_job_that_ends_its_host_each_time_is_given_up(open_local, job):
    id = open_local().submit(job())
    for _ in range(MOST_CRASHES):
        local = open_local()
        assert local.store.begin(Priority.INTERACTIVE, MONDAY, ()) is not None
        local.store.recover(MONDAY)
    status = open_local().status(id)
    assert status.state is JobState.FAILED
    assert status.why == "the host ended 3 times in a row while it ran"


def test_what_was_cancelled_while_it_ran_is_cancelled_after_a_crash_too(
    open_local, job
):
    local = open_local()
    id = local.submit(job())
    local.store.begin(Priority.INTERACTIVE, MONDAY, ())
    local.cancel(id)
    open_local().store.recover(MONDAY)
    assert local.status(id).state is JobState.CANCELLED


class Anything(RuleBasedStateMachine):
    """People and crashes in any order, against a list of what has to be true."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.now = MONDAY
        self.kept: set[str] = set()
        self.over: set[str] = set()
        """Ended on record, or cancelled before they began; never to begin again."""
        self.running: dict[str, str] = {}
        """By id, what is wanted of it."""
        self.open()

    def open(self) -> None:
        path = Path(self.folder.name) / "jobs.db"
        self.store = Store(path, Settings(), Random(1))

    @rule(
        target=ids,
        priority=st.sampled_from(Priority),
        key=st.sampled_from(["", "", "a", "b"]),
        retries=st.integers(0, 2),
    )
    def submit(self, priority, key, retries):
        job = Job(plugin="p", command="c", priority=priority, key=key, retries=retries)
        [id] = self.store.submit([job], self.now)
        assert id not in self.over
        self.kept.add(id)
        return id

    @rule(priority=st.sampled_from(Priority))
    def begin(self, priority):
        begun = self.store.begin(priority, self.now, ())
        if begun is not None:
            assert begun.id in self.kept - self.over - {*self.running}
            self.running[begun.id] = ""

    @rule(works=st.booleans(), chance=st.randoms())
    def end(self, works, chance):
        if self.running:
            id = chance.choice(sorted(self.running))
            run = Run(value=1) if works else Run(error=ValueError("no"))
            state = self.store.end(id, run, self.now)
            wish = self.running.pop(id)
            if works or wish == "cancel":
                assert state in ENDED
            if state in ENDED:
                self.over.add(id)

    @rule(id=ids)
    def cancel(self, id):
        if id in self.over:
            try:
                self.store.cancel(id)
            except UsageError:
                return
            raise AssertionError("what is over was cancelled")
        self.store.cancel(id)
        if id in self.running:
            self.running[id] = "cancel"
        else:
            self.over.add(id)

    @rule(id=ids)
    def pause(self, id):
        if id not in self.over and self.running.get(id) != "cancel":
            self.store.pause(id)
            if id in self.running:
                self.running[id] = "pause"

    @rule(id=ids)
    def resume(self, id):
        if id not in self.over and self.running.get(id) != "cancel":
            self.store.resume(id)
            if id in self.running:
                self.running[id] = ""

    @rule()
    def time_passes(self):
        self.now += 400

    @rule()
    def crash(self):
        # The file is not closed: that is how a killed process leaves it.
        self.open()
        self.store.recover(self.now)
        for id in self.running:
            if self.store.status(id).state in ENDED:
                self.over.add(id)
        self.running.clear()

    @invariant()
    def nothing_is_lost(self):
        states = {status.id: status.state for status in self.store.jobs()}
        assert {*states} == self.kept
        for id, state in states.items():
            assert (state in ENDED) == (id in self.over)
            assert (state is JobState.RUNNING) == (id in self.running)

    def teardown(self):
        self.store.file.close()
        self.folder.cleanup()


def test_whatever_people_do_and_whenever_it_crashes_nothing_is_lost_or_done_twice():
    run_state_machine_as_test(
        Anything,
        settings=hypothesis_settings(
            max_examples=40, stateful_step_count=30, database=None
        ),
    )
