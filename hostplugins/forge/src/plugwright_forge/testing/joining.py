"""Several test files in one: names that two of them use differently are kept apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping

_Named = ast.FunctionDef | ast.ClassDef


def joined(sources: Iterable[str]) -> str:
    """Put files behind each other."""
    parts: list[str] = []
    taken: dict[str, ast.AST] = {}
    for number, source in enumerate(sources, 1):
        defined = _defined(source)
        twice = {
            name: _free(name, number, {*taken, *defined})
            for name in _different(defined, taken)
        }
        text = _renamed(source, twice) if twice else source
        taken.update(_defined(text))
        parts.append((_without_future(text) if parts else text).strip("\n"))
    return "\n\n\n".join(filter(None, parts)) + "\n"


def _free(name: str, number: int, taken: Collection[str]) -> str:
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _different(
    defined: Mapping[str, ast.AST], taken: Mapping[str, ast.AST]
) -> set[str]:
    """Name what stands for something else; also by what it uses, however it reads."""
    both = defined.keys() & taken.keys()
    found = {n for n in both if ast.dump(defined[n]) != ast.dump(taken[n])}
    while more := {n for n in both - found if found & _used(defined[n])}:
        found |= more
    return found


def _used(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}


def _defined(source: str) -> dict[str, ast.AST]:
    """What a file gives names to, and what each name stands for."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(source).body:
        if isinstance(node, _Named):
            found[node.name] = node
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]  # `os.path` is found in `os`
                found[each.asname or top] = each if each.asname else ast.alias(top)
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                alone = ast.ImportFrom(node.module, [each], node.level)
                found[each.asname or each.name] = alone
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    found[name.id] = node
    return found


def _renamed(source: str, names: Mapping[str, str]) -> str:
    """Change names where they stand, and nothing else; a fixture is also asked for."""
    lines = source.encode().split(b"\n")
    places = sorted(_places(source, names), reverse=True)
    for line, column, old, new_name in places:
        text, new = lines[line - 1], new_name.encode()
        # Before 3.12, what stands in an f-string does not know its place in the line.
        sought = re.escape(old.encode()).replace(rb"\ ", rb"\s+")
        found = re.compile(rb"\b%b\b" % sought).search(text, column)
        if found:
            lines[line - 1] = text[: found.start()] + new + text[found.end() :]
    return b"\n".join(lines).decode()


def _places(
    source: str, names: Mapping[str, str]
) -> Iterable[tuple[int, int, str, str]]:
    """Give line, column, what stands there or behind it, and what is to stand there."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Name(id=name)
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
            ) if name in names:
                yield node.lineno, node.col_offset, name, names[name]
            case ast.alias(asname=str(name)) if name in names:
                yield node.lineno, node.col_offset, f"as {name}", f"as {names[name]}"
            case ast.alias(name=name, asname=None) if name in names:
                new = f"{name} as {names[name]}"
                yield node.lineno, node.col_offset, name, new


def _without_future(source: str) -> str:
    lines = source.split("\n")
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)
