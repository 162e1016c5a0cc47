"""Labels and data, as JSON and CSV; and answers that are not as asked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from filing import name_of, naming_model, write
from scripts import says

from plugwright.agents import Unreadable
from plugwright.errors import Malformed
from plugwright_agents.files.schemas import BySchema, columns_of
from plugwright_agents.files.tasks import extract, summarise
from plugwright_agents.files.writing import FORMATS

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "tags": {"type": "array"}},
        "required": ["name"],
    },
}


@pytest.fixture
def model():
    return naming_model()


@pytest.fixture
def extracting(command, model):
    model.by = lambda request: '[{"name": "A, B", "tags": ["x"]}, {"name": "C"}]'
    write(a_txt="text", s_json=json.dumps(SCHEMA))
    return "files", "extract", "a.txt", "--schema", "s.json"


def test_a_label_is_chosen_from_those_there_are(command, model):
    answers = iter(['{"label": "pest"}', '{"label": "wish"}'])
    model.by = lambda request: next(answers)
    write(a_txt="I want")
    code, out, _ = command("files", "classify", "a.txt", "--labels", "bug,wish")
    assert (code, out) == (0, "a.txt: wish\n")
    assert model.asked[0].schema["properties"]["label"] == {"enum": ["bug", "wish"]}
    assert command("files", "classify", "a.txt", "--labels", "bug,bug")[0] == 2


def test_data_are_taken_by_a_schema_as_json_lines(command, extracting):
    _, out, _ = command(*extracting)
    assert [json.loads(line) for line in out.splitlines()] == [
        {"file": "a.txt", "name": "A, B", "tags": ["x"]},
        {"file": "a.txt", "name": "C"},
    ]


def test_data_are_taken_by_a_schema_as_one_array(command, extracting):
    _, out, _ = command(*extracting, "--to", "json")
    assert [row["name"] for row in json.loads(out)] == ["A, B", "C"]


def test_data_are_taken_by_a_schema_as_csv(command, extracting):
    code, out, _ = command(*extracting, "--to", "csv", "--output", "o.csv")
    rows = [*csv.reader(io.StringIO(Path("o.csv").read_text()))]
    assert rows == [
        ["file", "name", "tags"],
        ["a.txt", "A, B", '["x"]'],
        ["a.txt", "C", ""],
    ]
    assert (code, out) == (0, "")


@pytest.mark.parametrize(("form", "empty"), [("json", "[]\n"), ("csv", "file,name\n")])
def test_no_rows_are_still_a_whole_file(form, empty):
    task = extract({"properties": {"name": {}}})
    writer = FORMATS[form](task, to := io.StringIO())
    writer.write("a.txt", [])
    writer.end()
    assert to.getvalue() == empty


def test_what_no_column_has_is_said(command, extracting, model):
    model.by = lambda request: '[{"name": "A", "age": 3}]'
    _, out, err = command(*extracting, "--to", "csv")
    assert out == "file,name,tags\na.txt,A,\n"
    assert "a.txt: no column for `age`; `--to jsonl` has it" in err


def test_a_table_needs_columns_before_anybody_is_asked(command, extracting, model):
    write(s_json='{"type": "object"}')
    code, _, err = command(*extracting, "--to", "csv")
    assert (code, model.asked) == (2, [])
    assert "a table has no columns" in err


def test_columns_are_found_behind_references():
    row = {"type": "object", "properties": {"x": {}, "y": {}}}
    schema = {"type": "array", "items": {"$ref": "#/$defs/Row"}, "$defs": {"Row": row}}
    assert columns_of(schema) == ("x", "y")
    assert columns_of({"$ref": "#"}) == ()


def test_half_characters_and_strange_names_are_written(capsys):
    task = extract({"properties": {"a": {}}})
    for form in FORMATS:
        to = io.StringIO()
        FORMATS[form](task, to).write("n\udcff\n.txt", {"a": "x\ud800\x1b[2J"})
        to.getvalue().encode()
        if form != "csv":
            assert "\x1b" not in to.getvalue()


def test_a_column_of_the_schema_is_not_hidden_by_the_name_of_the_file():
    task = extract({"properties": {"file": {}}})
    FORMATS["jsonl"](task, to := io.StringIO()).write("a.txt", {"file": "b"})
    assert json.loads(to.getvalue()) == {"_file": "a.txt", "file": "b"}


# Answers that are not as asked.


@pytest.mark.parametrize(
    "garbage", ["garbage", "", Malformed("it", "no JSON", completion=says("garbage"))]
)
def test_garbage_is_mended_once_then_that_file_fails_alone(
    command, extracting, model, garbage
):
    write(**{f"b{n}_txt": str(n) for n in range(9)}, c_txt="good")
    good = model.by
    model.by = lambda r: good(r) if name_of(r) in ("a.txt", "c.txt") else garbage
    code, out, err = command(*extracting, "*.txt", "--jobs", 1)
    assert code == 1
    assert out.count('"a.txt"') == out.count('"c.txt"') == 2
    assert "b0.txt: failed: the answer is not as asked: it is no JSON" in err
    assert "2 done, 9 failed" in err
    assert len(model.asked) == 2 + 9 * 2


def test_what_a_file_that_failed_was_answered_is_kept(command, extracting, model, home):
    from plugwright.agents.builder import RUNS
    from plugwright.agents.runbook import opened

    model.by = lambda request: "I would rather not"
    _, _, err = command(*extracting)
    run = err.split("plugwright runs show ")[1].split("`")[0]
    with opened(home.folder / RUNS) as book:
        texts = [entry.text for entry in book.entries(run)]
    assert texts.count("I would rather not") >= 2


def test_what_failed_is_paid_for_and_not_asked_again(command, extracting, model):
    good, model.by = model.by, lambda request: "garbage"
    command(*extracting)
    asked = len(model.asked)
    code, out, err = command(*extracting)
    assert (code, out, len(model.asked)) == (1, "", asked)
    assert "`--retry` asks again" in err
    model.by = good
    code, out, _ = command(*extracting, "--retry")
    assert (code, out.count('"a.txt"')) == (0, 2)


@pytest.mark.parametrize("constant", ["NaN", "[Infinity]", "[" * 100_000])
def test_what_json_does_not_have_is_not_as_asked(constant):
    with pytest.raises(Unreadable):
        BySchema({}).read(constant)


# Schemas.


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ('{"type": "strange"}', "is no JSON Schema"),
        ("{", "is no JSON Schema"),
        ("[]", "is no JSON Schema"),
        ('{"$ref": "https://example.org/x"}', "others are not opened"),
        ('{"items": {"$ref": "#/$defs/nope"}}', "is nowhere in this file"),
    ],
)
def test_a_schema_that_is_none_is_refused_before_anybody_is_asked(
    command, model, schema, said
):
    write(a_txt="x", s_json=schema)
    code, _, err = command("files", "extract", "a.txt", "--schema", "s.json")
    assert (code, model.asked) == (2, [])
    assert said in err


def test_a_schema_that_is_not_there_is_a_sentence(command):
    write(a_txt="x")
    code, _, err = command("files", "extract", "a.txt", "--schema", "no.json")
    assert code == 1
    assert "`no.json`" in err


# Where it goes.


@pytest.mark.parametrize("output", ["d", "no/o.txt"])
def test_where_nothing_can_be_written_nobody_is_asked(command, model, output):
    write(a_txt="x", d__b_txt="x")
    code, _, err = command("files", "summarise", "a.txt", "--output", output)
    assert (code, model.asked) == (2, [])
    assert f"`{output.partition('/')[0]}`" in err


def test_a_dry_run_leaves_the_output_as_it_is(command):
    write(a_txt="x", o_txt="before")
    command("files", "summarise", "a.txt", "--output", "o.txt", "--dry-run")
    assert Path("o.txt").read_text() == "before"


def test_what_a_text_has_of_controls_is_not_obeyed():
    task = summarise(9)
    FORMATS["text"](task, to := io.StringIO()).write("a", "x\x1b[2Jy\nz")
    assert to.getvalue() == "a:\n    x\\u001b[2Jy\n    z\n"
