"""`dataclasses` as a plugin gets it: for its own classes, with names that are names.

`dataclass` makes source text of the fields' names and compiles it, and reads and writes
the attributes of these names ever after, past every guard.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from plugwright_sandbox.restricted import classes, guards, rules


def own_class(what: str, kind: object) -> None:
    """Refuse a class that is not the plugin's."""
    if not (isinstance(kind, type) and guards.is_own_type(kind)):
        raise TypeError(f"rule `own-class`: `{what}` is for a plugin's own classes")


def dataclass(kind: type | None = None, /, **options: Any) -> Any:
    """Do what `dataclasses.dataclass` does."""

    def make(kind: type) -> type:
        own_class("dataclass", kind)
        _check_fields(kind)
        made: type = dataclasses.dataclass(**options)(kind)
        classes.close_patterns(made)
        return made

    return make if kind is None else make(kind)


def asdict(obj: Any, **options: Any) -> Any:
    """Do what `dataclasses.asdict` does."""
    own_class("asdict", type(obj))
    return dataclasses.asdict(obj, **options)


def astuple(obj: Any, **options: Any) -> Any:
    """Do what `dataclasses.astuple` does."""
    own_class("astuple", type(obj))
    return dataclasses.astuple(obj, **options)


def replace(obj: Any, /, **changes: Any) -> Any:
    """Do what `dataclasses.replace` does."""
    # It calls the object's class, which nobody can call who was not given it.
    own_class("replace", type(obj))
    return dataclasses.replace(obj, **changes)


def _check_fields(kind: type) -> None:
    inside = vars(kind)
    names = inside.get("__annotations__", {})
    for name in names:
        # A class statement has harmless names; `TypedDict("Name", {...})` has any, and
        # of any type: a subclass could become another text when it is written out.
        if type(name) is not str or not name.isidentifier() or rules.is_closed(name):
            shown = str.__repr__(name) if isinstance(name, str) else "this"
            raise ValueError(f"rule `underscore-name`: no field can be named {shown}")
        field = inside.get(name)
        if type(field) is dataclasses.Field and field.name is not None:
            # It would get another name, in the class that has it already.
            raise ValueError(f"rule `shared-field`: `{name}` has another one's `field`")
        if name in rules.LOOKED_AT and name not in inside and hasattr(kind, name):
            # That would be taken for its default.
            what = f"every class has a `{name}`; give the field a default"
            raise ValueError(f"rule `closed-attribute`: {what}")
    classes.check_inherited(kind, {*names, *classes.names_of(kind)})


__all__ = ["asdict", "astuple", "dataclass", "own_class", "replace"]
