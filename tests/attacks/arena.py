"""Where an attack meets an engine, and what has to be true of everything afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attacks import remains
from attacks.table import Attack, table

from plugwright.home import Home
from plugwright.host import Host
from plugwright.ledger import Row
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON, Guest, Kind, Outcome, Service, Session

DOOR = """
from plugin import main

def dispatch(operation, arguments):
    if operation != "load":
        return main(arguments)
"""
"""Calls `main`, whatever is asked."""

REACH = """
import sys

call = sys.modules["_plugwright_host"].call
ask = sys.modules["wit_world"].ask
shim = sys.modules["plugwright_guest"]
"""
"""The ways past the guest's side of the wall: all of them are the guest's own."""

NEIGHBOUR = """
def main(n):
    import json, math
    kept = [json.dumps([1]), json.loads("[1]"), len("abc"), math.pi > 3, int("1" * 5)]
    return [kept, [n, str(n), "x" * n][0]]
"""
CLEAN = ["[1]", [1], 3, True, 11111]
LOGGER = """
from plugwright_sdk import log

def main(_):
    log.info("now")
"""
INSIDE = """
def main(_):
    import decimal, random, sys
    return [len(sys.meta_path), decimal.getcontext().prec, hasattr(random, "soiled"),
            "soiled" in vars(sys.modules["builtins"])]
"""
"""What only a guest with a real `sys` can look at."""


def _slowly(answer: JSON) -> JSON:
    time.sleep(0.05)
    return answer


SECRET = "hunter2-is-no-secret"
SERVICES: dict[str, Service] = {
    "echo": lambda arguments: arguments,
    "log": lambda _: None,
    "large": lambda _: "x" * (8 << 20),
    "storage.get": lambda _: _slowly({"found": False, "value": None}),
}
"""What a guest that is no plugin can be granted."""

REJECTIONS = frozenset(
    {"SyntaxError", "IndentationError", "TabError", "RefusedCode", "Rejected"}
)
"""Types of a failure to load that say that nothing ran."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """How an attack ended, and everything that anybody was told of it."""

    ending: str
    told: str
    outcome: Outcome | None = None
    audit: tuple[Row, ...] | None = None
    """What is on record; None where no host keeps one."""
    dialled: tuple[str, ...] = ()
    """The addresses that the host connected to for it."""


def ending(outcome: Outcome) -> str:
    """Say in the table's words how a call ended."""
    failure = outcome.failure
    if failure is None:
        return "allowed"
    if failure.kind is Kind.STOPPED:
        return f"quota:{failure.type}"
    if failure.kind is Kind.LOAD and failure.type in REJECTIONS:
        return "reject"
    return failure.kind.value


