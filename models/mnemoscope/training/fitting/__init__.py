"""Fit to my signal: a model goes on training on one part of a series, stops by the next, is scored on the rest."""
