"""The stateless DNC: a Transformer's weights run as a memory without state (arXiv 2603.19272)."""
