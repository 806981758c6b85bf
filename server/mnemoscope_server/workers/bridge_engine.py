"""What a worker does for the bridge from Transformer to DNC. Imported by the torch engine alone."""

from collections.abc import Generator
from typing import Any

from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.measuring import bridge


def crossed(name: str, settings: dict[str, Any], *, device: str) -> LoadedModel:
    """The checkpoint as a stateless DNC with these settings. Raises UnknownModel, or ValueError for what cannot be."""
    return bridge.crossed(name, device=device, **settings)


def compared(name: str, seed: int) -> Generator[None, None, dict[str, Any]]:
    """How exactly the two agree on one episode. The ladder is left out: the page climbs it run by run."""
    return bridge.measuring(seed, name=name, ladder=())
