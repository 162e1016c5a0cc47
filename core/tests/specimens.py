"""Plugins for tests to run, and a host plugin to run them in the double."""

from __future__ import annotations

from doubles import OpenSandbox, make_bundle

from plugwright.bundles import Bundle
from plugwright.hooks import hookimpl
from plugwright.sandboxes import SandboxOffer

CHATTY = """
from plugwright_sdk import command, emit, log

@command
def add(left: int, right: int = 1) -> int:
    return left + right

@command
def spell(words: list[str]) -> dict[str, int]:
    log.info("spelling \\x1b[2J")
    print("now \\x1b]0;owned\\x07")
    return {word: len(word) for word in words}

@command
def nothing() -> None:
    pass

@command
def due() -> None:
    emit("lesson-due")
"""
_CHATTING = {"add": ("left", "right"), "spell": ("words",), "nothing": (), "due": ()}
_CHATTY_MAY = ("events.emit:lesson-due", "log")


def chatty() -> Bundle:
    """Logs, prints and tells."""
    about = {"commands": _CHATTING, "permissions": _CHATTY_MAY}
    return make_bundle(CHATTY, name="chatty", **about)


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


def keeper(name="keeper", permissions=("clock", "log", "storage"), **about):
    about = {"commands": COMMANDS, "permissions": permissions, **about}
    return make_bundle(KEEPER, name=name, **about)


class Engine:
    """A host plugin with one sandbox, which the test can look into."""

    def __init__(self):
        self.sandbox = OpenSandbox()

    @hookimpl
    def sandboxes(self):
        def open():
            return self.sandbox

        return [SandboxOffer(name="wasm", summary="no wall", open=open)]
