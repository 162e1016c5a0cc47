"""What a compiled plugin calls instead of reading and writing attributes itself.

`language` has refused every closed name in the source text, so the guards that it calls
(`_getattr_` and the like) need not look at the name again. The built-in functions that
take a name at run time (`getattr` and the like) do.

Nothing here is a wall. The guards keep a plugin from reaching by accident, or in three
lines, what lies behind the objects that it was given; see `restricted`.
"""

from __future__ import annotations

import abc
import builtins
import decimal
import io
import string
import sys
import types
import typing
from collections.abc import Callable, Collection
from datetime import date
from typing import Any, NoReturn

from plugwright_sandbox.restricted import clock, rules

_CLOSED = frozenset(
    {types.ModuleType, types.FrameType, types.CodeType, types.TracebackType}
)
"""Whoever holds one of these holds everything."""
_NAMED_TUPLE = frozenset({"_replace", "_asdict", "_make", "_fields", "_field_defaults"})
"""What is public in a named tuple, in spite of the underscore."""

_ALIASES = (types.GenericAlias, typing._BaseGenericAlias)  # type: ignore[attr-defined]
"""`List[int]` and the like: they read from the class what they do not have."""
_BUILT_IN = frozenset(
    {types.MethodDescriptorType, types.ClassMethodDescriptorType}
    | {types.BuiltinMethodType, types.GetSetDescriptorType, types.MemberDescriptorType}
)

_receiver = vars(super)["__self__"].__get__
"""What a `super()` is bound to, whatever the classes above call their attributes."""

_own_modules: set[str] = set()
_own_types: set[type] = set()
_known_types: set[type] = set()


def belongs(modules: Collection[str], known: Collection[type]) -> None:
    """Say which modules are the plugin's own, and which classes it knows anyway."""
    _own_modules.update(modules)
    _known_types.update(known)


def is_own(scope: dict[str, Any]) -> bool:
    """Whether these are the globals of one of the plugin's modules."""
    module = sys.modules.get(str(scope.get("__name__")))
    return module is not None and is_own_module(module) and vars(module) is scope


def is_own_module(value: object) -> bool:
    """Whether this is a module that was made of a plugin's file."""
    return type(value) is types.ModuleType and value.__name__ in _own_modules


def is_own_type(kind: type) -> bool:
    """Whether the plugin's own source defines this class."""
    # The module's name is set by the interpreter when the class is made, and nobody
    # can write it afterwards: the name is closed.
    if kind not in _own_types:
        if type.__getattribute__(kind, "__module__") not in _own_modules:
            return False
        _own_types.add(kind)
    return True


def is_own_function(value: object) -> bool:
    """Whether the plugin's own source defines this function."""
    return type(value) is types.FunctionType and is_own(value.__globals__)


# What source text is compiled to


def read(ob: Any, name: str) -> Any:
    """Read an attribute, and let no module, frame or code through: `_getattr_`."""
    value = getattr(ob, name)
    if type(value) in _CLOSED and not is_own_module(value):
        _refuse(name, "it leads out of the plugin")
    return value


def look(ob: Any, name: str) -> Any:
    """Read an attribute that is closed on some objects: `_look_`."""
    kind = type(ob)
    if kind is super:
        _refuse(name, "not by way of `super()`")
    target = ob if isinstance(ob, type) else kind
    if name in ("format", "format_map") and issubclass(target, str):
        if target is ob:
            _refuse(name, "use a format string, or call it on the text itself")
        return _formatter(str.__str__(ob), name)
    if name == "obj" and issubclass(target, (AttributeError, NameError)):
        _refuse(name, "it may be anybody's")
    if name == "getbuffer" and issubclass(target, io.BytesIO):
        _refuse(name, "use `.getvalue()`")
    if name == "mro" and issubclass(kind, type):
        _refuse(name, "what is above a class is closed")
    if name in ("now", "today", "utcnow") and issubclass(target, date):
        return clock.reader(target, name)
    if issubclass(kind, _ALIASES):
        _refuse(name, "ask the class itself")
    value = read(ob, name)
    if type(value) in _BUILT_IN:
        # Whatever it is, it was found another way than by those above.
        _refuse(name, "it belongs to the interpreter")
    if getattr(value, "__func__", None) is abc.ABCMeta.register:
        _refuse(name, "no class can be told to pass for another")
    return value


