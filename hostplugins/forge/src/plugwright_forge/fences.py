"""What a model's answer holds: a file in a fence, or a JSON object.

Models talk around what they were asked for. Whatever can be read without guessing is
read; everything else is `Malformed`, in words that the model can act on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

from plugwright.errors import Rejected
from plugwright.sources import LARGEST_FILE, MISLEADING, check

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([\w+.-]*)[^`]*")
_PYTHON = ("python", "py", "python3", "")
_MARKDOWN = ("markdown", "md", "")


class Malformed(Exception):
    """An answer is not what was asked for; the text says why."""


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    tag: str
    text: str
    closed: bool


def blocks(text: str) -> Iterator[Block]:
    """Give every fenced block, in order."""
    opened, tag, inside = "", "", list[str]()
    for line in text.replace("\r\n", "\n").split("\n"):
        found = _FENCE.fullmatch(line)
        if not opened and found:
            opened, tag, inside = found[1], found[2].lower(), []
        elif opened and _closes(line, opened):
            yield Block(tag, "\n".join(inside), True)
            opened = ""
        elif opened:
            inside.append(line)
    if opened:
        yield Block(tag, "\n".join(inside), False)


def python_file(text: str, name: str = "plugin.py") -> str:
    """Give the one Python file of an answer; it will be loaded under this name."""
    found = [block for block in blocks(text) if block.tag in _PYTHON]
    if not found:
        raise Malformed("there is no file in a ```python fence")
    longest = max(found, key=lambda block: len(block.text))
    if not longest.closed:
        raise Malformed("the fence is not closed, so the file seems to be cut off")
    content = _file(longest.text)
    try:
        # Every sandbox would refuse it too, but to us, and not to whoever wrote it.
        check({name: content})
    except Rejected as error:
        raise Malformed(str(error)) from error
    return content


def markdown_file(text: str) -> str:
    """Give the one Markdown file of an answer, which may hold fences of its own."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    if lines[0].startswith("#"):
        return _checked_prose(_file("\n".join(lines)))
    fences = [n for n, line in enumerate(lines) if _FENCE.fullmatch(line)]
    opener = _FENCE.fullmatch(lines[fences[0]]) if fences else None
    if opener is None or opener[2].lower() not in _MARKDOWN:
        raise Malformed("there is no file in a ```markdown fence")
    if len(fences) < 2 or not _closes(lines[fences[-1]], opener[1]):
        raise Malformed("the fence is not closed, so the file seems to be cut off")
    return _checked_prose(_file("\n".join(lines[fences[0] + 1 : fences[-1]])))


def json_object(text: str) -> dict[str, Any]:
    """Give the first JSON object of an answer, in a fence or bare."""
    fenced = [block.text for block in blocks(text) if block.tag in ("json", "")]
    for source in (*fenced, text):
        for start in islice(re.finditer(r"\{", source), 20):
            value = _decoded(source, start.start())
            if value is not None:
                return value
    raise Malformed("there is no JSON object that can be read")


def _decoded(source: str, start: int) -> dict[str, Any] | None:
    try:
        value, _ = _DECODER.raw_decode(source, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _closes(line: str, opened: str) -> bool:
    mark = line.strip()
    return len(mark) >= len(opened) and set(mark) == {opened[0]}


def _file(text: str) -> str:
    content = text.strip("\n") + "\n"
    if not content.strip():
        raise Malformed("the file is empty")
    return content


def _checked_prose(content: str) -> str:
    """Refuse more than `check` does: what a README hides, nobody needs in one."""
    if len(content.encode(errors="replace")) > LARGEST_FILE:
        raise Malformed(f"the file is larger than {LARGEST_FILE >> 10} KB")
    found = MISLEADING.search(content)
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise Malformed(f"the file has the character {code}; write it as an escape")
    return content
