"""What a person sees before a plugin may run, and how they decide.

Only a person decides: no terminal means no, and a decision that a flag took is recorded
as the flag's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugwright.differences import diff
from plugwright.lines import say
from plugwright.proposals import Proposal, in_words
from plugwright.sources import plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from plugwright.host import Host

PERSON = "a person at the terminal"
FLAG = "the flag --yes"


def decide(host: Host, bundle: str, *, yes: bool) -> bool:
    """Show a proposed bundle, ask, record the answer and let it run if it is yes.

    `yes` is the flag that decides without asking. Gives back whether it is active now.
    """
    from rich.console import Console

    life = host.lives.life(bundle)
    host.lives.check_decidable(life)
    console = Console(highlight=False)
    proposal = Proposal.of(host, life)
    name = life.plugin
    _show(console, proposal)
    if refusal := proposal.refusal():
        say(plain(refusal))
        return False
    host.lives.propose(bundle)
    if not yes and not _is_terminal():
        say(
            "Not approved: there is no terminal to ask at. It stays a proposal;"
            f" decide with `plugwright approve {name}`."
        )
        return False
    by = FLAG if yes else PERSON
    if not yes and not _asked(console, proposal):
        host.lives.refuse(bundle, by=by)
        say("Not approved. Nothing of it will run.")
        return False
    host.lives.approve(bundle, by=by)
    host.lives.activate(bundle)
    say(f"Approved by {by}: `{name}` is active.")
    return True


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(console: Console, proposal: Proposal) -> bool:
    """Ask until there is an answer; closing the terminal is a no."""
    more = " or [b]d[/]ifference" if proposal.old else ""
    while True:
        try:
            answer = console.input(
                f"Let it run? [b]y[/]es, [b]n[/]o, show [b]c[/]ode{more}: "
            )
        except (EOFError, KeyboardInterrupt):
            console.print()
            return False
        match answer.strip().lower():
            case "y" | "yes":
                return True
            case "n" | "no":
                return False
            case "c" | "code" | "show code":
                _show_code(console, proposal)
            case "d" | "difference" | "show difference" if proposal.old:
                _show_difference(console, proposal)
            case _ if proposal.old:
                console.print("Please type yes, no, code or difference.")
            case _:
                console.print("Please type yes, no or code.")


def _show_code(console: Console, proposal: Proposal) -> None:
    for name, source in proposal.bundle.sources.items():
        _show_file(console, name, source, "python")


def _show_difference(console: Console, proposal: Proposal) -> None:
    assert proposal.old is not None
    for path, changes in diff(proposal.old, proposal.bundle):
        _show_file(console, path, changes, "diff")


def _show_file(console: Console, name: str, text: str, language: str) -> None:
    from rich.syntax import Syntax

    console.rule(name)
    console.print(Syntax(text, language, word_wrap=True))


def _show(console: Console, proposal: Proposal) -> None:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    manifest = proposal.bundle.manifest
    parts: list[RenderableType] = [Text(plain(manifest.summary))]
    if proposal.void:
        parts += _section("Approved before, which holds no longer", [proposal.void])
    parts += _upgrade(proposal)
    parts += _section("Commands", proposal.commands())
    parts += _section(
        "What it is allowed to do", proposal.permissions() or ["nothing but compute"]
    )
    if walls := proposal.walls():
        parts += _section("A weaker wall", walls)
    parts += _section("Each call may use", in_words(manifest.quota))
    parts += _section("Tests", proposal.tests())
    if looks := proposal.looks():
        parts += _section("Seen by looking at it", looks)
    parts += _section("Unsure", proposal.unsure() or ["nothing was noted"])
    request = manifest.provenance.get("request", "")
    if request:
        parts += _section("Made for the request", [request])
    parts.append(Text(f"\nbundle {proposal.bundle.id[:16]}", style="dim"))
    title = f"Proposal: {manifest.name} {manifest.version}"
    console.print(Panel(Group(*parts), title=Text(title), title_align="left"))


def _upgrade(proposal: Proposal) -> list[RenderableType]:
    from rich.text import Text

    news = proposal.news()
    if not news:
        return []
    parts: list[RenderableType] = [Text(f"\n{proposal.title_of_news}", style="bold")]
    for what, lines in news.items():
        parts += [Text(f"  {what}"), *_lines(lines, 4)]
    return parts


def _section(title: str, lines: Sequence[str]) -> list[RenderableType]:
    from rich.text import Text

    return [Text(f"\n{title}", style="bold"), *_lines(lines, 2)]


def _lines(lines: Sequence[str], indent: int) -> list[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    for line in lines:
        row = Table.grid()
        row.add_column(width=indent + 2)
        row.add_column(overflow="fold")
        # Text, never markup or escapes: all of it was written by whoever made the
        # plugin.
        row.add_row(f"{' ' * indent}• ", Text(plain(line), style=_style(line)))
        parts.append(row)
    return parts


def _style(line: str) -> str:
    """Mark what a person should not overlook; the words say it too."""
    return "bold yellow" if line.startswith(("NEW:", "MORE ", "ERROR")) else ""
