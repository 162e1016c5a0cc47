"""What stands in a repository: differences, commits, who wrote which line.

Nothing here writes but `commit`, and only git itself reads: see `running`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from plugwright.errors import UsageError
from plugwright_agents.git.blaming import Blamed, blamed_in
from plugwright_agents.git.differences import really_changed
from plugwright_agents.git.running import Answer, Git, literal, refused

_DIFF = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=dirty",
    "--submodule=short",
    "-O/dev/null",
    "--unified=3",
    "--find-renames",
)
_FIELDS = ("%H", "%h", "%ad", "%an", "%s", "%b")
_COMMIT = f"--format={'%x00'.join(_FIELDS)}"
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """Who changed something, when, and what they said about it."""

    id: str
    short: str
    date: str
    author: str
    subject: str
    body: str

    @property
    def line(self) -> str:
        """It on one line."""
        return f"{self.short} {self.date} {self.author}: {self.subject}"


@dataclass(frozen=True)
class Change:
    """A difference, as far as git was let tell it."""

    text: str
    is_cut: bool = False


class Repository:
    """The repository that a folder is in."""

    def __init__(self, folder: Path) -> None:
        self._git = Git(folder)
        self.folder = folder
        asked = ("rev-parse", "--absolute-git-dir", "--is-inside-work-tree")
        found = self._git.ask(*asked, "--is-shallow-repository")
        if found.code and "not a git repository" not in found.said:
            raise refused(found)
        if found.code:
            raise UsageError(
                f"`{folder}` is in no git repository",
                remedy="go to one, or make one: `git init`",
            )
        where, is_inside, is_shallow = found.raw.decode(
            errors="surrogateescape"
        ).rsplit("\n", 3)[:3]
        self.inner = Path(where)
        """Where git keeps what it knows."""
        self.is_shallow = is_shallow == "true"
        self.top = self._working_tree() if is_inside == "true" else None
        """The folder with the files; None where there is none, as on a server."""

    def _working_tree(self) -> Path:
        raw = self._git.have("rev-parse", "--show-toplevel").raw
        top = Path(raw.decode(errors="surrogateescape").removesuffix("\n"))
        # The configuration may say that another folder has the files, such as a home,
        # and what stands there would then be sent to a model.
        if not _leads_to(top / ".git", self.inner):
            raise UsageError(
                f"this repository says that its files are in `{top}`, which does not"
                " say so itself",
                remedy="if you trust it, go there; or unset `core.worktree`",
            )
        return top

    # What state it is in.

    @cached_property
    def has_commits(self) -> bool:
        """Whether there is anything yet."""
        return not self._git.ask("rev-parse", "--verify", "-q", "HEAD").code

    @property
    def under_way(self) -> str:
        """What has begun and not ended: `a merge`; empty if nothing has."""
        return next(
            (what for name, what in _UNDER_WAY.items() if (self.inner / name).exists()),
            "",
        )

    def conflicts(self) -> list[str]:
        """Name the files of which there are two versions."""
        found = self._git.have("ls-files", "--unmerged", "-z").fields
        return [*dict.fromkeys(each.partition("\t")[2] for each in found)]

    def demand_commits(self) -> None:
        """Raise UsageError for a repository without commits."""
        if not self.has_commits:
            raise UsageError(
                f"the repository `{self.top or self.inner}` has no commits yet",
                remedy="make the first one: `git add` and `git commit`",
            )

    def demand_files(self) -> None:
        """Raise UsageError where there is no working tree."""
        if self.top is None:
            raise UsageError(
                f"the repository `{self.inner}` has no files beside it here",
                remedy="name a revision or a range: `HEAD`, `main..HEAD`",
            )

    def demand(self, revision: str) -> str:
        """Give a commit's id. UsageError if there is no such revision."""
        found = self.commit_id(revision)
        if not found:
            self.demand_commits()
            raise UsageError(
                f"there is no revision `{revision:.100}`",
                remedy="`git log --oneline` and `git tag` name what there is",
            )
        return found

    def commit_id(self, revision: str) -> str:
        """Give a commit's id; empty if there is no such revision."""
        if not revision or "\0" in revision:
            return ""
        asked = ("rev-parse", "--verify", "-q", "--end-of-options")
        return self._git.ask(*asked, f"{revision}^{{commit}}").text.strip()

    def has_file(self, path: str) -> bool:
        """Whether there is, or was at last, a file or folder of this name."""
        if self.top is not None and (self.folder / path).exists():
            return True
        if not self.has_commits or not path:
            return False
        return bool(self._git.ask("ls-tree", "HEAD", "--", *literal([path])).raw)

    # Differences.

    def staged(self, paths: Sequence[str] = ()) -> Change:
        """Give the difference that the next commit would make."""
        self.demand_files()
        return self._difference("--cached", paths=paths)

    def stage(self) -> str:
        """Give what is the same as long as the same is staged."""
        raw = self._git.have("diff", "--cached", "--raw", "-z", "--abbrev=64", *_DIFF)
        return sha256(raw.raw).hexdigest()

    def changed(self, paths: Sequence[str] = ()) -> Change:
        """Give the difference of all tracked files to the last commit."""
        self.demand_files()
        return self._difference("HEAD" if self.has_commits else "--cached", paths=paths)

    def difference(self, old: str, new: str, paths: Sequence[str] = ()) -> Change:
        """Give the difference between two revisions."""
        return self._difference(self.demand(old), self.demand(new), paths=paths)

    def base(self, one: str, other: str) -> str:
        """Give the commit at which two revisions parted."""
        asked = ("merge-base", self.demand(one), self.demand(other))
        if found := self._git.ask(*asked).text.strip():
            return found
        raise UsageError(
            f"`{one:.100}` and `{other:.100}` have no commit in common",
            remedy=f"compare them as they are: `{one}..{other}`",
        )

    def shown(self, revision: str, paths: Sequence[str] = ()) -> Change:
        """Give one commit: who, when, why and the difference."""
        answer = self._git.have(
            *("show", *_DIFF, "--diff-merges=first-parent", "--format=fuller"),
            *("--date=short", self.demand(revision), "--"),
            *literal(paths),
        )
        return Change(answer.text, answer.is_cut)

    def _difference(self, *between: str, paths: Sequence[str]) -> Change:
        answer = self._git.have("diff", *_DIFF, *between, "--", *literal(paths))
        return Change(really_changed(answer.text), answer.is_cut)

    # Commits.

    def commits(
        self,
        *choice: str,
        since: str = "",
        until: str = "HEAD",
        path: str = "",
        count: int = 500,
    ) -> list[Commit]:
        """Give commits, the newest first; `choice` has more options of `git log`."""
        end = self.demand(until)
        span = f"{self.demand(since)}..{end}" if since else end
        asked = ("log", "-z", f"--max-count={count}", "--date=short", "--no-patch")
        where = literal([path] if path else [])
        found = self._git.have(
            *(*asked, "--no-textconv", "--no-ext-diff", _COMMIT, *choice, span, "--"),
            *where,
        )
        return [*_commits(found)]

    def file_history(self, path: str, count: int = 40) -> list[Commit]:
        """Give the commits that touched a file, also under its names before."""
        return self.commits("--follow", path=path, count=count)

    def with_words(self, words: str, path: str = "", count: int = 30) -> list[Commit]:
        """Find commits by words of their messages."""
        choice = (f"--grep={words}", "-i", "--fixed-strings") if words else ()
        return self.commits(*choice, path=path, count=count)

    def with_text(self, text: str, path: str = "", count: int = 500) -> list[Commit]:
        """Find the commits that brought a text into the files, or took it away."""
        if not text:
            raise UsageError("an empty text is everywhere", remedy="look for a word")
        return self.commits(f"-S{text}", path=path, count=count)

    def text_change(self, text: str, commit: str) -> str:
        """Give what one commit did to the files in which it changed a text."""
        asked = ("log", "--max-count=1", "--format=", "-p", *_DIFF)
        merges = "--diff-merges=first-parent"
        return self._git.have(
            *asked, merges, f"-S{text}", self.demand(commit), "--"
        ).text

    def where_is(self, text: str, count: int = 20) -> list[str]:
        """Give the lines that have a text today: `FILE:LINE:TEXT`."""
        asked = ("grep", "-n", "-I", "-F", "--no-color", "--no-recurse-submodules")
        found = self._git.ask(*asked, "--full-name", "-e", text, "HEAD", "--")
        lines = found.text.splitlines()[:count]
        return [line.removeprefix("HEAD:")[:300] for line in lines]

    def last_tag(self, until: str = "HEAD") -> str:
        """Give the nearest tag before a revision, not of it; empty if there is none."""
        end = self.demand(until)
        tag = self._described(end)
        if tag and self.commit_id(f"refs/tags/{tag}") == end:
            parent = self.commit_id(f"{end}^")
            tag = self._described(parent) if parent else ""
        return tag

    def _described(self, commit: str) -> str:
        return self._git.ask("describe", "--tags", "--abbrev=0", commit).text.strip()

    # Lines.

    def blamed(self, path: str, first: int, last: int) -> list[Blamed]:
        """Say which commit wrote which lines of a file as it is now."""
        self.demand_commits()
        is_here = self.top is not None and (self.folder / path).is_file()
        lines = f"-L{max(1, first)},{max(1, first, last)}"
        answer = self._git.have(
            *("blame", "--no-textconv", "--porcelain", lines),
            *(("--",) if is_here else ("HEAD", "--")),
            *literal([path]),
        )
        return [*blamed_in(answer.text)]

    def line_history(self, blamed: Blamed, count: int = 5) -> tuple[list[Commit], str]:
        """Give the commits that made some lines what they are, and what they did."""
        last = blamed.then + len(blamed.lines) - 1
        where = f"-L{blamed.then},{last}:".encode() + literal([blamed.path])[0]
        start = ("--date=short", f"--max-count={count}", where, blamed.id)
        # Blame gives paths from the top on, and `log -L` wants them from here.
        git = Git(self.top or self.inner)
        answer = git.have("log", *_DIFF, "--format=%n%h %ad %an: %s", *start)
        ids = git.have("log", "-z", "--no-patch", _COMMIT, *start)
        return [*_commits(ids)], answer.text

    # The one thing that writes.

    def commit(self, message: str) -> str:
        """Commit what is staged, with no hook, no editor and no signature."""
        asked = ("commit", "-q", "--no-verify", "--no-gpg-sign", "--no-post-rewrite")
        self._git.have(*asked, "--cleanup=whitespace", "-F", "-", given=message)
        return self._git.have("log", "-1", "--no-patch", "--format=%h %s").text.strip()


def _commits(answer: Answer) -> Iterator[Commit]:
    names = ("id", "short", "date", "author", "subject", "body")
    fields = answer.fields
    if answer.is_cut:
        fields = answer.text.split("\0")[:-1]
    for at in range(0, len(fields) - len(names) + 1, len(names)):
        found = dict(zip(names, fields[at : at + len(names)], strict=True))
        yield Commit(
            **{**found, "id": found["id"].strip(), "body": found["body"].strip()}
        )


def _leads_to(entry: Path, inner: Path) -> bool:
    """Whether a folder's `.git` is, or names, what git found."""
    try:
        if entry.is_file():
            said = entry.read_text(errors="surrogateescape").strip()
            entry = entry.parent / said.removeprefix("gitdir:").strip()
        return entry.samefile(inner)
    except (OSError, ValueError):
        return False
