"""The documentation says what the code says, and leaves nothing out."""

from __future__ import annotations

import ast
import inspect
import re
import sys

import click
import pytest
from support import ROOT

import plugwright_sdk
from plugwright import errors
from plugwright.agents import stops
from plugwright.cli import door
from plugwright.errors import PlugwrightError
from plugwright.permissions import Permission
from plugwright.quotas import Quota
from plugwright.sandboxes import Kind
from plugwright.stages import Stage
from plugwright.states import State
from plugwright.targets import TARGETS

sys.path.insert(0, str(ROOT / "docs"))

from making import commandline, examples, hooks, manifests, pages

PAGES = sorted(pages.PAGES.rglob("*.md"))
CONFIGURATION = (ROOT / "mkdocs.yml").read_text("utf-8")
SOURCES = [
    source
    for part in ("core", "sandbox", "sdk", "hostplugins")
    for source in sorted((ROOT / part).rglob("src/**/*.py"))
]


ERRORS = {
    each
    for module in (errors, stops)
    for _, each in inspect.getmembers(module, inspect.isclass)
    if issubclass(each, PlugwrightError) and each is not PlugwrightError
}


def test_every_error_has_a_page_with_an_example_and_a_remedy():
    for error in ERRORS:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__).lower()
        text = (pages.PAGES / "errors" / f"{name}.md").read_text("utf-8")
        assert text.startswith(f"# {error.__name__}\n")
        assert "## What to do" in text
        marks = pages.asked_for(text)
        assert any(mark.startswith(("error: ", "every ")) for mark in marks), name
        assert f"errors/{name}.md" in CONFIGURATION
        index = (pages.PAGES / "errors" / "index.md").read_text("utf-8")
        assert f"[{error.__name__}]({name}.md)" in index


@pytest.mark.parametrize(
    ("page", "known"),
    [
        ("states/host-plugins.md", Stage),
        ("states/bundles.md", State),
        ("errors/kinds.md", Kind),
    ],
)
def test_every_state_and_kind_is_explained(page, known):
    text = (pages.PAGES / page).read_text("utf-8")

    headings = re.findall(r"^## `(.+?)` \{ #.+ \}\n\n(?=\S)", text, flags=re.MULTILINE)

    assert headings == [*known]


def exit_codes() -> set[int]:
    """Give the numbers that the code exits with, as it is written."""
    ends = {"Exit", "SystemExit", "_say", "exit"}
    found = {0, click.ClickException.exit_code, click.UsageError.exit_code}
    for source in SOURCES:
        for each in ast.walk(ast.parse(source.read_text("utf-8"))):
            given: list[ast.expr] = []
            match each:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                    if name in ends:
                        given = [*each.args, *(word.value for word in each.keywords)]
                case ast.Assign(
                    targets=[ast.Name(id="exit_code" | "code" | "NOT_ALL")]
                ):
                    given = [each.value]
            found |= {
                value.value
                for value in given
                if isinstance(value, ast.Constant) and type(value.value) is int
            }
    return found


def test_every_exit_code_is_explained():
    text = (pages.PAGES / "errors" / "exit-codes.md").read_text("utf-8")

    headings = re.findall(r"^## `(\d+)` \{ #.+ \}\n\n(?=\S)", text, flags=re.MULTILINE)

    assert [*map(int, headings)] == sorted(exit_codes())
    for error in ERRORS:
        part = text.partition(f"## `{error.exit_code}` ")[2].partition("\n## ")[0]
        assert f"[{error.__name__}](" in part


def test_every_kind_of_permission_is_listed_with_what_a_person_reads():
    shown = {Permission.parse(each).name for each in manifests.PERMISSIONS}

    assert shown == {*TARGETS}


def test_every_variable_of_the_environment_is_explained():
    text = (pages.PAGES / "reference" / "configuration.md").read_text("utf-8")
    known = {*re.findall(r"`(PLUGWRIGHT_\w+)` \|", text)}

    read = {
        name
        for source in SOURCES
        # These talk so to processes of their own.
        if "kit" not in source.parts and "plugwright_agents" not in source.parts
        for name in re.findall(r"\bPLUGWRIGHT_[A-Z_]+", source.read_text("utf-8"))
    }

    assert read == known


def test_the_number_of_attacks_is_that_of_the_table():
    table = (ROOT / "tests" / "attacks" / "attacks.toml").read_text("utf-8")
    rows = table.count("\n[[")

    text = pages.filled((pages.PAGES / "how" / "sandbox.md").read_text("utf-8"))

    assert f"the table of attacks, {rows}," in text


