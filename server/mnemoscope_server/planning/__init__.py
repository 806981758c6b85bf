"""From a request to a run that can be started: models, signal, length, cost."""
