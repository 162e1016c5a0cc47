"""What validators are shown of a bundle, and what their findings mean."""

from __future__ import annotations

import json

import pytest
from doubles import PLUGIN, make_bundle

from plugwright.bundles import Bundle
from plugwright.validation import Finding, Severity, is_refused, subject_of


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
    ],
)
def test_only_an_error_refuses(severities, refused):
    findings = [Finding(what="it is odd", severity=each) for each in severities]

    assert is_refused(findings) is refused
