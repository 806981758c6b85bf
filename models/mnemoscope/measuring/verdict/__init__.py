"""The verdict of a recording: which model answered best, with what error, read from where, at what price, and why.

questions.py says what was asked, scores.py how wrong the answers were, clauses.py what the ledger shows in words; judge.py puts them
together, with the price of every memory.
"""