def test_every_quota_is_in_its_table_and_has_its_sentence():
    table, sentences = pages.MADE["quotas"](), pages.MADE["every stop"]()
    sentences = " ".join(sentences.split())

    for name in Quota.__dataclass_fields__:
        assert f"| `{name}` | " in table
        assert f"stopped by its quota `{name}`: used " in sentences


@pytest.mark.parametrize("name", examples.PROVOKED)
def test_every_example_of_an_error_says_what_to_do(name):
    said = examples.printed(examples.PROVOKED[name])

    assert said.startswith("```text\nplugwright: ")
    assert said.count("  what to do: ") == 1
    assert "Traceback" not in said


def test_an_example_that_raises_nothing_is_a_mistake():
    with pytest.raises(AssertionError, match="raised nothing"):
        examples.printed(lambda home: None)


def test_the_hook_reference_has_every_hook_with_its_arguments_and_its_contract():
    reference = hooks.reference()

    assert len(hooks.questions()) > 10
    for name, question in hooks.questions().items():
        part = reference.partition(f"## `{name}` ")[2].partition("\n## ")[0]
        assert re.search(rf"^(async )?def {name}\(", part, flags=re.MULTILINE)
        for argument in inspect.signature(question).parameters:
            assert re.search(rf"[( ]{argument}: ", part), (name, argument)
        assert f"within {question.contract.seconds:g} seconds" in part
        assert question.__doc__.splitlines()[0] in part
        closed = "(*closed*)" in part
        assert closed is question.contract.closed


def test_the_examples_of_hooks_are_python_and_answer_the_hook():
    reference = hooks.reference()

    for name in hooks.questions():
        part = reference.partition(f"## `{name}` ")[2].partition("\n## ")[0]
        blocks = re.findall(r"```python\n(.*?)```", part, flags=re.DOTALL)
        written = [ast.parse(block) for block in blocks if "@hookimpl" in block]
        defined = {
            each.name
            for tree in written
            for each in ast.walk(tree)
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert name in defined


def test_the_guest_api_has_every_name_and_its_example_does_what_it_says():
    text = pages.filled((pages.PAGES / "reference" / "guest.md").read_text("utf-8"))
    examples = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    [example] = [each for each in examples if "class Notes" in each]
    guest = {"__name__": "plugin"}

    for name in plugwright_sdk.__all__:
        assert re.search(rf"\b{name}\b", text), name
    exec(example, guest)
    notes = guest["Notes"]("agent:tutor")
    assert notes.remember("Ada plays", about="piano", expires=None) == "piano"
    assert [each.text for each in notes.recall("Ada", about="piano", limit=1)] == [
        "Ada plays"
    ]
    assert guest["subjects"]() == ["agent:tutor/piano"]
    assert notes.forget("piano")
    (finding,) = guest["no_shouting"](plugwright_sdk.Subject("text", "it", "HO"))
    assert finding.what == "it shouts"


def test_what_pages_ask_for_is_made_and_what_is_made_is_asked_for():
    asked = {
        name for page in PAGES for name in pages.asked_for(page.read_text("utf-8"))
    }

    assert asked <= {*pages.MADE}
    assert {*pages.MADE} - asked <= {"kinds", "sandbox: Quotas"}


def test_every_page_is_in_the_list_of_contents_and_says_its_title_first():
    for page in PAGES:
        assert page.relative_to(pages.PAGES).as_posix() in CONFIGURATION
        assert page.read_text("utf-8").startswith("# ")


def test_nothing_points_away_from_the_machine():
    allowed = r"localhost|127\.0\.0\.1|(?:api|models)\.example\.org"
    for page in PAGES:
        text = page.read_text("utf-8")
        assert not re.search(rf"https?://(?!{allowed})", text), page.name


def test_the_command_line_reference_has_every_command():
    reference = pages.MADE["command line"]()

    for name in (*door._OWN, "check", "demo", "dev", "forge", "jobs add", "new"):
        assert f"`plugwright {name}`\n" in reference


def test_every_command_that_a_page_names_is_there():
    known = {name.split(" ")[0] for name in commandline.commands()}

    for page in PAGES:
        for name in re.findall(r"`plugwright ([a-z]+)", page.read_text("utf-8")):
            assert name in known, (page.name, name)