def own(ob: Any, name: str) -> Any:
    """Read a private attribute of the plugin's own objects: `_own_`."""
    if type(ob) in _own_types:
        return read(ob, name)
    target = ob if isinstance(ob, type) else type(ob)
    if (
        target is super
        or is_own_type(target)
        or is_own_module(ob)
        or (name in _NAMED_TUPLE and issubclass(target, tuple))
    ):
        return read(ob, name)
    _refuse(name, f"it is private to `{target.__name__}`")


def above(ob: Any, name: str) -> Any:
    """Read a special method of `super()`: `_above_`."""
    # Asked in a class method, it is bound to nothing: an `__init__` for any object.
    if isinstance(_receiver(ob), type):
        _refuse(name, "not by way of `super()` in a class method")
    return getattr(ob, name)


def label(ob: Any, name: str) -> Any:
    """Read a name or a description: `_label_`."""
    value = getattr(ob, name)
    if value is not None and type(value) is not str:
        _refuse(name, "it is no text")
    return value


def write(ob: Any) -> Any:
    """Give back an object whose attributes the plugin may set: `_write_`."""
    if type(ob) in _own_types or is_own_type(type(ob)):
        return ob
    if isinstance(ob, type):
        if is_own_type(ob):
            return ob
    elif is_own_function(ob) or is_own_module(ob) or type(ob) is decimal.Context:
        return ob
    what = ob.__name__ if isinstance(ob, type) else type(ob).__name__
    raise AttributeError(
        f"rule `write`: the attributes of `{what}` cannot be set; a plugin changes "
        "what its own source defines"
    )


GUARDS: dict[str, Callable[..., Any]] = {
    "_getattr_": read,
    "_look_": look,
    "_own_": own,
    "_above_": above,
    "_label_": label,
    "_write_": write,
}


def _refuse(name: str, why: str) -> NoReturn:
    raise AttributeError(f"rule `closed-attribute`: `.{name}` is closed; {why}")


# What takes a name at run time


def read_named(ob: Any, name: object, *default: Any) -> Any:
    """Do what `getattr` does, for the names that source text may have."""
    guard = _guard_of(name, label_too=True)
    if not default:
        return guard(ob, name)
    (instead,) = default
    try:
        return guard(ob, name)
    except AttributeError:
        return instead


def has_named(ob: Any, name: object) -> bool:
    """Do what `hasattr` does; what is closed is not there."""
    if type(name) is str and rules.is_closed(name) and name not in rules.LABELS:
        return False
    nothing = object()
    return read_named(ob, name, nothing) is not nothing


def write_named(ob: Any, name: object, value: Any) -> None:
    """Do what `setattr` does, to what the plugin's own source defines."""
    _guard_of(name, label_too=False)
    setattr(write(ob), str(name), value)


def delete_named(ob: Any, name: object) -> None:
    """Do what `delattr` does, to what the plugin's own source defines."""
    _guard_of(name, label_too=False)
    delattr(write(ob), str(name))


def _guard_of(name: object, *, label_too: bool) -> Callable[[Any, Any], Any]:
    # The exact type: a subclass could say of itself that it begins with no underscore.
    if type(name) is not str:
        raise TypeError(f"an attribute's name is text, not {type(name).__name__}")
    if label_too and name in rules.LABELS:
        return label
    if rules.is_closed(name):
        _refuse(name, "no plugin may use this name")
    if name in rules.LOOKED_AT:
        return look
    return own if name.startswith("_") else read


# Formatting: a small language that reads attributes, so only its plain part is there.


def _formatter(template: str, method: str) -> Callable[..., str]:
    def format(*args: Any, **named: Any) -> str:
        _check_template(template)
        return getattr(template, method)(*args, **named)  # type: ignore[no-any-return]

    return format


def _check_template(template: str) -> None:
    for _, field, spec, _ in string.Formatter().parse(template):
        if field is not None and ("." in field or "[" in field):
            raise ValueError(
                f"rule `format-field`: `{{{field}}}` looks into a value; give the part "
                "itself, or use a format string"
            )
        if spec:
            _check_template(spec)


# `type`


class _Kind(type):
    """Makes `isinstance(x, type)` and `type(x)` work, and no more of `type`."""

    def __call__(cls, *args: Any) -> Any:
        if len(args) != 1:
            raise TypeError("rule `class-statement`: write a class with `class`")
        kind = builtins.type(args[0])
        if kind in _known_types or is_own_type(kind):
            return kind
        raise TypeError(f"rule `closed-type`: the class `{kind.__name__}` is closed")

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, type)


class Kind(metaclass=_Kind):
    """What a plugin knows as `type`."""

    __class_getitem__: Any = classmethod(types.GenericAlias)
