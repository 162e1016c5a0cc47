"""What can be mended by a rule is, and the rest of the file stays as it was."""

from __future__ import annotations

import ast

import pytest

from plugwright_forge.fixing import fixes, missing_imports

PLUGIN = '''\
"""Lessons."""

from __future__ import annotations

from plugwright_sdk import command


@command
def mean(minutes: list[int], unit: str = "min", digits: int = 1) -> str:
    """Give the mean."""
    # A comment that stays.
    value = statistics.mean(minutes)
    return f"{round(value, digits)} {unit}"


def helper(text: str) -> str:
    return text
'''


def named(name, code=PLUGIN):
    (found,) = [fix for fix in fixes(code) if fix.name == name]
    ast.parse(found.code)
    return found


def test_a_module_that_is_used_is_imported_where_imports_stand():
    fix = named("imports")
    assert fix.said == "adds import statistics"
    lines = fix.code.split("\n")
    assert lines[2:4] == ["from __future__ import annotations", "import statistics"]
    assert not missing_imports(ast.parse(fix.code))


@pytest.mark.parametrize(
    ("used", "line"),
    [
        ("Counter('ab')", "from collections import Counter"),
        ("Decimal('1')", "from decimal import Decimal"),
        ("timedelta(days=1)", "from datetime import timedelta"),
        ("datetime.date.today", "import datetime"),
        ("storage.get('x')", "from plugwright_sdk import storage"),
        ("re.compile('x')", "import re"),
        (
            "defaultdict(list), Counter()",
            "from collections import Counter, defaultdict",
        ),
    ],
)
def test_names_come_from_where_they_usually_do(used, line):
    assert missing_imports(ast.parse(used)) == (line,)


@pytest.mark.parametrize(
    "code",
    [
        "import re\nre.compile",
        "def math(): ...\nmath()",
        "for date in []: date",
        "def f(random): return random",
        "unknown_name",
        "print(len([]))",
        "try: ...\nexcept ValueError as io: io",
        "match 1:\n    case [*string]: string",
    ],
)
def test_what_is_defined_or_unknown_is_not_imported(code):
    assert missing_imports(ast.parse(code)) == ()


def test_a_command_refuses_what_it_fails_on():
    fix = named("error handling: mean")
    assert "from plugwright_sdk import InputError\n" in fix.code
    assert "    try:\n        # A comment that stays.\n" in fix.code or (
        "    # A comment that stays.\n    try:\n" in fix.code
    )
    assert fix.code.endswith(PLUGIN[PLUGIN.index("\n\n\ndef helper") :])


def test_what_is_handled_already_is_left_alone():
    handled = named("error handling: mean").code
    assert [fix for fix in fixes(handled) if fix.name.startswith("error")] == []


def test_texts_and_lists_may_be_refused_when_empty():
    names = [fix.name for fix in fixes(PLUGIN) if fix.name.startswith("validation")]
    assert names == ["validation: mean(minutes)", "validation: mean(unit)"]
    assert "    if not minutes:\n        raise InputError" in named(names[0]).code


def test_a_text_of_several_lines_is_not_indented():
    long = PLUGIN.replace('return f"', 'text = """a\nb"""\n    return f"')
    assert not [fix for fix in fixes(long) if fix.name.startswith("error")]


@pytest.mark.parametrize(
    "body",
    [
        " return text.x()",
        "\n  return text.x()",
        "\n\treturn text.x()",
        "\n    @cache\n    def f():\n        pass\n    return f()",
        "\n    'It.'; return text",
        "\n    'It.'",
        "\n    return (1 +\n2)",
        "\n    x = 1 \\\n  + 2\n    return x",
    ],
)
def test_every_layout_is_kept_or_left_alone(body):
    code = f"from plugwright_sdk import command\n\n@command\ndef a(text: str):{body}\n"

    found = [*fixes(code)]

    assert all(ast.parse(fix.code) for fix in found)
    assert len(found) >= (1 if body.startswith("\n") else 0)


@pytest.mark.parametrize("code", ["def f(:", "x = 1\x00", ""])
def test_what_cannot_be_read_has_no_fix(code):
    assert [*fixes(code)] == []


def test_only_commands_are_changed():
    assert not [fix for fix in fixes(PLUGIN) if "helper" in fix.name]


def test_fixed_code_does_what_it_says():
    class InputError(Exception):
        pass

    code = named("error handling: mean", named("imports").code).code
    code = code.replace("from plugwright_sdk import command", "")
    code = code.replace("from plugwright_sdk import InputError", "")
    names = {"command": lambda function: function, "InputError": InputError}
    exec(code, names)
    assert names["mean"]([1, 2]) == "1.5 min"
    with pytest.raises(InputError, match="at least one"):
        names["mean"]([])
