"""What of a plugin ran, measured inside of the guest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugwright.judging import Case, Coverage
from plugwright.quotas import Quota

QUOTA = Quota(fuel=50_000_000, seconds=20)

PLUGIN = '''"""Doc."""
from plugwright_sdk import command


@command
def grade(points: int, names: list[str]) -> str:
    """Grade."""
    if points > 50 and names:
        return "good"
    elif points > 20:
        word = "so"
    else:
        word = "bad"
    for name in names:
        if name == "x":
            break
    while points < 5:
        points += (
            1 if names else
            2
        )
    match points:
        case 7:
            word = "seven"
        case _:
            pass
    return word


@command
def never() -> int:
    return 1
'''
TESTS = """from plugin import grade
def test_good(): assert grade(60, ["a"]) == "good"
def test_so(): assert grade(30, []) == "so"
"""


def case(plugin: str = PLUGIN, tests: str = TESTS, **more: object) -> Case:
    files = {"plugin.py": plugin}
    made = Case(name="s", files=files, tests={"test_s.py": tests}, coverage=True)
    return replace(made, **more)


@pytest.fixture(scope="module")
def found(host) -> Coverage:
    return host.judge().judge(case()).coverage["plugin.py"]


def test_lines_that_did_not_run_are_told_from_those_that_did(found):
    assert set(found.lines) - set(found.executed) == {13, 15, 16, 18, 24, 32}
    assert set(found.executed) <= set(found.lines)


def test_every_way_of_a_condition_and_a_loop_is_a_branch(found):
    assert found.branches == (
        *((8, 9), (8, 10), (10, 11), (10, 13), (14, 15), (14, 17)),
        *((15, 14), (15, 16), (17, 18), (17, 22), (23, 24), (23, 25)),
    )


def test_branches_that_were_not_gone_are_told_from_those_that_were(found):
    assert set(found.branches) - set(found.taken) == {
        *((10, 13), (14, 15), (15, 14), (15, 16), (17, 18), (23, 24))
    }


def test_a_way_out_of_a_function_is_a_branch_to_zero(host):
    plugin = (
        "from plugwright_sdk import command\n"
        "@command\ndef f(n: int) -> None:\n    if n:\n        print(n)\n"
    )
    tests = "from plugin import f\ndef test_f(): assert f(1) is None\n"

    read = host.judge().judge(case(plugin, tests)).coverage["plugin.py"]

    assert read.branches == ((4, 0), (4, 5))
    assert read.taken == ((4, 5),)


def test_the_same_case_twice_gives_the_same_and_verdicts_and_fuel_as_without(host):
    judge = host.judge()
    first, second = judge.judge(case()), judge.judge(case())

    assert first == second
    assert replace(first, coverage=None) == judge.judge(case(coverage=False))


def test_nothing_is_measured_that_nobody_asked_for(host):
    assert host.judge().judge(case(coverage=False)).coverage is None


def test_every_file_of_the_plugin_is_looked_at_and_no_other(host):
    files = {
        "plugin.py": "import helper\n" + PLUGIN.replace('"""Doc."""', ""),
        "helper.py": "import json\ndef f():\n    return 1\n",
        "data.txt": "no code",
    }

    read = host.judge().judge(case(files=files)).coverage

    assert list(read) == ["helper.py", "plugin.py"]
    assert read["helper.py"] == Coverage(lines=(1, 2, 3), executed=(1, 2))


def test_a_file_that_is_no_python_is_left_out(host):
    report = host.judge().judge(case("def f(:\n"))

    assert report.coverage == {}
    assert not report.passed


LYING = """
import plugwright_qa_coverage as notes
from plugwright_sdk import command

@command
def answer(n: int) -> int:
    {lie}
    if n:
        return 2
    return 1
"""
ANSWER = "from plugin import answer\ndef test_it(): assert answer(0) == 1\n"


@pytest.mark.parametrize(
    "lie",
    [
        "notes._lines['plugin.py'] = {8, 9, 10, 999, -1, 10**30}",
        "notes._lines.clear()",
        "notes._lines['/etc/passwd'] = {1}; notes._branches['/etc/passwd'] = set()",
        "notes._lines['plugin.py'] = {'a', None, 1.5}",
        "notes._branches['plugin.py'] = {('x' * 10**5, 1, 2), ('1 f', -5, 2**40)}",
        "notes._branches['plugin.py'] = {(1,), ('a', True, []), 5}",
        "notes._lines = notes._branches = 'nothing'",
        "notes._monitoring.free_tool_id(notes.TOOL)",
        "import plugwright_sdk.guest as g; g.dispatch = None",
        "notes.dispatch = notes.sorted = None",
        "import sys; sys.monitoring = None",
    ],
)
def test_a_lying_plugin_can_only_lie_about_what_of_itself_ran(host, lie):
    report = host.judge().judge(case(LYING.format(lie=lie), ANSWER))
    honest = host.judge().judge(case(LYING.format(lie="pass"), ANSWER))

    possible = honest.coverage["plugin.py"]
    read = report.coverage["plugin.py"]
    assert list(report.coverage) == ["plugin.py"]
    assert read.lines == possible.lines
    assert read.branches == possible.branches
    assert set(read.executed) <= set(possible.lines)
    assert set(read.taken) <= set(possible.branches)


def test_a_plugin_that_a_quota_ends_says_nothing_of_that_test(host):
    plugin = (
        "from plugwright_sdk import command\n"
        "@command\ndef spin(n: int) -> int:\n"
        "    while n:\n        pass\n    return 1\n"
    )
    tests = (
        "from plugin import spin\n"
        "def test_ends(): assert spin(0) == 1\n"
        "def test_spins(): assert spin(1) == 1\n"
    )
    report = host.judge().judge(case(plugin, tests, quota=QUOTA))

    assert [r.verdict for r in report.results] == ["AC", "TLE"]
    assert report.coverage["plugin.py"].taken == ((4, 6),)
