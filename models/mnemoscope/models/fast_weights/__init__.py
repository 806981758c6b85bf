"""Memories of fast weights: the update, the layers around it, Mamba-2 and mLSTM."""

FAMILY = "Linear state: matrices from keys to values"
"""Head of these models in a list."""
