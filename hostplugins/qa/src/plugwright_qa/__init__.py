"""The judge of acceptance tests, and a reader who looks at bundles without them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.judging import Judge
    from plugwright.sandboxes import GuestPackage
    from plugwright.validation import Finding, Subject


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


@hookimpl
def validate(subject: Subject) -> Iterable[Finding]:
    """Say what can be seen of a bundle without running it."""
    if subject.kind != "bundle":
        return []
    from plugwright_qa.checks import findings

    return findings(subject)
