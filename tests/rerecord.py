"""Makes the demo's recording anew after a prompt card changed.

`python tests/rerecord.py`. A recording is strict: it answers exactly the prompts that
were asked. Here the answers of the old one are given by hand, in order, to the prompts
of today. Where a card changed so much that an old answer does not fit, answer that
prompt yourself with `plugwright forge --model hand:FOLDER --record FILE`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import DEMO, REQUEST, ByHand

HEADER = ("format", "origin", "note")


def main() -> None:
    """Forge once with the old answers, and keep the new recording if that succeeds."""
    old = json.loads((DEMO / "recording.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name, "hand"), Path(name, "recording.json")
        folder.mkdir()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "plugwright", "forge", REQUEST, "--yes"),
                *("--model", f"hand:{folder}", "--record", str(made)),
                *("--autonomy", "semi-autonomous", "--candidates", "3"),
                *("--threshold", "70"),
                *("--answers", str(DEMO / "answers.json")),
            ],
            env={**os.environ, "PLUGWRIGHT_HOME": str(Path(name, "home"))},
        )
        hand = ByHand(folder)
        while process.poll() is None:
            hand.look()
            time.sleep(0.05)
        if process.returncode:
            sys.exit("the old answers do not fit any more; nothing was changed")
        new = json.loads(made.read_text("utf-8"))
    new |= {key: old[key] for key in HEADER}
    text = json.dumps(new, indent=2, ensure_ascii=False) + "\n"
    (DEMO / "recording.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
