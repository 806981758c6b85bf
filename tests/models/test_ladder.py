"""The ladder from the Transformer to the DNC: each rung rests exactly, and does what a DNC does once it is turned on."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.stateless.ladder import RANGES
from mnemoscope.models.stateless.lifted import LiftedSeen, LiftedState, Rungs
from mnemoscope.models.stateless.sdnc import StatelessDNC

T, N, HEADS, WIDTH = 14, 6, 4, 24


def model(**changes: Any) -> StatelessDNC:
    """The same random weights every time, somewhere on the ladder."""
    torch.manual_seed(11)
    transformer = Transformer(
        TransformerConfig(inputs=5, outputs=3, width=WIDTH, layers=2, heads=HEADS, feedforward=17)
    )
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.add_(0.15 * torch.randn_like(parameter))
    return StatelessDNC.from_transformer(transformer.double().eval(), **({"memory": "graves", "slots": T} | changes))


def inputs() -> Tensor:
    return torch.randn(1, T, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(12))


def run(sdnc: StatelessDNC) -> tuple[Tensor, list[LiftedState], list[LiftedSeen]]:
    """Outputs [T, O], and of the first layer the state after every step and what was seen."""
    state, outputs, states, seen = sdnc.initial_state(1), [], [], []
    with torch.no_grad():
        for x in inputs().unbind(1):
            step = sdnc.step(x, state)
            state = step.state
            outputs.append(step.output[0])
            states.append(state.memories[0])
            seen.append(step.seen[0])
    return torch.stack(outputs), states, seen


def exact() -> Tensor:
    with torch.no_grad():
        return model(memory="stores")(inputs())[0]


def difference(**changes: Any) -> Tensor:
    """Largest difference from the Transformer at every step [T]."""
    return (run(model(**changes))[0] - exact()).abs().amax(1)


def test_at_rest_it_is_the_transformer() -> None:
    """All rungs at their resting value, and memory to spare or just enough: ≤ 1e-10."""
    assert difference().max() <= 1e-10
    assert difference(slots=3 * T).max() <= 1e-10
    assert Rungs() == Rungs(*(0.0,) * len(RANGES))


@pytest.mark.parametrize("rung", sorted(RANGES))
def test_a_rung_near_rest_is_near_the_transformer(rung: str) -> None:
    """Nothing jumps: what a ten-millionth of a rung changes is small, and more of it changes more (or nothing at all)."""
    small, large = difference(**{rung: 1e-7}).max(), difference(**{rung: 0.3}).max()
    assert small <= 1e-3
    assert large > 100 * small or rung in ("erase", "free")


def test_slots_a_full_memory_takes_nothing_more() -> None:
    """The first N steps are exact; then usage is 1 everywhere, the allocation is exactly 0 and the memory stays as it is."""
    apart = difference(slots=N)
    assert apart[:N].max() <= 1e-10
    assert apart[N:].min() > 1e-3
    _, states, seen = run(model(slots=N))
    for t in range(T):
        written = seen[t].write_weights[0, 0]
        assert torch.equal(written, torch.eye(T, dtype=torch.float64)[t, :N])  # all 0 from step N on
        if t >= N:
            assert torch.equal(states[t].memory.memory, states[N - 1].memory.memory)
            assert (states[t].memory.usage == 1).all()


def test_free_gates_make_read_slots_writable_again() -> None:
    """Usage falls by Π(1 − f w^r); a full memory writes again, first where most was read."""
    _, states, seen = run(model(slots=N, free=0.5))
    for t in range(1, T):
        before, kept = states[t - 1].memory, np.ones(N)
        for h in range(HEADS):
            kept *= 1 - 0.5 * before.read_weights[0, h].numpy()
        u, w = before.usage[0].numpy(), before.write_weights[0, 0].numpy()
        np.testing.assert_allclose(states[t].memory.usage[0].numpy(), (u + w - u * w) * kept, atol=1e-14)
    late = seen[N].write_weights[0, 0]
    assert late.sum() > 0.01
    assert late.argmax() == states[N].memory.usage[0].argmin()
    assert difference(slots=T, free=0.5).max() <= 1e-10  # unused slots are freer than freed ones


def test_erase_wipes_what_is_written_again() -> None:
    """A slot that is written anew holds M(1 − w e) + w v: with erase the old content goes, without it the two are added."""
    assert difference(erase=1.0).max() <= 1e-10  # a fresh slot holds nothing to wipe
    for strength in (0.0, 0.4, 1.0):
        _, states, seen = run(model(slots=N, free=1.0, erase=strength))
        for t in range(1, T):
            w, v = seen[t].write_weights[0, 0], seen[t].write_vectors[0, 0]
            old = states[t - 1].memory.memory[0]
            wanted = old * (1 - strength * w[:, None]) + w[:, None] * v
            torch.testing.assert_close(states[t].memory.memory[0], wanted, atol=1e-12, rtol=0)
    lengths = [
        torch.linalg.vector_norm(run(model(slots=N, free=1.0, erase=e))[1][-1].memory.memory[0, 0]).item()
        for e in (0.0, 1.0)
    ]
    assert lengths[0] > 2 * lengths[1]


def test_overwrite_moves_writes_to_the_most_similar_slot() -> None:
    """g^a = 1 − overwrite: the write weighting is that much content, found by the keys of all heads."""
    share = 0.3
    _, states, seen = run(model(overwrite=share))
    for t in range(1, T):
        w = seen[t].write_weights[0, 0]
        assert seen[t].allocation_gate.item() == 1 - share
        memory = states[t - 1].memory.memory[0]
        key = seen[t].write_vectors[0, 0].clone()
        key[WIDTH:] = 0
        key[2 * WIDTH] = 45 * np.sqrt(WIDTH // HEADS)
        cosine = memory @ key / torch.sqrt(memory.square().sum(1) + 1e-6) / torch.sqrt(key.square().sum() + 1e-6)
        found = torch.softmax(seen[t].write_strength[0] * cosine, 0)
        usage = states[t].memory.usage[0]
        allocation = torch.zeros(T, dtype=torch.float64)
        through = 1.0
        for slot in np.argsort(usage.numpy(), kind="stable"):
            allocation[slot] = (1 - usage[slot]) * through
            through *= usage[slot].item()
        torch.testing.assert_close(w, (1 - share) * allocation + share * found, atol=1e-12, rtol=0)


def test_links_move_reads_to_neighbours_in_time() -> None:
    """Half the mass of the links goes to the token after, half to the token before what was read last."""
    _, states, seen = run(model(links=0.4))
    for t in range(1, T):
        assert torch.equal(seen[t].read_modes[0], torch.tensor([0.2, 0.6, 0.2], dtype=torch.float64).expand(HEADS, 3))
        before = states[t - 1].memory.read_weights[0]
        content = seen[t].read_weights[0].clone()
        content[:, 1 : t + 1] -= 0.2 * before[:, :t]  # forward: slot s + 1 was written right after slot s
        content[:, :t] -= 0.2 * before[:, 1 : t + 1]  # backward
        assert (content > -1e-12).all()
        torch.testing.assert_close(content.sum(1), torch.full((HEADS,), 0.6, dtype=torch.float64), atol=1e-12, rtol=0)
    first = seen[0].read_weights[0].sum(1)  # nothing was read before: links lead nowhere
    torch.testing.assert_close(first, torch.full((HEADS,), 0.6, dtype=torch.float64), atol=1e-12, rtol=0)


def test_recurrence_gives_the_controller_a_state() -> None:
    """χ_t = x_t + gain · W_r[r_{t−1}]: the first step is exact, later ones depend on what was heard."""
    apart = difference(recurrence=0.5)
    assert apart[0] <= 1e-10
    assert apart[1:].min() > 1e-4
    sdnc = model(recurrence=0.5)
    with torch.no_grad():
        state = sdnc.step(inputs()[:, 0], sdnc.initial_state(1)).state
        deaf = state._replace(memories=tuple(m._replace(heard=torch.zeros_like(m.heard)) for m in state.memories))
        other, same = (sdnc.step(inputs()[:, 1], s).output for s in (state, deaf))
        assert (other - same).abs().max() > 1e-3
        quiet = model()  # without recurrence nothing but the memory is carried
        assert torch.equal(quiet.step(inputs()[:, 1], state).output, quiet.step(inputs()[:, 1], deaf).output)


def test_gates_can_be_switched_in_the_middle_of_a_run() -> None:
    """A state goes on under other rungs; from the switch on, and only then, the run differs; gates say so."""
    resting = model()
    switched = resting.switched(links=0.5, recurrence=0.2)
    state, wanted = resting.initial_state(1), exact()
    with torch.no_grad():
        for t, x in enumerate(inputs().unbind(1)):
            step = (resting if t < 7 else switched).step(x, state)
            state = step.state
            assert ((step.output[0] - wanted[t]).abs().max() <= 1e-10) == (t < 7)
            assert step.seen[0].recurrence_gate.item() == (0.0 if t < 7 else 0.2)
            assert step.seen[0].read_modes[0, 0, 1].item() == (1.0 if t < 7 else 0.5)


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": N, "free": 0.7, "erase": 0.5},
        {"overwrite": 1.0, "erase": 1.0},
        {"slots": N, "overwrite": 0.3, "free": 1.0, "links": 1.0, "recurrence": 2.0, "erase": 0.2},
        {"slots": 1, "free": 1.0},
    ],
)
def test_anywhere_on_the_ladder_it_stays_a_dnc(changes: dict[str, Any]) -> None:
    """The paper's invariants: usage in [0, 1], weightings and links sum to at most 1, zero diagonal, everything finite."""
    outputs, states, _ = run(model(**changes))
    assert torch.isfinite(outputs).all()
    for state in states:
        m = state.memory
        assert ((m.usage >= 0) & (m.usage <= 1)).all()
        for rows in (m.write_weights, m.read_weights, m.precedence, m.links, m.links.transpose(1, 2)):
            assert (rows >= -1e-12).all()
            assert (rows.sum(-1) <= 1 + 1e-9).all()
        assert (m.links.diagonal(dim1=1, dim2=2) == 0).all()
