"""Leaves as soon as it has come."""

import sys

sys.exit("I have had enough")
