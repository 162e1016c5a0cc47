from itertools import permutations

import pytest
from plugin import plan

from plugwright_sdk import InputError


def cook(text):
    """`peel:5:boil,wash` is a step of 5 minutes that waits for two."""
    steps = []
    for word in text.split():
        name, minutes, after = (word + "::").split(":")[:3]
        waits = [each for each in after.split(",") if each]
        steps.append({"name": name, "minutes": int(minutes), "after": waits})
    return plan(steps)


def test_r1_a_chain_given_backwards():
    assert cook("d:1:c c:1:b b:1:a a:1")["order"] == ["a", "b", "c", "d"]


def test_r1_a_diamond():
    assert cook("end:1:l,r l:1:go r:1:go go:1")["order"] == ["go", "l", "r", "end"]


def test_r1_one_step():
    assert cook("tea:4") == {"order": ["tea"], "minutes": 4, "stuck": []}


def test_r2_list_order_not_alphabet():
    assert cook("soup:1 bread:1 apple:1:bread")["order"] == ["soup", "bread", "apple"]


def test_r2_after_each_step_from_the_top():
    assert cook("a:1:c b:1:d c:1 d:1 e:1")["order"] == ["c", "a", "d", "b", "e"]


def test_r2_not_level_by_level():
    assert cook("x:1 y:1:x z:1:y q:1")["order"] == ["x", "y", "z", "q"]


def test_r2_short_steps_do_not_overtake():
    assert cook("slow:99 fast:1")["order"] == ["slow", "fast"]


def test_r3_a_chain_adds_up():
    assert cook("a:3 b:4:a c:5:b")["minutes"] == 12


def test_r3_side_by_side():
    assert cook("a:3 b:4 c:5")["minutes"] == 5


def test_r3_the_longest_way_need_not_have_most_steps():
    assert cook("a:1 b:1:a c:1:b d:1:c big:9 f:2:big,d")["minutes"] == 11


def test_r3_the_last_in_order_need_not_end_last():
    assert cook("roast:90 sauce:10")["minutes"] == 90


def test_r3_steps_without_time():
    assert cook("a:0 b:0:a") == {"order": ["a", "b"], "minutes": 0, "stuck": []}


def test_r4_three_in_a_circle_and_a_free_one():
    found = cook("a:5:c b:5:a free:2 c:5:b")
    assert found == {"order": ["free"], "minutes": 2, "stuck": ["a", "b", "c"]}


def test_r4_itself():
    assert cook("a:5:a") == {"order": [], "minutes": 0, "stuck": ["a"]}


def test_r4_waiting_for_the_stuck_over_others():
    found = cook("late:1:mid,ok mid:1:b ok:7 b:1:c c:1:b")
    assert found == {"order": ["ok"], "minutes": 7, "stuck": ["late", "mid", "b", "c"]}


@pytest.mark.parametrize(
    "text", ["a:1:b", "a:1 b:1:a,c", "a:1 b:1 a:1", "a:1 b:-1", "a:1:b b:1:a a:1"]
)
def test_r5_refused(text):
    with pytest.raises(InputError):
        cook(text)


def test_r5_repeated_waits():
    assert cook("c:1:a,b,a,b a:1 b:2")["order"] == ["a", "b", "c"]


def test_r2_small_menus_against_all_orders():
    for seed in range(40):
        waits = {
            n: {m for m in range(5) if (seed * 31 + n * 7 + m * 13) % 5 == 0 and m > n}
            for n in range(5)
        }
        allowed = [
            order
            for order in permutations(range(5))
            if all(order.index(m) < order.index(n) for n in waits for m in waits[n])
        ]
        text = " ".join(
            f"s{n}:1:{','.join(f's{m}' for m in w)}" for n, w in waits.items()
        )
        found = cook(text)["order"]
        # Taking the first possible step each time is the least order of positions.
        assert found == [f"s{n}" for n in min(allowed)]


def test_r3_a_long_menu():
    text = " ".join(
        f"s{n}:{n % 7 + 1}:" + ",".join({f"s{n // 2}", f"s{n - 1}"} if n else ())
        for n in range(120)
    )
    found = cook(text)
    assert found["order"] == [f"s{n}" for n in range(120)]
    assert found["minutes"] == sum(n % 7 + 1 for n in range(120))
