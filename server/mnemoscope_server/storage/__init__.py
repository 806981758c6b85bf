"""What lies in the data folder: recordings, uploads, copies, and the index over them."""
