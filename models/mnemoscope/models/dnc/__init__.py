"""The Differentiable Neural Computer (Graves et al. 2016)."""

FAMILY = "Slots that are allocated and freed"
"""Head of these models in a list."""
