"""Recurrent networks: Elman, GRU, LSTM."""
