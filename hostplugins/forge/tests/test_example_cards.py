"""Where candidates disagree, a person is asked in plain words, and is understood."""

from __future__ import annotations

import pytest

from plugwright.judging import Observed
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.board import Told, Version, board
from plugwright_forge.choice import Card, Option
from plugwright_forge.example_cards import hold_cards, in_words, understood
from plugwright_forge.options import Options
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.session import Session

PROBES = tuple(Probe(id=f"P{n}", command="half", arguments={"n": n}) for n in (2, 3, 5))


def given(value):
    return output_of([Observed(value=value)])


def versions(*outputs):
    return [
        Version(candidate=n, iteration=0, code="", outputs=tuple(map(given, each)))
        for n, each in enumerate(outputs, 1)
    ]


SPLIT = versions((1, 1, 2), (1, 2, 3), (1, 1, 2), (1, 2, 2))
CARD = Card("P2", (Option(given(1), 0.6, ("1.0",)), Option(given(2), 0.4, ())), 0.9)


class Person:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.cards = []

    def card(self, number, card):
        self.cards.append(card)
        return self.answers.pop(0) if self.answers else None


@pytest.fixture
def session(tmp_path):
    def begin(name="session", **options):
        about = {"request": "Halve.", "model": "hand", "autonomy": Autonomy.GUIDED}
        return Session.begin(tmp_path / name, Options(**about | options))

    return begin


def held(session, person, found=SPLIT):
    return hold_cards(session, person, PROBES, lambda told: board(found, PROBES, told))


def test_only_what_splits_the_candidates_is_asked(session):
    person = Person("don't know", "?", "")
    held(session(), person)
    assert {card.input for card in person.cards} == {"n = 3", "n = 5"}


def test_where_all_agree_nothing_is_asked(session):
    person = Person("yes")
    assert held(session(), person, versions((1, 2, 3), (1, 2, 3))) == ()
    assert person.cards == []


def test_at_most_three_cards_are_asked(session):
    probes = tuple(Probe(id=f"P{n}", command="c", arguments={}) for n in range(9))
    found = versions(*[[n * m % 7 for m in range(9)] for n in range(1, 6)])
    person = Person()
    hold_cards(session(), person, probes, lambda told: board(found, probes, told))
    assert len(person.cards) == 3


def test_a_card_can_be_read_without_knowing_how_to_program():
    card = in_words(CARD, PROBES[1])
    assert card.question == "`half` with n = 3: is 1 right?"
    assert card.others == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("yes", Told(probe="P2", output=given(1))),
        (" Yes. ", Told(probe="P2", output=given(1))),
        ("no", Told(probe="P2", output=given(1), wanted=False)),
        ("2", Told(probe="P2", output=given(2))),
        ("1.5", Told(probe="P2", output=given(1.5))),
        ("half a cake", Told(probe="P2", output=given("half a cake"))),
        ('{"a": 1}', Told(probe="P2", output=given({"a": 1}))),
        ("refuse", Told(probe="P2", output=output_of([Observed(refused=True)]))),
        ("don't know", None),
        ("", None),
    ],
)
def test_answers_are_understood(text, told):
    assert understood(text, CARD) == told


def test_where_all_answers_are_texts_a_number_is_one_too():
    texts = Option(given("12"), 0.6, ()), Option(given("012"), 0.4, ())
    card = Card("P2", texts, 0.9)

    assert understood("12", card) == Told(probe="P2", output=given("12"))
    assert understood("true", card) == Told(probe="P2", output=given("true"))
    failed = Option(output_of([Observed(failure="RE")]), 0.1, ())
    assert understood("12", Card("P2", (*texts, failed), 0.9)).output == given("12")
    assert understood('"12"', card) == Told(probe="P2", output=given("12"))


def test_what_candidates_tell_beside_their_answer_is_not_held_against_it():
    loud = output_of([Observed(value=2, emitted=({"name": "done", "data": 1},))])
    card = Card("P2", (CARD.options[0], Option(loud, 0.4, ())), 0.9)
    assert understood("2", card) == Told(probe="P2", output=loud)


def test_an_answer_is_never_asked_for_twice(session, tmp_path):
    first = session()
    told = held(first, Person("yes", "no", "2"))
    again = Session(first.folder)
    person = Person()
    assert held(again, person) == told
    assert person.cards == []


def test_fully_autonomous_asks_nobody_but_reads_the_file(session):
    person = Person("yes")
    assert held(session("a", autonomy=Autonomy.FULL), person) == ()
    answers = {"card-1": "no"}
    told = held(session("b", autonomy=Autonomy.FULL, answers=answers), person)
    assert [each.wanted for each in told] == [False]
    assert person.cards == []


def test_a_card_may_be_answered_by_its_own_words(session):
    person = Person("?", "?", "?")
    held(session("a"), person)
    answers = {person.cards[0].question: "yes"}
    told = held(session("b", autonomy=Autonomy.FULL, answers=answers), person)
    assert len(told) == 1
