"""Another value for a setting: a new version of a bundle, without a new forge.

Nothing is written anew but the value itself. The tests decide what becomes of it: one
that fails only because it expects what the old value gave is left out, and a person
sees which; any other failure ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from packaging.version import Version
from pydantic import TypeAdapter, ValidationError

from plugwright.bundles import Bundle
from plugwright.errors import PlugwrightError, UsageError
from plugwright.judging import Case, Report, TestResult, Verdict
from plugwright.manifest import Manifest
from plugwright.permissions import nearest
from plugwright_forge.acceptance import function_of
from plugwright_forge.constants import Value, constants, with_values
from plugwright_forge.delivering.showing import functions, sentence, without
from plugwright_forge.delivering.tutorial import Observe, demonstrations, watched
from plugwright_forge.documentation import with_facts
from plugwright_forge.host import Host
from plugwright_forge.settling import FILE
from plugwright_forge.specification import Setting, Specification, Wish
from plugwright_forge.specification.document import dumps, loads

CODE, README = "plugin.py", "README.md"
_ORIGINAL = "customised-from"


@dataclass(frozen=True)
class Custom:
    """One setting of a bundle, and what it is there."""

    setting: Setting
    value: Value


def customs(bundle: Bundle) -> tuple[Custom, ...]:
    """Give what can be changed; raises UsageError if that is nothing."""
    values = constants(bundle.files[CODE].decode())
    found = tuple(
        Custom(setting, values[setting.name])
        for setting in specification_of(bundle).settings
        if setting.name in values
    )
    if not found:
        raise _nothing(bundle.manifest.name)
    return found


def specification_of(bundle: Bundle) -> Specification:
    """Read the specification that a bundle was made from."""
    name = bundle.manifest.name
    if FILE not in bundle.files:
        raise _nothing(name)
    try:
        return loads(bundle.files[FILE].decode(), f"{FILE} of {name}")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"`{FILE}` of `{name}` is not UTF-8 text", remedy="forge it anew"
        ) from error


def read_changes(pairs: Sequence[str], known: Sequence[Custom]) -> dict[str, Value]:
    """Read `KEY=VALUE`, as typed; raises UsageError for what cannot be."""
    settings = {custom.setting.name: custom.setting for custom in known}
    changes: dict[str, Value] = {}
    for pair in pairs:
        name, is_pair, text = pair.partition("=")
        if not is_pair:
            raise UsageError(
                f"`{pair:.80}` is no change", remedy="write it as NAME=VALUE"
            )
        if name not in settings:
            raise UsageError(
                f"there is no setting `{name:.80}`", remedy=nearest(name, settings)
            )
        if name in changes:
            raise UsageError(f"`{name}` is there twice", remedy="leave one out")
        changes[name] = _read(settings[name], text)
    now = {custom.setting.name: custom.value for custom in known}
    if all(now[name] == value for name, value in changes.items()):
        raise UsageError("it has these values already", remedy="name another value")
    return changes


def _read(setting: Setting, text: str) -> Value:
    value: Any = text
    if not isinstance(setting.value, str):
        try:
            # From text: `7` and `yes` mean what a person means by them.
            value = TypeAdapter(type(setting.value)).validate_strings(text.strip())
        except ValidationError:
            value = None
    if value is None or not setting.allows(value):
        raise UsageError(
            f"`{setting.name}` cannot be `{text:.80}`",
            remedy=f"it has to be {setting.allowed}",
        )
    typed: Value = value
    return typed


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A bundle with other values, before its tests were asked."""

    bundle: Bundle
    """As the forge made it: what was left out for another value holds again."""
    source: str
    changes: Mapping[str, Value]
    """All of them, those of before too."""

    @property
    def case(self) -> Case:
        """As a judge wants it."""
        about = self.bundle.manifest
        return Case(
            name=about.name,
            files={**self.bundle.sources, CODE: self.source},
            tests=self.bundle.tests,
            permissions=tuple(map(str, about.permissions)),
            quota=about.quota,
            engine=about.engine,
        )

    @property
    def said(self) -> str:
        """Say what is changed."""
        said = (f"{name} = {value!r}" for name, value in self.changes.items())
        return ", ".join(said) or "the values of the beginning"


def tried(
    bundle: Bundle, changes: Mapping[str, Value], original: Bundle | None = None
) -> Trial:
    """Give the constants their new values, and keep those that others have."""
    made = original or bundle
    code = made.files[CODE].decode()
    first, now = constants(code), constants(bundle.files[CODE].decode())
    names = [setting.name for setting in specification_of(made).settings]
    values = {**{name: now[name] for name in names if name in now}, **changes}
    return Trial(
        bundle=made,
        source=with_values(code, values),
        changes={name: v for name, v in values.items() if v != first.get(name)},
    )


