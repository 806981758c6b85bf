"""Series of numbers: generators, and importers of files."""
