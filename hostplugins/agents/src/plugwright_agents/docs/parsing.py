"""Python source as what stands in it: modules, classes, functions, fields.

Nothing is imported or run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from plugwright_agents.docs.heads import (
    Function,
    class_head,
    field_head,
    function_head,
)
from plugwright_agents.docs.sources import Source, read_source, tree_of
from plugwright_agents.reading import Skip


@dataclass(frozen=True, kw_only=True)
class Item:
    """A module, a class, a function or a field, and what is in it."""

    name: str
    kind: str
    """`module`, `class`, `function` or `field`."""
    head: str
    """How it is called or declared, as code."""
    doc: str
    line: int
    first: int
    """The line of the first statement in it; 0 if there is none."""
    column: int
    """Where on that line it begins, in bytes of UTF-8."""
    last: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Module:
    """One file of Python."""

    name: str
    source: Source
    item: Item
    """It as a whole."""
    public: tuple[str, ...] | None
    """What `__all__` names, if it can be read."""

    @property
    def path(self) -> Path:
        """Its file."""
        return self.source.path

    @property
    def doc(self) -> str:
        """Its docstring."""
        return self.item.doc

    def shown(self) -> Iterator[Item]:
        """Give what is for others."""
        for item in self.item.items:
            if self.public is None:
                if not item.name.startswith("_"):
                    yield item
            elif item.name in self.public:
                yield item


def parsed(path: Path) -> Module:
    """Read a file. Raises `Skip` for what is no Python."""
    source = read_source(path)
    tree = tree_of(source.text)
    name = module_name(path)
    try:
        return Module(
            name=name,
            source=source,
            item=_module(name, tree, len(source.lines)),
            public=_public(tree),
        )
    except RecursionError:
        raise Skip("it is nested too deeply") from None


def module_name(path: Path) -> str:
    """Name a module as `import` does, from the packages that it is in."""
    path = path.resolve()
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").exists() and folder.parent != folder:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.stem


def package_root(path: Path) -> Path:
    """Give the folder that has to be on the path to import a module."""
    folder = path.resolve().parent
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def _module(name: str, tree: ast.Module, last: int) -> Item:
    return Item(
        name=name,
        kind="module",
        head=name,
        doc=ast.get_docstring(tree) or "",
        line=1,
        first=_first_line(tree.body[0]) if tree.body else 0,
        column=0,
        last=last,
        items=tuple(_once(_items(tree.body))),
    )


def _once(items: Iterable[Item]) -> Iterator[Item]:
    """Of what is defined twice, as for two systems, give the first."""
    met: set[str] = set()
    for item in items:
        if item.name not in met:
            met.add(item.name)
            yield item


def _items(body: list[ast.stmt]) -> Iterator[Item]:
    for node, after in zip_longest(body, body[1:]):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if not _is_variant(node):
                    yield _made(node, "function", function_head(node))
            case ast.ClassDef():
                items = tuple(_once(_items(node.body)))
                yield _made(node, "class", class_head(node), items)
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield _field(node, name, after)
            case ast.Assign(targets=[ast.Name(id=name)]) if name != "__all__":
                yield _field(node, name, after)
            case ast.If() | ast.Try():
                # What is defined if something holds is defined for readers, too.
                yield from _items(node.body)
                yield from _items(node.orelse)
            case _ if type(node).__name__ == "TypeAlias":  # from Python 3.12 on
                named: ast.Name = vars(node)["name"]
                yield _field(node, named.id, after)


def _made(
    node: Function | ast.ClassDef, kind: str, head: str, items: tuple[Item, ...] = ()
) -> Item:
    return Item(
        name=node.name,
        kind=kind,
        head=head,
        doc=ast.get_docstring(node) or "",
        line=node.lineno,
        first=_first_line(node.body[0]),
        column=node.body[0].col_offset,
        last=node.end_lineno or node.lineno,
        items=items,
    )


def _field(node: ast.stmt, name: str, after: ast.stmt | None) -> Item:
    match after:
        case ast.Expr(value=ast.Constant(value=str(doc))):
            pass
        case _:
            doc = ""
    return Item(
        name=name,
        kind="field",
        head=field_head(node),
        doc=" ".join(doc.split()),
        line=node.lineno,
        first=0,
        column=0,
        last=node.end_lineno or node.lineno,
    )


def _first_line(node: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in marks)])


def _is_variant(node: Function) -> bool:
    """Whether it is one more form of what stands elsewhere: an overload, a setter."""
    names = [ast.unparse(each) for each in node.decorator_list]
    return any(
        name.split(".")[-1] in ("overload", "setter", "deleter") for name in names
    )


def _public(tree: ast.Module) -> tuple[str, ...] | None:
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(
                    target=ast.Name(id="__all__"), value=ast.expr() as value
                )
            ):
                try:
                    return tuple(str(each) for each in ast.literal_eval(value))
                except (ValueError, TypeError):
                    return None
    return None
