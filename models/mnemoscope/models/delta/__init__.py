"""Delta-rule memories: DeltaNet and Gated DeltaNet-2."""
