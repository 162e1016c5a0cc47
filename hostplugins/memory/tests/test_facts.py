"""What is kept, for whom, for how long."""

from __future__ import annotations

import json

import pytest

from plugwright.errors import UsageError
from plugwright_memory.facts import DROPPED_AT_ONCE
from plugwright_memory.limits import LONGEST_NAME, LONGEST_TEXT
from plugwright_memory.schema import words_of


def texts(found):
    return [fact.text for fact in found]


def rows(database, table):
    [(count,)] = database.read(f"SELECT count(*) FROM {table}")
    return count


def test_a_fact_is_given_back_as_it_was_kept(memory, clock):
    id = memory.remember("Ada plays piano.", about="music", expires=clock() + 10)

    [fact] = memory.recall("piano")
    assert (fact.id, fact.text, fact.about) == (id, "Ada plays piano.", "music")
    assert (fact.kept, fact.expires) == (clock(), clock() + 10)


def test_nothing_is_found_where_nothing_was_kept(memory, path):
    assert memory.recall("piano") == []
    assert memory.recall() == []
    assert [*memory.export()] == []
    assert not memory.forget("0123456789abcdef")
    assert not path.exists()


def test_without_a_query_the_newest_come_first_whatever_the_clock_says(memory, clock):
    memory.remember("one")
    clock.seconds -= 1000
    memory.remember("two")
    memory.remember("three")

    assert texts(memory.recall()) == ["three", "two", "one"]
    assert texts(memory.recall(" \n", limit=2)) == ["three", "two"]


def test_only_what_is_filed_under_the_subject_is_found(memory):
    memory.remember("Ada plays.", about="music")
    memory.remember("Ada runs.", about="sport")
    memory.remember("Ada sleeps.")

    assert texts(memory.recall(about="music")) == ["Ada plays."]
    assert texts(memory.recall("ada", about="sport")) == ["Ada runs."]
    assert texts(memory.recall("ada", about="Music")) == []


def test_owners_find_and_forget_only_their_own(open_memory):
    ada, ben = open_memory("ada"), open_memory("ben")
    mine = ada.remember("The code is 1234.", about="door")
    ben.remember("The code is unknown.")

    assert texts(ben.recall("code")) == ["The code is unknown."]
    assert texts(ben.recall(about="door")) == []
    assert texts(ben.recall()) == ["The code is unknown."]
    assert not any("1234" in line for line in ben.export())
    assert not ben.forget(mine)
    assert texts(ada.recall()) == ["The code is 1234."]


def test_what_others_keep_does_not_change_the_order_of_what_is_found(open_memory):
    ada, ben = open_memory("ada"), open_memory("ben")
    ada.remember_all(["a piano, black", "a violin, brown", "a harp", "a violin, red"])
    before = texts(ada.recall("violin piano"))
    ben.remember_all([f"piano {number}" for number in range(200)])

    assert before[0] == "a piano, black"
    assert texts(ada.recall("violin piano")) == before


def test_a_forgotten_fact_is_gone_with_its_words(memory, database):
    id = memory.remember("Ada plays piano.")
    kept = memory.remember("Ben plays piano.")

    assert memory.forget(id)
    assert not memory.forget(id)
    assert [fact.id for fact in memory.recall("piano")] == [kept]
    assert rows(database, "facts") == rows(database, words_of(1)) == 1


@pytest.mark.parametrize("id", ["", "' OR 1=1", "%", "\ud800", "\0"])
def test_an_id_that_nobody_has_forgets_nothing(memory, id):
    memory.remember("Ada plays piano.")

    assert not memory.forget(id)
    assert len(memory.recall()) == 1


def test_what_expired_is_not_found(memory, clock):
    memory.remember("Ada is ill.", expires=clock() + 10)
    memory.remember("Ada is ten.")
    clock.seconds += 10

    assert texts(memory.recall("ada")) == ["Ada is ten."]
    assert texts(memory.recall()) == ["Ada is ten."]
    assert len([*memory.export()]) == 1


