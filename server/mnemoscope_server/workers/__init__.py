"""The processes that run models, and the protocol between them and the web process."""
