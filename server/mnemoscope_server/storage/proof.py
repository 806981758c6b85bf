"""Prove a recording that came from outside, in a bounded process of its own: what it lacks, or why it is not to be trusted."""

import json
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope_server.storage import child

CHECK_CHILD = "mnemoscope_server.storage.check_child"
CPU_SECONDS = 110
"""Processor time that a proof may take: on a busy machine it comes later, and is the same proof."""
CHECK_SECONDS = 20.0 * CPU_SECONDS
"""Of the clock: what gets no processor at all ends too."""


async def prove(file: Path, answer: Path, *, memory: int) -> list[str]:
    """What is missing of a sound file. answer: where the process may leave what it found. Raises ImportFileError for what is none."""
    for attempt in (1, 2):
        try:
            limits = (str(memory), str(CPU_SECONDS))
            code, complaint = await child.run(CHECK_CHILD, str(file), str(answer), *limits, seconds=CHECK_SECONDS)
        except TimeoutError as error:
            raise _too_long() from error
        if answer.is_file():
            found = json.loads(answer.read_text(encoding="utf-8"))
            if "error" in found:
                if not found.get("damaged"):
                    raise ImportFileError(found["error"])
                hint = "Download or copy the file again; `mnemoscope verify FILE` says how much of it is sound."
                raise ImportFileError(f"the recording is damaged: {found['error']}", hint=hint)
            if found["contradictions"]:
                said = "; ".join(found["contradictions"][:3])
                hint = "Download or copy the file again; `mnemoscope verify FILE` says more."
                raise ImportFileError(f"the recording contradicts itself: {said}", hint=hint)
            if not found["steps"]:
                raise ImportFileError("there is no step in this recording")
            return found["incomplete"]
        if child.out_of_memory(code, complaint) or child.out_of_time(code):
            raise _too_long()
        if attempt == 2 or code >= 0:
            break
    failed = f"the program that proves recordings failed ({child.ending(code, complaint)})"
    raise ImportFileError(failed, hint="This is a fault of Mnemoscope: send the file again, and report it.")


def _too_long() -> ImportFileError:
    return ImportFileError(
        "proving the recording takes more time or memory than this server gives",
        hint="Share a part of it where it was made, and bring that.",
    )
