"""The rungs between a Transformer and a DNC, and how far each can be moved (lifted.py says what each does). No torch."""

RANGES: dict[str, tuple[float, float]] = {
    "overwrite": (0.0, 1.0),
    "erase": (0.0, 1.0),
    "free": (0.0, 1.0),
    "links": (0.0, 1.0),
    "recurrence": (0.0, 2.0),
}
"""Lowest and highest value of every rung, all but `slots`; each rests at 0."""
