"""Only what is active runs, with what it was granted, and all of it on the record."""

from __future__ import annotations

import time

import pytest
from doubles import OpenSandbox, activate, make_bundle

from plugwright.errors import (
    BrokeContract,
    Denied,
    HostError,
    NotLoaded,
    Stopped,
    UsageError,
)
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.ledger import Kind
from plugwright.lives import PATIENCE, State
from plugwright.quotas import Quota, Usage
from plugwright.running import MOST_DENIALS, MOST_EVENTS, raise_for
from plugwright.sandboxes import Failure, Outcome
from plugwright.sandboxes import Kind as Why

KEEPER = """
from plugwright_sdk import clock, command, emit, initialiser, log, storage

@initialiser
def start() -> None:
    log.info("started")

@command
def keep(value: int) -> int:
    print("kept", value)
    log.warning("keeping", value=value)
    storage.set("value", value)
    return storage.get("value")

@command
def when() -> float:
    return clock.timestamp()

@command
def fail() -> None:
    raise ValueError("on purpose")

@command
def tell(event: str, data: int = 0) -> None:
    emit(event, data)
"""
COMMANDS = {"keep": ("value",), "when": (), "fail": (), "tell": ("event", "data")}

STOPPER = """
from plugwright_sdk import command, on
from _plugwright_host import Exhausted

@command
def loop(long: bool) -> str:
    if long:
        raise Exhausted("fuel")
    return "done"

@on("loop")
def heard(long: int) -> None:
    loop.function(bool(long))
"""


class Engine:
    """A host plugin with one sandbox, which the test can look into."""

    def __init__(self):
        self.sandbox = OpenSandbox()

    @hookimpl
    def sandboxes(self):
        return [lambda: self.sandbox]


@pytest.fixture
def sandbox(host):
    engine = Engine()
    host.manager.register(engine, "engine")
    return engine.sandbox


@pytest.fixture
def fresh_host(home):
    """Make hosts one after the other, as commands in a shell do."""

    def make():
        host = Host(home)
        host.manager.register(Engine(), "engine")
        return host

    return make


def keeper(name="keeper", permissions=("clock", "log", "storage"), **about):
    about = {"commands": COMMANDS, "permissions": permissions, **about}
    return make_bundle(KEEPER, name=name, **about)


def kinds(host, name=None):
    return [row.kind for row in host.ledger.rows(plugin=name)]


# Only what is active runs.


def test_an_active_plugin_is_called_and_anything_else_is_refused(host, sandbox):
    bundle = make_bundle()
    with pytest.raises(UsageError, match="there is no plugin `doubler`"):
        host.run("doubler", "double", {"number": 4})
    host.lives.forged(bundle)
    with pytest.raises(UsageError, match="is forged and cannot be run"):
        host.run("doubler", "double", {"number": 4})
    activate(host, bundle)
    assert host.run("doubler", "double", {"number": 4}) == 8
    assert len(sandbox.sessions) == 1


def test_a_plugin_keeps_its_guest_from_call_to_call(host, sandbox):
    activate(host, make_bundle())
    host.run("doubler", "double", {"number": 4})
    host.run("doubler", "double", {"number": 5})
    [session] = sandbox.sessions
    assert not session.closed
    host.close()
    assert session.closed


def test_a_plugin_that_is_disabled_while_it_is_open_is_refused_and_dropped(
    host, sandbox
):
    activate(host, make_bundle())
    host.run("doubler", "double", {"number": 4})
    host.lives.disable("doubler")

    with pytest.raises(UsageError, match="is disabled"):
        host.run("doubler", "double", {"number": 4})
    assert sandbox.sessions[0].closed


def test_a_plugin_that_is_replaced_while_it_is_open_runs_as_the_new_one(host, sandbox):
    activate(host, make_bundle())
    host.run("doubler", "double", {"number": 4})
    new = make_bundle().files["plugin.py"].decode().replace("2 *", "20 *")
    activate(host, make_bundle(new, version="2"))

    assert host.run("doubler", "double", {"number": 4}) == 80
    assert [session.closed for session in sandbox.sessions] == [True, False]


