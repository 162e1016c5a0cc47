"""Facades: what a plugin gets when it imports a module that is not its own.

A real module leads to every module that it imports: three lines from `json` to `open`.
A facade holds the offered names, and nothing else. It is read like a module.
"""

from __future__ import annotations

import collections
import enum
import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from plugwright_sandbox.restricted import clock, copying, guards, records, rules
from plugwright_sandbox.restricted.offers import OFFERS


class Facade:
    """What is offered of one module; nothing of it can be changed."""

    # No `__name__`: the interpreter would look for a missing name in `sys.modules`,
    # where `collections.abc` is the real one.

    def __init__(self, title: str, offered: Mapping[str, Any]) -> None:
        self.__dict__.update(offered)
        self.__dict__["__title"] = title

    def __getattr__(self, name: str) -> NoReturn:
        title = self.__dict__["__title"]
        raise AttributeError(f"`{name}` of `{title}` is not there for a plugin")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("what a plugin imports cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("what a plugin imports cannot be changed")

    def __repr__(self) -> str:
        return f"<what a plugin sees of {self.__dict__['__title']!r}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("what a plugin imports cannot be copied")


def offered(facade: Facade) -> frozenset[str]:
    """The names in a facade."""
    return frozenset(name for name in vars(facade) if not name.startswith("_"))


def standard() -> dict[str, Facade]:
    """Make the facades of the standard library, by module."""
    made: dict[str, Facade] = {}
    # The longer names first: a package's facade holds those of its modules.
    for name in sorted(OFFERS, key=lambda name: -name.count(".")):
        real = importlib.import_module(name)
        found: dict[str, Any] = {}
        for offer in OFFERS[name].split():
            if f"{name}.{offer}" in made:
                found[offer] = made[f"{name}.{offer}"]
            elif offer in INSTEAD.get(name, {}):
                found[offer] = INSTEAD[name][offer]
            elif hasattr(real, offer):
                found[offer] = getattr(real, offer)
        made[name] = Facade(name, found)
    return made


def of_packages(modules: Iterable[str]) -> dict[str, Facade]:
    """Make facades of guest packages' modules: what their `__all__` names."""
    made: dict[str, Facade] = {}
    for name in sorted(modules, key=lambda name: -name.count(".")):
        real = importlib.import_module(name)
        if not hasattr(real, "__all__"):
            continue  # it is not for plugins
        found = {each: getattr(real, each) for each in real.__all__}
        inner = {
            each.removeprefix(f"{name}."): facade
            for each, facade in made.items()
            if each.startswith(f"{name}.") and each.count(".") == name.count(".") + 1
        }
        made[name] = Facade(name, inner | found)
    return made


def classes(facades: Iterable[Facade]) -> set[type]:
    """Every class that is offered by name."""
    return {
        value
        for facade in facades
        for value in vars(facade).values()
        if isinstance(value, type)
    }


# What is offered in a form of our own


def _total_ordering(kind: type) -> type:
    records.own_class("total_ordering", kind)
    return functools.total_ordering(kind)


_WORN = ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__")


def _wraps(wrapped: Any) -> Callable[[Any], Any]:
    # `functools.wraps` reads and writes whatever attributes it is told to, and makes
    # annotations be read where the wrapped function was written.
    def wrap(wrapper: Any) -> Any:
        if guards.is_own_function(wrapper) and guards.is_own_function(wrapped):
            for name in _WORN:
                setattr(wrapper, name, getattr(wrapped, name))
            vars(wrapper).update(vars(wrapped))
            wrapper.__wrapped__ = wrapped
        return wrapper

    return wrap


class CachedProperty:
    """What `functools.cached_property` is."""

    # There its name is an ordinary attribute, so that a subclass of a plugin's could
    # have it write under any name.

    def __init__(self, func: Callable[[Any], Any]) -> None:
        self.func = func
        self.__name__ = ""
        self.__doc__ = func.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        if self.__name__ not in ("", name):
            raise TypeError(f"one cached_property for `{self.__name__}` and `{name}`")
        self.__name__ = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if not self.__name__:
            raise TypeError("a cached_property belongs in a class statement")
        kept = vars(instance)
        if self.__name__ not in kept:
            kept[self.__name__] = self.func(instance)
        return kept[self.__name__]


def _namedtuple(
    typename: str,
    field_names: Any,
    *,
    rename: bool = False,
    defaults: Iterable[Any] | None = None,
) -> Any:
    if not isinstance(field_names, str):
        field_names = ",".join([_exact(name) for name in field_names])
    fields = _exact(field_names).replace(",", " ").split()
    for name in fields:
        if rules.is_closed(name) and not rename:
            raise ValueError(f"rule `underscore-name`: no field can be named `{name}`")
    factory: Any = collections.namedtuple
    made = factory(_exact(typename), fields, rename=rename, defaults=defaults)
    made.__module__ = sys._getframe(1).f_globals["__name__"]  # it is the plugin's own
    return made


def _exact(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError("names are text")
    return str.__str__(text)


def _attrgetter(*names: str) -> Callable[[Any], Any]:
    def part(ob: Any, name: str) -> Any:
        for step in _exact(name).split("."):
            ob = guards.read_named(ob, step)
        return ob

    if len(names) == 1:
        return lambda ob: part(ob, names[0])
    return lambda ob: tuple(part(ob, name) for name in names)


def _methodcaller(name: str, /, *args: Any, **named: Any) -> Callable[[Any], Any]:
    return lambda ob: guards.read_named(ob, name)(*args, **named)


INSTEAD: dict[str, dict[str, Any]] = {
    "collections": {"namedtuple": _namedtuple},
    "copy": {"copy": copying.copy, "deepcopy": copying.deepcopy},
    "dataclasses": {
        "asdict": records.asdict,
        "astuple": records.astuple,
        "dataclass": records.dataclass,
        "replace": records.replace,
    },
    "functools": {
        "cached_property": CachedProperty,
        "total_ordering": _total_ordering,
        "wraps": _wraps,
    },
    "operator": {"attrgetter": _attrgetter, "methodcaller": _methodcaller},
    "time": {
        "asctime": clock.asctime,
        "ctime": clock.ctime,
        "gmtime": clock.gmtime,
        "localtime": clock.gmtime,
        "monotonic": clock.seconds,
        "monotonic_ns": clock.nanoseconds,
        "perf_counter": clock.seconds,
        "perf_counter_ns": clock.nanoseconds,
        "process_time": clock.seconds,
        "sleep": clock.no_sleep,
        "strftime": clock.strftime,
        "time": clock.seconds,
        "time_ns": clock.nanoseconds,
    },
}


def close_enum() -> None:
    """Keep `Enum("Name", ...)` from making a class out of a dict.

    Done once, in the process that plugins run in: a dict could hold any special method.
    """

    def refuse(*_: object, **__: object) -> NoReturn:
        raise TypeError("rule `class-statement`: write an enum with `class`")

    enum.EnumType._create_ = refuse  # type: ignore[attr-defined]


__all__ = ["Facade", "classes", "close_enum", "of_packages", "offered", "standard"]
