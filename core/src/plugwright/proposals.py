"""Everything that a person needs for a decision about a plugin, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugwright.amounts import amount, seconds_in_words, size_in_words
from plugwright.bundles import Bundle
from plugwright.differences import MOST, QUOTAS, differences
from plugwright.errors import PlugwrightError
from plugwright.judging import Report, Verdict
from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED
from plugwright.states import Life, State
from plugwright.validation import Finding, Severity, is_refused, subject_of

if TYPE_CHECKING:
    from plugwright.host import Host

_NATIVE = (
    "That is native code, in a process of this computer that is locked up: its author "
    "wants the speed.",
    "It is a weaker wall than WebAssembly, where plugins run otherwise: a mistake in "
    "Python or in this computer's system may be enough to get out of it.",
    "Not contained: it shares the processor and the system's core with everything else "
    "here, and its work is limited by time, not counted.",
)
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_ALWAYS_SAID = ("seconds", "memory", "output", "host_calls", "hourly_seconds")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One bundle, what was found about it, and what it would take the place of."""

    bundle: Bundle
    report: Report
    findings: tuple[Finding, ...] = ()
    """What validators say, the worst first."""
    before: Life | None = None
    old: Bundle | None = None
    """The files of what was there before, if they can be read."""
    void: str = ""
    """Why an earlier approval of this very bundle holds no longer, if there was one."""

    @classmethod
    def of(cls, host: Host, life: Life) -> Proposal:
        """Run its own tests, let validators look at it, and see what was before."""
        bundle = host.lives.bundle(life)
        obstacle = host.lives.obstacle(life)
        had = host.lives.approval(life.bundle)
        before = host.lives.predecessor(life)
        return cls(
            bundle=bundle,
            report=host.examine(bundle),
            findings=_findings(host, bundle),
            before=before,
            old=_read(host, before) if before else None,
            void=obstacle.message if obstacle and had else "",
        )

    def refusal(self) -> str:
        """Say why nobody can approve it; empty if somebody can."""
        if not self.report.results:
            return "It has no tests, so it cannot be approved."
        if not self.report.passed:
            return "It did not pass its own tests, so it cannot be approved."
        if is_refused(self.findings):
            return f"It cannot be approved: {_one_line(self.findings[0].what)}"
        return ""

    def news(self) -> Mapping[str, Sequence[str]]:
        """What is different from what was there before, by what it is about."""
        if self.before is None:
            return {}
        if self.old is None:
            return {"Unknown": ["the files of that version are not as they were"]}
        found = differences(self.old, self.bundle)
        parts = {
            "Permissions": found.permissions,
            "Limits": found.quotas,
            "What it offers": found.doors,
            "Tests": found.tests,
            "Code and other files": found.code,
        }
        if not found:
            return {"As before": ["everything but what it says of itself"]}
        alike = [what.lower() for what, lines in parts.items() if not lines]
        changed = {what: lines for what, lines in parts.items() if lines}
        return {**changed, "As before": [", ".join(alike)]} if alike else changed

    @property
    def title_of_news(self) -> str:
        """Say what it is compared with."""
        assert self.before is not None
        is_running = self.before.state is State.ACTIVE
        which = "which runs now" if is_running else "which was approved last"
        return f"Different from version {self.before.version}, {which}"

    def commands(self) -> list[str]:
        """What can be called, a line each."""
        commands = self.bundle.manifest.commands
        return [f"{name}: {about.summary}" for name, about in commands.items()]

    def permissions(self) -> list[str]:
        """What it may do, a line each, with the reason that it gives."""
        manifest = self.bundle.manifest
        return [
            f"It {permission.in_words(manifest.quota.storage)}"
            f" — {manifest.reasons.get(permission, '') or 'no reason given'}"
            for permission in manifest.permissions
        ]

    def walls(self) -> list[str]:
        """What it means that it does not run in the usual engine, a line each."""
        engine = self.bundle.manifest.engine
        if engine == GENERATED:
            return []
        return [f"It asks for the engine `{engine}`.", *_NATIVE]

    def tests(self) -> list[str]:
        """How its own tests went, a line for each that it failed."""
        results = self.report.results
        failed = [result for result in results if result.verdict is not Verdict.AC]
        return [
            f"{len(results) - len(failed)} of {len(results)} passed just now, in the"
            " sandbox",
            *(f"{each.verdict} {each.test}: {_first(each.message)}" for each in failed),
        ]

    def looks(self) -> list[str]:
        """What validators say about it, a line each."""
        lines = [
            f"{found.severity.upper()}{found.where and f' {_one_line(found.where)}'}:"
            f" {_one_line(found.what)}"
            f"{found.remedy and f' ({_one_line(found.remedy)})'}"
            for found in self.findings[:MOST]
        ]
        more = len(self.findings) - MOST
        return [*lines, f"and {more} more"] if more > 0 else lines

    def unsure(self) -> list[str]:
        """What its makers were not sure of."""
        text = self.bundle.manifest.provenance.get("unsure", "")
        return [line for line in text.splitlines() if line.strip()]


def _findings(host: Host, bundle: Bundle) -> tuple[Finding, ...]:
    try:
        found = host.hooks.validate.wait(subject=subject_of(bundle))
    except PlugwrightError as error:
        # Closed: what could not be looked at does not go on, and the screen says so.
        mistake = Finding(
            what=error.message, severity=Severity.ERROR, remedy=error.remedy
        )
        return (mistake,)
    known = map(_known, found)
    return (*sorted(known, key=lambda found: _SEVERITIES.index(found.severity)),)


def _known(found: Finding) -> Finding:
    """Read what may be anything with a `what` and a `severity`; doubt is an error."""
    said = str(found.severity)
    return Finding(
        what=str(found.what),
        severity=Severity(said) if said in [*Severity] else Severity.ERROR,
        where=str(getattr(found, "where", "")),
        remedy=str(getattr(found, "remedy", "")),
    )


def _read(host: Host, before: Life) -> Bundle | None:
    try:
        return host.lives.bundle(before)
    except PlugwrightError:
        return None


def _one_line(text: str) -> str:
    # A line break would let a stranger write what looks like a line of the screen.
    return " ".join(text.split())


def _first(message: str) -> str:
    return message.strip().partition("\n")[0] or "no reason given"


def in_words(quota: Quota) -> list[str]:
    """Say what a quota allows, to somebody who does not program, a line each."""
    usual = Quota()
    unusual = [
        f"{what}: {amount(name, getattr(quota, name))}"
        f" (usually {amount(name, getattr(usual, name))})"
        for name, what in QUOTAS.items()
        if name not in _ALWAYS_SAID and getattr(quota, name) != getattr(usual, name)
    ]
    return [
        f"{quota.seconds:g} seconds, {size_in_words(quota.memory)} of memory, "
        f"{size_in_words(quota.output)} of printed text, "
        f"{quota.host_calls:,} questions to Plugwright",
        f"{seconds_in_words(quota.hourly_seconds)} in an hour, all calls together",
        *unusual,
    ]
