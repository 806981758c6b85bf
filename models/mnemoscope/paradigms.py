"""The registry: one line a paradigm. Everything else is written against banks, heads, erase, write and read."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from mnemoscope.errors import UnknownModel
from mnemoscope.model import MemoryModel


@dataclass(frozen=True)
class Paradigm:
    """A kind of model: its label and glyph on the stage, and how one is built from a plain dictionary."""

    name: str
    label: str
    glyph: str
    config: type
    make: Callable[[Any], MemoryModel]


def _registry() -> dict[str, Paradigm]:
    from mnemoscope.deltanet import DeltaNet, DeltaNetConfig
    from mnemoscope.dnc import DNC, DNCConfig
    from mnemoscope.elman import RNN, RNNConfig
    from mnemoscope.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
    from mnemoscope.gated_deltanet import GatedDeltaNet, GatedDeltaNetConfig
    from mnemoscope.gru import GRU, GRUConfig
    from mnemoscope.ntm import NTM, NTMConfig
    from mnemoscope.rnn import LSTM, LSTMConfig
    from mnemoscope.sdnc import StatelessDNC
    from mnemoscope.sdnc_config import StatelessDNCConfig
    from mnemoscope.sdnc_encoder_decoder import StatelessEncoderDecoder, StatelessEncoderDecoderConfig
    from mnemoscope.transformer import Transformer, TransformerConfig
    from mnemoscope.universal import UniversalTransformer, UniversalTransformerConfig

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
