"""What image.py writes for each image: what is in it."""

PACKAGES: dict[str, list[str]]
MODULES: list[str]
WARM_UPS: list[str]
