"""Classes: values, containers and operators, and nothing that changes classes."""

from __future__ import annotations

import pytest


def test_the_special_methods_of_values_and_containers_can_be_written(value):
    assert value(
        """
            class Row:
                def __init__(self, *items):
                    self.items = list(items)
                def __len__(self):
                    return len(self.items)
                def __getitem__(self, at):
                    return self.items[at]
                def __setitem__(self, at, item):
                    self.items[at] = item
                def __iter__(self):
                    return iter(self.items)
                def __add__(self, other):
                    return Row(*self, *other)
                def __eq__(self, other):
                    return self.items == other.items
                __hash__ = None
                def __repr__(self):
                    return f"Row{self.items}"
                __str__ = __repr__
                def __enter__(self):
                    return self
                def __exit__(self, *error):
                    return True
            with Row(1) + Row(2) as row:
                row[0] = 5
                raise ValueError
            return [len(row), row[0], str(row), row == Row(5, 2)]
            """
    ) == [2, 5, "Row[5, 2]", True]


def test_inheritance_properties_and_super_work(value):
    assert value(
        """
            from abc import ABC, abstractmethod
            class Shape(ABC):
                def __init__(self, name):
                    self._name = name
                @property
                def name(self):
                    return self._name
                @abstractmethod
                def area(self): ...
                @classmethod
                def unit(cls):
                    return cls(1)
                @staticmethod
                def sides():
                    return 4
            class Square(Shape):
                def __init__(self, side):
                    super().__init__("square")
                    self.side = side
                def area(self):
                    return self.side ** 2
            class Problem(Exception):
                def __init__(self, code):
                    super().__init__(f"code {code}")
                    self.code = code
            try:
                raise Problem(7)
            except Problem as error:
                told = [str(error), error.code]
            one = Square.unit()
            return [one.name, one.area(), Square.sides(), isinstance(one, Shape), *told]
            """
    ) == ["square", 1, 4, True, "code 7", 7]


def test_dataclasses_enums_and_typed_dicts_work(value):
    assert value(
        """
            from dataclasses import asdict, dataclass, field, replace
            from enum import Enum, IntFlag, StrEnum, auto
            from typing import NamedTuple, TypedDict
            @dataclass(frozen=True, order=True, slots=True)
            class Point:
                x: int
                y: int = 0
                tags: list[str] = field(default_factory=list, compare=False)
                def __post_init__(self):
                    if self.x < 0:
                        raise ValueError("left of the edge")
            class Colour(Enum):
                RED = "r"
                BLUE = "b"
                @property
                def title(self):
                    return self.name.title()
            class Bits(IntFlag):
                A = auto()
                B = auto()
            class Word(StrEnum):
                YES = auto()
            class Row(NamedTuple):
                a: int
                b: str = "b"
            class Entry(TypedDict, total=False):
                key: str
            point = replace(Point(1), y=2)
            return [
                asdict(point), Point(0) < point, Colour("b").title, len(Colour),
                (Bits.A | Bits.B).value, Word.YES, Row(1), Entry(key="k"),
            ]
            """
    ) == [
        *({"x": 1, "y": 2, "tags": []}, True, "Blue", 2),
        *(3, "yes", (1, "b"), {"key": "k"}),
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("__getattribute__", "__getattr__", "__setattr__", "__class_getitem__"),
        *("__init_subclass__", "__set_name__", "__get__", "__del__", "__new__"),
        *("__reduce__", "__reduce_ex__", "__instancecheck__", "__subclasshook__"),
        *("__class__", "__match_args__", "__mro_entries__", "__prepare__", "__dict__"),
    ],
)
def test_special_methods_that_change_classes_are_refused(refused, name):
    assert f"rule `underscore-name`: `{name}` is reserved" in refused(
        f"class A:\n    def {name}(self): pass"
    )
    assert f"rule `underscore-name`: `{name}` is reserved" in refused(
        f"class A:\n    {name} = 1"
    )


def test_a_special_method_belongs_in_a_class(refused):
    assert "`__init__` is reserved" in refused("def __init__(self): pass")
    assert "`__eq__` is reserved" in refused(
        "class A:\n    def f(self):\n        def __eq__(a, b): pass"
    )


@pytest.mark.parametrize(
    "source", ["class A(metaclass=type): pass", "class A(**{'metaclass': type}): pass"]
)
def test_no_class_chooses_its_metaclass(refused, source):
    assert refused(source) == (
        "1: rule `metaclass`: a class cannot choose its metaclass"
    )


def test_type_tells_a_class_and_makes_none(value):
    assert value(
        "class A: pass\n"
        "return [type(1) is int, type(A()) is A, isinstance(int, type), type(None)()]"
    ) == [True, True, True, None]
    with pytest.raises(TypeError, match="rule `class-statement`"):
        value("return type('X', (), {})")
    for hidden in ("print", "type", "(x for x in ())", "object"):
        with pytest.raises(TypeError, match="rule `closed-type`"):
            value(f"return type({hidden})")


def test_library_classes_are_not_decorated(value):
    for decorator in ("dataclasses.dataclass", "functools.total_ordering"):
        with pytest.raises(TypeError, match="is for a plugin's own classes"):
            value(
                "import dataclasses, fractions, functools\n"
                f"return {decorator}(fractions.Fraction)"
            )


def test_no_class_is_told_to_pass_for_another(value):
    with pytest.raises(AttributeError, match="no class can be told to pass"):
        value(
            "from abc import ABC\nclass A(ABC): pass\nreturn A.register(int)",
        )
    assert value(
        """
            class Shelf:
                known = []
                @classmethod
                def register(cls, name):
                    cls.known.append(name)
            Shelf.register("a")
            return Shelf.known
            """
    ) == ["a"]
