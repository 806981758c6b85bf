"""One module for every kind of memory: its tensors, its state, and what of its content came from which write. No torch."""
