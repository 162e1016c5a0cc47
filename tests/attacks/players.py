"""Plays a row: one player for each kind of attack."""

from __future__ import annotations

from collections.abc import Callable

from attacks import native, people, workers
from attacks.arena import Arena, Played, ending
from attacks.scenarios import SCENARIOS
from attacks.table import Attack, table

from plugwright.bundles import Bundle
from plugwright.errors import UsageError


def play(attack: Attack, arena: Arena) -> Played:
    """Let the attack happen."""
    return _PLAYERS[attack.kind](attack, arena)


def warm_up(arena: Arena) -> None:
    """Use what the players themselves need, threads and zygotes, before counting."""
    people.warm_up(arena)
    for attack in table().attack:
        if attack.kind in ("frame", "native"):
            play(attack, arena)


def text(attack: Attack) -> str:
    """Give the attack's source, made if it is too long to be written down."""
    # The table is ours: whoever can change it can change this file.
    return attack.code or str(eval(attack.make))


def _guest(attack: Attack, arena: Arena) -> Played:
    """Open a guest and call it once; what fails while loading is how it ended."""
    session = arena.open(text(attack), attack)
    try:
        outcome = session.call("main", None)
    finally:
        session.close()
    loaded = session.loaded
    told = repr((loaded, outcome))
    if loaded.failure is not None:
        outcome = loaded
    return Played(ending=ending(outcome), told=told, outcome=outcome)


def _source(attack: Attack, arena: Arena) -> Played:
    """Offer it as a file of a bundle; if that is taken, open it as a guest."""
    content = eval(attack.make) if attack.make else attack.code
    name = "plugin.py"
    if isinstance(content, tuple):
        name, content = content
    raw = content if isinstance(content, bytes) else content.encode()
    about = people.manifest("offered", arena, arena.quota()).dumps().encode()
    try:
        Bundle({"plugin.toml": about, "plugin.py": b"", name: raw})
    except UsageError as error:
        return Played(ending="reject", told=str(error))
    if name != "plugin.py":
        return Played(ending="allowed", told="")
    session = arena.open(raw.decode(), attack)
    session.close()
    loaded = session.loaded
    return Played(ending=ending(loaded), told=repr(loaded), outcome=loaded)


def _plugin(attack: Attack, arena: Arena) -> Played:
    return people.play_plugin(attack, text(attack), arena)


def _judge(attack: Attack, arena: Arena) -> Played:
    return people.play_judge(attack, text(attack), arena)


def _host(attack: Attack, arena: Arena) -> Played:
    return SCENARIOS[attack.scenario](arena)


_PLAYERS: dict[str, Callable[[Attack, Arena], Played]] = {
    "guest": _guest,
    "source": _source,
    "plugin": _plugin,
    "judge": _judge,
    "frame": workers.play,
    "native": native.play,
    "host": _host,
}
