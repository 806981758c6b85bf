"""Recurrent networks: Elman, GRU, LSTM."""

FAMILY = "Recurrent: one state, rewritten at every step"
"""Head of these models in a list."""
