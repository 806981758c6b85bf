"""The table of verdicts on the files of tests/signals/*_cases.py: `python -m tests.reading`.

right: at once, nothing to ask · asked: at once, with a question on display · cured: by the switches shown · refused: with a way out.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from mnemoscope.signals.importers.options import switches
from tests.signals.verdicts import ALL, verdict


def main() -> int:
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for case in ALL:
            kind, words = verdict(case, Path(folder))
            found[kind] += 1
            cure = switches(case.cure) if case.cure else ""
            print(f"{kind:8} {case.name[:58]:58} {cure or words[:100]}")
    print(", ".join(f"{count} {kind}" for kind, count in found.most_common()), f"of {len(ALL)}")
    return 1 if found["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
