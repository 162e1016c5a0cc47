"""The dialect: what is refused, with rule and line, and how the rest is compiled.

RestrictedPython brings the frame: a list of syntax nodes, of which an unknown one is
refused, and the idea that `a.b` is compiled as a call of a guard. This policy differs
from its default in both directions, on purpose.

What it lets through unguarded: items, iteration, unpacking, calls and arithmetic. There
is no policy per item here that a guard could ask; whatever a plugin holds, it may look
into. What it must not get hold of is not handed out (`facades`), and attributes are the
only way from one object to another that nobody handed out.

Nor does every attribute need a guard. Its name is known here, and closed names have
been refused. What is left for the guard to find is a module behind a harmless name, and
modules are kept under few names (`Library.leading`): those are read by a guard, the
others at full speed. Names that depend on the object have guards of their own.

What it allows beside: annotations, augmented assignment, `match`, `nonlocal`, private
names (one underscore) for a plugin's own objects, most special methods. It refuses what
RestrictedPython refuses for being an escape (`except*`, `async`, metaclasses, lazy and
star imports), and adds rules for what its attribute guard cannot see: `match` patterns
read attributes, and `a.b += c` does.
"""

from __future__ import annotations
import __future__

import ast
import copy
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from types import CodeType
from typing import Any, Literal

from plugwright_sandbox.restricted import rules
from plugwright_sandbox.restricted.naming import Naming
from plugwright_sandbox.restricted.rules import RefusedCode

Mode = Literal["exec", "eval"]

WIDEST = 5
"""Digits of a width in a format that is written out."""
_WIDTH = re.compile(rf"[0-9]{{{WIDEST + 1},}}")


def compile_guarded(
    source: str,
    file: str,
    *,
    offers: Mapping[str, Collection[str]],
    own: Collection[str],
    leading: Collection[str] | None = None,
    mode: Mode = "exec",
) -> CodeType:
    """Compile a plugin's source text with guards, or raise `RefusedCode`.

    `offers` are the modules that it may import, with the names in them; `own` are its
    own. `leading` are the attributes that may lead to a module; without it any may. A
    SyntaxError is Python's own.
    """
    tree = ast.parse(source, file, mode)
    policy = Policy(tree, file, offers, own, leading)
    tree = policy.visit(tree)
    if policy.refusals:
        raise RefusedCode(sorted(policy.refusals, key=lambda refusal: refusal.line))
    # The statement is gone from the tree, and the flag decides: what this policy left
    # as text and what the compiler takes for text cannot differ.
    flags = __future__.annotations.compiler_flag if policy.late else 0
    code: CodeType = compile(tree, file, mode, flags=flags, dont_inherit=True)
    return code


def _is_late_import(node: ast.AST) -> bool:
    """Whether this is `from __future__ import annotations`."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and node.level == 0
        and [(name.name, name.asname) for name in node.names] == [("annotations", None)]
    )


def _bound(tree: ast.AST) -> Iterator[str]:
    """Every name that this text gives to something."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name


