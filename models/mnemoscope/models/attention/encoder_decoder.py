"""Encoder-decoder Transformer over time (Vaswani et al. 2017, arXiv 1706.03762, section 3), pre-norm layers.

The steps of a task are its time axis. Until the cue feature of the input is 1 for the first time a sequence is in its *encode*
phase: every step passes the encoder layers, and each decoder layer writes keys and values of the encoder's output to its
cross bank. From the cue on (inclusive) it is in its *decode* phase: the cross banks are frozen and only read, and each
decoder layer writes and reads a bank of its own. The phase switches once, for each sequence of a batch at its own step.

                         encode phase        decode phase
    encoder0, …          write, read         frozen, not read
    decoder0, …          untouched           write, read         the *write-to* memory
    cross0, …            write               read                the *read-from* memory

A step cannot look ahead, so the encoder is causal within its phase ("streaming"). With `bidirectional=True` its steps attend
both ways, as in the paper. Glossary: D model width, A attention heads, d = D/A, t step, place = step counted from the start of
its phase (what positions are made of; both phases count from 0, as source and target do in the paper).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import (
    AttentionLayer,
    AttentionSeen,
    DecoderLayer,
    Store,
    attend,
    attention_bank,
    attention_entries,
    blocked,
    causal_bias,
    join_heads,
)
from mnemoscope.models.attention.positions import PositionKind, Rotation
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced


@dataclass(frozen=True)
class EncoderDecoderConfig(ModelConfig):
    """Sizes of an encoder-decoder; `layers` counts the encoder's and, as many again, the decoder's.

    `cue` is the input feature that is 1 at the step where answering begins. `period`: as in TransformerConfig. With "alibi"
    the cross banks have no bias: a distance between source and target has no meaning there.
    """

    cue: int
    width: int = 64
    layers: int = 2
    heads: int = 4
    feedforward: int = 256
    period: float = 10000.0
    positions: PositionKind = "sinusoidal"
    bidirectional: bool = False


class EncoderDecoderState(NamedTuple):
    """All stores with one slot a step (a step that wrote nothing has a slot that is never read), and who wrote them.

    `sources` [B, t]: 1 for steps of the encode phase; `decoding` [B, 1]: 1 once the cue has been seen. `embedded` [B, t, D] is
    what a bidirectional encoder still has to read; it has no `encoder` stores and writes `cross` at the boundary.
    """

    encoder: tuple[Store, ...]
    decoder: tuple[Store, ...]
    cross: tuple[Store, ...]
    sources: Tensor
    decoding: Tensor
    embedded: Tensor | None


class GatedSeen(NamedTuple):
    """One bank at one step: [B, A, d] each, zeros where unused; gates [B, 1], 1 where the step wrote or read."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    read_vectors: Tensor
    write_gate: Tensor
    read_gate: Tensor


class _Phases(NamedTuple):
    """Who takes part in what, for T new steps over S slots: 0/1 gates [B, T, 1], the rotation of RoPE, biases of the scores."""

    encoding: Tensor
    decoding: Tensor
    answering: Tensor  # decoding, and there is a source to read
    rotation: Rotation | None
    encoder_bias: Tensor
    decoder_bias: Tensor
    cross_bias: Tensor


