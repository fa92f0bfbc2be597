"""The entry point. Answers `--version` before anything heavy is imported; everything else is the CLI's."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from jetplan import __version__

        sys.stdout.write(f"jetplan {__version__}\n")
        return
    from jetplan.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
