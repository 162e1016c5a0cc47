"""A source file that can be asked about its names and loops, and changed in places.

Changes are made to the text, so that comments and layout stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef
Loop: TypeAlias = (
    "ast.For | ast.While | ast.ListComp | ast.SetComp | ast.DictComp"
    " | ast.GeneratorExp | ast.Lambda"
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.While, *_COMPREHENSIONS, ast.Lambda)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

READERS = frozenset(
    (
        *("len", "sorted", "sum", "min", "max", "set", "frozenset", "list", "tuple"),
        *("dict", "any", "all", "enumerate", "zip", "range", "str", "int", "float"),
        *("abs", "round", "reversed", "Counter", "bool", "repr"),
    )
)
"""Functions that leave what they are given as it was."""
READING_METHODS = frozenset(
    (
        *("count", "index", "split", "splitlines", "lower", "upper", "strip", "find"),
        *("lstrip", "rstrip", "casefold", "title", "startswith", "endswith", "get"),
        *("items", "keys", "values", "join", "replace", "copy", "isdigit", "isalpha"),
        *("isspace", "issubset", "union", "intersection", "difference"),
    )
)
"""Methods that leave what they are asked of as it was."""


@dataclass
class Edits:
    """Changes of one text."""

    replaced: list[tuple[ast.AST, str]] = field(default_factory=list)
    before: list[tuple[ast.stmt, str]] = field(default_factory=list)
    """Lines to put before a statement, indented as it is."""
    after: list[tuple[ast.stmt, str]] = field(default_factory=list)


class Source:
    """One file, read. Raises `ValueError` or `SyntaxError` for what is no Python."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.parents = {
            inner: outer
            for outer in ast.walk(self.tree)
            for inner in ast.iter_child_nodes(outer)
        }
        self.names = {
            *(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)),
            *(n.arg for n in ast.walk(self.tree) if isinstance(n, ast.arg)),
        }
        self._lines = text.split("\n")
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line) + 1)
        self._starts = starts

    @property
    def functions(self) -> Iterator[Function]:
        """Every function that has no function inside, which could share its names."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and not any(
                isinstance(inner, _INNER) for inner in list(ast.walk(node))[1:]
            ):
                yield node

    def segment(self, node: ast.expr) -> str:
        """The text of an expression."""
        return self.text[slice(*self._span(node))]

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node is in, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement of a node, if it stands on lines of its own."""
        each = (node, *self.above(node))
        found = next((n for n in each if isinstance(n, ast.stmt)), None)
        if found is None or self._lines[found.lineno - 1][: found.col_offset].strip():
            return None
        end = self._lines[(found.end_lineno or 1) - 1].encode()
        behind = end[found.end_col_offset :].decode().strip()
        return found if not behind or behind.startswith("#") else None

    def loops(self, node: ast.AST, function: Function) -> list[Loop]:
        """The loops that do this again and again, from the inside out."""
        found: list[Loop] = []
        inner = node
        for outer in self.above(node):
            if outer is function:
                break
            if isinstance(outer, LOOPS) and not self._once(outer, inner):
                found.append(outer)
            if isinstance(outer, ast.Lambda) and outer not in found:
                return []  # nobody knows when it is called
            if not isinstance(outer, ast.comprehension):
                inner = outer
            elif inner is outer.iter and self._is_first(outer):
                inner = outer  # it is worked out once, before the loop
            else:
                inner = outer.target
        return found

    def _is_first(self, part: ast.comprehension) -> bool:
        whole = self.parents[part]
        return isinstance(whole, _COMPREHENSIONS) and whole.generators[0] is part

    def _once(self, loop: Loop, inner: ast.AST) -> bool:
        """Whether a part of a loop is done only once."""
        if isinstance(loop, ast.Lambda):
            return inner is not loop.body or not self._is_key(loop)
        if isinstance(loop, ast.For):
            return inner is loop.iter or inner in loop.orelse
        if isinstance(loop, ast.While):
            return inner in loop.orelse
        return isinstance(inner, ast.comprehension)

    def _is_key(self, part: ast.Lambda) -> bool:
        """Whether it is called for each of several, and never later."""
        outer = self.parents[part]
        if isinstance(outer, ast.keyword) and outer.arg == "key":
            asked = self.parents[outer]
            if isinstance(asked, ast.Call):
                return _called(asked) in ("sorted", "sort", "min", "max")
        if isinstance(outer, ast.Call) and _called(outer) in ("map", "filter"):
            # These call it while somebody goes through what they give.
            through = self.parents[outer]
            return isinstance(through, ast.Call) and _called(through) in READERS
        return False

    def changes(self, name: str, inside: ast.AST) -> bool:
        """Whether a name, or what it stands for, may change in there."""
        for node in ast.walk(inside):
            if isinstance(node, ast.arg) and node.arg == name:
                return True
            if isinstance(node, ast.Name) and node.id == name:
                is_load = isinstance(node.ctx, ast.Load)
                if not (is_load and self.is_read(node)):
                    return True
        return False

    def is_read(self, node: ast.expr) -> bool:
        """Whether a value is only looked at where it stands."""
        match self.parents.get(node):
            case ast.Compare() | ast.BinOp() | ast.UnaryOp() | ast.FormattedValue():
                return True
            case ast.For(iter=it) | ast.comprehension(iter=it):
                return it is node
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                return test is node
            case ast.Subscript(value=value, ctx=ctx):
                return value is not node or isinstance(ctx, ast.Load)
            case ast.Call(func=ast.Name(id=called)) as call:
                return called in READERS and node is not call.func
            case ast.Call(func=ast.Attribute(attr=asked, value=whose)) as call:
                # `known.append(word)` reads the word and keeps it as it is.
                is_told = node in call.args and whose is not node
                return is_told and asked in {*READING_METHODS, "append", "add"}
            case ast.Attribute(attr=asked) as attribute:
                outer = self.parents.get(attribute)
                called_ = isinstance(outer, ast.Call) and outer.func is attribute
                return called_ and asked in READING_METHODS
        return False

    def fresh(self, name: str) -> str:
        """A name that is not taken."""
        while name in self.names:
            name += "_"
        return name

    def with_edits(self, edits: Edits) -> str:
        """The text with changes; they must not lie in each other."""
        places: list[tuple[int, int, str]] = []
        for node, new in edits.replaced:
            places.append((*self._span(node), new))
        for statement, line in edits.before:
            at = self._starts[_first_line(statement) - 1]
            places.append((at, at, f"{self._indent(statement)}{line}\n"))
        for statement, line in edits.after:
            at = self._starts[statement.end_lineno or statement.lineno]
            places.append((at, at, f"{self._indent(statement)}{line}\n"))
        text = self.text if self.text.endswith("\n") else f"{self.text}\n"
        for start, end, new in sorted(places, key=lambda p: p[:2], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def with_import(self, text: str, line: str) -> str:
        """Put an import behind the docstring and what has to come first."""
        if line in text.split("\n"):
            return text
        at = 0
        for place, node in enumerate(self.tree.body):
            is_docstring = place == 0 and isinstance(node, ast.Expr)
            is_first = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if not (is_docstring or is_first):
                break
            at = node.end_lineno or at
        lines = text.split("\n")
        return "\n".join([*lines[:at], line, *lines[at:]])

    def _indent(self, statement: ast.stmt) -> str:
        return self._lines[statement.lineno - 1][: statement.col_offset]

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def _offset(self, line: int, column: int) -> int:
        # Columns are bytes, and texts are not.
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)


def _first_line(statement: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in marks)])


def _called(call: ast.Call) -> str:
    """`sort` of `words.sort(...)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def names_in(node: ast.AST) -> set[str]:
    """The names that an expression is made of."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def bound_in(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are given a value there."""
    return {
        each.id
        for node in nodes
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
