"""What can be seen of a bundle without running it: is it as its author meant it?

Only what is certain is said. Nothing here decides whether a bundle may run; a person
does, and sees these findings.
"""

from __future__ import annotations

from plugwright.validation import Finding, Subject
from plugwright_qa.checks.documents import (
    commands_are_documented,
    summaries_say_something,
)
from plugwright_qa.checks.grants import grants_are_used, uses_are_granted
from plugwright_qa.checks.reading import Bundle, Unreadable
from plugwright_qa.checks.trials import commands_are_tested, tests_are_there

CHECKS = (
    commands_are_documented,
    summaries_say_something,
    grants_are_used,
    uses_are_granted,
    tests_are_there,
    commands_are_tested,
)


def findings(subject: Subject) -> list[Finding]:
    """Look at a bundle in every way that there is."""
    try:
        bundle = Bundle.of(subject)
    except Unreadable as unreadable:
        return [unreadable.finding]
    return [finding for check in CHECKS for finding in check(bundle)]
