"""Where things lie in the memory of a module."""

from __future__ import annotations

from dataclasses import dataclass

from mnemoscope.engine.ir import Program

PAGE = 1 << 16
MOST_PAGES = 1 << 16
HEADER = 64
"""Bytes at address 0: count, address of the state, address of the next state, step from which x hears the output, steps so far,
slots that stores have room for."""
COUNT, STATE, NEXT, FREE_FROM, DONE, ROOM = range(0, 24, 4)


@dataclass(frozen=True)
class Layout:
    """Where things lie in the memory of a module, in bytes."""

    rows: int
    """Steps that one call runs at most."""
    input: int
    row: int
    state: int
    next: int
    weights: int
    scratch: int
    stores: int
    pages: int
    """Without stores, which lie behind all else, one after the other, each with room for as many slots as the header says."""

    @classmethod
    def of(cls, program: Program, rows: int) -> Layout:
        """One after the other, each at a line of the cache."""
        at, places = HEADER, list[int]()
        floats = (
            program.inputs * rows,
            program.row * rows,
            program.state,
            program.state,
            program.weights,
            program.scratch,
            0,
        )
        for count in floats:
            places.append(at)
            at = (at + 4 * count + 63) & ~63
        return cls(rows, *places, pages=(at + 16 + PAGE - 1) // PAGE)
