"""How a function or a class is declared, written as people do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
WIDTH = 88
LONGEST = 200
"""Characters of a value that are shown."""


def function_head(node: Function) -> str:
    """Write a function with its decorators, on one line or one per argument."""
    marks = [f"@{ast.unparse(each)}\n" for each in node.decorator_list]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return "".join(
        (*marks, _called(f"{word} {node.name}{_types(node)}", node, returns))
    )


def class_head(node: ast.ClassDef) -> str:
    """Write a class with its bases, and below it how one is made."""
    bases = [ast.unparse(each) for each in (*node.bases, *node.keywords)]
    brackets = f"({', '.join(bases)})" if bases else ""
    marks = [f"@{ast.unparse(each)}\n" for each in node.decorator_list]
    made = next((_called(node.name, each, "", 1) for each in _making(node)), "")
    below = f"\n\n{made}" if made else ""
    return "".join((*marks, f"class {node.name}{_types(node)}{brackets}{below}"))


def field_head(node: ast.stmt) -> str:
    """Write a field with its type and its value."""
    head = ast.unparse(node)
    return head if len(head) <= LONGEST else f"{head[:LONGEST]}…"


def _making(node: ast.ClassDef) -> Iterator[Function]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            yield each


def _called(name: str, node: Function, returns: str, skip: int = 0) -> str:
    parts = [*_arguments(node.args, skip)]
    head = f"{name}({', '.join(parts)}){returns}"
    if len(head) <= WIDTH or not parts:
        return head
    return (
        "\n    ".join((f"{name}(", *(f"{part}," for part in parts))) + f"\n){returns}"
    )


def _arguments(node: ast.arguments, skip: int) -> Iterator[str]:
    plain = [*node.posonlyargs, *node.args]
    missing = len(plain) - len(node.defaults)
    for number, each in enumerate(plain):
        default = node.defaults[number - missing] if number >= missing else None
        if number >= skip:
            yield _argument(each, default)
        if node.posonlyargs and number == len(node.posonlyargs) - 1 and number >= skip:
            yield "/"
    if node.vararg:
        yield f"*{_argument(node.vararg, None)}"
    elif node.kwonlyargs:
        yield "*"
    for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        yield _argument(each, default)
    if node.kwarg:
        yield f"**{_argument(node.kwarg, None)}"


def _argument(node: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(node.annotation)}" if node.annotation else ""
    if default is None:
        return f"{node.arg}{kind}"
    sign = " = " if kind else "="
    return f"{node.arg}{kind}{sign}{ast.unparse(default)}"


def _types(node: Function | ast.ClassDef) -> str:
    # Only Python from 3.12 on has them.
    names = [ast.unparse(each) for each in getattr(node, "type_params", ())]
    return f"[{', '.join(names)}]" if names else ""
