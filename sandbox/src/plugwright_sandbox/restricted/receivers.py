"""Methods of the library's classes, for objects of these classes only.

Read from its class, a method of a class that is written in Python takes anything as
`self`; those written in C do not. Most are harmless then. Not so those that ask what
class `self` is of, and call that (`UserList.copy(int)` is `type`), or that write to it.
"""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Callable, Iterable
from typing import Any

from plugwright_sandbox.restricted import rules

_WRITES = ("STORE_ATTR", "DELETE_ATTR")
_REVEALS = frozenset(
    {
        *("__class__", "__dict__", "__new__", "type", "vars", "getattr"),
        *("setattr", "delattr", "__setattr__", "__delattr__"),
    }
)
_HEAP = 1 << 9
"""The flag of a class that was not made by C code (`Py_TPFLAGS_HEAPTYPE`)."""


def check_receivers(classes: Iterable[type]) -> None:
    """Make such methods of these classes look at what they are called on.

    Done once, in the process that plugins run in.
    """
    for kind in {above for each in classes for above in each.__mro__}:
        if not kind.__flags__ & _HEAP:
            continue
        for name, value in list(vars(kind).items()):
            if rules.is_closed(name):
                continue  # nobody can read it from its class
            made = _checked(value, kind)
            if made is not value:
                type.__setattr__(kind, name, made)


def _checked(value: Any, kind: type) -> Any:
    if type(value) is property:
        parts = (value.fget, value.fset, value.fdel)
        get, put, drop = made = (*(_checked(part, kind) for part in parts),)
        return value if made == parts else property(get, put, drop, value.__doc__)
    if type(value) is types.FunctionType and _is_sensitive(value):
        return _checking(value, kind)
    return value


def _checking(function: Callable[..., Any], kind: type) -> Callable[..., Any]:
    @functools.wraps(function)
    def method(receiver: Any, /, *args: Any, **named: Any) -> Any:
        if kind not in type(receiver).__mro__:
            what = f"`{function.__name__}` is for objects of `{kind.__name__}`"
            raise TypeError(f"rule `receiver`: {what}")
        return function(receiver, *args, **named)

    return method


def _is_sensitive(function: types.FunctionType) -> bool:
    # A wrapper does what the wrapped function does.
    wrapped = getattr(function, "__wrapped__", None)
    return _reveals(function.__code__) or (
        type(wrapped) is types.FunctionType and _is_sensitive(wrapped)
    )


def _reveals(code: types.CodeType) -> bool:
    return any(
        step.opname in _WRITES or step.argval in _REVEALS
        for step in dis.get_instructions(code)
        if type(step.argval) is str
    ) or any(
        _reveals(inner) for inner in code.co_consts if type(inner) is types.CodeType
    )


__all__ = ["check_receivers"]
