"""The registry: one line a paradigm, its card and where its class stands. Everything else iterates these lines.

Reading a card imports no torch, so that a server, a page or `--help` can say what there is; building a model does.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mnemoscope.errors import UnknownModel
from mnemoscope.reading import tokens

if TYPE_CHECKING:
    from mnemoscope.models.base import MemoryModel


@dataclass(frozen=True)
class Card:
    """What a paradigm is, for people: everything that names, draws or describes one reads it here."""

    name: str
    """The id: `ntm`."""
    label: str
    family: str
    """What it shares with its neighbours in the list, "Attention: every step kept"; "" of one that is not registered."""
    sentence: str
    """How it remembers."""

    @property
    def glyph(self) -> str:
        """Id of its sign in reading/tokens.json, where every paradigm has its own."""
        return self.name

    def hue(self, theme: tokens.Theme) -> str:
        """The colour of its lines and sign, "#rrggbb"."""
        return tokens.hue(self.glyph, theme)


@dataclass(frozen=True)
class Paradigm:
    """A kind of model: its card, and how one is built from a plain dictionary."""

    card: Card
    path: str
    """Its class as "room.module.Class" below mnemoscope.models; "ClassConfig" is defined or imported beside it."""

    @property
    def name(self) -> str:
        """The id: `ntm`."""
        return self.card.name

    @property
    def label(self) -> str:
        """How people call it."""
        return self.card.label

    @property
    def glyph(self) -> str:
        """Id of its sign."""
        return self.card.glyph

    @property
    def make(self) -> "Callable[[Any], MemoryModel]":
        """The class: a configuration -> a freshly initialised model."""
        return self._find("")

    @property
    def config(self) -> type:
        """The frozen dataclass of its sizes and options."""
        return self._find("Config")

    def _find(self, suffix: str) -> Any:
        module, _, name = self.path.rpartition(".")
        return getattr(import_module(f"mnemoscope.models.{module}"), name + suffix)


def _line(name: str, label: str, path: str, sentence: str) -> Paradigm:
    room = import_module(f"mnemoscope.models.{path.partition('.')[0]}")  # which imports nothing
    return Paradigm(Card(name, label, room.FAMILY, sentence), path)


# fmt: off
_LINES = (
    _line("rnn", "RNN", "recurrent.elman.RNN",
          "One state vector, overwritten at every step by a mix of itself and the input."),
    _line("gru", "GRU", "recurrent.gru.GRU",
          "One state vector; a gate per number says how much of it is replaced at a step."),
    _line("lstm", "LSTM", "recurrent.lstm.LSTM",
          "One state vector with gates per number: what is forgotten, what is written and what is shown."),
    _line("transformer", "Transformer", "attention.transformer.Transformer",
          "Keeps every step as it was, and reads by looking back over all of them at once."),
    _line("encoder-decoder", "Encoder-decoder", "attention.encoder_decoder.EncoderDecoder",
          "Writes every step into a memory until it is asked, then only reads from it while it answers."),
    _line("universal-transformer", "Universal Transformer", "attention.universal.UniversalTransformer",
          "One attention layer applied again and again, as often as each step needs, over all past steps."),
    _line("ntm", "NTM", "ntm.ntm.NTM",
          "A tape of slots and a head that finds its place by content or moves on from where it was."),
    _line("dnc", "DNC", "dnc.dnc.DNC",
          "Slots that are allocated and freed, with links that remember in which order they were written."),
    _line("sdnc", "sDNC", "stateless.sdnc.StatelessDNC",
          "A Transformer's weights run as a DNC without state: every step gets a slot of its own, and none is erased."),
    _line("sdnc-encoder-decoder", "sDNC encoder-decoder", "stateless.encoder_decoder.StatelessEncoderDecoder",
          "An encoder-decoder run as a DNC without state: one memory written first, then read, one written along."),
    _line("deltanet", "DeltaNet", "delta.deltanet.DeltaNet",
          "Matrices that map keys to values; what a key held before is erased where the new value is written."),
    _line("gated-deltanet", "Gated DeltaNet-2", "delta.gated_deltanet.GatedDeltaNet",
          "Matrices that map keys to values and fade by a gate, beside erasing what a key held before."),
    _line("mamba2", "Mamba-2", "fast_weights.mamba2.Mamba2",
          "Matrices that fade by one gate per head while every step is added; nothing is erased under a key."),
    _line("mlstm", "mLSTM", "fast_weights.mlstm.MLSTM",
          "Matrices with a forget gate and an exponential input gate, read relative to all that was ever written."),
)
# fmt: on


@cache
def _registry() -> dict[str, Paradigm]:
    return {line.name: line for line in _LINES}


def names() -> list[str]:
    """Names of all paradigms, in the order of the stage."""
    return list(_registry())


def cards() -> list[Card]:
    """Cards of all paradigms, in the order of the stage."""
    return [line.card for line in _LINES]


def get(name: str) -> Paradigm:
    """The paradigm of that name. Raises UnknownModel listing those there are."""
    registry = _registry()
    if name not in registry:
        raise UnknownModel(f"unknown model {name!r}; choose one of {', '.join(registry)}")
    return registry[name]


def build(name: str, config: dict[str, Any]) -> "MemoryModel":
    """A freshly initialised model. Raises UnknownModel for an unknown paradigm or a configuration key it does not have."""
    paradigm = get(name)
    known = {field.name for field in fields(paradigm.config)}
    if unknown := set(config) - known:
        raise UnknownModel(f"{name} has no setting {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    return paradigm.make(paradigm.config(**config))


def configuration(model: "MemoryModel") -> dict[str, Any]:
    """The plain dictionary that `build` makes this model from again."""
    return asdict(model.config)  # type: ignore[attr-defined]  # every paradigm keeps its frozen dataclass as `config`
