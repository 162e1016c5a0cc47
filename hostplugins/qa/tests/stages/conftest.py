"""A plugin in the making, looked at as the forge has it looked at."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from plugwright.host import Host
from plugwright.quality import Quality, Remark, Source, quality
from plugwright_qa.stages.desk import Desk, laid_out
from plugwright_qa.stages.taint import Taint, taints

Look = Callable[..., Quality]

GOOD = '''\
"""Doubles numbers."""

from plugwright_sdk import InputError, command


@command
def double(numbers: list[int]) -> list[int]:
    """Give each number twice."""
    if not numbers:
        raise InputError("there is no number")
    return [number * 2 for number in numbers]
'''
README = """\
# doubler

`double` gives each number twice:

    {"numbers": [1, 2]}

Put that into a file and type

    plugwright run doubler double --input numbers.json

and it answers:

    [2, 4]
"""


@pytest.fixture
def good() -> str:
    """A plugin with nothing to say about."""
    return GOOD


@pytest.fixture
def readme() -> str:
    """Its README."""
    return README


@pytest.fixture
def look(host: Host) -> Look:
    """Have the source of a plugin looked at, with all that a good one has."""

    def run(plugin: str = GOOD, *permissions: str, **more: object) -> Quality:
        files = {"plugin.py": plugin, "README.md": README, **more.pop("files", {})}
        left = {name: text for name, text in files.items() if text is not None}
        more.setdefault("examples", {"double": {"numbers": [1, 2]}})
        source = Source(name="doubler", files=left, permissions=permissions, **more)
        return quality(host, source)

    return run


@pytest.fixture
def reading() -> Callable[[Callable[[Desk], list[Remark]], str], list[Remark]]:
    """Have one stage that only reads look at one module."""

    def run(stage, source, *permissions, **files):
        modules = {"plugin.py": source, **files}
        given = Source(name="s", files=modules, permissions=permissions)
        with laid_out(given.subject()) as desk:
            return stage(desk)

    return run


@pytest.fixture
def flows() -> Callable[..., list[Taint]]:
    """Find where input goes in some modules."""

    def run(source: str, **others: str) -> list[Taint]:
        trees = {f"{name}.py": ast.parse(text) for name, text in others.items()}
        return list(taints({"plugin.py": ast.parse(source), **trees}))

    return run
