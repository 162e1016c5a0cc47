"""Attacks that need a whole host: two plugins, many calls, an upgrade.

Each scenario is a function of an arena that says how the attack ended.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from attacks.arena import LOGGER, Arena, Played, ending
from attacks.people import (
    JUDGED_BY,
    activate,
    bundle,
    called,
    judged,
    manifest,
    retire,
)

from plugwright.bundles import Bundle
from plugwright.errors import PlugwrightError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.manifest import Manifest
from plugwright.quotas import Quota
from plugwright.sandboxes import Outcome

Scenario: TypeAlias = Callable[[Arena], Played]


def small_stack(arena: Arena) -> Played:
    """Recurse as deeply as can be, called from a thread with next to no stack."""
    found: list[Played] = []

    def use() -> None:
        session = arena.open("def main(_):\n    def f(): return f()\n    return f()")
        outcome = session.call("main", None)
        session.close()
        found.append(Played(ending=ending(outcome), told=repr(outcome)))

    before = threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    return found[0]


def many_guests(arena: Arena) -> Played:
    """Keep sixty guests open at once, and close them."""
    sessions = [arena.open("def main(x): return x") for _ in range(60)]
    values = [session.call("main", n).value for n, session in enumerate(sessions)]
    for session in sessions:
        session.close()
    how = "allowed" if values == list(range(60)) else "broken"
    return Played(ending=how, told="")


def pooled_growth(arena: Arena) -> Played:
    """Leave something behind at each of two hundred calls, in one guest."""
    session = arena.open("kept = []\ndef main(n):\n    kept.append('x' * 20_000)\n")
    outcomes = [session.call("main", n) for n in range(200)]
    session.close()
    return Played(ending=ending(outcomes[0]), told=repr(outcomes[0]))


def reentrant(arena: Arena) -> Played:
    """Call a guest from its own service."""
    found: list[Outcome] = []

    def service(_: Any) -> None:
        found.append(session.call("main", None))

    session = arena.serve(LOGGER, service)
    outer = session.call("main", None)
    session.close()
    assert outer.failure is None, outer
    assert len(found) == 1
    return Played(ending=ending(found[0]), told=repr(found[0]))


def concurrent(arena: Arena) -> Played:
    """Call one guest from two threads at once."""
    found: list[Outcome] = []

    def service(_: Any) -> None:
        thread = threading.Thread(
            target=lambda: found.append(session.call("main", None))
        )
        thread.start()
        thread.join()

    session = arena.serve(LOGGER, service)
    outer = session.call("main", None)
    session.close()
    assert outer.failure is None, outer
    return Played(ending=ending(found[0]), told=repr(found[0]))


HONEST = """
from plugwright_sdk import command

@command
def main() -> int:
    return 1
"""


def revoked(arena: Arena) -> Played:
    """Go on with a guest that was open when its plugin was disabled."""
    host = arena.host
    activate(host, bundle("revoked", HONEST, arena))
    assert host.run("revoked", "main", {}) == 1
    host.lives.disable("revoked")
    try:
        return called(host, "revoked", len(host.ledger.rows(plugin="revoked")))
    finally:
        retire(host, "revoked")


def upgrade_that_wants_more(arena: Arena) -> Played:
    """Start a second version that asks for more than was approved."""
    host = arena.host
    activate(host, bundle("creeping", HONEST, arena))
    second = judged(
        host, bundle("creeping", HONEST, arena, grants=("storage",), version="2")
    )
    try:
        host.lives.activate(second)
    except PlugwrightError as error:
        return Played(ending="reject", told=str(error))
    finally:
        retire(host, "creeping")
    return Played(ending="allowed", told="")


def upgrade_of_the_quota(arena: Arena) -> Played:
    """Start a second version that wants a larger quota, on the first's approval."""
    host = arena.host
    activate(host, bundle("growing", HONEST, arena))
    second = judged(
        host,
        bundle("growing", HONEST, arena, Quota(), version="2"),
    )
    try:
        host.lives.activate(second)
    except PlugwrightError as error:
        return Played(ending="reject", told=str(error))
    finally:
        retire(host, "growing")
    return Played(ending="allowed", told="")


def changed_on_disk(arena: Arena) -> Played:
    """Change an approved bundle's code where it lies."""
    home = Home(arena.folder / "changed")
    first = Host(home)
    id = activate(first, bundle("changed", HONEST, arena))
    first.close()
    source = home.bundles / id / "plugin.py"
    source.write_text(HONEST.replace("1", "2"))
    second = Host(home)
    try:
        second.lives.active("changed")
    except PlugwrightError as error:
        # A person is told which folder to delete; no guest hears of it.
        told = str(error).replace(str(source.parent), "")
        return Played(ending="reject", told=told)
    finally:
        second.close()
    return Played(ending="allowed", told="")


def weaker_tests(arena: Arena) -> Played:
    """Put weaker tests into an approved bundle: it is another bundle."""
    host = arena.host
    activate(host, bundle("weak", HONEST, arena, tests=JUDGED_BY))
    second = bundle("weak", HONEST, arena, tests="def test_one(): pass")
    try:
        host.lives.activate(second.id)
    except PlugwrightError as error:
        return Played(ending="reject", told=str(error))
    finally:
        retire(host, "weak")
    return Played(ending="allowed", told="")


