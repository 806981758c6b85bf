"""Run the application: socket, event loop, connections and their bounds, and what is printed on the terminal."""

from mnemoscope_server.serving.server import address, run

__all__ = ["address", "run"]