class EncoderDecoder(MemoryModel):
    """Encoder and decoder in one time axis.

    Example: `EncoderDecoder(EncoderDecoderConfig(inputs=9, outputs=8, cue=8))` answers `copy` after its delimiter.
    The output of the encode phase is 0. Input embedding is one for source and target, as in the paper (section 3.4).

    A bidirectional encoder cannot be recorded as a log of steps: what step s wrote depends on steps after s, so all its slots
    appear at once at the boundary, while a frame has a fixed size and a row may only name writes up to its own step. (A frame
    that could hold it would need room for a whole source at every step.) `banks`, `frame_entries` and `frame` then raise
    ValueError, and its `step` sees nothing; `step` also branches on the data, so it cannot be compiled as a block.
    """

    def __init__(self, config: EncoderDecoderConfig) -> None:
        super().__init__()
        positions.check(config.positions, config.width, config.heads)
        if not 0 <= config.cue < config.inputs:
            raise ValueError(f"cue must be the index of an input feature, 0 … {config.inputs - 1}, got {config.cue}")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        sizes = (config.width, config.heads, config.feedforward)
        self.embed = nn.Linear(config.inputs, config.width)
        self.encoder = nn.ModuleList(AttentionLayer(*sizes) for _ in range(config.layers))
        self.encoder_norm = nn.LayerNorm(config.width)
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, config.outputs)

    def initial_state(self, batch: int) -> EncoderDecoderState:
        """Empty stores, encode phase."""
        c, weight = self.config, self.readout.weight
        slots = weight.new_zeros(batch, c.heads, 0, c.width // c.heads)
        empty = (Store(slots, slots),) * c.layers
        sources, decoding = weight.new_zeros(batch, 0), weight.new_zeros(batch, 1)
        if c.bidirectional:
            return EncoderDecoderState((), empty, empty, sources, decoding, weight.new_zeros(batch, 0, c.width))
        return EncoderDecoderState(empty, empty, empty, sources, decoding, None)

    def step(self, x: Tensor, state: EncoderDecoderState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next EncoderDecoderState, one GatedSeen a bank."""
        outputs, state, seen = self._advance(x.unsqueeze(1), state)
        return Step(outputs.squeeze(1), state, () if self.config.bidirectional else tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path, all steps at once; equals the fold of `step` up to rounding. [B, T, I] -> [B, T, O]."""
        return self._advance(inputs, self.initial_state(inputs.shape[0]))[0]

    def _advance(
        self, inputs: Tensor, state: EncoderDecoderState
    ) -> tuple[Tensor, EncoderDecoderState, list[GatedSeen]]:
        """T steps at once behind those of `state` -> outputs [B, T, O], state and, of a single step, what it saw."""
        c = self.config
        cued = (inputs[:, :, c.cue] > 0.5).to(inputs.dtype)
        decoding = torch.maximum(state.decoding, cued if cued.shape[1] == 1 else cued.cummax(1).values)
        sources = torch.cat((state.sources, 1 - decoding), 1)
        x, phases = self._enter(inputs, decoding, sources)
        seen: list[GatedSeen] = []
        encoder, cross, embedded, written = state.encoder, list(state.cross), state.embedded, []
        if embedded is None:
            memory, encoder = self._encode(x, encoder, phases.rotation, phases.encoder_bias, phases.encoding, seen)
            written = [layer.stored(memory, phases.rotation, phases.encoding) for layer in self._decoder_layers()]
            cross = [old.written(*new) for old, new in zip(cross, written, strict=True)]
        else:
            embedded = torch.cat((embedded, x), 1)
            if inputs.shape[1] > 1 or bool((decoding > state.decoding).any()):  # a sequence has come to its boundary
                cross = self._read_source(embedded, sources)
        own: list[Store] = []
        for n, (layer, store) in enumerate(zip(self._decoder_layers(), state.decoder, strict=True)):
            q, k, v = layer.emit(layer.norm1(x), phases.rotation, phases.decoding)
            store = store.written(k, v)
            read = attend(q, store, phases.decoder_bias) * phases.decoding.unsqueeze(1)
            x = x + layer.out(join_heads(read))
            asked = layer.asked(x, phases.rotation, phases.answering)
            bias = phases.cross_bias[..., : cross[n].keys.shape[2]]
            answer = attend(asked, cross[n], bias) * phases.answering.unsqueeze(1)
            x = layer.transition(x + layer.cross_out(join_heads(answer)))
            own.append(store)
            if written and inputs.shape[1] == 1:
                seen.append(_seen(q, Store(k, v), read, phases.decoding, phases.decoding))
                seen.append(_seen(asked, written[n], answer, phases.encoding, phases.answering))
        outputs = self.readout(self.norm(x)) * phases.decoding
        state = EncoderDecoderState(encoder, tuple(own), tuple(cross), sources, decoding[:, -1:], embedded)
        return outputs, state, seen

    def _decoder_layers(self) -> list[DecoderLayer]:
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def _enter(self, inputs: Tensor, decoding: Tensor, sources: Tensor) -> tuple[Tensor, _Phases]:
        """Embedded inputs [B, T, D] with their places, and the phases, from decoding [B, T] and sources [B, S]."""
        c, count, slots = self.config, inputs.shape[1], sources.shape[1]
        steps = torch.arange(slots - count, slots, device=inputs.device, dtype=torch.float64)
        encoded = sources.sum(1, keepdim=True)
        places = steps - decoding * encoded
        x, rotation = self.embed(inputs), None
        if c.positions == "sinusoidal":
            x = x + positions.sinusoidal(places, c.width, c.period, x.dtype)
        elif c.positions == "rotary":
            rotation = _rotation(places, c, x.dtype)
        hide_sources = (sources * blocked(x.dtype))[:, None, None]
        show_sources = blocked(x.dtype) - hide_sources
        encoder_bias, decoder_bias = show_sources, hide_sources
        if count > 1:
            causal = causal_bias(count, slots, x)
            encoder_bias, decoder_bias = encoder_bias + causal, decoder_bias + causal
        if c.positions == "alibi":
            every = torch.arange(slots, device=x.device, dtype=torch.float64)
            distance = positions.distance_bias(steps, every, c.heads, x.dtype)
            encoder_bias, decoder_bias = encoder_bias + distance, decoder_bias + distance
        decoding = decoding.unsqueeze(2)
        answering = decoding * (encoded > 0).unsqueeze(2)
        return x, _Phases(1 - decoding, decoding, answering, rotation, encoder_bias, decoder_bias, show_sources)

    def _encode(
        self,
        x: Tensor,
        stores: Sequence[Store],
        rotation: Rotation | None,
        bias: Tensor,
        gate: Tensor,
        seen: list[GatedSeen],
    ) -> tuple[Tensor, tuple[Store, ...]]:
        """The encoder over x [B, T, D] behind its stores; gate [B, T, 1] -> its normed output [B, T, D], stores."""
        after: list[Store] = []
        for layer, store in zip(self.encoder, stores, strict=True):
            assert isinstance(layer, AttentionLayer)
            q, k, v = layer.emit(layer.norm1(x), rotation, gate)
            store = store.written(k, v)
            read = attend(q, store, bias) * gate.unsqueeze(1)
            x = layer.transition(x + layer.out(join_heads(read)))
            after.append(store)
            if x.shape[1] == 1:
                seen.append(_seen(q, Store(k, v), read, gate, gate))
        return self.encoder_norm(x), tuple(after)

    def _read_source(self, embedded: Tensor, sources: Tensor) -> list[Store]:
        """The bidirectional encoder over all steps so far [B, S, D], those of `sources` [B, S] -> the cross banks."""
        c = self.config
        places = torch.arange(embedded.shape[1], device=embedded.device, dtype=torch.float64)
        rotation = _rotation(places.unsqueeze(0), c, embedded.dtype) if c.positions == "rotary" else None
        bias = ((1 - sources) * blocked(embedded.dtype))[:, None, None]
        if c.positions == "alibi":
            bias = bias + positions.distance_bias(places, places, c.heads, embedded.dtype)
        gate = sources.unsqueeze(2)
        slots = embedded.new_zeros(len(embedded), c.heads, 0, c.width // c.heads)
        memory, _ = self._encode(embedded, (Store(slots, slots),) * c.layers, rotation, bias, gate, [])
        return [layer.stored(memory, rotation, gate) for layer in self._decoder_layers()]

    def banks(self) -> list[BankSpec]:
        """Those of the encoder, "encoder0", …, then "decoder0", "cross0", … layer by layer; width is that of one head."""
        self._check_recordable()
        c = self.config
        slopes = positions.slopes(c.heads) if c.positions == "alibi" else None
        return [
            attention_bank(
                name,
                c.heads,
                c.width // c.heads,
                gated=True,
                bias_slopes=None if name.startswith("cross") else slopes,
            )
            for name in self._names()
        ]

    def _names(self) -> list[str]:
        layers = range(self.config.layers)
        return [f"encoder{n}" for n in layers] + [f"{kind}{n}" for n in layers for kind in ("decoder", "cross")]

    def _check_recordable(self) -> None:
        if self.config.bidirectional:
            raise ValueError(
                "a bidirectional encoder-decoder cannot be recorded: its encoder writes all slots at once when the cue comes; "
                "record one with bidirectional=False, whose encoder reads as the steps arrive"
            )

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values, reads and whether the step wrote or read, of every bank."""
        self._check_recordable()
        c = self.config
        return [
            entry
            for name in self._names()
            for entry in [
                *attention_entries(name, c.heads, c.width // c.heads),
                (name, "write_gate", "gate", ("gate",), (1,)),
                (name, "read_gate", "gate", ("gate",), (1,)),
            ]
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """None: the log is the memory."""
        return []

    def frame(self, seen: tuple[GatedSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        self._check_recordable()
        return {
            (bank, name): value
            for bank, one in zip(self._names(), seen, strict=True)
            for name, value in one._asdict().items()
        }

    def keyframe(self, state: EncoderDecoderState) -> Traced:
        """Nothing."""
        return {}


def _rotation(places: Tensor, config: EncoderDecoderConfig, dtype: torch.dtype) -> Rotation:
    """The rotation of heads [B, A, T, d] at places [B, T]."""
    cos, sin = positions.rotation(places, config.width // config.heads, config.period, dtype)
    return Rotation(cos.unsqueeze(1), sin.unsqueeze(1))


def _seen(queries: Tensor, wrote: Store, read: Tensor, write_gate: Tensor, read_gate: Tensor) -> GatedSeen:
    """From [B, A, 1, d] each and gates [B, 1, 1]."""
    return GatedSeen(
        *AttentionSeen.of(queries, wrote.keys, wrote.values, read), write_gate.squeeze(2), read_gate.squeeze(2)
    )
