"""The registry: one line a paradigm. Everything else is written against banks, heads, erase, write and read."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from mnemoscope.errors import UnknownModel
from mnemoscope.models.base import MemoryModel


@dataclass(frozen=True)
class Paradigm:
    """A kind of model: its label and glyph on the stage, and how one is built from a plain dictionary."""

    name: str
    label: str
    glyph: str
    config: type
    make: Callable[[Any], MemoryModel]


def _registry() -> dict[str, Paradigm]:
    from mnemoscope.models.attention.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
    from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
    from mnemoscope.models.attention.universal import UniversalTransformer, UniversalTransformerConfig
    from mnemoscope.models.delta.deltanet import DeltaNet, DeltaNetConfig
    from mnemoscope.models.delta.gated_deltanet import GatedDeltaNet, GatedDeltaNetConfig
    from mnemoscope.models.dnc.dnc import DNC, DNCConfig
    from mnemoscope.models.fast_weights.mamba2 import Mamba2, Mamba2Config
    from mnemoscope.models.ntm.ntm import NTM, NTMConfig
    from mnemoscope.models.recurrent.elman import RNN, RNNConfig
    from mnemoscope.models.recurrent.gru import GRU, GRUConfig
    from mnemoscope.models.recurrent.lstm import LSTM, LSTMConfig
    from mnemoscope.models.stateless.config import StatelessDNCConfig
    from mnemoscope.models.stateless.encoder_decoder import StatelessEncoderDecoder, StatelessEncoderDecoderConfig
    from mnemoscope.models.stateless.sdnc import StatelessDNC

    lines = (
        Paradigm("rnn", "RNN", "rnn", RNNConfig, RNN),
        Paradigm("gru", "GRU", "rnn", GRUConfig, GRU),
        Paradigm("lstm", "LSTM", "rnn", LSTMConfig, LSTM),
        Paradigm("transformer", "Transformer", "tr", TransformerConfig, Transformer),
        Paradigm("encoder-decoder", "Encoder-decoder", "tr", EncoderDecoderConfig, EncoderDecoder),
        Paradigm(
            "universal-transformer", "Universal Transformer", "ut", UniversalTransformerConfig, UniversalTransformer
        ),
        Paradigm("ntm", "NTM", "ntm", NTMConfig, NTM),
        Paradigm("dnc", "DNC", "dnc", DNCConfig, DNC),
        Paradigm("sdnc", "sDNC", "sdnc", StatelessDNCConfig, StatelessDNC),
        Paradigm(
            "sdnc-encoder-decoder",
            "sDNC encoder-decoder",
            "sdnc",
            StatelessEncoderDecoderConfig,
            StatelessEncoderDecoder,
        ),
        Paradigm("deltanet", "DeltaNet", "delta", DeltaNetConfig, DeltaNet),
        Paradigm("gated-deltanet", "Gated DeltaNet-2", "delta", GatedDeltaNetConfig, GatedDeltaNet),
        Paradigm("mamba2", "Mamba-2", "delta", Mamba2Config, Mamba2),
    )
    return {line.name: line for line in lines}


def names() -> list[str]:
    """Names of all paradigms, in the order of the stage."""
    return list(_registry())


def get(name: str) -> Paradigm:
    """The paradigm of that name. Raises UnknownModel listing those there are."""
    registry = _registry()
    if name not in registry:
        raise UnknownModel(f"unknown model {name!r}; choose one of {', '.join(registry)}")
    return registry[name]


def build(name: str, config: dict[str, Any]) -> MemoryModel:
    """A freshly initialised model. Raises UnknownModel for an unknown paradigm or a configuration key it does not have."""
    paradigm = get(name)
    known = {field.name for field in fields(paradigm.config)}
    if unknown := set(config) - known:
        raise UnknownModel(f"{name} has no setting {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    return paradigm.make(paradigm.config(**config))


def configuration(model: MemoryModel) -> dict[str, Any]:
    """The plain dictionary that `build` makes this model from again."""
    return asdict(model.config)  # type: ignore[attr-defined]  # every paradigm keeps its frozen dataclass as `config`
