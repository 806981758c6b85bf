"""One fit in a process of its own: what it is ordered, what it reports. The web process imports this; torch comes only with `work`.

A process for each: a fit takes a core for a minute, and no run may wait for it. It goes with the server, or when it is told to.
"""

import os
import signal
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.training.fitting.source import Source

NICENESS = 10
"""Runs that somebody watches go first (process.BEHIND)."""


@dataclass(frozen=True)
class FitOrder:
    """Fit one checkpoint to one source, into a folder."""

    source: Source
    model: str
    seconds: float | None
    updates: int | None
    seed: int
    scratch: bool
    folder: Path


@dataclass(frozen=True)
class Looked:
    """The held-back error after so many updates and seconds."""

    update: int
    seconds: float
    error: float


@dataclass(frozen=True)
class Done:
    """The fit is over; `result` is `Fitted.to_json` with the example."""

    result: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """There is no result."""

    message: str


Report = Looked | Done | Failed


def not_written(error: OSError) -> str:
    """What is said of a fit whose checkpoint could not be written."""
    return f"the checkpoint could not be written ({error.strerror or error}); nothing was kept: make room and fit again"


def work(connection: Connection, order: FitOrder) -> None:
    """Fit and report. Anything that comes through the pipe, or its end, ends the training; the best so far is the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the web process says when to end
    os.environ["OMP_NUM_THREADS"] = "1"
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        import torch

        from mnemoscope.training.fitting.fit import fit_source

        torch.set_num_threads(1)
        fitted = fit_source(
            order.source,
            order.model,
            seconds=order.seconds,
            updates=order.updates,
            seed=order.seed,
            scratch=order.scratch,
            out=order.folder,
            cancelled=connection.poll,
            progress=lambda check: connection.send(Looked(*check)),
        )
        connection.send(Done(fitted.to_json() | {"example": asdict(fitted.example)}))
    except (BrokenPipeError, ConnectionResetError):
        return  # the server is gone, and with it whoever asked
    except MnemoscopeError as error:
        connection.send(Failed(str(error)))
    except OSError as error:  # it trained in vain: there is no room for the weights, or the folder cannot be written to
        connection.send(Failed(not_written(error)))
