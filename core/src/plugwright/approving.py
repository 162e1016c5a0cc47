"""What a person sees before a plugin may run, and how they decide.

Only a person decides: no terminal means no, and a decision that a flag took is recorded
as the flag's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugwright.amounts import amount, seconds_in_words, size_in_words
from plugwright.bundles import Bundle
from plugwright.judging import Report, Verdict
from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED
from plugwright.sources import plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from plugwright.host import Host

PERSON = "a person at the terminal"
FLAG = "the flag --yes"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Everything that a person needs for a decision."""

    bundle: Bundle
    report: Report

    def permissions(self) -> list[str]:
        """What it may do, a line each, with the reason that it gives."""
        manifest = self.bundle.manifest
        return [
            f"It {permission.in_words(manifest.quota.storage)}"
            f" — {manifest.reasons.get(permission, '') or 'no reason given'}"
            for permission in manifest.permissions
        ]

    def walls(self) -> list[str]:
        """What it means that it does not run in the usual engine, a line each."""
        engine = self.bundle.manifest.engine
        if engine == GENERATED:
            return []
        return [f"It asks for the engine `{engine}`.", *_NATIVE]

    def unsure(self) -> list[str]:
        """What its makers were not sure of."""
        text = self.bundle.manifest.provenance.get("unsure", "")
        return [line for line in text.splitlines() if line.strip()]


_NATIVE = (
    "That is native code, in a process of this computer that is locked up: its author "
    "wants the speed.",
    "It is a weaker wall than WebAssembly, where plugins run otherwise: a mistake in "
    "Python or in this computer's system may be enough to get out of it.",
    "Not contained: it shares the processor and the system's core with everything else "
    "here, and its work is limited by time, not counted.",
)


def decide(host: Host, bundle: str, *, yes: bool) -> bool:
    """Show a proposed bundle, ask, record the answer and let it run if it is yes.

    `yes` is the flag that decides without asking. Gives back whether it is active now.
    """
    from rich.console import Console

    console = Console(highlight=False)
    found = Bundle.load(host.home.bundles, bundle)
    proposal = Proposal(bundle=found, report=host.examine(found))
    name = found.manifest.name
    _show(console, proposal)
    if not proposal.report.passed:
        why = (
            "did not pass its own tests" if proposal.report.results else "has no tests"
        )
        console.print(f"It {why}, so it cannot be approved.")
        return False
    host.lives.propose(bundle)
    if not yes and not _is_terminal():
        console.print(
            "Not approved: there is no terminal to ask at. It stays a proposal;"
            f" decide with `plugwright approve {name}`.",
            markup=False,
        )
        return False
    by = FLAG if yes else PERSON
    if not yes and not _asked(console, proposal):
        host.lives.refuse(bundle, by=by)
        console.print("Not approved. Nothing of it will run.")
        return False
    host.lives.approve(bundle, by=by)
    host.lives.activate(bundle)
    console.print(f"Approved by {by}: `{name}` is active.", markup=False)
    return True


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(console: Console, proposal: Proposal) -> bool:
    """Ask until there is an answer; closing the terminal is a no."""
    while True:
        try:
            answer = console.input("Let it run? [b]y[/]es, [b]n[/]o, show [b]c[/]ode: ")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return False
        match answer.strip().lower():
            case "y" | "yes":
                return True
            case "n" | "no":
                return False
            case "c" | "code":
                _show_code(console, proposal.bundle)
            case _:
                console.print("Please type yes, no or code.")


def _show_code(console: Console, bundle: Bundle) -> None:
    from rich.syntax import Syntax

    for name, source in bundle.sources.items():
        console.rule(name)
        console.print(Syntax(source, "python", word_wrap=True))


def _show(console: Console, proposal: Proposal) -> None:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    manifest = proposal.bundle.manifest
    parts: list[RenderableType] = [Text(plain(manifest.summary))]
    parts += _section(
        "Commands", [f"{n}: {c.summary}" for n, c in manifest.commands.items()]
    )
    parts += _section(
        "What it is allowed to do", proposal.permissions() or ["nothing but compute"]
    )
    if walls := proposal.walls():
        parts += _section("A weaker wall", walls)
    parts += _section("Each call may use", in_words(manifest.quota))
    parts += _section("Tests", _tests(proposal.report))
    parts += _section("Unsure", proposal.unsure() or ["nothing was noted"])
    request = manifest.provenance.get("request", "")
    if request:
        parts += _section("Made for the request", [request])
    parts.append(Text(f"\nbundle {proposal.bundle.id[:16]}", style="dim"))
    title = f"Proposal: {manifest.name} {manifest.version}"
    console.print(Panel(Group(*parts), title=Text(title), title_align="left"))


def _section(title: str, lines: Sequence[str]) -> list[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    # Text, never markup or escapes: all of this was written by whoever made the plugin.
    body = [Padding(Text(f"• {plain(line)}"), (0, 0, 0, 2)) for line in lines]
    return [Text(f"\n{title}", style="bold"), *body]


def _tests(report: Report) -> list[str]:
    passed = sum(result.verdict is Verdict.AC for result in report.results)
    failed = [
        f"{result.verdict} {result.test}: {_first_line(result.message)}"
        for result in report.results
        if result.verdict is not Verdict.AC
    ]
    return [
        f"{passed} of {len(report.results)} passed just now, in the sandbox",
        *failed,
    ]


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0] or "no reason given"


_UNUSUAL = {
    "fuel": "steps of computing",
    "cpu_seconds": "processor time",
    "writes": "printing",
    "payload": "the largest message",
    "sent": "telling Plugwright",
    "received": "being told by Plugwright",
    "storage": "keeping",
    "keys": "keeping",
    "load_fuel": "steps of computing to get ready",
    "load_seconds": "time to get ready",
    "hourly_fuel": "steps of computing in an hour",
}
"""What is said only where it is not as usual, with what it is for."""


def in_words(quota: Quota) -> list[str]:
    """Say what a quota allows, to somebody who does not program, a line each."""
    usual = Quota()
    unusual = [
        f"{what}: {amount(name, getattr(quota, name))}"
        f" (usually {amount(name, getattr(usual, name))})"
        for name, what in _UNUSUAL.items()
        if getattr(quota, name) != getattr(usual, name)
    ]
    return [
        f"{quota.seconds:g} seconds, {size_in_words(quota.memory)} of memory, "
        f"{size_in_words(quota.output)} of printed text, "
        f"{quota.host_calls:,} questions to Plugwright",
        f"{seconds_in_words(quota.hourly_seconds)} in an hour, all calls together",
        *unusual,
    ]
