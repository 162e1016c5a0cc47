"""The commands `plugwright forge`, `plugwright customise` and `plugwright demo`.

Plugwright asks for them to list them or to look for another plugin's, so what carries
them out is imported only once one of them runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plugwright.cli import pass_host, pass_quiet_host
from plugwright.errors import UsageError
from plugwright_forge.choosing import chosen, with_choices
from plugwright_forge.grouping import Requests
from plugwright_forge.web import check_installed

if TYPE_CHECKING:
    from plugwright.host import Host

_NEWEST = ""
_web = click.option("--web", is_flag=True, help="Watch and steer it in a browser.")
_yes = click.option("--yes", is_flag=True, help="Approve without asking; recorded so.")


@click.group(cls=Requests)
@click.argument("request", required=False)
@with_choices
@click.option(
    "--resume",
    metavar="[SESSION]",
    is_flag=False,
    flag_value=_NEWEST,
    help="Go on with a session; without a name, with the newest unfinished one.",
)
@_web
@_yes
@pass_host
def forge(
    host: Host,
    /,
    request: str | None,
    resume: str | None,
    web: bool,
    yes: bool,
    **typed: Any,
) -> None:
    """Have a plugin made for REQUEST, in plain words.

    A team of models asks what is unclear, specifies, writes tests and several
    candidates. The best is judged, repaired, documented and proposed. You decide.
    """
    if web:
        check_installed()
    from plugwright_forge import terminal
    from plugwright_forge.session import Session

    if resume is None:
        session = terminal.begin(host, chosen(request or "", typed), typed["record"])
    elif request is not None:
        raise UsageError(
            "`--resume` goes on with a request that was made before",
            remedy=f"leave out {request!r}, or leave out `--resume`",
        )
    else:
        session = Session.find(host.home.forge, resume)
    terminal.carry_out(host, session, web=web, yes=yes)


@forge.command()
@click.argument("name")
@click.argument("change")
@with_choices
@_web
@_yes
@pass_host
def improve(
    host: Host, /, name: str, change: str, web: bool, yes: bool, **typed: Any
) -> None:
    """Have the plugin NAME changed as CHANGE says.

    It starts from the version that is active, and what you approved of it stays: its
    examples are tests of the new version, too.
    """
    if web:
        check_installed()
    from plugwright.lives import State
    from plugwright_forge import terminal
    from plugwright_forge.improving import base_of

    life = host.lives.current(name)
    if life.state is not State.ACTIVE:
        raise UsageError(
            f"`{life.plugin}` {life.version} is {life.state}, and not active",
            remedy=life.remedy,
        )
    base = base_of(host.lives.bundle(life))
    session = terminal.begin(host, chosen(change, typed, base), typed["record"])
    terminal.carry_out(host, session, web=web, yes=yes)


@forge.command()
@click.argument("session", required=False, default=_NEWEST)
@click.option("--test", metavar="ID", help="Why this test is trusted, or not.")
@click.option("--candidate", metavar="ID", help="Why this candidate won or lost.")
@pass_quiet_host
def matrix(host: Host, session: str, test: str | None, candidate: str | None) -> None:
    """Show programs against tests in SESSION; the newest, unless said.

    A candidate is named as in the table, `2.1`; a test by its number or its name.
    """
    from plugwright_forge import browsing
    from plugwright_forge.competition import known

    found = browsing.find(host.home.forge, session)
    browsing.show(found, known(found), test, candidate)


@click.command()
@_yes
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where week.json and week.ics go; here, unless said.",
)
@click.option(
    "--family",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Another family than the one that comes with the demo.",
)
@pass_host
def demo(host: Host, yes: bool, output: Path, family: Path | None) -> None:
    """Watch a recorded request become a plugin, approve it, and see it at work.

    Only the answers are recorded. Sandbox, judge, gate and your approval are real.
    """
    from rich.console import Console

    from plugwright_forge import demo as show
    from plugwright_forge import terminal
    from plugwright_forge.session import Session

    # Read first: a mistyped name should not be found out a minute later.
    source = family or show.FOLDER / "family.json"
    data = show.read_family(source)
    console = Console()
    console.print(
        show.introduction(output),
        markup=False,
        highlight=False,
        soft_wrap=not console.is_terminal,
    )
    session = Session.begin(host.home.forge, show.options())
    delivery = terminal.deliver(host, session, yes=yes)
    if not delivery.approved:
        click.echo("It was not approved, so it does not run.")
        raise SystemExit(1)
    show.put_to_work(host, delivery.plugin, data, source, output, Console())


@click.command()
@click.argument("name")
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE]...")
@_yes
@pass_host
def customise(host: Host, name: str, changes: tuple[str, ...], yes: bool) -> None:
    """Show what can be changed of the plugin NAME, or change it.

    A new version is made, judged by its tests and proposed; you decide.
    """
    from plugwright.approving import decide
    from plugwright_forge import terminal
    from plugwright_forge.customising import customise_bundle, customs, read_changes

    life = host.lives.current(name)
    bundle = host.lives.bundle(life)
    known = customs(bundle)
    if not changes:
        terminal.list_customs(life, known)
        return
    id = customise_bundle(host, bundle, read_changes(changes, known))
    if not decide(host, id, yes=yes):
        raise click.exceptions.Exit(1)
