"""`plugwright new`: what it writes works, and can be brought up to date later."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.bundles import Bundle
from plugwright.errors import UsageError
from plugwright.hooks import Questions
from plugwright.hostmanifest import HostManifest
from plugwright_sdk.kit import making, templates
from plugwright_sdk.kit.contracts import MemoryContract
from plugwright_sdk.kit.fixtures import Engine, activate
from plugwright_sdk.kit.making import RECORD, Record, make, update
from plugwright_sdk.kit.merging import merge
from plugwright_sdk.kit.templates import Answers, hooks_of, render

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import change, made, own_tests

QUESTIONS = sorted(name for name in vars(Questions) if not name.startswith("_"))


def test_the_template_of_a_host_plugin_has_every_hook():
    assert hooks_of("host") == QUESTIONS


def test_a_host_plugin_with_every_hook_passes_its_own_tests(tmp_path):
    folder = made(tmp_path / "it", *hooks_of("host"), design=True)

    run = own_tests(folder)

    assert run.returncode == 0, run.stdout + run.stderr
    assert {f"test_{hook}.py" for hook in QUESTIONS} <= {
        path.name for path in (folder / "tests").iterdir()
    }
    assert HostManifest.read(folder / "src/my_tutor/plugin.toml").hooks == QUESTIONS


def test_a_sandboxed_plugin_with_every_hook_passes_its_own_tests(tmp_path):
    folder = made(tmp_path / "it", *hooks_of("sandboxed"), kind="sandboxed")

    run = own_tests(folder)

    assert run.returncode == 0, run.stdout + run.stderr
    assert Bundle.read(folder).manifest.name == "my-tutor"


@pytest.mark.parametrize("hook", QUESTIONS)
def test_a_host_plugin_with_one_hook_is_whole(tmp_path, hook):
    folder = made(tmp_path / "it", hook)

    assert HostManifest.read(folder / "src/my_tutor/plugin.toml").hooks == [hook]
    for path in folder.rglob("*.py"):
        compile(path.read_text("utf-8"), str(path), "exec")
        assert "$" not in path.read_text("utf-8")


@pytest.mark.parametrize("hook", hooks_of("sandboxed"))
def test_a_sandboxed_plugin_with_one_hook_is_a_bundle(tmp_path, hook):
    bundle = Bundle.read(made(tmp_path / "it", hook, kind="sandboxed"))

    assert bundle.tests
    assert all(bundle.manifest.reasons.values())
    for command in bundle.manifest.commands:
        assert f"`{command}`" in bundle.readme


class TestSandboxedMemory(MemoryContract):
    """The memory of a sandboxed plugin keeps the contract of all memories."""

    @pytest.fixture
    def host(self, plugwright_host, tmp_path):
        plugwright_host.manager.register(Engine(), "engine")
        folder = made(tmp_path / "it", "memories", kind="sandboxed")
        activate(plugwright_host, Bundle.read(folder))
        return plugwright_host

    def test_it_answers_the_hook(self, host):
        assert [each.name for each in host.hooks.memories(host=host)] == ["my-tutor"]


def test_a_design_asks_for_what_a_design_has_to_say():
    text = render(Answers(name="my-tutor", design=True))["DESIGN.md"]

    for heading in (
        *("Problem", "Solution", "API", "Dependencies", "Builder integration"),
        "Success criteria",
    ):
        assert f"\n## {heading}\n" in text


@pytest.mark.parametrize(
    "name",
    [
        *("", "x", "My", "a b", "../up", "-a", "a--b", "json", "plugin", "9lives"),
        *("plugwright-x", "x" * 65, "é-tutor", "a/b", "class-", "class", "async"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(name):
    with pytest.raises(UsageError):
        Answers(name=name)


@pytest.mark.parametrize("text", ['a "b"', "a\nb", "a\\", "", "x" * 201, "\x1b[2J"])
def test_a_summary_that_would_end_its_quotes_is_refused(text):
    with pytest.raises(UsageError, match="between quotes"):
        Answers(name="my-tutor", summary=text)


def test_a_hook_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean `providers`"):
        Answers(name="my-tutor", hooks=("provider",))


def test_all_are_all_hooks():
    assert Answers(name="my-tutor", hooks=("all",)).hooks == tuple(QUESTIONS)


@pytest.mark.parametrize(
    ("name", "kind", "whose"),
    [
        ("sdk", "host", "a plugin that is installed"),
        ("sdk", "sandboxed", "a plugin that is installed"),
        ("pydantic", "host", "the module `pydantic`"),
    ],
)
def test_the_name_of_what_is_installed_is_refused(tmp_path, name, kind, whose):
    with pytest.raises(UsageError, match=whose):
        make(Answers(name=name, kind=kind), tmp_path / "it")

    assert [*tmp_path.iterdir()] == []


def test_nothing_of_somebodys_is_written_over(tmp_path):
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="is there already"):
        made(tmp_path / "it")

    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_when_it_goes_wrong_nothing_is_left(tmp_path, monkeypatch):
    def broken(*_):
        raise UsageError("the disk is full")

    monkeypatch.setattr(making, "_first_manifest", broken)

    with pytest.raises(UsageError):
        made(tmp_path / "it")

    assert [*tmp_path.iterdir()] == []


# Bringing it up to date.


@pytest.fixture
def newer(monkeypatch):
    """Let the template have another README from now on."""

    def newer(old, new, path="README.md"):
        today = templates.render

        def render(answers):
            files = today(answers)
            assert old in files[path]
            return {**files, path: files[path].replace(old, new)}

        monkeypatch.setattr(making, "render", render)

    return newer


def test_without_news_nothing_changes(tmp_path):
    folder = made(tmp_path / "it")
    change(folder / "README.md", "A plugin for", "My own plugin for")

    assert update(folder) == []


def test_what_the_author_changed_stays_and_what_is_new_comes(tmp_path, newer):
    folder = made(tmp_path / "it")
    change(folder / "README.md", "A plugin for Plugwright.", "My own plugin.")
    newer("plugwright dev  ", "plugwright dev .")

    (changed,) = update(folder)

    text = (folder / "README.md").read_text("utf-8")
    assert (changed.path, changed.what) == ("README.md", "updated")
    assert "My own plugin." in text
    assert "plugwright dev ." in text
    assert update(folder) == []


def test_where_both_changed_a_line_the_author_decides(tmp_path, newer):
    folder = made(tmp_path / "it")
    change(folder / "README.md", "A plugin for Plugwright.", "Mine.")
    newer("A plugin for Plugwright.", "Theirs.")

    (changed,) = update(folder)

    lines = (folder / "README.md").read_text("utf-8").splitlines()
    (line,) = changed.conflicts
    assert lines[line - 1 : line + 4] == [
        *("<<<<<<< yours", "Mine.", "=======", "Theirs.", ">>>>>>> template")
    ]


def test_what_the_author_deleted_does_not_come_back(tmp_path, newer):
    folder = made(tmp_path / "it")
    (folder / "README.md").unlink()
    newer("A plugin", "The plugin")

    assert update(folder) == []
    assert not (folder / "README.md").exists()


def test_hooks_can_be_added_later(tmp_path):
    folder = made(tmp_path / "it", "commands")
    change(folder / "src/my_tutor/greeting.py", "Hello", "Good morning")

    update(folder, ("tools",))

    assert "Good morning" in (folder / "src/my_tutor/greeting.py").read_text("utf-8")
    assert (folder / "src/my_tutor/counting.py").exists()
    assert Record.read(folder).answers.hooks == ("commands", "tools")


def test_what_is_no_longer_in_the_template_goes_only_if_nobody_changed_it(
    tmp_path, monkeypatch
):
    folder = made(tmp_path / "it", "commands", "tools", "heard")
    change(folder / "src/my_tutor/counting.py", "only counts", "counts well")
    gone = ("src/my_tutor/counting.py", "src/my_tutor/tally.py")
    today = templates.render

    def render(answers):
        return {p: text for p, text in today(answers).items() if p not in gone}

    monkeypatch.setattr(making, "render", render)

    changes = {each.path: each.what for each in update(folder)}

    assert (folder / "src/my_tutor/counting.py").exists()
    assert changes["src/my_tutor/counting.py"].startswith("kept")
    assert not (folder / "src/my_tutor/tally.py").exists()


def test_a_folder_that_was_not_made_here_cannot_be_updated(tmp_path):
    with pytest.raises(UsageError, match=r"has no \.plugwright-template\.toml"):
        update(tmp_path)


@pytest.mark.parametrize("text", ["", "version = [", "version = 1", "answers = 3"])
def test_a_broken_record_is_told_in_a_sentence(tmp_path, text):
    (tmp_path / RECORD).write_text(text)

    with pytest.raises(UsageError, match="cannot be read"):
        update(tmp_path)


def test_a_project_of_a_newer_template_is_left_alone(tmp_path):
    folder = made(tmp_path / "it")
    change(folder / RECORD, "version = 1", "version = 99")

    with pytest.raises(UsageError, match="newer template"):
        update(folder)


def test_the_record_is_toml_that_says_what_was_answered(tmp_path):
    make(Answers(name="my-tutor", summary="Says 'hello'."), tmp_path / "it")

    table = tomllib.loads((tmp_path / "it" / RECORD).read_text("utf-8"))

    assert table["answers"]["summary"] == "Says 'hello'."


# The merge.

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


def merged(base, mine, theirs):
    return merge(base, mine, theirs, mine_is="mine", theirs_is="theirs")


@given(TEXTS, TEXTS)
def test_who_alone_changed_something_is_right(base, changed):
    assert merged(base, changed, base).text == changed
    assert merged(base, base, changed).text == changed
    assert merged(base, changed, changed).text == changed


@given(TEXTS, TEXTS, TEXTS)
def test_merging_is_the_same_from_both_sides(base, one, other):
    here, there = merged(base, one, other), merged(base, other, one)

    assert len(here.conflicts) == len(there.conflicts)
    if not here.conflicts:
        assert here.text == there.text


@given(TEXTS, TEXTS, TEXTS)
def test_what_both_wrote_is_in_the_result(base, one, other):
    result = merged(base, one, other)
    lines = result.text.splitlines(keepends=True)

    if result.conflicts:
        assert all(lines[at - 1].startswith("<<<<<<<") for at in result.conflicts)
    for line in {*one.splitlines(True)} - {*base.splitlines(True)}:
        assert line in lines


def test_changes_in_two_places_are_both_taken():
    base = "one\ntwo\nthree\nfour\nfive\n"

    result = merged(
        base, base.replace("one", "ONE"), base.replace("five\n", "five\nsix\n")
    )

    assert result.text == "ONE\ntwo\nthree\nfour\nfive\nsix\n"
    assert not result.conflicts
