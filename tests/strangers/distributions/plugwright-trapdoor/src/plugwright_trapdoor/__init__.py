"""Opens below whoever steps on it."""

import os

os._exit(86)
