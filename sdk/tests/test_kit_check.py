"""`plugwright check`: what is wrong is named, with the place and the remedy."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from plugwright.judging import Report, TestResult, Verdict
from plugwright_sdk.kit.checking import ALL, checked
from plugwright_sdk.kit.checks.bench import Bench
from plugwright_sdk.kit.checks.documents import check_documents
from plugwright_sdk.kit.checks.manifest import check_manifest
from plugwright_sdk.kit.checks.tests import check_permissions, check_tests
from plugwright_sdk.kit.checks.validators import check_validators
from plugwright_sdk.kit.checks.wheels import check_wheel, look_into
from plugwright_sdk.kit.fixtures import Engine
from plugwright_sdk.kit.projects import Project

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import change, made


class ScriptedJudge:
    """A judge that finds what it was told to find."""

    name = "scripted"

    def __init__(self, report):
        self.report = report

    def judge(self, case, watch=None):
        self.case = case
        return self.report


class Judges:
    def __init__(self, report):
        from plugwright.hooks import hookimpl

        self.judge = ScriptedJudge(report)
        self.judges = hookimpl(lambda: [self.judge])


ACCEPTED = TestResult(test="test_a.py::test_a", verdict=Verdict.AC)


@pytest.fixture
def bench(plugwright_host, tmp_path):
    def bench(folder, report=None):
        host = plugwright_host
        if not host.manager.has_plugin("engine"):
            host.manager.register(Engine(), "engine")
        if report is not None:
            host.manager.register(Judges(report), "judge")
        return Bench(project=Project.find(folder), hosting=lambda: host)

    return bench


@pytest.fixture
def tutor(tmp_path):
    return made(tmp_path / "it", "commands", "providers")


@pytest.fixture
def box(tmp_path):
    return made(tmp_path / "it", "commands", "memories", kind="sandboxed")


def test_a_new_host_plugin_can_be_published(tutor, bench):
    results = [*checked(bench(tutor))]

    assert [(each.name, each.troubles) for each in results if each.troubles] == []
    assert len(results) == 4


def test_a_new_bundle_can_be_published(box, bench):
    report = Report(results=(ACCEPTED,), used=("clock", "storage"))

    results = [*checked(bench(box, report))]

    assert [(each.name, each.troubles) for each in results if each.troubles] == []
    assert len(results) == len(ALL)


def test_a_manifest_that_says_something_else_is_named(tutor, bench):
    change(tutor / "src/my_tutor/plugin.toml", "providers", "memories")

    (trouble,) = check_manifest(bench(tutor))

    assert trouble.where == "src/my_tutor/plugin.toml"
    assert trouble.remedy == "plugwright manifest"


def test_a_test_that_fails_is_named(tutor, bench):
    change(tutor / "src/my_tutor/greeting.py", "Hello", "Bye")

    (trouble,) = check_tests(bench(tutor))

    assert "test_somebody_is_greeted_by_name" in trouble.where
    assert "Bye Ada!" in trouble.what


def test_tests_that_cannot_be_collected_are_named(tutor, bench):
    (tutor / "tests/test_commands.py").write_text("import no_such_module_anywhere")

    troubles = check_tests(bench(tutor))

    assert any("no_such_module_anywhere" in trouble.what for trouble in troubles)


def test_a_family_whose_contract_no_test_keeps_is_named(tutor, bench):
    change(tutor / "tests/test_providers.py", "(ProviderContract)", "")

    troubles = check_tests(bench(tutor))

    assert any("ProviderContract" in trouble.remedy for trouble in troubles)
    assert not any("CommandsContract" in trouble.remedy for trouble in troubles)


def test_a_plugin_without_tests_is_told(tutor, bench):
    for path in (tutor / "tests").glob("test_*.py"):
        path.unlink()

    (trouble,) = check_tests(bench(tutor))

    assert trouble.what == "there are no tests"


def test_a_command_that_the_readme_does_not_name_is_told(tutor, bench):
    change(tutor / "README.md", "greet", "welcome")

    (trouble,) = check_documents(bench(tutor))

    assert "`greet`" in trouble.what
    assert trouble.where == "README.md"


def test_a_hook_without_a_docstring_is_told(tutor, bench):
    change(tutor / "src/my_tutor/__init__.py", '    """Offer `greet`."""\n', "")

    (trouble,) = check_documents(bench(tutor))

    assert "`commands`" in trouble.what


def test_a_command_of_a_bundle_without_a_docstring_is_told(box, bench):
    change(box / "plugin.py", '    """Greet somebody by name."""\n', "")

    (trouble,) = check_documents(bench(box))

    assert "`greet`" in trouble.what


def test_without_a_readme_there_is_one_thing_to_do(tutor, bench):
    (tutor / "README.md").unlink()

    (trouble,) = check_documents(bench(tutor))

    assert trouble.what == "there is no README.md"


def test_a_permission_that_no_test_uses_is_told(box, bench):
    report = Report(results=(ACCEPTED,), used=("storage",))

    (trouble,) = check_permissions(bench(box, report))

    assert "`clock`" in trouble.what


def test_a_permission_that_was_not_asked_for_is_told(box, bench):
    report = Report(
        results=(ACCEPTED,), used=("clock", "storage"), denied=("events.emit:a",)
    )

    (trouble,) = check_permissions(bench(box, report))

    assert "`events.emit:a`" in trouble.what


def test_a_verdict_that_is_not_accepted_is_told(box, bench):
    wrong = TestResult(
        test="test_a.py::test_b", verdict=Verdict.WA, message="3 == 4\nmore"
    )

    (trouble,) = check_tests(bench(box, Report(results=(ACCEPTED, wrong))))

    assert (trouble.what, trouble.where) == ("WA: 3 == 4", "test_a.py::test_b")


def test_what_validators_find_is_told_by_how_bad_it_is(
    box, bench, plugwright_tmp_plugin
):
    plugwright_tmp_plugin.host(
        """
        from plugwright.hooks import hookimpl
        from plugwright.validation import Finding, Severity

        @hookimpl
        def validate(subject):
            assert "plugin.py" in subject.data["files"]
            return [
                Finding(what="odd", where="plugin.py:1", severity=Severity.ERROR),
                Finding(what="long", remedy="shorten it"),
            ]
        """,
        "reader",
    )

    bad, note = check_validators(bench(box))

    assert (bad.what, bad.where, bad.is_note) == ("odd", "plugin.py:1", False)
    assert (note.what, note.remedy, note.is_note) == ("long", "shorten it", True)


def test_one_check_that_fails_does_not_silence_the_others(tutor, bench):
    (tutor / "src/my_tutor/__init__.py").write_text("def (")

    results = [*checked(bench(tutor))]

    assert [each.passed for each in results] == [False] * 4
    assert "SyntaxError" in results[-1].troubles[0].what
    assert all(trouble.what for each in results for trouble in each.troubles)


# The wheel.


def test_a_setup_py_runs_where_it_is_installed_and_is_refused(tutor, bench):
    (tutor / "setup.py").write_text("raise SystemExit")

    (trouble,) = check_wheel(bench(tutor))

    assert "setup.py" in trouble.what


def test_a_wheel_that_cannot_be_built_is_told(tutor, bench):
    change(tutor / "pyproject.toml", 'packages = ["src/my_tutor"]', "packages = 3")

    (trouble,) = check_wheel(bench(tutor))

    assert "cannot be built" in trouble.what


def test_a_build_backend_that_is_not_here_is_named(tutor, bench):
    change(tutor / "pyproject.toml", "hatchling>=1.27", "no-such-backend-anywhere")

    (trouble,) = check_wheel(bench(tutor))

    assert "no-such-backend-anywhere" in trouble.remedy


def test_a_wheel_without_its_manifest_is_told(tutor, bench):
    change(
        tutor / "pyproject.toml",
        "[tool.pytest",
        '[tool.hatch.build]\nexclude = ["plugin.toml"]\n\n[tool.pytest',
    )

    (trouble,) = check_wheel(bench(tutor))

    assert trouble.what == "plugin.toml is not in the wheel"


def test_a_plugin_that_breaks_only_where_it_is_installed_is_told(tutor, bench):
    change(
        tutor / "pyproject.toml",
        "[tool.pytest",
        '[tool.hatch.build]\nexclude = ["greeting.py"]\n\n[tool.pytest',
    )

    (trouble,) = check_wheel(bench(tutor))

    assert "installed in a clean environment, it is" in trouble.what
    assert "my_tutor.greeting" in trouble.what


@pytest.mark.parametrize(
    "name",
    [
        *("evil.pth", "sitecustomize.py", "tests/test_a.py"),
        *("a-1.data/scripts/python", "a-1.data/data/etc/passwd", "json.py"),
    ],
)
def test_what_has_no_place_in_a_wheel_is_named(tutor, bench, tmp_path, name):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for each in ("my_tutor/plugin.toml", "a-1.dist-info/METADATA", name):
            archive.writestr(each, "")

    (trouble,) = look_into(wheel, bench(tutor))

    assert f"`{name}`" in trouble.what
    assert not trouble.is_note


def test_a_wheel_for_one_kind_of_machine_is_only_noted(tutor, bench, tmp_path):
    wheel = tmp_path / "a-1-cp311-cp311-linux_x86_64.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("my_tutor/plugin.toml", "")

    (trouble,) = look_into(wheel, bench(tutor))

    assert trouble.is_note
