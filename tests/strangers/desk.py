"""A person's desk: a shell, a home, and Plugwright as pip installed it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strangers.wheels import Environment, packages_in

Done = subprocess.CompletedProcess[str]


@dataclass
class Desk:
    """Where strangers' distributions are installed and tried."""

    environment: Environment
    shelf: Mapping[str, Path]
    """Their wheels, by distribution; `pocket-diary/2.0.0` is one of several."""
    folder: Path
    packages: set[str]
    """The packages of all the plugins that are always there."""
    installed: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The folder that Plugwright keeps everything in."""
        return self.folder / "home"

    def install(self, *names: str) -> None:
        """Install strangers with pip."""
        self.environment.install(*(self.shelf[name] for name in names))
        self.installed += [name.partition("/")[0] for name in names]

    def clear(self) -> None:
        """Uninstall with pip whoever was installed."""
        if self.installed:
            self.environment.uninstall(*self.installed)
            self.installed.clear()

    def configure(self, text: str) -> None:
        """Write `config.toml`."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        (self.home / "config.toml").write_text(text, "utf-8")

    def run(self, *arguments: str, input: str | None = None, **variables: str) -> Done:
        """Run `plugwright` to its end."""
        program = str(self.environment.programs / "plugwright")
        return self._do([program, *arguments], input, variables)

    def _do(
        self,
        command: list[str],
        input: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Done:
        kept = {k: v for k, v in os.environ.items() if not _is_ours(k)}
        own = {"PLUGWRIGHT_HOME": str(self.home), "COLUMNS": "200"}
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**kept, **own, **(variables or {})},
            input=input,
            stdin=None if input is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def works(self, *arguments: str, input: str | None = None, **variables: str) -> Any:
        """Run a command that has to work; gives its answer, if that is JSON."""
        done = self.run(*arguments, input=input, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    def python(self, code: str) -> Done:
        """Run Python that has a `host`, as somebody who builds on Plugwright does."""
        lines = "\n".join(f"    {line}" for line in code.splitlines())
        script = f"from plugwright import Host\nwith Host.discover() as host:\n{lines}"
        return self._do([str(self.environment.python), "-c", script])

    def listed(self, **variables: str) -> dict[str, Any]:
        """List all plugins, which imports none of them."""
        done = self.run("plugins", "--json", PYTHONPROFILEIMPORTTIME="1", **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        lines = [line for line in done.stderr.splitlines() if "import time:" in line]
        imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
        assert "plugwright" in imported, "this is how imports are seen"
        strangers = {
            package
            for name in self.shelf
            if name.partition("/")[0] in self.installed
            for package in packages_in(self.shelf[name])
        }
        assert not imported & (self.packages | strangers)
        found: dict[str, Any] = json.loads(done.stdout)
        assert found["problem"] == ""
        return found

    def row(self, distribution: str) -> dict[str, Any]:
        """Give the one row of a distribution's host plugin."""
        host = self.listed()["host"]
        (row,) = [row for row in host if row["distribution"] == distribution]
        return dict(row)

    def said(self, name: str) -> str:
        """Give what the list says of one plugin to a person, in one line."""
        lines = self.works("plugins").splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith(f"  {name} "))
        rest = lines[start + 1 :]
        below = [line for line in rest[: _block(rest)] if line.startswith("    ")]
        return " ".join(" ".join([lines[start], *below]).split())

    def can_be_managed(self, row: Mapping[str, Any]) -> None:
        """Check that one with a problem can be looked into, kept out and taken away.

        Whatever it does when it is imported or asked, none of that is done here.
        """
        distribution, name = row["distribution"], row["name"]
        problem, remedy = row["problem"], row["remedy"]

        why = self.works("why", name)
        self.works("disable", name)
        stage = self.row(distribution)["stage"]
        self.clear()
        left = {row["distribution"]: row["stage"] for row in self.listed()["host"]}

        assert problem
        assert remedy
        assert problem in why
        assert remedy in why
        # Who is not even asked for because of what it is, stays what it is.
        is_asked_for = row["reached"] not in ("discovered", "manifest read")
        assert stage == ("disabled" if is_asked_for else "failed")
        assert distribution not in left
        assert {*left.values()} <= {"ready", "disabled"}

    def remember(self) -> None:
        """Keep a fact; for that, all who offer commands are imported and asked."""
        fact = {"text": "Ada practises the piano.", "about": "piano"}
        self.works("run", "memory", "remember", "--input", "-", input=json.dumps(fact))

    def recall(self, **variables: str) -> None:
        """Find that fact again."""
        recall = ("run", "memory", "recall", "--input", "-")
        found = self.works(*recall, input='{"query": "piano"}', **variables)
        assert "Ada practises the piano." in json.dumps(found)


def _block(lines: list[str]) -> int:
    ends = (n for n, line in enumerate(lines) if not line.startswith("    "))
    return next(ends, len(lines))


def _is_ours(variable: str) -> bool:
    # What tox and coverage set for themselves is nothing that a person would have.
    return variable.startswith(("PLUGWRIGHT_", "PYTHON", "COV", "VIRTUAL_ENV"))
