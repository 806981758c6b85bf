"""How checkpoints come about: recipes, the training loop, seeds."""
