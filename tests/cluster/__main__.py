"""A whole cluster on this machine, until Ctrl-C: `make cluster` (ARGS="--port 8080 --webs 3 --engines 2")."""

import argparse
import signal
import sys
import threading

from tests.cluster.parts import TOKEN, Cluster


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of nginx on 127.0.0.1")
    parser.add_argument("--webs", type=int, default=2, choices=(1, 2, 3), help="web processes")
    parser.add_argument("--engines", type=int, default=2, help="engines, one core each")
    asked = parser.parse_args()
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    print("PostgreSQL, S3, Ray and web processes are starting; this takes half a minute.", flush=True)
    cluster = Cluster(webs=asked.webs, engines=asked.engines, port=asked.port)
    try:
        print(f"Mnemoscope: {cluster.url}?token={TOKEN}", flush=True)
        print(f"Logs: {cluster.folder}. Kill what you like: " + ", ".join(
            [f"web process {web.name} is {web.process.pid}" for web in cluster.webs]), flush=True)  # fmt: skip
        over.wait()
    finally:
        cluster.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
