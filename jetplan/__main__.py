"""The entry point. Answers `--version` before anything heavy is imported; everything else is the CLI's."""

import gc
import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and not __file__.startswith(f"{sys.path[0]}/"):
    del sys.path[0]  # `python -m` puts the current folder there: a checkout's click.py would be imported

RARELY = (100_000, 50, 100)
"""When to look for circles among objects: a million of them live until the end, and hardly one is in a circle."""


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from jetplan.version import __version__

        try:
            sys.stdout.write(f"jetplan {__version__}\n")
            sys.stdout.flush()
        except OSError as error:
            sys.stderr.write(f"Error: the output cannot be used: {error.strerror}\n")
            sys.stderr.flush()
            os._exit(1)  # Python would try to write once more, and tell that in words of its own
        return
    gc.set_threshold(*RARELY)  # this process is ours alone, and ends with the command
    from jetplan.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
