"""`plugwright check`: what is wrong is named, with the place and the remedy."""

from __future__ import annotations

import sys
from pathlib import Path

from plugwright.judging import Report, TestResult, Verdict
from plugwright_sdk.kit.checking import ALL, checked
from plugwright_sdk.kit.checks.documents import check_documents
from plugwright_sdk.kit.checks.manifest import check_manifest
from plugwright_sdk.kit.checks.tests import check_permissions, check_tests
from plugwright_sdk.kit.checks.validators import check_validators

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import change

ACCEPTED = TestResult(test="test_a.py::test_a", verdict=Verdict.AC)


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


def test_what_a_bundle_uses_is_not_known_before_its_tests_pass(box, bench):
    wrong = TestResult(test="test_a.py", verdict=Verdict.CE, message="no")

    (trouble,) = check_permissions(bench(box, Report(results=(wrong,))))

    assert trouble.what == "what it uses is known when its tests pass"


def test_what_goes_wrong_in_many_tests_is_told_once(box, bench):
    results = tuple(
        TestResult(test=f"test_{n}.py", verdict=Verdict.CE, message="SyntaxError")
        for n in range(3)
    )

    (trouble,) = check_tests(bench(box, Report(results=results)))

    assert (trouble.what, trouble.where) == (
        "CE: SyntaxError",
        "test_0.py (and 2 more)",
    )


def test_of_many_reasons_the_first_are_told(box, bench):
    results = tuple(
        TestResult(test=f"test_{n}.py", verdict=Verdict.WA, message=str(n))
        for n in range(12)
    )

    troubles = check_tests(bench(box, Report(results=results)))

    assert len(troubles) == 11
    assert troubles[-1].what == "and 2 other reasons"


def test_a_place_that_an_update_left_open_is_told(tutor, bench):
    readme = tutor / "README.md"
    text = readme.read_text("utf-8")
    readme.write_text(f"<<<<<<< yours\n=======\n>>>>>>> template\n{text}")

    (trouble,) = check_documents(bench(tutor))

    assert trouble.where == "README.md:1"


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
    assert "SyntaxError" in results[0].troubles[0].what
    assert "above" in results[1].troubles[0].what
    assert "SyntaxError" in results[-1].troubles[0].what
    assert all(trouble.what for each in results for trouble in each.troubles)
