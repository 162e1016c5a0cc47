"""What validators are shown of a bundle, and what their findings mean."""

from __future__ import annotations

import json

import pytest
from doubles import PLUGIN, make_bundle

from plugwright.bundles import Bundle
from plugwright.errors import BrokeContract
from plugwright.host import Host
from plugwright.validation import Finding, Severity, Subject, is_refused, subject_of


def test_a_bundle_is_shown_with_its_manifest_and_its_files():
    bundle = make_bundle(permissions=("storage",), tests="def test_it(): ...")
    subject = subject_of(bundle)

    assert (subject.kind, subject.name) == ("bundle", "doubler")
    manifest = subject.data["manifest"]
    assert manifest["plugin"]["engine"] == "wasm"  # which its file leaves out
    assert manifest["plugin"]["quota"]["seconds"] > 0
    assert manifest["permissions"] == [
        {"permission": "storage", "reason": "it needs it"}
    ]
    assert manifest["commands"]["double"]["parameters"] == ["number"]
    assert subject.data["files"]["plugin.py"] == PLUGIN
    assert subject.data["files"]["tests/test_it.py"] == "def test_it(): ..."
    assert subject.data["others"] == []


def test_what_is_shown_is_json():
    data = subject_of(make_bundle()).data

    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_a_file_that_is_no_text_is_named_only():
    files = {**make_bundle().files, "picture.png": b"\x89PNG\xff"}
    data = subject_of(Bundle(files)).data

    assert data["others"] == ["picture.png"]
    assert sorted(data["files"]) == ["plugin.py", "plugin.toml", "tests/test_it.py"]


@pytest.mark.parametrize(
    ("severities", "refused"),
    [
        ([], False),
        ([Severity.NOTE, Severity.WARNING], False),
        ([Severity.NOTE, Severity.ERROR], True),
        (["note", "warning"], False),
        (["error"], True),
        (["ERROR"], True),  # nobody knows it, and doubt is an error
        ([None], True),
    ],
)
def test_only_an_error_refuses_and_what_may_be_one(severities, refused):
    findings = [Finding(what="it is odd", severity=each) for each in severities]

    assert is_refused(findings) is refused


TORN = "raise OSError('no such library')"
"""A validator that cannot be imported."""


def test_a_validator_that_is_broken_lets_nothing_pass_until_a_person_keeps_it_out(
    installed, home
):
    installed.package("torn", TORN, hooks=("validate",))
    subject = Subject(kind="text", name="it", data="hello")
    with Host.discover(home) as host:
        for _ in range(2):
            with pytest.raises(BrokeContract) as raised:
                host.hooks.validate.wait(subject=subject)
            assert raised.value.message == (
                "`torn`: its hook `validate` cannot be asked:"
                " its import failed: OSError: no such library"
            )
            assert "plugwright disable torn" in raised.value.remedy
        host.keep_out("torn")
        assert host.hooks.validate.wait(subject=subject) == []


def test_a_plugin_that_is_broken_but_validates_nothing_stands_in_nobodys_way(
    installed, home
):
    installed.package("torn", TORN, hooks=("providers",))
    with Host.discover(home) as host:
        host.ask_all()
        subject = Subject(kind="text", name="it", data="hello")
        assert host.hooks.validate.wait(subject=subject) == []
