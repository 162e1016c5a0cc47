import pytest
from plugin import plan

from plugwright_sdk import InputError


def step(name, minutes, *after):
    return {"name": name, "minutes": minutes, "after": list(after)}


def test_r1_a_step_comes_after_what_it_waits_for():
    assert plan([step("peel", 5, "boil"), step("boil", 9)])["order"] == ["boil", "peel"]


def test_r1_a_step_waits_for_all():
    found = plan(
        [step("mix", 1, "cut", "wash"), step("cut", 1, "wash"), step("wash", 1)]
    )
    assert found["order"] == ["wash", "cut", "mix"]


def test_r2_the_list_decides_where_there_is_a_choice():
    found = plan([step("z", 1), step("a", 1), step("m", 1)])
    assert found["order"] == ["z", "a", "m"]


def test_r2_a_step_that_becomes_ready_may_come_before_later_ones():
    found = plan([step("peel", 1, "boil"), step("boil", 1), step("salad", 1)])
    assert found["order"] == ["boil", "peel", "salad"]


def test_r3_steps_go_on_side_by_side():
    found = plan([step("boil", 10), step("peel", 5, "boil"), step("salad", 12)])
    assert found["minutes"] == 15


def test_r3_the_slowest_wait_counts():
    found = plan([step("a", 5), step("b", 7), step("c", 2, "a", "b")])
    assert found["minutes"] == 9


def test_r3_no_steps_take_no_time():
    assert plan([]) == {"order": [], "minutes": 0, "stuck": []}


def test_r4_a_circle_is_stuck():
    found = plan([step("a", 1, "b"), step("b", 1, "a")])
    assert found == {"order": [], "minutes": 0, "stuck": ["a", "b"]}


def test_r4_who_waits_for_a_circle_is_stuck_too():
    found = plan(
        [step("d", 50, "c"), step("c", 1, "a"), step("a", 1, "a"), step("x", 3)]
    )
    assert found == {"order": ["x"], "minutes": 3, "stuck": ["d", "c", "a"]}


def test_r4_a_step_before_a_circle_can_be_done():
    found = plan([step("a", 1, "b", "x"), step("b", 1, "a"), step("x", 1)])
    assert (found["order"], found["stuck"]) == (["x"], ["a", "b"])


@pytest.mark.parametrize(
    "wrong",
    [
        [step("a", 1, "nothing")],
        [step("a", 1), step("a", 2)],
        [step("a", -1)],
    ],
)
def test_r5_wrong_lists_are_refused(wrong):
    with pytest.raises(InputError):
        plan(wrong)


def test_r5_a_wait_named_twice_counts_once():
    found = plan([step("b", 1, "a", "a"), step("a", 2)])
    assert found == {"order": ["a", "b"], "minutes": 3, "stuck": []}
