"""Looks for inputs that no target has an answer for, guided by coverage.

    python tests/fuzz/atheris_run.py manifest 300

What it finds is made smaller and put into the corpus, where the tests replay it from
then on; it stops at the first. Needs `atheris`, which the tests themselves do not.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

WORDS = {
    "json": r'{ } [ ] , : " \\ \\u \\ud800 \\udc00 null true false NaN e E . - 0 1e400',
    "manifest": r"[plugin] [[permissions]] [commands.a] [events] [provenance] "
    r"[plugin.quota] name version api summary engine quota permission reason "
    r"parameters input output handles fuel seconds memory storage \x22\x22\x22 ''' "
    r"= . , # nan inf 0x 1979-05-27 true [[ ]] { } \\u001b \\u202e \\U000e0041",
}
WORDS["frames"] = WORDS["json"] + r" \x0a"
WORDS["bundles"] = WORDS["manifest"] + r" \x0a===\x20 plugin.py plugin.toml README.md /"
LONGEST_SHRINKING = 2000


def explore() -> None:
    """Run one target until libFuzzer ends the process; its arguments come last."""
    import atheris

    with atheris.instrument_imports(
        include=["fuzz", "plugwright", "plugwright_sandbox", "tomllib"]
    ):
        from fuzz import targets
    target = targets.TARGETS[sys.argv[2]]
    atheris.Setup([sys.argv[0], *sys.argv[3:]], lambda data: (target(data), None)[1])
    atheris.Fuzz()


def run(name: str, seconds: int) -> int:
    """Explore in a process of its own, and keep what it finds."""
    from fuzz import targets

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "new").mkdir()
        words = folder / "words"
        words.write_text("".join(f'"{word}"\n' for word in WORDS[name].split()))
        subprocess.run(
            [
                *(sys.executable, __file__, "explore", name),
                *(str(folder / "new"), str(targets.CORPUS / name)),
                f"-max_total_time={seconds}",
                f"-max_len={targets.LARGEST_INPUT - 1}",
                f"-artifact_prefix={folder}/found-",
                f"-dict={words}",
                *("-timeout=10", "-rss_limit_mb=1500", "-print_final_stats=1"),
            ],
            check=False,
        )
        found = sorted(folder.glob("found-*"))
        for path in found:
            keep(name, path)
        return len(found)


def keep(name: str, path: Path) -> None:
    """Put one finding into the corpus, as small as it gets."""
    from fuzz import targets

    # What hangs or eats the memory is kept as it is: trying smaller ones would too.
    raw = path.read_bytes()
    if path.name.startswith("found-crash"):
        raw = smaller(name, raw)
    digest = hashlib.sha256(raw).hexdigest()[:12]
    kind = path.name.split("-")[1]
    (targets.CORPUS / name / f"found-{kind}-{digest}").write_bytes(raw)
    print(f"kept {kind} {digest}: {raw!r:.200}")


def smaller(name: str, raw: bytes) -> bytes:
    """Leave out whatever does not change what is raised."""
    wanted, tries, size = complaint(name, raw), 0, max(1, len(raw) // 2)
    while size and wanted and tries < LONGEST_SHRINKING:
        at, before = 0, len(raw)
        while at < len(raw) and tries < LONGEST_SHRINKING:
            shorter = raw[:at] + raw[at + size :]
            tries += 1
            if complaint(name, shorter) == wanted:
                raw = shorter
            else:
                at += size
        size = size if len(raw) < before else size // 2
    return raw


def complaint(name: str, raw: bytes) -> type[BaseException] | None:
    """Say what a target raises."""
    from fuzz import targets

    try:
        targets.TARGETS[name](raw)
    except Exception as error:
        return type(error)
    return None


if __name__ == "__main__":
    if sys.argv[1:2] == ["explore"]:
        explore()
    else:
        sys.exit(1 if run(sys.argv[1], int(sys.argv[2])) else 0)
