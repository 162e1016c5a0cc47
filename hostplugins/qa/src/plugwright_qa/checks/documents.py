"""Whether a person is told what the commands are for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plugwright.validation import Finding, Severity
from plugwright_qa.checks.reading import Bundle

_WORD = re.compile(r"[\w-]+")
LONGEST_SUMMARY = 80
"""Characters that a list shows in one line."""


def commands_are_documented(bundle: Bundle) -> Iterator[Finding]:
    """Every command is named in README.md."""
    if bundle.readme is None:
        if bundle.commands:
            yield Finding(
                what="there is no README.md, so nobody is told how to use it",
                remedy="write one that names every command",
            )
        return
    named = words(bundle.readme)
    for command in bundle.commands:
        if command not in named:
            yield Finding(
                what=f"README.md does not name the command `{command}`",
                where="README.md",
                remedy="say what it takes and gives",
            )


def summaries_say_something(bundle: Bundle) -> Iterator[Finding]:
    """A summary is a line that says more than the name does."""
    summaries = {"the plugin": bundle.summary}
    summaries |= {f"`{name}`": text for name, text in bundle.commands.items()}
    for whose, summary in summaries.items():
        if len(summary) > LONGEST_SUMMARY:
            yield Finding(
                what=f"the summary of {whose} has {len(summary)} characters, and lists"
                f" show {LONGEST_SUMMARY}",
                severity=Severity.NOTE,
                where="plugin.toml",
                remedy="say it shorter; README.md has room for the rest",
            )
        elif len(summary.split()) < 2:
            yield Finding(
                what=f"the summary of {whose} is but a word",
                severity=Severity.NOTE,
                where="plugin.toml",
                remedy="say what it does",
            )


def words(text: str) -> frozenset[str]:
    """Give the words of a text, hyphens within; read once, whatever is looked for."""
    return frozenset(_WORD.findall(text))
