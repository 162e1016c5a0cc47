"""A runtime that is known to be unsafe is refused, unless a person names what for."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import metadata, resources
from pathlib import Path

import pytest
import wasmtime
from packaging.version import Version

from plugwright.errors import HostError
from plugwright_sandbox.wasm.advisories import (
    ACCEPT,
    accepted_names,
    against,
    carried_by,
    checked,
    known,
    refuse_known,
)

INSTALLED = metadata.version("wasmtime")
LIST = resources.files("plugwright_sandbox.wasm").joinpath("advisories.toml")


def standing(version: str) -> list[str]:
    return [advisory.id for advisory in against(version) if advisory.matters]


def test_a_runtime_on_the_list_is_refused_with_what_to_do():
    with pytest.raises(HostError) as refused:
        refuse_known("48.0.0")

    said = refused.value.message
    assert "wasmtime 48.0.0" in said
    assert "GHSA-mghf-wjfp-p5xm" in said
    assert "(and 2 more)" in said
    assert "aarch64" in said
    assert "48.0.7 or later" in refused.value.remedy
    for name in standing("48.0.0"):
        assert name in refused.value.remedy


def test_an_accepted_advisory_is_let_through_and_still_reported():
    names = standing("48.0.0")
    assert names

    refuse_known("48.0.0", names)

    assert standing("48.0.0") == names


def test_accepting_all_but_one_is_not_enough():
    *most, last = standing("48.0.0")

    with pytest.raises(HostError, match=last):
        refuse_known("48.0.0", most)


def test_what_the_remedy_says_is_what_helps():
    with pytest.raises(HostError) as refused:
        refuse_known("42.0.0")

    name, _, value = refused.value.remedy.rpartition(" ")[2].partition("=")
    refuse_known("42.0.0", accepted_names({name: value}))


def test_the_number_of_the_cve_is_a_name_too_and_case_does_not_matter():
    only = standing("46.0.1")
    names = [a.cve.lower() or a.id for a in known() if a.id in only]
    assert any(name.startswith("cve-") for name in names)

    refuse_known("46.0.1", names)


@pytest.mark.parametrize("word", ["all", "*", "GHSA-", "cve", "", "GHSA-*", "1"])
def test_there_is_no_word_for_all_of_them(word):
    with pytest.raises(HostError):
        refuse_known("42.0.0", [word])


def test_names_are_read_from_the_environment_apart_by_commas_or_blanks():
    assert accepted_names({ACCEPT: " GHSA-a,GHSA-b  CVE-1,, "}) == {
        "GHSA-a",
        "GHSA-b",
        "CVE-1",
    }
    assert accepted_names({}) == frozenset()


def test_the_installed_runtime_is_not_refused():
    refuse_known(INSTALLED)


def test_what_does_not_matter_here_is_reported_and_refuses_nothing():
    unreachable = [advisory for advisory in against(INSTALLED) if not advisory.matters]

    assert "GHSA-43j2-gcp4-m22g" in {advisory.id for advisory in unreachable}
    assert all(advisory.because for advisory in unreachable)


@pytest.mark.skipif(INSTALLED != "50.0.1", reason="looks into this very package")
def test_the_package_carries_what_the_list_says_it_carries():
    # A panic's text is built into the library and has the version of the runtime.
    (library,) = Path(wasmtime.__file__).parent.glob("*/*wasmtime.*")
    said = set(re.findall(rb"\nversion: (\d+\.\d+\.\d+)\n", library.read_bytes()))

    assert said == {str(carried_by(INSTALLED)).encode()}


def test_a_package_nobody_has_looked_into_counts_as_the_oldest_of_its_line():
    assert carried_by("46.0.1") == Version("46.0.1")
    assert carried_by("47.0.1") == Version("47.0.0")
    assert carried_by("48.0.9") == Version("48.0.0")
    assert carried_by("48") == Version("48.0.0")
    assert carried_by("99.7.3") == Version("99.0.0")

    with pytest.raises(HostError):
        refuse_known("48.0.9")


def test_releases_after_the_list_are_let_through():
    assert against("51.0.0") == ()
    refuse_known("51.0.0")


@pytest.mark.parametrize("version", ["0.40.0", "1.0.1", "4.0.0", "12.0.0", "37.0.0"])
def test_old_releases_are_refused(version):
    with pytest.raises(HostError):
        refuse_known(version)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "unknown",
        "50.0.1+patched",
        "50.0.1.dev3",
        "50.0.1rc1",
        "51.0.0a1",
        "50.0.1.post1",
        "1!50.0.1",
        "50.0.1; python_version>'3'",
        "٥٠.0.1",
        "50.0.1\nok",
        "v" * 10_000,
    ],
)
def test_a_version_that_is_no_release_is_refused_whatever_is_accepted(version):
    everything = [advisory.id for advisory in known()]

    with pytest.raises(HostError) as refused:
        refuse_known(version, everything)

    assert "is no release" in refused.value.message
    assert refused.value.message.isascii()
    assert len(refused.value.message) < 300


def test_every_row_can_be_read_and_says_all_that_it_must():
    rows = known()

    assert len(rows) >= 60
    assert len({row.id for row in rows}) == len(rows)
    assert [row.date for row in rows] == sorted(row.date for row in rows)
    for row in rows:
        assert re.fullmatch(r"GHSA(-[23456789cfghjmpqrvwx]{4}){3}", row.id), row.id
        assert re.fullmatch(r"|CVE-20\d\d-\d{4,7}", row.cve), row.id
        assert row.severity in {"low", "medium", "high", "critical"}, row.id
        assert row.summary.endswith("."), row.id
        assert row.summary.count(". ") == 0, row.id
        assert row.because, row.id
        assert date(2023, 1, 1) <= row.date <= checked(), row.id


def test_every_range_ends_where_the_row_says_that_it_is_fixed():
    for row in known():
        assert row.affected, row.id
        assert row.fixed, row.id
        for version in row.fixed:
            assert not row.affects(version), (row.id, version)
            major, minor, patch = version.release
            if patch:
                before = Version(f"{major}.{minor}.{patch - 1}")
                assert row.affects(before), (row.id, before)
        for part in row.affected:
            assert {s.operator for s in part} <= {"<", ">=", "=="}, row.id
        assert not row.affects(Version("51.0.0")), row.id


def test_the_list_has_no_other_keys_than_the_code_knows():
    table = tomllib.loads(LIST.read_text("utf-8"))

    assert set(table) == {"checked", "carries", "advisory"}
    for package, runtime in table["carries"].items():
        assert Version(package).major == Version(runtime).major
        assert carried_by(package) == Version(runtime)
