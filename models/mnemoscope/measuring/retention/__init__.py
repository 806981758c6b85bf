"""How long a signal is remembered: measured by what models answer, by what their memories hold, and from the ledger alone."""
