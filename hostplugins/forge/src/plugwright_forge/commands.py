"""The commands `plugwright forge` and `plugwright demo`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from plugwright.approving import decide
from plugwright.cli import pass_host
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright_forge import demo as show
from plugwright_forge.commission import Delivery, Display, carry_out
from plugwright_forge.interview import Person
from plugwright_forge.models import VARIABLE, in_words, look_around
from plugwright_forge.options import Autonomy, Options, clean_request
from plugwright_forge.person import Absent, AtTerminal
from plugwright_forge.prepared import read_answers
from plugwright_forge.progress import Board, Lines
from plugwright_forge.session import Session

_NEWEST = ""


@click.command()
@click.argument("request", required=False)
@click.option("--model", metavar="NAME", help="Who answers, as scheme:argument.")
@click.option("--record", metavar="FILE", help="Keep every answer in a recording.")
@click.option(
    "--answers",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Answers to the interview, as JSON.",
)
@click.option(
    "--autonomy",
    type=click.Choice([level.value for level in Autonomy]),
    default=Autonomy.GUIDED.value,
    show_default=True,
    help="How much is decided without asking you.",
)
@click.option(
    "--iterations",
    type=click.IntRange(0, 2),
    default=2,
    show_default=True,
    help="Rounds of repair.",
)
@click.option(
    "--threshold",
    type=click.IntRange(0, 100),
    default=85,
    show_default=True,
    help="Percent of the requirements that tests must show to be met.",
)
@click.option(
    "--candidates",
    type=click.IntRange(1, 9),
    default=3,
    show_default=True,
    help="How many programmers try.",
)
@click.option(
    "--resume",
    metavar="[SESSION]",
    is_flag=False,
    flag_value=_NEWEST,
    help="Go on with a session; without a name, with the newest unfinished one.",
)
@click.option("--yes", is_flag=True, help="Approve without asking; recorded so.")
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where the plugin's wheel goes; into the session, unless said.",
)
@pass_host
def forge(
    host: Host,
    request: str | None,
    model: str | None,
    record: str | None,
    answers: Path | None,
    autonomy: str,
    iterations: int,
    threshold: int,
    candidates: int,
    resume: str | None,
    yes: bool,
    out: Path | None,
) -> None:
    """Have a plugin made for REQUEST, in plain words.

    A team of models asks what is unclear, specifies, writes tests and several
    candidates. The best is judged, repaired, documented and proposed. You decide.
    """
    if resume is not None:
        if request is not None:
            raise UsageError(
                "`--resume` goes on with a request that was made before",
                remedy=f"leave out {request!r}, or leave out `--resume`",
            )
        session = Session.find(host.home.forge, resume)
    else:
        options = Options(
            request=clean_request(request or ""),
            model=model or os.environ.get(VARIABLE, ""),
            autonomy=Autonomy(autonomy),
            iterations=iterations,
            threshold=threshold,
            candidates=candidates,
            answers=read_answers(answers) if answers else {},
            out=str(out.absolute()) if out else "",
        )
        session = _begin(host, options, record)
    delivery = deliver(host, session, yes=yes)
    click.echo(f"The plugin as a wheel for pip: {delivery.wheel}")
    if not delivery.approved:
        raise SystemExit(1)


@click.command()
@click.option("--yes", is_flag=True, help="Approve without asking; recorded so.")
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


def deliver(host: Host, session: Session, *, yes: bool) -> Delivery:
    """Carry out a session in this terminal."""
    console = Console()
    click.echo(f"session {session.name}")
    person, display = _screen(console, session.options.model)
    return carry_out(
        host,
        session,
        person=person,
        display=display,
        decide=lambda bundle: decide(host, bundle, yes=yes),
    )


def _screen(console: Console, model: str) -> tuple[Person, Display]:
    # Who answers by hand in this terminal needs it for himself.
    by_hand = model.rpartition("=")[2].rstrip(":") == "hand"
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
            model=prepared.model,
            answers={**prepared.answers, **options.answers},
        )
    if not options.model:
        offers = host.hooks.providers(host=host)
        click.echo(in_words(look_around(os.environ, Path.home()), offers), err=True)
        raise SystemExit(2)
    if record:
        options = replace(options, model=f"record:{record}={options.model}")
    # Opened and dropped: a name that nobody knows should not leave a session behind.
    host.provider(options.model)
    return Session.begin(host.home.forge, options)
