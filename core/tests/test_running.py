"""Only what is active runs, with what it was granted, and all of it on the record."""

from __future__ import annotations

import time

import pytest
from doubles import activate, make_bundle
from specimens import COMMANDS, KEEPER, keeper

from plugwright.errors import BrokeContract, Denied, NotLoaded, UsageError
from plugwright.ledger import Kind
from plugwright.quotas import Quota
from plugwright.running import MOST_DENIALS, raise_for
from plugwright.sandboxes import Failure, Outcome
from plugwright.sandboxes import Kind as Why


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


VISITOR = """
from plugwright_sdk import command, http, storage

@command
def visit(address: str) -> int:
    return http.get(address).status

@command
def keep(address: str) -> int:
    try:
        http.get(address)
    except PermissionError:
        storage.set("a", 1)
    return 0
"""


def test_an_address_that_was_not_granted_is_told_whole_but_not_in_the_ledger(
    host, sandbox
):
    bundle = make_bundle(
        VISITOR,
        name="visitor",
        commands={"visit": ("address",), "keep": ("address",)},
        permissions=(
            "http:GET https://api.example.org/v1/*",
            "http:GET https://www.example.org/",
            "log",
        ),
    )
    activate(host, bundle)
    with pytest.raises(Denied) as told:
        host.run("visitor", "visit", {"address": "https://api.example.org/v2/me?key=1"})
    assert told.value.message == (
        "`http:GET https://api.example.org/v2/me` was not granted, only"
        " `http:GET https://api.example.org/v1/*` and"
        " `http:GET https://www.example.org/`"
    )
    assert told.value.permission == "http:GET https://api.example.org"
    assert host.ledger.rows()[0].facts() == {"permission": told.value.permission}

    # What is lacked after it is told by its own name.
    with pytest.raises(Denied, match=r"^`storage` was not granted \("):
        host.run("visitor", "keep", {"address": "https://api.example.org/v2/me"})


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
    with pytest.raises(NotLoaded, match="LookupError: not now"):
        host.run("keeper", "keep", {"value": 1})
    assert sandbox.sessions[0].closed


def test_nothing_that_a_plugin_says_can_paint_over_the_screen():
    failure = Failure(
        kind=Why.RAISED, type="X\x1b[2J", message="\x9b1m\na\rb", where="\x07"
    )
    with pytest.raises(BrokeContract) as told:
        raise_for("painter", Outcome(failure=failure))
    assert told.value.message == "`painter`: X\\u001b[2J: \\u009b1m a b (\\u0007)"
