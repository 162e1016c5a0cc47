"""Chat templates are programs of strangers: they get a sandbox, a clock and a scale.

jinja2's sandbox keeps a template out of Python's inside. It does not keep it from going
on for ever, or from making a text that fills the memory. So every turn of a loop, every
call and every filter looks at the clock; whatever is made is weighed, with all that is
inside of it; and what makes much of little in one step (`**`, `center`, `%9d`, …) is
left out, or weighed before. So each step is short, and there is a clock between two.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.filters import FILTERS
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

SECONDS = 10.0
"""A template takes a thousandth of one; this is for machines that do much else."""
LONGEST = 1 << 18
"""Characters that a template may be long; the longest that people use have 40,000."""
LARGEST = 1 << 20
"""Characters, and members, of whatever it makes; and 16 times what it was given."""
_METHODS = frozenset(
    {
        *("capitalize", "casefold", "count", "endswith", "find", "index", "isalnum"),
        *("isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace"),
        *("istitle", "isupper", "join", "lower", "lstrip", "partition", "removeprefix"),
        *("removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit"),
        *("rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title"),
        "upper",
    }
)
"""Of texts. The others make long ones of short ones, or bytes."""
_FILTERS = frozenset(
    {
        *("abs", "attr", "capitalize", "count", "d", "default", "dictsort", "e"),
        *("escape", "first", "float", "format", "groupby", "indent", "int", "items"),
        *("join", "last", "length", "list", "lower", "map", "max", "min", "reject"),
        *("rejectattr", "replace", "reverse", "safe", "select", "selectattr", "sort"),
        *("string", "title", "trim", "truncate", "unique", "upper", "wordcount"),
    }
)


class Refused(Exception):
    """A template does what no template needs."""


class Stage(ImmutableSandboxedEnvironment):
    """Where templates run, one at a time."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols", _Generation],
            finalize=self._written,
        )
        self._clock = clock
        self._begin(())
        del self.globals["lipsum"]
        known = {name: FILTERS[name] for name in _FILTERS} | {"tojson": _to_json}
        self.filters = {
            **{name: self._filter(name, work) for name, work in known.items()},
            "weighed": self.weighed,
            "turns": self._turns,
        }

    def compiled(self, text: str) -> jinja2.Template:
        """Compile a template. Raises what jinja2 does, and `Refused`."""
        if len(text) > LONGEST:
            raise Refused(f"it is longer than {LONGEST} characters")
        self._begin(())
        return self.from_string(_Watch().visit(self.parse(text)))

    def rendered(self, template: jinja2.Template, **given: Any) -> str:
        """Let a template write its text."""
        self._begin(given)
        return template.render(**given)

    def _begin(self, given: Any) -> None:
        self._end = self._clock() + SECONDS
        self._room = LARGEST
        self._room += 16 * _weight(given, 1 << 62)
        self._left = self._room

    def look(self) -> None:
        """Look at the clock."""
        if self._clock() > self._end:
            raise Refused(f"it takes more than {SECONDS:g} seconds")

    def weighed(self, value: Any) -> Any:
        """Give a value back, if it is not too large."""
        self._room_for(_weight(value, self._room))
        return value

    def _room_for(self, size: float) -> None:
        if size > self._room:
            raise Refused(f"it makes something larger than {self._room}")

    def _written(self, value: Any) -> Any:
        self._left -= _weight(value, self._left)
        if self._left < 0:
            raise Refused("it writes without end")
        return value

    def _turns(self, value: Iterable[Any], written: int) -> Iterator[Any]:
        for each in value:
            self.look()
            self._left -= written  # of what stands in the loop, word by word
            if self._left < 0:
                raise Refused("it writes without end")
            yield each

    # What jinja2 asks before it does something.

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something, if it is harmless."""
        self.look()
        name = getattr(obj, "__name__", "")
        text = getattr(obj, "__self__", None)
        if isinstance(text, str):
            if name not in _METHODS:
                raise Refused(f"no template needs `{name:.40}`")
            if name == "replace":
                self._replacing(text, *args)
            elif name == "join":
                self._joining(text, *args)
        made = super().call(context, obj, *args, **kwargs)
        if not isinstance(made, Namespace):
            return self.weighed(made)
        for each in (*args, *kwargs.values()):
            self.weighed(each)
        return made

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Let `format` fill gaps; they have no width."""
        made = super().wrap_str_format(value)
        if made is None:
            return None
        if ":" in value.__self__:
            raise Refused("no template needs a width in `format`")

        def filled(*args: Any, **kwargs: Any) -> str:
            for each in (*args, *kwargs.values()):
                self.weighed(each)
            return made(*args, **kwargs)

        return filled

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute, if the result is not too large."""
        self.look()
        if operator == "**":
            raise Refused("no template needs `**`")
        if operator == "%" and isinstance(left, str):
            _without_width(left)
            self.weighed(right)
        if operator == "*":
            self._times(left, right)
        return self.weighed(super().call_binop(context, operator, left, right))

    # What makes much of little.

    def _times(self, left: Any, right: Any) -> None:
        for many, count in ((left, right), (right, left)):
            if isinstance(many, str | list | tuple) and isinstance(count, int):
                self._room_for(_weight(many, self._room) * count)

    def _replacing(self, text: str, old: object, new: object, *_: object) -> None:
        times = text.count(str(old)) if str(old) else len(text) + 1
        self._room_for(len(text) + times * len(str(new)))

    def _joining(self, between: str, parts: object = (), *_: object) -> None:
        if isinstance(parts, str | list | tuple):
            self._room_for(len(between) * len(parts))

    def _indenting(self, text: object, width: object = 4, *_: object) -> None:
        wide = width if isinstance(width, int) else len(str(width))
        self._room_for((str(text).count("\n") + 1) * wide)

    def _filter(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        checks: dict[str, Callable[..., None]] = {
            "replace": lambda s, old, new, *_, **__: self._replacing(str(s), old, new),
            "join": lambda value, d="", *_, **__: self._joining(str(d), value),
            "indent": lambda s, width=4, *_, **__: self._indenting(s, width),
            "format": lambda value, *_, **__: _without_width(str(value)),
        }
        check = checks.get(name, lambda *_, **__: None)
        has_context = hasattr(work, "jinja_pass_arg")

        @wraps(work)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.look()
            given = args[1:] if has_context else args
            for each in (*given, *kwargs.values()):
                self.weighed(each)
            check(*given, **kwargs)
            made = work(*args, **kwargs)
            # What comes one by one is weighed where it is taken.
            return (
                self._each(made) if isinstance(made, Iterator) else self.weighed(made)
            )

        return watched

    def _each(self, made: Iterator[Any]) -> Iterator[Any]:
        for each in made:
            self.look()
            yield self.weighed(each)


def _without_width(text: str) -> None:
    if any(sign.isdigit() or sign == "*" for sign in text):
        raise Refused("no template needs a width in `format`")


def _weight(value: Any, most: int) -> int:
    """Count the characters and members of a value, until they are too many."""
    weight = 0
    heap = [value]
    while heap and weight <= most:
        each = heap.pop()
        if isinstance(each, str):
            weight += len(each)
        elif isinstance(each, int):
            weight += each.bit_length() >> 3
        elif isinstance(each, list | tuple | set | frozenset):
            weight += len(each)
            heap.extend(each if weight <= most else ())
        elif isinstance(each, dict):
            weight += len(each)
            heap.extend((*each, *each.values()) if weight <= most else ())
        elif isinstance(each, Namespace):
            # It would be written out with all that is in it, and in that, and so on.
            raise Refused("a namespace is no value")
    return weight


class _Watch(NodeTransformer):
    """Has what is made and written go over the scale, and each turn by the clock."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        said = sum(len(each.data) for each in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _through("turns", node.iter, nodes.Const(said + 1))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        self.generic_visit(node)
        node.nodes = [*map(_weighed, node.nodes)]
        return _weighed(node)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:
        # Two that are woven of themselves would be compared for ever.
        self.generic_visit(node)
        node.expr = _weighed(node.expr)
        return node

    def visit_List(self, node: nodes.List) -> nodes.Expr:
        self.generic_visit(node)
        return _weighed(node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:
        self.generic_visit(node)
        return _weighed(node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        self.generic_visit(node)
        return node if node.ctx == "store" else _weighed(node)


def _weighed(value: nodes.Expr) -> nodes.Filter:
    return _through("weighed", value)


def _through(name: str, value: nodes.Node, *more: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(
        *(value, name, [*more], [], None, None),
        lineno=value.lineno,
        environment=value.environment,
    )


def _to_json(value: Any, indent: int | None = None, **_: object) -> str:
    if indent is not None and not 0 <= indent <= 16:
        raise Refused("no template indents so far")
    return json.dumps(value, ensure_ascii=False, indent=indent)


class _Generation(Extension):
    """Passes `{% generation %}` by, which only training needs."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """Take what is inside as if the tag were not there."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
