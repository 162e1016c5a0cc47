"""What of a plugin others rely on, and no rewrite may change."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_OWN = ("cache", "lru_cache", "staticmethod", "classmethod", "property", "wraps")
"""Decorators that are a function's own business."""


def changed(old: str, new: str) -> str:
    """Name what a new version offers differently; empty if it offers the same."""
    try:
        before, after = _offered(ast.parse(old)), _offered(ast.parse(new))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "the file, which is no Python"
    for name in sorted({*before, *after}):
        # A new class is the rewrite's own; a new command is not.
        is_class = name not in before and after[name].startswith("class ")
        if before.get(name) != after.get(name) and not is_class:
            return f"`{name}`"
    return ""


def _offered(tree: ast.Module) -> Mapping[str, str]:
    found = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if any(_is_for_others(mark) for mark in node.decorator_list):
                    found[name] = _outside(node)
            case ast.ClassDef(name=name):
                found[name] = _fields(node)
            case _:
                pass
    return found


def _is_for_others(mark: ast.expr) -> bool:
    called = mark.func if isinstance(mark, ast.Call) else mark
    return ast.unparse(called).rpartition(".")[2] not in _OWN


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    marks = "".join(f"@{ast.unparse(mark)}" for mark in node.decorator_list)
    gives = ast.unparse(node.returns) if node.returns else ""
    return f"{marks} {ast.unparse(node.args)} -> {gives} {ast.get_docstring(node)}"


def _fields(node: ast.ClassDef) -> str:
    """A class without what its methods do: the shape of data that comes and goes."""
    bases = ", ".join(map(ast.unparse, [*node.bases, *node.keywords]))
    marks = "".join(f"@{ast.unparse(mark)}" for mark in node.decorator_list)
    fields = [
        ast.unparse(each)
        for each in node.body
        if isinstance(each, ast.AnnAssign | ast.Assign)
    ]
    return f"class {marks} {bases} {fields}"
