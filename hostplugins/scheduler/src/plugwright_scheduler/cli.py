"""`plugwright jobs`: lists jobs, takes them in, and works them off."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import click

from plugwright.cli import pass_host
from plugwright.errors import UsageError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.lines import say
from plugwright.permissions import nearest
from plugwright.scheduling import Job, JobState, JobStatus
from plugwright.sources import plain
from plugwright_scheduler.local import FILE, Local
from plugwright_scheduler.offered import PRIORITIES, as_json, word_for

LOOK = 0.2
"""Seconds between two looks whether everything is done."""


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """Run commands of plugins later, again, or when there is time.

    Jobs are kept; `plugwright jobs run` works them off.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@jobs.command("list")
@click.option("--json", "as_text", is_flag=True, help="Everything, for programs.")
def list_(as_text: bool = False) -> None:
    """List every job: what runs, then what waits, then what ended."""
    with _beside() as (_, local):
        found = local.jobs()
    if as_text:
        click.echo(json.dumps([as_json(status) for status in found], indent=2))
        return
    for status in found:
        say(_line(status), rest="      ")
    if not found:
        say("no jobs; to add one: `plugwright jobs add PLUGIN COMMAND`")


@jobs.command()
@click.argument("plugin")
@click.argument("command")
@click.option("--input", "given", metavar="JSON", help="The arguments, as an object.")
@click.option(
    "--priority",
    type=click.Choice([*PRIORITIES]),
    default="interactive",
    show_default=True,
)
@click.option("--at", metavar="TIME", help="Not before: `2030-05-01 07:00`.")
@click.option("--schedule", metavar="CRON", default="", help="As in `0 7 * * mon-fri`.")
@click.option("--zone", metavar="NAME", default="", help="As in Europe/Vienna.")
@click.option("--event", metavar="NAME", default="", help="When this is told.")
@click.option("--deadline", metavar="TIME", help="Not begun any more after it.")
@click.option("--retries", type=click.IntRange(0, 1000), default=0)
@click.option("--key", default="", help="One job at a time has it.")
def add(
    plugin: str,
    command: str,
    given: str | None,
    priority: str,
    at: str | None,
    deadline: str | None,
    **more: Any,
) -> None:
    """Keep a job: COMMAND of PLUGIN, to be run by `plugwright jobs run`."""
    job = Job(
        plugin=plugin,
        command=command,
        arguments=_arguments(given),
        priority=PRIORITIES[priority],
        at=_time("at", at),
        deadline=_time("deadline", deadline),
        **more,
    )
    with _beside() as (host, local):
        _check_there(host, job)
        id = local.submit(job)
        due = local.status(id).due
    say(f"job {id} is kept" + (f"; it is due {_moment(due)}" if due else ""))


@jobs.command()
@click.argument("id")
def pause(id: str) -> None:
    """Let the job ID not begin until it is resumed."""
    with _beside() as (_, local):
        local.pause(id)


@jobs.command()
@click.argument("id")
def resume(id: str) -> None:
    """Let the paused job ID begin."""
    with _beside() as (_, local):
        local.resume(id)


@jobs.command()
@click.argument("id")
def cancel(id: str) -> None:
    """Let the job ID not begin, or stop it."""
    with _beside() as (_, local):
        local.cancel(id)


@jobs.command()
def salvage() -> None:
    """Save the jobs that can be read in a damaged jobs.db, and name the rest.

    The damaged file is kept beside the new one.
    """
    from plugwright_scheduler.salvage import salvage

    home = Home.of_user()
    with home.lock():
        done = salvage(home.folder / FILE)
    if done is None:
        say("There is nothing to salvage: the jobs are whole.")
        return
    for line in done.lines():
        say(plain(line))


@jobs.command()
@click.option("--until-idle", is_flag=True, help="End when nothing is left to do now.")
@pass_host
def run(host: Host, until_idle: bool) -> None:
    """Work off the jobs, until Ctrl-C."""
    local = host.scheduler("local")
    if not isinstance(local, Local):
        raise UsageError("the scheduler `local` is another plugin's", remedy="use that")
    turn = threading.Lock()

    def show(id: str, state: str) -> None:
        status = local.status(id)
        with turn:
            clock = datetime.now().strftime("%H:%M:%S")
            say(f"{clock}  {_line(status, state)}", rest="          ")

    local.dispatcher.watch = show
    told = ""
    try:
        with _ended_by_the_system():
            local.start()
            if not until_idle:
                say("working off jobs; Ctrl-C ends it, and nothing is lost", err=True)
            while not (until_idle and local.is_idle()):
                time.sleep(LOOK)
                trouble = str(local.dispatcher.trouble or "")
                if trouble != told:
                    say(trouble or "it works again", err=True)
                    told = trouble
    except KeyboardInterrupt:
        say("ending what runs; it begins again next time", err=True)
    finally:
        local.close()
    _report(local)


@contextmanager
def _ended_by_the_system() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C: a service that is restarted has not crashed."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _report(local: Local) -> None:
    counts = local.count()
    local.store.file.close()
    parts = [f"{counts[state]} {state.value}" for state in JobState if state in counts]
    say(", ".join(parts) or "no jobs", err=True)


@contextmanager
def _beside() -> Iterator[tuple[Host, Local]]:
    """Give the jobs without holding the home: another process may be at them."""
    with closing(Host.discover()) as host:
        host.home.check_own()
        local = host.scheduler("local")
        if not isinstance(local, Local):
            raise UsageError("the scheduler `local` is another plugin's")
        yield host, local


def _check_there(host: Host, job: Job) -> None:
    """Refuse a name that is mistyped now, and not in the middle of the night."""
    names = {plugin.name for plugin in host.plugins}
    if job.plugin in names:
        return
    commands = host.lives.active(job.plugin).bundle.manifest.commands
    if job.command not in commands:
        raise UsageError(
            f"`{job.plugin}` has no command `{job.command}`",
            remedy=nearest(job.command, commands),
        )


def _line(status: JobStatus, state: str = "") -> str:
    job = status.job
    parts = [f"{status.id:>5}  {state or status.state.value:<9}"]
    parts.append(f"{job.plugin} {job.command}")
    if job.schedule:
        parts.append(f"({job.schedule})")
    if job.event and status.due is None and status.state is JobState.WAITING:
        parts.append(f"when `{job.event}` is told")
    if status.due and status.state in (JobState.WAITING, JobState.PAUSED):
        parts.append(f"due {_moment(status.due)}")
    if job.priority is not Job.priority:
        parts.append(word_for(job.priority))
    if status.why:
        parts.append(f"— {status.why}")
    return plain(" ".join(parts))


def _moment(time: float) -> str:
    return datetime.fromtimestamp(time).strftime("%Y-%m-%d %H:%M:%S")


def _time(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"`{text:.40}` is no time for --{name}",
            remedy="write it as 2030-05-01 07:00, or 2030-05-01T07:00+02:00",
        ) from error


def _arguments(given: str | None) -> dict[str, Any]:
    if given is None:
        return {}
    try:
        found = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"--input is not JSON: {error}", remedy="correct it"
        ) from error
    if not isinstance(found, dict):
        raise UsageError(
            "the input has to be an object with the command's arguments",
            remedy='as in --input \'{"name": "Ann"}\'',
        )
    return found
