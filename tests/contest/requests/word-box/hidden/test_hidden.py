from datetime import date, timedelta

import pytest
from plugin import add, answer, due_words

from plugwright_sdk import InputError


def test_r1_counting():
    days = ("2026-03-01", "2026-03-05", "2026-02-01")
    assert [add(f"w{n}", "x", day) for n, day in enumerate(days)] == [1, 2, 3]


def test_r1_due_from_the_first_day_on():
    add("sol", "sun", "2026-03-10")
    assert due_words("2026-03-09") == []
    assert due_words("2026-03-10") == ["sol"]
    assert due_words("2026-04-10") == ["sol"]


def test_r1_a_refused_word_keeps_its_solution():
    add("sol", "sun", "2026-03-10")
    with pytest.raises(InputError):
        add("sol", "moon", "2026-03-10")
    assert answer("sol", "sun", "2026-03-10")["right"] is True


def test_r2_spaces_and_case_of_the_solution():
    add("gato", "  The Cat ", "2026-03-10")
    assert answer("gato", "the cat", "2026-03-10")["right"] is True


def test_r2_inner_spaces_and_accents_matter():
    add("a", "el gato", "2026-03-10")
    assert answer("a", "elgato", "2026-03-10")["right"] is False
    add("b", "él", "2026-03-10")
    assert answer("b", "el", "2026-03-10")["right"] is False
    add("c", "Él", "2026-03-10")
    assert answer("c", "ÉL", "2026-03-10")["right"] is True


def test_r3_all_boxes_in_a_leap_year():
    add("sol", "sun", "2024-02-14")
    days, found = "2024-02-14", []
    for _ in range(6):
        result = answer("sol", "sun", days)
        found.append((result["box"], result["due"]))
        days = result["due"]
    assert found == [
        (2, "2024-02-16"),
        (3, "2024-02-20"),
        (4, "2024-02-28"),
        (5, "2024-03-15"),
        (5, "2024-03-31"),
        (5, "2024-04-16"),
    ]


def test_r3_wrong_from_box_three():
    add("sol", "sun", "2026-01-01")
    answer("sol", "sun", "2026-01-01")
    answer("sol", "sun", "2026-01-03")
    assert answer("sol", "son", "2026-01-07") == {
        "right": False,
        "box": 1,
        "due": "2026-01-08",
    }
    assert answer("sol", "sun", "2026-01-08")["box"] == 2


def test_r3_wrong_in_box_one_stays():
    add("sol", "sun", "2026-01-01")
    assert answer("sol", "", "2026-01-01")["box"] == 1


def test_r4_leap_day():
    add("sol", "sun", "2024-02-28")
    assert answer("sol", "x", "2024-02-28")["due"] == "2024-02-29"
    assert due_words("2024-02-29") == ["sol"]


def test_r4_end_of_the_year():
    add("sol", "sun", "2025-12-31")
    assert answer("sol", "sun", "2025-12-31")["due"] == "2026-01-02"


def test_r4_late_answers_count_from_their_own_day():
    add("sol", "sun", "2026-01-01")
    answer("sol", "sun", "2026-01-01")
    assert answer("sol", "sun", "2026-01-30")["due"] == "2026-02-03"


def test_r5_one_day_too_early():
    add("sol", "sun", "2026-01-01")
    answer("sol", "sun", "2026-01-01")
    with pytest.raises(InputError):
        answer("sol", "sun", "2026-01-02")
    assert answer("sol", "sun", "2026-01-03")["box"] == 3


def test_r5_twice_on_a_day():
    add("sol", "sun", "2026-01-01")
    answer("sol", "wrong", "2026-01-01")
    with pytest.raises(InputError):
        answer("sol", "sun", "2026-01-01")


@pytest.mark.parametrize("word", ["sun", "Sol", "sol ", ""])
def test_r5_unknown(word):
    add("sol", "sun", "2026-01-01")
    with pytest.raises(InputError):
        answer(word, "sun", "2026-01-01")


def test_r6_order():
    add("z", "x", "2026-05-01")
    add("a", "x", "2026-05-02")
    add("M", "x", "2026-05-02")
    add("b", "x", "2026-05-03")
    assert due_words("2026-05-02") == ["z", "M", "a"]
    answer("z", "no", "2026-05-02")
    assert due_words("2026-05-03") == ["M", "a", "b", "z"]


def test_r6_nothing():
    assert due_words("2026-05-02") == []


@pytest.mark.parametrize("day", ["2026-02-29", "2026-13-01", "yesterday", "5.1.2026"])
def test_r7_days(day):
    add("sol", "sun", "2026-01-01")
    with pytest.raises(InputError):
        add("mar", "sea", day)
    with pytest.raises(InputError):
        answer("sol", "sun", day)
    with pytest.raises(InputError):
        due_words(day)
    assert due_words("2026-01-01") == ["sol"]


@pytest.mark.parametrize(("word", "solution"), [("", "x"), ("\t", "x"), ("x", "  ")])
def test_r7_empty(word, solution):
    with pytest.raises(InputError):
        add(word, solution, "2026-01-01")
    assert due_words("2026-01-01") == []


def test_r4_half_a_year_of_learning():
    start = date(2025, 11, 20)
    cards = {f"w{n:02}": [start, 1] for n in range(12)}
    for word in cards:
        add(word, "yes", start.isoformat())
    for n in range(120):
        today = start + timedelta(days=n)
        wanted = sorted((due, word) for word, (due, _) in cards.items() if due <= today)
        assert due_words(today.isoformat()) == [word for _, word in wanted]
        for _, word in wanted[:2]:
            knows = (n + int(word[1:])) % 4 != 0
            box = min(5, cards[word][1] + 1) if knows else 1
            due = today + timedelta(days=(1, 2, 4, 8, 16)[box - 1])
            cards[word] = [due, box]
            found = answer(word, "yes" if knows else "no", today.isoformat())
            assert found == {"right": knows, "box": box, "due": due.isoformat()}
