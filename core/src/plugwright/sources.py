"""Looks at a plugin's files before anything runs them, and refuses what misleads.

Nothing here decides what code may do; that is for the sandbox. These rules make what a
person approves be what the machine runs: one encoding, no character that a screen hides
or that turns the direction of writing (CVE-2021-42574, “Trojan Source”), no file that
takes the place of a module of Python or of the host, and no more than can be read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from plugwright.errors import Rejected

LARGEST_FILE = 256 << 10
"""Bytes of one file."""
LARGEST_SOURCE = 1 << 20
"""Bytes of all Python files of a bundle, or of a guest, together."""

_ESCAPE = "in a string, write it as an escape; elsewhere, delete it"
_CHARACTERS = (
    (
        "nul",
        re.compile(r"\x00"),
        "which ends the file for some readers",
        _ESCAPE,
    ),
    (
        "bidi-control",
        re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
        "which makes a screen show the line in another order than it is run",
        _ESCAPE,
    ),
    (
        "control-character",
        re.compile(r"[\x01-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)"),
        "which a screen obeys instead of showing it",
        _ESCAPE,
    ),
    (
        "invisible-character",
        re.compile(r"[\u00ad\u180e\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f]"),
        "which a screen does not show",
        "in a string, write it as an escape; at the beginning of a file, save it "
        "without a byte order mark",
    ),
)
_PROSE = ("bidi-control", "invisible-character")
"""Rules with exceptions in texts: Arabic and Hebrew need marks, and emoji need tags."""
_MARKS = re.compile(
    r"[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\U000e0020-\U000e007f]"
)

_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # as PEP 263 has it
_UTF8 = ("utf-8", "utf8")

_ELSEWHERE = """
aifc annotationlib asynchat asyncore audioop cgi cgitb chunk compression crypt distutils
imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev pipes profiling smtpd sndhdr
spwd sunau telnetlib uu xdrlib
"""
"""What other versions of Python have: the guest's is not the host's."""
_HOSTS = """
_pytest conftest guest_memory iniconfig packaging packing plain_door pluggy poll_loop py
pygments pytest sitecustomize standard_library telling test time_zones usercustomize
wit_world
"""
"""What a guest has beside the standard library, and what Python imports by itself."""
_RESERVED = frozenset(
    name.casefold()
    for name in (*sys.stdlib_module_names, *_ELSEWHERE.split(), *_HOSTS.split())
)
_PREFIXES = ("plugwright", "_plugwright", "__", "componentize_py")

MISLEADING = re.compile(
    # Terminal controls, line breaks in disguise, half characters, the invisible, and
    # what turns the direction of writing: what is approved must read as it is.
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Characters that make text look like something else on a screen."""


def plain(text: str) -> str:
    """Write what a screen would obey or hide as an escape, as JSON does."""
    return MISLEADING.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class Fault(NamedTuple):
    """One rule that a text breaks, and where."""

    rule: str
    line: int
    what: str
    remedy: str


Rule: TypeAlias = Callable[[str], Iterator[Fault]]


def check(files: Mapping[str, bytes | str]) -> None:
    """Refuse what breaks a rule. Raises `Rejected` for the first file that does."""
    total = 0
    for path, content in files.items():
        raw = _encoded(path, content)
        if len(raw) > LARGEST_FILE:
            raise Rejected(
                "file-size",
                path,
                0,
                f"is larger than {LARGEST_FILE >> 10} KB",
                remedy="split it, or leave it out",
            )
        rules = _rules(path)
        if rules:
            _check_text(path, raw, rules)
        total += len(raw) if path.endswith(".py") else 0
        if total > LARGEST_SOURCE:
            raise Rejected(
                "source-size",
                path,
                0,
                f"makes the source larger than {LARGEST_SOURCE >> 10} KB in all",
                remedy="leave out what is not needed",
            )


def check_name(path: str) -> None:
    """Refuse a module that would stand in the place of another."""
    module = path.removesuffix(".py").casefold()
    if module in _RESERVED or module.startswith(_PREFIXES):
        raise Rejected(
            "module-name",
            path,
            0,
            "has the name of a module of Python or Plugwright",
            remedy="rename it",
        )


def _rules(path: str) -> tuple[Rule, ...]:
    name = PurePosixPath(path).name
    if path.endswith(".py"):
        if "/" not in path:
            check_name(path)
        return (_characters, _coding)
    if name.endswith((".toml", ".cfg", ".ini")):
        return (_characters,)
    return (_prose,) if name.endswith((".md", ".rst", ".txt")) else ()


def _check_text(path: str, raw: bytes, rules: tuple[Rule, ...]) -> None:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Rejected(
            "not-utf8", path, line, "is not UTF-8 text", remedy="save it as UTF-8"
        ) from error
    for rule in rules:
        for fault in rule(text):
            raise Rejected(
                fault.rule, path, fault.line, fault.what, remedy=fault.remedy
            )


def _encoded(path: str, content: bytes | str) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return content.encode()
    except UnicodeEncodeError as error:  # half of a character, from an escape
        line = content.count("\n", 0, error.start) + 1
        raise Rejected(
            "not-utf8", path, line, "is not UTF-8 text", remedy="save it as UTF-8"
        ) from error


def _characters(text: str) -> Iterator[Fault]:
    found = [
        (match.start(), rule, match[0], why, remedy)
        for rule, pattern, why, remedy in _CHARACTERS
        if (match := pattern.search(text))
    ]
    for start, rule, character, why, remedy in sorted(found):
        what = f"has the character U+{ord(character):04X}, {why}"
        yield Fault(rule, text.count("\n", 0, start) + 1, what, remedy)


def _prose(text: str) -> Iterator[Fault]:
    return _characters(_MARKS.sub("-", text.removeprefix("\ufeff")))


def _coding(text: str) -> Iterator[Fault]:
    """Like Python, which looks at the first line, and at the second after a comment."""
    for number, line in enumerate(text.split("\n", 2)[:2], 1):
        said = _CODING.match(line)
        if said and said[1].lower().replace("_", "-") not in _UTF8:
            yield Fault(
                "coding",
                number,
                f"says that it is written in `{said[1]:.40}`",
                "save it as UTF-8 and delete that comment",
            )
        if line.strip() and not line.lstrip().startswith("#"):
            return
