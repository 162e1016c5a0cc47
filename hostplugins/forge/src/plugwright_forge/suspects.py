"""Tests that prove nothing, seen without running them.

A test that gets its expectation from the code under test agrees with whatever that
does. It may call the plugin twice to compare two different calls: that is a property,
such as that sorting twice is sorting once. The same call on both sides is none, unless
something else was called between: then it shows what that changed, or did not.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from plugwright_forge.testing.collected import bound

_MOST = 3000
"""Parts of what names stand for in one comparison; a few lines can mean many."""


def copied(source: str, commands: Collection[str]) -> frozenset[str]:
    """Give the tests whose expectation is what the plugin itself says.

    `commands` are the functions of the plugin. Names may stand for what they were
    assigned; whoever hides it better is found by the mutants that the test lets live.
    """
    module = _Plain(source).visit(ast.parse(source))
    return frozenset(
        node.name
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test")
        and _is_copied(node, {*commands, "send"})
    )


def _is_copied(test: ast.FunctionDef, commands: Collection[str]) -> bool:
    asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
    seen = _Seen(_assigned(test), commands, [*_calls(test, commands)])
    return bool(asserts) and all(
        any(seen.says_the_same(each) for each in _compared(one)) for one in asserts
    )


def _compared(one: ast.Assert) -> Iterator[ast.Compare]:
    for node in ast.walk(one):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            yield node


def _calls(inside: ast.AST, commands: Collection[str]) -> Iterator[ast.Call]:
    for node in ast.walk(inside):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in commands:
                yield node


def _assigned(test: ast.FunctionDef) -> Mapping[str, ast.expr]:
    """Give what each name was assigned, if that happened once."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(test):
        for name, value in bound(node):
            found.setdefault(name, []).append(value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


@dataclass(frozen=True)
class _Seen:
    """What one test assigns and calls."""

    meant: Mapping[str, ast.expr]
    commands: Collection[str]
    calls: Collection[ast.Call]

    def says_the_same(self, compare: ast.Compare) -> bool:
        """Tell whether both sides are one call of the plugin, at one time."""
        sides = [compare.left, compare.comparators[0]]
        left, right = map(self._in_full, sides)
        if left != right or not any(
            f"Name(id='{name}'" in left for name in self.commands
        ):
            return False
        since = min(map(self._since, sides))
        return not any(
            since < call.lineno < compare.lineno and self._in_full(call) not in left
            for call in self.calls
        )

    def _in_full(self, node: ast.expr) -> str:
        return ast.dump(_Meaning(self.meant).visit(_copy(node)))

    def _since(self, side: ast.expr) -> int:
        """Give the line in which the first that it stands for was called."""
        names = {node.id for node in ast.walk(side) if isinstance(node, ast.Name)}
        values = [self.meant[name] for name in names if name in self.meant]
        return min(
            (v.lineno for v in values if any(_calls(v, self.commands))),
            default=side.lineno,
        )


def _copy(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


@dataclass
class _Meaning(ast.NodeTransformer):
    """Puts in the place of a name what it was assigned; not twice, so it ends."""

    meant: Mapping[str, ast.expr]
    left: list[int] = field(default_factory=lambda: [_MOST])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.meant or self.left[0] < 0:
            return node
        self.left[0] -= sum(1 for _ in ast.walk(self.meant[node.id]))
        rest = {name: v for name, v in self.meant.items() if name != node.id}
        found = _Meaning(rest, self.left).visit(_copy(self.meant[node.id]))
        assert isinstance(found, ast.expr)
        return found

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        found = self.visit(node.value)
        assert isinstance(found, ast.expr)
        return found


class _Plain(ast.NodeTransformer):
    """Writes calls in one way: by the function's own name, with keywords in order."""

    def __init__(self, source: str) -> None:
        self._names: dict[str, str] = {}
        self._modules: set[str] = set()
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.ImportFrom(module="plugin", names=names):
                    self._names |= {n.asname: n.name for n in names if n.asname}
                case ast.Import(names=names):
                    self._modules |= {
                        n.asname or n.name for n in names if n.name == "plugin"
                    }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = self._names.get(node.id, node.id)
        return ast.copy_location(ast.Name(id=name, ctx=node.ctx), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        match node.value:
            case ast.Name(id=module) if module in self._modules:
                name = ast.Name(id=node.attr, ctx=node.ctx)
                return ast.copy_location(name, node)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        node.keywords.sort(key=lambda each: each.arg or "")
        match node.func:
            case ast.Name(id="approx") | ast.Attribute(attr="approx") if node.args:
                return node.args[0]
        return node
