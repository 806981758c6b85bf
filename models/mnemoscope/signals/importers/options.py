"""What a user knows better than the program about a file: for the library, the command line, a worker and HTTP alike."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from mnemoscope.errors import Retry

MAX_TOKENS = 20
"""Cells, and numbers, that may be declared missing."""


@dataclass(frozen=True)
class ImportOptions:
    """How a file is to be read; what is null or empty is found out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}

    delimiter: Literal[",", ";", "\t", "|", " ", ""] | None = None
    """" ": columns aligned by blanks; "": one number a line; null: find out."""
    decimal: Literal[".", ","] | None = None
    """Sign before the fraction; null: find out."""
    header: bool | None = None
    """false: the columns have no names, or these are to be ignored; null: find out."""
    missing: tuple[str, ...] = ()
    """More cells that mean "no number"."""
    sentinels: tuple[float, ...] = ()
    """Numbers that mean "no number", such as -999."""
    ragged: Literal["refuse", "skip"] = "refuse"
    """skip: leave out rows with another number of values, and report them."""
    infinite: Literal["refuse", "missing"] = "refuse"
    """missing: treat infinite values as missing."""

    def __post_init__(self) -> None:
        """Raises ValueError for too many values that mean "no number", or one that is none itself."""
        if max(len(self.missing), len(self.sentinels)) > MAX_TOKENS:
            raise ValueError(f"at most {MAX_TOKENS} cells and {MAX_TOKENS} numbers can be declared missing")
        if not all(map(math.isfinite, self.sentinels)):
            raise ValueError("a number that means missing must be finite")

    @classmethod
    def from_json(cls, options: Mapping[str, Any]) -> "ImportOptions":
        """Options that have been JSON; lists become tuples."""
        arguments: dict[str, Any] = dict(options)
        for name in ("missing", "sentinels"):
            arguments[name] = tuple(arguments.get(name, ()))
        return cls(**arguments)

    @property
    def tokens(self) -> frozenset[str]:
        """`missing` as cells are compared: in lower case, without blanks around."""
        return frozenset(token.strip().lower() for token in self.missing)

    def notes(self) -> list[str]:
        """What is read as missing because the user asked for it, as a sentence of the report."""
        read = [f"cells {token!r}" for token in self.missing] + [f"{value:g}" for value in self.sentinels]
        read += ["infinite values"] if self.infinite == "missing" else []
        return [f"{', '.join(read)}: read as missing, as asked"] if read else []


def retry(label: str, **options: Any) -> Retry:
    """An offer to read the file again with these ImportOptions added. Raises TypeError for one that does not exist."""
    ImportOptions.from_json(options)
    return Retry(label, options)
