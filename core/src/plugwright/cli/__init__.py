"""The command line: what a command of the core or of a plugin needs to be one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from plugwright.host import Host

P = ParamSpec("P")
R = TypeVar("R")


def pass_host(command: Callable[Concatenate[Host, P], R]) -> Callable[P, R]:
    """Give a command a discovered `Host` that holds the home, as its first argument.

    A plugin that is `required` and cannot answer ends the command before it begins.
    A long step of the host (building the sandbox, once) moves a progress bar.
    """

    @wraps(command)
    def with_host(*args: P.args, **kwargs: P.kwargs) -> R:
        from plugwright.cli.progress import progress_bar
        from plugwright.host import Host

        with Host.discover() as host, progress_bar() as progress:
            host.require()
            host.progress = progress
            return command(host, *args, **kwargs)

    return with_host


def pass_quiet_host(command: Callable[Concatenate[Host, P], R]) -> Callable[P, R]:
    """Like `pass_host`, for commands that repair: no host plugin is imported."""

    @wraps(command)
    def with_host(*args: P.args, **kwargs: P.kwargs) -> R:
        from plugwright.host import Host

        with Host.discover(imports=False) as host:
            return command(host, *args, **kwargs)

    return with_host


def pass_host_beside(command: Callable[Concatenate[Host, P], R]) -> Callable[P, R]:
    """Like `pass_quiet_host`, also while another Plugwright holds the home.

    For what stops a plugin: the other one has to ask before every call.
    """

    @wraps(command)
    def with_host(*args: P.args, **kwargs: P.kwargs) -> R:
        from plugwright.host import Host

        with closing(Host.discover(imports=False)) as host:
            host.home.check_own()
            return command(host, *args, **kwargs)

    return with_host
