"""Send what a sensor prints on a serial port, a number a line, to a run on a live source:

    python examples/serial_sender.py /dev/ttyUSB0 http://127.0.0.1:8000/api/sessions/…/samples [KEY]

The stage of the run shows address and key. A serial port wants `pip install pyserial`; a file is sent as it is. Where the queue of the
server is full the connection waits; after one that was lost it goes on with the next line.
"""

import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def main(port: str, url: str, key: str = "") -> None:
    """Send line after line in one request, which lasts as long as the sensor does."""
    if Path(port).is_file():
        source = iter(Path(port).read_bytes().splitlines(keepends=True))
    else:
        import serial  # pyright: ignore[reportMissingModuleSource]

        source = iter(serial.Serial(port, 115_200))
    headers = {"Content-Type": "text/plain"} | ({"Authorization": f"Bearer {key}"} if key else {})
    while True:
        try:
            urlopen(
                Request(url, headers=headers), timeout=10
            ).close()  # a wrong address or key is said before anything is sent
            urlopen(Request(f"{url}?end=true", source, headers, method="POST")).close()
            return
        except HTTPError as error:
            sys.exit(error.read().decode())
        except OSError:
            time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
