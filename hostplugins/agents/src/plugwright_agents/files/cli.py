"""`plugwright agent files`: summarise, classify, extract and rewrite text files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from plugwright.errors import UsageError
from plugwright.sources import plain
from plugwright_agents.asking import is_somebody_here
from plugwright_agents.files import tasks
from plugwright_agents.files.approving import Approving
from plugwright_agents.files.doing import do
from plugwright_agents.files.options import Options, formats, options
from plugwright_agents.files.rewriting import (
    MARKS,
    apply,
    difference,
    encoded,
    new_text,
)
from plugwright_agents.files.tasks import Task
from plugwright_agents.files.working import Outcome, Work
from plugwright_agents.files.writing import FORMATS, named
from plugwright_agents.outputs import opened
from plugwright_agents.reading import Skip


@click.group()
def files() -> None:
    """Work through text files: summarise, classify, extract, rewrite.

    What was answered is kept: begun again, it goes on where it was, and asks only about
    files that are new or changed.

    \b
    Exit codes:
      0    all is done
      1    some failed, or were left
      2    something has to be typed differently
      3    all went well, but some files were skipped
      130  stopped by you
    """


@files.command()
@options
@formats("text")
@click.option(
    "--words",
    type=click.IntRange(1, 4000),
    default=60,
    show_default=True,
    help="How long at most.",
)
@click.option("--about", default="", help="What matters most.")
def summarise(
    words: int, about: str, form: str, output: Path | None, **given: Any
) -> None:
    """Say what stands in each file."""
    _write(tasks.summarise(words, about), Options(**given), form, output)


@files.command()
@options
@formats("text")
@click.option("--labels", required=True, help="What there is: `bug,wish,praise`.")
@click.option("--about", default="", help="How to choose.")
def classify(
    labels: str, about: str, form: str, output: Path | None, **given: Any
) -> None:
    """Put each file under one of some labels."""
    names = [name.strip() for name in labels.split(",") if name.strip()]
    _write(tasks.classify(names, about), Options(**given), form, output)


@files.command()
@options
@formats("jsonl")
@click.option("--schema", type=Path, required=True, help="A file with a JSON Schema.")
@click.option("--about", default="", help="What else to know.")
def extract(
    schema: Path, about: str, form: str, output: Path | None, **given: Any
) -> None:
    """Take data from each file, as a JSON Schema says."""
    from plugwright_agents.files.schemas import schema_in

    task = tasks.extract(schema_in(schema), about)
    if form == "csv" and not task.columns:
        raise UsageError(
            f"`{schema}` names no properties, so a table has no columns",
            remedy="name them under `properties`, or write `--to jsonl`",
        )
    _write(task, Options(**given), form, output)


@files.command()
@options
@click.option("--how", required=True, help="What to change, in plain words.")
@click.option("--apply", "is_applied", is_flag=True, help="Write without asking.")
def rewrite(how: str, is_applied: bool, **given: Any) -> None:
    """Have each file written anew, and see the difference first.

    At a terminal, each difference is shown and asked about. Into a pipe goes a patch,
    and nothing is written. What was written anew once is left alone the next time.
    """
    asks = not is_applied and is_at_terminal()
    approving = Approving(is_all=is_applied)

    def take(work: Work, outcome: Outcome) -> str:
        if outcome.value is None or outcome.read is None:
            return "as it was to become"
        new = new_text(outcome.read.text, outcome.value)
        found = difference(outcome.path, outcome.read.text, new)
        if not found:
            return "not to be changed"
        if not (asks or is_applied):
            if outcome.read.raw.startswith(MARKS):
                raise Skip("no patch has its encoding; `--apply` writes it")
            work.make(outcome.path, encoded(outcome.read, new))
            # As bytes: a patch has the encoding of its file, not of the terminal.
            sys.stdout.buffer.write(found)
            sys.stdout.buffer.flush()
            return ""
        if asks:
            click.echo(plain(found.decode("utf-8", "replace")), nl=False)
        if not approving.approve(f"Write {named(outcome.path)}?"):
            return "as they were, as you said no"
        work.make(outcome.path, encoded(outcome.read, new))
        apply(outcome.path, outcome.read, new)
        return "written"

    with opened(None):
        code = do(tasks.rewrite(how), Options(**given), take)
    click.get_current_context().exit(code)


def is_at_terminal() -> bool:
    """Tell whether somebody sees differences, and can say what is to be written."""
    return is_somebody_here() and sys.stdout.isatty()


def _write(task: Task, given: Options, form: str, output: Path | None) -> None:
    with opened(output) as to:
        writer = FORMATS[form](task, to)

        def take(work: Work, outcome: Outcome) -> str:
            writer.write(str(outcome.path), outcome.value)
            to.flush()
            return ""

        code = do(task, given, take, output, writer.end)
    click.get_current_context().exit(code)
