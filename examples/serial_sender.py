"""Send what a sensor prints on a serial port, a number a line, to a run on a live source:

    python examples/serial_sender.py /dev/ttyUSB0 http://127.0.0.1:8000/api/sessions/…/samples [KEY]

The stage of the run shows address and key. A serial port wants `pip install pyserial`; a file is sent as it is.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path


def post(url: str, key: str, body: dict[str, object]) -> None:
    """Send until it is taken."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            if error.code != 429:  # 429: the queue is full, and nothing was taken
                sys.exit(error.read().decode())
            time.sleep(float(error.headers["Retry-After"]))
        except OSError:  # a lost connection; samples that were taken all the same are known by their number
            time.sleep(1)


def main(port: str, url: str, key: str = "") -> None:
    """Send what comes, ten times a second."""
    lines: Iterable[bytes]
    if Path(port).is_file():
        lines = Path(port).read_bytes().splitlines()
    else:
        import serial  # pyright: ignore[reportMissingModuleSource]

        lines = serial.Serial(port, 115200)
    values, first, sent = [], 0, time.monotonic()
    for line in lines:
        try:
            values.append(float(line))
        except ValueError:
            values.append(None)  # its place stays, and is counted as one without a number
        if time.monotonic() - sent > 0.1 or len(values) == 1000:
            post(url, key, {"values": values, "first": first})
            values, first, sent = [], first + len(values), time.monotonic()
    post(url, key, {"values": values, "first": first, "end": True})


if __name__ == "__main__":
    main(*sys.argv[1:])
