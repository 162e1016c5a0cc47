"""Takes differences apart, and makes one fit that is too long for a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_FILE = re.compile(r"^diff --git .*$", re.MULTILINE)
_NAME = re.compile(r"^(?:\+\+\+|---|rename to|rename from) (.*?)\t?$", re.MULTILINE)
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_OCTAL = re.compile(r"\\([0-7]{3}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}

LONGEST_LINE = 600
"""Characters of a line; what is longer was made by a program."""
LEAST = 400
"""Bytes of a file that are still of use."""
NEAR = 4
"""How many lines before and after one are shown with it."""
NAMED = 40
"""How many files that are left out are named."""


class Fitted(NamedTuple):
    """A difference that fits."""

    text: str
    cut: tuple[str, ...]
    """The files of which something was left out, or all."""


def fitted(difference: str, most: int) -> Fitted:
    """Cut a difference to about so many bytes: every file keeps its share.

    What one file does not need, the others get. Where there are so many files that a
    share is too little to be of use, the last ones are only named.
    """
    if len(difference.encode(errors="replace")) <= most:
        return Fitted(difference, ())
    parts = [_narrow(part) for part in _parts(difference)]
    room = most
    kept = parts[: max(1, room // LEAST)]
    share = _share([_size(part) for part in kept], room)
    texts, cut = [], []
    for part, is_narrowed in ((p.text, p.is_narrowed) for p in kept):
        whole = _begin(part, share)
        if whole == part:
            texts.append(part)
        else:
            left = part.count("\n") - whole.count("\n")
            said = f"[… {left:,} more lines of this file were left out]"
            texts.append(f"{whole}\n{said}\n")
        if whole != part or is_narrowed:
            cut.append(_name(part))
    if others := [_name(part.text) for part in parts[len(kept) :]]:
        named = ", ".join(others[:NAMED]) + (", …" if len(others) > NAMED else "")
        texts.append(f"[… {len(others):,} more files were left out: {named}]\n")
    return Fitted("".join(texts), (*filter(None, cut), *others))


def begun(text: str, most: int) -> Fitted:
    """Cut any text to its first lines."""
    whole = _begin(text, most)
    if whole == text:
        return Fitted(text, ())
    left = text.count("\n") - whole.count("\n")
    return Fitted(f"{whole}\n[… {left:,} more lines were left out]", ("the end",))


def really_changed(difference: str) -> str:
    """Leave out files that were only touched: git names them, and no more."""
    return "".join(part for part in _parts(difference) if part.count("\n") > 1)


def lines_in(difference: str) -> dict[str, list[range]]:
    """Say which lines of the new files a difference shows."""
    return {
        _name(part): [
            range(int(found[1]), int(found[1]) + int(found[2] or 1))
            for found in _HUNK.finditer(part)
        ]
        for part in _parts(difference)
        if _FILE.match(part)
    }


def hunks_with(text: str, difference: str, most: int = 6) -> str:
    """Give only those pieces of a difference in whose changed lines a text is."""
    found = []
    for part in _parts(difference):
        starts = [match.start() for match in _HUNK.finditer(part)]
        for start, end in zip(starts, [*starts[1:], len(part)], strict=True):
            lines = _narrow(part[start:end]).text.split("\n")
            at = [n for n, line in enumerate(lines) if _changes(line, text)]
            if at:
                found.append(f"{_name(part)}\n{_around(lines, at)}")
    left = len(found) - most
    said = f"[… and {left:,} more places]\n" if left > 0 else ""
    return "".join((*found[:most], said))


def _changes(line: str, text: str) -> bool:
    return line[:1] in ("+", "-") and text in line


def _around(lines: Sequence[str], at: Sequence[int]) -> str:
    """Give the first line, and those that are near to some others."""
    kept = {0, *(n + near for n in at for near in range(-NEAR, NEAR + 1))}
    parts = []
    for n, line in enumerate(lines):
        if n in kept and line:
            parts.append(f"{line}\n")
        elif parts[-1] != "…\n":
            parts.append("…\n")
    return "".join(parts).removesuffix("…\n")


def unquoted(name: str) -> str:
    """Read a name as git writes it where there is something strange in it."""
    if not (len(name) > 1 and name.startswith('"') and name.endswith('"')):
        return name
    raw = _OCTAL.sub(
        lambda found: (
            chr(int(found[1], 8))
            if len(found[1]) == 3
            else _ESCAPES.get(found[1], found[1])
        ),
        name[1:-1],
    )
    try:  # octal digits are bytes, and those may be UTF-8 together
        return raw.encode("latin-1").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return raw


class _Narrowed(NamedTuple):
    text: str
    is_narrowed: bool


def _narrow(part: str) -> _Narrowed:
    if max(map(len, part.split("\n"))) <= LONGEST_LINE:
        return _Narrowed(part, False)
    lines = (
        line
        if len(line) <= LONGEST_LINE
        else f"{line[:LONGEST_LINE]} [… {len(line) - LONGEST_LINE:,} more characters]"
        for line in part.split("\n")
    )
    return _Narrowed("\n".join(lines), True)


def _begin(text: str, size: int) -> str:
    """Give the first lines that are no more than so many bytes."""
    if _size(text) <= size:
        return text
    begin = text.encode(errors="replace")[:size].decode("utf-8", "ignore")
    return begin.rsplit("\n", 1)[0]


def _size(text: str | _Narrowed) -> int:
    text = text if isinstance(text, str) else text.text
    return len(text.encode(errors="replace"))


def _parts(difference: str) -> list[str]:
    starts = [match.start() for match in _FILE.finditer(difference)]
    if not starts or starts[0]:
        starts.insert(0, 0)
    ends = [*starts[1:], len(difference)]
    return [difference[a:b] for a, b in zip(starts, ends, strict=True)]


def _share(sizes: Sequence[int], most: int) -> int:
    """Give what each may have, so that those who need less leave it to the others."""
    left, waiting = most, sorted(sizes)
    while waiting:
        share = left // len(waiting)
        if waiting[0] > share:
            return share
        left -= waiting.pop(0)
    return most


def _name(part: str) -> str:
    # Only of the lines before the first piece: `--- a` may also be a line that went.
    hunk = _HUNK.search(part)
    head = part[: hunk.start()] if hunk else part
    if not _FILE.match(head):
        return ""
    names = [unquoted(match[1]) for match in _NAME.finditer(head)]
    found = [re.sub(r"^[ab]/", "", name) for name in names if name != "/dev/null"]
    if found:
        return found[-1]
    both = head.split("\n", 1)[0].removeprefix("diff --git ")
    if both.endswith('"'):
        return re.sub(r"^b/", "", unquoted('"' + both[:-1].rsplit('"', 1)[-1] + '"'))
    # `a/NAME b/NAME`, and NAME may have spaces: the middle is where both are the same.
    return both[len(both) // 2 + 1 :].removeprefix("b/")
