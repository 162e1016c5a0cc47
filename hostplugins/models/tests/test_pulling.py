"""A pull gets a file, goes on where it was cut, and says what is wrong."""

import json
import os
import subprocess
import sys
from collections import namedtuple
from hashlib import sha256
from pathlib import Path

import pytest
from hub_server import COMMIT

from plugwright.errors import HostError, PlugwrightError, UsageError
from plugwright_models import pulled, pulling
from plugwright_models.pulling import pull
from plugwright_models.removing import planned, remove

CONTENT = b"GGUF" + bytes(range(256)) * 4096 * 3
SIZE = len(CONTENT)
CHUNK = 1 << 20
NAME = "owner/repo:small.gguf"


@pytest.fixture
def get(home, hub):
    """Pull the file without waiting between tries."""
    hub.files["owner/repo", "small.gguf"] = CONTENT
    hub.files["owner/repo", "other.gguf"] = b"GGUF"

    def get(name=NAME, **how):
        return pull(name, endpoint=hub.url, patience=0.0, **how)

    return get


def part():
    """The file that a pull writes to until it is whole."""
    blobs = pulled.folder_of("owner/repo") / "blobs"
    return blobs / f"{sha256(CONTENT).hexdigest()}.part"


def test_a_pulled_file_is_where_every_program_looks_for_it(get):
    seen = []
    got = get(progress=lambda done, size: seen.append((done, size)))
    folder = pulled.folder_of("owner/repo")
    assert got.path == folder / "snapshots" / COMMIT / "small.gguf"
    assert got.path.read_bytes() == CONTENT
    assert (folder / "refs" / "main").read_text() == COMMIT
    assert pulled.path_of(NAME) == got.path
    assert seen == sorted(seen)
    assert seen[-1] == (SIZE, SIZE)
    assert not part().exists()


def test_the_hubs_own_library_finds_what_was_pulled(get):
    from huggingface_hub import try_to_load_from_cache

    path = get().path
    found = try_to_load_from_cache("owner/repo", "small.gguf", cache_dir=pulled.cache())
    assert found == str(path)


def test_the_hub_is_asked_for_the_file_and_told_nothing_else(get, hub):
    pull = "from plugwright_models.pulling import pull; "
    environment = {**os.environ, "HF_ENDPOINT": hub.url}
    environment.pop("HF_HUB_DISABLE_TELEMETRY", None)
    subprocess.run(
        [sys.executable, "-c", f"{pull}pull({NAME!r}, endpoint='')"],
        env=environment,
        check=True,
    )
    place = "/owner/repo/resolve/main/small.gguf"
    assert [asked[:2] for asked in hub.asked] == [("HEAD", place), ("GET", place)]


