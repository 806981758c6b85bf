"""The command line: `mnemoscope` alone starts the server. What can be asked for stands in *_commands.py; commands.py does the work.

Results go to stdout, everything else (progress, notes, errors) to stderr. Exit codes: 0 done, 1 a recording does not
verify, 2 bad usage or bad input, reported in one sentence.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from mnemoscope import __version__
from mnemoscope.cli import commands, interrupts, model_commands, reading, recording_commands, server_commands
from mnemoscope.cli.commands import BAD_INPUT, INTERRUPTED, OK
from mnemoscope.cli.examples import EXAMPLES
from mnemoscope.errors import ImportFileError, MnemoscopeError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command -> its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments.insert(0, "serve")
    elif arguments[0].endswith(".mnemo"):
        arguments.insert(0, "open")
    try:
        args = parser().parse_args(arguments)
        with interrupts.heard():
            return args.run(args)
    except ImportFileError as error:
        return _fail(reading.way_out(error))
    except MnemoscopeError as error:
        return _fail(str(error))
    except BrokenPipeError:  # `mnemoscope inspect F | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        return _fail(
            f"{error.filename or 'a file'}: {error.strerror or error}; check the path, its rights and the disk."
        )
    except KeyboardInterrupt:
        print("mnemoscope: interrupted.", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="mnemoscope",
        description="See what neural memories write, keep, overwrite, read and forget. Alone it starts the server.",
        epilog=EXAMPLES["top"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = subparsers.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=EXAMPLES[name],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    for add in (server_commands.add, recording_commands.add, model_commands.add, server_commands.add_upkeep):
        add(command)
    return top


def _fail(message: str) -> int:
    commands.echo(f"mnemoscope: {message}", file=sys.stderr)
    return BAD_INPUT
