"""Published ways out of RestrictedPython, and the ones that its design invites.

Each runs behind the filter alone, without the process around it: what it says here is
the filter's own answer. A source that is refused gives its rule; one that runs raises.
"""

from __future__ import annotations

import ast
import re
import textwrap

import pytest

REJECTED = {
    "issue 142, 2018: `getattr` by dunder": ("x.__getattribute__('a')", "underscore"),
    "row 1: subclasses": ("().__class__.__base__.__subclasses__()", "underscore"),
    "row 3: globals": ("(lambda: 0).__globals__", "underscore"),
    "row 3: builtins": ("(lambda: 0).__builtins__", "underscore"),
    "row 4: code": ("(lambda: 0).__code__.replace(co_code=b'')", "underscore"),
    "row 6: vars": ("vars()", "built-in"),
    "row 6: globals()": ("globals()", "built-in"),
    "row 9: reduce": ("(1).__reduce_ex__(2)", "underscore"),
    "row 11: getattribute": ("object.__getattribute__(1, 'a')", "underscore"),
    "row 15: string.Formatter": ("from string import Formatter", "import"),
    "row 16: dunder in an f-string": ("f'{().__class__}'", "underscore"),
    "row 19: generator frame, CVE-2023-37271": (
        "(g := (x for x in [1])).gi_frame.f_back.f_builtins",
        "interpreter-name",
    ),
    "row 20: coroutine frame": ("x.cr_frame", "interpreter-name"),
    "row 20: async generator frame, 8.5": ("x.ag_frame", "interpreter-name"),
    "row 20: generator code": ("x.gi_code", "interpreter-name"),
    "row 21: traceback": ("x.__traceback__.tb_frame", "underscore"),
    "row 21: traceback's next": ("x.tb_next", "interpreter-name"),
    "row 29: os": ("import os", "import"),
    "row 30: a module's module": ("from json import codecs", "import"),
    "row 31: importlib": ("import importlib", "import"),
    "row 31: __import__": ("__import__('os')", "underscore-name"),
    "row 32: sys": ("import sys", "import"),
    "row 34: private import, 4.0": ("from json import _getattr_", "underscore-name"),
    "row 34: import as a guard": ("import json as _getattr_", "underscore-name"),
    "row 34: star import, 4.0": ("from json import *", "star-import"),
    "row 39: metaclass": ("class A(metaclass=type): pass", "metaclass"),
    "row 40: types": ("import types", "import"),
    "row 41: eval": ("eval('1')", "built-in"),
    "row 41: exec by another name": ("e = exec", "built-in"),
    "row 41: compile": ("compile('1', '', 'eval')", "built-in"),
    "row 42: pickle": ("import pickle", "import"),
    "row 44: ctypes": ("import ctypes", "import"),
    "row 45: memoryview": ("memoryview(b'')", "built-in"),
    "row 45: struct": ("import struct", "import"),
    "row 53: digits": ("from sys import set_int_max_str_digits", "import"),
    "row 59: gc": ("import gc", "import"),
    "row 108: signal": ("import signal", "import"),
    "CVE-2025-22153: except*": ("try: pass\nexcept* E: pass", "except-star"),
    "CVE-2026-55830: positional-only guard": (
        "def f(_getattr_, /): return x.real",
        "underscore-name",
    ),
    "CVE-2026-55830: positional-only lambda": (
        "lambda _write_, /: x.real",
        "underscore-name",
    ),
    "row 10: __set_name__": (
        "class A:\n    def __set_name__(self, owner, name): pass",
        "underscore-name",
    ),
    "row 10: __init_subclass__": (
        "class A:\n    def __init_subclass__(cls): pass",
        "underscore-name",
    ),
    "row 28: __del__": ("class A:\n    def __del__(self): pass", "underscore-name"),
}


@pytest.mark.parametrize("source", REJECTED, ids=str)
def test_refused_before_it_runs(refused, source):
    text, rule = REJECTED[source]

    assert f"rule `{rule}" in refused(text)


