"""What a plugin's classes are made of, and what the library does with them by name."""

from __future__ import annotations

import builtins
import types

import pytest

from plugwright_sandbox.restricted.classes import METACLASSES

NO_BASES = {
    "the class of classes": "import typing\nbase = typing.Type",
    "the same with a parameter": "import typing\nbase = typing.Type[int]",
    "in an annotated alias": "import typing\nbase = typing.Annotated[typing.Type, 1]",
    "what a plugin knows as `type`": "base = type",
    "the same with a parameter, built in": "base = type[int]",
    "a function": "base = len",
    "a function of its own": "def base(): pass",
    "a number": "base = 1",
    "a module": "import json as base",
}


@pytest.mark.parametrize("source", NO_BASES, ids=str)
def test_no_class_has_a_base_that_is_no_ordinary_class(value, source):
    with pytest.raises(TypeError, match="rule `class-base`: `Made` has a base"):
        value(f"{NO_BASES[source]}\nclass Made(base): pass")


def test_the_librarys_ordinary_bases_are_bases(value):
    assert value(
        """
            import abc, enum, typing
            class A(abc.ABC): pass
            class E(enum.Enum): X = 1
            class N(typing.NamedTuple): x: int
            class T(typing.TypedDict): x: int
            class P(typing.Protocol): x: int
            class G(typing.Generic[typing.TypeVar("V")]): pass
            class L(list[int]): pass
            class O(typing.Any): pass
            return [A(), E.X.value, N(1), T(x=1), G[int](), L(), O()][1:4]
            """
    ) == [1, (1,), {"x": 1}]


def test_no_metaclass_is_known_beside_the_librarys():
    known = {kind.__name__ for kind in METACLASSES}

    assert known == {
        *("type", "ABCMeta", "EnumType", "_AnyMeta", "_ProtocolMeta"),
        *("NamedTupleMeta", "_TypedDictMeta"),
    }


def test_a_class_that_was_made_a_class_of_classes_after_all_is_refused(library):
    from plugwright_sandbox.restricted.classes import build

    class Late:
        def __mro_entries__(self, bases):
            self.asked = getattr(self, "asked", 0) + 1
            return (object,) if self.asked == 1 else (type,)

    with pytest.raises(TypeError, match="rule `class-base`"):
        build(lambda: None, "Made", Late())


def test_super_is_bound_to_an_object(value):
    source = """
        class Above:
            def __init__(self, x):
                self.x = x
        class Below(Above):
            @classmethod
            def by_class(cls, target):
                super().__init__(target, 1)
            def by_self(self, target):
                self = Below
                super().__init__(target, 1)
        """
    for call in ("Below.by_class(Above(0))", "Below(0).by_self(Above(0))"):
        with pytest.raises(AttributeError, match="in a class method"):
            value(f"{source}\n        {call}")


def test_nobody_holds_super_itself(value):
    with pytest.raises(TypeError, match="rule `closed-type`: the class `super`"):
        value(
            "class A:\n    def f(self): return type(super())\nreturn A().f()",
        )


@pytest.mark.parametrize(
    "slots", ["'x'", "('x', '_y')", "['x']", "('x', '__dict__')", "'__weakref__'", "()"]
)
def test_slots_are_names(value, slots):
    assert value(f"class A:\n    __slots__ = {slots}\nreturn len([A()])") == 1
    assert value(f"class A:\n    __slots__: tuple = {slots}\nreturn [A()][1:]") == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("__slots__ = NAMES", "slots"),
        ("__slots__ = ('a', *NAMES)", "slots"),
        ("__slots__ = {'a': 'words'}", "slots"),
        ("__slots__ = [n for n in 'ab']", "slots"),
        ("__slots__ = (1,)", "slots"),
        ("__slots__ = ('__getattr__',)", "underscore-name"),
        ("__slots__: list = ['_getattr_']", "underscore-name"),
        ("__slots__ = later = ['a']", "underscore-name"),
        ("__slots__ = ['a']; later = __slots__", "underscore-name"),
        ("__slots__ += ['a']", "underscore-name"),
        ("def __slots__(self): pass", "underscore-name"),
    ],
)
def test_slots_that_are_no_names_are_refused(refused, body, rule):
    assert f"rule `{rule}`" in refused(f"class A:\n    {body}")


def test_methods_of_the_library_want_objects_of_their_classes(value):
    for call in (
        "collections.UserList.copy(int)",
        "collections.Counter.copy(int)",
        "collections.ChainMap.copy(int)",
        "collections.ChainMap.parents.fget(int)",
        "calendar.Calendar.setfirstweekday(calendar.Calendar, 1)",
        "random.Random.seed(int)",
    ):
        with pytest.raises(TypeError, match="rule `receiver`: "):
            value(f"import calendar, collections, random\nreturn {call}")


def test_methods_of_the_library_work_on_objects_of_their_classes(value):
    assert value(
        """
            import calendar, collections, csv, difflib, graphlib, random
            class Bag(collections.Counter): pass
            class Rows(collections.UserList): pass
            class Map(collections.UserDict): pass
            week = calendar.Calendar()
            week.setfirstweekday(2)
            return [
                Bag("aab").copy()["a"], list(Rows([1]).copy()), Map(a=1).copy()["a"],
                dict(collections.ChainMap({}, {"a": 1}).new_child().parents),
                week.firstweekday, csv.DictReader(["a,b"]).fieldnames,
                difflib.SequenceMatcher(None, "ab", "ab").ratio(),
                list(graphlib.TopologicalSorter({1: [2]}).static_order()),
                random.Random(1).gauss(0, 0),
            ]
            """
    ) == [2, [1], 1, {"a": 1}, 2, ["a", "b"], 1.0, [2, 1], 0.0]


