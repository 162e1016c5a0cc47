import pytest
from plugin import attendance

from plugwright_sdk import InputError

IDA = {"name": "Ida", "voice": "soprano"}


def rehearsals(*presence):
    return [
        {"date": f"2026-01-{day:02}", "present": names.split()}
        for day, names in enumerate(presence, 1)
    ]


def test_r1_presence_is_counted():
    found = attendance([IDA], rehearsals("Ida", "", "Ida"))["members"][0]
    assert (found["name"], found["voice"], found["present"]) == ("Ida", "soprano", 2)


def test_r1_a_name_counts_once_for_each_rehearsal():
    assert attendance([IDA], rehearsals("Ida Ida"))["members"][0]["present"] == 1


@pytest.mark.parametrize(
    ("came", "of", "percent"), [(5, 8, 63), (1, 3, 33), (2, 3, 67), (0, 2, 0)]
)
def test_r2_percent_is_rounded_half_up(came, of, percent):
    days = rehearsals(*["Ida"] * came, *[""] * (of - came))
    assert attendance([IDA], days)["members"][0]["percent"] == percent


def test_r2_there_is_no_percentage_without_rehearsals():
    row = attendance([IDA], [])["members"][0]
    assert (row["present"], row["percent"]) == (0, None)


def test_r3_the_longest_absence_counts():
    days = rehearsals("", "Ida", "", "", "Ida", "")
    assert attendance([IDA], days)["members"][0]["missed_in_a_row"] == 2


def test_r3_dates_decide_about_in_a_row():
    first, second, third = rehearsals("", "Ida", "")
    row = attendance([IDA], [first, third, second])["members"][0]
    assert row["missed_in_a_row"] == 1


def test_r3_nothing_missed():
    assert attendance([IDA], rehearsals("Ida"))["members"][0]["missed_in_a_row"] == 0


def test_r4_voices_then_names():
    members = [
        {"name": "Bo", "voice": "bass"},
        {"name": "Al", "voice": "bass"},
        {"name": "Tom", "voice": "tenor"},
        {"name": "Uma", "voice": "alto"},
        IDA,
    ]
    found = attendance(members, [])["members"]
    assert [row["name"] for row in found] == ["Ida", "Uma", "Tom", "Al", "Bo"]


def test_r5_guests_are_listed_once():
    found = attendance([IDA], rehearsals("Zoe Ida", "Ben Zoe"))
    assert found["guests"] == ["Ben", "Zoe"]


def test_r5_without_guests_the_list_is_empty():
    assert attendance([IDA], rehearsals("Ida"))["guests"] == []


def test_r6_two_members_of_one_name_are_refused():
    with pytest.raises(InputError):
        attendance([IDA, {"name": "Ida", "voice": "alto"}], [])


def test_r6_two_rehearsals_of_one_date_are_refused():
    with pytest.raises(InputError):
        attendance([IDA], rehearsals("Ida") + rehearsals(""))
