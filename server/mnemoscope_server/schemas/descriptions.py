"""What tasks and models are, in one sentence each, for people who choose one. The registries hold names and numbers only."""

TASKS = {
    "copy": "Random bit vectors are shown once and have to be said again in the same order.",
    "signal-recall": "A segment of a signal is held over a delay while the signal goes on, then replayed from memory.",
    "forecast": "The next value of a signal is told at every step; on request the model goes on from its own forecasts.",
    "repeat-copy": "Random bit vectors are said again as often as a number asks for, and the end is told.",
    "associative-recall": "A list of items is shown; asked with one of them, the model says the one that followed it.",
    "ngrams": "Bits follow a hidden table of six-grams; the next one is guessed better the more of the past is counted.",
    "priority-sort": "Bit vectors come with priorities and have to be said again with the highest priority first.",
}
"""What a model is asked to do."""

PARADIGMS = {
    "rnn": "One state vector, overwritten at every step by a mix of itself and the input.",
    "gru": "One state vector; a gate per number says how much of it is replaced at a step.",
    "lstm": "One state vector with gates per number: what is forgotten, what is written and what is shown.",
    "transformer": "Keeps every step as it was, and reads by looking back over all of them at once.",
    "encoder-decoder": "Writes every step into a memory until it is asked, then only reads from it while it answers.",
    "universal-transformer": "One attention layer applied again and again, as often as each step needs, over all past steps.",
    "ntm": "A tape of slots and a head that finds its place by content or moves on from where it was.",
    "dnc": "Slots that are allocated and freed, with links that remember in which order they were written.",
    "sdnc": "A Transformer's weights run as a DNC without state: every step gets a slot of its own, and none is erased.",
    "sdnc-encoder-decoder": "An encoder-decoder run as a DNC without state: one memory written first, then read, one written along.",
    "deltanet": "Matrices that map keys to values; what a key held before is erased where the new value is written.",
    "gated-deltanet": "Matrices that map keys to values and fade by a gate, beside erasing what a key held before.",
    "mamba2": "Matrices that fade by one gate per head while every step is added; nothing is erased under a key.",
}
"""How a model remembers."""
