"""The host of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from plugwright.host import Host


@contextmanager
def opened_host() -> Iterator[Host]:
    """Open a host that does not hold the home: others may run beside a long talk."""
    from plugwright.cli.progress import progress_bar

    with closing(Host.discover()) as host, progress_bar() as progress:
        host.home.check_own()
        host.require()
        host.progress = progress
        yield host
