"""Memories of fast weights: the update, the layers around it, Mamba-2 and mLSTM."""
