"""Transformers: causal, universal, encoder-decoder."""
