"""The Mnemoscope server: sessions, recordings and uploads over HTTP and websockets.

The web process never imports torch: models run in worker processes (`workers.py`), files that users bring are parsed in
short-lived child processes (`uploads.py`). `mnemoscope_server.app.serve` starts it, `create_app` builds it for tests.
"""
