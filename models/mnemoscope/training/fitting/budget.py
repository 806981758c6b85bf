"""How long a fit trains where nobody says."""

SECONDS = 60.0
