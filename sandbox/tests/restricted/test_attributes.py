"""Attributes: `a.b` asks a guard, and what leads behind an object is refused."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = (1).real\n", ""),
        ("x = ().__class__\n", "`.__class__` is closed; use `type(...)`"),
        ("x = int.__subclasses__\n", "`.__subclasses__` is closed"),
        (
            "class A(dict):\n    def f(self): dict.__init__(self)\n",
            "`.__init__` is closed; inside a class, `super().__init__(...)` works",
        ),
        ("def f(): pass\nf.__globals__\n", "`.__globals__` is closed"),
        ("x = 1\nx._getattr_\n", "`._getattr_` is closed"),
        ("del (1).__doc__\n", "`.__doc__` is closed"),
    ],
)
def test_attributes_with_two_underscores_are_closed(refused, source, why):
    line = source.count("\n")
    expected = f"{line}: rule `underscore-attribute`: {why}" if why else ""

    assert refused(source) == expected


@pytest.mark.parametrize(
    "name", ["gi_frame", "tb_next", "f_back", "co_consts", "cr_await", "ag_frame"]
)
def test_the_interpreters_own_attributes_are_refused(refused, name):
    assert refused(f"def f(x):\n    return x.{name}\n") == (
        f"2: rule `interpreter-name`: `.{name}` is the interpreter's own"
    )


def test_a_name_and_a_description_can_be_read(value):
    assert value(
        """
        class A:
            "Says what it is."
        return [A.__name__, A.__doc__, type(KeyError()).__name__, __name__ != ""]
        """
    ) == ["A", "Says what it is.", "KeyError", True]


def test_private_attributes_are_for_what_is_the_plugins_own(value):
    assert (
        value(
            """
            class Counter:
                _step = 2
                def __init__(self):
                    self._count = 0
                def up(self):
                    self._count += self._step
                    return self
            return Counter().up()._count
            """
        )
        == 2
    )


def test_private_attributes_of_others_are_closed(value):
    with pytest.raises(AttributeError) as caught:
        value("import textwrap\nreturn textwrap.TextWrapper()._wrap_chunks")

    assert str(caught.value) == (
        "rule `closed-attribute`: `._wrap_chunks` is closed; it is private to "
        "`TextWrapper`"
    )


def test_named_tuples_have_public_names_with_an_underscore(value):
    assert value(
        """
            from collections import namedtuple
            Point = namedtuple("Point", "x y")
            return Point(1, 2)._replace(y=3)._asdict()
            """
    ) == {"x": 1, "y": 3}


def test_a_plugin_changes_what_it_defines(value):
    assert value(
        """
            class A:
                pass
            def f():
                pass
            a = A()
            a.x, A.y, f.z = 1, 2, 3
            setattr(a, "w", 4)
            delattr(a, "x")
            return [hasattr(a, "x"), a.y, f.z, a.w]
            """
    ) == [False, 2, 3, 4]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("json.dumps = print", "Facade"),
        ("Fraction.__add__ = 1", ""),
        ("Fraction.numerator = 1", "Fraction"),
        ("setattr(Fraction, 'numerator', 1)", "Fraction"),
        ("storage.get = print", "Storage"),
        ("del json.dumps", "Facade"),
        ("len.x = 1", "builtin_function_or_method"),
        ("[].x = 1", "list"),
    ],
)
def test_a_plugin_changes_nothing_else(value, refused, statement, what):
    source = (
        "import json\nfrom fractions import Fraction\n"
        f"from plugwright_sdk import storage\n{statement}"
    )
    if not what:
        assert "underscore-attribute" in refused(source)
        return
    with pytest.raises(AttributeError) as caught:
        value(source)

    assert str(caught.value) == (
        f"rule `write`: the attributes of `{what}` cannot be set; a plugin changes "
        "what its own source defines"
    )


@pytest.mark.parametrize(
    "name", ["__class__", "__globals__", "gi_frame", "__cl" + "ass__", "_getattr_"]
)
def test_names_that_are_made_at_run_time_are_looked_at_too(value, name):
    with pytest.raises(AttributeError) as caught:
        value(f"return getattr(print, {name!r})")

    assert str(caught.value) == (
        f"rule `closed-attribute`: `.{name}` is closed; no plugin may use this name"
    )
    assert value(f"return hasattr(print, {name!r})") is False


def test_a_default_does_not_open_a_closed_name(value):
    with pytest.raises(AttributeError, match="no plugin may use this name"):
        value("return getattr(print, '__self__', None)")
    assert value("return getattr(print, 'nothing', 7)") == 7


def test_a_module_that_an_object_holds_does_not_come_out(run, library, monkeypatch):
    import os

    monkeypatch.setitem(vars(library.facades["json"]), "os", os)

    with pytest.raises(AttributeError) as caught:
        run("import json\ndef main():\n    return json.os")
    assert str(caught.value) == (
        "rule `closed-attribute`: `.os` is closed; it leads out of the plugin"
    )


def test_names_under_which_there_are_modules_are_read_by_a_guard(library):
    for name in ("os", "sys", "codecs", "json", "abc", "time", "path", "modules"):
        assert name in library.leading
    assert len(library.leading) < 3000


def test_other_names_are_read_at_full_speed(library):
    import ast

    from plugwright_sandbox.restricted.language import Policy

    def compiled(source):
        tree = ast.parse(source)
        policy = Policy(tree, "plugin.py", {}, [], library.leading)
        return ast.unparse(policy.visit(tree))

    assert compiled("a.total") == "a.total"
    assert compiled("a.os") == "_getattr_(a, 'os')"
    assert compiled("a.format") == "_look_(a, 'format')"
    assert compiled("a._x") == "_own_(a, '_x')"
    assert compiled("a.total = b.total") == "_write_(a).total = b.total"


@pytest.mark.parametrize("name", ["__cla\uff53s__", "_\ufe33class__"])
def test_letters_that_python_takes_for_others_change_nothing(refused, name):
    assert "`.__class__` is closed" in refused(f"x = 1\nx.{name}")
    assert "`.__class__` is closed" in refused(
        f"def f(x):\n    match x:\n        case object({name}=y): pass"
    )