def outdated(trial: Trial, report: Report) -> tuple[TestResult, ...]:
    """Give what fails only because it expects another value; raises for the rest."""
    failed = [each for each in report.results if each.verdict is not Verdict.AC]
    for result in failed:
        if not _expects_another(result):
            raise UsageError(
                f"with {trial.said} the test `{function_of(result.test)}` ends with "
                f"{result.verdict}: {_line(result.message)}",
                remedy="choose another value",
            )
    names = {function_of(result.test) for result in failed}
    if all(function_of(each.test) in names for each in report.results):
        raise UsageError(
            f"with {trial.said} no test is left that passes",
            remedy="choose another value, or have it changed: `plugwright forge "
            f"improve {trial.bundle.manifest.name}`",
        )
    return tuple(failed)


def customised(
    trial: Trial,
    report: Report,
    described: Mapping[str, Any],
    observe: Observe,
    version: str,
) -> Bundle:
    """Write the new version, without the tests that do not hold of it any more."""
    failed = outdated(trial, report)
    names = {function_of(result.test) for result in failed}
    files, about = trial.bundle.files, trial.bundle.manifest
    tests = {
        path: without(content.decode(), names).encode()
        for path, content in files.items()
        if path.startswith("tests/test_") and path.endswith(".py")
    }
    wanted = _without_examples(specification_of(trial.bundle), trial, names)
    unsure = [*_doubts(about), *(_doubt(trial, result) for result in failed)]
    kept = Report(
        results=tuple(r for r in report.results if function_of(r.test) not in names)
    )
    source = "\n".join(content.decode() for content in tests.values())
    readme = with_facts(
        trial.bundle.readme,
        wanted,
        [Wish(permission=p, reason=about.reasons[p]) for p in about.permissions],
        kept,
        demonstrations(observe, wanted, source),
        unsure,
        constants(trial.source),
    )
    provenance = {
        **about.provenance,
        "unsure": "\n".join(unsure),
        "customised": trial.said,
        _ORIGINAL: trial.bundle.id,
    }
    return Bundle(
        {
            **files,
            **tests,
            CODE: trial.source.encode(),
            FILE: dumps(wanted).encode(),
            README: readme.encode(),
            "plugin.toml": _manifest(about, version, provenance, described).encode(),
        }
    )


def customise_bundle(host: Host, bundle: Bundle, changes: Mapping[str, Value]) -> str:
    """Make the new version and take it in, for a person to decide; gives its id."""
    trial, judge = tried(bundle, changes, _original(host, bundle)), host.judge()
    described = host.describe(bundle.manifest.name, trial.case.files)
    report = judge.judge(trial.case)
    name = bundle.manifest.name
    versions = [life.version for life in host.lives.list() if life.plugin == name]
    new = customised(
        trial, report, described, watched(judge, trial.case), next_patch(versions)
    )
    return host.lives.forged(new)


def _original(host: Host, bundle: Bundle) -> Bundle | None:
    id = bundle.manifest.provenance.get(_ORIGINAL, "")
    try:
        return host.lives.bundle(host.lives.life(id)) if id else None
    except PlugwrightError:  # it came from elsewhere, or is not as it was
        return None


def next_patch(versions: Iterable[str]) -> str:
    """Give the version after these, for a change this small."""
    newest = max(map(Version, versions))
    return f"{newest.major}.{newest.minor}.{newest.micro + 1}"


def _manifest(
    about: Manifest,
    version: str,
    provenance: Mapping[str, str],
    described: Mapping[str, Any],
) -> str:
    # A default of a parameter may be the constant, so its schema may be another.
    found = described["commands"]
    commands = {
        name: replace(
            spec, input=found[name]["input"], output=found[name].get("output", {})
        )
        for name, spec in about.commands.items()
    }
    said = {name: text for name, text in provenance.items() if text}
    return replace(about, version=version, provenance=said, commands=commands).dumps()


def _without_examples(
    specification: Specification, trial: Trial, names: set[str]
) -> Specification:
    """Leave out the examples that are told otherwise now."""
    gone = {
        sentence(test)
        for source in trial.bundle.tests.values()
        for test in functions(source)
        if test.name in names
    }
    examples = tuple(
        each
        for each in specification.examples
        if not each.can_be_tried or each.text not in gone
    )
    return replace(specification, examples=examples)


def _expects_another(result: TestResult) -> bool:
    # Refusing what was taken before may be just what the new value means.
    refused = result.verdict is Verdict.RE and result.message.startswith("InputError")
    return refused or result.verdict is Verdict.WA


def _doubts(about: Manifest) -> list[str]:
    text = about.provenance.get("unsure", "")
    return [line for line in text.split("\n") if line]


def _doubt(trial: Trial, result: TestResult) -> str:
    return (
        f"With {trial.said} the test `{function_of(result.test)}` does not hold any "
        f"more, so it was left out: {_line(result.message)}"
    )


def _line(message: str) -> str:
    return " ".join(message.split())[:200] or "it says no more"


def _nothing(name: str) -> UsageError:
    return UsageError(
        f"`{name}` has no settings",
        remedy=f'have it changed: `plugwright forge improve {name} "WHAT TO CHANGE"`',
    )
