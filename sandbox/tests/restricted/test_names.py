"""Names: what may be bound, and what may be read without being bound."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "source",
    [
        "_ = 1",
        "_helper = 1",
        "def _helper(): return _helper",
        "__all__ = ['x']",
        "__version__ = '1'",
        "class A:\n    __slots__ = ('x',)",
        "for _, _x in []: pass",
        "print(__name__)",
        "input = 1\nprint(input)",
        "def f(dir): return dir",
        "def f():\n    global x\n    x = 1",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x += 1",
    ],
)
def test_ordinary_names_are_fine(refused, source):
    assert refused(source) == ""


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("_getattr_ = 1", "_getattr_"),
        ("__builtins__ = 1", "__builtins__"),
        ("print(__builtins__)", "__builtins__"),
        ("__name__ = 1", "__name__"),
        ("def _write_(): pass", "_write_"),
        ("def f(_getattr_): pass", "_getattr_"),
        ("def f(_getattr_, /): pass", "_getattr_"),
        ("def f(*_getattr_): pass", "_getattr_"),
        ("def f(**_getattr_): pass", "_getattr_"),
        ("def f(*, _getattr_=1): pass", "_getattr_"),
        ("f = lambda _write_, /: 1", "_write_"),
        ("class __x__: pass", "__x__"),
        ("import json as _getattr_", "_getattr_"),
        ("from json import dumps as _getattr_", "_getattr_"),
        ("try: pass\nexcept ValueError as _getattr_: pass", "_getattr_"),
        ("with open_() as _getattr_: pass", "_getattr_"),
        ("for _getattr_ in []: pass", "_getattr_"),
        ("[1 for _getattr_ in []]", "_getattr_"),
        ("(_getattr_ := 1)", "_getattr_"),
        ("x, *_getattr_ = 1, 2", "_getattr_"),
        ("def f():\n    global _getattr_", "_getattr_"),
        ("def f():\n    nonlocal _getattr_", "_getattr_"),
        ("match 1:\n    case _getattr_: pass", "_getattr_"),
        ("match 1:\n    case [*_getattr_]: pass", "_getattr_"),
        ("match 1:\n    case {**_getattr_}: pass", "_getattr_"),
        ("_getattr_: int = 1", "_getattr_"),
        ("del _getattr_", "_getattr_"),
        ("_getattr_ += 1", "_getattr_"),
        ("def f(): __slots__ = 1", "__slots__"),
        ("__private = 1", "__private"),
    ],
)
def test_no_way_of_binding_takes_a_reserved_name(refused, source, name):
    assert (
        f"rule `underscore-name`: `{name}` is reserved; one underscore in front is "
        "fine, but not two, and none at the end"
    ) in refused(source)


@pytest.mark.parametrize("name", ["gi_frame", "tb_frame", "f_globals", "co_code"])
def test_a_field_cannot_have_the_name_of_an_interpreters_attribute(refused, name):
    # A dataclass makes `__match_args__` of its fields, and `match` reads them.
    assert refused(f"class A:\n    {name}: int") == (
        f"2: rule `interpreter-name`: `{name}` is the interpreter's name"
    )


@pytest.mark.parametrize(
    "name", ["eval", "exec", "compile", "open", "globals", "vars", "input", "id"]
)
def test_built_in_names_that_are_missing_are_told_before_the_code_runs(refused, name):
    assert refused(f"def f():\n    return {name}('x')") == (
        f"2: rule `built-in`: `{name}` is not there for a plugin"
    )


def test_super_is_only_called(refused):
    assert refused("class A:\n    def f(self): return super().f()") == ""
    assert refused("s = super") == (
        "1: rule `super`: `super` can only be called, as `super()`"
    )
    assert refused("super = 1") == (
        "1: rule `super`: `super` can only be called, as `super()`"
    )
    assert refused("class A:\n    def f(self): return super(A, self).f()") == (
        "2: rule `super`: `super()` takes no arguments here"
    )


@pytest.mark.skipif("sys.version_info < (3, 12)")
def test_type_parameters_are_names_like_others(refused):
    assert refused("type Pair[T] = tuple[T, T]\ndef f[T](x: T) -> T: return x") == ""
    assert "`_getattr_` is reserved" in refused("def f[_getattr_](x): return x")
    assert "`_getattr_` is reserved" in refused("class A[*_getattr_]: pass")
    assert "`_getattr_` is reserved" in refused("type _getattr_ = int")
