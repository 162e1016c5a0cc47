"""Where fuel goes, by function and by line."""

from __future__ import annotations

import pytest

from plugwright.judging import Call, Case
from plugwright_qa.profiling import Line, Profile, profiled

PLUGIN = """from plugwright_sdk import InputError, command, storage


def known(word: str, words: list[str]) -> bool:
    return word in words


@command
def unique(words: list[str]) -> list[str]:
    seen: list[str] = []
    for word in words:
        if not known(word, seen):
            seen.append(word)
    return sorted(seen)


@command
def refuse(number: int) -> int:
    for _ in range(number):
        pass
    raise InputError("no")


@command
def squares(number: int) -> int:
    return sum(
        each * each
        for each in range(number)
    )
"""
WORDS = [f"word {n}" for n in range(60)]


def case(source: str = PLUGIN, **files: str) -> Case:
    more = {f"{name}.py": text for name, text in files.items()}
    return Case(name="plugin", files={"plugin.py": source, **more}, tests={})


def call(command: str, **arguments: object) -> Call:
    return Call(command=command, arguments=arguments)


@pytest.fixture(scope="module")
def found(host) -> Profile:
    return host.judge().profile(case(), [call("unique", words=WORDS)])


def test_the_line_that_uses_most_is_first_of_the_plugin(found):
    inside = [line for line in found.lines if line.line]
    assert inside[0] == Line("plugin.py", "known", 5)
    assert found.lines[inside[0]] > 0.1 * found.total


def test_what_it_calls_is_a_functions_own_and_not_its_callers(found):
    functions = found.functions
    assert functions["plugin.py", "known"] > 2 * functions["plugin.py", "unique"]


def test_the_total_is_that_of_the_same_call_when_nobody_watches(host, found):
    story = [call("unique", words=WORDS)]
    [[observed]] = host.judge().observe(case(), [story])

    assert sum(found.lines.values()) == pytest.approx(found.total, abs=50)
    assert found.total == pytest.approx(observed.fuel, rel=0.02)


def test_few_stops_tell_about_the_same_as_a_stop_at_every_step(host):
    calls = [call("unique", words=WORDS[:30])]

    few = profiled(host.sandbox, case(), calls, stops=60)
    every = profiled(host.sandbox, case(), calls, stops=10_000)

    assert few.stops < every.stops
    line = Line("plugin.py", "known", 5)
    assert few.lines[line] / few.total == pytest.approx(
        every.lines[line] / every.total, abs=0.03
    )


def test_the_same_calls_give_the_same_profile(host, found):
    assert host.judge().profile(case(), [call("unique", words=WORDS)]) == found


def test_every_call_of_a_story_counts_and_so_does_one_that_is_refused(host):
    one = [call("squares", number=50)]
    both = [*one, call("refuse", number=50)]

    alone = host.judge().profile(case(), one)
    together = host.judge().profile(case(), both)

    assert ("plugin.py", "refuse") not in alone.functions
    assert together.functions["plugin.py", "refuse"] > 1000
    assert together.total > alone.total


def test_lines_of_other_files_are_told_apart(host):
    source = (
        "from helper import work\nfrom plugwright_sdk import command\n\n\n"
        "@command\ndef go(number: int) -> int:\n    return work(number)\n"
    )
    helper = "def work(number):\n    return sum(range(number))\n"

    profile = host.judge().profile(
        case(source, helper=helper), [call("go", number=9000)]
    )

    assert profile.functions["helper.py", "work"] > 0.2 * profile.total


def test_people_read_a_table_and_the_source_with_percents(found):
    first, *rest = found.table().split("\n")
    lines = found.annotated(PLUGIN).split("\n")

    assert first == f"{found.total:>14,}  100 %  all"
    assert any(row.endswith("plugin.py:5 known") for row in rest)
    assert len(lines) == len(PLUGIN.split("\n"))
    assert lines[4].endswith(" %     return word in words")
    assert lines[0] == f"{'':6}from plugwright_sdk import InputError, command, storage"


def test_what_does_not_load_has_no_profile_and_says_why(host):
    profile = host.judge().profile(case("1 / 0\n"), [call("unique", words=[])])

    assert profile.lines == {}
    assert "ZeroDivisionError" in profile.why
    assert profile.table().startswith("no profile: ZeroDivisionError")


@pytest.mark.parametrize(
    "lie",
    [
        "profile._count = -(10**9)",
        "profile._trail[:] = [7, 'x', -1]",
        "profile._trail.append(10**9)",
        "profile._places[('plugin.py', 'x', None)] = 0",
        "profile._counted = profile._ask = profile._noted = None",
        "profile._monitoring.free_tool_id(profile.TOOL)",
        "profile.dispatch = None",
    ],
)
def test_a_plugin_that_meddles_with_its_profile_ends_with_one_or_with_a_reason(
    host, lie
):
    source = (
        "import sys\nfrom plugwright_sdk import command\n"
        "import plugwright_qa_profile as profile\n\n\n"
        "@command\ndef go(number: int) -> int:\n"
        f"    {lie}\n    for _ in range(number):\n        pass\n    return number\n"
    )
    profile = host.judge().profile(case(source), [call("go", number=30)])

    assert profile.why or sum(profile.lines.values()) == pytest.approx(
        profile.total, abs=50
    )
    assert all(fuel >= 0 for fuel in profile.lines.values())
