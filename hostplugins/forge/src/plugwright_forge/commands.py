"""The commands `plugwright forge`, `plugwright customise` and `plugwright demo`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from plugwright.approving import decide
from plugwright.cli import pass_host, pass_quiet_host
from plugwright.cli.rows import Rows
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.lines import say
from plugwright.lives import Life, State
from plugwright_forge import demo as show
from plugwright_forge.browsing import find
from plugwright_forge.browsing import show as browse
from plugwright_forge.choosing import chosen, recording, with_choices
from plugwright_forge.commission import Delivery, Display, carry_out
from plugwright_forge.competition import known as known_of
from plugwright_forge.customising import (
    Custom,
    customise_bundle,
    customs,
    read_changes,
    specification_of,
)
from plugwright_forge.delivering.reporting import FILE as REPORT
from plugwright_forge.grouping import Requests
from plugwright_forge.improving import base_of, differences
from plugwright_forge.interview import Person
from plugwright_forge.models import in_words, look_around
from plugwright_forge.options import Options
from plugwright_forge.person import Absent, AtTerminal
from plugwright_forge.progress import Board, Lines
from plugwright_forge.session import Session
from plugwright_forge.specification.document import loads
from plugwright_forge.web import check_installed, serve

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
    if resume is None:
        session = _begin(host, chosen(request or "", typed), typed["record"])
    elif request is not None:
        raise UsageError(
            "`--resume` goes on with a request that was made before",
            remedy=f"leave out {request!r}, or leave out `--resume`",
        )
    else:
        session = Session.find(host.home.forge, resume)
    _deliver(host, session, web=web, yes=yes)


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
    life = host.lives.current(name)
    if life.state is not State.ACTIVE:
        raise UsageError(
            f"`{life.plugin}` {life.version} is {life.state}, and not active",
            remedy=life.remedy,
        )
    base = base_of(host.lives.bundle(life))
    session = _begin(host, chosen(change, typed, base), typed["record"])
    _deliver(host, session, web=web, yes=yes)


@forge.command()
@click.argument("session", required=False, default=_NEWEST)
@click.option("--test", metavar="ID", help="Why this test is trusted, or not.")
@click.option("--candidate", metavar="ID", help="Why this candidate won or lost.")
@pass_quiet_host
def matrix(host: Host, session: str, test: str | None, candidate: str | None) -> None:
    """Show programs against tests in SESSION; the newest, unless said.

    A candidate is named as in the table, `2.1`; a test by its number or its name.
    """
    found = find(host.home.forge, session)
    browse(found, known_of(found), test, candidate)


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
    delivery = deliver(host, session, yes=yes)
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
    life = host.lives.current(name)
    bundle = host.lives.bundle(life)
    known = customs(bundle)
    if not changes:
        _list(life, known)
        return
    id = customise_bundle(host, bundle, read_changes(changes, known))
    if not decide(host, id, yes=yes):
        raise click.exceptions.Exit(1)


def deliver(host: Host, session: Session, *, yes: bool) -> Delivery:
    """Carry out a session in this terminal."""
    console = Console()
    click.echo(f"session {session.name}")
    person, display = _screen(console, session.options)
    return carry_out(
        host,
        session,
        person=person,
        display=display,
        decide=lambda bundle: _decided(host, session, bundle, yes),
    )


def deliver_on_page(host: Host, session: Session, *, yes: bool) -> Delivery:
    """Carry out a session before a page, whose address is written in this terminal."""
    click.echo(f"session {session.name}")
    return serve(
        host,
        session,
        announce=lambda address: click.echo(f"Open this in a browser: {address}"),
        yes=yes,
    )


def _deliver(host: Host, session: Session, *, web: bool, yes: bool) -> None:
    carry = deliver_on_page if web else deliver
    delivery = carry(host, session, yes=yes)
    say(f"The plugin as a wheel for pip: {delivery.wheel}")
    say(f"The test report, for a browser: {session.folder / REPORT}")
    if not delivery.approved:
        raise click.exceptions.Exit(1)


def _decided(host: Host, session: Session, bundle: str, yes: bool) -> bool:
    if base := session.options.base:
        made = host.lives.bundle(host.lives.life(bundle))
        rows = Rows()
        rows.say(f"What the change does to the specification of {base.version}:")
        news = [*differences(loads(base.specification), specification_of(made))]
        for line in news or ["nothing"]:
            rows.say(line, first="  - ", rest="    ")
        rows.write()
    return decide(host, bundle, yes=yes)


def _list(life: Life, known: Sequence[Custom]) -> None:
    rows = Rows()
    rows.say(f"{life.plugin} {life.version}, {life.state}")
    for custom in known:
        setting, value = custom.setting, json.dumps(custom.value, ensure_ascii=False)
        changed = "" if custom.value == setting.value else f", at first {setting.value}"
        rows.say(f"{setting.name} = {value}", first="  ", rest="    ")
        rows.say(setting.meaning, first="    ", rest="    ")
        rows.say(f"({setting.allowed}{changed})", first="    ", rest="    ")
    rows.say(f"To change one: `plugwright customise {life.plugin} NAME=VALUE`")
    rows.write()


def _screen(console: Console, options: Options) -> tuple[Person, Display]:
    # Who answers by hand in this terminal needs it for himself.
    models = (options.model, *options.others)
    by_hand = any(m.rpartition("=")[2].rstrip(":") == "hand" for m in models)
    display: Display = Lines()
    if console.is_terminal and not by_hand:
        display = Board(console)
    if console.is_terminal and sys.stdin.isatty():
        return AtTerminal(console, display.paused), display
    return Absent(), display


def _begin(host: Host, options: Options, record: str | None) -> Session:
    if not options.model and show.is_request(options.request):
        click.echo("No model was named; this is the demo's request, so its recording")
        click.echo("answers, and its answers are taken in the interview.")
        prepared = show.options()
        options = replace(
            options,
            model=recording(prepared.model, record),
            answers={**prepared.answers, **options.answers},
        )
    if not options.model:
        offers = host.hooks.providers(host=host)
        click.echo(in_words(look_around(os.environ, Path.home()), offers), err=True)
        raise SystemExit(2)
    # Opened and dropped: a name that nobody knows should not leave a session behind.
    for model in (options.model, *options.others):
        host.provider(model)
    return Session.begin(host.home.forge, options)
