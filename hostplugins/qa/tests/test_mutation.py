"""Mutants: which there are, what they say, and who notices them."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from plugwright.judging import Case
from plugwright_qa.mutation import Fate, Mutant, mutants, score

HEAD = '"""A plugin."""\nfrom plugwright_sdk import command\n\n'


def of(code: str, most: int = 1000) -> tuple[Mutant, ...]:
    return mutants({"plugin.py": code}, most=most)


def said(code: str, operator: str) -> list[str]:
    return [mutant.said for mutant in of(code) if mutant.operator == operator]


@pytest.mark.parametrize(
    ("operator", "code", "expected"),
    [
        ("boundary", "x = a < b", ["line 1: `<` became `<=`"]),
        ("comparison", "x = a < b", ["line 1: `<` became `>`"]),
        ("comparison", "x = a in b", ["line 1: `in` became `not in`"]),
        ("comparison", "x = a == b == c", ["line 1: `==` became `!=`"] * 2),
        ("boolean", "x = a and b", ["line 1: `and` became `or`"]),
        ("boolean", "x = not a", ["line 1: `not` was left out"]),
        ("arithmetic", "x = a + b", ["line 1: `+` became `-`"]),
        ("arithmetic", "x -= b", ["line 1: `-=` became `+=`"]),
        ("constant", "x = 7", ["line 1: `7` became `8`", "line 1: `7` became `6`"]),
        ("constant", "x = 'a'", ["line 1: `'a'` became `''`"]),
        ("constant", "x = True", ["line 1: `True` became `False`"]),
        (
            "condition",
            "if a < b: f()",
            ["line 1: the condition `a < b` was turned round"],
        ),
        (
            "return",
            "def f() -> int:\n return a",
            ["line 2: it returns `0` and not `a`"],
        ),
        ("return", "def f():\n return a", ["line 2: it returns `None` and not `a`"]),
        ("removal", "f(1)", ["line 1: `f(1)` was left out"]),
        ("removal", "x[a] = b", ["line 1: `x[a] = b` was left out"]),
        ("arguments", "x = f(a, b)", ["line 1: `a` and `b` changed places"]),
        ("arguments", "x = math.gcd(max(a, b), min(a, *b))", []),
        (
            "arguments",
            "x = max(a, b, key=f)",
            ["line 1: `a` and `b` changed places"],
        ),
        ("ends", "x = range(n)", ["line 1: `range(n)` became `range(n - 1)`"]),
        (
            "ends",
            "x = y[a:]",
            ["line 1: `y[a:]` became `y[a:-1]`", "line 1: `y[a:]` became `y[a + 1:]`"],
        ),
        ("ends", "for a in b: f", ["line 1: the loop over `b` misses its last turn"]),
        (
            "default",
            "def f(a, *, b=False): f",
            ["line 1: the default of `b` became `True`, not `False`"],
        ),
        (
            "exception",
            "try:\n f()\nexcept ValueError:\n x = a\nfinally:\n g()",
            [
                "line 4: `ValueError` is no longer handled",
                "line 6: `g()` is not done in the end",
            ],
        ),
    ],
)
def test_each_operator_says_in_a_sentence_what_it_did(operator, code, expected):
    assert said(code, operator) == expected


@pytest.mark.parametrize(
    "code",
    [
        '"""Only words."""',
        'def f():\n    """Words."""',
        'class A:\n    x: "Never" \n    """Words below a field."""',
        "import a.b\nfrom c import d as e",
        "@command(limit=3)\ndef f(a: Literal['x', 3]) -> Literal[4]:\n    pass",
        "x: Literal[3]",
        "__all__ = ['f']",
        "if __name__ == '__main__':\n    f(1)",
        "class A(B, key=3):\n    pass",
        "x = f'{a + 1}'",
        "def f(:",
    ],
)
def test_nothing_is_changed_in_what_is_no_behaviour(code):
    assert of(code) == ()


def test_a_mutant_differs_from_its_original_in_one_line_and_keeps_all_others():
    code = (
        "def f(a, b):  # a comment\n"
        "    x = (a +\n"
        "         b)\n"
        "    return f(\n"
        "        x,\n"
        "        'ä' + b,\n"
        "    ) < 3; y = 2\n"
    )
    found = of(code)

    assert len(found) == 10
    for mutant in found:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(code))
        assert len(mutant.source.splitlines()) == len(code.splitlines())
        assert mutant.source.splitlines()[0] == code.splitlines()[0]
        changed = ast.parse(mutant.source).body[0].body
        assert [each.lineno for each in changed] == [2, 4, 7]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_end_of_line_will_do(end):
    code = "x = [\n    a < b,\n]\ny = c + d\n"

    assert of(code.replace("\n", end)) == of(code) != ()


def test_a_number_that_has_no_text_ends_nothing():
    assert mutants({"plugin.py": f"def f(x):\n    return 0x{'f' * 5000} + x\n"}) == ()


def test_no_two_mutants_are_the_same_program():
    code = "def f(a):\n    return range(a - 0, a) if not a else f(a, a)\n"
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in of(code)]

    assert len(set(trees)) == len(trees) > 5


LONG = "def f(a, b):\n" + "".join(
    f"    if a < {n} and b:\n        a = g(a, b)[1:] + {n}\n" for n in range(40)
)


def test_at_most_25_are_chosen_evenly_over_operators_and_lines_and_always_the_same():
    found = mutants({"plugin.py": LONG + LONG.replace("def f", "def h")})

    assert Counter(m.function for m in found) == {"f": 25, "h": 25}
    assert found == mutants({"plugin.py": LONG + LONG.replace("def f", "def h")})
    kinds = Counter(m.operator for m in found if m.function == "f")
    assert len(kinds) == 8
    assert max(kinds.values()) - min(kinds.values()) <= 1
    lines = [m.line for m in found if m.function == "f"]
    assert min(lines) < 20 < 60 < max(lines)
    assert lines == sorted(lines)


def test_what_is_rare_is_not_crowded_out():
    code = LONG + "    try:\n        a()\n    except OSError:\n        b()\n"

    assert "line 85: `OSError` is no longer handled" in [m.said for m in of(code, 25)]


def test_mutants_belong_to_functions_methods_and_the_module():
    code = "X = 1\nclass A:\n    def f(self):\n        def g():\n            return 1\n"

    assert {m.function for m in of(code)} == {"(module)", "A.f.g"}


PLUGIN = HEAD + (
    "@command\n"
    "def rest(n: int, used: int = 0) -> int:\n"
    '    """Count down."""\n'
    "    left = n - used\n"
    "    while left > 9:\n"
    "        left = left - 10\n"
    "    return left\n"
)
TESTS = (
    "from plugin import rest\n"
    "def test_counts():\n    assert rest(25) == 5\n"
    "def test_uses():\n    assert rest(8, 2) == 6\n"
    "def test_wrong():\n    assert rest(1) == 7\n"
)


@pytest.fixture(scope="module")
def scored(host):
    case = Case(
        name="subject", files={"plugin.py": PLUGIN}, tests={"test_plugin.py": TESTS}
    )
    return score(case, host.judge().judge_many)


def fates(scored) -> dict[str, tuple[Fate, tuple[str, ...]]]:
    return {
        each.mutant.said: (each.fate, tuple(t.partition("::")[2] for t in each.killers))
        for each in scored.fates
    }


def test_a_mutant_is_killed_by_the_tests_that_notice_it(scored):
    assert fates(scored)["line 7: `-` became `+`"] == (
        Fate.KILLED,
        ("test_uses",),
    )


def test_a_mutant_that_nobody_notices_survives(scored):
    assert fates(scored)["line 8: `>` became `>=`"][0] is Fate.SURVIVED


def test_a_mutant_that_only_takes_too_long_is_not_killed(scored):
    fate, killers = fates(scored)["line 9: `10` became `9`"]
    assert fate is Fate.KILLED  # 25 - 9 - 9 is 7 and not 5
    assert killers
    assert fates(scored)["line 9: `-` became `+`"] == (Fate.TIMED_OUT, ())


def test_a_test_that_the_plugin_itself_fails_kills_nothing(scored):
    assert scored.passed == ("test_plugin.py::test_counts", "test_plugin.py::test_uses")
    assert not any("test_wrong" in t for f in scored.fates for t in f.killers)


def test_scores_are_per_function_and_whole_and_count_time_outs_as_not_killed(scored):
    kinds = Counter(each.fate for each in scored.fates)
    whole = scored.whole

    assert whole.killed == kinds[Fate.KILLED] > 0
    assert whole.counted == len(scored.fates)
    assert kinds[Fate.TIMED_OUT] > 0
    assert dict(scored.functions) == {"plugin.py: rest": whole}
    assert whole.score == whole.killed / whole.counted
    assert sum(map(len, scored.kills.values())) >= whole.killed


def test_what_cannot_be_loaded_is_no_mutant(host):
    plugin = HEAD + "X = {0: 0}[0]\n@command\ndef f() -> int:\n    return X\n"
    tests = "from plugin import f\ndef test_f():\n    assert f() == 0\n"
    case = Case(name="x", files={"plugin.py": plugin}, tests={"test_f.py": tests})

    found = score(case, host.judge().judge_many)

    kinds = Counter(each.fate for each in found.fates)
    assert kinds[Fate.NO_MUTANT] > 0
    assert found.whole.counted == len(found.fates) - kinds[Fate.NO_MUTANT]


def test_a_plugin_without_code_has_no_score(host):
    case = Case(name="x", files={"plugin.py": HEAD}, tests={})

    assert score(case, host.judge().judge_many).whole.score is None
