"""Statements and comprehensions: errors, contexts, loops."""

from __future__ import annotations


def test_errors_are_raised_caught_and_chained(value):
    assert value(
        """
            seen = []
            try:
                try:
                    {}["k"]
                except KeyError as error:
                    raise ValueError("no") from error
                finally:
                    seen.append("finally")
            except (ValueError, TypeError) as error:
                seen.append(str(error))
            else:
                seen.append("else")
            assert seen
            return seen
            """
    ) == ["finally", "no"]


def test_except_star_is_refused(refused):
    # CVE-2025-22153
    assert refused("try:\n    pass\nexcept* ValueError:\n    pass") == (
        "1: rule `except-star`: `except*` is not part of the dialect"
    )


def test_contexts_work(value):
    assert value(
        """
            from contextlib import contextmanager, suppress
            seen = []
            @contextmanager
            def noting(what):
                seen.append(f"in {what}")
                yield what, 1
                seen.append("out")
            with noting("a") as (name, number), suppress(KeyError):
                raise KeyError
            return seen + [name, number]
            """
    ) == ["in a", "out", "a", 1]


def test_loops_and_comprehensions_work(value):
    assert value(
        """
            found = []
            for n, (a, *b) in enumerate([(1, 2, 3), (4,)]):
                if n > 5:
                    continue
                found.append((a, b))
            else:
                found.append("done")
            while found:
                if len(found) == 3:
                    break
            return [
                found,
                {k: v for k, v in [("a", 1)]},
                {x % 2 for x in range(4)},
                [x for row in [[1], [2]] for x in row if x],
                sum(x for x in (1, 2)),
                list(zip("ab", (1, 2), strict=True)),
                sorted([3, 1], key=lambda x: -x),
            ]
            """
    ) == [
        *([(1, [2, 3]), (4, []), "done"], {"a": 1}, {0, 1}, [1, 2], 3),
        *([("a", 1), ("b", 2)], [3, 1]),
    ]
