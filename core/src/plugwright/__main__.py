"""The `plugwright` command."""

import sys


def main() -> None:
    """Answer `--version` at once; everything else needs the whole command line."""
    if sys.argv[1:] == ["--version"]:
        from plugwright import __version__

        print(f"plugwright {__version__}")
        return
    from plugwright.cli.door import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