class Policy(Naming):
    """One file: what is refused in it, and what it becomes."""

    def __init__(
        self,
        tree: ast.AST,
        file: str,
        offers: Mapping[str, Collection[str]],
        own: Collection[str],
        leading: Collection[str] | None = None,
    ) -> None:
        super().__init__(file, offers, own)
        self._leading = leading
        body = getattr(tree, "body", None)
        statements = body if isinstance(body, list) else []
        self.late = any(_is_late_import(node) for node in statements)
        """Whether annotations stay text until somebody asks for them."""
        self._tree = tree

    def visit_Name(self, node: ast.Name) -> Any:
        name = node.id
        if isinstance(node.ctx, ast.Load):
            if name == "__name__":
                return node
            if name in rules.NOT_OFFERED and name not in self._bound:
                self.refuse(node, "built-in", f"`{name}` is not there for a plugin")
            if name in rules.CATCH_ONLY:
                hint = "raise a `ValueError` of your own"
                self.refuse(node, "catch-only", f"`{name}` can only be caught; {hint}")
        self.check_name(node, name)
        return node

    def visit_Global(self, node: ast.Global) -> Any:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        for name in node.names:
            self.check_name(node, name)
        return node

    # Attributes

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Compile `a.b` as a call of the guard that its name needs, if it needs one."""
        name, loads = node.attr, isinstance(node.ctx, ast.Load)
        if _is_super(node.value) and name in rules.METHODS and loads:
            return _call(node, "_above_", node.value, ast.Constant(name))
        self._check_attribute(node, name, label=loads)
        node = self.node_contents_visit(node)
        if not loads:
            node.value = _call(node.value, "_write_", node.value)
            return node
        guard = "_getattr_"
        if name in rules.LABELS:
            guard = "_label_"
        elif name in rules.LOOKED_AT:
            guard = "_look_"
        elif name.startswith("_"):
            guard = "_own_"
        elif self._leading is not None and name not in self._leading:
            return node
        return _call(node, guard, node.value, ast.Constant(name))

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            if node.args or node.keywords:
                self.refuse(node, "super", "`super()` takes no arguments here")
            return node
        return self.node_contents_visit(node)

    # What needs no guard: see the top of this file.

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        return self.node_contents_visit(node)

    def visit_For(self, node: ast.For) -> Any:
        return self.node_contents_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        if node.is_async:
            self.refuse(node.target, "async", "`async for` is not part of the dialect")
        return self.node_contents_visit(node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        if self._in_class and len(node.targets) == 1 and _is_slots(node.targets[0]):
            self._slots(node)
            return node
        return self.node_contents_visit(node)

    def visit_With(self, node: ast.With) -> Any:
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        if isinstance(node.target, ast.Attribute) and (
            node.target.attr in rules.LOOKED_AT
        ):
            self._check_unseen(node, node.target.attr)
        return self.node_contents_visit(node)

    # Formats

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        if isinstance(node.format_spec, ast.JoinedStr):
            for part in node.format_spec.values:
                if isinstance(part, ast.Constant):
                    self._check_width(node, part.value)
        return self.node_contents_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            self._check_width(node, node.left.value)
        return self.node_contents_visit(node)

    def _check_width(self, node: ast.AST, text: object) -> None:
        if isinstance(text, (str, bytes)):
            plain = text if isinstance(text, str) else text.decode("latin-1")
            if _WIDTH.search(plain):
                most = f"a width has at most {WIDEST} digits"
                self.refuse(node, "format-width", most)

    @cached_property
    def _bound(self) -> frozenset[str]:
        return frozenset(_bound(self._tree))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        kinds, node.type = node.type, None
        node = self.node_contents_visit(node)
        self.check_name(node, node.name)
        if isinstance(kinds, ast.Tuple):
            kinds.elts = [self._caught(kind) for kind in kinds.elts]
            node.type = kinds
        else:
            node.type = kinds and self._caught(kinds)
        return node

    def _caught(self, kind: ast.expr) -> Any:
        is_only = isinstance(kind, ast.Name) and kind.id in rules.CATCH_ONLY
        return kind if is_only else self.visit(kind)

    # Functions and classes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.check_name(node, node.name)
        self.check_function_argument_names(node)
        returns, node.returns = node.returns, None
        outer, self._in_class = self._in_class, False
        self._depth += 1
        node = self.node_contents_visit(node)
        self._depth -= 1
        self._in_class = outer
        node.returns = self._annotation(returns)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        outer, self._in_class = self._in_class, False
        made = super().visit_Lambda(node)
        self._in_class = outer
        return made

    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = self._annotation(node.annotation)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if self._in_class and _is_slots(node.target):
            self._slots(node)
        else:
            node.target = self.visit(node.target)
        node.annotation = self._annotation(node.annotation)
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def _annotation(self, node: Any) -> Any:
        if node is None or not self.late:
            return None if node is None else self.visit(node)
        # It is compiled to text, which is looked at again before it is evaluated; this
        # look is for an early word.
        self.visit(copy.deepcopy(node))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.check_name(node, node.name)
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg == "metaclass":
                self.refuse(node, "metaclass", "a class cannot choose its metaclass")
        outer, self._in_class = self._in_class, True
        self._depth += 1
        node = self.node_contents_visit(node)
        self._depth -= 1
        self._in_class = outer
        return node

    def visit_Module(self, node: ast.Module) -> Any:
        node.body = [
            ast.copy_location(ast.Pass(), child) if _is_late_import(child) else child
            for child in node.body
        ]
        return self.node_contents_visit(node)

    # `type X = ...` and `def f[T](...)`, from Python 3.12 on

    def visit_TypeAlias(self, node: ast.AST) -> Any:
        return self.node_contents_visit(node)

    def visit_TypeVar(self, node: Any) -> Any:
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    visit_ParamSpec = visit_TypeVarTuple = visit_TypeVar

    def visit_TemplateStr(self, node: ast.AST) -> Any:
        self.not_allowed(node)

    def visit_Interpolation(self, node: ast.AST) -> Any:
        self.not_allowed(node)


def _is_slots(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "__slots__"


def _is_super(node: ast.AST) -> bool:
    """Whether this is exactly `super()`; nobody can give that name to another thing."""
    match node:
        case ast.Call(func=ast.Name(id="super"), args=[], keywords=[]):
            return True
    return False


def _call(place: ast.expr, guard: str, *arguments: ast.expr) -> ast.Call:
    """A call of a guard, in the place of some expression."""
    made = ast.Call(ast.Name(guard, ast.Load()), list(arguments), [])
    return ast.fix_missing_locations(ast.copy_location(made, place))
