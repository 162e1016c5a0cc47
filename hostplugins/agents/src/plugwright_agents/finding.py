"""Finds secrets, personal data and dangerous commands in text.

By their form, so that it is quick, needs nobody, and can be wrong both ways: a secret
without a known form is not found, and a test's number may be taken for a card's. It
catches accidents, and not whoever wants to get something past it.

No pattern but that of private keys goes over the end of a line, so that answers can be
let through line by line. Each has an end, so that no text takes it long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple


class Found(NamedTuple):
    """Something that was found."""

    kind: str
    start: int
    end: int


_SECRETS = {
    # One that is cut off is known by the long words that follow its beginning.
    "private key": r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
    r"(?:(?:(?!-----BEGIN)[\s\S]){0,20000}?-----END [A-Z ]{0,40}PRIVATE KEY-----"
    r"|(?:\s{1,3}[A-Za-z0-9+/=]{16,100}){0,400})",
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b",
    "GitLab token": r"\bglpat-[\w-]{20,255}",
    "Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,255}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,255}\b",
    "API key": r"\b(?:sk|pk|rk)[-_](?:ant-|proj-|live_|test_)?[A-Za-z0-9_-]{20,255}",
    "Google key": r"\bAIza[\w-]{35}\b",
    "web token": r"\beyJ[\w-]{10,500}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000}",
    "access token": r"(?i:\bbearer[ \t]{1,3})(?P<it>[\w.~+/-]{20,2000}=*)",
    "password": r"(?i:(?:\b|_)(?:password|passwd|secret|api[_-]?key|access[_-]?token)\b"
    r"[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"'])(?P<it>(?!\[)[^\"'\s]{8,200})(?=[\"'])",
    "password in the environment": r"(?m:^[ \t]*(?:export[ \t]+)?[A-Z0-9_]{0,60}"
    r"(?:PASSWORD|PASSWD|SECRET|TOKEN|KEY)[A-Z0-9_]{0,20}=)"
    r"(?P<it>(?![\[\"'$])[^\s\"']{8,200})",
    "password in a URL": r"(?<=://)[^\s/:@]{1,80}:[^\s/:@]{1,80}(?=@)",
}
PERSONAL = {
    "email": r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}\b",
    "card": r"\b\d(?:[ -]?\d){12,18}\b",
    "IBAN": r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
    "phone": r"(?<![\w+])\+\d{1,3}[ /-]?(?:\(\d{1,4}\)[ /-]?)?\d{1,4}"
    r"(?:[ /-]?\d{2,4}){2,4}\b",
    "social security number": r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b",
}
_SIGNS = {
    "private key": ("-----begin",),
    "AWS key": ("akia", "asia"),
    "GitHub token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "GitLab token": ("glpat-",),
    "Slack token": ("xox",),
    "Hugging Face token": ("hf_",),
    "API key": ("sk-", "sk_", "pk-", "pk_", "rk-", "rk_"),
    "Google key": ("aiza",),
    "web token": ("eyj",),
    "access token": ("bearer",),
    "password": ("password", "passwd", "secret", "key", "token"),
    "password in a URL": ("://",),
    "email": ("@",),
    "phone": ("+",),
}
"""Texts without one of which there is none: looking for them is much quicker."""
_ALL = (
    r"[\"']?(?:/(?:bin|boot|dev|etc|home|lib\w*|opt|root|sbin|srv|sys|usr|var)?|~"
    r"|\$HOME|\$\{HOME\}|\.\.?|\*)[\"']?/?\*?[\"']?(?=[\s;&|)]|$)"
)
"""What a computer has, or a folder, and no part of it."""
COMMANDS = {
    "deletes everything": r"\brm\s+(?:-[\w-]+\s+){0,9}(?:-\w*[rRf]\w*|--recursive"
    r"|--force)\s+(?:-[\w-]+\s+){0,9}(?:[^\s;&|]{1,200}\s+){0,9}?" + _ALL,
    "deletes what it finds": r"\bfind\s[^\n;&|]{0,300}\s-delete\b",
    "formats a disk": r"\bmkfs(?:\.\w+)?\b|\bdd\s[^\n]{0,300}\bof=/dev/"
    r"|>\s{0,3}/dev/(?:sd|hd|vd|nvme|disk)",
    "runs what it downloads": r"\b(?:curl|wget)\b[^\n|;]{0,500}\|\s{0,3}(?:sudo\s+)?"
    r"(?:ba|z|da|k)?sh\b",
    "never ends": r":\(\)\s{0,3}\{\s{0,3}:\s{0,3}\|\s{0,3}:\s{0,3}&\s{0,3}\}",
    "turns the machine off": r"\b(?:shutdown|reboot|halt|poweroff)\b(?=\s|$)",
    "rewrites what others have": r"\bgit\s+push\s[^\n;&|]{0,300}(?:--force\b|-f\b"
    r"|\s\+\S)",
    "throws work away": r"\bgit\s+(?:reset\s+--hard|clean\s+-\w*f"
    r"|(?:checkout|restore)\s+(?:--\s+)?\.(?:\s|$))",
    "drops a table": r"(?i:\bdrop\s+(?:table|database|schema)\b)",
    "empties a table": r"(?i:\bdelete\s+from\s+[\w.\"`]{1,100}\s*(?:;|$))",
    "lets everybody write": r"\bchmod\s+(?:-\w+\s+){0,5}0?777\b",
    "becomes somebody else": r"(?:^|[\s;&|])(?:sudo|doas)\s",
}
"""Commands that a model has no business to run, and what each does."""


def _luhn(text: str) -> bool:
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    return len({*digits}) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod97(text: str) -> bool:
    packed = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1


_CHECKS: Mapping[str, Callable[[str], bool]] = {"card": _luhn, "IBAN": _mod97}
_COMPILED = {
    name: re.compile(pattern)
    for name, pattern in (*_SECRETS.items(), *PERSONAL.items(), *COMMANDS.items())
}


def secrets_in(text: str) -> Iterator[Found]:
    """Find what looks like a secret."""
    return _found(text, _SECRETS)


def personal_in(text: str) -> Iterator[Found]:
    """Find what looks like somebody's address, number or account."""
    return _found(text, PERSONAL)


def commands_in(text: str) -> Iterator[Found]:
    """Find commands that destroy something."""
    return _found(text, COMMANDS)


def masked(text: str, found: Iterable[Found]) -> tuple[str, list[str]]:
    """Write the kind of each instead of it; say which kinds there were.

    Of two that overlap, the first gives its name, and both are gone.
    """
    parts, at, kinds = list[str](), 0, list[str]()
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= at:
            parts += [text[at : each.start], f"[{each.kind}]"]
        at = max(at, each.end)
        kinds.append(each.kind)
    return "".join((*parts, text[at:])), kinds


def _found(text: str, kinds: Mapping[str, str]) -> Iterator[Found]:
    small = text.lower()
    for kind in kinds:
        signs = _SIGNS.get(kind)
        if signs is not None and not any(sign in small for sign in signs):
            continue
        check = _CHECKS.get(kind)
        for match in _COMPILED[kind].finditer(text):
            if check is None or check(match[0]):
                # What is told of it may stay: `password = "[password]"`.
                yield Found(kind, *match.span("it" if match.groupdict() else 0))
