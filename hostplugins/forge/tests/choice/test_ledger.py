"""Why a test is trusted, and what it may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright_forge.choice import Entry, Evidence, Kind, Ledger, Source


def entry(source=Source.BLIND, *kinds, **more):
    evidence = tuple(Evidence(kind=kind) for kind in kinds)
    return Ledger((Entry(id="t", source=source, evidence=evidence, **more),))


def test_an_approved_example_is_right_nine_times_in_ten():
    assert entry(Source.APPROVED).trust("t") == pytest.approx(0.9)


def test_answers_update_softly_and_each_counts():
    yes, no = Evidence(kind=Kind.CONFIRMED), Evidence(kind=Kind.DENIED)
    approved = entry(Source.APPROVED)

    assert approved.learn("t", yes).trust("t") == pytest.approx(81 / 82)
    assert approved.learn("t", no).trust("t") == pytest.approx(0.5)
    assert approved.learn("t", no, yes).trust("t") == pytest.approx(0.9)
    assert approved.learn("t", no, no).trust("t") == pytest.approx(0.1)


def test_where_a_test_comes_from_matters():
    order = [Source.APPROVED, Source.REQUEST, Source.BLIND, Source.SEEING]
    trust = [entry(source).trust("t") for source in order]

    assert trust == sorted(trust, reverse=True)
    assert len(set(trust)) == 4


@pytest.mark.parametrize(
    "kind", [Kind.HOLDS, Kind.MUTANT, Kind.RIVAL, Kind.UPHELD, Kind.CONFIRMED]
)
def test_what_speaks_for_a_test_raises_it(kind):
    assert entry(Source.BLIND, kind).trust("t") > entry().trust("t")


@pytest.mark.parametrize(
    "kind", [Kind.FLAKY, Kind.TRIVIAL, Kind.CLOCK, Kind.ORDER, Kind.COPIED]
)
def test_a_flawed_test_never_rejects_whatever_speaks_for_it(kind):
    ledger = entry(Source.REQUEST, Kind.UPHELD, Kind.HOLDS, Kind.MUTANT, kind)

    assert ledger.rejecting(["t"]) == ()
    assert ledger.trust("t") < entry(Source.REQUEST).trust("t")
    assert f"{kind}, so at most: 0." in ledger.explain("t")


def test_three_bands_reject_rank_or_ask():
    ledger = Ledger(
        (
            Entry(id="sure", source=Source.REQUEST),
            Entry(id="maybe", source=Source.BLIND),
            Entry(id="no", source=Source.BLIND, evidence=(Evidence(kind=Kind.FLAKY),)),
        )
    )
    tests = ("sure", "maybe", "no")

    assert ledger.rejecting(tests) == ("sure",)
    assert ledger.ranking(tests) == ("sure", "maybe")
    assert ledger.questions() == ("no",)


def test_the_share_of_behaviours_that_pass_is_evidence(drawn, trusting):
    matrix = drawn({"a": "AAW", "b": "AWW", "c": "AAW", "d": "AWA", "e": "WAW"})

    ledger = trusting(matrix).after(matrix)

    assert ledger.trust("t1") > ledger.trust("t2") > 0.5 > ledger.trust("t3")


def test_few_who_agree_prove_less_than_many(drawn, trusting):
    few = drawn({"a": "A"})
    many = drawn(dict.fromkeys("abcdefgh", "A"), outputs={n: n for n in "abcdefgh"})

    assert trusting(few).after(few).rejecting(["t1"]) == ()
    assert trusting(many).after(many).rejecting(["t1"]) == ("t1",)


def test_to_look_at_the_same_matrix_again_changes_nothing(drawn, trusting):
    matrix = drawn({"a": "AW", "b": "AA"})
    once = trusting(matrix).after(matrix)

    assert once.after(matrix) == once


def test_what_candidates_do_says_nothing_about_an_answer_of_the_person(drawn, trusting):
    matrix = drawn({"a": "W", "b": "W", "c": "A"})
    ledger = trusting(matrix, t1=Source.APPROVED)

    assert ledger.after(matrix) == ledger


def test_a_test_that_four_behaviours_fail_is_put_on_trial(drawn, trusting):
    rows = {"a": "WWWAA", "b": "WWAWA", "c": "WAWWW", "d": "WWWWW"}
    matrix = drawn(rows)
    ledger = trusting(matrix, t1=Source.REQUEST)
    after = ledger.after(matrix)

    assert list(ledger.accused(matrix)) == ["t1"]
    assert after.rejecting(["t1"]) == ()
    assert after.trust("t1") < ledger.trust("t1")
    assert "it is on trial (4 different behaviours fail it" in after.explain("t1")


@pytest.mark.parametrize(
    "rows",
    [
        {"a": "WWA", "b": "WAW", "c": "WAA"},  # three
        {"a": "WWW", "b": "WAW", "c": "WWA", "d": "WAA", "e": "AWW"},  # one passes
        {"a": "WAA", "b": "WAA", "c": "WAA", "d": "WAA"},  # one behaviour
    ],
)
def test_a_test_that_few_meet_or_one_passes_is_not_tried(drawn, trusting, rows):
    matrix = drawn(rows)

    assert "t1" not in trusting(matrix).accused(matrix)


def test_who_is_passed_after_all_is_accused_no_longer(drawn, trusting):
    rows = {"a": "WWWA", "b": "WWAW", "c": "WAWW", "d": "WWWW"}
    matrix = drawn(rows)
    accused = trusting(matrix, t1=Source.REQUEST).after(matrix)
    assert accused.rejecting(["t1"]) == ()

    later = drawn(rows | {f"e{n}": "AAAA" for n in range(9)})
    assert accused.after(later).rejecting(["t1"]) == ("t1",)


def test_a_trial_ends_and_is_not_held_again(drawn, trusting):
    matrix = drawn({"a": "WWWA", "b": "WWAW", "c": "WAWW", "d": "WWWW"})
    accused = trusting(matrix, t1=Source.REQUEST).after(matrix)

    upheld = accused.judge("t1", upheld=True, detail="the person says so")
    dismissed = accused.judge("t1", upheld=False)

    assert upheld.rejecting(["t1"]) == ("t1",)
    assert dismissed.trust("t1") < 0.3
    assert upheld.after(matrix).trust("t1") == upheld.trust("t1")
    assert "t1" not in dismissed.accused(matrix)


def test_a_test_explains_itself_step_by_step(drawn, trusting):
    matrix = drawn({"a": "A", "b": "W"})
    ledger = Ledger(
        (Entry(id="t1", source=Source.BLIND, author="tester", requirement="R2"),)
    ).after(matrix)
    words = ledger.learn("t1", Evidence(kind=Kind.MUTANT, detail="`<` for `<=`"))

    assert words.explain("t1").splitlines() == [
        "t1 for R2: 0.73, may rank candidates.",
        "  written without seeing code, by tester: 0.50",
        "  different behaviours pass it (50% of 2 behaviours): 0.65",
        "  it kills a mutant (`<` for `<=`): 0.73",
    ]


def test_a_test_is_there_once():
    with pytest.raises(ValueError, match="twice"):
        entry().add(Entry(id="t", source=Source.REQUEST))


@given(
    st.sampled_from(Source),
    st.lists(st.builds(Evidence, kind=st.sampled_from(Kind)), max_size=400),
)
def test_trust_is_always_a_probability(source, evidence):
    ledger = Ledger((Entry(id="t", source=source, evidence=tuple(evidence)),))

    assert 0 <= ledger.trust("t") <= 1
    assert f"{ledger.trust('t'):.2f}" in ledger.explain("t").splitlines()[0]
