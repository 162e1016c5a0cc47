"""What can be read out of an answer, and what cannot."""

from __future__ import annotations

import pytest

from plugwright_forge.fences import (
    Malformed,
    json_object,
    markdown_file,
    python_file,
)


@pytest.mark.parametrize(
    "answer",
    [
        "```python\nx = 1\n```",
        "Sure!\n\n```py\nx = 1\n```\nThat is all.",
        "~~~python\nx = 1\n~~~",
        "```\nx = 1\n```",
        "````python\nx = 1\n````",
        "  ```Python\nx = 1\n  ```",
        "```python title=plugin.py\nx = 1\n```",
        "```python\r\nx = 1\r\n```\r\n",
        "Run `pip`:\n```bash\nls -la --all --long\n```\n```python\nx = 1\n```",
    ],
)
def test_a_file_is_found_in_its_fence(answer):
    assert python_file(answer) == "x = 1\n"


def test_of_several_files_the_longest_is_the_plugin():
    answer = "```python\nplan()\n```\n```python\ndef plan():\n    return 1\n```"

    assert python_file(answer) == "def plan():\n    return 1\n"


def test_a_fence_inside_a_longer_fence_is_text():
    assert python_file('````python\n"""\n```\n"""\n````') == '"""\n```\n"""\n'


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("x = 1", "there is no file in a ```python fence"),
        ("```json\n{}\n```", "there is no file"),
        ("```python\nx = 1", "not closed, so the file seems to be cut off"),
        ("```python\n\n```", "the file is empty"),
        ("```python\nx = '\x1b'\n```", r"has the character U\+001B"),
        ("```python\nx = '\u202e'\n```", r"has the character U\+202E"),
        ("```python\nx = '\ud800'\n```", "is not UTF-8 text"),
        (
            "```python\n\n# coding: latin-1\nx = 1\n```",
            r"^`plugin.py:1`: rule `coding`: says that it is written in `latin-1` \(",
        ),
        ("```python\nx = 1\ny = '\u200b'\n```", "`plugin.py:2`: rule `invisible-"),
        (f"```python\n{'x' * 300_000}\n```", "larger than 256 KB"),
    ],
)
def test_what_is_no_file_is_said_why(answer, problem):
    with pytest.raises(Malformed, match=problem):
        python_file(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "```markdown\n# Title\n\nText.\n```",
        "Here:\n\n~~~md\n# Title\n\nText.\n~~~",
        "# Title\n\nText.",
    ],
)
def test_a_readme_is_found(answer):
    assert markdown_file(answer) == "# Title\n\nText.\n"


def test_a_readme_may_have_fences_of_its_own():
    answer = "```markdown\n# Title\n\n```json\n{}\n```\n\nText.\n```\nDone."

    assert markdown_file(answer) == "# Title\n\n```json\n{}\n```\n\nText.\n"


@pytest.mark.parametrize("answer", ["Text.", "```markdown\n# Title", "```sh\nls\n```"])
def test_what_is_no_readme_is_refused(answer):
    with pytest.raises(Malformed):
        markdown_file(answer)


@pytest.mark.parametrize(
    "answer",
    [
        '{"a": {"b": 1}}',
        '```json\n{"a": {"b": 1}}\n```',
        'I think {so}: {"a": {"b": 1}} and nothing else.',
        '~~~\n{"a": {"b": 1}}\n~~~',
    ],
)
def test_an_object_is_found(answer):
    assert json_object(answer) == {"a": {"b": 1}}


@pytest.mark.parametrize(
    "answer",
    ["", "[1]", '{"a": 1', '{"a": NaN}', "{" * 9999, '{"a":' * 9999, "```json\n1\n```"],
)
def test_what_is_no_object_is_refused(answer):
    with pytest.raises(Malformed, match="no JSON object"):
        json_object(answer)
