import pytest
from plugin import ranking

from plugwright_sdk import InputError


def ranked(note):
    return [(rank["place"], rank["name"], rank["hundredths"]) for rank in ranking(note)]


def test_r1_a_name_may_be_a_number_or_look_like_a_result():
    assert ranked("Lane 4 30.5\nDNS 31") == [(1, "Lane 4", 3050), (2, "DNS", 3100)]


def test_r1_any_spaces():
    assert ranked("\tZoë  van \t Dijk    30") == [(1, "Zoë van Dijk", 3000)]


def test_r1_nothing_but_empty_lines():
    assert ranked("\n \n\t\n") == []


def test_r1_lines_that_end_with_a_carriage_return():
    assert ranked("A 30.1\r\nB 30\r\n") == [(1, "B", 3000), (2, "A", 3010)]


@pytest.mark.parametrize(
    ("time", "hundredths"),
    [
        ("0.05", 5),
        ("0,5", 50),
        ("9", 900),
        ("0:09", 900),
        ("0:59.99", 5999),
        ("59.9", 5990),
        ("60.01", 6001),
        ("123.45", 12345),
        ("1:00,00", 6000),
        ("10:10.10", 61010),
        ("007.07", 707),
        ("100:00", 600000),
    ],
)
def test_r2_many_forms(time, hundredths):
    assert ranked(f"Kim {time}") == [(1, "Kim", hundredths)]


def test_r3_by_time_and_not_by_text():
    assert ranked("A 100\nB 20\nC 1:30\nD 9.5") == [
        (1, "D", 950),
        (2, "B", 2000),
        (3, "C", 9000),
        (4, "A", 10000),
    ]


def test_r3_three_with_the_same_time():
    assert ranked("Z 30\nY 29\nA 30.00\nM 30,0\nB 30.01") == [
        (1, "Y", 2900),
        (2, "Z", 3000),
        (2, "A", 3000),
        (2, "M", 3000),
        (5, "B", 3001),
    ]


def test_r3_two_shared_places():
    places = [place for place, *_ in ranked("A 1\nB 1\nC 2\nD 2\nE 3")]
    assert places == [1, 1, 3, 3, 5]


def test_r4_only_no_results():
    assert ranked("B DQ\nA DNS") == [(None, "B", None), (None, "A", None)]


def test_r4_they_take_no_place():
    assert ranked("A dq\nB 31\nC dNs\nD 30") == [
        (1, "D", 3000),
        (2, "B", 3100),
        (None, "A", None),
        (None, "C", None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "DNS",
        "30.5",
        "Kim 30.5s",
        "Kim 1:61.0",
        "Kim 1:075",
        "Kim :30",
        "Kim 1:",
        "Kim 30:5",
        "Kim 1:02:03",
        "Kim -30",
        "Kim .5",
        "Kim 30.555",
        "Kim 30.5.5",
        "Kim DNF",
        "Kim 30 m",
    ],
)
def test_r5_unreadable(line):
    with pytest.raises(InputError, match=r"line 2\b"):
        ranking(f"Bo 20\n{line}\nEve 30")


def test_r5_the_first_unreadable_line_is_named():
    with pytest.raises(InputError, match=r"line 12\b"):
        ranking("Kim 30\n\n" * 5 + "Kim 31\nKim\nBo")


def test_r3_a_large_meet():
    swimmers = [(f"S{n}", 2500 + n * n * 7 % 400) for n in range(80)]
    note = "\n".join(f"{name} {t // 100}.{t % 100:02}" for name, t in swimmers)
    expected = []
    for time in range(2500, 2900):
        faster = sum(other < time for _, other in swimmers)
        expected += [(faster + 1, name, time) for name, t in swimmers if t == time]
    assert ranked(note) == expected
