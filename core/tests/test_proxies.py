"""Sandboxed plugins answer hooks like any other, and never touch the host for it."""

from __future__ import annotations

import pytest
from doubles import activate, make_bundle

from plugwright.errors import BrokeContract, Denied, UsageError
from plugwright.hooks import hookimpl
from plugwright.ledger import Kind
from plugwright.manifest import ToolSpec
from plugwright.memory import Fact
from plugwright.validation import Finding, Severity, Subject

HELPER = """
from plugwright_sdk import command, storage, tool, validator, memory
from plugwright_sdk import Fact, Finding

@command
def double(number: int) -> int:
    return 2 * number

@tool(needs_approval=False)
def roll(sides: int) -> int:
    return sides

@tool
def bet(sum: int) -> int:
    return -sum

@validator("text")
def look(subject):
    if "secret" in subject.data:
        yield Finding("it tells a secret", "error", f"{subject.name}:1", "hush")

@memory
class Notes:
    def __init__(self, owner):
        self.owner = owner

    def remember(self, text, *, about, expires):
        facts = storage.get(self.owner, [])
        facts.append([text, about, expires])
        storage.set(self.owner, facts)
        return str(len(facts))

    def recall(self, query, *, about, limit):
        return [
            Fact(str(number), text, subject, 1.0, expires)
            for number, (text, subject, expires)
            in enumerate(storage.get(self.owner, []), 1)
            if query in text
        ]

    def forget(self, id):
        return id == "1"
"""


def tool_spec(*parameters, **about):
    return ToolSpec(summary="It is a tool", parameters=parameters, **about)


def helper(source=HELPER, **about):
    about = {
        "name": "helper",
        "permissions": ("storage",),
        "tools": {
            "roll": tool_spec("sides", needs_approval=False),
            "bet": tool_spec("sum"),
        },
        "validates": ("text",),
        "memory": True,
        **about,
    }
    return make_bundle(source, **about)


LIAR = """
import plugwright_sdk.guest

for operation in ("validate", "memory"):
    plugwright_sdk.guest._OPERATIONS[operation] = lambda _: ANSWER
"""


def liar(answer):
    return helper(LIAR.replace("ANSWER", answer), tools={}, commands={})


def text(data, kind="text"):
    return Subject(kind=kind, name="letter", data=data)


def validated(host, subject):
    return host.hooks.validate.wait(subject=subject)


def commands(host):
    return [(p, c.name) for p, c in host.hooks.commands.by_plugin(host=host)]


# What they answer.


def test_its_commands_are_offered_and_nothing_of_it_runs_for_that(host, sandbox):
    activate(host, helper())

    [(plugin, command)] = host.hooks.commands.by_plugin(host=host)
    assert (plugin, command.name) == ("helper", "double")
    assert command.spec.parameters == ("number",)
    assert not sandbox.sessions
    assert command.call({"number": 21}) == 42


def test_its_tools_are_offered_and_a_person_is_asked_before(host, sandbox):
    activate(host, helper())

    roll, bet = sorted(host.hooks.tools(host=host), key=lambda it: it.needs_approval)
    assert (roll.name, roll.needs_approval) == ("roll", False)
    assert (bet.name, bet.needs_approval) == ("bet", True)
    assert roll.call({"sides": 6}) == 6
    with pytest.raises(UsageError, match="`helper` cannot use this input"):
        bet.call({"sum": "all"})


def test_it_validates_what_it_looks_at(host, sandbox):
    activate(host, helper())

    assert validated(host, text("nothing")) == []
    assert validated(host, text("a secret")) == [
        Finding(
            what="it tells a secret",
            severity=Severity.ERROR,
            where="letter:1",
            remedy="hush",
        )
    ]


def test_what_it_does_not_look_at_it_is_not_shown(host, sandbox):
    activate(host, helper())

    assert validated(host, text("a secret", kind="bundle")) == []
    assert not sandbox.sessions


def test_its_memory_keeps_facts_for_each_owner(host, sandbox):
    activate(host, helper())
    ann, bob = host.memory("helper", "ann"), host.memory("helper", "bob")

    assert ann.remember("likes tea", about="drinks", expires=9e9) == "1"
    assert ann.remember("likes cake") == "2"
    assert ann.recall("tea") == [
        Fact(id="1", text="likes tea", about="drinks", kept=1.0, expires=9e9)
    ]
    assert [fact.text for fact in ann.recall()] == ["likes tea", "likes cake"]
    assert bob.recall() == []
    assert ann.forget("1") is True
    assert ann.forget("7") is False


def test_it_gives_no_more_facts_than_were_asked_for(host, sandbox):
    activate(host, helper())
    memory = host.memory("helper", "ann")
    for word in ("a", "b", "c"):
        memory.remember(word)

    assert [fact.text for fact in memory.recall(limit=2)] == ["a", "b"]


def test_who_offers_no_memory_and_looks_at_nothing_stays_out_of_it(host, sandbox):
    activate(host, make_bundle())

    assert host.hooks.memories(host=host) == []
    assert host.hooks.tools(host=host) == []
    assert validated(host, text("a secret")) == []


