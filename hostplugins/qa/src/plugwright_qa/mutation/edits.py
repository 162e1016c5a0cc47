"""One change to a source text: where it is, what it becomes, and how to say so.

A change is made in the text and not by writing the whole tree anew: so every line of a
mutant has the number that it has in the original, and a person can read the difference.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 60
"""Characters of code in a sentence."""

_LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.UnaryOp)
"""Expressions that need brackets when they stand inside of another."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change, not yet made."""

    operator: str
    """The kind of mistake: `comparison`."""
    node: ast.expr | ast.stmt
    """What is replaced, as it is in the tree."""
    text: str
    """What stands there instead."""
    said: str
    """The change in words, without the line: "`<` became `<=`"."""
    line: int


class Source:
    """A text in which nodes of its tree can be replaced."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Python counts columns in bytes, and lines by these ends only.
        self._lines = text.encode().split(b"\n")

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.text, node) or ast.unparse(node)

    def changed(self, edit: Edit) -> str:
        """The whole text with one change made."""
        node = edit.node
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first, last = node.lineno - 1, node.end_lineno - 1
        before = self._lines[first][: node.col_offset]
        after = self._lines[last][node.end_col_offset :]
        # The lines below stay where they are.
        gap = b"\n" * (last - first)
        inside = isinstance(node, ast.expr) and gap
        new = edit.text.encode()
        middle = b"(" + new + gap + b")" if inside else new
        rest = self._lines[last + 1 :]
        tail = after if inside else after + gap
        lines = [*self._lines[:first], before + middle + tail, *rest]
        return b"\n".join(lines).decode()


def replaced(
    operator: str, node: ast.expr, new: ast.expr, said: str = "", *, line: int = 0
) -> Edit:
    """Replace one expression by another."""
    text = ast.unparse(new)
    said = said or f"{quoted(ast.unparse(node))} became {quoted(text)}"
    if isinstance(new, _LOOSE):
        text = f"({text})"
    return Edit(
        operator=operator, node=node, text=text, said=said, line=line or node.lineno
    )


def instead(operator: str, node: ast.stmt, text: str, said: str) -> Edit:
    """Replace one statement."""
    return Edit(operator=operator, node=node, text=text, said=said, line=node.lineno)


def quoted(text: str) -> str:
    """Code in a sentence: on one line, and not all of it."""
    short = " ".join(text.split())
    return f"`{short if len(short) <= LONGEST else short[: LONGEST - 1] + '…'}`"


def inner(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node may be changed: no annotation, import, decorator or base class.

    Text with places for values is left whole, too: before Python 3.12, its parts do not
    know where they stand.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from ast.iter_child_nodes(node.args)
            yield from _without_docstring(node.body)
        case ast.ClassDef() | ast.Module():
            yield from _without_docstring(node.body)
        case ast.arg() | ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return
        case ast.Expr(value=ast.Constant()):  # words below a field, for people
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.AnnAssign():
            yield from (each for each in (node.target, node.value) if each is not None)
        case ast.If() if _is_for_tools(node.test):
            yield from node.orelse
        case _:
            yield from ast.iter_child_nodes(node)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _is_for_tools(test: ast.expr) -> bool:
    """Whether this is what no test can reach: `TYPE_CHECKING`, `__main__`."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    return bool(names & {"TYPE_CHECKING", "__name__"})
