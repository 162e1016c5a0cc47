"""A quota that did its work is named, on record, and forgiven at times."""

from __future__ import annotations

import pytest
from doubles import activate, make_bundle
from specimens import STOPPER, keeper

from plugwright.errors import Stopped, UsageError
from plugwright.ledger import Kind
from plugwright.lives import PATIENCE, State


def kinds(host, name=None):
    return [row.kind for row in host.ledger.rows(plugin=name)]


def stop(host):
    with pytest.raises(Stopped) as told:
        host.run("stopper", "loop", {"long": True})
    host.close()
    return told.value


@pytest.fixture
def stopper(fresh_host):
    host = fresh_host()
    commands = {"loop": ("long",)}
    activate(
        host,
        make_bundle(STOPPER, name="stopper", commands=commands, events=("loop",)),
    )
    host.close()


def test_a_stop_names_the_quota_and_drops_the_guest(stopper, fresh_host):
    host = fresh_host()
    error = stop(host)
    assert error.quota == "fuel"
    assert str(error) == (
        "`stopper` was stopped by its quota `fuel`: used it up (give it less to do, or "
        "raise `fuel` under [plugin.quota] in its plugin.toml and approve it again)"
    )
    assert kinds(host)[0] == Kind.STOPPED
    host.close()


def test_a_guest_that_was_stopped_is_dropped_and_the_next_call_gets_a_fresh_one(
    host, sandbox
):
    source = STOPPER.replace('"done"', "GONE.pop()").replace("str:", "int:")
    commands = {"loop": ("long",)}
    source = f"GONE = [1]\n{source}"
    activate(host, make_bundle(source, name="stopper", commands=commands))

    assert host.run("stopper", "loop", {"long": False}) == 1
    with pytest.raises(Stopped):
        host.run("stopper", "loop", {"long": True})
    assert host.run("stopper", "loop", {"long": False}) == 1
    assert [session.closed for session in sandbox.sessions] == [True, False]


def test_after_three_stops_in_a_row_a_plugin_is_quarantined_in_whatever_process(
    stopper, fresh_host
):
    for _ in range(PATIENCE):
        stop(fresh_host())

    host = fresh_host()
    with pytest.raises(UsageError, match="is quarantined") as told:
        host.run("stopper", "loop", {"long": False})
    assert "broke its quota 3 times in a row, `fuel` the last time" in str(told.value)
    assert kinds(host)[:2] == [Kind.QUARANTINED, Kind.STOPPED]
    host.close()


def test_a_success_in_between_is_forgiveness(stopper, fresh_host):
    for _ in range(2):
        for _ in range(PATIENCE - 1):
            stop(fresh_host())
        host = fresh_host()
        assert host.run("stopper", "loop", {"long": False}) == "done"
        host.close()
    assert host.lives.current("stopper").state is State.ACTIVE
    host.close()


def test_an_event_that_was_heard_in_between_is_forgiveness_too(stopper, fresh_host):
    host = fresh_host()
    activate(host, keeper(permissions=("log", "events.emit:*")))
    for long in (1, 1, 0, 1, 1):
        host.run("keeper", "tell", {"event": "loop", "data": long})
    assert host.lives.current("stopper").stops == 2
    host.close()
