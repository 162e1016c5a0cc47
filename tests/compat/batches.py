"""Runs one test module in guests, and brings back how each of its cases went.

A guest that is stopped, or whose runtime gives way, loses only the case that it was at:
what it had told is kept, a fresh guest goes on behind that case, and the case itself
gets a guest of its own before it counts as failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plugwright.quotas import Quota
from plugwright.sandboxes import JSON, Failure, Guest, Sandbox, Session

SECONDS = 420.0
"""For one batch, which is a whole module if nothing stops it."""
ALONE_SECONDS = 120.0
"""For one case by itself."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """How one case went."""

    name: str
    status: str
    """`passed`, `failed`, `skipped` (by the test itself)."""
    why: str = ""
    files: bool = False
    """Whether it touched the files in memory."""


def quota(seconds: float) -> Quota:
    """Everything that the engine can give: compatibility is measured, not thrift."""
    return Quota(
        fuel=10**15,
        seconds=seconds,
        memory=1 << 30,
        output=8 << 20,
        writes=10**9,
        host_calls=10**9,
        payload=8 << 20,
        sent=1 << 40,
        received=1 << 40,
        hourly_fuel=10**18,
        hourly_seconds=1e6,
    )


@dataclass
class Run:
    """What is known of one module's cases so far."""

    sandbox: Sandbox
    module: str
    names: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    ended: dict[int, Case] = field(default_factory=dict)
    fixtures: dict[str, tuple[str, str]] = field(default_factory=dict)
    at: int | None = None

    def told(self, news: dict[str, JSON]) -> JSON:
        """Hear from the guest; this is the one service that it has."""
        told: Any = news
        if "starts" in told:
            self.at = told["starts"]
        elif "fixture" in told:
            self.fixtures[told["fixture"]] = (told["status"], told["why"])
        else:
            number = told["ended"]
            self.at = None
            self.ended[number] = Case(
                name=self.names[number],
                status=told["status"],
                why=told["why"],
                files=told["files"],
            )
        return None

    def open(self, seconds: float) -> Session:
        """Open a fresh guest that knows the module's cases."""
        session = self.sandbox.open(
            Guest(
                name=self.module,
                files={},
                dispatcher="compat_runner:dispatch",
                packages=("compat",),
                services={"told": self.told},
                quota=quota(seconds),
                clock="host",
                seed=0,
            )
        )
        listed: Any = session.call("list", {"module": f"test.{self.module}"})
        if listed.failure is not None:
            session.close()
            raise RuntimeError(f"{self.module} gave no cases: {listed.failure}")
        self.names = _distinct([name for name, _ in listed.value])
        self.owners = [owner for _, owner in listed.value]
        return session

    def run(self, cases: Sequence[int], seconds: float) -> Failure | None:
        """Run some cases in one fresh guest, as far as it comes."""
        session = self.open(seconds)
        self.at = None
        outcome = session.call("run", {"cases": list(cases)})
        session.close()
        return outcome.failure

    def settle(self, number: int, failure: Failure | None) -> None:
        """Note what a guest of its own made of a case that stopped its guest."""
        if number not in self.ended:
            why = "never started" if failure is None else _told(failure)
            case = Case(name=self.names[number], status="failed", why=why)
            self.ended[number] = case


def guest_version(sandbox: Sandbox) -> tuple[int, ...]:
    """Ask a guest which Python it is."""
    session = sandbox.open(
        Guest(
            name="version",
            files={"asked.py": _VERSION},
            dispatcher="asked:dispatch",
        )
    )
    told: Any = session.call("version", None).value
    session.close()
    return tuple(told)


_VERSION = """
import sys

def dispatch(operation, arguments):
    return list(sys.version_info[:3])
"""


def run_module(sandbox: Sandbox, module: str) -> list[Case]:
    """Run all cases of a module."""
    run = Run(sandbox, module)
    run.open(SECONDS).close()
    remaining, stoppers = list(range(len(run.names))), []
    while remaining:
        failure = run.run(remaining, SECONDS)
        if failure is None:
            break
        stopper = run.at
        if stopper is None:  # between two cases: in what surrounds the next one
            stopper = next((n for n in remaining if n not in run.ended), None)
        if stopper is None:
            break
        stoppers.append(stopper)
        done = {*run.ended, *stoppers}
        remaining = [number for number in remaining if number not in done]
    for number in stoppers:
        run.settle(number, run.run([number], ALONE_SECONDS))
    return [_case(run, number) for number in range(len(run.names))]


def _case(run: Run, number: int) -> Case:
    """A case that never started shares the fate of its class or module."""
    if number in run.ended:
        return run.ended[number]
    name, owner = run.names[number], run.owners[number]
    for fixture, (status, why) in run.fixtures.items():
        around = fixture.partition("(")[2].rstrip(")")
        if owner == around or owner.startswith(around + "."):
            return Case(name=name, status=status, why=why)
    return Case(name=name, status="failed", why="never started, for no known reason")


def _told(failure: Failure) -> str:
    return f"{failure.kind} {failure.type}: {failure.message}"


def _distinct(names: list[str]) -> list[str]:
    """Number the names that are given more than once."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return distinct