# Answers that are not as promised.


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("None", ""),
        ("[{}]", " at `0.what`"),
        ("[{'what': 'x', 'severity': 'fatal'}]", " at `0.severity`"),
        ("[{'what': 'x', 'more': 1}]", " at `0.more`"),
    ],
)
def test_findings_with_a_mistake_are_its_fault_and_nothing_goes_on(
    host, sandbox, answer, place
):
    activate(host, liar(answer))

    with pytest.raises(BrokeContract, match="nothing goes on without its ans") as told:
        validated(host, text("a"))
    assert told.value.plugin == "helper"
    assert f"its answer has a mistake{place}: " in told.value.message


def test_a_sandboxed_plugin_that_failed_as_a_validator_is_no_host_plugin(host, sandbox):
    activate(host, helper(HELPER.replace("yield", "1 / 0 #")))

    with pytest.raises(BrokeContract, match="ZeroDivisionError"):
        validated(host, text("a secret"))
    assert host.plugins == ()
    assert host.run("helper", "double", {"number": 2}) == 4


@pytest.mark.parametrize(
    ("answer", "ask"),
    [
        ("7", lambda memory: memory.remember("a")),
        ("'yes'", lambda memory: memory.forget("1")),
        ("1", lambda memory: memory.forget("1")),
        ("None", lambda memory: memory.recall()),
        ("[{'id': 'x'}]", lambda memory: memory.recall()),
        ("[{'id': 'x', 'text': 'a', 'owner': 'bob'}]", lambda memory: memory.recall()),
    ],
)
def test_a_memory_that_answers_with_a_mistake_is_told_by_name(
    host, sandbox, answer, ask
):
    activate(host, liar(answer))

    with pytest.raises(BrokeContract, match="`helper`: its answer has a mistake"):
        ask(host.memory("helper", "ann"))


def test_a_mistake_is_shown_without_what_would_control_a_screen(host, sandbox):
    activate(host, liar(r"[{'what': 'x', '\x1b[2J\nwhat to do: trust me' * 99: 1}]"))

    with pytest.raises(BrokeContract) as told:
        validated(host, text("a"))
    assert told.value.message.isprintable()
    assert len(told.value.message) < 300


# They come and go with the bundles.


def test_a_proxy_comes_and_goes_with_its_bundle(host, sandbox):
    assert commands(host) == []
    activate(host, make_bundle())
    assert commands(host) == [("doubler", "double")]
    host.lives.disable("doubler")
    assert commands(host) == []


def test_after_an_upgrade_and_a_rollback_the_right_version_answers(host, sandbox):
    first = make_bundle()
    activate(host, first)
    assert commands(host) == [("doubler", "double")]
    source = first.sources["plugin.py"].replace("double", "twice")
    activate(host, make_bundle(source, version="2", commands={"twice": ("number",)}))
    assert commands(host) == [("doubler", "twice")]
    host.lives.rollback("doubler")
    assert commands(host) == [("doubler", "double")]


def test_nothing_is_looked_up_again_while_nothing_changes(host, sandbox):
    activate(host, make_bundle())
    commands(host)
    version = host.manager.version
    commands(host)
    host.run("doubler", "double", {"number": 1})
    commands(host)
    assert host.manager.version == version


def test_what_was_offered_and_then_revoked_can_be_called_no_more(host, sandbox):
    activate(host, make_bundle())
    [command] = host.hooks.commands(host=host)
    host.lives.revoke("doubler", by="a test")

    with pytest.raises(UsageError, match="cannot be run"):
        command.call({"number": 1})
    assert commands(host) == []


def test_one_whose_files_were_changed_offers_nothing_and_hinders_nobody(
    home, host, sandbox, fresh_host
):
    id = activate(host, make_bundle())
    activate(host, make_bundle(name="other"))
    (home.bundles / id / "plugin.py").write_text("changed")

    fresh = fresh_host()
    assert commands(fresh) == [("other", "double")]
    fresh.close()


def test_records_that_cannot_be_read_take_no_answer_from_the_others(
    home, host, sandbox, fresh_host
):
    activate(host, make_bundle())
    host.close()
    home.database.write_bytes(b"garbage " * 1000)

    fresh = fresh_host()
    assert commands(fresh) == []
    assert [offer.name for offer in fresh.hooks.sandboxes(host=fresh)] == ["wasm"]
    fresh.close()


def test_a_name_that_a_host_plugin_has_is_the_host_plugins(host, sandbox):
    class Doubler:
        @hookimpl
        def memories(self):
            return []

    activate(host, make_bundle())
    activate(host, make_bundle(name="other"))
    host.take_in(Doubler(), "doubler")
    assert commands(host) == [("other", "double")]


def test_what_is_called_through_a_hook_is_metered_and_on_record(host, sandbox):
    activate(host, helper(permissions=()))

    with pytest.raises(Denied, match="`storage` was not granted"):
        host.memory("helper", "ann").remember("a")
    [row] = [row for row in host.ledger.rows() if row.kind == Kind.DENIED]
    assert (row.plugin, row.facts()["permission"]) == ("helper", "storage")


def test_a_validator_whose_bundle_cannot_be_read_lets_nothing_pass(
    host, sandbox, home, fresh_host
):
    activate(host, helper())
    host.close()
    [path] = home.bundles.rglob("plugin.py")
    path.write_bytes(b"garbage = 1")

    fresh = fresh_host()
    with pytest.raises(BrokeContract, match="`helper`"):
        validated(fresh, text("nothing"))
    assert commands(fresh) == []
    fresh.close()
