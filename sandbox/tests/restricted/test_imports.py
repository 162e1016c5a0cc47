"""Imports: a plugin's own files, facades, and nothing else."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "source",
    [
        "import json",
        "import json as j, math",
        "import collections.abc",
        "import urllib.parse as parse",
        "from collections import abc, namedtuple",
        "from collections.abc import Iterable",
        "from datetime import date, datetime as dt",
        "from plugwright_sdk import command, storage",
        "import guarded_plugin",
        "from guarded_plugin import _helper",
        "from __future__ import annotations",
    ],
)
def test_what_is_offered_can_be_imported(refused, source):
    assert refused(source) == ""


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os", "import`: `os` cannot be imported; a plugin imports its own"),
        ("import os.path", "import`: `os.path` cannot be imported"),
        ("import json.decoder", "import`: `json.decoder` cannot be imported"),
        ("from sys import modules", "import`: `sys` cannot be imported"),
        ("import importlib", "import`: `importlib` cannot be imported"),
        ("import plugwright_sdk.registry", "`plugwright_sdk.registry` cannot be"),
        ("from json import codecs", "`codecs` of `json` is not there for a plugin"),
        ("from string import Formatter", "`Formatter` of `string` is not there"),
        ("from json import *", "star-import`: name what you import, instead of `*`"),
        ("from . import x", "relative-import`: there are no packages here"),
        ("from .json import x", "relative-import`: there are no packages here"),
        ("from json import __builtins__", "`__builtins__` is reserved"),
        ("from guarded_plugin import __spec__ as s", "`__spec__` is reserved"),
        ("from guarded_plugin import __builtins__ as b", "`__builtins__` is reserved"),
        ("from guarded_plugin import __dict__ as d", "`__dict__` is reserved"),
        ("import _io", "import`: `_io` cannot be imported"),
        ("from __future__ import division", "import`: `__future__` cannot"),
        ("if 1:\n    from __future__ import annotations", "`__future__` cannot"),
    ],
)
def test_everything_else_is_refused(refused, source, why):
    assert why in refused(source)


def test_a_late_import_is_refused_like_an_early_one(refused):
    assert refused("def f():\n    import subprocess") == (
        "2: rule `import`: `subprocess` cannot be imported; a plugin imports its own "
        "files and what the host offers"
    )


def test_a_missing_name_does_not_fall_back_on_the_real_module(run):
    # The interpreter looks in `sys.modules` when an import finds no attribute.
    assert run(
        """
        from collections import abc
        import urllib.parse
        def main():
            return [type(urllib.parse.quote("a b")), abc.Iterable is not None]
        """
    ) == [str, True]