def test_an_unknown_command_is_answered_with_the_nearest(host, sandbox):
    activate(host, make_bundle())
    with pytest.raises(UsageError) as told:
        host.run("doubler", "doubel", {})
    assert str(told.value) == (
        "`doubler` has no command `doubel` (did you mean `double`?)"
    )


# With exactly what was granted.


def test_the_answer_comes_with_what_was_used_printed_and_logged(host, sandbox):
    activate(host, keeper())

    call = host.call("keeper", "keep", {"value": 7})
    assert call.value == 7
    assert call.output == "kept 7\n"
    assert call.log == ("info: started", "warning: keeping")
    assert call.usage.host_calls == 3
    assert call.usage.seconds > 0
    assert not call.unheard
    assert host.call("keeper", "when", {}).log == ()


def test_each_plugin_writes_on_its_own_shelf(host, sandbox):
    for name, value in (("ann", 1), ("bob", 2)):
        activate(host, keeper(name))
        host.run(name, "keep", {"value": value})
    reader = KEEPER.replace('storage.set("value", value)', "pass")
    activate(host, make_bundle(reader, name="ann", version="2", **GRANTED))

    assert host.run("ann", "keep", {"value": 9}) == 1


GRANTED = {"commands": COMMANDS, "permissions": ("log", "storage")}


def test_the_guest_gets_the_approved_quota_and_the_clock_if_granted(host, sandbox):
    quota = Quota(fuel=12345, seconds=2)
    activate(host, keeper(quota=quota))
    activate(host, make_bundle())
    before = time.time()

    assert before - 1 <= host.run("keeper", "when", {}) <= time.time()
    host.run("doubler", "double", {"number": 1})
    granted, plain = (session.guest for session in sandbox.sessions)
    assert (granted.name, granted.quota, granted.clock) == ("keeper", quota, "host")
    assert (plain.clock, plain.quota, plain.services) == (None, Quota(), {})
    assert granted.seed is plain.seed is None
    assert granted.packages == ("plugwright_sdk",)


@pytest.mark.parametrize(
    ("command", "arguments", "permissions", "lacked"),
    [
        ("keep", {"value": 1}, ("log",), "storage"),
        ("when", {}, ("log",), "clock"),
        ("tell", {"event": "late"}, ("log",), "events.emit"),
        ("tell", {"event": "late"}, ("log", "events.emit:early"), "events.emit:late"),
    ],
)
def test_what_was_not_granted_is_denied_named_and_recorded(
    host, sandbox, command, arguments, permissions, lacked
):
    activate(host, keeper(permissions=permissions))

    with pytest.raises(Denied) as told:
        host.run("keeper", command, arguments)
    assert told.value.permission == lacked
    assert str(told.value) == (
        f"`{lacked}` was not granted (`keeper` has to ask for it in plugin.toml, then "
        "be approved)"
    )
    row = host.ledger.rows()[0]
    assert (row.kind, row.plugin) == (Kind.DENIED, "keeper")
    assert row.bundle == host.lives.current("keeper").bundle
    assert row.facts() == {"permission": lacked}
    assert sandbox.sessions[0].closed


SNEAK = """
from plugwright_sdk import command
import _plugwright_host

@command
def sneak(asked: list[str]) -> str:
    for service in asked:
        try:
            _plugwright_host.call(service, {})
        except PermissionError:
            pass
    return "nobody saw"

@command
def pretend() -> None:
    raise _plugwright_host.Denied("world\\x1b[2J peace")
"""


@pytest.fixture
def sneak(host, sandbox):
    bundle = make_bundle(
        SNEAK, name="sneak", commands={"sneak": ("asked",), "pretend": ()}
    )
    return activate(host, bundle)


def test_a_denial_that_the_plugin_hides_is_recorded_too_once_for_each(host, sneak):
    asked = ["clock.now", "import:so\x1bcket", "clock.now", "no such service!"]

    assert host.run("sneak", "sneak", {"asked": asked}) == "nobody saw"
    rows = host.ledger.rows(plugin="sneak")[:3]
    assert [row.facts()["permission"] for row in rows] == [
        "unknown",
        "import:so\\u001bcket",
        "clock",
    ]