class Arena:
    """One engine, with a host around it that lives as long as its rows are played."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.granted = folder / "granted"
        """A folder with a file, and with links to a secret beside the folder."""
        self.granted.mkdir()
        (folder / "secret.txt").write_text(SECRET)
        (self.granted / "inside.txt").write_text("inside")
        (self.granted / "link.txt").symlink_to("../secret.txt")
        (self.granted / "up").symlink_to("..")
        self.host = Host.discover(Home(folder / "home"))
        self.sandbox = self.host.sandbox(engine)
        self.before: remains.Reading | None = None

    def settle(self) -> None:
        """Use everything once, and count what there is then."""
        if remains.is_readable():
            self.before = remains.settled(self._stretch)

    def close(self) -> None:
        """End the engine."""
        self.host.close()

    def quota(self, attack: Attack | None = None) -> Quota:
        """Give what a row may use."""
        limits: dict[str, Any] = dict(table().quota[self.engine])
        limits |= {} if attack is None else attack.quota
        return Quota(**limits)

    def open(self, source: str, attack: Attack | None = None) -> Session:
        """Open a guest from the source of its `plugin.py`."""
        grants = () if attack is None else attack.grants
        services = {name: SERVICES[name] for name in grants}
        more = {"host.py": REACH} if attack is not None and attack.reach else {}
        files = {"plugin.py": source, **more}
        return self.sandbox.open(_guest(files, services, self.quota(attack)))

    def call_elsewhere(self, source: str) -> Outcome:
        """Open the same guest on another host, and call it."""
        guest = _guest({"plugin.py": source}, {}, self.quota())
        with Host.discover(Home(self.folder / "elsewhere")) as host:
            session = host.sandbox(self.engine).open(guest)
            try:
                return session.call("main", None)
            finally:
                session.close()

    def serve(self, source: str, service: Service) -> Session:
        """Open a guest whose service `log` does something of its own."""
        guest = _guest({"plugin.py": source}, {"log": service}, self.quota())
        return self.sandbox.open(guest)

    # What has to be true afterwards.

    def complaints(self, played: Played) -> Iterator[str]:
        """Say what is not as it has to be after every row."""
        yield from self._leaks(played.told)
        yield from self._neighbour()
        if played.audit is not None:
            yield from _audit(played)
        if self.before is not None:
            left = remains.complaint(self.before)
            if left:
                # The rows after this one are not to blame for it.
                self.before = remains.read()
                yield left

    def _leaks(self, told: str) -> Iterator[str]:
        for name in self._private():
            if name in told:
                yield f"it was told `{name}`"

    def _private(self) -> list[str]:
        names = [SECRET, str(Path(__file__).parents[2]), str(Path.home()), sys.prefix]
        names += [str(self.folder), tempfile.gettempdir() + os.sep, "site-packages"]
        names += [name for name in (os.uname().nodename,) if len(name) > 5]
        # `root` is a word of many trades.
        user = os.environ.get("USER", "")
        return names + ([user] if len(user) > 3 and user != "root" else [])

    def _neighbour(self) -> Iterator[str]:
        found = self._ask(NEIGHBOUR, 1)
        if found.value != [CLEAN, 1]:
            yield f"the next plugin sees {found.failure or found.value}"
        if self.engine == "wasm":
            inside = self._ask(INSIDE, None)
            if inside.value != [1, 28, False, False]:
                yield f"the next plugin sees {inside.failure or inside.value}"

    def _ask(self, source: str, argument: Any) -> Outcome:
        session = self.open(source)
        try:
            return session.call("main", argument)
        finally:
            session.close()

    def _stretch(self) -> None:
        """Use every part once: a large message, a stopped guest, and many at once."""
        self._ask(NEIGHBOUR, 1)
        self._ask("def main(x): return x", "x" * 90_000)
        self._ask("def main(x):\n    while True: pass", None)
        crowd = [self.open("def main(x): return x") for _ in range(60)]
        for guest in crowd:
            guest.close()
        # While a guest waits for its service, another one needs a second worker.
        outer = self.serve(LOGGER, lambda _: self._ask(NEIGHBOUR, 1).value)
        outer.call("main", None)
        outer.close()
        # A judge runs the tests of any engine's plugin in the first one.
        self.host.describe("nobody", {"plugin.py": ""})
        self._ask(NEIGHBOUR, 1)


def _guest(files: dict[str, str], services: dict[str, Service], quota: Quota) -> Guest:
    return Guest(
        name="guest",
        files={**files, "door.py": DOOR},
        dispatcher="door:dispatch",
        packages=("plugwright_sdk",),
        services=services,
        quota=quota,
        seed=0,
    )


def _audit(played: Played) -> Iterator[str]:
    """One call is one row, unless it was refused several things before it ended."""
    rows = [row.kind for row in played.audit or ()]
    stopped = played.ending.startswith("quota:")
    if rows.count("stopped") != stopped:
        yield f"{rows} is on record for {played.ending}"
    if played.ending == "denied" and rows != ["denied"]:
        yield f"{rows} is on record for one denial"
    if set(rows) - {"stopped", "denied"}:
        yield f"{rows} is on record for one call"
