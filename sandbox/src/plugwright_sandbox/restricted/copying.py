"""`copy` as a plugin gets it: a copy gets no attribute that a plugin could not write.

Copying asks an object for its state, and gives the copy attributes of these names.
"""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

from plugwright_sandbox.restricted import rules

_HARMLESS = frozenset({"__notes__", "__orig_class__"})
"""What the interpreter and `typing` keep in an object's own attributes."""


def _library() -> ModuleType:
    # One of our own, because the library's serves the host's code, too.
    spec = importlib.util.find_spec("copy")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


_copy = _library()
_rebuild = _copy._reconstruct


def _checked(value: Any, memo: Any, make: Any, *parts: Any, **options: Any) -> Any:
    """Do what `copy` does with what an object said of itself, after a look at it."""
    state = parts[1] if len(parts) > 1 else None
    if not _takes_itself(type(value)):
        for part in state if isinstance(state, tuple) else (state,):
            for name in part if isinstance(part, dict) else ():
                _check(name)
    return _rebuild(value, memo, make, *parts, **options)


def _takes_itself(kind: type) -> bool:
    """Whether it is told its state, and no attribute is set by name."""
    return hasattr(kind, "__setstate__") and not issubclass(kind, BaseException)


def _check(name: object) -> None:
    # A subclass of text could lie about how it begins.
    if type(name) is not str or (rules.is_closed(name) and name not in _HARMLESS):
        raise TypeError("rule `closed-attribute`: such a state cannot be copied")


_copy._reconstruct = _checked  # type: ignore[attr-defined]


def copy(value: Any) -> Any:
    """Do what `copy.copy` does."""
    return _copy.copy(value)


def deepcopy(value: Any) -> Any:
    """Do what `copy.deepcopy` does."""
    return _copy.deepcopy(value)


__all__ = ["copy", "deepcopy"]
