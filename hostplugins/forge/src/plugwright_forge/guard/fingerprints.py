"""What two things have in common once all that differs by chance is taken away.

A fingerprint is compared only with others of the same session.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from plugwright_forge.guard.observations import Outcome

_MASKS = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]+"), "<address>"),
    (
        re.compile(
            r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?"
            r"(?:Z|[+-]\d\d:?\d\d)?)?"
        ),
        "<time>",
    ),
    (re.compile(r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b"), "<time>"),
    (re.compile(r"\b\d+(?:\.\d+)?\s?(?:ns|us|µs|ms|s|secs?|seconds?)\b"), "<time>"),
    # Folders differ from run to run; what the file is called does not.
    (re.compile(r"(?:[A-Za-z]:)?(?:[\w.~+@-]*[\\/])+(?=[\w.+@-])"), "<folder>"),
    (re.compile(r"(?<=\.py):\d+(?::\d+)?"), ":<line>"),
    (re.compile(r"\b(line|column|col) \d+", re.IGNORECASE), r"\1 <line>"),
)
_NUMBER = re.compile(
    # A number that names the error stays: `status 404` is not `status 500`.
    r"(?P<name>\b(?:errno|error|code|status|http|signal)[ =:#]{0,2}\d+)"
    r"|(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])",
    re.IGNORECASE,
)
_ENOUGH = 4000
"""Letters of a message that tell it from others."""
_BUILTIN = frozenset(dir(builtins))


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Take out folders, line numbers, addresses, times, and numbers that may vary."""
    text = text[:_ENOUGH]
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    text = _NUMBER.sub(lambda found: found["name"] or "<n>", text)
    return " ".join(text.split())


def of_text(text: str) -> str:
    """Give the same for the same message, wherever and whenever it was said."""
    return _hash(normalised(text))


@lru_cache(maxsize=1024)
def of_code(source: str) -> str:
    """Give the same for programs that differ in layout, comments or inner names only.

    Names that others can see stay what they are: of what is imported, of functions and
    classes at the top and of their parameters. To rename these is a change.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        return _hash(_Shape(_seen_from_outside(tree)).of(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _hash(" ".join(source.split()))


def of_outcomes(outcomes: Iterable[Outcome]) -> str:
    """Give the same for the same verdicts of the same tests."""
    return _hash("\n".join(sorted(f"{o.test} {o.verdict}" for o in outcomes)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _seen_from_outside(tree: ast.Module) -> frozenset[str]:
    names = set(_BUILTIN)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names |= {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    return frozenset(names)


class _Shape:
    """A program as text: inner names numbered as they appear, no docstrings."""

    def __init__(self, kept: frozenset[str]) -> None:
        self._kept = kept
        self._names: dict[str, str] = {}

    def of(self, thing: object) -> str:
        if isinstance(thing, ast.AST):
            parts = [self.of(value) for value in self._parts(thing)]
            return f"{type(thing).__name__}({','.join(parts)})"
        if isinstance(thing, list):
            return f"[{','.join(map(self.of, thing))}]"
        return repr(thing)

    def _parts(self, node: ast.AST) -> Iterator[object]:
        for field in node._fields:
            value: Any = getattr(node, field, None)
            if field == _NAMED.get(type(node)):
                yield self._renamed(value)
            elif field == "body" and isinstance(node, _DOCUMENTED):
                yield value[1:] if _begins_with_text(node) else value
            else:
                yield value

    def _renamed(self, name: str) -> str:
        if name in self._kept or name.startswith("__"):
            return name
        return self._names.setdefault(name, f"name{len(self._names)}")


_NAMED = {
    ast.Name: "id",
    ast.arg: "arg",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _begins_with_text(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> bool:
    return ast.get_docstring(node, clean=False) is not None
