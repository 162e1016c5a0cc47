"""Each verdict, with the plugin that earns it beside the test that gives it."""

from __future__ import annotations

import pytest

from plugwright.judging import Report, Verdict

HEAD = "from plugwright_sdk import clock, command, emit, log, on, storage\n"
ADD = HEAD + "@command\ndef add(a: int, b: int = 1) -> int:\n    return a + b\n"
TEST = "from plugin import answer\ndef test_it():\n    assert answer() == 1\n"


def answering(*lines: str) -> str:
    """A plugin with one command `answer()` of these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{HEAD}@command\ndef answer() -> object:\n{body}"


def verdicts(report: Report) -> dict[str, Verdict]:
    return {r.test.partition("::")[2] or r.test: r.verdict for r in report.results}


def only(report: Report) -> tuple[Verdict, str]:
    (result,) = report.results
    return result.verdict, result.message


def test_a_right_answer_is_accepted_and_a_wrong_one_is_not(judge):
    report = judge(
        ADD,
        "from plugin import add\n"
        "def test_right():\n    assert add(1, 2) == 3\n"
        "def test_wrong():\n    assert add(1, b=2) == 4\n",
    )

    assert verdicts(report) == {"test_right": "AC", "test_wrong": "WA"}
    assert not report.passed
    assert (
        report.results[1].message == "line 5: assert 3 == 4\n +  where 3 = add(1, b=2)"
    )


@pytest.mark.parametrize(
    ("expected", "quota", "line"),
    [
        ("TLE", "fuel", "while True: pass"),
        ("MLE", "memory", "return len('x' * (1 << 30))"),
        ("OLE", "output", "print('x' * 10**6)"),
        ("OLE", "payload", "return 'x' * (2 << 20)"),
    ],
)
def test_a_quota_decides_the_verdict_and_is_named(judge, expected, quota, line):
    verdict, message = only(judge(answering(line), TEST))

    assert verdict == expected
    assert f"`{quota}`" in message


def test_asking_the_host_too_often_is_over_the_limit(judge):
    plugin = answering("for n in range(10**6): storage.get('x')")

    assert only(judge(plugin, TEST, "storage"))[0] == "OLE"


@pytest.mark.parametrize(
    "line",
    [
        "raise ValueError('no')",
        "return 1 / 0",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "import os; os._exit(0)",
        "import time; time.sleep(1)",
        "return object()",
        "return float('nan')",
    ],
)
def test_what_the_test_did_not_expect_is_a_runtime_error(judge, line):
    assert only(judge(answering(line), TEST))[0] == "RE"


def test_an_error_that_the_test_expects_is_accepted(judge):
    report = judge(
        answering("raise KeyError('no')"),
        "import pytest\nfrom plugin import answer\ndef test_it():\n"
        "    with pytest.raises(KeyError, match='no'):\n        answer()\n",
    )

    assert report.passed


@pytest.mark.parametrize(
    "source",
    ["def (:\n", "import nosuch\n", "raise ValueError\n", "x = undefined\n"],
)
def test_a_plugin_that_does_not_load_is_a_compile_error(judge, source):
    verdict, message = only(judge(source, TEST))

    assert verdict == "CE"
    assert message


def test_a_test_file_that_does_not_load_is_a_compile_error_and_is_named(judge):
    report = judge(ADD, {"test_a.py": "def (:\n", "test_b.py": "import nosuch\n"})

    assert verdicts(report) == {"test_a.py": "CE", "test_b.py": "CE"}
    assert "the test file does not load" in report.results[0].message


def test_a_file_without_tests_does_not_pass(judge):
    assert only(judge(ADD, "x = 1\n"))[0] == "CE"


def test_no_tests_at_all_do_not_pass(judge):
    assert not judge(ADD, {}).passed


@pytest.mark.parametrize(
    ("permission", "line"),
    [
        ("storage", "storage.get('x')"),
        ("clock", "clock.now()"),
        ("clock", "import datetime; datetime.datetime.now()"),
        ("clock", "import time; time.time()"),
        ("log", "log.info('x')"),
        ("events.emit", "emit('x')"),
        ("import:socket", "import socket"),
        ("import:subprocess", "import subprocess"),
    ],
)
def test_reaching_for_what_was_not_granted_is_a_violation(judge, permission, line):
    report = judge(answering(line, "return 1"), TEST)

    assert only(report)[0] == "SV"
    assert [name.partition(":")[0] for name in report.denied] == [
        permission.partition(":")[0]
    ]


def test_a_violation_that_the_plugin_swallows_still_counts(judge):
    plugin = answering(
        "try: storage.get('x')", "except BaseException: pass", "return 1"
    )

    assert only(judge(plugin, TEST))[0] == "SV"


def test_what_was_granted_works_and_is_reported_as_used(judge):
    plugin = answering("storage.set('x', 1)", "log.info('x')", "return 1")

    report = judge(plugin, TEST, "storage", "log", "clock")

    assert report.passed
    assert report.used == ("log", "storage")


def test_a_test_cannot_forgive_a_quota(judge):
    report = judge(
        answering("while True: pass"),
        "import pytest\nfrom plugin import answer\ndef test_it():\n"
        "    with pytest.raises(BaseException):\n        answer()\n",
    )

    assert only(report)[0] == "TLE"


def test_a_skipped_test_counts_as_failed_and_so_does_an_expected_failure(judge):
    report = judge(
        ADD,
        "import pytest\n"
        "def test_skips():\n    pytest.skip('later')\n"
        "@pytest.mark.skip(reason='never')\ndef test_marked():\n    pass\n"
        "@pytest.mark.xfail\ndef test_expected():\n    assert False\n",
    )

    assert verdicts(report) == {
        "test_skips": "WA",
        "test_marked": "WA",
        "test_expected": "WA",
    }


def test_a_skipped_test_file_counts_as_failed(judge):
    report = judge(ADD, "import pytest\npytest.skip('all', allow_module_level=True)\n")

    assert not report.passed


def test_a_test_that_loops_by_itself_does_not_keep_the_others_from_running(judge):
    report = judge(
        ADD,
        "from plugin import add\n"
        "def test_fine():\n    assert add(1) == 2\n"
        "def test_hangs():\n    while True: pass\n"
        "def test_after():\n    assert add(1) == 2\n",
    )

    assert verdicts(report) == {
        "test_fine": "AC",
        "test_hangs": "TLE",
        "test_after": "AC",
    }
    assert "the test itself" in report.results[1].message


def test_a_plugin_called_while_tests_are_collected_is_judged_as_well(judge):
    report = judge(
        ADD,
        "from plugin import add\nTHREE = add(1, 2)\n"
        "def test_it():\n    assert THREE == 3\n",
    )

    assert report.passed


def test_a_watcher_sees_each_result_as_it_comes(judge):
    seen = []

    report = judge(ADD, "def test_a(): pass\ndef test_b(): pass\n", watch=seen.append)

    assert tuple(seen) == report.results
