"""The commands around a server: start it, show recordings on it, its settings, its folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from mnemoscope.cli import commands
from mnemoscope.cli.arguments import Command, device, whole
from mnemoscope.cli.commands import OK


def add(command: Command) -> None:
    """These commands, with what may be said to them."""
    serve = command("serve", _serve, "start the server and the page (what happens without a command)")
    serve.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", type=whole(0, 65535), metavar="N", help="port (default: 8000)")
    serve.add_argument("--data-dir", type=Path, metavar="DIR", help="folder for recordings and uploads")
    serve.add_argument(
        "--watch", type=Path, metavar="DIR", help="also show the recordings of this folder, as they appear and grow"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument(
        "--workers", type=whole(0, 64), metavar="N", help="processes that run models (default: 1); 0 = replay only"
    )
    serve.add_argument(
        "--no-token",
        action="store_true",
        default=None,
        help="let in whoever reaches an address beyond this machine without a token",
    )
    _config(serve)
    device(serve, default=None)  # what is not given here may stand in the environment

    opening = command("open", _open, "show recordings in the browser (what happens with a .mnemo file alone)")
    opening.add_argument("files", type=Path, nargs="+", metavar="F", help="recordings (.mnemo)")
    opening.add_argument(
        "--url", metavar="URL", help="address of the server to show them on, with its token if it has one"
    )
    opening.add_argument(
        "--port", type=whole(0, 65535), metavar="N", help="port of the server to join or to start (8000)"
    )
    opening.add_argument("--data-dir", type=Path, metavar="DIR", help="folder of the server that is started for them")
    opening.add_argument("--no-browser", action="store_true", help="print the addresses only")


def add_upkeep(command: Command) -> None:
    """Those for whoever runs a server."""
    _config(command("config", _list_settings, "list the settings of the server as they are now"))

    fsck = command("fsck", _fsck, "list in what a server's recordings and its index differ, and mend it")
    fsck.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="data folder (default: the server's)")
    fsck.add_argument("--mend", action="store_true", help="close, list again and set aside, as every start does")

    pin = command("pin", _pin, "keep recordings of a server when it makes room")
    pin.add_argument("recordings", nargs="+", metavar="ID", help="ids of recordings")
    pin.add_argument("--off", action="store_true", help="no longer")
    pin.add_argument("--data-dir", type=Path, metavar="DIR", help="data folder (default: the server's)")


def _config(parser_: argparse.ArgumentParser) -> None:
    parser_.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML (default: MNEMOSCOPE_CONFIG)")


def _serve(args: argparse.Namespace, ready: Callable[[str], object] | None = None) -> int:
    """Start the server and stay: the one place where the library reaches up to it. ready: called with its address."""
    from mnemoscope_server import serving
    from mnemoscope_server.settings import Settings

    return serving.run(Settings.from_arguments(args), ready=ready) or OK


def _open(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.opening import open_files

    return open_files(args, serve=lambda ready: _serve(args, ready))


def _list_settings(args: argparse.Namespace) -> int:
    """As `_serve`."""
    from mnemoscope_server.settings import Settings, listed

    for variable, value, description in listed(Settings.from_arguments(args)):
        commands.echo(f"{variable}={value}")
        commands.echo(f"    {description}")
    return OK


def _fsck(args: argparse.Namespace) -> int:
    """As `_serve`."""
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fsck import fsck

    settings = Settings.from_arguments(args)
    if args.folder is not None:  # one machine's, whatever is set for a server
        return fsck(args.folder, mend=args.mend)
    return fsck(settings.data_dir, mend=args.mend, index=settings.index, blobs=settings.blobs)


def _pin(args: argparse.Namespace) -> int:
    """As `_serve`; the server may run."""
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.sweeping import pin_all

    settings = Settings.from_arguments(args)
    blobs = settings.blobs if args.data_dir is None else None  # that folder's, whatever is set for a server
    return pin_all(settings.data_dir, args.recordings, wanted=not args.off, blobs=blobs)
