"""What several of these tests need."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The complaint, after checking that it is one and that it is no traceback."""
    assert result.returncode not in (0, 130), result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    complaint = [
        line for line in result.stderr.splitlines() if line.startswith("plugwright: ")
    ]
    assert len(complaint) == 1, result.stderr
    return result.stderr[result.stderr.index("plugwright: ") :]
