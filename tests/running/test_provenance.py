"""What trained memories do: in the answer of the copy task each read is made of the write of the step that it repeats."""

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.kinds import ledger, matrix

LENGTH = 20


@pytest.mark.parametrize("name", ["ntm-copy", "dnc-copy"])
@pytest.mark.parametrize("seed", [0, 3])
@torch.no_grad()
def test_a_trained_copy_reads_what_it_wrote(name: str, seed: int) -> None:
    """No wrong bit; mean share of the source step ≥ 0.9 over the answer; every read rebuilt from the log to 1e-5.

    A model may have learned to write one step late: the best constant distance between answer and source counts.
    """
    model, episode = checkpoints.load(name).model, tasks.get("copy").episode(length=LENGTH, seed=seed)
    state = model.initial_state(1)
    initial, log, answers, rows = state.memory[0].double().numpy(), [], [], []
    for t, x in enumerate(torch.from_numpy(episode.inputs)):
        output, state, seen = model.step(x[None], state)
        frame = model.frame(seen)
        log.append([frame["memory", part][0].double().numpy() for part in ("write_weights", "erase", "write_vectors")])
        if t <= LENGTH:
            continue
        answers.append(output[0].numpy() > 0)
        read = state.read_vectors[0, 0].double().numpy()
        weights = state.read_weights[0, 0].double().numpy()
        parts = matrix.contributions(weights, *(np.stack(part) for part in zip(*log, strict=True)), initial)
        np.testing.assert_allclose(parts.sum(0), read, atol=1e-5, rtol=0)
        row = ledger.shares(parts, read)
        assert abs(row.sum() - 1) <= 1e-5
        rows.append(row[1:])
    assert len(rows) == LENGTH
    np.testing.assert_array_equal(np.stack(answers), episode.targets[LENGTH + 1 :] > 0.5)
    diagonals = {late: np.mean([rows[j][j + late] for j in range(LENGTH)]) for late in (0, 1)}
    assert max(diagonals.values()) >= 0.9, diagonals
