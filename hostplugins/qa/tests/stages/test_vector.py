"""All stages together: the vector, who adds to it, and what was not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import TypeAdapter

from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.judging import Case
from plugwright.quality import STAGES, Grade, Quality, Remark, Source, quality
from plugwright.validation import Finding, Severity
from plugwright_qa.stages import processes


@contextmanager
def joined(host: Host, plugin: object, name: str) -> Iterator[None]:
    host.take_in(plugin, name)
    try:
        yield
    finally:
        host.manager.unregister(name=name)


class Licences:
    """A stranger's stage."""

    @hookimpl
    def validate(self, subject):
        if subject.kind != "source":
            return []
        if "Licence" in subject.data["files"].get("README.md", ""):
            return []
        return [
            Finding(
                what="nobody knows its licence",
                severity=Severity.ERROR,
                where="README.md",
                remedy="name one",
            )
        ]


class Speller:
    """A stranger's stage with a name of its own, and files mended."""

    @hookimpl
    async def validate(self, subject, host):
        if subject.kind != "source" or host is None:
            return []
        text = subject.data["files"]["README.md"]
        mended = {"README.md": text.replace("each", "every")}
        return [Remark(stage="spelling", what="`each`", mended=mended)]


def test_a_good_plugin_is_clear_at_every_stage_and_each_says_what_it_did(look):
    found = look()

    assert found.grades == dict.fromkeys(STAGES, Grade.CLEAR)
    assert found.missing() == found.unseen() == ()
    assert all(side.remarks for side in found.sides)
    assert {side.plugin for side in found.sides} == {"qa"}


def test_a_stranger_adds_a_stage_through_the_same_hook(host, look, readme):
    with joined(host, Licences(), "licences"):
        found = look()
        without = look(files={"README.md": f"{readme}\nLicence: MIT\n"})

    assert list(found.grades) == [*STAGES, "licences"]
    assert found.grades["licences"] is Grade.ERROR
    assert found.missing() == (
        "licences: nobody knows its licence (README.md): name one",
    )
    assert "licences" not in without.grades


def test_a_stranger_may_name_the_stage_mend_files_and_ask_the_host(host, look):
    with joined(host, Speller(), "speller"):
        found = look()

    assert (found["spelling"].plugin, found.grades["spelling"]) == (
        "speller",
        "warning",
    )
    assert "every number twice" in found.mended["README.md"]


def test_a_stranger_who_is_not_sure_how_grave_it_is_says_an_error(host, look):
    class Odd:
        @hookimpl
        def validate(self, subject):
            return [Finding(what="odd", severity="terrible")]

    with joined(host, Odd(), "odd"):
        assert look().grades["odd"] is Grade.ERROR


def test_if_one_who_looks_fails_nothing_passes(host, look):
    class Broken:
        @hookimpl
        def validate(self, subject):
            raise ValueError("no")

    with joined(host, Broken(), "broken"):
        found = look()

    assert set(found.grades.values()) == {Grade.UNSEEN}
    assert all("`broken`" in said for said in found.unseen())


@pytest.mark.parametrize(
    ("tool", "stage"), [("ruff", "lint"), ("mypy", "types"), ("bandit", "security")]
)
def test_a_tool_that_is_not_installed_is_said_and_how_to_get_it(
    look, monkeypatch, tool, stage
):
    monkeypatch.setattr(processes, "is_installed", lambda name: name != tool)
    found = look()

    assert found.grades == {
        **dict.fromkeys(STAGES, Grade.CLEAR),
        stage: Grade.UNSEEN,
    }
    assert found.unseen() == (
        f"{stage}: not looked at: `{tool}` is not installed:"
        " pip install 'plugwright-qa[quality]'",
    )


def test_without_anybody_who_looks_every_stage_was_not_looked_at(tmp_path):
    from plugwright.home import Home

    with Host(Home(tmp_path)) as empty:
        found = quality(empty, Source(name="s", files={"plugin.py": "x = 1\n"}))

    assert found.grades == dict.fromkeys(STAGES, Grade.UNSEEN)


def test_without_a_host_what_needs_the_sandbox_was_not_looked_at(host, good):
    subject = Source(name="s", files={"plugin.py": good}).subject()
    said = host.hooks.validate.wait(subject=subject)
    unseen = [each.stage for each in said if each.is_unseen]

    assert unseen == ["performance", "documentation"]


def test_it_is_the_same_every_time_and_goes_through_json(look, good):
    source = good.replace("numbers]", "numbers if print()]")
    first, second = look(source), look(source)
    adapter = TypeAdapter(Quality)

    assert first == second
    written = json.loads(json.dumps(adapter.dump_python(first, mode="json")))
    assert adapter.validate_python(written) == first


def test_what_a_judge_is_given_can_be_looked_at(host, good):
    case = Case(name="s", files={"plugin.py": good}, tests={"test_a.py": "double([1])"})
    source = Source.of(case, examples={"double": {"numbers": [1]}})

    assert (source.files, source.tests) == (case.files, case.tests)
    assert json.loads(json.dumps(source.subject().data)) == source.subject().data
    assert quality(host, source).grades["types"] is Grade.CLEAR


@pytest.mark.parametrize("wanted", [("lint",), ("types", "documentation")])
def test_only_the_stages_that_are_wanted_look(host, good, wanted):
    source = Source(name="s", files={"plugin.py": good}, stages=wanted)

    assert {*quality(host, source).grades} == {*wanted}


def test_no_tool_is_imported_with_the_plugin():
    code = "import sys, plugwright_qa; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}

    assert "plugwright_qa.stages" not in done.stdout
    assert loaded.isdisjoint({"ruff", "mypy", "bandit", "pydantic", "pytest"})
