"""The models: what each memory emits, erases, writes and reads at a step. One file a paradigm, and their registry."""
