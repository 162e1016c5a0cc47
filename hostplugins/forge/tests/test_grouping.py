"""A request is a request, and a command beside it is one."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from plugwright_forge.grouping import Requests


@pytest.fixture
def typed():
    @click.group(cls=Requests)
    @click.argument("request", required=False)
    @click.option("--model")
    def make(request, model):
        click.echo(f"make {request} by {model}")

    @make.command()
    @click.argument("name")
    def show(name):
        click.echo(f"show {name}")

    @click.group()
    def top():
        pass

    top.add_command(make)

    def run(*arguments):
        return CliRunner().invoke(top, ["make", *arguments])

    return run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Plan!", "--model", "hand"], "make Plan! by hand"),
        (["--model", "hand", "Plan!"], "make Plan! by hand"),
        ([], "make None by None"),
        (["show", "it"], "show it"),
        (["show me lessons"], "make show me lessons by None"),
        (["--", "show"], "make show by None"),
    ],
)
def test_what_was_typed_is_understood(typed, arguments, said):
    result = typed(*arguments)
    assert result.exit_code == 0, result.output
    assert result.output == f"{said}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["one", "two"], "unexpected extra argument (two)"),
        (["show"], "Missing argument 'NAME'"),
        (["show", "it", "--model", "x"], "No such option"),
    ],
)
def test_what_was_not_understood_is_said(typed, arguments, said):
    result = typed(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_each_has_its_own_help(typed):
    assert "Usage: top make [OPTIONS] [REQUEST]\n" in typed("--help").output
    assert "  show" in typed("--help").output
    assert "Usage: top make show [OPTIONS] NAME\n" in typed("show", "--help").output
