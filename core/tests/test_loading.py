"""Every installed plugin is loaded by itself; a broken one is named and left out."""

from __future__ import annotations

import pytest

from plugwright.bundles import MARKER
from plugwright.host import Host
from plugwright.loading import HostPlugin

GOOD = """
from plugwright.hooks import hookimpl
from plugwright.providers import ProviderOffer

@hookimpl
def providers():
    return [ProviderOffer(scheme="good", summary="is there", open=str)]
"""
HOOK = "from plugwright.hooks import hookimpl\n@hookimpl\ndef {}: return []\n"

BROKEN = {
    "raises": (
        "raise RuntimeError('no such\\n  library')",
        "RuntimeError: no such library",
    ),
    "leaves": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "panics": ("class Panic(BaseException): pass\nraise Panic", "Panic"),
    "mumbles": (
        "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd",
        "Odd: its text cannot be shown",
    ),
    "misspells": (
        HOOK.format("provider()"),
        "`misspells`: there is no hook `provider` (did you mean `providers`?)",
    ),
    "wraps": (
        "from plugwright.hooks import hookimpl\n"
        "@hookimpl(wrapper=True)\ndef judges():\n    return (yield)\n",
        "`wraps`: its answer to `judges` is a wrapper around the answers of others "
        "(answer with a plain function, for itself alone)",
    ),
    "is_gone": (None, "ModuleNotFoundError: No module named 'is_gone_plugin'"),
}


@pytest.fixture
def discover(home, installed):
    """Load what is installed; give a plugin's row."""

    def discover(name: str) -> HostPlugin:
        installed.plugin("good", GOOD)
        host = Host.discover(home)
        rows = {row.name: row for row in reversed(host.plugins)}
        assert rows["good"] == HostPlugin(
            "good", "good-distribution", "1.0", hooks=("providers",)
        )
        assert {"cassette", "sandbox", "sdk"} <= {
            row.name for row in host.plugins if not row.problem
        }
        assert "good" in [offer.scheme for offer in host.hooks.providers(host=host)]
        if rows[name].problem:
            assert not host.manager.has_plugin(name)
            assert all(hook.has_spec() for hook in vars(host.manager.hook).values())
            assert name not in {
                answering.plugin_name
                for hook in vars(host.manager.hook).values()
                for answering in hook.get_hookimpls()
            }
        return rows[name]

    return discover


def test_a_good_plugin_is_loaded_with_its_distribution_and_its_hooks(discover):
    assert not discover("good").problem


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_named_and_all_others_work(installed, discover, name):
    source, problem = BROKEN[name]
    if source is None:
        installed.add(f"{name}-distribution", {name: f"{name}_plugin"})
    else:
        installed.plugin(name, source)

    assert discover(name) == HostPlugin(
        name,
        f"{name}-distribution",
        "1.0",
        problem=problem,
        remedy=f"update or uninstall `{name}-distribution`",
    )


def test_a_hook_that_wants_what_the_question_does_not_give_is_named(
    installed, discover
):
    installed.plugin("greedy", HOOK.format("judges(host, wallet)"))

    row = discover("greedy")
    assert "judges(host, wallet)" in row.problem
    assert "{'wallet'} are declared" in row.problem
    assert "\n" not in row.problem


def test_a_hook_for_another_version_of_the_host_may_say_that_it_is_optional(
    installed, discover
):
    installed.plugin(
        "early",
        "from plugwright.hooks import hookimpl\n"
        "@hookimpl(optionalhook=True)\ndef memories(): return []\n",
    )
    assert not Host.discover().plugins[0].problem


def test_a_hook_may_stand_under_another_name(installed, discover):
    installed.plugin(
        "renamed",
        "from plugwright.hooks import hookimpl\n"
        "@hookimpl(specname='judges')\ndef whoever(): return []\n",
    )
    assert discover("renamed").hooks == ("judges",)


def test_of_two_plugins_with_one_name_the_second_is_left_out_and_both_are_named(
    installed, discover
):
    installed.add("wood", {"good": "good_plugin"})

    assert discover("good").distribution == "good-distribution"
    [clash] = [row for row in Host.discover().plugins if row.distribution == "wood"]
    assert clash.name == "good"
    assert clash.problem == "its name is taken by `good-distribution`"
    assert clash.remedy == "uninstall `wood` or `good-distribution`"


def test_a_distribution_that_is_listed_twice_is_loaded_once(
    installed, discover, tmp_path, monkeypatch
):
    again = tmp_path / "again"
    again.mkdir()
    monkeypatch.syspath_prepend(again)
    type(installed)(again).add("good-distribution", {"good": "good_plugin"})

    assert not discover("good").problem
    assert [row.name for row in Host.discover().plugins].count("good") == 1


def test_metadata_that_cannot_be_read_stops_nobody(installed, discover):
    info = installed.add("garbled", {"garbled": "garbled_plugin"})
    (info / "entry_points.txt").write_bytes(b"[plugwright]\nx = \xff\xfe\n")

    assert not discover("good").problem
    assert "garbled" not in {row.name for row in Host.discover().plugins}


def test_an_installed_bundle_is_no_host_plugin(installed, discover):
    installed.add("week-planner", {"week-planner": MARKER})

    assert not discover("good").problem
    assert "week-planner" not in {row.name for row in Host.discover().plugins}


def test_the_persons_interrupt_is_not_a_plugins_fault(installed, home):
    installed.plugin("slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        Host.discover(home)
