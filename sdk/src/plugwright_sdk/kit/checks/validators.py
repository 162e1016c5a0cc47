"""What the installed validators say about the bundle."""

from __future__ import annotations

from plugwright.bundles import Bundle
from plugwright.validation import Finding, is_refused, subject_of
from plugwright_sdk.kit.checks.bench import Bench, Trouble


def check_validators(bench: Bench) -> list[Trouble]:
    """Show the bundle to everybody who validates, as the host does before approval."""
    if bench.project.kind == "host":
        return []
    bench.say("asking the validators")
    bundle = Bundle.read(bench.project.folder)
    found = bench.host.hooks.validate.wait(subject=subject_of(bundle))
    return [_trouble(finding) for finding in found]


def _trouble(finding: Finding) -> Trouble:
    return Trouble(
        what=finding.what,
        where=finding.where,
        remedy=finding.remedy,
        is_note=not is_refused([finding]),
    )
