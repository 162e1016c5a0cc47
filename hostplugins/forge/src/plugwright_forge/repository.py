"""The git repository of a session: what was written, version by version.

Every commit follows from the session's events: its content, its parents, its message
and its time. So committing again after a crash gives the same ids, and is nothing new.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from plugwright.home import naming

AUTHOR = b"Plugwright Forge <forge@localhost>"
MAIN = "main"
_READY = "plugwright-ready"


class Repository:
    """The history of one session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with naming(folder):
            self._repo = _open(folder)

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | bytes],
        message: str,
        *,
        at: int,
        parents: Sequence[str] = (),
    ) -> str:
        """Commit these files, and no other, on a branch; gives the commit's id."""
        with naming(self._folder):
            commit = self._commit(files, message, at, parents)
            if not self._has(branch, commit.id):
                self._repo.refs[_ref(branch)] = commit.id
                if branch == MAIN:
                    self.check_out()
        return commit.id.decode()

    def check_out(self) -> None:
        """Let the folder show what is on main."""
        # The session's own settings only: a person's line endings are not ours.
        self._repo.get_worktree().reset_index(config=self._repo.get_config())

    def _commit(
        self,
        files: Mapping[str, str | bytes],
        message: str,
        at: int,
        parents: Sequence[str],
    ) -> Commit:
        commit = Commit()
        commit.tree = self._tree(files)
        commit.parents = [ObjectID(parent.encode()) for parent in parents]
        commit.author = commit.committer = AUTHOR
        commit.author_time = commit.commit_time = at
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = f"{message.strip()}\n".encode()
        self._repo.object_store.add_object(commit)
        return commit

    def _tree(self, files: Mapping[str, str | bytes]) -> ObjectID:
        tree = Tree()
        folders: dict[str, dict[str, str | bytes]] = {}
        for path, content in files.items():
            folder, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(folder, {})[rest] = content
            else:
                tree.add(path.encode(), 0o100644, self._blob(content))
        for folder, inside in folders.items():
            tree.add(folder.encode(), 0o040000, self._tree(inside))
        self._repo.object_store.add_object(tree)
        return tree.id

    def _blob(self, content: str | bytes) -> ObjectID:
        data = content.encode() if isinstance(content, str) else content
        blob = Blob.from_string(data)
        self._repo.object_store.add_object(blob)
        return blob.id

    def _has(self, branch: str, commit: ObjectID) -> bool:
        # A resumed session commits its beginning again; the branch must not go back.
        if _ref(branch) not in self._repo.refs:
            return False
        waiting, seen = [ObjectID(self._repo.refs[_ref(branch)])], set[ObjectID]()
        while waiting:
            id = waiting.pop()
            if id == commit:
                return True
            if id not in seen:
                seen.add(id)
                waiting.extend(self._repo.get_parents(id))
        return False


def _ref(branch: str) -> Ref:
    return Ref(b"refs/heads/" + branch.encode())


def _open(folder: Path) -> Repo:
    control = folder / ".git"
    if not (control / _READY).exists():
        # Half made: the session's events can make all of it again.
        shutil.rmtree(control, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        Repo.init(folder, default_branch=MAIN.encode()).close()
        (control / "info").mkdir(exist_ok=True)
        (control / "info" / "exclude").write_text("events.jsonl\ndist/\n")
        (control / _READY).touch()
    # One host at a time has this folder, so whoever held these locks is dead.
    for lock in control.rglob("*.lock"):
        lock.unlink()
    return Repo(folder)
