"""The command line: what a command of the core or of a plugin needs to be one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from plugwright.host import Host

P = ParamSpec("P")
R = TypeVar("R")


def pass_host(command: Callable[Concatenate[Host, P], R]) -> Callable[P, R]:
    """Give a command a discovered `Host` that holds the home, as its first argument.

    A long step of the host (building the sandbox, once) moves a progress bar.
    """

    @wraps(command)
    def with_host(*args: P.args, **kwargs: P.kwargs) -> R:
        from plugwright.cli.progress import progress_bar
        from plugwright.host import Host

        with Host.discover() as host, progress_bar() as progress:
            host.progress = progress
            return command(host, *args, **kwargs)

    return with_host
