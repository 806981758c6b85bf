"""Delta-rule memories: DeltaNet and Gated DeltaNet-2."""

from mnemoscope.models.fast_weights import FAMILY as FAMILY  # they erase before they write, and are of one family
