"""The Neural Turing Machine (Graves et al. 2014)."""
