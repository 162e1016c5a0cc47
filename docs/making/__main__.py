"""`python -m making FOLDER`, in `docs/`: write all that the site is built from."""

from __future__ import annotations

import sys
from pathlib import Path

from making.pages import write

if len(sys.argv) != 2:
    sys.exit("usage: python -m making FOLDER")
write(Path(sys.argv[1]))
