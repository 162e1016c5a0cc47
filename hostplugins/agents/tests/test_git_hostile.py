"""A stranger's repository starts no program, and odd ones are read or refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from repositories import begin, head, run, two_commits

from plugwright.errors import HostError, UsageError
from plugwright_agents.git import running
from plugwright_agents.git.facts import of_file, of_lines, of_text
from plugwright_agents.git.making import reading
from plugwright_agents.git.repository import Repository


@pytest.fixture
def empty(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    begin(monkeypatch)
    return folder


@pytest.fixture
def repository(empty):
    two_commits()
    return Repository(Path.cwd())


@pytest.fixture
def program(tmp_path):
    """A program that tells that it was started, by what and how."""
    file = tmp_path / "program"
    file.write_text(f'#!/bin/sh\necho "$0 $@" >> "{tmp_path}/started"\ncat\nexit 0\n')
    file.chmod(0o755)
    return file


def read_everything(folder: Path) -> None:
    repository = Repository(folder)
    repository.changed()
    repository.staged()
    repository.stage()
    repository.conflicts()
    repository.shown("HEAD")
    repository.difference("v1", "HEAD")
    repository.base("v1", "HEAD")
    repository.commits(since="v1")
    repository.with_words("two")
    repository.last_tag()
    of_lines(repository, "a.py", 1, 2)
    of_file(repository, "a.py")
    of_text(repository, "two")


HOSTILE = (
    "core.pager",
    "pager.log",
    "pager.diff",
    "core.editor",
    "core.fsmonitor",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "diff.external",
    "diff.x.command",
    "diff.x.textconv",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "gpg.program",
    "credential.helper",
    "merge.x.driver",
    "alias.diff",
    "alias.log",
    "interactive.diffFilter",
    "hook.x.command",
)


@pytest.fixture
def hostile(repository, program):
    Path("b.txt").write_text("b\n")
    run("add", "b.txt")
    run("commit", "-qm", "Add b")
    Path("b.txt").write_text("bb\n")
    Path("a.py").write_text("one = 1\nthree = 3\n")
    run("add", "a.py")
    for name in HOSTILE:
        run("config", name, str(program))
    run("config", "hook.x.event", "pre-commit")
    for name in ("log.showSignature", "commit.gpgSign", "filter.x.required"):
        run("config", name, "true")
    run("config", "filter.y=z.clean", str(program))
    run("config", "diff.submodule", "diff")
    run("config", "diff.noprefix", "true")
    run("config", "diff.orderFile", "nowhere")
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit"):
        shutil.copy(program, Path(".git/hooks") / name)
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(program, Path(".git/hooks") / name)
    Path(".gitattributes").write_text("*.py diff=x filter=x\n*.txt filter=y=z\n")
    (program.parent / "started").unlink(missing_ok=True)
    Path("a.py").write_text("one = 1\nfour = 4\n")
    return program.parent / "started"


def test_reading_starts_no_program_that_the_repository_names(hostile):
    # The same, asked of git as it is: it would have started some.
    subprocess.run(["git", "diff", "HEAD"], capture_output=True)
    assert hostile.exists()
    hostile.unlink()

    read_everything(Path.cwd())

    assert not hostile.exists()


def test_committing_starts_none_either(hostile):
    assert "Add three" in Repository(Path.cwd()).commit("Add three\n\n# Because.")

    assert not hostile.exists()
    assert run("log", "-1", "--format=%B").strip() == "Add three\n\n# Because."


def test_a_submodule_starts_none_either(repository, program, tmp_path):
    inner = tmp_path / "inner"
    shutil.copytree(".", inner)
    run(
        *("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "s")
    )
    run("commit", "-qam", "With a submodule")
    run("config", "filter.q.clean", str(program), folder=Path("s"))
    Path("s/.gitattributes").write_text("*.py filter=q\n")
    # As long as before, so that git has to look into it.
    Path("s/a.py").write_text("one = 1\ntwo = 9\n")
    subprocess.run(["git", "diff", "HEAD"], capture_output=True)
    started = tmp_path / "started"
    assert started.exists()
    started.unlink()

    read_everything(Path.cwd())

    assert not started.exists()
    assert "+two = 9" in Repository(Path("s").resolve()).changed().text


def test_nothing_is_fetched_of_what_is_missing(repository, program, tmp_path):
    origin = tmp_path / "origin"
    shutil.copytree(".", origin)
    run("config", "uploadpack.allowFilter", "true", folder=origin)
    clone = tmp_path / "clone"
    cloned = ("clone", "-q", "--no-checkout", "--filter=blob:none")
    run(*cloned, f"file://{origin}", str(clone))
    run("config", "remote.origin.uploadpack", str(program), folder=clone)

    with pytest.raises(UsageError, match="not on this machine"):
        Repository(clone).shown("HEAD")

    assert not (tmp_path / "started").exists()


def test_the_environment_does_not_lead_git_elsewhere(
    repository, program, monkeypatch, tmp_path
):
    for name in ("EXTERNAL_DIFF", "PAGER", "EDITOR", "SSH_COMMAND", "ASKPASS"):
        monkeypatch.setenv(f"GIT_{name}", str(program))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'diff.noprefix'='true'")
    Path("a.py").write_text("three = 3\n")
    assert "+++ b/a.py" in Repository(Path.cwd()).changed().text
    read_everything(Path.cwd())
    assert not (tmp_path / "started").exists()
    assert not (tmp_path / "trace").exists()


def test_reading_writes_nothing(repository):
    os.utime("a.py", (0, 0))  # git would like to write down that it is the same

    def state():
        found = sorted(each for each in Path(".git").rglob("*") if each.is_file())
        return [(each, each.stat().st_mtime_ns, each.read_bytes()) for each in found]

    before = state()
    read_everything(Path.cwd())
    assert state() == before


def test_files_of_another_folder_are_not_read(repository, tmp_path):
    run("config", "core.worktree", str(tmp_path / "home"))
    with pytest.raises(UsageError, match="has no files beside it"):
        Repository(Path.cwd()).changed()
    run("config", "core.worktree", str(tmp_path))
    with pytest.raises(UsageError, match="its files are in"):
        Repository(Path.cwd())
    run("init", "-q", folder=tmp_path)
    with pytest.raises(UsageError, match="its files are in"):
        Repository(Path.cwd())


def test_no_line_of_another_file_is_quoted(repository, tmp_path):
    (tmp_path / "secret").write_text("a-secret\n")
    run("config", "blame.ignoreRevsFile", str(tmp_path / "secret"))
    with pytest.raises(UsageError) as caught:
        repository.blamed("a.py", 1, 1)
    assert "a-secret" not in str(caught.value)


def test_a_commit_is_shown_as_it_is_and_not_as_its_replacement(repository):
    run("replace", "HEAD", "v1")
    assert "+two" in Repository(Path.cwd()).shown("HEAD").text


def test_the_tools_only_look(repository):
    names = {each.name for each in reading(repository)}
    assert names == {"blame", "find", "log", "show"}


def test_paths_that_look_like_options_or_patterns_are_paths(repository):
    for name in ("--output=x", ":(top)a.py", "*"):
        Path(name).write_text("new\n")
    run("add", "--all")
    for name in ("--output=x", ":(top)a.py", "*"):
        change = repository.changed([name])
        assert change.text.count("diff --git") == 1
        assert "+new" in change.text
    run("commit", "-qm", "Odd names")
    assert len(repository.commits(path="--output=x")) == 1
    assert repository.blamed("--output=x", 1, 1)[0].lines == ("new",)
    assert not Path("x").exists()


# States.


def test_names_that_are_no_utf8_are_read_and_found_again(repository):
    try:
        Path(os.fsdecode(b"\xff.py")).write_text("new\n")
    except OSError:
        pytest.skip("this disk has no such names")
    run("add", "--all")
    run("commit", "-qm", "A name")
    change = repository.shown("HEAD")
    assert "\\xff.py" in change.text or "\\377.py" in change.text
    assert len(repository.commits(path="\\xff.py")) == 1
    assert len(repository.commits(path=os.fsdecode(b"\xff.py"))) == 1
    [blamed] = repository.blamed("\\xff.py", 1, 1)
    assert repository.line_history(blamed)[0][0].subject == "A name"


def test_a_repository_without_files_tells_its_history(repository, tmp_path):
    run("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    bare = Repository(tmp_path / "bare")
    assert "+two" in bare.shown("HEAD").text
    assert of_lines(bare, "a.py", 2, 2).commits[0].subject == "Add two, as Ben asked"
    assert of_text(bare, "two").commits
    with pytest.raises(UsageError, match="has no files beside it"):
        bare.changed()


def test_the_inside_of_a_repository_has_no_files_either(repository):
    with pytest.raises(UsageError, match="has no files beside it"):
        Repository(Path(".git").resolve()).changed()


def test_a_shallow_clone_says_what_it_does_not_know(repository, tmp_path):
    run("clone", "-q", "--depth=1", f"file://{Path.cwd()}", str(tmp_path / "shallow"))
    facts = of_lines(Repository(tmp_path / "shallow"), "a.py", 1, 1)
    assert "this clone is shallow" in facts.notes[0]


def test_a_detached_head_and_another_working_tree_are_read(repository, tmp_path):
    run("checkout", "-q", "--detach", "v1")
    assert Repository(Path.cwd()).commits()[0].subject == "Begin with one"
    run("worktree", "add", "-q", str(tmp_path / "tree"), "main")
    (tmp_path / "tree" / "a.py").write_text("four = 4\n")
    tree = Repository(tmp_path / "tree")
    assert "+four" in tree.changed().text
    run("add", "--all", folder=tmp_path / "tree")
    assert "Four" in tree.commit("Four")


def test_the_middle_of_a_merge_is_known(repository):
    run("checkout", "-qb", "side", "v1")
    Path("a.py").write_text("one = 1\ntwo = 22\n")
    run("commit", "-qam", "Two otherwise")
    subprocess.run(["git", "merge", "-q", "main"], capture_output=True)
    assert repository.under_way == "a merge"
    assert repository.conflicts() == ["a.py"]
    assert "<<<<<<<" in repository.changed().text


def test_a_merge_is_shown_as_what_it_brought(repository):
    run("checkout", "-qb", "side", "v1")
    Path("b.py").write_text("b = 1\n")
    run("add", ".")
    run("commit", "-qm", "On the side")
    run("merge", "-q", "--no-ff", "-m", "Both", "main")
    assert "+two" in repository.shown("HEAD").text


def test_git_that_takes_too_long_is_ended(repository, monkeypatch):
    monkeypatch.setattr(running, "SECONDS", 0.2)
    slow = Path("slow").resolve()
    # What it started has its output open, too.
    slow.write_text("#!/bin/sh\nsleep 600 &\nsleep 600\n")
    slow.chmod(0o755)
    repository._git._program = str(slow)
    with pytest.raises(HostError, match=r"longer than 0\.2 seconds"):
        repository.changed()


def test_a_configuration_that_cannot_be_read_is_not_trusted(repository):
    with open(".git/config", "a") as file:
        file.write("[broken\n")
    with pytest.raises(UsageError, match="git refused: bad config line"):
        Repository(Path.cwd())


def test_an_old_git_is_refused(tmp_path, monkeypatch):
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.20.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HostError, match="too old"):
        Repository(tmp_path)


def test_a_damaged_repository_is_one_sentence(repository):
    for each in Path(".git/objects").glob("??/*"):
        each.chmod(0o600)
        each.write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"git refused|no revision"):
        repository.shown("HEAD")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal's signal")
def test_an_interrupted_look_leaves_no_git_behind(repository, tmp_path):
    slow = tmp_path / "git"
    slow.write_text(
        "#!/bin/sh\n[ $1 = version ] && echo git version 2.39 && exit\n"
        # By then, who started it waits for it.
        f"sleep 1; echo $$ > '{tmp_path}/pid'\nexec sleep 600\n"
    )
    slow.chmod(0o755)
    code = "from plugwright_agents.git.repository import *; Repository(Path('.'))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
    )
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(2)
    process.communicate()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert head()
