"""What Elman network, GRU and LSTM have in common: torch computes the same, steps fold, and the log holds what it promises."""

from typing import Any

import pytest
import torch

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from mnemoscope.models import registry as paradigms
from tests.oracles.stepping import assert_forward_is_the_fold, assert_log_is_what_was_promised, fold, sequences

B, T, INPUTS, OUTPUTS, HIDDEN = 2, 23, 6, 5, 11
TORCH: dict[str, tuple[type[torch.nn.RNNBase], type[torch.nn.RNNCellBase]]] = {
    "rnn": (torch.nn.RNN, torch.nn.RNNCell),
    "gru": (torch.nn.GRU, torch.nn.GRUCell),
    "lstm": (torch.nn.LSTM, torch.nn.LSTMCell),
}
BANKS = {
    "rnn": BankSpec("state", "recurrent", 1, HIDDEN),
    "gru": BankSpec("cell", "cell", 1, HIDDEN, direct=True),
    "lstm": BankSpec("cell", "cell", 1, HIDDEN),
}
every = pytest.mark.parametrize("name", sorted(TORCH))


def small(name: str, layers: int = 2) -> Any:
    torch.manual_seed(0)
    sizes = {"inputs": INPUTS, "outputs": OUTPUTS, "hidden": HIDDEN, "layers": layers}
    model = paradigms.build(name, sizes).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(2.0)  # livelier: gates open and close
    return model


def sequence() -> torch.Tensor:
    return sequences(B, T, INPUTS)


@every
@torch.no_grad()
def test_step_equals_torch_with_copied_weights(name: str) -> None:
    """torch's layers over the sequence, and its cell step by step below them, from their own modules."""
    model, x = small(name), sequence()
    make, make_cell = TORCH[name]
    theirs, cell = make(INPUTS, HIDDEN, 2, batch_first=True).double(), make_cell(INPUTS, HIDDEN).double()
    weights = getattr(model, name).state_dict()
    theirs.load_state_dict(weights)
    cell.load_state_dict({key.removesuffix("_l0"): value for key, value in weights.items() if key.endswith("_l0")})
    _, state, seen = fold(model, x)
    hidden, last = theirs(x)
    below: Any = None
    for t in range(T):
        below = cell(x[:, t], below)
        first = below[0] if name == "lstm" else below
        torch.testing.assert_close(seen[t][0].read_vectors, first, atol=1e-12, rtol=0)
        torch.testing.assert_close(seen[t][1].read_vectors, hidden[:, t], atol=1e-12, rtol=0)
    for ours, wanted in zip(state, last if name == "lstm" else (last,), strict=True):
        torch.testing.assert_close(torch.stack(ours), wanted, atol=1e-12, rtol=0)


@every
@pytest.mark.parametrize("layers", [1, 3])
def test_forward_is_the_fold_of_step_and_rows_do_not_meet(name: str, layers: int) -> None:
    assert_forward_is_the_fold(small(name, layers), sequence())


@every
def test_what_is_recorded_is_what_the_bank_promises(name: str) -> None:
    """One bank a layer, numbered where there are several; beyond what readers need, the GRU records its reset gate."""
    model, bank = small(name), BANKS[name]
    assert small(name, 1).banks() == [bank]
    assert [found.name for found in model.banks()] == [f"{bank.name}0", f"{bank.name}1"]
    assert_log_is_what_was_promised(model, sequence())
    for entries, needed, more in (
        (model.frame_entries(), kinds.of(bank).frame_tensors(bank), {"reset_gate"} if name == "gru" else set()),
        (model.keyframe_entries(), kinds.of(bank).keyframe_tensors(bank), {"hidden"} if name == "lstm" else set()),
    ):
        for found in model.banks():
            assert {tensor for owner, tensor, *_ in entries if owner == found.name} == needed.keys() | more


@every
def test_parameter_names_are_pinned(name: str) -> None:
    """Renaming a parameter would orphan every checkpoint that has it."""
    parts = [f"{name}.{part}_{side}_l{n}" for part in ("weight", "bias") for side in ("ih", "hh") for n in (0, 1)]
    assert sorted(small(name).state_dict()) == sorted([*parts, "readout.bias", "readout.weight"])


@every
@pytest.mark.parametrize("size", ["hidden", "layers", "inputs", "outputs"])
def test_sizes_below_one_are_named(name: str, size: str) -> None:
    with pytest.raises(ValueError, match=f"{size} must be a whole number of at least 1, got 0"):
        paradigms.build(name, {"inputs": 2, "outputs": 1} | {size: 0})