def test_a_cut_download_goes_on_where_it_was(get, hub):
    hub.cuts = [CHUNK, CHUNK // 2]
    assert get().path.read_bytes() == CONTENT
    first, second, third = hub.ranges()
    assert first == ""
    assert second.startswith("bytes=")
    assert int(third[6:-1]) > int(second[6:-1]) > 0


def test_an_interrupted_pull_goes_on_the_next_time(get, hub):
    def stop(done, size):
        if done > CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(progress=stop)
    kept = part().stat().st_size
    assert 0 < kept < SIZE
    got = get()
    assert got.kept == kept
    assert got.path.read_bytes() == CONTENT
    assert hub.ranges()[-1] == f"bytes={kept}-"


def test_a_file_that_is_another_by_now_is_got_from_its_beginning(get, hub):
    def stop(done, size):
        if done > CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(progress=stop)
    hub.files["owner/repo", "small.gguf"] = other = CONTENT[: CHUNK * 2] + b"other"
    got = get()
    assert got.kept == 0
    assert got.path.read_bytes() == other
    remove(planned(f"hf:{NAME}", ()))
    left = planned(f"hf:{NAME}", ())
    assert left.paths == (part(),)
    remove(left)
    with pytest.raises(UsageError, match="is not on this machine"):
        planned(f"hf:{NAME}", ())


def test_what_an_interrupted_pull_left_can_be_removed_but_not_under_its_feet(get):
    def stop(done, size):
        if done > CHUNK:
            with pytest.raises(HostError, match="another process is getting"):
                planned(f"hf:{NAME}", ())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(progress=stop)
    left = planned(f"hf:{NAME}", ())
    assert left.size == part().stat().st_size > 0
    assert "the next begins anew" in left.warning
    remove(left)
    assert not part().exists()


@pytest.mark.parametrize("name", [NAME, "owner/repo"])
def test_a_hub_without_an_address_is_told_as_such(home, name):
    with pytest.raises(UsageError, match="`here` is no address of a hub") as told:
        pull(name, endpoint="here")
    assert "https://HOST" in told.value.remedy


def test_what_is_here_is_not_fetched_again(get, hub):
    get()
    assert get().kept == SIZE
    assert len(hub.ranges()) == 1


def test_a_hub_that_knows_no_ranges_is_asked_for_all_of_it(get, hub):
    hub.cuts, hub.knows_ranges = [CHUNK], False
    assert get().path.read_bytes() == CONTENT


def test_a_download_that_never_goes_on_says_so_and_keeps_what_came(get, hub):
    hub.cuts = [CHUNK, *[0] * 10]
    with pytest.raises(HostError, match=r"`small.gguf` stopped coming") as told:
        get()
    assert "goes on from there" in told.value.remedy
    assert part().stat().st_size > 0


def test_content_that_is_not_what_was_announced_is_not_kept(get, hub):
    hub.lies = CONTENT[:-1] + b"!"
    with pytest.raises(HostError, match="what came is not what was announced"):
        get()
    assert not part().exists()
    hub.lies = b""
    assert get().path.read_bytes() == CONTENT


def test_two_pulls_of_one_file_do_not_write_over_each_other(get):
    def again(done, size):
        with pytest.raises(HostError, match="another process is getting"):
            get()

    assert get(progress=again).path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("name", "said", "remedy"),
    [
        ("owner/repo:smal.gguf", "has no file `smal.gguf`", "did you mean `small.gg"),
        ("owner/repo", "which file of `owner/repo`?", "`hf:owner/repo:small.gguf`"),
        ("owner/nobody:x.gguf", "no repository `owner/nobody`", "HF_TOKEN"),
        ("owner/nobody", "no repository `owner/nobody`", "check its name"),
        ("repo:x.gguf", "names no file", "hf:OWNER/REPO:FILE"),
        ("owner/repo:../../x", "names no file", "hf:OWNER/REPO:FILE"),
        ("owner/repo:/etc/passwd", "names no file", "hf:OWNER/REPO:FILE"),
        ("../repo:x", "names no file", "hf:OWNER/REPO:FILE"),
        ("", "names no file", "hf:OWNER/REPO:FILE"),
    ],
)
def test_a_name_of_nothing_says_what_there_is(get, name, said, remedy):
    with pytest.raises(UsageError) as told:
        get(name)
    assert said in told.value.message
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    ("status", "code", "said", "remedy"),
    [
        (401, "", "the hub does not let you have `owner/repo`", "HF_TOKEN"),
        (401, "GatedRepo", "`owner/repo` is only for whom its owner", "HF_TOKEN"),
        (403, "GatedRepo", "`owner/repo` is only for whom its owner", "ask for access"),
        (404, "RepoNotFound", "no repository `owner/repo`", "check its name"),
        (403, "", "the hub does not let you have `owner/repo`", "HF_TOKEN"),
        (429, "", "the hub answers 429 for `owner/repo`", "later"),
    ],
)
def test_what_the_hub_refuses_is_told(get, hub, status, code, said, remedy):
    hub.status, hub.code = status, code
    with pytest.raises(PlugwrightError) as told:
        get()
    assert said in told.value.message
    assert remedy in told.value.remedy


def test_a_hub_that_is_switched_off_is_told(get, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="switched off by HF_HUB_OFFLINE"):
        get()


