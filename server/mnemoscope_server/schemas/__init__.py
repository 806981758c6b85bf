"""What crosses the border: HTTP bodies and websocket messages. Pydantic models, no behaviour."""
