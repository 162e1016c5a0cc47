"""Three-way merge: what two people made of one text.

`difflib` says what each side kept. Where both kept the text, it is given once; between
such places one side's words count if only that side changed something, and both are
shown, marked as git marks them, if both did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MARK = "<<<<<<<"
"""What a conflict begins with."""


@dataclass(frozen=True)
class Merged:
    """A text with what both sides changed."""

    text: str
    conflicts: tuple[int, ...]
    """The lines on which conflicts begin, counted from one."""


def merge(base: str, mine: str, theirs: str, *, mine_is: str, theirs_is: str) -> Merged:
    """Join two texts that came from one."""
    if mine == theirs or theirs == base:
        return Merged(mine, ())
    if mine == base:
        return Merged(theirs, ())
    lines: list[str] = []
    conflicts = []
    for ours, old, new in _regions(
        *(each.splitlines(True) for each in (mine, base, theirs))
    ):
        if new in (old, ours):
            lines += ours
        elif ours == old:
            lines += new
        else:
            conflicts.append(len(lines) + 1)
            lines += [f"{MARK} {mine_is}\n", *_ended(ours), "=======\n"]
            lines += [*_ended(new), f">>>>>>> {theirs_is}\n"]
    return Merged("".join(lines), tuple(conflicts))


Lines = Sequence[str]


def _regions(
    mine: Lines, base: Lines, theirs: Lines
) -> Iterator[tuple[Lines, Lines, Lines]]:
    """Cut all three where both sides kept the same lines of the base."""
    at_mine = at_base = at_theirs = 0
    for start, end, in_mine, in_theirs in _kept_by_both(mine, base, theirs):
        yield mine[at_mine:in_mine], base[at_base:start], theirs[at_theirs:in_theirs]
        size = end - start
        same = base[start:end]
        yield same, same, same
        at_mine, at_base, at_theirs = in_mine + size, end, in_theirs + size
    yield mine[at_mine:], base[at_base:], theirs[at_theirs:]


def _kept_by_both(
    mine: Lines, base: Lines, theirs: Lines
) -> Iterator[tuple[int, int, int, int]]:
    """Give each range of the base that both kept, and where it is in each of them."""
    left = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, end, a.b + start - a.a, b.b + start - b.a
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1


def _ended(lines: Lines) -> Lines:
    # A last line may have no end, and a mark has to stand on a line of its own.
    return [line if line.endswith("\n") else line + "\n" for line in lines]
