"""Functions: all the ways of taking arguments, generators, and no `async`."""

from __future__ import annotations

import pytest


def test_every_kind_of_parameter_and_argument_works(value):
    assert value(
        """
            def f(a, /, b, *args, c=3, **named):
                return [a, b, args, c, named]
            return f(*[1, 2], *(9,), **{"c": 4, "d": 5})
            """
    ) == [1, 2, (9,), 4, {"d": 5}]


def test_closures_lambdas_and_decorators_work(value):
    assert value(
        """
            from functools import wraps
            def twice(function):
                @wraps(function)
                def inner(*args):
                    return function(function(*args))
                return inner
            @twice
            def more(x):
                "One more."
                return x + 1
            return [more(1), more.__name__, more.__doc__, (lambda x=2: x)()]
            """
    ) == [3, "more", "One more.", 2]


def test_generators_work(value):
    assert value(
        """
            def count():
                got = yield 1
                yield got
                yield from (x * x for x in range(2))
            steps = count()
            return [next(steps), steps.send("sent"), list(steps)]
            """
    ) == [1, "sent", [0, 1]]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("async def f(): pass", "`async def`"),
        ("def f():\n    return (x async for x in y)", "`async for`"),
    ],
)
def test_there_is_no_async(refused, source, what):
    assert f"rule `async`: {what} is not part of the dialect" in refused(source)


def test_guards_do_not_cost_arithmetic_anything(run):
    assert (
        run(
            """
            def fib(n):
                return n if n < 2 else fib(n - 1) + fib(n - 2)
            def main():
                total = 0
                for _ in range(3):
                    total += fib(10)
                return total
            """
        )
        == 165
    )
