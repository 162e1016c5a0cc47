"""Holds whoever imports it."""

import time

while True:
    time.sleep(1)