RAISING = {
    "row 2: a built name": ("getattr(1, '__cl' + 'ass__')", "AttributeError"),
    "row 5, 7.2: a subclass of text as a name": (
        "class S(str):\n    def startswith(self, *x): return False\n"
        "getattr(1, S('__class__'))",
        "TypeError: an attribute's name is text, not S",
    ),
    "row 5: the same for hasattr": (
        "class S(str): pass\nhasattr(1, S('__class__'))",
        "TypeError",
    ),
    "row 5: the same for setattr": (
        "class S(str): pass\nclass A: pass\nsetattr(A(), S('__class__'), A)",
        "TypeError",
    ),
    "row 7, 9.0: attrgetter": (
        "from operator import attrgetter\nattrgetter('__class__.__base__')(1)",
        "AttributeError",
    ),
    "9.0: attrgetter of a format": (
        "from operator import attrgetter\nattrgetter('format')(str)",
        "AttributeError",
    ),
    "9.0: methodcaller": (
        "from operator import methodcaller\nmethodcaller('__reduce_ex__', 2)(1)",
        "AttributeError",
    ),
    "9.0: methodcaller of a format": (
        "from operator import methodcaller\nmethodcaller('format', 1)('{0.__class__}')",
        "ValueError: rule `format-field`",
    ),
    "row 8: reduce": (
        "from functools import reduce\nreduce(getattr, ['__class__'], 1)",
        "AttributeError",
    ),
    "row 13: format, CVE-2023-41039": (
        "'{0.__class__.__init__.__globals__}'.format(print)",
        "ValueError: rule `format-field`",
    ),
    "row 14: format_map, CVE-2023-41039": (
        "'{a.__class__}'.format_map({'a': 1})",
        "ValueError: rule `format-field`",
    ),
    "row 14: map of a format": (
        "list(map('{0.__class__}'.format, [1]))",
        "ValueError: rule `format-field`",
    ),
    "row 14: the unbound format": ("str.format('{0.__class__}', 1)", "AttributeError"),
    "CVE-2024-47532: AttributeError.obj": (
        "try:\n    (1).nothing\nexcept AttributeError as e:\n    e.obj",
        "AttributeError: rule `closed-attribute`: `.obj`",
    ),
    "CVE-2024-47532: by name": (
        "try:\n    (1).nothing\nexcept AttributeError as e:\n    getattr(e, 'obj')",
        "AttributeError: rule `closed-attribute`: `.obj`",
    ),
    "the same through a subclass": (
        "class E(AttributeError):\n    def f(self): return super().obj\nE().f()",
        r"AttributeError: .* not by way of `super\(\)`",
    ),
    "row 39: type with three arguments": (
        "type('X', (object,), {})",
        "TypeError: rule `class-statement`",
    ),
    "row 39: the type of a type": ("type(int)('X', (), {})", "TypeError: rule `closed"),
    "row 40: the type of a function": ("type(lambda: 0)", "TypeError: rule `closed"),
    "row 33: poisoning a module": (
        "import json\njson.dumps = print",
        "AttributeError: rule `write`",
    ),
    "row 33: poisoning a class": (
        "from statistics import NormalDist\nNormalDist.mean = 1",
        "AttributeError: rule `write`",
    ),
    "mro": ("int.mro()", "AttributeError: rule `closed-attribute`: `.mro`"),
    "update_wrapper's attributes": (
        "from functools import wraps\nwraps(print, assigned=('__self__',))",
        "TypeError",
    ),
    "a named tuple's code, by lying names": (
        "class S(str):\n    def isidentifier(self): return True\n"
        "    def replace(self, *x): return self\n    def split(self): return [self]\n"
        "from collections import namedtuple\n"
        "namedtuple('A', S('x=print(1)'))",
        "ValueError",
    ),
    "a named tuple's interpreter fields": (
        "from collections import namedtuple\nnamedtuple('A', 'tb_frame')",
        "ValueError: rule `underscore-name`",
    ),
    "a dataclass's code, by field names": (
        "from dataclasses import dataclass\nfrom typing import TypedDict\n"
        "dataclass(TypedDict('A', {'x: (0).__class__': int}))",
        "ValueError: rule `underscore-name`",
    ),
    "a dataclass's interpreter fields": (
        "from dataclasses import dataclass\nfrom typing import TypedDict\n"
        "dataclass(TypedDict('A', {'tb_frame': int}))",
        "ValueError: rule `underscore-name`",
    ),
    "row 45: a view of memory by way of a buffer": (
        "import io\nio.BytesIO(b'x').getbuffer()",
        "AttributeError: rule `closed-attribute`: `.getbuffer`",
    ),
    "copying a module": ("import json, copy\ncopy.copy(json)", "TypeError"),
}


@pytest.mark.parametrize("source", RAISING, ids=str)
def test_refused_while_it_runs(value, source):
    text, error = RAISING[source]

    with pytest.raises((AttributeError, TypeError, ValueError)) as caught:
        value(f"{text}\nreturn 'out'")
    told = f"{type(caught.value).__name__}: {caught.value}"
    assert re.match(error, told), told


def test_smolagents_escapes_find_nothing_to_begin_with(refused):
    for source in (
        "import random._os",
        "from random import _os",
        "import queue\nqueue.threading.sys",
        "import doctest\ndoctest.inspect.os.system('id')",
        "import statistics\nstatistics.sys",
    ):
        assert refused(source) != "" or "statistics" in source


def test_a_traceback_that_a_context_is_given_tells_nothing(value, refused):
    source = """
        class C:
            def __enter__(self): return self
            def __exit__(self, kind, error, trace):
                self.trace = trace
                return True
        with C() as c:
            raise ValueError
    """
    assert "interpreter-name" in refused(textwrap.dedent(source) + "c.trace.tb_frame")
    with pytest.raises(AttributeError, match="closed"):
        value(textwrap.dedent(source) + "getattr(c.trace, 'tb_' + 'frame')")
    # Whoever holds it cannot read it from its own attribute either.
    with pytest.raises(AttributeError, match="it leads out of the plugin"):
        value(textwrap.dedent(source) + "return c.trace")


def test_a_protocol_cannot_be_asked_at_run_time(refused):
    assert "rule `import`" in refused("from typing import runtime_checkable")


def test_every_attribute_in_the_compiled_tree_is_read_by_a_guard(library):
    """Nothing is left of `a.b` where every name may lead out."""
    from plugwright_sandbox.restricted.language import Policy

    source = textwrap.dedent(
        """
        a.b.c[d.e](f.g, *h.i, **j.k)
        x = lambda y=l.m: n.o
        @p.q
        def r(s=t.u): return v.w
        class A(b.c):
            z = d.e
            def f(self): return [g.h for i in j.k if l.m]
            def __init__(self): super().__init__(a.b)
        f"{n.o:{p.q}}"
        with r.s as t.u: pass
        for v.w in x.y: del z.a
        b.c += d.e
        e.f: int = g.h
        """
    )
    tree = ast.parse(source)
    policy = Policy(tree, "plugin.py", library.offers, [])
    tree = policy.visit(tree)

    assert policy.refusals == []
    reads = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    ]
    assert reads == []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node.value).startswith("_write_(")
