"""Read what stands in a list about many recordings, in a process of its own: `python -m mnemoscope_server.storage.glance_child FILES ANSWER MEMORY`.

FILES is a JSON list of paths. A line of JSON follows in ANSWER as soon as a file is read, {entry, finished, steps} or {error}, so that
whoever waits knows which file ended this process.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from mnemoscope_server.storage.child import limit

CPU_SECONDS = 110


def main(arguments: list[str]) -> int:
    files, answer, memory = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    limit(memory, CPU_SECONDS)
    from mnemoscope.errors import MnemoscopeError
    from mnemoscope.reading.recording import Recording
    from mnemoscope_server.storage.index import index_entry

    with answer.open("w", encoding="utf-8") as out:
        for path in json.loads(files.read_text(encoding="utf-8")):
            try:
                with Recording.open(path) as recording:
                    entry = index_entry(recording.manifest, steps=recording.steps, size=0)
                    found = {"entry": asdict(entry), "finished": recording.finished}
            except (MnemoscopeError, OSError) as error:
                found = {"error": str(error)}
            out.write(json.dumps(found, allow_nan=False) + "\n")
            out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
