"""Arguments as they are typed: numbers within bounds, names in a list, NAME=VALUE. Each raises argparse.ArgumentTypeError with what was wanted."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Makes the parser of a command out of its name, what runs it, and its sentence."""


def seeds(text: str) -> list[int]:
    """0,1,2 as numbers."""
    return [whole(0, 2**32 - 1)(part) for part in text.split(",")]


def device(command: argparse.ArgumentParser, *, default: str | None = "auto") -> None:
    """Add --device."""
    command.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default=default, help="auto (default) = CUDA where there is one"
    )


def columns(text: str) -> list[str]:
    """Columns by name or number; one whose name has a comma goes by its number."""
    return [name.strip() for name in text.split(",") if name.strip()]


def names(text: str) -> list[str | Path]:
    """Names of models; one with a slash is the folder of a checkpoint."""
    found = [
        Path(name.strip()) if "/" in name or os.sep in name else name.strip()
        for name in text.split(",")
        if name.strip()
    ]
    if not found:
        raise argparse.ArgumentTypeError("name at least one, such as ntm,dnc")
    return found


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise argparse.ArgumentTypeError(f"wanted NAME=VALUE such as segment=24, got {text!r}")
    return name, value


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number of low … high."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"wanted a whole number of {low} … {high}, got {text!r}")
        return int(text)

    return parse


def numbers(low: int) -> Callable[[str], list[int]]:
    """20,40,120 as numbers."""
    one = whole(low, 10_000_000)
    return lambda text: [one(part.strip()) for part in text.split(",")]


def _above_zero(what: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"wanted a positive number of {what}, got {text!r}")
        return value

    return parse


positive, seconds, positive_number = _above_zero("Hz"), _above_zero("seconds"), _above_zero("the signal's unit")


def real(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -float("inf") < value < float("inf"):
        raise argparse.ArgumentTypeError(f"wanted a number, got {text!r}")
    return value
