"""What a person does with a hostile plugin: approve it, call it, have it judged."""

from __future__ import annotations

from dataclasses import replace

from attacks.abroad import abroad, at_port
from attacks.arena import REJECTIONS, Arena, Played
from attacks.table import Attack

from plugwright.bundles import Bundle
from plugwright.errors import (
    BrokeContract,
    Denied,
    NotLoaded,
    PlugwrightError,
    Stopped,
    UsageError,
)
from plugwright.host import Host
from plugwright.judging import Report, TestResult, Verdict
from plugwright.manifest import CommandSpec, Manifest
from plugwright.permissions import Permission
from plugwright.quotas import Quota
from plugwright.sandboxes import Outcome


def manifest(
    name: str,
    arena: Arena,
    quota: Quota,
    grants: tuple[str, ...] = (),
    version: str = "1",
) -> Manifest:
    """Declare one command, `main`, and what is asked for."""
    asked = tuple(map(Permission.parse, grants))
    return Manifest(
        name=name,
        version=version,
        api=">=0.1,<0.2",
        summary="An attack",
        engine=arena.engine,
        permissions=asked,
        reasons=dict.fromkeys(asked, "to attack"),
        quota=quota,
        commands={"main": CommandSpec(summary="Attack", parameters=())},
    )


def bundle(
    name: str,
    source: str,
    arena: Arena,
    quota: Quota | None = None,
    grants: tuple[str, ...] = (),
    *,
    version: str = "1",
    tests: str = "",
) -> Bundle:
    """Make what a person would approve."""
    about = manifest(name, arena, quota or arena.quota(), grants, version)
    files = {"plugin.toml": about.dumps(), "plugin.py": source}
    if tests:
        files["tests/test_it.py"] = tests
    return Bundle({path: content.encode() for path, content in files.items()})


def judged(host: Host, bundle: Bundle) -> str:
    """Let it have passed its tests; gives its id."""
    id = host.lives.unpacked(bundle)
    accepted = TestResult(test="test_it", verdict=Verdict.AC)
    host.lives.judged(id, Report(results=(accepted,)))
    host.lives.propose(id)
    return id


def activate(host: Host, bundle: Bundle) -> str:
    """Take it all the way, as if a person had approved it."""
    id = judged(host, bundle)
    host.lives.approve(id, by="the attack table")
    host.lives.activate(id)
    return id


def retire(host: Host, name: str) -> None:
    """Let it run no more, and drop its guest."""
    host.runner.close()
    if any(life.plugin == name for life in host.lives.running()):
        host.lives.disable(name)


def how_it_ended(error: PlugwrightError) -> str:
    """Say in the table's words what the host told its caller."""
    match error:
        case Stopped():
            return f"quota:{error.quota}"
        case Denied():
            return "denied"
        case NotLoaded():
            refused = any(f"{name}: " in error.message for name in REJECTIONS)
            return "reject" if refused else "load"
        case BrokeContract():
            return "raised"
        case UsageError():
            return "input"
    raise error


def called(host: Host, name: str, before: int) -> Played:
    """Call it, and see what came on record since there were so many rows."""
    told, how, outcome = "", "allowed", None
    try:
        call = host.call(name, "main", {})
        outcome = Outcome(value=call.value, usage=call.usage, output=call.output)
        told = repr(call)
    except PlugwrightError as error:
        told, how = str(error), how_it_ended(error)
    rows = host.ledger.rows(plugin=name)
    audit = tuple(rows[: len(rows) - before])
    told += repr([row.detail for row in audit])
    return Played(ending=how, told=told, outcome=outcome, audit=audit)


def warm_up(arena: Arena) -> None:
    """Let a host open what it opens when it first runs a plugin."""
    source = """
from plugwright_sdk import command, models

@command
def main() -> int:
    models.ask("nobody", "hello")
    return 1
"""
    grants = ("model:role=somebody", "storage", "log")
    activate(arena.host, bundle("warming", source, arena, grants=grants))
    called(arena.host, "warming", 0)
    retire(arena.host, "warming")


def play_plugin(attack: Attack, source: str, arena: Arena) -> Played:
    """Let the host run an approved plugin once."""
    grants = tuple(g.replace("FOLDER", str(arena.granted)) for g in attack.grants)
    if not attack.names:
        return _approved(attack, source, arena, grants)
    with abroad(attack.names) as phone:
        grants = tuple(at_port(grant, phone) for grant in grants)
        played = _approved(attack, at_port(source, phone), arena, grants)
    return replace(played, dialled=tuple(phone.dialled))


def _approved(
    attack: Attack, source: str, arena: Arena, grants: tuple[str, ...]
) -> Played:
    host, name = arena.host, f"attack-{attack.id.lower()}"
    quota = arena.quota(attack)
    try:
        offered = bundle(name, source, arena, quota, grants)
    except UsageError as error:  # what it asks for cannot be granted to anybody
        told = str(error).replace(str(arena.granted), "")
        return Played(ending="reject", told=told)
    activate(host, offered)
    try:
        return called(host, name, len(host.ledger.rows(plugin=name)))
    finally:
        retire(host, name)


def play_judge(attack: Attack, source: str, arena: Arena) -> Played:
    """Let the judge examine a plugin that is wrong and wants to be found right."""
    host, name = arena.host, f"attack-{attack.id.lower()}"
    offered = bundle(name, source, arena, arena.quota(attack), tests=JUDGED_BY)
    host.lives.unpacked(offered)
    try:
        report = host.examine(offered)
    except NotLoaded as error:
        return Played(ending="reject", told=str(error))
    how = "allowed" if report.passed else "failed"
    return Played(ending=how, told=repr(report))


JUDGED_BY = """
from plugin import main

def test_one():
    assert main() == {"sum": 9}

def test_another():
    assert main()["sum"] == 9
"""
