"""The judge of acceptance tests, and a reader who looks at bundles without them."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
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
    from plugwright_qa.lanes import Lane

    def lane() -> Lane:
        return Lane([*host.hooks.sandboxes(host=host)])

    return [PytestJudge(host.sandbox, lane)]


@hookimpl
def validate(
    subject: Subject, host: Host | None
) -> Iterable[Finding] | Awaitable[Iterable[Finding]]:
    """Say what can be seen of a bundle without running it; of a source, all stages."""
    if subject.kind == "source":
        from plugwright_qa.stages import looks

        return looks(subject, host)
    if subject.kind != "bundle":
        return []
    from plugwright_qa.checks import findings

    return findings(subject)
