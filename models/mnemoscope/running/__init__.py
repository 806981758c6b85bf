"""Models run over an episode and recorded; the recordings that ship with the program."""
