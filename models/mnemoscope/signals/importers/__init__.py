"""Readers of other programs' files, one room or module a format."""
