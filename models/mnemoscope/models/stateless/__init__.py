"""The stateless DNC: a Transformer's weights run as a memory without state (arXiv 2603.19272)."""

FAMILY = "Attention as a DNC: a slot for every step"
"""Head of these models in a list."""
