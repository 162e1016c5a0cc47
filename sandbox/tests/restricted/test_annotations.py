"""Annotations: source text that is evaluated late, and by somebody else."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = "from __future__ import annotations\n"
PROGRAM = """
import sys, typing
from plugwright_sandbox.restricted.loading import Library, Loader
loader = Loader(Library([]), {"plugin.py": sys.argv[1]})
loader.install()
loader.compile_all({})
import plugin
print(typing.get_type_hints(plugin.f, include_extras=True).get("x"))
"""
"""A process of its own, since the loader takes over the whole interpreter."""


def hint(source: str) -> str:
    """The annotation of the parameter `x` of `f`, as a stranger evaluates it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, source],
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize("late", ["", LATE])
@pytest.mark.parametrize(
    ("head", "annotation", "shown"),
    [
        ("", "list[int]", "list[int]"),
        ("", "dict[str, int] | None", "dict[str, int] | None"),
        ("import datetime", "datetime.date", "<class 'datetime.date'>"),
        ("class A: pass", "'A'", "<class 'plugin.A'>"),
        ("from typing import Literal", "Literal['a']", "typing.Literal['a']"),
        ("from typing import Optional", "Optional['int']", "typing.Optional[int]"),
    ],
)
def test_annotations_mean_what_they_mean_elsewhere(late, head, annotation, shown):
    assert hint(f"{late}{head}\ndef f(x: {annotation}): pass") == shown


@pytest.mark.parametrize("late", ["", LATE])
def test_an_annotation_is_looked_at_like_other_code(refused, late):
    assert "rule `underscore-attribute`" in refused(
        f"{late}def f(x: ().__class__): pass"
    )
    assert "rule `built-in`" in refused(f"{late}def f() -> open('x'): pass")
    assert "rule `underscore-attribute`" in refused(f"{late}x: ().__class__ = 1")


@pytest.mark.parametrize(
    ("annotation", "error"),
    [
        ("'().__class__.__base__'", "SyntaxError"),
        ("list['().__class__']", "SyntaxError"),
        ("list['(' + ').__class__']", "SyntaxError"),
        ("'open(\"/etc/passwd\")'", "SyntaxError"),
        ("'__import__(\"os\")'", "SyntaxError"),
        ("'getattr(print, \"__self__\")'", "AttributeError: rule `closed-attribute`"),
        ("'breakpoint'", "SyntaxError"),
    ],
)
def test_text_that_is_evaluated_as_an_annotation_is_looked_at_first(annotation, error):
    assert error in hint(f"def f(x: {annotation}): pass")


def test_an_annotation_sees_no_names_of_other_modules():
    source = (
        "import json\nfrom functools import wraps, lru_cache\n"
        "@wraps(json.dumps)\ndef f(x: 'codecs'): pass"
    )

    assert hint(source).startswith("NameError: name 'codecs' is not defined")


@pytest.mark.parametrize("annotation", ["A", "'A'", "list['A']"])
def test_a_class_below_is_seen(annotation):
    late = LATE if annotation == "A" else ""

    assert "plugin.A" in hint(f"{late}def f(x: {annotation}): pass\nclass A: pass")


def test_an_attribute_of_a_class_does_not_stand_in_for_a_guard():
    source = (
        "import datetime\nclass f:\n    __slots__ = ('_getattr_',)\n"
        "    x: 'datetime.date'"
    )

    # The only attribute of that name that a class could ever get.
    assert "no slot can be named `_getattr_`" in hint(source)


def test_a_fields_annotation_is_looked_at_too():
    source = (
        "from dataclasses import dataclass\n"
        "@dataclass\nclass A:\n    x: '().__class__'\nf = A"
    )

    assert "SyntaxError" in hint(source)


def test_a_future_that_is_not_one_is_refused(refused):
    assert "rule `import`" in refused("x = 1; from __future__ import barry_as_FLUFL")
    # It is taken out of the tree; the compiler is told what this policy decided.
    assert refused(f"'Words.'\n{LATE}") == ""
