"""A call can be ended by another thread, and what nobody waits for gives way."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.restricted.engine import RestrictedSandbox
from plugwright_sandbox.wasm.engine import WasmSandbox
from plugwright_sdk.hostplugin import guest_packages

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LOOP = """
import sys

def main(long):
    sys.modules["_plugwright_host"].call("begins", {})
    while long:
        pass
    return "done"
"""
RESTRICTED = """
from plugwright_sdk import command, emit

@command
def main(long: bool) -> str:
    emit("begins")
    while long:
        pass
    return "done"
"""
LONG = Quota(fuel=1 << 50, seconds=60, cpu_seconds=60)


@pytest.fixture(params=["wasm", "restricted"])
def engine(request):
    if request.param == "wasm":
        # One of its own, so that no other test's guests are in its workers.
        shared = request.getfixturevalue("sandbox")
        own = WasmSandbox(shared._image.path.parent, ())
        own._image, own._trusted = shared._image, True
    elif sys.platform == "linux":
        own = RestrictedSandbox(guest_packages())
    else:
        pytest.skip("the restricted engine runs on Linux only")
    yield own
    own.close()


@pytest.fixture
def open_guest(engine):
    began = threading.Semaphore(0)

    def emit(arguments):
        began.release()

    def open_guest(**about):
        if engine.name == "wasm":
            door = "import plugin\n\ndef dispatch(operation, arguments):\n"
            door += "    return operation == 'load' or plugin.main(arguments)"
            files = {"plugin.py": LOOP, "door.py": door}
            guest = Guest(
                name="guest",
                files=files,
                dispatcher="door:dispatch",
                services={"begins": emit},
                quota=LONG,
                **about,
            )
        else:
            guest = Guest(
                name="guest",
                files={"plugin.py": RESTRICTED},
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
                services={"events.emit": emit},
                quota=LONG,
                **about,
            )
        session = engine.open(guest)
        assert session.loaded.failure is None

        def call(long):
            if engine.name == "wasm":
                return session.call("call", long)
            arguments = {"name": "main", "arguments": {"long": long}}
            return session.call("command", arguments)

        return session, call

    open_guest.began = began
    return open_guest


def test_a_call_is_ended_by_another_thread_and_the_next_guest_answers(open_guest):
    session, call = open_guest()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(call, True)
        assert open_guest.began.acquire(timeout=60)
        assert not session.ready
        session.stop()
        outcome = answer.result(60)
    assert outcome.failure is not None
    assert outcome.failure.kind is Kind.BROKEN
    _, call = open_guest()
    assert call(False).value == "done"


def test_stopping_a_guest_between_its_calls_ends_nothing(open_guest):
    session, call = open_guest()
    session.stop()
    assert session.ready
    assert call(False).value == "done"


def test_a_closed_guest_is_not_ready(open_guest):
    session, _ = open_guest()
    session.close()
    assert not session.ready


def test_a_guest_in_a_worker_that_is_at_work_for_another_is_not_ready(open_guest):
    first, call = open_guest()
    second, _ = open_guest()
    if not hasattr(first, "_worker"):
        pytest.skip("each call has a process of its own")
    assert first._worker is second._worker
    with ThreadPoolExecutor(1) as threads:
        threads.submit(call, True)
        assert open_guest.began.acquire(timeout=60)
        assert not second.ready
        first.stop()


@linux
def test_what_nobody_waits_for_runs_when_no_other_process_wants_to(open_guest, engine):
    found = {}
    for background in (True, False):
        session, call = open_guest(background=background)
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(call, True)
            assert open_guest.began.acquire(timeout=60)
            process = getattr(session, "_process", None) or session._worker.process
            pid = process.pid
            found[background] = (
                os.sched_getscheduler(pid),
                os.getpriority(os.PRIO_PROCESS, pid),
            )
            session.stop()
            answer.result(60)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert found == {True: (os.SCHED_IDLE, 19), False: (os.SCHED_OTHER, before)}


def test_who_is_waited_for_shares_no_worker_with_who_is_not(open_guest):
    first, _ = open_guest(background=True)
    second, _ = open_guest()
    third, _ = open_guest(background=True)
    if not hasattr(first, "_worker"):
        pytest.skip("each call has a process of its own")
    assert first._worker is third._worker is not second._worker
