"""`plugwright agent git`: explain, review, word and find, in a repository."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from plugwright.errors import UsageError
from plugwright.sources import plain
from plugwright_agents.asking import NOT_ALL, agreed, tell
from plugwright_agents.choosing import model_options
from plugwright_agents.git.accounts import as_table, page, question
from plugwright_agents.git.answering import (
    MOST,
    Answered,
    Options,
    Question,
    ask,
)
from plugwright_agents.git.citing import Citations, Said
from plugwright_agents.git.differences import fitted
from plugwright_agents.git.facts import Facts, finder, of_text
from plugwright_agents.git.meaning import change_of
from plugwright_agents.git.repository import Change, Repository
from plugwright_agents.git.reviewing import RANKS, Reviewed, meant
from plugwright_agents.outputs import opened

F = TypeVar("F", bound=Callable[..., object])

SUBJECT = 72
"""Characters of the first line of a message."""


def _options(command: F) -> F:
    add = click.option(
        "--most",
        type=click.IntRange(min=1000),
        default=MOST,
        show_default=True,
        help="Bytes of a difference or of a history that are sent.",
    )
    return model_options(add(command))


@click.group()
def git() -> None:
    """Explain changes, review them, word commits and changelogs, find who and why.

    Nothing is changed unless you agree to it. No program that the repository names is
    started, and nothing is fetched.

    \b
    Exit codes:
      0    there is an answer
      1    there is none, or a review found something
      2    something has to be typed differently
      3    there is an answer, but the model saw only a part, or did not prove it
      130  stopped by you
    """


@git.command()
@click.argument("what", nargs=-1)
@_options
def explain(what: tuple[str, ...], **options: Any) -> None:
    """Explain what a revision, a range, or what is not committed changes.

    \b
      plugwright agent git explain                what is not committed yet
      plugwright agent git explain HEAD~2         one commit
      plugwright agent git explain main...HEAD    a branch
      plugwright agent git explain HEAD src       only some files
    """
    repository = Repository(Path.cwd())
    change = change_of(repository, what, is_staged=False)
    prompt = (
        "Explain to a colleague what this changes and why it may have been done: first"
        " in one sentence, then the parts that matter. Name what may break."
    )
    citations = Citations.of(repository, change.text)
    answered = _ask(prompt, change, Said(citations), options)
    if answered is not None:
        _say(citations.marked(answered.value))
        _end(answered)


@git.command()
@click.argument("what", nargs=-1)
@click.option("--staged", is_flag=True, help="Only what is staged.")
@click.option(
    "--fail-on",
    type=click.Choice([*RANKS, "never"]),
    default="error",
    show_default=True,
    help="From which severity on the exit code is 1.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per remark.")
@_options
def review(
    what: tuple[str, ...], staged: bool, fail_on: str, as_json: bool, **options: Any
) -> None:
    """Review a revision, a range, or what is not committed."""
    change = change_of(Repository(Path.cwd()), what, is_staged=staged)
    prompt = (
        "Review this difference: mistakes, what breaks callers, security, what is not"
        " tested. No praise, no matters of taste. Without a remark, give an empty list."
    )
    answered = _ask(prompt, change, Reviewed(), options)
    if answered is None:
        return
    remarks = [*meant(answered.value, change.text)]
    if made_up := len(answered.value.remarks) - len(remarks):
        tell(f"left out, as nobody changed their files: {made_up} of the remarks")
    with opened(None) as to:
        for remark in remarks:
            text = remark.model_dump_json() if as_json else remark.sentence
            to.write(f"{plain(text)}\n")
    if not remarks:
        tell("no remarks")
    worst = max((remark.rank for remark in remarks), default=-1)
    if fail_on != "never" and worst >= RANKS.index(fail_on):
        click.get_current_context().exit(1)
    _end(answered)


@git.command()
@click.option("--commit", "commits", is_flag=True, help="Commit with it, if you agree.")
@_options
def message(commits: bool, **options: Any) -> None:
    """Word the message of the next commit from what is staged.

    With --commit, you are asked before it is committed. No hook of the repository runs
    then, and the commit is not signed: `git commit` does both.
    """
    repository = Repository(Path.cwd())
    if conflicts := repository.conflicts():
        raise UsageError(
            f"there are two versions of {', '.join(conflicts[:5])}",
            remedy="decide for one and stage it: `git add`",
        )
    stage, change = repository.stage(), repository.staged()
    if not change.text.strip():
        raise UsageError("nothing is staged", remedy="stage something: `git add`")
    shape = Said(Citations.of(repository, change.text))
    answered = _ask(_message_prompt(repository), change, shape, options)
    if answered is None:
        return
    text = plain(_worded(answered.value))
    _say(text)
    if len(text.split("\n", 1)[0]) > SUBJECT:
        tell(f"its first line is longer than {SUBJECT} characters")
    if commits:
        _commit(repository, text, stage)
    _end(answered)


@git.command()
@click.argument("since", required=False)
@click.argument("until", default="HEAD")
@click.option("--ids/--no-ids", default=True, help="Whether entries name commits.")
@click.option("--afresh", is_flag=True, help="Ask also what was answered before.")
@click.option("--yes", is_flag=True, help="Begin without asking about the cost.")
@_options
def changelog(
    since: str | None, until: str, ids: bool, afresh: bool, yes: bool, **options: Any
) -> None:
    """Write a changelog from SINCE, or else the last tag, to UNTIL.

    SINCE may be a range too: `v1.0..v1.1`.

    Many commits take several questions; what was answered is kept, and not asked again.
    """
    from plugwright_agents.git.history import changelog_of

    repository = Repository(Path.cwd())
    repository.demand_commits()
    if since and ".." in since:
        since, _, last = since.partition("..")
        until = last.removeprefix(".") or "HEAD"
    since = repository.last_tag(until) if since is None else since
    found = repository.commits("--no-merges", since=since, until=until, count=20_000)
    if not found:
        raise UsageError(
            f"nothing was committed since `{since}`", remedy="name another revision"
        )
    answered = changelog_of(found, Options(**options), ids=ids, afresh=afresh, yes=yes)
    if answered is not None:
        _say(answered.value)
        _end(answered)


@git.command()
@click.argument("target")
@click.option(
    "--text", "is_text", is_flag=True, help="TARGET is a text, word for word."
)
@click.option(
    "--facts", "only_facts", is_flag=True, help="Say what git knows; no model."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@_options
def why(
    target: str, is_text: bool, only_facts: bool, as_json: bool, **options: Any
) -> None:
    """Find who changed something, and why.

    \b
      plugwright agent git why src/a.py:12       who wrote this line
      plugwright agent git why src/a.py:12-20    or these
      plugwright agent git why src/a.py          what became of a file
      plugwright agent git why MAX_SIZE          where a word came from
      plugwright agent git why "Why is there no cache?"

    Git finds the facts, and the model only words them: each of its claims names the
    commits that show it, and git is asked for those. With a question in words, the
    model looks through the history itself.
    """
    repository = Repository(Path.cwd())
    repository.demand_commits()
    facts = _facts(repository, target, is_text=is_text)
    if facts is None and only_facts:
        raise UsageError(
            "no single look answers a question in words",
            remedy="name a line (`FILE:12`), a file or a word",
        )
    if facts is not None:
        for note in facts.notes:
            tell(note)
        if only_facts:
            _say(facts.text)
            return
    citations = (
        Citations(facts.commits, shown=facts.text)
        if facts
        else Citations.of(repository)
    )
    answered = ask(question(repository, target, facts, citations), Options(**options))
    if answered is None:
        return
    if as_json:
        _say(json.dumps(as_table(answered.value, citations)))
    else:
        _say(page(answered.value, citations))
    _end(answered)


# What is asked.


def _facts(repository: Repository, target: str, *, is_text: bool) -> Facts | None:
    if is_text:
        return of_text(repository, target)
    find = finder(repository, target)
    return find() if find else None


def _message_prompt(repository: Repository) -> str:
    prompt = (
        f"Write the commit message for this difference: a subject of at most {SUBJECT}"
        " characters in the imperative, an empty line, and the reason in a few lines"
        " where there is more to say. Answer with the message alone."
    )
    if what := repository.under_way:
        prompt += f" It ends {what}."
    subjects = repository.commits(count=10) if repository.has_commits else []
    if subjects:
        style = "\n".join(each.subject for each in subjects)
        prompt += f"\n\nSubjects of the last commits, for their style:\n{style}"
    return prompt


# What comes of it.


def _ask(
    prompt: str, change: Change, shape: Any, options: dict[str, Any]
) -> Answered | None:
    asked = Question(
        prompt=prompt,
        material=change.text,
        shape=shape,
        fit=fitted,
        is_partial=change.is_cut,
    )
    return ask(asked, Options(**options))


def _end(answered: Answered) -> None:
    if not answered.is_proven:
        tell("not all of it is proven: what names no commit that exists is marked")
    if answered.is_partial or not answered.is_proven:
        click.get_current_context().exit(NOT_ALL)


def _commit(repository: Repository, text: str, stage: str) -> None:
    if not sys.stdout.isatty():  # who is asked has to see it
        for line in text.split("\n"):
            tell(f"    {line}")
    if not agreed("Commit what is staged with this message?"):
        tell("nothing was committed")
        click.get_current_context().exit(1)
    if repository.stage() != stage:
        raise UsageError(
            "what is staged changed meanwhile", remedy="ask for another message"
        )
    tell(f"committed: {repository.commit(text)}")


def _say(text: str) -> None:
    with opened(None) as to:
        to.write(f"{plain(text.strip())}\n")


def _worded(text: str) -> str:
    """Take the fence off a message, and set its subject apart."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    if len(lines) > 2 and lines[0].startswith("```") and lines[-1] == "```":
        lines = lines[1:-1]
    subject, *rest = "\n".join(lines).strip().split("\n")
    body = "\n".join(rest).strip("\n")
    return f"{subject}\n\n{body}" if body else subject
