"""The Neural Turing Machine (Graves et al. 2014)."""

FAMILY = "Tape: slots in order"
"""Head of these models in a list."""
