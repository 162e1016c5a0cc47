"""What a plugin tells reaches who listens, and troubles nobody else."""

from __future__ import annotations

import pytest
from doubles import OpenSandbox, activate, make_bundle
from specimens import COMMANDS, KEEPER, keeper, listener

from plugwright.errors import BrokeContract, HostError
from plugwright.running import MOST_EVENTS


@pytest.fixture
def teller(host, sandbox):
    activate(host, keeper("teller", ("events.emit:*", "log")))

    def tell(data, event="lesson-due"):
        return host.call("teller", "tell", {"event": event, "data": data}).unheard

    return tell


def test_events_reach_the_active_plugins_that_listen_and_no_others(
    host, sandbox, teller
):
    activate(host, listener())
    activate(host, listener("deaf", events=()))
    activate(host, listener("asleep"))
    host.lives.disable("asleep")

    assert teller(1) == ()
    assert teller(1, event="lesson-over") == ()
    assert host.run("listener", "count", {}) == 1
    assert host.run("deaf", "count", {}) == 0
    assert {session.guest.name for session in sandbox.sessions} == {
        "teller",
        "listener",
        "deaf",
    }


def test_a_listener_that_fails_is_named_and_fails_alone(host, teller):
    activate(host, listener("ann"))
    activate(host, make_bundle("import nowhere", name="bob", events=("lesson-due",)))
    activate(host, listener("cleo"))

    raised, unloaded, raised_too = teller(-1)
    assert raised == (
        "`lesson-due` was not heard: `ann`: ValueError: too late (plugin.py:7) (report "
        "it to the plugin's author)"
    )
    assert "`bob`: ModuleNotFoundError" in unloaded
    assert "`cleo`" in raised_too
    assert len(teller(1)) == 1


def test_a_listener_whose_files_were_changed_does_not_fail_who_tells(
    home, teller, fresh_host, host
):
    bundle = activate(host, listener())
    (home.bundles / bundle / "plugin.py").write_text("changed")

    [unheard] = teller(1)
    assert "was changed after it was written" in unheard


def test_a_full_disk_is_nobodys_event(host, teller):
    def full(name):
        raise HostError("the disk is full")

    class FullSandbox(OpenSandbox):
        def open(self, guest):
            full(guest.name)

    activate(host, listener())
    teller(1, event="lesson-over")
    host.sandbox().open = FullSandbox().open
    with pytest.raises(HostError, match="the disk is full"):
        teller(1)


def test_plugins_that_answer_each_other_for_ever_are_ended(host, teller):
    activate(host, listener())

    unheard = teller(1000)
    assert 1 <= len(unheard) <= 2  # it tells at two places, each refused many times
    assert f"more than {MOST_EVENTS} events followed from one call" in unheard[0]
    assert host.run("listener", "count", {}) == MOST_EVENTS
    assert teller(1) == ()


def test_a_call_that_fails_tells_nobody(host, sandbox):
    activate(host, listener())
    source = KEEPER.replace("emit(event, data)", "emit(event, data); fail.function()")
    about = {"commands": COMMANDS, "permissions": ("events.emit:*", "log")}
    activate(host, make_bundle(source, name="teller", **about))

    with pytest.raises(BrokeContract, match="on purpose"):
        host.run("teller", "tell", {"event": "lesson-due", "data": 1})
    with pytest.raises(BrokeContract, match="on purpose"):
        host.run("teller", "fail", {})
    assert host.run("listener", "count", {}) == 0