def test_a_plugin_cannot_flood_the_ledger_with_denials(host, sneak):
    host.run("sneak", "sneak", {"asked": [f"import:m{n}" for n in range(50)]})
    assert kinds(host, "sneak").count(Kind.DENIED) == MOST_DENIALS


def test_a_denial_that_the_plugin_made_up_names_nothing_of_its_own(host, sneak):
    with pytest.raises(Denied) as told:
        host.run("sneak", "pretend", {})
    assert told.value.permission == "unknown"
    assert Kind.DENIED not in kinds(host, "sneak")


def test_an_import_that_no_plugin_may_have_is_told_so():
    outcome = Outcome(
        failure=Failure(kind=Why.DENIED, type="x", message=""),
        denied=("import:socket",),
    )
    with pytest.raises(Denied) as told:
        raise_for("sneak", outcome)
    assert str(told.value) == (
        "`import:socket` was not granted (no plugin may; `sneak` has to do without)"
    )


# What can go wrong.


def test_input_that_does_not_fit_is_the_callers_fault(host, sandbox):
    activate(host, make_bundle())
    with pytest.raises(UsageError) as told:
        host.run("doubler", "double", {"number": "four"})
    assert told.value.message.startswith("`doubler` cannot use this input: `number`")


def test_what_a_plugin_raises_is_told_with_its_place_and_it_goes_on(host, sandbox):
    activate(host, keeper())
    with pytest.raises(BrokeContract) as told:
        host.run("keeper", "fail", {})
    assert told.value.message == ("`keeper`: ValueError: on purpose (plugin.py:21)")
    assert host.run("keeper", "keep", {"value": 3}) == 3
    assert len(sandbox.sessions) == 1


def test_a_plugin_that_cannot_be_loaded_says_so_at_each_call(host, sandbox):
    activate(host, make_bundle("import nothing_like_it"))
    for _ in range(2):
        with pytest.raises(NotLoaded, match="nothing_like_it"):
            host.run("doubler", "double", {"number": 1})
    assert [session.closed for session in sandbox.sessions] == [True, True]


def test_an_initialiser_that_fails_starts_no_plugin(host, sandbox):
    source = KEEPER.replace('log.info("started")', "raise LookupError('not now')")
    activate(host, make_bundle(source, name="keeper", **GRANTED))
    with pytest.raises(BrokeContract, match="LookupError: not now"):
        host.run("keeper", "keep", {"value": 1})
    assert sandbox.sessions[0].closed


def test_nothing_that_a_plugin_says_can_paint_over_the_screen():
    failure = Failure(
        kind=Why.RAISED, type="X\x1b[2J", message="\x9b1m\r", where="\x07"
    )
    with pytest.raises(BrokeContract) as told:
        raise_for("painter", Outcome(failure=failure))
    assert told.value.message == ("`painter`: X\\u001b[2J: \\u009b1m\\u000d (\\u0007)")


# Stops.


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
        "raise `fuel` in its plugin.toml and approve it again)"
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


# Events.

LISTENER = """
from plugwright_sdk import command, emit, on, storage

@on("lesson-due")
def heard(data: int) -> None:
    if data < 0:
        raise ValueError("too late")
    storage.set("heard", storage.get("heard", 0) + 1)
    if data > 100:
        emit("lesson-due", data)
        emit("lesson-due", data)

@command
def count() -> int:
    return storage.get("heard", 0)
"""


def listener(name="listener", **about):
    about = {
        "commands": {"count": ()},
        "events": ("lesson-due",),
        "permissions": ("events.emit:lesson-due", "storage"),
        **about,
    }
    return make_bundle(LISTENER, name=name, **about)


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


# Quotas.


def test_a_quota_within_another_is_the_smaller_one_in_each_field():
    asked = Quota(fuel=10, seconds=9.0, memory=5)
    allowed = Quota(fuel=7, seconds=20.0, memory=5)

    assert asked.within(allowed) == Quota(fuel=7, seconds=9.0, memory=5)
    assert asked.within(asked) == asked


def test_usage_is_counted_in_the_units_of_the_quota():
    assert set(vars(Usage())) < set(vars(Quota()))
