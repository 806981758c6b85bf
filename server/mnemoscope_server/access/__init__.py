"""Who may do what: origin and host, token, owner."""
