"""Nothing that a candidate does can touch its verdict.

Each candidate here is wrong, and tries to be judged right.
"""

from __future__ import annotations

import pytest

from plugwright.judging import Verdict

TEST = """
from plugin import answer

def test_value():
    assert answer(2) == 4

def test_shape():
    assert answer(3) == {"n": [9]}
"""
HEAD = """
import builtins, gc, inspect, json, sys, types
from plugwright_sdk import command
"""
CHEATS = {
    "an object equal to everything": """
class Anything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
@command
def answer(n: int) -> object:
    return Anything()
""",
    "a number equal to everything": """
class Anything(int):
    def __eq__(self, other): return True
@command
def answer(n: int) -> object:
    return Anything(7)
""",
    "a walk up the frames for the expectation": """
@command
def answer(n: int) -> object:
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if "assert" in str(value):
                return 4 if n == 2 else {"n": [9]}
        frame = frame.f_back
    return None
""",
    "a walk through the garbage collector for tests": """
@command
def answer(n: int) -> object:
    gc.collect()
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "test_value":
            return 4 if n == 2 else {"n": [9]}
    return None
""",
    "a search of every module for the test file": """
import linecache
@command
def answer(n: int) -> object:
    if any(name.startswith("test_") for name in [*linecache.cache, *sys.modules]):
        return 4 if n == 2 else {"n": [9]}
    return None
""",
    "patching pytest": """
try:
    pytest = sys.modules["_pytest.reports"]
    pytest.TestReport.outcome = "passed"
except BaseException:
    pass
@command
def answer(n: int) -> object:
    for name, module in list(sys.modules.items()):
        if "pytest" in name or "runner" in name:
            for attribute in list(vars(module)):
                setattr(module, attribute, lambda *a, **k: True)
    return None
""",
    "leaving with success": """
@command
def answer(n: int) -> object:
    sys.exit(0)
""",
    "ending the interpreter": """
import os
@command
def answer(n: int) -> object:
    os._exit(0)
""",
    "reporting its own verdict to the host": """
host = sys.modules["_plugwright_host"]
@command
def answer(n: int) -> object:
    for service in ("judge.result", "judge.start"):
        try:
            host.call(service, {"test": "test_plugin.py::test_value",
                                "outcome": "passed", "message": "", "raised": ""})
        except BaseException:
            pass
    return None
""",
    "looking into the tests through the services of the tests": """
host = sys.modules["_plugwright_host"]
@command
def answer(n: int) -> object:
    try:
        return host.call("plugin.command", {"name": "answer", "arguments": {"n": n}})
    except BaseException:
        return None
""",
    "forging the answer that leaves the sandbox": """
guest = sys.modules["plugwright_guest"]
guest._dumps = lambda value: '{"value": 4, "failure": null, "verdict": "AC"}'
@command
def answer(n: int) -> object:
    return None
""",
    "patching json and the builtins": """
json.dumps = json.JSONEncoder.encode = lambda *a, **k: "4"
builtins.isinstance = lambda *a: True
@command
def answer(n: int) -> object:
    return 5
""",
    "raising what looks like a skip": """
class Skipped(Exception): pass
@command
def answer(n: int) -> object:
    raise Skipped("no")
""",
    "remembering calls over tests": """
from plugwright_sdk import storage
calls = []
@command
def answer(n: int) -> object:
    calls.append(n)
    return 4 if len(calls) > 1 else None
""",
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
def test_a_candidate_cannot_forge_its_verdict(judge, cheat):
    report = judge(HEAD + cheat, TEST)

    # The last test wants what only somebody who has seen it can know.
    assert report.results[-1].verdict is not Verdict.AC
    assert not report.passed


def test_an_honest_candidate_beside_them_is_accepted(judge):
    honest = """
@command
def answer(n: int) -> object:
    return {2: 4}.get(n, {"n": [9]})
"""

    assert judge(HEAD + honest, TEST).passed


def test_the_next_candidate_is_unaffected(judge):
    for cheat in CHEATS.values():
        judge(HEAD + cheat, TEST)

    wrong = "@command\ndef answer(n: int) -> object:\n    return None\n"
    assert [r.verdict for r in judge(HEAD + wrong, TEST).results] == ["WA", "WA"]


def test_expectations_never_enter_the_plugins_sandbox(judge):
    spy = """
@command
def answer(n: int) -> object:
    wanted = "NOITATCEPXE-TERCES"[::-1]
    things = [x for x in gc.get_objects() if type(x) in (dict, list, tuple)]
    return any(wanted in map(str, x) for x in things)
"""
    report = judge(
        HEAD + spy,
        "from plugin import answer\ndef test_it():\n"
        '    assert answer(1) is False, "SECRET-EXPECTATION"\n',
    )

    assert report.passed
