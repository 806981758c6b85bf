"""What tasks are, in one sentence each, for people who choose one."""

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
