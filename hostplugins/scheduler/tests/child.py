"""A scheduler in a process of its own, which a test kills: it says what it does.

Every line is one write, so a killed process leaves whole lines.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from plugwright.scheduling import Job, JobState
from plugwright_scheduler.local import Local


def main(path: str, log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(*words: object) -> None:
        os.write(file, (" ".join(map(str, words)) + "\n").encode())

    def command(plugin: str, command: str, arguments: dict) -> None:
        say("begins", arguments["job"]["id"])
        time.sleep(0.001)

    local = Local(Path(path), command)

    def show(id: str, state: str) -> None:
        if state == JobState.DONE:
            say("done", id)

    local.dispatcher.watch = show
    local.start()
    number = 0
    while True:
        number += 1
        plugin = f"p{number % 3}"
        id = local.submit(Job(plugin=plugin, command="x", told_as="job"))
        say("kept", id)
        if number % 5 == 0:
            local.cancel(local.submit(Job(plugin=plugin, command="y", at=9e9)))


if __name__ == "__main__":
    main(*sys.argv[1:])
