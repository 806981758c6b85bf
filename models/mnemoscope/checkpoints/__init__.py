"""Trained weights on disk: cards, configurations, snapshots of trainings, names of what can be run."""