@pytest.mark.parametrize(
    "source",
    [
        "@dataclass\nclass A(str):\n    format: object",
        "@dataclass\nclass A:\n    format: object\nclass B(str, A): pass",
        "@dataclass\nclass A:\n    now: object\nclass B(A, datetime): pass",
        "@dataclass\nclass A:\n    mro: object",
        "F = field(default=1)\n@dataclass\nclass A:\n    a: int = F\n"
        "@dataclass\nclass B:\n    b: int = F",
    ],
)
def test_no_field_is_read_past_the_guards(value, source):
    heading = "from dataclasses import dataclass, field\nfrom datetime import datetime"

    with pytest.raises((TypeError, ValueError), match=r"rule `(closed-a|shared-f)"):
        value(f"{heading}\n{source}")


def test_a_field_of_a_plain_class_has_any_good_name(value):
    assert value(
        """
            from collections import namedtuple
            from dataclasses import asdict, astuple, dataclass, replace
            @dataclass
            class Export:
                format: str
                now: str = "n"
                mro: int = 1
            class Row(namedtuple("Row", "format obj")): pass
            one = replace(Export("csv"), now="m")
            return [asdict(one), astuple(one), Row(1, 2).format, type(Row(1, 2)) is Row]
            """
    ) == [{"format": "csv", "now": "m", "mro": 1}, ("csv", "m", 1), 1, True]


@pytest.mark.parametrize("function", ["asdict", "astuple", "replace"])
def test_the_hosts_dataclasses_are_not_taken_apart(value, function):
    with pytest.raises(TypeError, match="rule `own-class`"):
        value(
            f"""
            from dataclasses import {function}
            from plugwright_sdk import command
            @command
            def {function}_it(x: int) -> int:
                return x
            return {function}({function}_it.signature.result)
            """
        )


@pytest.mark.parametrize(
    "way",
    [
        "typing.Annotated[str, 1].format",
        "typing.Type.mro",
        "typing.Annotated[datetime.datetime, 1].now",
        "typing.Iterable.register",
        "functools.lru_cache(str).format",
        "functools.lru_cache(datetime.datetime).now",
        "functools.lru_cache(io.BytesIO).getbuffer",
    ],
)
def test_what_depends_on_the_object_is_not_had_another_way(value, way):
    heading = "import datetime, functools, io, typing"

    with pytest.raises(AttributeError, match="rule `closed-attribute`"):
        value(f"{heading}\nreturn {way}")
    ob, _, name = way.rpartition(".")
    with pytest.raises(AttributeError, match="rule `closed-attribute`"):
        value(f"{heading}\nreturn getattr({ob}, {name!r})")


def test_a_copy_gets_no_attribute_that_a_plugin_could_not_write():
    from plugwright_sandbox.restricted import copying

    class Odd:
        def __init__(self, state):
            self.state = state

        def __reduce_ex__(self, protocol):
            return types.SimpleNamespace, (), self.state

    for state in ({"__class__": 1}, (None, {"tb_frame": 1}), ({"_a_": 1}, None)):
        for copy in (copying.copy, copying.deepcopy):
            with pytest.raises(TypeError, match="cannot be copied"):
                copy(Odd(state))
            with pytest.raises(TypeError, match="cannot be copied"):
                copying.deepcopy([Odd(state)])
    assert copying.copy(Odd({"a": 1, "_b": 2}))._b == 2


def test_objects_are_copied(value):
    assert value(
        """
            import copy
            class A:
                def __init__(self):
                    self.x, self._y = [1], 2
            class Problem(Exception): pass
            problem = Problem(3)
            problem.add_note("words")
            one = A()
            deep, flat = copy.deepcopy(one), copy.copy(one)
            one.x.append(2)
            return [deep.x, flat.x, deep._y, copy.copy(problem).args]
            """
    ) == [[1], [1, 2], 2, (3,)]


def test_a_cached_property_is_computed_once(value):
    assert value(
        """
            from functools import cached_property
            class A:
                calls = 0
                @cached_property
                def x(self):
                    "Words."
                    A.calls += 1
                    return [1]
            one = A()
            one.x.append(2)
            return [one.x, A.calls, A.x.__doc__, A.x.func(one)]
            """
    ) == [[1, 2], 1, "Words.", [1]]


def test_a_cached_property_keeps_its_name(value):
    source = """
        from functools import cached_property
        class Told(cached_property): pass
        class A:
            x = Told(lambda self: 1)
        """
    assert value(f"{source}\n        A.x.attrname = 'y'\n        return A().x") == 1
    with pytest.raises(AttributeError, match="rule `closed-attribute`"):
        value(f"{source}\n        setattr(A.x, '__name__', 'y')")
    with pytest.raises(TypeError, match="belongs in a class statement"):
        value(f"{source}\n        A.y = Told(len)\n        A().y")


@pytest.mark.parametrize("kind", ["Decode", "Encode", "Translate"])
def test_some_exceptions_are_only_caught(value, refused, kind):
    name = f"Unicode{kind}Error"
    trying = "try:\n    b'\\xff'.decode(), '\\ud800'.encode(), 'a'.encode('idna')\n"

    assert refused(f"{trying}except {name} as e: e.start") == ""
    assert refused(f"{trying}except (KeyError, {name}): pass") == ""
    for source in (f"raise {name}('a', b'', -9, -8, '')", f"class A({name}): pass"):
        assert "rule `catch-only`" in refused(source)
    with pytest.raises(TypeError, match="rule `closed-type`"):
        value("try: b'\\xff'.decode()\nexcept ValueError as error: type(error)")
    assert hasattr(builtins, name)
