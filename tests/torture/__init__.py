"""What only numbers show: faults of one in a hundred."""
