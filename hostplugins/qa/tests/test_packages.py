"""What guests hold for judging, as the host describes it."""

from __future__ import annotations

import subprocess
import sys


def test_pytest_is_described_and_not_imported():
    # Whoever opens a sandbox waits for this.
    code = (
        "import sys; from plugwright_qa.packages import packages;"
        "print('_pytest.config.findpaths' in packages()[0].modules,"
        " '_pytest' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "True False"
