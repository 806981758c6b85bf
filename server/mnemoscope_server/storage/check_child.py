"""Prove one recording from outside in a process of its own: `python -m mnemoscope_server.storage.check_child FILE ANSWER MEMORY CPU_SECONDS`.

It leaves {contradictions, incomplete, steps} in ANSWER, or {error} for a file that cannot be read at all.
"""

import sys
from pathlib import Path
from typing import Any

from mnemoscope_server.storage.child import leave, limit


def main(arguments: list[str]) -> int:
    source, answer = Path(arguments[0]), Path(arguments[1])
    limit(int(arguments[2]), int(arguments[3]))
    from mnemoscope.errors import CorruptRecording, MnemoscopeError, TruncatedRecording
    from mnemoscope.reading.recording import Recording
    from mnemoscope.reading.verify import contradictions, verify

    found: dict[str, Any]
    try:
        with Recording.open(source) as recording:
            report = verify(recording)
            found = {
                "contradictions": contradictions(report),
                "incomplete": report["incomplete"],
                "steps": report["steps"],
            }
    except TruncatedRecording as error:
        found = {"error": f"{error} It holds no step."}
    except MnemoscopeError as error:
        found = {"error": str(error), "damaged": isinstance(error, CorruptRecording)}
    leave(answer, found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
