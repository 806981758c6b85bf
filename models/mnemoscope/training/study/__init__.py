"""The study: which memory holds a signal how long, and what mixing buys, with seeds and intervals. `make study` repeats it."""
