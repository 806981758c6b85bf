"""The Mnemoscope server: sessions, recordings and uploads over HTTP and websockets.

The web process never imports torch: models run in worker processes (`workers/`), files that users bring are parsed in
short-lived child processes (`storage/uploads.py`). `mnemoscope_server.serving.run` starts it, `mnemoscope_server.app.create_app` builds it for tests.
"""
