"""`make torture`: servers killed in the midst of everything, then small uploads in a row (ARGS="--kills 5 --uploads 50" for fewer)."""

import argparse
import sys

from tests.torture import kills, uploads


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60, metavar="N")
    parser.add_argument("--uploads", type=int, default=2000, metavar="N")
    wanted = parser.parse_args()
    failures = kills.torture(wanted.kills) + uploads.torture(wanted.uploads)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
