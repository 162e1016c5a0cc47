"""Puts docstrings into source, and proves that nothing else is new.

Two things are compared before anybody gets the result: what Python makes of both
without docstrings, and the comments in both.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Sequence

from plugwright.sources import plain
from plugwright_agents.docs.parsing import Item, Module
from plugwright_agents.docs.sources import lines_of, tree_of
from plugwright_agents.reading import Skip

WIDTH = 88
STEP = "    "


def written(module: Module, docs: Sequence[tuple[Item, str]]) -> str:
    """Give the source with these docstrings in it.

    Raises `Skip` if anything but docstrings would be other than before.
    """
    lines = module.source.lines
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    # From the end on, so that the numbers of lines before stay right.
    for item, doc in sorted(docs, key=lambda each: _place(each[0]), reverse=True):
        # What the encoding does not have is written as an escape.
        encoding = module.source.encoding
        safe = doc.encode("utf-8", "replace").decode()
        _insert(lines, item, safe, encoding, end)
    text = "".join(lines)
    if not is_same_code(module.source.text, text):
        raise Skip("with the docstrings it would be other code")
    return text


def quoted(text: str, indent: str, encoding: str = "utf-8") -> list[str]:
    """Write a docstring as lines of source, without their ends."""
    text = "\n".join(plain(line.rstrip()) for line in _wrapped(text, indent))
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    if text.endswith('"'):
        text = f'{text[:-1]}\\"'
    first, *others = text.split("\n")
    if not others and len(indent) + len(first) + 6 <= WIDTH:
        return [f'{indent}"""{first}"""']
    body = [f"{indent}{line}" if line else "" for line in others]
    return [f'{indent}"""{first}', *body, f'{indent}"""']


def is_same_code(old: str, new: str) -> bool:
    """Tell whether two sources differ in nothing but docstrings."""
    try:
        return _bare(old) == _bare(new) and _comments(old) == _comments(new)
    except (Skip, RecursionError):
        return False


def _place(item: Item) -> tuple[int, int]:
    """Give where its first statement begins; a class may begin with `def f(): pass`."""
    return item.first, item.column


def _insert(lines: list[str], item: Item, doc: str, encoding: str, end: str) -> None:
    if item.kind == "module":
        at = _below_beginning(lines, item.first)
        made = quoted(doc, "", encoding)
        is_code_next = at < len(lines) and lines[at].strip()
        lines[at:at] = [
            f"{line}{end}" for line in (*made, *([""] if is_code_next else []))
        ]
        return
    at = item.first - 1
    line = lines[at]
    before = line.encode()[: item.column].decode()
    if before.strip():  # all on one line: `def f(): return 1`
        head = re.match(r"[ \t]*", lines[item.line - 1])
        indent = (head[0] if head else "") + STEP
        rest = line.encode()[item.column :].decode()
        made = [f"{each}{end}" for each in quoted(doc, indent, encoding)]
        lines[at : at + 1] = [f"{before.rstrip()}{end}", *made, f"{indent}{rest}"]
        return
    found = re.match(r"[ \t]*", line)
    indent = found[0] if found else ""
    # Above what explains the first statement, but below what belongs to the head.
    while at > item.line and _is_beside(lines[at - 1]):
        at -= 1
    lines[at:at] = [f"{each}{end}" for each in quoted(doc, indent, encoding)]


def _is_beside(line: str) -> bool:
    text = line.strip()
    return not text or (text.startswith("#") and not text.startswith("# type:"))


def _below_beginning(lines: Sequence[str], first: int) -> int:
    """Give the line below the first comment: `#!`, an encoding, a licence."""
    at = 0
    while at < first - 1 and lines[at].startswith("#"):
        at += 1
    return at


def _wrapped(text: str, indent: str) -> list[str]:
    """Break prose where it is too wide; what is indented, or a list, is left alone."""
    room = WIDTH - len(indent)
    lines: list[str] = []
    for number, line in enumerate(text.expandtabs(4).split("\n")):
        is_prose = line[:1].isalnum() and not re.match(r"\d+[.)] ", line)
        most = room - 3 if number == 0 else room
        if is_prose and len(line) > most:
            lead = '"""' if number == 0 else ""
            wide = textwrap.wrap(
                line,
                room,
                initial_indent=lead,
                break_long_words=False,
                break_on_hyphens=False,
            )
            lines += [wide[0].removeprefix(lead), *wide[1:]]
        else:
            lines.append(line)
    return lines


def _bare(source: str) -> str:
    """Write code down without its docstrings, so that two can be compared."""
    tree = tree_of(source)
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str())), *rest]:
                    node.body = rest
    return ast.dump(tree)


def _comments(source: str) -> list[str]:
    # Python takes any end of a line, and `tokenize` only its own.
    text = "\n".join(line.rstrip("\r\n") for line in lines_of(source)) + "\n"
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        raise Skip("its comments cannot be told apart") from None
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
