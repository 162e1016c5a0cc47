"""Who wrote which lines, as `git blame` says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugwright_agents.git.differences import unquoted

_HEADER = re.compile(r"([0-9a-f]{40,64}) (\d+) (\d+)(?: (\d+))?")


@dataclass(frozen=True, kw_only=True)
class Blamed:
    """Lines that stand together and were written by one commit."""

    id: str
    """All zeros where it is not committed."""
    path: str
    """The file as it was called then."""
    then: int
    """The number of the first line in that commit."""
    now: int
    lines: tuple[str, ...]

    @property
    def is_committed(self) -> bool:
        """Whether any commit has them."""
        return self.id.strip("0") != ""


def blamed_in(text: str) -> Iterator[Blamed]:
    """Read what `git blame --porcelain` writes."""
    paths: dict[str, str] = {}
    group: tuple[str, int, int] | None = None
    lines: list[str] = []
    id = ""
    for line in text.split("\n"):
        if line.startswith("\t"):
            lines.append(line[1:])
        elif match := _HEADER.fullmatch(line):
            id = match[1]
            if match[4]:  # only the first line of a group has it
                if group:
                    yield _made(group, paths, lines)
                group, lines = (id, int(match[2]), int(match[3])), []
        elif line.startswith("filename "):
            paths[id] = unquoted(line.removeprefix("filename "))
    if group:
        yield _made(group, paths, lines)


def _made(
    group: tuple[str, int, int], paths: dict[str, str], lines: list[str]
) -> Blamed:
    id, then, now = group
    return Blamed(id=id, path=paths.get(id, ""), then=then, now=now, lines=tuple(lines))
