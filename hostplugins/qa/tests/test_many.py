"""Several cases side by side: the same reports, in the same order."""

from __future__ import annotations

from typing import ClassVar

import pytest

from plugwright.judging import Case, Report
from plugwright.quotas import Quota
from plugwright_qa.lanes import processors, side_by_side

PLUGIN = (
    "from plugwright_sdk import command\n"
    "@command\ndef add(n: int) -> int:\n"
    "    while n > {end}:\n        pass\n"
    "    return n + {by}\n"
)
TESTS = "from plugin import add\n" + "".join(
    f"def test_{n}():\n    assert add({n}) == {n + 1}\n" for n in range(3)
)


def case(by: int, end: int = 9) -> Case:
    return Case(
        name=f"case {by}",
        files={"plugin.py": PLUGIN.format(by=by, end=end)},
        tests={"test_add.py": TESTS},
        quota=Quota(fuel=100_000_000),
    )


def test_many_cases_give_the_reports_that_each_gives_alone_in_their_order(host):
    # Wrong, endless and unloadable ones beside right ones: none disturbs another.
    cases = [case(1), case(2), case(1, end=1), case(1), case(0, end=-1), case(1)]
    cases += [
        Case(name="broken", files={"plugin.py": "1/0"}, tests={"test_a.py": TESTS})
    ]
    cases += [case(by) for by in range(5)]
    judge = host.judge()

    assert judge.judge_many(cases) == [judge.judge(each) for each in cases]


def test_no_case_gives_no_report(host):
    assert host.judge().judge_many([]) == []


class Lane:
    """Engines that are only a name."""

    opened: ClassVar[list[Lane]] = []

    def __init__(self) -> None:
        self.closed = False
        self.opened.append(self)

    def sandbox(self, name: str) -> Lane:
        return self

    def close(self) -> None:
        self.closed = True


@pytest.mark.skipif(processors() < 2, reason="there is one processor")
def test_lanes_are_opened_if_it_is_worth_it_and_closed_also_after_a_failure():
    Lane.opened = []

    def judged(engines: object, one: Case) -> Report:
        if one.name == "case 7":
            raise RuntimeError("no")
        return Report(results=())

    first = Lane().sandbox
    side_by_side(judged, [case(1)] * 3, first, Lane)
    assert len(Lane.opened) == 1
    with pytest.raises(RuntimeError, match="no"):
        side_by_side(judged, [case(7)] * 9, first, Lane)
    assert len(Lane.opened) > 1
    assert all(lane.closed for lane in Lane.opened[1:])
    assert not Lane.opened[0].closed
