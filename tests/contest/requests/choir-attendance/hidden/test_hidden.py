import pytest
from plugin import attendance

from plugwright_sdk import InputError


def choir(**voices):
    return [{"name": name, "voice": voice} for name, voice in voices.items()]


def days(*pairs):
    return [{"date": date, "present": names.split()} for date, names in pairs]


def row(pattern, order=None):
    """Ida's row if she came where there is a `+`."""
    made = [(f"2026-03-{n:02}", "Ida" * (c == "+")) for n, c in enumerate(pattern, 1)]
    if order:
        made = [made[n] for n in order]
    return attendance(choir(Ida="alto"), days(*made))["members"][0]


def test_r1_a_whole_answer():
    found = attendance(
        choir(Ida="alto", Bo="bass"),
        days(("2026-01-05", "Ida Max"), ("2026-01-12", "Bo Ida")),
    )
    assert found == {
        "members": [
            {
                "name": "Ida",
                "voice": "alto",
                "present": 2,
                "percent": 100,
                "missed_in_a_row": 0,
            },
            {
                "name": "Bo",
                "voice": "bass",
                "present": 1,
                "percent": 50,
                "missed_in_a_row": 1,
            },
        ],
        "guests": ["Max"],
    }


def test_r1_written_twice_counts_once():
    found = attendance(choir(Ida="alto"), days(("2026-01-05", "Ida Bo Ida")))
    assert found["members"][0]["present"] == 1
    assert found["members"][0]["percent"] == 100


def test_r1_no_members():
    assert attendance([], days(("2026-01-05", ""))) == {"members": [], "guests": []}


@pytest.mark.parametrize(
    ("pattern", "percent"),
    [
        ("+-------", 13),
        ("+++-----", 38),
        ("+++++++-", 88),
        ("++-", 67),
        ("+-----", 17),
        ("+" + 199 * "-", 1),
        ("+" * 199 + "-", 100),
        ("-", 0),
    ],
)
def test_r2_rounding(pattern, percent):
    made = [
        (f"20{10 + n // 28}-01-{n % 28 + 1:02}", "Ida" * (c == "+"))
        for n, c in enumerate(pattern)
    ]
    found = attendance(choir(Ida="alto"), days(*made))["members"][0]
    assert found["percent"] == percent


def test_r2_none_without_rehearsals():
    found = attendance(choir(Ida="alto", Bo="bass"), [])
    assert [each["percent"] for each in found["members"]] == [None, None]


@pytest.mark.parametrize(
    ("pattern", "missed"),
    [("--+-", 2), ("-+---", 3), ("+--+--+", 2), ("----", 4), ("+++", 0), ("-++", 1)],
)
def test_r3_longest_absence(pattern, missed):
    assert row(pattern)["missed_in_a_row"] == missed


def test_r3_without_rehearsals_nothing_was_missed():
    assert row("")["missed_in_a_row"] == 0


def test_r3_any_order_of_rehearsals():
    assert row("--+-", order=[3, 0, 2, 1])["missed_in_a_row"] == 2
    assert row("-+-+-", order=[0, 2, 4, 1, 3])["missed_in_a_row"] == 1


def test_r3_across_the_end_of_the_year():
    found = attendance(
        choir(Ida="alto"),
        days(("2026-01-02", ""), ("2025-12-24", "Ida"), ("2025-12-31", "")),
    )
    assert found["members"][0]["missed_in_a_row"] == 2


def test_r4_all_voices():
    members = choir(B="bass", T="tenor", A="alto", S="soprano")
    found = attendance(members, [])["members"]
    assert [each["name"] for each in found] == ["S", "A", "T", "B"]


def test_r4_names_within_a_voice():
    found = attendance(choir(eva="alto", Zoe="alto", Ada="alto"), [])["members"]
    assert [each["name"] for each in found] == ["Ada", "Zoe", "eva"]


def test_r5_guests_over_several_rehearsals():
    found = attendance(
        choir(Ida="alto"),
        days(("2026-01-12", "max Zoe"), ("2026-01-05", "Zoe Ada Ida")),
    )
    assert found["guests"] == ["Ada", "Zoe", "max"]


def test_r5_another_spelling_is_a_guest():
    found = attendance(choir(Ida="alto"), days(("2026-01-05", "ida")))
    assert found["guests"] == ["ida"]
    assert found["members"][0]["present"] == 0


def test_r6_same_date():
    with pytest.raises(InputError):
        attendance(
            [], days(("2026-01-05", "A"), ("2026-02-05", "A"), ("2026-01-05", ""))
        )


def test_r6_same_member():
    with pytest.raises(InputError):
        attendance(choir(Ida="alto") + choir(Ida="alto"), [])


def test_r6_an_unknown_voice():
    with pytest.raises(InputError):
        attendance(choir(Ida="drums"), [])


def test_r3_a_large_choir():
    patterns = {
        f"N{n:02}": "".join("-+"[(d * d + n * d + n) % 7 < 4] for d in range(28))
        for n in range(30)
    }
    made = [
        (f"2026-02-{d + 1:02}", " ".join(n for n, p in patterns.items() if p[d] == "+"))
        for d in range(28)
    ]
    made = made[1::2] + made[::2]
    found = attendance(choir(**dict.fromkeys(patterns, "tenor")), days(*made))
    for each in found["members"]:
        pattern = patterns[each["name"]]
        runs = [len(part) for part in pattern.split("+")]
        assert each["missed_in_a_row"] == max(runs)
        assert each["present"] == pattern.count("+")
