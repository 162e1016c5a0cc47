"""Docstrings as Markdown: sections become lists, examples become code."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTION = re.compile(r"(Args|Arguments|Parameters|Attributes|Raises|Yields|Returns):")
_ENTRY = re.compile(r"(\*{0,2}[\w.]+)(?: \(.*?\))?: ?(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def markdown(doc: str) -> str:
    """Write a docstring as Markdown that does not run into what follows."""
    lines = list(_lines(doc.split("\n")))
    open_fence = ""
    for line in lines:
        if found := _FENCE.match(line):
            if not open_fence:
                open_fence = found[1]
            elif found[1].startswith(open_fence):
                open_fence = ""
    return "\n".join((*lines, open_fence)) if open_fence else "\n".join(lines)


def first_sentence(doc: str) -> str:
    """Give what a docstring says first, on one line."""
    return " ".join(doc.split("\n\n")[0].split())


def fenced(code: str, language: str) -> str:
    """Put code into a fence that nothing in it ends."""
    ticks = max([2, *(len(found) for found in re.findall("`{3,}", code))]) + 1
    return f"{'`' * ticks}{language}\n{code}\n{'`' * ticks}"


def _lines(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if _SECTION.fullmatch(line):
            end = _end(lines, at + 1)
            yield f"**{line}**"
            yield ""
            yield from _entries(lines[at + 1 : end])
            at = end
        elif line.lstrip().startswith(">>> "):
            end = _blank(lines, at)
            indent = len(line) - len(line.lstrip())
            yield from fenced(
                "\n".join(each[indent:] for each in lines[at:end]), "pycon"
            ).split("\n")
            at = end
        else:
            yield _no_heading(line)
            at += 1


def _entries(lines: list[str]) -> Iterator[str]:
    """Write `name: what it is` as items of a list; other text stays as it is."""
    inner = [line for line in lines if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in inner), default=0)
    for line in lines:
        text = line[indent:]
        if (found := _ENTRY.fullmatch(text)) and not text.startswith(" "):
            yield f"- `{found[1]}`: {found[2]}".rstrip()
        else:
            yield f"  {text.strip()}" if text.startswith(" ") else text
    if lines and lines[-1].strip():
        yield ""


def _end(lines: list[str], start: int) -> int:
    """Give where a section ends: at the first line that is not indented."""
    for at in range(start, len(lines)):
        if lines[at].strip() and not lines[at].startswith(" "):
            return at
    return len(lines)


def _blank(lines: list[str], start: int) -> int:
    return next(
        (at for at in range(start, len(lines)) if not lines[at].strip()), len(lines)
    )


def _no_heading(line: str) -> str:
    # A heading would stand beside those of the page.
    return f"\\{line}" if re.match(r"#{1,6} ", line) else line
