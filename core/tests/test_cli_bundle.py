"""The commands of a plugin's life do what they say, or say why not."""

from __future__ import annotations

import os
import sqlite3

import pytest
from doubles import make_bundle, write_bundle

from plugwright.host import Host
from plugwright.lives import State


def test_a_plugin_goes_from_a_folder_through_its_whole_life(plugwright, home, tmp_path):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    code, out, _ = plugwright("add", folder, "--yes")
    assert code == 0
    assert "Approved by the flag --yes: `doubler` is active." in out

    assert plugwright("disable", "doubler")[:2] == (
        0,
        "`doubler` is disabled; `plugwright enable doubler` undoes it.\n",
    )
    assert plugwright("enable", "doubler")[:2] == (0, "`doubler` 1 is active.\n")
    write_bundle(folder, make_bundle(version="2"))
    assert plugwright("add", folder, "--yes")[0] == 0
    assert plugwright("rollback", "doubler")[:2] == (
        0,
        "`doubler` runs as version 1 again.\n",
    )
    assert "to run it again: `plugwright enable doubler 2`" in plugwright("plugins")[1]
    assert plugwright("enable", "doubler", "2")[:2] == (0, "`doubler` 2 is active.\n")
    assert "known are `2`, `1`" in plugwright("enable", "doubler", "3")[2]


def test_an_unanswered_proposal_is_exit_code_one_and_can_be_approved_later(
    plugwright, tmp_path, home
):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    assert plugwright("add", folder)[0] == 1
    assert plugwright("approve", "doubler")[0] == 1
    assert plugwright("approve", "doubler", "--yes")[0] == 0
    assert Host(home).lives.current("doubler").state is State.ACTIVE


def test_an_upgrade_that_waits_is_what_approve_means(plugwright, tmp_path, chatty):
    bundle = make_bundle(name="chatty", version="2")
    folder = write_bundle(tmp_path / "chatty", bundle)
    assert plugwright("add", folder)[0] == 1
    _, out, _ = plugwright("approve", "chatty", "--yes")
    assert "Proposal: chatty 2" in out


@pytest.fixture
def three(plugwright, tmp_path):
    """Propose three bundles of one name and version; gives their ids, oldest first."""
    ids = []
    for number in (1, 2, 3):
        bundle = make_bundle(summary=f"Doubles in way {number}")
        plugwright("add", write_bundle(tmp_path / str(number), bundle))
        ids.append(bundle.id)
    return ids


def test_of_several_proposals_the_last_is_shown_and_the_others_are_named(
    plugwright, three
):
    code, out, _ = plugwright("approve", "doubler")
    first, second, third = (f"`doubler@{id[:12]}`" for id in three)
    assert code == 1
    said, _, rest = out.partition("\n")
    assert said.startswith(f"This is {third}, which changed last. Also waiting: ")
    assert first in said
    assert second in said
    assert "Doubles in way 3" in rest


def test_of_several_proposals_none_is_approved_unseen_unless_it_is_named(
    plugwright, refused, three, home
):
    code, sentence = refused("approve", "doubler", "--yes")
    assert code == 2
    assert sentence.endswith("3 bundles of `doubler` wait for a decision")
    assert Host(home).lives.running() == []

    assert plugwright("approve", f"doubler@{three[0][:7]}", "--yes")[0] == 0
    [running] = Host(home).lives.running()
    assert running.bundle == three[0]
    code, sentence = refused("approve", f"doubler@{three[0]}", "--yes")
    assert sentence.endswith("is active already")


def test_an_id_that_no_bundle_has_is_told_with_those_that_there_are(plugwright, three):
    code, _, err = plugwright("approve", "doubler@ffff0000", "--yes")
    assert code == 2
    assert "there is no bundle `doubler@ffff0000`" in err
    assert all(f"`doubler@{id[:12]}` (1, proposed 20" in err for id in three)


def test_one_version_of_two_bundles_is_enabled_by_its_id(
    plugwright, refused, three, home
):
    for id in three[:2]:
        assert plugwright("approve", f"doubler@{id}", "--yes")[0] == 0
    code, sentence = refused("enable", "doubler", "1")
    assert (code, sentence) == (
        2,
        "plugwright: 2 bundles of `doubler` are version `1`",
    )
    assert plugwright("enable", f"doubler@{three[0]}")[0] == 0
    [running] = Host(home).lives.running()
    assert running.bundle == three[0]


def test_files_that_were_changed_are_told_and_adding_the_folder_again_mends_them(
    plugwright, home, tmp_path
):
    bundle = make_bundle()
    folder = write_bundle(tmp_path / "doubler", bundle)
    assert plugwright("add", folder, "--yes")[0] == 0
    (home.bundles / bundle.id / "plugin.py").write_text("changed")

    code, _, err = plugwright("run", "doubler", "double", "--input", "-")
    sentence, remedy = err.splitlines()
    assert code == 1
    assert sentence.startswith("plugwright: `doubler`: ")
    assert "`plugin.py` was changed after it was written, so no approval" in sentence
    assert "`plugwright add` the folder that it came from" in remedy
    assert "doubler                  1         quarantined" in plugwright("plugins")[1]

    for how in ("has the files again that were approved, and", "is active already"):
        code, out, _ = plugwright("add", folder)
        assert code == 0
        assert out.startswith(f"`doubler` 1 {how}")
    assert plugwright("enable", "doubler")[0] == 2  # it runs


def test_what_is_active_needs_no_second_approval(refused, chatty):
    assert refused("approve", "chatty") == (
        2,
        "plugwright: `chatty` is active already",
    )


def test_what_is_active_without_a_fitting_approval_can_be_approved_anew(
    plugwright, home, chatty
):
    with sqlite3.connect(home.database) as connection:
        connection.execute("UPDATE approvals SET signature = ''")
    connection.close()
    assert plugwright("run", "chatty", "nothing")[0] == 2

    assert plugwright("approve", "chatty", "--yes")[0] == 0
    assert plugwright("run", "chatty", "nothing")[0] == 0


def test_a_folder_without_a_manifest_is_no_bundle(refused, tmp_path):
    assert refused("add", tmp_path / "none") == (
        2,
        f"plugwright: `{tmp_path / 'none'}` has no plugin.toml",
    )


BAD_MANIFESTS = {
    "[plugin": "`plugin.toml:1`: rule `toml`: it is not TOML",
    "[plugin]\nname = 'doubler'\n": "`plugin.toml:1`: rule `missing-key`:"
    " `plugin.version` is missing",
}


@pytest.mark.parametrize("text", BAD_MANIFESTS)
def test_a_broken_manifest_is_told_with_its_place_and_nothing_is_written(
    refused, home, tmp_path, text
):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    (folder / "plugin.toml").write_text(text)
    code, sentence = refused("add", folder)
    assert code == 2
    assert BAD_MANIFESTS[text] in sentence
    assert not home.bundles.exists()


def test_an_unknown_permission_is_told_with_the_nearest(plugwright, tmp_path):
    folder = write_bundle(tmp_path / "x", make_bundle(permissions=("storage",)))
    manifest = folder / "plugin.toml"
    manifest.write_text(manifest.read_text().replace('"storage"', '"storrage"'))
    code, _, err = plugwright("add", folder)
    assert code == 2
    assert "there is no permission `storrage`" in err
    assert "did you mean `storage`?" in err


def test_a_second_plugwright_is_told_who_holds_the_home(refused, home):
    with Host(home):
        code, sentence = refused("enable", "x")
    assert code == 2
    assert sentence == (
        f"plugwright: another Plugwright (process {os.getpid()}) is using "
        f"`{home.folder}`"
    )
