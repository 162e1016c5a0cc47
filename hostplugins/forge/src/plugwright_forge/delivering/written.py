"""Calls of a test file whose arguments can be read without running anything.

Tests often make their input with small helpers: `plan(family(child("Ann")))`. What is
read here is what such helpers are made of: values, names, displays with `*` and `**`,
`or`, and functions that only return such a thing.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugwright.sandboxes import JSON
from plugwright_forge.delivering.showing import functions
from plugwright_forge.specification import Command

_STEPS = 5000
"""Nodes that are read for one call: a helper could call itself for ever."""


class _Unreadable(Exception):
    """It is made of something else."""


def calls(tests: str, command: Command) -> Iterator[dict[str, JSON]]:
    """Give the arguments of every call of a command that can be read."""
    try:
        body = ast.parse(tests).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = [parameter.name for parameter in command.parameters]
    for test in functions(tests):
        for node in ast.walk(test):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id != command.function:
                continue
            try:
                known = _Reader(body)
                known.take(test.body)
                given = known.bound(names, node, known.names)
                found = json.loads(json.dumps(given, allow_nan=False))
            except (_Unreadable, ValueError, TypeError, RecursionError):
                continue
            if set(found) <= set(names):
                yield found


class _Reader:
    def __init__(self, body: Sequence[ast.stmt]) -> None:
        self._left = _STEPS
        self._helpers = {n.name: n for n in body if isinstance(n, ast.FunctionDef)}
        self.names: dict[str, Any] = {}
        self.take(body)

    def take(self, body: Sequence[ast.stmt]) -> None:
        """Learn what names stand for, where that can be read."""
        for node in body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.names.pop(name, None)
                    try:
                        self.names[name] = self._value(value, self.names)
                    except (_Unreadable, ValueError, TypeError, KeyError):
                        continue

    def bound(
        self, names: Sequence[str], call: ast.Call, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Read the arguments of a call."""
        values = self._members(call.args, known)
        if len(values) > len(names):
            raise _Unreadable
        return {**dict(zip(names, values, strict=False)), **self._named(call, known)}

    def _named(self, call: ast.Call, known: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in call.keywords:
            value = self._value(each.value, known)
            found |= {each.arg: value} if each.arg else value
        return found

    def _value(self, node: ast.expr, known: Mapping[str, Any]) -> Any:
        self._left -= 1
        if self._left < 0:
            raise _Unreadable
        match node:
            case ast.Name(id=name):
                if name not in known:
                    raise _Unreadable
                return known[name]
            case ast.List(elts=members) | ast.Tuple(elts=members):
                return self._members(members, known)
            case ast.Dict(keys=keys, values=values):
                return self._pairs(keys, values, known)
            case ast.BoolOp(op=ast.Or(), values=values):
                found = [self._value(each, known) for each in values]
                return next(filter(None, found), found[-1])
            case ast.Call(func=ast.Name(id="list"), args=[inner], keywords=[]):
                return [*self._value(inner, known)]
            case ast.Call(func=ast.Name(id=name)) if name in self._helpers:
                return self._returned(self._helpers[name], node, known)
            case ast.Constant() | ast.UnaryOp():
                return ast.literal_eval(node)
        raise _Unreadable

    def _members(self, nodes: Sequence[ast.expr], known: Mapping[str, Any]) -> Any:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self._value(node.value, known)
            else:
                found.append(self._value(node, known))
        return found

    def _pairs(
        self,
        keys: Sequence[ast.expr | None],
        values: Sequence[ast.expr],
        known: Mapping[str, Any],
    ) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(keys, values, strict=True):
            inner = self._value(value, known)
            found |= {self._value(key, known): inner} if key else inner
        return found

    def _returned(
        self, helper: ast.FunctionDef, call: ast.Call, known: Mapping[str, Any]
    ) -> Any:
        match helper.body:
            case [*_, ast.Return(value=ast.expr() as value)] if len(helper.body) <= 2:
                return self._value(value, self._inside(helper, call, known))
        raise _Unreadable

    def _inside(
        self, helper: ast.FunctionDef, call: ast.Call, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Bind a helper's parameters as Python would."""
        about = helper.args
        names = [each.arg for each in (*about.posonlyargs, *about.args)]
        first = len(names) - len(about.defaults)
        inside = {**self.names}
        for name, default in zip(names[first:], about.defaults, strict=True):
            inside[name] = self._value(default, self.names)
        for each, value in zip(about.kwonlyargs, about.kw_defaults, strict=True):
            if value is not None:
                inside[each.arg] = self._value(value, self.names)
        values, more = self._members(call.args, known), self._named(call, known)
        inside |= dict(zip(names, values, strict=False))
        if about.vararg:
            inside[about.vararg.arg] = values[len(names) :]
        named = {*names, *(each.arg for each in about.kwonlyargs)}
        inside |= {name: value for name, value in more.items() if name in named}
        if about.kwarg:
            rest = {name: v for name, v in more.items() if name not in named}
            inside[about.kwarg.arg] = rest
        return inside
