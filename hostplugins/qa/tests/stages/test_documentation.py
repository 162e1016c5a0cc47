"""The stage `documentation`: commands are documented, and their examples true."""

from __future__ import annotations

import pytest

from plugwright.validation import Severity
from plugwright_qa.stages.described import Door
from plugwright_qa.stages.examples import blocks, called, typed

FENCED = """\
# doubler

Type `double`:

```
plugwright run doubler double --input numbers.json
```

where the file has

```json
{"numbers": [3]}
```
"""
TYPED = """\
# doubler

```python
>>> double([1])
[2]
>>> len(double([1,
...             2]))
2
>>> double(list(range(50)))
[0, 2, ..., 98]
>>> double([])
Traceback (most recent call last):
plugwright_sdk.errors.InputError: there is no number
```
"""


def said(quality):
    side = quality["documentation"]
    return [each for each in side.remarks if not each.what.startswith("looked at")]


@pytest.mark.parametrize("text", [None, FENCED, TYPED])
def test_a_documented_plugin_whose_examples_are_true_is_clear(look, text):
    quality = look(files={"README.md": text} if text else {})

    assert said(quality) == []
    assert quality["documentation"].remarks[0].what == (
        "looked at: 1 commands, 1 examples run in the sandbox"
    )


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (("[2, 4]", "[2, 5]"), 9, "it gives [2, 4], not [2, 5]"),
        (("[1, 2]", "[]"), 9, "the command refuses this input"),
        (("[1, 2]", '["a"]'), 9, "the command refuses this input"),
    ],
)
def test_an_example_of_a_call_that_is_not_true_is_found(
    look, readme, change, line, what
):
    (found,) = said(look(files={"README.md": readme.replace(*change)}))

    assert found.what == f"the example of `double` is not true: {what}"
    assert (found.where, found.severity) == (f"README.md:{line}", Severity.WARNING)
    assert found.remedy == "mend the example, or the command"


def test_what_is_typed_and_says_something_else_is_found(look, good):
    (readme,) = said(look(files={"README.md": TYPED.replace("[2]\n", "[3]\n", 1)}))
    docstring = '"""Twice.\n\n    >>> double([1])\n    [9]\n    """'
    source = good.replace('"""Give each number twice."""', docstring)
    (inside,) = said(look(source))

    assert readme.where == "README.md:4"
    assert "line 4 says '[2]', not '[3]'" in readme.what
    assert inside.where == "plugin.py:10"


def test_a_command_without_words_or_example_is_found(look, good):
    more = good + "\n\n@command\ndef triple(n: int) -> int:\n    return n * 3\n"
    found = {each.what: each for each in said(look(more))}

    assert list(found) == [
        "`triple` has no docstring, so no list says what it is for",
        "README.md does not name the command `triple`",
        "no example that can be run shows `triple`",
    ]
    places = [(each.where, each.severity.value) for each in found.values()]
    assert places == [
        ("plugin.py:15", "warning"),
        ("README.md", "warning"),
        ("plugin.py:15", "note"),
    ]
    assert all(each.remedy for each in found.values())


def test_without_a_readme_that_is_said_once(look):
    found = said(look(files={"README.md": None}))

    assert [each.severity.value for each in found] == ["warning", "note"]
    assert "there is no README.md" in found[0].what


def test_an_example_cannot_do_more_than_a_test(look):
    text = "# doubler\n\n`double`\n\n    >>> open('/etc/passwd').read()\n    'x'\n"
    found = said(look(files={"README.md": text}))

    assert any("is not true" in each.what for each in found)


def test_a_text_that_is_no_code_in_an_example_is_one_finding(look):
    text = "`double`\n\n    >>> '''\\\n    >>> ((((\n    x\n"
    found = [x for x in said(look(files={"README.md": text})) if "true" in x.what]

    assert len(found) == 1


# Where examples are in a text.

DOOR = Door(
    function="double",
    summary="Twice.",
    parameters=("numbers",),
    input={"required": ["numbers"]},
)


def test_code_is_what_is_fenced_or_indented():
    text = "a\n\n    one\n\n    two\nb\n```json\nthree\n    four\n```\nc\n~~~\nfive"
    found = [(block.line, block.text) for block in blocks(text)]

    assert found == [(3, "one\n\ntwo"), (8, "three\n    four"), (13, "five")]


def test_the_input_of_a_call_is_before_or_behind_it_and_the_answer_follows():
    run = "    plugwright run s double --input f\n"
    shown = ['{"numbers": [1]}', "[2]", "[5]"]
    both = f"{run}\nx\n\n" + "".join(f"    {it}\n\nx\n\n" for it in shown) + run
    first, second = called(both, {"double": DOOR})

    assert (first.arguments, first.answer) == ({"numbers": [1]}, [2])
    assert (second.arguments, second.has_answer) == ({"numbers": [5]}, False)
    assert [*called(run, {"double": DOOR})] == []  # nobody says with what
    assert [*called(run, {})] == []


def test_an_answer_behind_an_input_is_no_input_of_the_next_call():
    run = "    plugwright run s double --input f\n"
    shown = ['{"numbers": [1]}', "[2]"], ['{"numbers": [1, 2]}', "[2, 4]"]
    text = "".join(
        f"{run}\nx\n\n" + "".join(f"    {it}\n\nx\n\n" for it in each) for each in shown
    )
    first, second = called(text, {"double": DOOR})

    assert (first.arguments, first.answer) == ({"numbers": [1]}, [2])
    assert (second.arguments, second.answer) == ({"numbers": [1, 2]}, [2, 4])


def test_the_input_of_the_next_call_is_no_answer_of_this_one():
    text = """
    {"numbers": [1]}

x

    plugwright run p double --input a.json

or

    {"numbers": [2]}

x

    plugwright run p double --input b.json
"""
    found = [*called(text, {"double": DOOR})]

    assert [each.arguments for each in found] == [{"numbers": [1]}, {"numbers": [2]}]
    assert not any(each.has_answer for each in found)


def test_an_empty_line_or_a_fence_ends_what_is_typed():
    text = ">>> a\n1\n\n>>> for b in c:\n...     b\n2\n3\n```\n4"
    first, second = typed("x", text)

    assert (first.where, first.steps) == ("x:1", ((1, "a", "1\n"),))
    assert second.steps == ((4, "for b in c:\n    b", "2\n3\n"),)
