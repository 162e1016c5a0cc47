"""Git finds who and why; a model words it, and proves each claim with a commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import begin, head, run, two_commits
from scripts import says, told, wants

from plugwright.errors import Unavailable
from plugwright.providers import Capabilities
from plugwright_agents.git.citing import Account, Citations, Claim
from plugwright_agents.git.facts import finder, of_file, of_lines, of_text
from plugwright_agents.git.repository import Repository


@pytest.fixture
def empty(command, monkeypatch):
    begin(monkeypatch)


@pytest.fixture
def repository(empty):
    two_commits()
    return Repository(Path.cwd())


def prompt_of(model, n=-1):
    return next(m.content for m in model.asked[n].messages if m.role == "user")


def account(*claims, unknown=""):
    listed = [{"says": says, "commits": commits} for says, commits in claims]
    return json.dumps({"claims": listed, "unknown": unknown})


# What git knows.


def test_a_line_has_the_commits_that_made_it_what_it_is(repository):
    Path("a.py").write_text("one = 1\ntwo = 22\n")
    run("commit", "-qam", "Double two")
    Path("a.py").write_text("# new\none = 1\ntwo = 22\n")
    facts = of_lines(repository, "a.py", 2, 3)
    subjects = [commit.subject for commit in facts.commits]
    assert subjects == ["Begin with one", "Double two", "Add two, as Ben asked"]
    assert f"{head('v1')[:10]} 2: one = 1" in facts.text
    assert "He counts in pairs." in facts.text
    assert "-two = 2" in facts.text


def test_a_line_that_is_not_committed_says_so(repository):
    Path("a.py").write_text("one = 1\nthree = 3\n")
    facts = of_lines(repository, "a.py", 2, 2)
    assert "not committed yet" in facts.notes[0]
    assert "uncommitted 2: three = 3" in facts.text
    assert facts.commits == ()


def test_a_line_is_followed_into_the_file_that_it_came_from(repository):
    run("mv", "a.py", "b.py")
    run("commit", "-qm", "Call it b")
    [commit] = of_lines(repository, "b.py", 2, 2).commits
    assert commit.subject == "Add two, as Ben asked"
    assert len(of_file(repository, "b.py").commits) == 3


def test_lines_are_found_from_a_folder_below(repository):
    Path("deep").mkdir()
    Path("deep/c.py").write_text("c = 1\n")
    run("add", ".")
    run("commit", "-qm", "Go deep")
    below = Repository(Path("deep").resolve())
    assert of_lines(below, "c.py", 1, 1).commits[0].subject == "Go deep"
    assert of_lines(below, "../a.py", 1, 1).commits[0].subject == "Begin with one"


def test_a_word_has_who_brought_it_and_where_it_is(repository):
    facts = of_text(repository, "two")
    assert [commit.subject for commit in facts.commits] == ["Add two, as Ben asked"]
    assert "a.py:2:two = 2" in facts.text
    assert "+two = 2" in facts.text


def test_a_word_that_is_everywhere_has_its_newest_and_oldest(repository):
    for n in range(20):
        Path("a.py").write_text("word\n" * (n + 1))
        run("commit", "-qam", f"Number {n}")
    facts = of_text(repository, "word")
    subjects = [commit.subject for commit in facts.commits]
    assert subjects[0] == "Number 19"
    assert subjects[-1] == "Number 0"
    assert len(subjects) == 16
    assert "of 20 commits" in facts.notes[0]


@pytest.mark.parametrize(
    ("target", "found"),
    [("a.py:1", True), ("a.py:1-2", True), ("a.py", True), ("two", True), ("w", True)],
)
def test_what_is_asked_about_is_seen_in_how_it_is_written(repository, target, found):
    assert (finder(repository, target) is not None) is found


def test_a_question_in_words_is_no_single_look(repository):
    assert finder(repository, "Why is there a two?") is None


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("a.py:90", "`a.py` has only 2 lines"),
        ("a.py:2-1", "there are no lines 2 to 1"),
        ("nowhere", "there is no file `nowhere`, and no commit brought or took away"),
        ("nowhere.py:1", "there is no file `nowhere.py` here, and none in the last"),
        ("new.py", "no commit touches `new.py`"),
        ("--output=x", "no commit brought or took away"),
    ],
)
def test_what_there_is_not_is_one_sentence(command, repository, target, said):
    Path("new.py").write_text("new\n")
    words = ("git", "why", "--model", "echo:x", "--", target)
    code, out, err = command(*words, model="")
    assert (code, out) == (2, "")
    assert said in err


# What a model makes of it.


def test_facts_need_no_model(command, repository, model):
    code, out, _ = command("git", "why", "a.py:2", "--facts", model="")
    assert (code, model.asked) == (0, [])
    assert "Ann: Add two, as Ben asked" in out


def test_each_claim_names_its_commits_and_they_are_listed(command, repository, model):
    id = head()
    model.by = lambda request: account(("Ann added it, as Ben counts.", [id[:9]]))
    code, out, err = command("git", "why", "a.py:2")
    assert code == 0
    said, _, commit = out.rstrip().split("\n")
    assert said == f"Ann added it, as Ben counts. ({id[:10]})"
    assert commit.startswith(f"{id[:10]} ")
    assert commit.endswith("Ann: Add two, as Ben asked")
    assert "He counts in pairs." in prompt_of(model)
    assert "1 question" in err


def test_a_commit_that_was_not_shown_is_mended(command, repository, model):
    # The first one is a commit, but none of this line.
    answers = iter(
        [account(("Ann.", [head("v1")])), account(("Ann added it.", [head()]))]
    )
    model.by = lambda request: next(answers)
    code, out, _ = command("git", "why", "a.py:2")
    assert code == 0
    assert out.startswith("Ann added it. (")
    assert "among those you were shown" in model.asked[1].messages[-1].content


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        (("Ann.", ["1234abc5"]), "Ann. (no commit: 1234abc5)"),
        (("Ann.", ["HEAD"]), "Ann. (no commit: HEAD)"),
        (("Ann.", []), "Ann. (not proven)"),
        (("Ann in 1234abc5.", ["HERE"]), "Ann in 1234abc5 [no such commit]. (ID)"),
    ],
)
def test_what_is_not_proven_is_marked(command, repository, model, claim, shown):
    says, commits = claim
    commits = [head() if each == "HERE" else each for each in commits]
    model.by = lambda request: account((says, commits))
    code, out, err = command("git", "why", "a.py:2")
    assert code == 3
    assert out.split("\n")[0] == shown.replace("ID", head()[:10])
    assert "not all of it is proven" in err
    _, out, _ = command("git", "why", "a.py:2", "--json")
    assert json.loads(out)["claims"][0]["is_proven"] is False


def test_garbage_twice_is_an_error_that_keeps_it(command, repository, model):
    model.by = lambda request: "Ann did."
    code, out, err = command("git", "why", "a.py:2")
    assert (code, out, len(model.asked)) == (1, "", 2)
    assert "the answer is not as asked" in err


def test_an_answer_for_programs_has_whole_ids(command, repository, model):
    model.by = lambda request: account(("Ann.", [head()[:8]]), unknown="The reason.")
    code, out, _ = command("git", "why", "two", "--json")
    assert code == 0
    assert json.loads(out) == {
        "claims": [{"says": "Ann.", "commits": [head()], "is_proven": True}],
        "unknown": "The reason.",
    }


def test_a_model_looks_through_the_history_itself(command, repository, model):
    answers = iter(
        [
            wants("blame", path="nowhere.py", first=1, last=9),
            wants("blame", path="a.py", first=1, last=2),
            wants("find", text="two"),
            wants("show", commit="HEAD"),
            wants("log", words="ben"),
            account(("Ben asked.", [head()])),
        ]
    )
    model.by = lambda request: next(answers)
    code, out, err = command("git", "why", "Why two?")
    assert code == 0
    assert out.startswith("Ben asked. (")
    assert told(model, 1).startswith("error: ")
    assert "Ann 2: two = 2" in told(model, 2)
    assert "Add two" in told(model, 3)
    assert "+two = 2" in told(model, 4)
    assert "Add two" in told(model, 5)
    assert "it looks: blame(path='a.py'" in err


def test_an_id_that_means_two_commits_means_none(repository):
    one, two = repository.commits()
    twins = [type(one)(**{**vars(one), "id": f"1234abc{n}" + "0" * 32}) for n in (1, 2)]
    citations = Citations([*twins, two])
    assert citations.commit("1234abc") is None
    assert citations.commit("1234abc1") is twins[0]
    assert citations.commit(two.id) is two


def test_numbers_and_words_are_no_ids():
    citations = Citations()
    assert citations.unknown("On 20240101 the facade effaced 1000000 deadbeefs.") == []
    assert citations.unknown("In abc1234 it did.") == ["abc1234"]


def test_nothing_found_is_said(command, repository, model):
    model.by = lambda request: account()
    assert command("git", "why", "two")[1] == "The history does not tell.\n"
    assert Account(claims=[Claim(says="x", commits=[])]).unknown == ""


# Changelogs.


def changes(*each):
    listed = [{"kind": k, "what": what, "commits": ids} for k, what, ids in each]
    return json.dumps({"entries": listed})


def test_a_changelog_is_from_the_last_tag_on(command, repository, model):
    model.by = lambda request: changes(("added", "Twos.", [head()]))
    code, out, _ = command("git", "changelog")
    assert (code, out) == (0, f"### Added\n\n- Twos. ({head()[:10]})\n")
    assert "Add two" in prompt_of(model)
    assert "Begin with one" not in prompt_of(model)
    assert command("git", "changelog", "--no-ids")[1] == "### Added\n\n- Twos.\n"
    assert command("git", "changelog", "HEAD")[0] == 2


def test_a_changelog_of_everything_and_of_the_newest_tag(command, repository, model):
    run("tag", "v2")
    model.by = lambda request: changes()
    command("git", "changelog", "", "HEAD")
    assert "Begin with one" in prompt_of(model)
    model.asked.clear()
    # HEAD has a tag itself; what is meant is what came with it.
    command("git", "changelog", "--afresh")
    code, out, _ = command("git", "changelog")
    assert (code, out) == (0, "Nothing that users would notice.\n")
    assert "Begin with one" not in prompt_of(model)


@pytest.mark.parametrize("wanted", ["HEAD~1..HEAD", "HEAD~1..", "HEAD~1...HEAD"])
def test_a_changelog_of_a_range_as_git_writes_it(command, repository, model, wanted):
    model.by = lambda request: changes(("added", "Twos.", [head()]))
    assert command("git", "changelog", wanted)[0] == 0
    assert "Add two" in prompt_of(model)
    assert "Begin with one" not in prompt_of(model)


def test_a_made_up_entry_is_marked(command, repository, model):
    model.by = lambda request: changes(("fixed", "A leak.", ["1234abc5"]))
    code, out, _ = command("git", "changelog")
    assert (code, len(model.asked)) == (3, 2)
    assert out == "### Fixed\n\n- A leak. (no commit: 1234abc5)\n"


def many(count=40):
    for n in range(count):
        run("commit", "-qm", f"Number {n} of many", "--allow-empty")


def test_many_commits_take_several_questions_and_none_twice(command, repository, model):
    many()
    model.capabilities = Capabilities(context=1000)
    asked = []

    def answer(request):
        text = request.messages[-1].content
        asked.append(text)
        if len(asked) == 3:
            return Unavailable("it", "is away")
        ids = [line.split()[0] for line in text.split("\n") if "Number" in line]
        return changes(("changed", f"Up to {len(asked)}.", ids[:1]))

    model.by = answer
    code, out, err = command("git", "changelog")
    assert (code, out) == (1, "")
    assert "begun again, it goes on from there" in err
    before = len(asked)
    code, out, _ = command("git", "changelog")
    assert code == 0
    assert "- Up to 1." in out
    assert len(asked) > before
    assert len({*asked}) == len(asked) - 1  # only what failed was asked again
    for n in range(40):
        assert sum(f"Number {n} of" in text for text in {*asked}) == 1
    again = len(asked)
    assert command("git", "changelog")[1] == out
    assert len(asked) == again


def test_a_dry_run_names_the_commits(command, repository, model):
    code, out, err = command("git", "changelog", "--dry-run")
    assert (code, model.asked) == (0, [])
    assert "Add two, as Ben asked" in out
    assert "1 commit" in err


def test_money_holds_for_all_parts_together(command, repository, model):
    many()
    model.name = "openai:gpt-5-mini"
    model.capabilities = Capabilities(context=1000)
    model.by = lambda request: says(changes(), tokens_in=400, tokens_out=900)
    # A part costs $0.0019, so the third may not begin.
    code, _, err = command("git", "changelog", "--money", "0.003")
    assert code == 1, err
    assert len(model.asked) == 2
    assert "total money" in err


def test_lines_that_nobody_committed_have_no_history_and_no_empty_titles(
    command, repository
):
    Path("a.py").write_text("one = 1\ntwo = 2\nthree = 3\n")
    code, out, err = command("git", "why", "--facts", "a.py:3", model="")
    assert (code, out) == (
        0,
        "Each line, and the commit that wrote it last:\nuncommitted 3: three = 3\n",
    )
    assert "nobody can say why" in err
