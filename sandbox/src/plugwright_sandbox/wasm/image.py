"""The guest image: CPython and its libraries, compiled to machine code.

Built once and kept in the user's cache folder. A compiled image is code that the worker
will run, so it is only loaded if its SHA-256 is the one that was written beside it, in
a folder that nobody else can write to.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from plugwright.errors import HostError
from plugwright.machine import cannot_use
from plugwright.sandboxes import GuestPackage, Progress
from plugwright_sandbox.sessions import GUEST
from plugwright_sandbox.wasm import zones
from plugwright_sandbox.wasm.locking import locked

EXTENSION = "guest_memory.cpython-314-wasm32-wasi.so"
KEPT_IMAGES = 4
"""How many images stay in the cache; one takes some 60 MB."""
SNAPSHOT_SECONDS, COMPILE_SECONDS = 20.0, 15.0
"""What the two steps take on two slow cores; only the progress bar leans on it."""
_SOURCES = (".py", ".wat", ".wit")
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

_DIE_WITH_HOST = ""
if sys.platform == "linux":
    # PR_SET_PDEATHSIG, SIGKILL: a builder that outlived a killed host would go on for
    # half a minute for nobody.
    _DIE_WITH_HOST = "import ctypes; ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); "


class Image:
    """One image, named by the digest of everything that goes into it."""

    def __init__(self, cache: Path, packages: Sequence[GuestPackage]) -> None:
        self._cache = cache
        self._packages = sorted(packages, key=lambda package: package.name)
        self.key = self._digest()[:16]
        self.path = cache / f"guest-{self.key}.cwasm"
        self._record = cache / f"guest-{self.key}.json"

    def _digest(self) -> str:
        digest = hashlib.sha256()
        tools = ("wasmtime", "componentize-py")
        versions = [*map(metadata.version, tools), zones.version()]
        digest.update(repr([versions, sys.platform, platform.machine()]).encode())
        digest.update(self._contents().encode())
        sources: list[tuple[Path, tuple[str, ...]]] = [(GUEST, ())]
        sources += [(path, p.without) for p in self._packages for path in p.paths]
        # How it is compiled decides whether it can be loaded.
        sources.append((Path(__file__).with_name("runtime.py"), ()))
        for source, without in sources:
            above = f"{source.parent}{os.sep}"
            for file in _source_files(source, without):
                digest.update(str(file).removeprefix(above).encode())
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def _contents(self) -> str:
        """The module that tells the guest what it holds."""
        modules = [m for package in self._packages for m in package.modules]
        tops = {p.name: sorted({*p.modules}) for p in self._packages}
        warm_ups = [p.warm_up for p in self._packages if p.warm_up]
        warm_ups.insert(0, "time_zones:install")
        return (
            "from standard_library import BEHIND, PUBLIC\n\n"
            f"PACKAGES = {tops!r}\n"
            f"MODULES = [*PUBLIC, *BEHIND, *{modules!r}]\n"
            f"WARM_UPS = {warm_ups!r}\n"
        )

    def is_built(self) -> bool:
        """Whether the image is there and is what was written."""
        try:
            record = json.loads(self._record.read_text("utf-8"))
            _refuse_shared(self._cache)
            return bool(record["sha256"] == _sha256(self.path))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def digest(self) -> str:
        """The SHA-256 of what is there; two builds of one image are not the same."""
        record = json.loads(self._record.read_text("utf-8"))
        return str(record["sha256"])

    def build(self, progress: Progress) -> None:
        """Make the image, unless it is there. Takes half a minute or so."""
        if self.is_built():
            return
        try:
            self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_shared(self._cache)
            what = "building the sandbox: waiting for another build"
            with locked(self._cache / "build.lock", lambda: progress(what, 0.0)):
                self._build_alone(progress)
        except OSError as error:
            if error.errno in _FORBIDDEN:
                raise cannot_use(self._cache, error) from error
            raise HostError(
                f"the guest image could not be written to `{self._cache}`: "
                f"{_reason(error)}",
                remedy="free some disk space there (150 MB are enough) and try again",
            ) from error

    def _build_alone(self, progress: Progress) -> None:
        """Build while nobody else does in this cache, unless somebody just has."""
        if self.is_built():
            return
        for killed in self._cache.glob("build-*/"):
            shutil.rmtree(killed, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self._cache, prefix="build-") as folder:
            self._build_in(Path(folder), progress)
        self._sweep()
        progress("building the sandbox: done", 1.0)

    def _build_in(self, folder: Path, progress: Progress) -> None:
        app = folder / "app"
        shutil.copytree(GUEST, app, ignore=shutil.ignore_patterns("__pycache__"))
        (app / "plugwright_image.py").write_text(self._contents(), "utf-8")
        sources = {path: p.without for p in self._packages for path in p.paths}
        for path, without in sources.items():
            if path.is_dir():
                ignore = shutil.ignore_patterns("__pycache__", *without)
                shutil.copytree(path, app / path.name, ignore=ignore)
            else:
                shutil.copy(path, app)
        (app / zones.FILE).write_bytes(zones.packed())
        (app / EXTENSION).write_bytes(_assembled(GUEST / "guest_memory.wat"))
        snapshot, compiled = folder / "guest.wasm", folder / "guest.cwasm"
        wit = ["-d", str(app / "world.wit"), "-w", "guest"]
        with _steps(
            progress, "building the sandbox: snapshot", 0.0, 0.6, SNAPSHOT_SECONDS
        ):
            script = _DIE_WITH_HOST + "import componentize_py; componentize_py.script()"
            _run(
                [
                    *(sys.executable, "-c", script, "-q", *wit),
                    *("componentize", "plugwright_guest"),
                    *("-p", str(app), "-o", str(snapshot)),
                ],
                folder,
            )
        with _steps(
            progress, "building the sandbox: compile", 0.6, 1.0, COMPILE_SECONDS
        ):
            script = _DIE_WITH_HOST + (
                f"from {__name__} import compile_image; import sys; "
                "compile_image(*sys.argv[1:])"
            )
            _run([sys.executable, "-c", script, str(snapshot), str(compiled)], folder)
        record = {"sha256": _sha256(compiled), "size": compiled.stat().st_size}
        with compiled.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(compiled, self.path)
        temporary = folder / "record.json"
        temporary.write_text(json.dumps(record), "utf-8")
        os.replace(temporary, self._record)

    def _sweep(self) -> None:
        """Delete the oldest images: each version of any package makes a new one."""
        images = sorted(self._cache.glob("guest-*.cwasm"), key=_modified, reverse=True)
        for image in images[KEPT_IMAGES:]:
            image.unlink(missing_ok=True)
            image.with_suffix(".json").unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    if isinstance(error, shutil.Error):  # a copied folder tells every file's trouble
        return str(error.args[0][-1][-1])
    return error.strerror or str(error)


def _assembled(source: Path) -> bytes:
    from wasmtime import wat2wasm  # heavy, and only needed while building

    return bytes(wat2wasm(source.read_text("utf-8")))


def compile_image(snapshot: str, compiled: str) -> None:
    """Translate a component to machine code; runs in a process of its own."""
    from wasmtime.component import Component

    from plugwright_sandbox.wasm.runtime import engine

    component = Component.from_file(engine(), snapshot)
    Path(compiled).write_bytes(component.serialize())


def _run(command: list[str], folder: Path) -> None:
    # An environment of our own: a virtual environment or pipenv that componentize-py
    # finds there would add its site-packages to what can be imported.
    environment = {
        "PATH": "",
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        if "No space left" in said:
            raise OSError(errno.ENOSPC, "the disk is full")
        last = said.splitlines()[-1:] or ["no message"]
        raise HostError(
            f"the guest image could not be built: {last[0]}",
            remedy="run again with --debug and report it",
        ) from RuntimeError(said)


@contextmanager
def _steps(
    progress: Progress, what: str, start: float, end: float, expected: float
) -> Iterator[None]:
    """Move the bar while a step runs that says nothing itself."""
    over = threading.Event()

    def move() -> None:
        began = time.monotonic()
        while not over.wait(0.1):
            part = (time.monotonic() - began) / expected
            progress(what, start + (end - start) * part / (1 + part))

    progress(what, start)
    mover = threading.Thread(target=move, daemon=True)
    mover.start()
    try:
        yield
    finally:
        over.set()
        mover.join()


def _source_files(path: Path, without: Collection[str]) -> list[Path]:
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    # Half the time that `rglob` takes; whoever opens a sandbox waits for it.
    for folder, below, names in os.walk(path):
        below[:] = {*below}.difference(without)
        kept = {*names}.difference(without)
        found += (Path(folder, n) for n in kept if n.endswith(_SOURCES))
    return sorted(found)


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_shared(folder: Path) -> None:
    """A folder that others can write to could hold anybody's code."""
    if os.name != "posix":
        return
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise HostError(
            f"`{folder}` can be written by others, so the image in it is not trusted",
            remedy=f"run: chmod 700 {folder}",
        )
