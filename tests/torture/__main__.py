"""`make torture`: servers killed in the midst of everything, faults by name, small uploads in a row (ARGS="--kills 5 --uploads 50" for
fewer). `--soak MINUTES` works a server for so long instead, and measures that its memory stays flat.
"""

import argparse
import sys

from tests.torture import faults, kills, soak, uploads


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--uploads", type=int, default=2000, metavar="N")
    parser.add_argument("--no-faults", action="store_true", help="leave out the faults by name")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="nothing else, for so long (30 are wanted)")
    wanted = parser.parse_args()
    if wanted.soak is not None:
        return 1 if soak.torture(wanted.soak) else 0
    failures = kills.torture(wanted.kills) if wanted.kills else []
    failures += [] if wanted.no_faults else faults.torture()
    failures += uploads.torture(wanted.uploads) if wanted.uploads else []
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
