"""What the controller of a DNC sends its memory: the interface vector ξ, its sizes, and how it is unpacked.

[DNC] Graves et al. 2016 (Nature 538:471), Methods, "Interface parameters"; [CS] Csordas & Schmidhuber 2019 (arXiv
1904.10278), whose masks and sharpness follow the numbers of the paper at the end of ξ.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mnemoscope.models import addressing, controllers
from mnemoscope.models.base import ModelConfig
from mnemoscope.models.controllers import ControllerKind
from mnemoscope.models.dnc.memory import Interface


@dataclass(frozen=True)
class DNCConfig(ModelConfig):
    """Sizes of a DNC and which of the changes of [CS] it has.

    `inputs` and `outputs` are features a step; `slots` … `read_heads` the paper's N, W, R; `controller` units a layer.
    `masking` (M): every lookup sees the memory through a mask over the width, never below `mask_min`. `deallocation` (D):
    a freed slot is also wiped. `sharpening` (S): forward and backward weightings are sharpened.
    """

    slots: int = 128
    width: int = 20
    read_heads: int = 1
    controller: int = 100
    controller_layers: int = 1
    controller_kind: ControllerKind = "lstm"
    masking: bool = False
    mask_min: float = 0.1
    deallocation: bool = False
    sharpening: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for sizes and options from which no DNC can be built."""
        names = ("inputs", "outputs", "slots", "width", "read_heads", "controller", "controller_layers")
        controllers.require_sizes(**{name: getattr(self, name) for name in names})
        controllers.require_choice("controller_kind", self.controller_kind, controllers.KINDS)
        if not 0 <= self.mask_min <= 1:
            raise ValueError(
                f"mask_min must lie in 0 … 1, got {self.mask_min!r}; 0.1 is usual, 1 turns masks into no masks"
            )


def interface_sizes(config: DNCConfig) -> list[int]:
    """Lengths of the parts of ξ: the paper's in its order (gates taken together), then those of the options."""
    r, w = config.read_heads, config.width
    options = (r + 1) * w * config.masking + 2 * r * config.sharpening
    return [r * w, r, w, 1, w, w, r + 2, 3 * r, options]


def interface_size(config: DNCConfig) -> int:
    """W·R + 3W + 5R + 3; with masks W(R + 1) more, with sharpened links 2R more."""
    return sum(interface_sizes(config))


def unpack(xi: Tensor, config: DNCConfig, sizes: list[int]) -> Interface:
    """ξ_t [B, interface_size] in parts, each through its activation ([DNC] "Interface parameters"); sizes = interface_sizes."""
    batch, r, w = xi.shape[0], config.read_heads, config.width
    keys, strengths, key, strength, erase, vector, gates, modes, options = torch.split_with_sizes(xi, sizes, -1)
    gates = torch.sigmoid(gates)
    read_masks = write_mask = sharpening = options[:, :0] if sizes[-1] else options
    if config.masking:
        masks = addressing.floored_mask(options[:, : (r + 1) * w], config.mask_min)
        read_masks, write_mask = masks[:, : r * w].view(batch, r, w), masks[:, r * w :]
    if config.sharpening:
        sharpening = addressing.oneplus(options[:, -2 * r :]).view(batch, r, 2)
    return Interface(
        read_keys=keys.view(batch, r, w),
        read_strengths=addressing.oneplus(strengths),
        write_key=key,
        write_strength=addressing.oneplus(strength),
        erase=torch.sigmoid(erase).unsqueeze(1),
        write_vectors=vector.unsqueeze(1),
        free_gates=gates[:, :r],
        allocation_gate=gates[:, r : r + 1],
        write_gate=gates[:, r + 1 :],
        read_modes=torch.softmax(modes.view(batch, r, 3), -1),
        read_masks=read_masks,
        write_mask=write_mask,
        link_sharpening=sharpening,
    )