def test_a_download_that_stops_coming_is_as_good_as_cut(get, hub, monkeypatch):
    monkeypatch.setattr("plugwright_models.pulling.SILENCE", 0.3)
    hub.stalls = True

    def seen(done, size):
        hub.stalls = False

    assert get(progress=seen).path.read_bytes() == CONTENT
    assert len(hub.ranges()) > 1


def test_a_full_disk_is_told_before_it_is_full(get, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(pulling, "disk_usage", lambda folder: usage(SIZE - 1))
    with pytest.raises(HostError, match=r"3 MB are to come, and `.*` has room for"):
        get()
    monkeypatch.setattr(pulling, "disk_usage", lambda folder: usage(SIZE))
    assert get().size == SIZE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
def test_a_disk_that_becomes_full_is_told_with_its_path(get):
    part().parent.mkdir(parents=True)
    part().symlink_to("/dev/full")
    with pytest.raises(PlugwrightError, match=r"\.part`: the disk is full"):
        get()


def test_all_parts_of_a_model_are_pulled(get, hub):
    parts = [f"big-0000{n}-of-00003.gguf" for n in (1, 2, 3)]
    for number, part in enumerate(parts):
        hub.files["owner/repo", part] = CONTENT[number:]
    seen = []
    got = get(f"owner/repo:{parts[1]}", progress=lambda *far: seen.append(far))
    assert got.name == f"hf:owner/repo:{parts[0]}"
    assert got.size == 3 * SIZE - 3
    assert [(got.path.parent / part).exists() for part in parts] == [True] * 3
    assert seen == sorted(seen)
    assert seen[-1] == (got.size, got.size)


def test_a_repository_with_one_model_needs_no_name_of_a_file(get, hub):
    hub.files["owner/one", "README.md"] = b"read me"
    hub.files["owner/one", "only.gguf"] = CONTENT
    assert get("owner/one").name == "hf:owner/one:only.gguf"
    hub.files["owner/none", "README.md"] = b"read me"
    with pytest.raises(UsageError, match="`owner/none` has no GGUF file"):
        get("owner/none")


def test_a_hub_that_is_out_of_order_is_told(get, hub):
    hub.status = 500
    with pytest.raises(HostError, match="the hub answers 500 for `owner/repo`"):
        get()


def test_without_a_network_there_is_one_sentence(plugwright, hub):
    hub.close()
    code, out, err = plugwright(
        "models", "pull", "hf:owner/repo:x.gguf", "--endpoint", hub.url
    )
    assert (code, out) == (1, "")
    assert err.startswith("plugwright: the hub cannot be reached: ")
    assert len(err.splitlines()) == 2
    hub._server.server_close = hub._server.shutdown = lambda: None


def test_the_command_pulls_lists_shows_and_removes(plugwright, config, hub, get):
    config(hub=hub.url)
    code, out, _ = plugwright("models", "pull", f"hf:{NAME}", "--json")
    assert code == 0
    assert json.loads(out)["name"] == f"hf:{NAME}"
    code, out, _ = plugwright("models", "--json")
    assert [json.loads(line)["name"] for line in out.splitlines()] == [f"hf:{NAME}"]

    code, out, err = plugwright("models", "remove", f"hf:{NAME}")
    assert (code, out) == (2, "")
    assert "nobody is here to ask" in err
    code, out, _ = plugwright("models", "remove", f"hf:{NAME}", "--yes")
    assert code == 0
    assert "is gone: 3 MB are free" in out
    assert not [*(pulled.folder_of("owner/repo") / "blobs").iterdir()]
    code, _, err = plugwright("models", "remove", f"hf:{NAME}", "--yes")
    assert code == 2
    assert f"`plugwright models pull hf:{NAME}` gets it" in err


def test_only_files_of_the_hub_can_be_pulled(plugwright):
    code, _, err = plugwright("models", "pull", "ollama/x")
    assert code == 2
    assert "`ollama/x` cannot be pulled" in err