def forged_record(arena: Arena) -> Played:
    """Change what the ledger says of the past."""
    home = Home(arena.folder / "forged")
    host = Host(home)
    activate(host, bundle("recorded", HONEST, arena))
    host.close()
    forged = sqlite3.connect(home.database)
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (trigger,) in forged.execute(triggers).fetchall():
        forged.execute(f'DROP TRIGGER "{trigger}"')
    forged.execute("UPDATE ledger SET plugin = 'forged' WHERE seq = 2")
    forged.commit()
    forged.close()
    host = Host(home)
    found = host.ledger.verify()
    host.close()
    return Played(ending="reject" if found else "allowed", told=repr(found))


def laundered_budget(arena: Arena) -> Played:
    """Make many calls, each well within its quota."""
    host = arena.host
    busy = HONEST.replace("return 1", "return sum(range(100_000))")
    limits: dict[str, Any] = {"hourly_fuel": 200_000_000, "hourly_seconds": 0.3}
    quota = Quota(**limits)
    activate(host, bundle("laundering", busy, arena, quota))
    try:
        for _ in range(200):
            before = len(host.ledger.rows(plugin="laundering"))
            played = called(host, "laundering", before)
            if played.ending != "allowed":
                break
        return played
    finally:
        retire(host, "laundering")


def left_for_the_next(arena: Arena) -> Played:
    """Leave marks wherever the next tenant of the same worker might look."""
    mark = "left-" * 1000
    first = arena.open(
        f"kept = [{mark!r} + str(n) for n in range(500)]\ndef main(_): return len(kept)"
    )
    first.call("main", None)
    first.close()
    second = arena.open(FINDER if arena.engine == "wasm" else GLANCER)
    outcome = second.call("main", None)
    second.close()
    assert outcome.failure is None, outcome
    return Played(ending="allowed" if outcome.value == 0 else "broken", told="")


FINDER = """
import gc

def main(_):
    mark = "left" + "-"
    found = 0
    for thing in gc.get_objects():
        for inner in gc.get_referents(thing):
            if type(inner) is str and mark + mark in inner:
                found += 1
    return found
"""
GLANCER = """
def main(_):
    try:
        return len(kept)
    except NameError:
        return 0
"""


def remembered_answers(arena: Arena) -> Played:
    """Remember in one guest what another was asked."""
    source = "kept = {}\ndef main(n):\n    return kept.setdefault('first', n)"
    values = []
    for n in range(3):
        session = arena.open(source)
        values.append(session.call("main", n).value)
        session.close()
    how = "allowed" if values == [0, 1, 2] else "broken"
    return Played(ending=how, told="")


def another_plugins_storage(arena: Arena) -> Played:
    """Read what another plugin kept, under the same key."""
    host = arena.host
    keeper = """
    from plugwright_sdk import command, storage

    @command
    def main() -> list[str]:
        storage.set("shared", "MINE")
        return storage.keys()
    """
    reader = """
    from plugwright_sdk import command, storage

    @command
    def main() -> list[object]:
        names = ["shared", "keeper/shared", "keeper:shared", "../keeper/shared"]
        return [storage.get(name) for name in names] + storage.keys()
    """
    for name, source in (("keeper", keeper), ("reader", reader)):
        lines = [line[4:] for line in source.splitlines()]
        activate(host, bundle(name, "\n".join(lines), arena, grants=("storage",)))
    try:
        host.run("keeper", "main", {})
        played = called(host, "reader", len(host.ledger.rows(plugin="reader")))
    finally:
        retire(host, "keeper")
        retire(host, "reader")
    assert played.outcome is not None, played.told
    alone = played.outcome.value == [None] * 4
    return Played(ending="allowed" if alone else "broken", told=played.told)


def endless_events(arena: Arena) -> Played:
    """Let two plugins answer each other's events for ever."""
    host = arena.host
    source = """
from plugwright_sdk import command, emit, on

@command
def main() -> int:
    emit("ping", 1)
    return 1

@on("ping")
def heard(data: int) -> None:
    emit("ping", data + 1)
"""
    about = manifest("echoing", arena, arena.quota(), ("events.emit:ping",))
    listening = Manifest(**{**vars(about), "events": ("ping",)})
    files = {"plugin.toml": listening.dumps(), "plugin.py": source}
    offered = Bundle({path: content.encode() for path, content in files.items()})
    activate(host, offered)
    try:
        call = host.call("echoing", "main", {})
    finally:
        retire(host, "echoing")
    how = "allowed" if call.unheard else "broken"
    return Played(ending=how, told=repr(call))


CHANCES = """
import copy, random, statistics, uuid

class Dice(random.Random):
    def seed(self, *given):
        super().seed()

def main(_):
    chance = random.Random()
    found = [chance.random(), copy.copy(chance).random(), Dice().random()]
    chance.seed()
    random.seed()
    found += [chance.random(), random.random(), str(uuid.uuid4())]
    found += statistics.NormalDist().samples(2)
    return found + [hash("text") % 997, *{f"text {n}" for n in range(30)}]
"""


def left_to_chance(arena: Arena) -> Played:
    """Answer by chance, in every way there is, and be called again elsewhere."""
    session = arena.open(CHANCES)
    here = session.call("main", None)
    session.close()
    there = arena.call_elsewhere(CHANCES)
    assert here.failure is None, here
    how = "allowed" if here.value == there.value else "broken"
    return Played(ending=how, told=repr((here, there)))


SCENARIOS: dict[str, Scenario] = {
    function.__name__.replace("_", " "): function
    for function in (
        small_stack,
        many_guests,
        pooled_growth,
        reentrant,
        concurrent,
        revoked,
        upgrade_that_wants_more,
        upgrade_of_the_quota,
        changed_on_disk,
        weaker_tests,
        forged_record,
        laundered_budget,
        left_for_the_next,
        remembered_answers,
        another_plugins_storage,
        endless_events,
        left_to_chance,
    )
}
