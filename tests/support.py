"""What several of these tests need."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO = Path(str(files("plugwright_forge").joinpath("demo")))
REQUEST = (DEMO / "request.txt").read_text("utf-8").strip()


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The complaint, after checking that it is one and that it is no traceback."""
    assert result.returncode not in (0, 130), result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    complaint = [
        line for line in result.stderr.splitlines() if line.startswith("plugwright: ")
    ]
    assert len(complaint) == 1, result.stderr
    return result.stderr[result.stderr.index("plugwright: ") :]


class ByHand:
    """Answers prompts in a folder with the demo's recorded answers, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: dict[str, int] = {}
        self.answered: list[str] = []
        entries = json.loads((DEMO / "recording.json").read_text("utf-8"))["entries"]
        self.answers: dict[str, list[str]] = {}
        for entry in entries:
            text = entry["completion"]["text"]
            text = text if isinstance(text, str) else "\n".join(text)
            self.answers.setdefault(entry["role"], []).append(text)

    def look(self) -> None:
        """Answer every prompt that has no answer yet."""
        for prompt in sorted(self.folder.glob("*.prompt.md")):
            if prompt.name in self.answered:
                continue
            self.answered.append(prompt.name)
            role = re.sub(r"^\d+-|\.prompt\.md$", "", prompt.name)
            number = self.given[role] = self.given.get(role, 0) + 1
            answer = prompt.with_name(prompt.name.replace(".prompt.", ".answer."))
            part = answer.with_suffix(".part")
            part.write_text(self.answers[role][number - 1], "utf-8")
            part.rename(answer)
