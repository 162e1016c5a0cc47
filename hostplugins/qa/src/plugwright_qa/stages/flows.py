"""How what comes from outside moves through one function, statement by statement.

A label says where something came from: a parameter of the function, or an answer of
the web, a model or a file. An expression has the labels of all that it is made of,
unless a step takes them away: a number is no longer the text that it was read from, a
value looked up in a table is the table's, and what was compared with a fixed set is one
of that set. What a function does with its parameters is told as a `Summary`, so each
function is read alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plugwright_qa.stages.calling import (
    BUILT_IN,
    NONE,
    Environment,
    Labels,
    arguments,
    is_plain,
    is_plain_type,
    joined,
    mutate,
)
from plugwright_qa.stages.clearing import cleared, is_clean_call
from plugwright_qa.stages.guestapi import (
    Function,
    Names,
    parameters,
    written_once,
)
from plugwright_qa.stages.sinks import Reached, reached, runs_code

WEB, MODEL, FILE = "the answer of the web", "the answer of a model", "a file's content"
_OUTSIDE = {"http": WEB, "models": MODEL, "files": FILE}


@dataclass
class Summary:
    """What becomes of the parameters of one function."""

    returns: set[str] = field(default_factory=set)
    reached: dict[Reached, set[str]] = field(default_factory=dict)
    """By place, the labels that get there."""

    def size(self) -> int:
        """How much is known; it only grows."""
        return len(self.returns) + sum(map(len, self.reached.values()))


class TooLarge(Exception):
    """It would take too long to follow everything."""


@dataclass
class Meter:
    """Counts steps, so that nothing takes for ever."""

    left: int = 1_500_000

    def step(self, count: int = 1) -> None:
        """Count some. Raises `TooLarge`."""
        self.left -= count
        if self.left < 0:
            raise TooLarge


Known = Callable[[ast.expr], tuple[Function, Summary] | None]
"""Finds the plugin's own function that an expression names."""


