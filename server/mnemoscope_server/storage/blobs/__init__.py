"""Recordings and uploads as objects that several servers share, and the bounded folder of copies that each of them reads from."""
