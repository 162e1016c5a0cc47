"""Whether a plugin asks for the permissions that its code uses, and for no others."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from plugwright.errors import UsageError
from plugwright.permissions import Permission
from plugwright.sources import plain
from plugwright.targets import TARGETS
from plugwright.validation import Finding, Severity
from plugwright_qa.checks.reading import Bundle
from plugwright_qa.checks.uses import Use, uses_in


def grants_are_used(bundle: Bundle) -> Iterator[Finding]:
    """A permission that no line could need is not asked for."""
    modules = _readable(bundle)
    if len(modules) < len(bundle.modules):
        return
    is_alone = len(modules) == 1
    possible = {
        name
        for module in modules.values()
        for name in uses_in(module, is_alone=is_alone).possible
    }
    for permission in bundle.permissions:
        if permission.name not in possible:
            yield Finding(
                what=f"it asks for `{permission}`, which no line of its code uses",
                where="plugin.toml",
                remedy="leave the permission out",
            )


def uses_are_granted(bundle: Bundle) -> Iterator[Finding]:
    """What a line surely needs is asked for; it is said once, where it is first."""
    said = set()
    for path, module in _readable(bundle).items():
        # Who catches a refusal has thought of it.
        is_ready = _mentions(module, "Denied")
        for use in uses_in(module, is_alone=False).certain:
            wanted = _wanted(use)
            if wanted in said or _is_granted(use, wanted, bundle.permissions):
                continue
            said.add(wanted)
            yield Finding(
                # The name is a stranger's text, and may be anything.
                what=f"it uses {_in_words(use)}, but does not ask for"
                f" `{plain(wanted):.200}`",
                severity=_severity(use, is_ready),
                where=f"{path}:{use.line}",
                remedy="ask for it in plugin.toml; without it, that line is denied",
            )


def _severity(use: Use, is_ready: bool) -> Severity:
    # Whoever sends something away unasked may well be ready to be refused.
    if use.permission == "http":
        return Severity.ERROR
    return Severity.NOTE if is_ready else Severity.WARNING


def _readable(bundle: Bundle) -> dict[str, ast.Module]:
    return {path: module for path, module in bundle.modules.items() if module}


def _mentions(module: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and name == (node.id if isinstance(node, ast.Name) else node.attr)
        for node in ast.walk(module)
    )


def _wanted(use: Use) -> str:
    if use.target:
        return f"{use.permission}:{use.target}"
    return TARGETS[use.permission].example


def _is_granted(use: Use, wanted: str, granted: Iterable[Permission]) -> bool:
    """Tell whether it may be granted: in doubt, it is."""
    named = [each for each in granted if each.name == use.permission]
    if not named or not use.target:
        return bool(named)
    try:
        needed = Permission.parse(wanted)
    except UsageError:
        return True  # it fails at run time, with a sentence of its own
    return any(_covers(each, needed) for each in named)


def _covers(grant: Permission, needed: Permission) -> bool:
    if grant.name == "model":  # whatever the number of tokens is
        return grant.target.partition(",")[0] == needed.target.partition(",")[0]
    return grant.covers(needed)


_WORDS = {
    "storage": "the storage",
    "log": "the log",
    "clock": "the clock",
    "events.emit": "`emit`",
    "http": "the web",
    "files.read": "files",
    "files.write": "files",
    "model": "a model",
}


def _in_words(use: Use) -> str:
    return _WORDS[use.permission]
