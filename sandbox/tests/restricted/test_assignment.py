"""Assignment in all its forms: plain, unpacked, augmented, annotated, in passing."""

from __future__ import annotations

import pytest


def test_every_target_works(value):
    assert value(
        """
            class Box: pass
            box, data = Box(), {}
            a = b = 1
            (c, [d, *rest]), e = (2, [3, 4, 5]), 6
            box.x, data["k"] = 7, 8
            items = list(range(5))
            items[1:3] = []
            del items[0], data["k"]
            return [a, b, c, d, rest, e, box.x, data, items]
            """
    ) == [1, 1, 2, 3, [4, 5], 6, 7, {}, [3, 4]]


def test_augmented_assignment_works_on_names_items_and_attributes(value):
    assert value(
        """
            class Box: n = 1
            box, data, n, text = Box(), {"k": [1]}, 2, "a"
            n **= 3
            n <<= 1
            text += "b"
            data["k"] += [2]
            box.n += 1
            return [n, text, data, box.n, Box.n]
            """
    ) == [16, "ab", {"k": [1, 2]}, 2, 1]


def test_augmented_assignment_does_not_read_what_must_be_looked_at(refused):
    assert refused("class S(str): pass\ns = S()\ns.format += 1") == (
        "3: rule `unguarded-attribute`: `.format` is not open on every object, and "
        "cannot be looked at here"
    )


def test_augmented_assignment_does_not_change_what_is_not_the_plugins(value):
    with pytest.raises(AttributeError, match="rule `write`"):
        value("import json\njson.dumps += 1")


def test_annotated_assignment_works(run):
    assert run(
        """
            LIMIT: int = 3
            class A:
                x: int = 1
                y: "str"
                def __init__(self):
                    self.z: list[int] = []
            def main():
                n: int = LIMIT
                later: dict[str, int]
                return [n, A().x, A().z]
            """
    ) == [3, 1, []]


def test_assignment_in_passing_works(value):
    assert value("return [y for x in range(4) if (y := x * 2) > 2]") == [4, 6]
