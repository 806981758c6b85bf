"""What a recording is: bytes, layout, manifest, writer. No torch."""
