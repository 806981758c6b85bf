"""What a stepped model hands over. Nothing here imports torch, so that a web process knows it too."""

from dataclasses import dataclass
from typing import Literal

from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.entries import Failure


@dataclass(frozen=True)
class Packet:
    """`count` frames from step `first` on, or the keyframe before step `first`."""

    kind: Literal["frames", "keyframe"]
    first: int
    count: int
    payload: bytes


class NotFinite(MnemoscopeError):
    """A model produced NaN or infinity in `tensor`. `step` is the first bad step; `packets` holds what came before it."""

    reason = "a number that is not finite"

    def __init__(self, model: str, step: int, tensor: str, packets: list[Packet]) -> None:
        super().__init__(
            f"{model} produced {self.reason} in {tensor} at step {step}; the steps before it can be recorded"
        )
        self.step, self.tensor, self.packets = step, tensor, packets

    def failure(self, stream: int) -> Failure:
        """As the manifest records it."""
        return Failure(stream, self.step, self.reason, self.tensor)
