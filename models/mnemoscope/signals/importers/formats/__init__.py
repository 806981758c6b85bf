"""Formats that are no text tables, one module each with its entry for the registry."""
