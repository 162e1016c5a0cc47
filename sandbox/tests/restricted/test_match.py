"""`match`: patterns read attributes, where no guard can stand."""

from __future__ import annotations

import pytest


def test_every_pattern_works(run):
    assert run(
        """
            from dataclasses import dataclass
            from enum import Enum
            class Kind(Enum):
                A = 1
            @dataclass
            class Point:
                x: int
                y: int = 0
            def name(thing):
                match thing:
                    case Kind.A: return "kind"
                    case None | True: return "single"
                    case -1 | "one": return "value"
                    case Point(0, y=y): return f"point {y}"
                    case Point(x=x) if x > 5: return "far"
                    case [1, [a, *b], *_]: return f"row {a} {b}"
                    case {"k": int(n), **rest}: return f"dict {n} {rest}"
                    case str() as text: return text
                    case _: return "other"
            def main():
                things = [Kind.A, None, -1, Point(0, 2), Point(9), [1, [2, 3], 4],
                          {"k": 1, "z": 2}, "text", 3.5]
                return [name(thing) for thing in things]
            """
    ) == [
        *("kind", "single", "value", "point 2", "far", "row 2 [3]"),
        *("dict 1 {'z': 2}", "text", "other"),
    ]


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("object(tb_frame=f)", "interpreter-name"),
        ("object(gi_frame=f)", "interpreter-name"),
        ("object(__class__=c)", "underscore-attribute"),
        ("object(_private=p)", "unguarded-attribute"),
        ("AttributeError(obj=o)", "unguarded-attribute"),
        ("str(format=f)", "unguarded-attribute"),
        ("s.format", "unguarded-attribute"),
        ("s.__class__", "underscore-attribute"),
        ("s.__class__.x", "underscore-attribute"),
        ("{s.format: 1}", "unguarded-attribute"),
        ("s.now", "unguarded-attribute"),
        ("s.now()", "unguarded-attribute"),
    ],
)
def test_a_pattern_reads_no_attribute_that_needs_a_look(refused, pattern, rule):
    assert f"3: rule `{rule}`" in refused(
        f"def f(x, s):\n    match x:\n        case {pattern}: pass"
    )
