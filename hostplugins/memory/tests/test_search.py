"""Which facts fit a question, and in which order."""

from __future__ import annotations

import string

import pytest

from plugwright_memory import search
from plugwright_memory.narrowing import Narrowing
from plugwright_memory.search import Search
from plugwright_memory.words import MOST_TERMS, terms


@pytest.fixture
def find(memory):
    return lambda *question, **more: [
        fact.text for fact in memory.recall(*question, **more)
    ]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Ada PRACTISES daily.", "practising"),
        ("Her lessons are short.", "lesson"),
        ("Das Café ist zu.", "cafe"),
        ("Das Cafe ist zu.", "café"),
        ("Das Cafe ist zu.", "cafe\u0301"),
        ("Die Straße ist lang.", "STRAßE"),
        ("set PLUGWRIGHT_HOME first", "plugwright_home"),
        ("彼女は毎日ピアノを練習します", "ピアノ"),
        ("她每天练习钢琴", "钢琴"),
        ("the year 1984", "1984?"),
        ("Она играет на пианино", "ПИАНИНО"),
        ("Die Straße ist lang.", "Strasse"),
        ("she studies in \u1112\u1161\u11ab\u1100\u116e\u11a8", "\ud55c\uad6d"),
        ("\u304b\u3099っこうへ行く", "がっこう"),
        ("ﬁve ｌｅｓｓｏｎｓ", "five lessons"),
        ("वह हिन्दी पढ़ती है", "हिन्दी"),
        ("เธอเรียนภาษาไทยทุกวัน", "ภาษาไทย"),
        ("تَدْرُسُ الْعَرَبِيَّة", "العربية"),
        ("הִיא לוֹמֶדֶת", "לומדת"),
    ],
)
def test_a_word_is_found_in_its_other_forms(memory, find, text, question):
    memory.remember("something else")
    memory.remember(text)

    assert find(question) == [text]


def test_characters_in_another_order_are_another_word(memory, find):
    memory.remember("她每天练习琴钢")

    assert find("钢琴") == []


def test_a_word_is_no_heap_of_the_letters_between_its_vowels(memory, find):
    memory.remember("दही न हो")

    assert find("हिन्दी") == []


@pytest.mark.parametrize(
    "question",
    [
        *string.punctuation,
        *(f'piano {each}{each} "' for each in string.punctuation),
        "AND",
        "OR NOT NEAR(piano, 3)",
        'text : "piano',
        "{filed} : x",
        "piano*",
        "^piano",
        "-piano",
        "'; DROP TABLE facts; --",
        "\0",
        "piano\0",
        "\ud800 \udfff",
        "a" * 100_000,
        " ".join(f"w{number}" for number in range(10_000)),
        "\u202e\u0301",
        "((((((",
    ],
)
def test_no_question_is_a_mistake(memory, question):
    memory.remember("Ada plays piano.", about="music")

    found = memory.recall(question)
    assert memory.recall(question, about="music") == found
    assert bool(found) == ("piano" in question)


def test_words_of_the_query_language_are_only_words(memory, find):
    memory.remember("salt and pepper")
    memory.remember("piano")

    assert find("AND") == ["salt and pepper"]
    assert find("piano NOT piano") == ["piano"]


def test_who_has_more_of_the_words_comes_first(memory, find):
    memory.remember_all(["Ada plays", "Ben plays piano", "Ada plays piano", "Cleo"])

    assert find("Ada piano")[0] == "Ada plays piano"
    assert len(find("Ada piano")) == 3


def test_a_rare_word_counts_more_than_a_frequent_one(memory, find):
    memory.remember_all([*(f"lesson {n} at noon" for n in range(9)), "harp at noon"])

    assert find("lesson harp")[0] == "harp at noon"


def test_a_word_of_the_text_counts_more_than_one_of_the_subject(memory, find):
    memory.remember("she played well", about="piano")
    memory.remember("piano moved out")

    assert find("piano") == ["piano moved out", "she played well"]


def test_the_word_that_stands_for_a_subject_is_not_found(memory, find):
    memory.remember("she played well", about="piano")
    memory.remember("she ran", about="")

    assert find("subject") == []


def test_of_equals_the_newer_comes_first(memory, find):
    memory.remember_all(["piano a", "piano b", "piano c"])

    assert find("piano", limit=2) == ["piano c", "piano b"]


def test_only_so_many_words_of_a_question_count():
    question = " ".join(f"w{number}" for number in range(1000))

    assert len(terms(question)) == MOST_TERMS
    assert terms("Ada ada ADA") == ['"ada"']


# Where there are more facts than are ranked.


@pytest.fixture
def few_are_ranked(monkeypatch):
    monkeypatch.setattr(search, "MOST_RANKED", 5)


@pytest.mark.usefixtures("few_are_ranked")
class TestMoreThanAreRanked:
    def test_an_old_fact_with_a_rare_word_is_still_found_first(self, memory, find):
        memory.remember("the old harp")
        memory.remember_all([f"the piano {n}" for n in range(20)])

        assert find("the harp") == ["the old harp"]
        assert find("harp piano") == ["the old harp"]

    def test_frequent_words_change_the_order_of_rare_ones(self, memory, find):
        memory.remember_all(["Ben has a harp", "Ada has a harp", "Cleo has a harp"])
        memory.remember_all([f"Ada {n}" for n in range(20)])

        assert find("harp Ada")[0] == "Ada has a harp"

    def test_of_frequent_words_those_who_have_them_all_come_first(self, memory, find):
        memory.remember("Ada plays piano")
        memory.remember_all([f"Ada {n}" for n in range(20)])
        memory.remember_all([f"piano {n}" for n in range(20)])

        found = find("Ada piano", limit=3)
        assert found[0] == "Ada plays piano"
        assert len(found) == 3

    def test_of_one_frequent_word_the_newest_are_found(self, memory, find):
        memory.remember_all([f"piano {n}" for n in range(20)])

        assert find("piano") == [f"piano {n}" for n in (19, 18, 17, 16, 15)]

    def test_words_that_are_only_together_too_many_all_count(self, memory, find):
        memory.remember_all(["harp one", "harp two", "harp three"])
        memory.remember_all(["piano one", "piano two", "piano three"])

        assert find("harp piano three")[:2] == ["piano three", "harp three"]

    def test_what_nearly_all_have_tells_nothing(self, memory, find, monkeypatch):
        monkeypatch.setattr(search, "MOST_COUNTED", 10)
        memory.remember_all(["the harp", "a harp"])
        memory.remember_all([f"the piano {n}" for n in range(20)])

        assert find("the harp") == ["a harp", "the harp"]
        assert len(find("the piano")) == 5

    def test_a_subject_is_searched_by_itself(self, memory, find):
        memory.remember("piano at home", about="home")
        memory.remember_all([f"piano {n}" for n in range(20)])

        assert find("piano", about="home") == ["piano at home"]


def test_what_expired_and_is_not_dropped_yet_takes_nobody_s_place(
    memory, clock, database
):
    for _ in range(5):
        memory.remember("piano piano", expires=clock() + 10)
    memory.remember("a piano, which is said with some more words")
    clock.seconds += 20

    found = Search(database.read, 1, Narrowing(), clock()).best("piano", 1)
    assert [row[1] for row in found] == ["a piano, which is said with some more words"]
    assert database.read("SELECT count(*) FROM facts") == [(6,)]
