"""What git would ignore: .gitignore files, read as git reads them.

A repository's own `info/exclude` counts as well. What a user tells git to ignore
everywhere does not, and a file that is ignored but tracked is taken for ignored. A
repository in another one is looked into, which git does not, by the rules of both.

Each file and folder is matched by itself, after those that it is in: what is in a
folder that is ignored is ignored, whatever else is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST = 1 << 20
"""Bytes of a .gitignore that are read."""


@dataclass(frozen=True)
class Rule:
    """One line of a .gitignore."""

    pattern: re.Pattern[str]
    is_kept: bool
    """Whether it begins with `!`."""
    only_folders: bool
    is_name: bool
    """Whether it is about a name, in any folder below, and not about a path."""


@dataclass(frozen=True)
class Rules:
    """The rules that hold in one folder, those of its parents included."""

    known: tuple[tuple[Path, tuple[Rule, ...]], ...] = ()
    """By folder and file, the last line first."""

    @classmethod
    def at(cls, folder: Path) -> Rules:
        """Read what holds in a folder, from the top of its repository on.

        Whoever asks for a folder that is ignored itself wants to see what is in it, so
        the rules above it do not hold there.
        """
        above = [folder, *folder.parents]
        top = next((each for each in above if _is_there(each / ".git")), folder)
        rules = cls()
        for each in reversed(above[: above.index(top) + 1]):
            is_asked_for = each != top and rules.ignore(each, is_folder=True)
            rules = (cls() if is_asked_for else rules).within(each)
        return rules

    def within(self, folder: Path) -> Rules:
        """Add what a folder's own files say."""
        rules = self._with(folder, folder / ".git" / "info" / "exclude")
        return rules._with(folder, folder / ".gitignore")

    def ignore(self, path: Path, *, is_folder: bool) -> bool:
        """Tell whether git would; of two rules, the later and nearer one says so."""
        if path.name == ".git":
            return True
        for folder, rules in reversed(self.known):
            below = path.relative_to(folder).as_posix()
            for rule in rules:
                if rule.only_folders and not is_folder:
                    continue
                if rule.pattern.fullmatch(path.name if rule.is_name else below):
                    return not rule.is_kept
        return False

    def _with(self, folder: Path, file: Path) -> Rules:
        try:
            # A link could lead anywhere; git does not follow it either.
            if file.is_symlink() or not file.is_file():
                return self
            with file.open("rb") as opened:
                text = opened.read(MOST).decode("utf-8", "surrogateescape")
        except OSError:
            return self  # git passes over what it cannot read, too
        return Rules((*self.known, (folder, tuple(reversed([*rules_in(text)])))))


def rules_in(text: str) -> Iterator[Rule]:
    """Read the lines of a .gitignore; git passes over what is no rule, too."""
    for line in text.removeprefix("\ufeff").split("\n"):
        rule = re.sub(r"(?<!\\)((?:\\\\)*) +$", r"\1", line.removesuffix("\r"))
        is_kept = rule.startswith("!")
        rule = rule[1:] if is_kept else rule
        if not rule or (rule.startswith("#") and not is_kept):
            continue
        only_folders = rule.endswith("/")
        rule = rule[:-1] if only_folders else rule
        is_name = "/" not in rule
        pattern = _name(rule) if is_name else _path(rule.removeprefix("/"))
        if pattern is not None:
            yield Rule(re.compile(pattern, re.DOTALL), is_kept, only_folders, is_name)


_LITERALLY = re.compile(r"(?P<before>[^*?\[\\]*)\*{2,}(?P<slash>/|$)")


def _path(rule: str) -> str | None:
    """Write a regular expression for a rule with slashes in it."""
    found = ""
    if begins := _LITERALLY.match(rule):
        # Git takes `a**/b` for `a`, then `**/b`, if nothing before it is a wildcard.
        found = re.escape(begins["before"]) + ("(?:.*/)?" if begins["slash"] else ".*")
        rule = rule[begins.end() :]
        if not begins["slash"]:
            return found
    *folders, last = rule.split("/")
    for part in folders:
        name = "(?:.*/)?" if _is_any(part) else _name(part)
        if name is None:
            return None
        found += name if _is_any(part) else f"{name}/"
    name = ".*" if _is_any(last) else _name(last)
    return None if name is None else found + name


def _is_any(part: str) -> bool:
    return len(part) > 1 and not part.strip("*")


_PIECE = re.compile(
    r"(?P<any>\*+)|(?P<one>\?)|\\(?P<plain>.)|(?P<set>\[(?:[!^])?\]?"
    r"(?:\[:[a-z]+:\]|\\.|[^\]\\])*\])|(?P<broken>\[|\\$)|(?P<text>.)",
    re.DOTALL,
)
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


def _name(rule: str) -> str | None:
    """Write a regular expression for a rule without slashes; None matches nothing."""
    found = []
    for piece in _PIECE.finditer(rule):
        match piece.lastgroup:
            case "any":
                found.append("[^/]*")
            case "one":
                found.append("[^/]")
            case "set":
                found.append(_set(piece["set"]))
            case "broken":
                return None
            case _:
                found.append(re.escape(piece["plain"] or piece["text"]))
    return "".join(found)


def _set(text: str) -> str:
    """Write a set of characters; `/` is in none."""
    body = text[1:-1]
    is_not = body[:1] in ("!", "^")
    pieces = re.findall(r"\[:([a-z]+):\]|\\(.)|(.)", body[is_not:], re.DOTALL)
    inside = "".join(_in_set(*each) for each in pieces)
    return f"(?!/)[{'^' if is_not else ''}{inside}]"


def _in_set(kind: str, plain: str, text: str) -> str:
    if kind:
        return _CLASSES.get(kind, "")
    return text if text == "-" else re.escape(plain or text)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
