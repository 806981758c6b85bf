"""The encoder-decoder as stateless DNCs with two kinds of memory (after Tang & Xie, arXiv 2603.19272): read-from and write-to.

The phases are those of encoder_decoder.py; the cue ends the first and begins the second.

    write phase    the encoder's DNCs write and read their own memories; of what leaves the last of them every decoder layer
                   writes one row into its *read-from* memory: write gate 1, allocation gate 1, erase 0, free gates 0
    read phase     the read-from memories are frozen (write gate 0); a decoder layer writes and reads its *write-to* memory,
                   then emits read keys only, for its read-from memory, then comes the position-wise part of the controller

    y = x + W_r[r of write-to];  z = y + W_r'[r of read-from];  next x = z + FFN(LN₂ z)

A gate is 0 or 1. Where the write gate is 0 the next slot stays blank and is never read; where the read gate is 0 nothing is
read. Every step is, operation for operation, that of the encoder-decoder of the same weights: equal to the last bit.
"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import (
    AttentionSeen,
    Store,
    attention_bank,
    attention_entries,
    blocked,
    join_heads,
    split_heads,
)
from mnemoscope.models.attention.encoder_decoder import EncoderDecoder, GatedSeen
from mnemoscope.models.attention.positions import PositionKind, Rotation
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced
from mnemoscope.models.stateless.config import StatelessDNCConfig
from mnemoscope.models.stateless.sdnc import NAMES, ControllerLayer, read_by_content, write_once

CROSS_NAMES = NAMES | {
    "cross_norm": "read_from_norm",
    "cross_query": "read_from_keys",
    "cross_store": "read_from_rows",
    "cross_out": "read_from_output",
}
"""The encoder-decoder's names of a layer's parts, and ours; the others are the same."""


@dataclass(frozen=True)
class StatelessEncoderDecoderConfig(ModelConfig):
    """Sizes of the encoder-decoder it is (EncoderDecoderConfig). Its encoder reads as the steps arrive, never ahead."""

    cue: int
    width: int = 64
    layers: int = 2
    heads: int = 4
    feedforward: int = 256
    period: float = 10000.0
    positions: PositionKind = "sinusoidal"

    def __post_init__(self) -> None:
        """Raises ValueError for sizes and choices of which none can be built."""
        if not 0 <= self.cue < self.inputs:
            raise ValueError(f"cue must be the index of an input feature, 0 … {self.inputs - 1}, got {self.cue}")
        self.controller()

    def controller(self) -> StatelessDNCConfig:
        """The same sizes as those of a stateless DNC."""
        sizes = {name: value for name, value in asdict(self).items() if name != "cue"}
        return StatelessDNCConfig(**sizes)


class StatelessEncoderDecoderState(NamedTuple):
    """All memories, one slot a step; `sources` [B, t] is 1 where the write phase wrote, `reading` [B, 1] 1 after the cue."""

    encoder: tuple[Store, ...]
    write_to: tuple[Store, ...]
    read_from: tuple[Store, ...]
    sources: Tensor
    reading: Tensor


class Moment(NamedTuple):
    """What a step knows of its place in time: gates [B, 1, 1], RoPE's rotation, location terms [B or A, …, t] of the reads."""

    write: Tensor  # 1 in the write phase: gate of the encoder's memories and write gate of the read-from memories
    answer: Tensor  # 1 in the read phase: gate of the write-to memories
    ask: Tensor  # 1 in the read phase when there is something to read: read gate of the read-from memories
    rotation: Rotation | None
    of_encoder: Tensor
    of_write_to: Tensor
    of_read_from: Tensor


class TwoMemoryLayer(ControllerLayer):
    """A decoder layer: a stateless DNC with a write-to memory, and read keys for a read-from memory besides."""

    def __init__(self, config: StatelessDNCConfig) -> None:
        super().__init__(config)
        self.read_from_norm = nn.LayerNorm(config.width, config.norm_epsilon)
        self.read_from_keys = nn.Linear(config.width, config.width)
        self.read_from_rows = nn.Linear(config.width, 2 * config.width)  # packed [write keys | write vectors]
        self.read_from_output = nn.Linear(config.width, config.width)  # W_r'

    def row(self, source: Tensor, now: Moment) -> Store:
        """What the encoder's output [B, 1, D] writes into the read-from memory; zeros where the write gate is 0."""
        keys, vectors = split_heads(self.read_from_rows(source) * now.write, 2, self.heads)
        return Store(keys if now.rotation is None else positions.rotate(keys, now.rotation), vectors)

    def ask(self, y: Tensor, now: Moment) -> Tensor:
        """Read keys [B, A, 1, d] for the read-from memory; zeros where the read gate is 0."""
        (keys,) = split_heads(self.read_from_keys(self.read_from_norm(y)) * now.ask, 1, self.heads)
        return keys if now.rotation is None else positions.rotate(keys, now.rotation)


