"""Settings under a rewrite: what a person may change later has to work then, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from plugwright_forge.constants import Value, constants, lacking, with_values
from plugwright_forge.specification import Setting, Specification


def lost_setting(specification: Specification, code: str) -> str:
    """Name a setting that is no constant of this file any more; empty if all are."""
    names = [setting.name for setting in specification.settings]
    return next(iter(lacking(code, names)), "")


def other_settings(
    specification: Specification, *codes: str
) -> Iterator[tuple[str, ...]]:
    """Give the name of each setting, and the files with another value of it."""
    values = constants(codes[0])
    for setting in specification.settings:
        other = _other(setting, values)
        if other is not None:
            changed = (with_values(code, {setting.name: other}) for code in codes)
            yield (setting.name, *changed)


def _other(setting: Setting, values: Mapping[str, Value]) -> Value | None:
    now = values.get(setting.name)
    near: tuple[Value, ...] = ("other",)
    if isinstance(now, bool):
        near = (not now,)
    elif isinstance(now, int | float):
        near = (now + 1, now - 1)
    return next(
        (
            each
            for each in chain(near, setting.choices)
            if each != now and setting.allows(each)
        ),
        None,
    )
