"""What a worker does to measure how long a signal is remembered. Imported by the torch engine alone."""

from collections.abc import Generator
from typing import Any

from mnemoscope.running import retention_stream
from mnemoscope_server.workers.protocol import Remember


def measured(question: Remember, *, device: str) -> Generator[dict[str, Any] | None, None, dict[str, Any]]:
    """All that is known in the end; on the way, what is known so far."""
    return retention_stream.measured(
        question.checkpoints,
        question.values,
        signal=question.name,
        segment=question.segment,
        delays=question.delays,
        segments=retention_stream.SEGMENTS if question.segments is None else question.segments,
        contents=question.contents,
        device=device,
    )
