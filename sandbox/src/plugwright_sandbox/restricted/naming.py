"""Which names a plugin's source text may bind, read and import, and match against.

The part of the dialect that is about names; `language` has the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import Any

from RestrictedPython.transformer import RestrictingNodeTransformer

from plugwright_sandbox.restricted import rules
from plugwright_sandbox.restricted.rules import Refusal

_SYNTAX = {
    "AsyncFunctionDef": ("async", "`async def`"),
    "AsyncFor": ("async", "`async for`"),
    "AsyncWith": ("async", "`async with`"),
    "Await": ("async", "`await`"),
    "TryStar": ("except-star", "`except*`"),
    "TemplateStr": ("template-string", "a template string"),
    "Interpolation": ("template-string", "a template string"),
}
"""Syntax that is refused knowingly; what is not in the policy at all is `syntax`."""


class Naming(RestrictingNodeTransformer):
    """Looks at the names in one file, and notes what is refused."""

    def __init__(
        self, file: str, offers: Mapping[str, Collection[str]], own: Collection[str]
    ) -> None:
        super().__init__()
        self.refusals: list[Refusal] = []
        self._file = file
        self._offers = offers
        self._own = own
        self._in_class = False
        """Whether the statement at hand is directly in a class."""
        self._depth = 0
        """How many functions and classes it is in."""

    def refuse(self, node: ast.AST, rule: str, message: str) -> None:
        """Note that a rule is broken; the rest is still looked at."""
        line = getattr(node, "lineno", 0)
        refusal = Refusal(rule, self._file, line, message)
        if refusal not in self.refusals:
            self.refusals.append(refusal)

    def error(self, node: ast.AST, info: str) -> None:
        """Take what RestrictedPython refuses by a rule of its own."""
        self.refuse(node, "restricted-python", info)

    def not_allowed(self, node: ast.AST) -> None:
        kind = type(node).__name__
        rule, words = _SYNTAX.get(kind, ("syntax", f"`{kind}` syntax"))
        self.refuse(node, rule, f"{words} is not part of the dialect")

    # Names

    def check_name(
        self, node: Any, name: str | None, allow_magic_methods: bool = False
    ) -> None:
        """Refuse to bind, or to read, a name of the guards or the interpreter."""
        if name is None or name == "_" or self._is_label(name):
            return
        if name == "super":
            self.refuse(node, "super", "`super` can only be called, as `super()`")
        elif name in rules.INTERNAL:
            self.refuse(node, "interpreter-name", f"`{name}` is the interpreter's name")
        elif name.startswith("_") and not rules.is_private(name):
            hint = "one underscore in front is fine, but not two, and none at the end"
            self.refuse(node, "underscore-name", f"`{name}` is reserved; {hint}")

    def _is_label(self, name: str) -> bool:
        if self._in_class:
            return name in rules.METHODS
        return self._depth == 0 and name in rules.MODULE_LABELS

    def _slots(self, node: ast.Assign | ast.AnnAssign) -> None:
        """Check `__slots__`, by whose names the library reads and writes."""
        value = node.value or ast.Tuple([], ast.Load())
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        names = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(names) < len(parts) or not all(type(name) is str for name in names):
            self.refuse(node, "slots", "`__slots__` is a list of names in quotes")
        for name in map(str, names):
            if rules.is_closed(name) and name not in rules.CLASS_SLOTS:
                self.refuse(node, "underscore-name", f"no slot can be named `{name}`")
        # A list could be changed later.
        node.value = ast.copy_location(ast.Tuple(parts, ast.Load()), node)

    def _check_attribute(self, node: ast.AST, name: str, *, label: bool) -> None:
        if label and name in rules.LABELS:
            return
        if name in rules.INTERNAL:
            self.refuse(node, "interpreter-name", f"`.{name}` is the interpreter's own")
        elif rules.is_closed(name):
            hint = ""
            if name in rules.METHODS:
                hint = f"; inside a class, `super().{name}(...)` works"
            elif name == "__class__":
                hint = "; use `type(...)`"
            self.refuse(node, "underscore-attribute", f"`.{name}` is closed{hint}")

    def _check_unseen(self, node: ast.AST, name: str) -> None:
        """Check an attribute that is read where no guard can be put."""
        self._check_attribute(node, name, label=False)
        if name in rules.LOOKED_AT or rules.is_private(name):
            why = "is not open on every object, and cannot be looked at here"
            self.refuse(node, "unguarded-attribute", f"`.{name}` {why}")

    # Patterns

    def visit_Match(self, node: Any) -> Any:
        return self.node_contents_visit(node)

    visit_match_case = visit_MatchSingleton = visit_MatchSequence = visit_Match
    visit_MatchOr = visit_Match

    def visit_MatchValue(self, node: ast.MatchValue) -> Any:
        """Look at `case A.B`, which reads an attribute and cannot hold a call."""
        self._dotted(node.value)
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> Any:
        self._dotted(node.cls)
        for name in node.kwd_attrs:
            self._check_unseen(node, name)
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        node.kwd_patterns = [self.visit(pattern) for pattern in node.kwd_patterns]
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> Any:
        self.check_name(node, node.rest)
        for key in node.keys:
            self._dotted(key)
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchAs(self, node: ast.MatchAs) -> Any:
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> Any:
        self.check_name(node, node.name)
        return node

    def _dotted(self, node: ast.expr) -> None:
        if isinstance(node, ast.Attribute):
            self._check_unseen(node, node.attr)
            self._dotted(node.value)
        else:
            self.visit(node)

    # Imports

    def visit_Import(self, node: ast.Import) -> Any:
        for name in node.names:
            self._check_module(node, name.name)
            if name.asname is None and "." in name.name:
                self._check_module(node, name.name.partition(".")[0])
            self.check_name(node, name.asname or name.name.partition(".")[0])
        self._check_lazy(node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        self._check_lazy(node)
        if node.level or node.module is None:
            hint = "write the file's name in full"
            self.refuse(node, "relative-import", f"there are no packages here; {hint}")
            return node
        if not self._check_module(node, node.module):
            return node
        offered = None if node.module in self._own else self._offers[node.module]
        for name in node.names:
            if name.name == "*":
                self.refuse(node, "star-import", "name what you import, instead of `*`")
                continue
            # Both: a module has attributes that are nobody's names, like `__spec__`.
            self.check_name(node, name.name)
            self.check_name(node, name.asname)
            if name.name in rules.LOOKED_AT:
                self._check_unseen(node, name.name)
            elif offered is not None and name.name not in offered:
                what = f"`{name.name}` of `{node.module}` is not there for a plugin"
                self.refuse(node, "import", what)
        return node

    def _check_lazy(self, node: ast.AST) -> None:
        if getattr(node, "is_lazy", 0):
            self.refuse(node, "lazy-import", "import it plainly")

    def _check_module(self, node: ast.AST, name: str) -> bool:
        is_there = name in self._own or name in self._offers
        if not is_there:
            what = "a plugin imports its own files and what the host offers"
            self.refuse(node, "import", f"`{name}` cannot be imported; {what}")
        return is_there
