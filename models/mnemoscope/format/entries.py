"""Entries of a manifest that other rooms make: an event of the episode, a model that could not go on."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that happens in the episode: steps `step … until` (until excluded)."""

    step: int
    """First step of it."""
    until: int
    """First step after it."""
    kind: str
    """store: the task gives what is to be remembered; recall: it asks for it; label: a mark of the signal itself."""
    label: str
    """For people."""

    def to_json(self) -> dict[str, Any]:
        """As it stands in a manifest."""
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """One model that could not go on while the others did; the sentence about it is made by whoever shows it."""

    stream: int
    """Index into the manifest's `models`."""
    step: int
    """First step this model did not deliver."""
    reason: str
    """What happened, without the model and the step: "a number that is not finite"."""
    tensor: str | None = None
    """Name of the recorded tensor it happened in, where it is known."""

    def to_json(self) -> dict[str, Any]:
        """As it stands in a manifest; what is not known is left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    def describe(self, model: str) -> str:
        """The sentence for a person: "ntm-copy stopped at step 70: a number that is not finite in outputs"."""
        where = f" in {self.tensor}" if self.tensor else ""
        return f"{model} stopped at step {self.step}: {self.reason}{where}"
