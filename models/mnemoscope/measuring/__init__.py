"""What trained models do, measured: evaluation, baselines, lenses, the bridge, the report."""
