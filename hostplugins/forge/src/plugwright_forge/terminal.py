"""A session in this terminal: how it begins, who is asked, and what came of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from plugwright.approving import decide
from plugwright.cli.rows import Rows
from plugwright.host import Host
from plugwright.lines import say
from plugwright.lives import Life
from plugwright_forge import commission
from plugwright_forge import demo as show
from plugwright_forge.choosing import recording
from plugwright_forge.commission import Delivery, Display
from plugwright_forge.customising import Custom, specification_of
from plugwright_forge.delivering.reporting import FILE as REPORT
from plugwright_forge.improving import differences
from plugwright_forge.interview import Person
from plugwright_forge.models import in_words, look_around
from plugwright_forge.options import Options
from plugwright_forge.person import Absent, AtTerminal
from plugwright_forge.progress import Board, Lines
from plugwright_forge.session import Session
from plugwright_forge.specification.document import loads
from plugwright_forge.web import serve


def begin(host: Host, options: Options, record: str | None) -> Session:
    """Begin one; without a model it says how to come by one, and ends."""
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


def carry_out(host: Host, session: Session, *, web: bool, yes: bool) -> None:
    """Have it done, and say where things are; without approval it is no success."""
    carry = _deliver_on_page if web else deliver
    delivery = carry(host, session, yes=yes)
    say(f"The plugin as a wheel for pip: {delivery.wheel}")
    say(f"The test report, for a browser: {session.folder / REPORT}")
    if not delivery.approved:
        raise click.exceptions.Exit(1)


def deliver(host: Host, session: Session, *, yes: bool) -> Delivery:
    """Carry out a session in this terminal."""
    console = Console()
    click.echo(f"session {session.name}")
    person, display = _screen(console, session.options)
    return commission.carry_out(
        host,
        session,
        person=person,
        display=display,
        decide=lambda bundle: _decided(host, session, bundle, yes),
    )


def list_customs(life: Life, known: Sequence[Custom]) -> None:
    """Show the settings of a plugin, and how to change one."""
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


def _deliver_on_page(host: Host, session: Session, *, yes: bool) -> Delivery:
    click.echo(f"session {session.name}")
    return serve(
        host,
        session,
        announce=lambda address: click.echo(f"Open this in a browser: {address}"),
        yes=yes,
    )


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
