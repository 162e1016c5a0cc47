"""A grammar that somebody wrote is kept to, or refused in a sentence."""

from __future__ import annotations

import pytest

from plugwright.errors import Malformed, UsageError
from plugwright.providers import ToolSpec, able
from plugwright_llamacpp.gbnf import LONGEST, MOST

EITHER_OR = 'root ::= "either" | "or"'
REFUSED = {
    "no end": "root ::= (",
    "no rule": "just words",
    "no root": 'other ::= "a"',
    "itself": "root ::= root",
    "a missing rule": "root ::= missing",
    "too many repetitions": 'root ::= "a"{1000000}',
    "too deep": "root ::= " + "(" * 50_000 + '"a"' + ")" * 50_000,
    "a chain": "".join(f"a{n} ::= a{n + 1}\n" for n in range(20_000)) + "root ::= a0",
    "too long": 'root ::= "' + "a" * LONGEST + '"',
}


def test_an_answer_is_one_that_the_grammar_has(model, ask):
    assert able(model).grammar
    assert model.complete(ask(grammar=EITHER_OR)).text in ("either", "or")
    assert model.complete(ask(grammar='root ::= [0-9] "-" [a-c]')).text[1] == "-"


@pytest.mark.parametrize("grammar", REFUSED.values(), ids=REFUSED)
def test_what_is_no_grammar_is_one_sentence(model, ask, grammar):
    with pytest.raises(UsageError) as caught:
        model.complete(ask(grammar=grammar))
    assert "grammar" in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.remedy
    assert model.complete(ask(grammar=EITHER_OR)).text in ("either", "or")


def test_as_many_groups_as_are_allowed_are_borne(model, ask):
    deep = MOST - 1
    grammar = "root ::= " + "(" * deep + '"a"' + ")" * deep
    assert model.complete(ask(grammar=grammar)).text == "a"


def test_a_grammar_goes_neither_with_a_schema_nor_with_tools(model, ask):
    tool = ToolSpec(name="a", summary="b", parameters={"type": "object"})
    for more in ({"schema": {"type": "string"}}, {"tools": (tool,)}):
        with pytest.raises(UsageError, match="cannot follow a grammar and have"):
            model.complete(ask(grammar=EITHER_OR, **more))


def test_what_is_cut_off_is_kept_and_told(model, ask):
    with pytest.raises(Malformed, match="cut off after 3 tokens") as caught:
        model.complete(ask(grammar='root ::= "a"{50}', max_tokens=3))
    assert caught.value.text
    assert "a" in caught.value.text
