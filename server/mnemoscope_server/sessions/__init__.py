"""Live runs: their states, who drives, who watches."""
