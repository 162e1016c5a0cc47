"""What a module calls the parts of the guest API, and where the outside comes in."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SDK = "plugwright_sdk"
DOORS = ("command", "tool", "on", "validator")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Names:
    """Which names of one module mean what."""

    parts: dict[str, str] = field(default_factory=dict)
    """`http` for `http`, `web` for `http`, `storage.query` for `ask`."""
    packages: set[str] = field(default_factory=set)
    """Names of the SDK itself."""
    written: dict[str, ast.expr] = field(default_factory=dict)
    """What the module's names stand for that are bound once."""

    def part(self, node: ast.expr) -> str:
        """Say which part of the API an expression is: `storage.query`; or nothing."""
        steps: list[str] = []
        while isinstance(node, ast.Attribute):
            steps.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        if node.id in self.packages and steps:
            return ".".join(reversed(steps))
        if node.id in self.parts:
            return ".".join([self.parts[node.id], *reversed(steps)])
        return ""

    def door(self, function: Function) -> str:
        """Say by which decorator the outside calls a function; nothing, if by none."""
        for each in function.decorator_list:
            part = self.part(each.func if isinstance(each, ast.Call) else each)
            if part in DOORS:
                return part
        return ""


def names_of(module: ast.Module) -> Names:
    """Read the imports of a module, and what is but another name for a part."""
    names = Names()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names.packages.update(
                each.asname or each.name for each in node.names if each.name == SDK
            )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            source = node.module or ""
            if source == SDK or source.startswith(f"{SDK}."):
                for each in node.names:
                    names.parts[each.asname or each.name] = each.name
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if part := names.part(value):
                    names.parts[name] = part
    names.written.update(written_once(module, module.body))
    return names


def written_once(
    scope: ast.AST, body: Iterable[ast.stmt] | None = None
) -> dict[str, ast.expr]:
    """Give what names stand for that are bound once in all of a scope.

    Only by statements of `body`, where it is given.
    """
    bound = Counter(name for node in ast.walk(scope) for name in _bound_by(node))
    found: dict[str, ast.expr] = {}
    for node in ast.walk(scope) if body is None else body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if bound[name] == 1:
                found[name] = value
    return found


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]


def doors(module: ast.Module, names: Names) -> Iterator[Function]:
    """Every function that the outside may call."""
    for node in ast.walk(module):
        if isinstance(node, Function) and names.door(node):
            yield node


def given_name(function: Function) -> str:
    """What the outside calls it: its own name, or that of its decorator."""
    for each in function.decorator_list:
        for keyword in each.keywords if isinstance(each, ast.Call) else ():
            match keyword:
                case ast.keyword(arg="name", value=ast.Constant(value=str(name))):
                    return name
    return function.name


def parameters(function: Function) -> list[ast.arg]:
    """All parameters, in the order in which they are given."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [*every, *(each for each in (given.vararg, given.kwarg) if each)]
