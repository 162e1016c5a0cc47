"""The scheduler: runs commands later, again, or when there is time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakSet

from plugwright.hooks import hookimpl
from plugwright.scheduling import Scheduler, SchedulerOffer
from plugwright_scheduler.settings import Settings

if TYPE_CHECKING:
    import click

    from plugwright.commands import Command
    from plugwright.host import Host
    from plugwright.sandboxes import JSON

_settings = Settings()
_started: WeakSet[Host] = WeakSet()


@hookimpl
def configured(settings: Settings) -> None:
    """Take the limits from `[plugins.scheduler.settings]`."""
    global _settings
    _settings = settings


@hookimpl
def schedulers(host: Host) -> list[SchedulerOffer]:
    """Offer `local`: one file in the home, and threads of this process."""

    def local() -> Scheduler:
        from plugwright_scheduler.local import FILE, Local

        return Local(host.home.folder / FILE, host.run, _settings)

    return [
        SchedulerOffer(name="local", summary="jobs on this machine", open=local),
    ]


@hookimpl
def commands(host: Host) -> list[Command]:
    """Offer `submit`, `jobs`, `cancel`, `pause` and `resume`."""
    from plugwright_scheduler.offered import commands_of

    return commands_of(lambda: host.scheduler("local"))


@hookimpl
def subcommands() -> Iterable[click.Command]:
    """Add `plugwright jobs`."""
    from plugwright_scheduler.cli import jobs

    return [jobs]


@hookimpl
def started(host: Host) -> None:
    """Remember whose events to listen to."""
    _started.add(host)


@hookimpl
def stopping(host: Host) -> None:
    """Listen no more; the host itself closes its schedulers."""
    _started.discard(host)


@hookimpl
def heard(name: str, data: JSON, host: Host | None) -> None:
    """Let the jobs begin that wait for an event of this name."""
    from plugwright_scheduler.local import FILE, Local

    # Nearly always nobody has any jobs, and nothing has to be opened.
    if host and host in _started and (host.home.folder / FILE).exists():
        scheduler = host.scheduler("local")
        if isinstance(scheduler, Local):
            scheduler.heard(name, data)
