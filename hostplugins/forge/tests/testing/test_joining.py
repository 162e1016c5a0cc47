"""Several test files become one, and each goes on meaning what it meant."""

from __future__ import annotations

from plugwright_forge.testing.joining import joined

FIRST = """\
import pytest
from plugin import plan

DAY = [1]


def helper():
    return DAY


def test_r1_one():
    assert helper() == [1]
"""
SECOND = """\
from __future__ import annotations

from plugin import plan

DAY = [2]


@pytest.fixture
def helper():
    return DAY


def test_r2_two(helper):
    DAYS = helper
    assert DAYS == [2] == DAY, "DAY"
"""


def run(source):
    names = {}
    exec(source.replace("from plugin", "# from plugin"), names)
    return names


def test_names_that_mean_different_things_are_kept_apart():
    source = joined([FIRST, SECOND])

    assert "DAY_2 = [2]" in source
    assert 'assert DAYS == [2] == DAY_2, "DAY"' in source
    assert "def test_r2_two(helper_2):" in source
    names = run(source.replace("@pytest.fixture\n", ""))
    names["test_r1_one"]()
    names["test_r2_two"]([2])


def test_imports_that_share_a_name_are_kept_apart():
    first = "import datetime\n\n\ndef helper():\n    return 1\n"
    first += "\n\ndef test_r1():\n    assert datetime.date and helper() == 1\n"
    second = "from datetime import datetime\nfrom math import floor as helper\n"
    second += "\n\ndef test_r2():\n    assert datetime.now() and helper(2.5) == 2\n"

    source = joined([first, second])

    assert "from datetime import datetime as datetime_2" in source
    assert "from math import floor as helper_2" in source
    names = run(source)
    names["test_r1"]()
    names["test_r2"]()


def test_a_module_inside_of_another_is_found_in_it():
    first = "import os\nimport os.path as path\n\n\ndef test_r1():\n    assert os.sep\n"
    second = "import os.path\nimport json as path\n\n\ndef test_r2():\n"
    second += "    assert os.path.join and path.loads\n"

    source = joined([first, second])

    assert "import json as path_2" in source
    names = run(source)
    names["test_r1"]()
    names["test_r2"]()


def test_what_reads_the_same_and_uses_something_else_means_something_else():
    file = "DAY = {}\n\n\ndef of():\n    return DAY\n"
    file += "\n\ndef test_r1():\n    assert of() == {}\n"

    names = run(joined([file.format(1, 1), file.format(2, 2)]))

    names["test_r1"]()
    names["test_r1_2"]()
    assert (names["of"](), names["of_2"]()) == (1, 2)


def test_what_means_the_same_twice_is_left_alone():
    source = joined([FIRST, FIRST.replace("test_r1_one", "test_r2_one")])

    assert "DAY_2" not in source
    names = run(source)
    names["test_r1_one"]()
    names["test_r2_one"]()


def test_a_new_name_is_one_that_nobody_has():
    one, other = "def test_r1():\n    assert 1\n", "def test_r1():\n    assert 2\n"

    source = joined([f"{one}\n\n{other.replace('r1', 'r1_2')}", other])

    assert [name for name in run(source) if name.startswith("test")] == [
        "test_r1",
        "test_r1_2",
        "test_r1_3",
    ]


def test_what_python_wants_at_the_top_is_not_in_the_middle():
    assert "__future__" not in joined([FIRST, SECOND])
    assert joined([SECOND, FIRST]).startswith("from __future__ import annotations\n")


def test_a_file_alone_is_as_it_was():
    assert joined([FIRST]) == joined([FIRST, ""]) == FIRST