def test_what_expired_is_dropped_with_the_next_fact(memory, clock, database):
    memory.remember("Ada is ill.", expires=clock() + 10)
    clock.seconds += 10
    memory.remember("Ada is well.")

    assert rows(database, "facts") == rows(database, words_of(1)) == 1


def test_what_expired_is_dropped_when_its_owner_opens_the_memory(
    open_memory, clock, database
):
    open_memory("ada").remember("I am ill.", expires=clock() + 10)
    clock.seconds += 10

    open_memory("ben")
    assert rows(database, "facts") == 1
    open_memory("ada")
    assert rows(database, "facts") == rows(database, words_of(1)) == 0


def test_no_more_is_dropped_at_once_than_can_be_waited_for(memory, clock, database):
    for _ in range(DROPPED_AT_ONCE + 1):
        memory.remember("soon", expires=clock() + 10)
    clock.seconds += 10

    memory.remember("first")
    assert rows(database, "facts") == 2
    memory.remember("second")
    assert rows(database, "facts") == 2


@pytest.mark.parametrize("seconds", [-1.0, 0.0, float("nan"), float("inf")])
def test_a_fact_that_could_never_be_found_is_refused(memory, clock, seconds):
    with pytest.raises(UsageError, match="not in the future") as told:
        memory.remember("Ada is ill.", expires=clock() + seconds)
    assert "time.time() + 3600" in told.value.remedy


def test_seconds_from_now_are_taken_for_the_mistake_that_they_are(memory):
    with pytest.raises(UsageError, match="cannot expire at 3600"):
        memory.remember("Ada is ill.", expires=3600)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to remember"),
        (" \n\t", "nothing to remember"),
        ("x" * (LONGEST_TEXT + 1), "is too long"),
        ("\ud800", "half of a character"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(memory, text, said, path):
    with pytest.raises(UsageError, match=said):
        memory.remember(text)
    assert not path.exists()


@pytest.mark.parametrize("text", ["\0", "a\0b", "🎹", "e\u0301", "x" * LONGEST_TEXT])
def test_any_other_text_is_kept_as_it_is(memory, text):
    memory.remember(text)
    assert texts(memory.recall()) == [text]


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "\ud800", "x" * 513])
def test_a_name_that_is_no_line_is_refused(memory, open_memory, name):
    assert len("x" * 513) > LONGEST_NAME
    with pytest.raises(UsageError, match="cannot be a subject"):
        memory.remember("text", about=name)
    with pytest.raises(UsageError, match="cannot be a subject"):
        memory.recall(about=name)
    with pytest.raises(UsageError, match="cannot be the name of an owner"):
        open_memory(name)


def test_a_memory_without_an_owner_is_refused(open_memory):
    with pytest.raises(UsageError, match="needs an owner"):
        open_memory("")


@pytest.mark.parametrize("limit", [-1, 0, 1001])
def test_a_limit_that_makes_no_sense_is_refused(memory, limit):
    with pytest.raises(UsageError, match=f"cannot find {limit} facts"):
        memory.recall("x", limit=limit)


def test_many_facts_are_kept_together_or_not_at_all(memory):
    with pytest.raises(UsageError, match="nothing to remember"):
        memory.remember_all(["one", ""])
    assert memory.recall() == []

    ids = memory.remember_all(["one", "two"], about="numbers")
    assert [fact.id for fact in memory.recall(about="numbers")] == ids[::-1]


def test_the_export_is_a_line_of_json_for_each_fact_the_oldest_first(memory, clock):
    first = memory.remember("Größe:\n3", about="shoes", expires=clock() + 10)
    second = memory.remember("字典")

    assert [json.loads(line) for line in memory.export()] == [
        {
            "id": first,
            "text": "Größe:\n3",
            "about": "shoes",
            "kept": clock(),
            "expires": clock() + 10,
            "run": "",
        },
        {
            "id": second,
            "text": "字典",
            "about": "",
            "kept": clock(),
            "expires": None,
            "run": "",
        },
    ]
    assert not any("\n" in line for line in memory.export())
