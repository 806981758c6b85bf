"""Transformers: causal, universal, encoder-decoder."""

FAMILY = "Attention: every step kept"
"""Head of these models in a list."""
