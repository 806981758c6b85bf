"""Small wrong changes, one at a time, and the tests nearest to each: what survives is not held by any test (`make mutate`)."""