class Flow:
    """One function, read once."""

    def __init__(
        self,
        path: str,
        function: Function,
        names: Names,
        known: Known,
        loops: dict[int, Environment],
        meter: Meter,
    ) -> None:
        self.summary = Summary()
        self._path, self._names, self._known = path, names, known
        self._loops = loops
        """What was known at the end of each loop, the last time."""
        self._meter = meter
        self._left: list[list[Environment]] = []
        """What was known where each loop around this was left, or begun anew."""
        self._raised: list[list[Environment]] = []
        """The same of each `try`."""
        start = {each.arg: frozenset({each.arg}) for each in parameters(function)}
        written = {**names.written, **written_once(function)}
        self._written = {k: v for k, v in written.items() if k not in start}
        self._plain = {p.arg for p in parameters(function) if is_plain_type(p)}
        """Parameters that are texts, lists or tables."""
        self._block(function.body, start)

    # Statements.

    def _block(self, body: Sequence[ast.stmt], known: Environment) -> bool:
        """Go through some statements; tells whether it goes on behind them."""
        for statement in body:
            self._meter.step()
            if not self._statement(statement, known):
                return False
        return True

    def _statement(self, node: ast.stmt, known: Environment) -> bool:
        match node:
            case ast.Return(value=value):
                self.summary.returns |= self._labels(value, known)
                return False
            case ast.Raise() | ast.Continue() | ast.Break():
                self._parts(node, known)
                around = self._raised if isinstance(node, ast.Raise) else self._left
                if around:
                    self._meter.step(len(known) // 8)
                    around[-1].append(dict(known))
                return False
            case ast.Assign(targets=targets, value=value):
                labels = self._labels(value, known)
                for target in targets:
                    self._bind(target, labels, known)
            case ast.AnnAssign(target=target, value=value):
                self._bind(target, self._labels(value, known), known)
            case ast.AugAssign(target=target, value=value):
                labels = self._labels(value, known) | self._labels(target, known)
                self._bind(target, labels, known)
            case ast.If(test=test, body=body, orelse=orelse):
                self._labels(test, known)
                return self._branches(
                    [(body, cleared(test, True)), (orelse, cleared(test, False))], known
                )
            case ast.For() | ast.AsyncFor():
                self._bind(node.target, self._labels(node.iter, known), known)
                self._loop(node, frozenset(), known)
            case ast.While(test=test):
                self._labels(test, known)
                self._loop(node, cleared(test, True), known)
            case (
                ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body)
            ):
                for item in items:
                    labels = self._labels(item.context_expr, known)
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, labels, known)
                return self._block(body, known)
            case ast.Try() | ast.TryStar():
                return self._try(node, known)
            case ast.Match(subject=subject, cases=cases):
                labels = self._labels(subject, known)
                for case in cases:
                    for name in _captured(case.pattern):
                        known[name] = labels
                    self._labels(case.guard, known)
                ways = [(case.body, NONE) for case in cases]
                self._branches([*ways, ([], NONE)], known)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                known[node.name] = self._made_here(node, known)
            case ast.ClassDef():
                self._meter.step(len(known) // 8)
                self._block(node.body, dict(known))
            case _:
                self._parts(node, known)
        return True

    def _branches(
        self, ways: Sequence[tuple[Sequence[ast.stmt], Labels]], known: Environment
    ) -> bool:
        after: list[Environment] = []
        for body, clean in ways:
            self._meter.step(1 + len(known) // 8)  # copied, and that takes time, too
            inside = {name: NONE if name in clean else known[name] for name in known}
            if self._block(body, inside):
                after.append(inside)
        if after:
            met = joined(after)
            known.clear()
            known.update(met)
        return bool(after)

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        clean: Labels,
        known: Environment,
    ) -> None:
        # What the end of the body knew the last time, its beginning knows this time;
        # the function is read again until nothing new turns up.
        self._meter.step(1 + len(known) // 4)
        before = joined([known, self._loops.get(id(node), {})])
        inside = {name: NONE if name in clean else before[name] for name in before}
        self._left.append([inside])
        self._block(node.body, inside)
        ends = self._left.pop()
        self._loops[id(node)] = joined([*ends, self._loops.get(id(node), {})])
        known.update(joined([before, *ends]))
        self._block(node.orelse, known)

    def _try(self, node: ast.Try | ast.TryStar, known: Environment) -> bool:
        self._meter.step((1 + len(known) // 8) * (1 + len(node.handlers)))
        inside = dict(known)
        self._raised.append([known, inside])
        goes_on = self._block([*node.body, *node.orelse], inside)
        thrown = joined(self._raised.pop())
        after = [inside] if goes_on else []
        for handler in node.handlers:
            caught = dict(thrown)
            if self._block(handler.body, caught):
                after.append(caught)
        if after:
            known.update(joined(after))
        return self._block(node.finalbody, known) and bool(after)

    def _made_here(self, node: Function, known: Environment) -> Labels:
        """What a function within gives of what is around it."""
        self._meter.step(len(known) // 8)
        given = node.args
        inside = dict(known) | {each.arg: NONE for each in parameters(node)}
        plain = [*given.posonlyargs, *given.args]
        last = plain[len(plain) - len(given.defaults) :]
        usual = [*zip(last, given.defaults, strict=True)]
        usual += [
            (each, default)
            for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            if default is not None
        ]
        for each, default in usual:
            inside[each.arg] = self._labels(default, known)
        outer, self.summary.returns = self.summary.returns, set()
        self._block(node.body, inside)
        labels, self.summary.returns = frozenset(self.summary.returns), outer
        return labels

    def _bind(self, target: ast.expr, labels: Labels, known: Environment) -> None:
        match target:
            case ast.Name(id=name):
                known[name] = labels
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._bind(part, labels, known)
            case ast.Starred(value=value):
                self._bind(value, labels, known)
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                # A part of something: it has what it had before, too.
                whole = value
                while isinstance(whole, ast.Attribute | ast.Subscript):
                    whole = whole.value
                if isinstance(whole, ast.Name):
                    known[whole.id] = known.get(whole.id, NONE) | labels

    # Expressions.

    def _labels(self, node: ast.AST | None, known: Environment) -> Labels:
        self._meter.step()
        match node:
            case None | ast.Constant():
                return NONE
            case ast.Name(id=name):
                return known.get(name, NONE)
            case ast.Call():
                return self._call(node, known)
            case ast.Compare():
                self._parts(node, known)
                return NONE
            case ast.UnaryOp(op=ast.Not()):
                self._parts(node, known)
                return NONE
            case ast.Subscript(value=value, slice=index):
                self._labels(index, known)
                return self._labels(value, known)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._labels(test, known)
                ways = ((body, cleared(test, True)), (orelse, cleared(test, False)))
                return NONE.union(
                    *(
                        self._labels(way, {**known, **dict.fromkeys(clean, NONE)})
                        for way, clean in ways
                    )
                )
            case ast.NamedExpr(target=target, value=value):
                labels = self._labels(value, known)
                self._bind(target, labels, known)
                return labels
            case ast.Lambda(body=body):
                return self._labels(body, known)
            case ast.Yield(value=value) | ast.YieldFrom(value=value):
                self.summary.returns |= self._labels(value, known)
                return NONE
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node, known)
        return self._parts(node, known)

    def _parts(self, node: ast.AST | None, known: Environment) -> Labels:
        children = ast.iter_child_nodes(node) if node is not None else ()
        return NONE.union(*(self._labels(child, known) for child in children))

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        known: Environment,
    ) -> Labels:
        self._meter.step(len(known) // 8)
        inside = dict(known)
        for each in node.generators:
            self._bind(each.target, self._labels(each.iter, inside), inside)
            for test in each.ifs:
                self._labels(test, inside)
                inside |= dict.fromkeys(cleared(test, True), NONE)
        if isinstance(node, ast.DictComp):
            found = self._labels(node.key, inside) | self._labels(node.value, inside)
        else:
            found = self._labels(node.elt, inside)
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr):  # it is bound outside
                known[part.target.id] = inside.get(part.target.id, NONE)
        return found

    def _call(self, node: ast.Call, known: Environment) -> Labels:
        given = [self._labels(each, known) for each in node.args]
        named = {
            each.arg or "": self._labels(each.value, known) for each in node.keywords
        }
        part = self._names.part(node.func)
        for place, labels in reached(
            self._path, node, part, given, named, self._written
        ):
            self._reach(place, labels)
        self._handed_on(node, given, named, known)
        receiver = self._receiver(node.func, known)
        if found := self._known(node.func):
            own = self._own(found, node, given, named, receiver)
            if not self._may_be_built_in(node.func):
                return own | receiver if isinstance(node.func, ast.Name) else own
            receiver |= own
        if outside := _OUTSIDE.get(part.partition(".")[0]):
            return frozenset({outside})
        if isinstance(node.func, ast.Attribute):
            mutate(node.func, NONE.union(*given, *named.values()), known)
        if part or is_clean_call(node):
            return NONE
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            given = given[1:]  # looked up, as with `[]`
        return receiver.union(*given, *named.values())

    def _receiver(self, function: ast.expr, known: Environment) -> Labels:
        """What comes of that which is called, whatever it is given."""
        if isinstance(function, ast.Attribute):
            return self._labels(function.value, known)
        return self._labels(function, known)  # a function made here

    def _may_be_built_in(self, function: ast.expr) -> bool:
        """Whether it may be a method of Python's, beside one of the plugin's own."""
        if not isinstance(function, ast.Attribute) or function.attr not in BUILT_IN:
            return False
        value = function.value
        if isinstance(value, ast.Name):
            if value.id in self._plain:
                return True
            value = self._written.get(value.id, value)
        return is_plain(value)

    def _handed_on(
        self,
        node: ast.Call,
        given: Sequence[Labels],
        named: Mapping[str, Labels],
        known: Environment,
    ) -> None:
        """A function that is given to another one may get what is given behind it."""
        for at, handed in enumerate(node.args, 1):
            part = self._names.part(handed)
            # A name that stands for something here is none of the plugin's functions.
            is_own = isinstance(handed, ast.Name) and handed.id not in known
            found = self._known(handed) if is_own else None
            if not (part or found or runs_code(handed)):
                continue
            call = ast.Call(func=handed, args=node.args[at:], keywords=node.keywords)
            ast.copy_location(call, node)
            for place, labels in reached(
                self._path, call, part, given[at:], named, self._written
            ):
                self._reach(place, labels)
            if found:
                self._own(found, call, given[at:], named, NONE)

    def _own(
        self,
        found: tuple[Function, Summary],
        node: ast.Call,
        given: Sequence[Labels],
        named: Mapping[str, Labels],
        receiver: Labels,
    ) -> Labels:
        """What a function of the plugin's own does with what it is given."""
        function, summary = found
        names = [each.arg for each in parameters(function)]
        if isinstance(node.func, ast.Attribute) and names[:1] in (["self"], ["cls"]):
            given = [receiver, *given]
        spread = any(isinstance(each, ast.Starred) for each in node.args) or "" in named
        every = NONE.union(*given, *named.values())
        inside = arguments(function.args, given, named)

        def outside(label: str) -> Labels:
            if label not in names:
                return frozenset({label})
            return every if spread else inside.get(label, NONE)

        for place, labels in summary.reached.items():
            self._reach(place, NONE.union(*map(outside, labels)))
        return NONE.union(*map(outside, summary.returns))

    def _reach(self, place: Reached, labels: Labels) -> None:
        if labels:
            self.summary.reached.setdefault(place, set()).update(labels)


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
