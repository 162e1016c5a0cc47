"""The judge: acceptance tests against a plugin, each side in its own sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.judging import Judge
    from plugwright.sandboxes import GuestPackage


@hookimpl
def guest_packages() -> Iterable[GuestPackage]:
    """Bring pytest, and what runs it without files, into the guest."""
    from plugwright_qa.packages import packages

    return packages()


@hookimpl
def judges(host: Host) -> Iterable[Judge]:
    """Offer the judge of pytest files."""
    from plugwright_qa.judge import PytestJudge

    return [PytestJudge(host.sandbox)]
