"""Measured figures, each beside a peer or a floor run in the same minute: `make bench`. Never part of CI."""