class StatelessEncoderDecoder(MemoryModel):
    """Encoder and decoder as stateless DNCs, one time axis.

    Example: `StatelessEncoderDecoder.from_encoder_decoder(model)`, then stepped like any model.
    """

    def __init__(self, config: StatelessEncoderDecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        sizes = config.controller()
        self.embed = nn.Linear(config.inputs, config.width)
        self.encoder = nn.ModuleList(ControllerLayer(sizes) for _ in range(config.layers))
        self.encoder_norm = nn.LayerNorm(config.width)
        self.decoder = nn.ModuleList(TwoMemoryLayer(sizes) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, config.outputs)

    @classmethod
    def from_encoder_decoder(cls, model: EncoderDecoder) -> "StatelessEncoderDecoder":
        """The same weights (copied) and sizes, dtype and device.

        Raises ValueError for a bidirectional encoder: it reads ahead, which no memory that is written step by step can do.
        """
        sizes = asdict(model.config)
        if sizes.pop("bidirectional"):
            raise ValueError("wanted an encoder that reads as the steps arrive, got bidirectional=True")
        with torch.device("meta"):  # nothing is drawn at random on the way
            made = cls(StatelessEncoderDecoderConfig(**sizes))
        weights: dict[str, Tensor] = {}
        for name, tensor in model.state_dict().items():
            parts = name.split(".")
            inside = parts[0] in ("encoder", "decoder")
            weights[".".join(CROSS_NAMES.get(part, part) if inside else part for part in parts)] = tensor.clone()
        made.load_state_dict(weights, assign=True)
        return made.train(model.training)

    def initial_state(self, batch: int) -> StatelessEncoderDecoderState:
        """Empty memories, write phase."""
        c, like = self.config, self.readout.weight
        slots = like.new_zeros(batch, c.heads, 0, c.width // c.heads)
        empty = (Store(slots, slots),) * c.layers
        return StatelessEncoderDecoderState(empty, empty, empty, like.new_zeros(batch, 0), like.new_zeros(batch, 1))

    def step(self, x: Tensor, state: StatelessEncoderDecoderState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw, 0 in the write phase), the next state, one GatedSeen a bank."""
        x = x.unsqueeze(1)
        cued = (x[:, :, self.config.cue] > 0.5).to(x.dtype)
        reading = torch.maximum(state.reading, cued)
        sources = torch.cat((state.sources, 1 - reading), 1)
        x, now = self._enter(x, reading, sources)
        source, encoder, seen = self._write_phase(x, state.encoder, now)
        write_to: list[Store] = []
        read_from: list[Store] = []
        for layer, own, fixed in zip(self.decoder, state.write_to, state.read_from, strict=True):
            assert isinstance(layer, TwoMemoryLayer)
            row = layer.row(source, now)
            fixed = write_once(fixed, row.keys, row.values)
            q, k, v = layer.emit(x, now.rotation, now.answer)
            own = write_once(own, k, v)
            read = read_by_content(own, q, now.of_write_to) * now.answer.unsqueeze(1)
            x = x + layer.read_output(join_heads(read))
            asked = layer.ask(x, now)
            found = read_by_content(fixed, asked, now.of_read_from) * now.ask.unsqueeze(1)
            x = layer.transition(x + layer.read_from_output(join_heads(found)))
            write_to.append(own)
            read_from.append(fixed)
            seen.append(_seen(q, Store(k, v), read, now.answer, now.answer))
            seen.append(_seen(asked, row, found, now.write, now.ask))
        output = self.readout(self.norm(x)) * now.answer
        state = StatelessEncoderDecoderState(encoder, tuple(write_to), tuple(read_from), sources, reading)
        return Step(output.squeeze(1), state, tuple(seen))

    def _write_phase(
        self, x: Tensor, memories: tuple[Store, ...], now: Moment
    ) -> tuple[Tensor, tuple[Store, ...], list[GatedSeen]]:
        """The encoder's DNCs over x [B, 1, D] -> what leaves the last of them, their memories, what was seen."""
        after: list[Store] = []
        seen: list[GatedSeen] = []
        for layer, memory in zip(self.encoder, memories, strict=True):
            assert isinstance(layer, ControllerLayer)
            q, k, v = layer.emit(x, now.rotation, now.write)
            memory = write_once(memory, k, v)
            read = read_by_content(memory, q, now.of_encoder) * now.write.unsqueeze(1)
            x = layer.transition(x + layer.read_output(join_heads(read)))
            after.append(memory)
            seen.append(_seen(q, Store(k, v), read, now.write, now.write))
        return self.encoder_norm(x), tuple(after), seen

    def _enter(self, x: Tensor, reading: Tensor, sources: Tensor) -> tuple[Tensor, Moment]:
        """Inputs [B, 1, I] embedded at their place within the phase, and the moment; sources [B, t + 1]."""
        c, slots = self.config, sources.shape[1]
        every = torch.arange(slots, device=x.device, dtype=torch.float64)
        written = sources.sum(1, keepdim=True)
        place = every[-1:] - reading * written
        x, rotation = self.embed(x), None
        if c.positions == "sinusoidal":
            x = x + positions.sinusoidal(place, c.width, c.period, x.dtype)
        elif c.positions == "rotary":
            cos, sin = positions.rotation(place, c.width // c.heads, c.period, x.dtype)
            rotation = Rotation(cos.unsqueeze(1), sin.unsqueeze(1))
        not_source = (sources * blocked(x.dtype))[:, None, None]  # hides what the write phase wrote
        only_source = blocked(x.dtype) - not_source
        of_encoder, of_write_to = only_source, not_source
        if c.positions == "alibi":
            distance = positions.distance_bias(every[-1:], every, c.heads, x.dtype)
            of_encoder, of_write_to = of_encoder + distance, of_write_to + distance
        answer = reading.unsqueeze(2)
        ask = answer * (written > 0).unsqueeze(2)
        return x, Moment(1 - answer, answer, ask, rotation, of_encoder, of_write_to, only_source)

    def _names(self) -> list[str]:
        layers = range(self.config.layers)
        return [f"encoder{n}" for n in layers] + [f"{kind}{n}" for n in layers for kind in ("decoder", "cross")]

    def banks(self) -> list[BankSpec]:
        """Those of the write phase, "encoder0", …, then layer by layer write-to "decoder0" and read-from "cross0", …"""
        c = self.config
        slopes = positions.slopes(c.heads) if c.positions == "alibi" else None
        return [
            attention_bank(
                name, c.heads, c.width // c.heads, gated=True, bias_slopes=None if name.startswith("cross") else slopes
            )
            for name in self._names()
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Read keys, write keys, write vectors, reads and the two gates, of every bank."""
        c = self.config
        entries: list[TensorEntry] = []
        for name in self._names():
            entries += attention_entries(name, c.heads, c.width // c.heads)
            entries += [(name, gate, "gate", ("gate",), (1,)) for gate in ("write_gate", "read_gate")]
        return entries

    def keyframe_entries(self) -> list[TensorEntry]:
        """None: the log is the memory."""
        return []

    def frame(self, seen: tuple[GatedSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        named: dict[str, Any] = dict(zip(self._names(), seen, strict=True))
        return {(bank, name): value for bank, one in named.items() for name, value in one._asdict().items()}

    def keyframe(self, state: StatelessEncoderDecoderState) -> Traced:
        """Nothing."""
        return {}


def _seen(read_keys: Tensor, wrote: Store, read: Tensor, write_gate: Tensor, read_gate: Tensor) -> GatedSeen:
    """From [B, A, 1, d] each and gates [B, 1, 1]."""
    parts = AttentionSeen.of(read_keys, wrote.keys, wrote.values, read)
    return GatedSeen(*parts, write_gate.squeeze(2), read_gate.squeeze(2))
