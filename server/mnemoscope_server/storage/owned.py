"""Whose something is: what begins is written down with its owner, and everything is asked about by a caller."""


def is_own(owner: str, caller: str | None) -> bool:
    """Whether it belongs to the caller: None owns everything (a server for one machine), "" nothing (a stranger)."""
    return caller is None or (bool(caller) and owner == caller)
