"""Steps of every paradigm: what the engine computes is what torch computes."""

import copy
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from mnemoscope.engine.build import build
from mnemoscope.engine.run import LEAST_ROOM, Engine
from mnemoscope.errors import Unsupported
from mnemoscope.models import registry
from mnemoscope.models.base import MemoryModel
from tests.engine.steps import State, after, build_of, fixed, image, plain_model, random_model, recorded_step

pytest.importorskip("wasmtime")

FIXED = [name for name in registry.names() if fixed(name)]
GROWING = [name for name in registry.names() if name not in FIXED]
GOLDEN = Path(__file__).parent / "modules.json"


def test_which_have_a_state_of_fixed_size() -> None:
    """All but those that keep every step."""
    assert set(FIXED) >= {"rnn", "gru", "lstm", "ntm", "dnc", "deltanet", "gated-deltanet", "mamba2", "mlstm"}


def _apart(mine: torch.Tensor, theirs: torch.Tensor) -> float:
    """The largest difference, by the largest number where that is above 1."""
    return float((mine - theirs).abs().max() / max(1.0, theirs.abs().max())) if theirs.numel() else 0.0


def _moved_by_rounding(model: MemoryModel, x: torch.Tensor, state: State, true: torch.Tensor, result: int) -> float:
    """How far torch's own result is from the true one at most when all that goes in is off by a rounding."""
    far = 0.0
    for seed in range(8):
        draw = torch.Generator().manual_seed(seed)

        def off(tensor: torch.Tensor, draw: torch.Generator = draw) -> torch.Tensor:
            return tensor * (1 + 2**-24 * torch.randn(tensor.shape, generator=draw))

        shaken = copy.deepcopy(model)
        for parameter in shaken.parameters():
            parameter.copy_(off(parameter))
        step, _ = recorded_step(shaken)
        made = step(off(x), *(off(part) if isinstance(part, torch.Tensor) else part for part in state))[result]
        assert isinstance(made, torch.Tensor)
        far = max(far, _apart(made, true))
    return far


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", registry.names())
def test_from_the_same_state_the_same_step(name: str, seed: int) -> None:
    """Random sizes, options, weights and inputs; after every step the engine goes on from torch's state.

    Where torch itself is further from float64 than that, the step is ill-conditioned, and the engine may be as far, four times over. So
    where torch was lucky: what is held against is then how far rounding of the weights, the state and x alone moves the step.
    """
    model = random_model(name, seed)
    step, state = recorded_step(model)
    precise, _ = recorded_step(copy.deepcopy(model).double())
    x = torch.randn(12, model.inputs, generator=torch.Generator().manual_seed(seed)) * 2
    config = registry.configuration(model)
    if (config.get("memory"), config.get("positions")) == ("graves", "alibi"):
        with pytest.raises(Unsupported, match="how many"):  # Python decides on the step, and makes numbers of it
            build_of(step, state, model.inputs)
        return
    module, weights = build_of(step, state, model.inputs)
    if name in GROWING and seed % 2:  # on to more slots than there was room for at first
        state = after(step, state, model.inputs, LEAST_ROOM - 6)
    engine = Engine(module, weights)
    with torch.inference_mode():
        for row in x.split(1):
            engine.load(state)
            made = engine.run(row.numpy())
            exact = precise(
                row.double(), *(part.double() if isinstance(part, torch.Tensor) else part for part in state)
            )
            before = state
            wanted, *state = step(row, *state)
            for n, (mine, theirs, true) in enumerate(
                zip([torch.from_numpy(made), *engine.state()], [wanted, *state], exact, strict=True)
            ):
                if not isinstance(mine, torch.Tensor) or not isinstance(theirs, torch.Tensor):
                    assert mine == theirs == true
                    continue
                assert mine.shape == theirs.shape
                assert isinstance(true, torch.Tensor)
                apart = _apart(mine, theirs)
                if apart > 1e-5 + 4 * _apart(theirs, true):
                    assert apart <= 1e-5 + 4 * _moved_by_rounding(model, row, before, true, n)


@pytest.mark.parametrize("name", ["lstm", "dnc", *GROWING])
def test_steps_in_blocks_are_steps_one_by_one(name: str) -> None:
    """The same bits for every number of steps a call, also beyond what one call takes and beyond what a store has room for."""
    model = random_model(name, 3)
    step, state = recorded_step(model)
    x = np.random.default_rng(0).normal(size=(150, model.inputs)).astype(np.float32)
    module, weights = build_of(step, state, model.inputs)
    runs = []
    for count in (1, 7, 150):
        engine = Engine(module, weights)
        engine.load(state)
        runs.append(np.concatenate([engine.run(x[t : t + count]) for t in range(0, 150, count)]).tobytes())
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize("name", registry.names())
def test_two_traces_give_the_same_bytes(name: str) -> None:
    """Whatever the weights: a module belongs to shapes and options."""
    modules = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        model = plain_model(name)
        step, state = recorded_step(model)
        modules.append(build_of(step, state, 3, filled=float(seed))[0])
    assert modules[0] == modules[1]


@pytest.mark.parametrize("name", ["lstm", "dnc", "transformer"])
def test_the_bytes_are_the_known_ones(name: str) -> None:
    """Other bytes may give other bits: then EMITTER goes up by one, and these with it (python -m tests.engine.modules)."""
    from tests.engine.modules import hashes

    golden = json.loads(GOLDEN.read_text())
    if golden["torch"] != torch.__version__.partition("+")[0]:
        pytest.skip(f"the known bytes are those of torch {golden['torch']}")
    assert hashes()[name] == golden["modules"][name]


@pytest.mark.parametrize("name", registry.names())
def test_wasmtime_and_v8_agree_in_every_bit(name: str, tmp_path: Path) -> None:
    """A run that goes on in a page is the same run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    model = random_model(name, 1)
    step, state = recorded_step(model)
    x = np.random.default_rng(1).normal(size=(64, model.inputs)).astype(np.float32)
    module, weights = build_of(step, state, model.inputs)
    engine = Engine(module, weights)
    engine.load(state)
    made = engine.run(x)
    files = [tmp_path / part for part in ("module.wasm", "before", "after")]
    files[0].write_bytes(module.code)
    files[1].write_bytes(image(module, weights, state, x[: module.layout.rows]))
    subprocess.run([node, str(Path(__file__).parent / "run_module.mjs"), *map(str, files)], check=True, timeout=60)
    memory = np.fromfile(files[2], "<f4")
    rows = memory[module.layout.row // 4 :][: made.size].reshape(made.shape)
    np.testing.assert_array_equal(rows.view(np.int32), made.view(np.int32))


def test_a_free_run_hears_the_state() -> None:
    """From the step that the caller names, a number of x is one of the state: what the model said."""

    def step(x: torch.Tensor, said: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        answer = x[:, :1] * 2 + x[:, 1:]
        return torch.cat((x, answer), 1), answer

    module, weights = build(step, [torch.zeros(1, 2), torch.zeros(1, 1)], feedback=(0, 0))
    engine = Engine(module, weights)
    made = engine.run(np.full((70, 2), 0.5, np.float32), free_from=3)
    np.testing.assert_array_equal(made[:3, 0], 0.5)
    np.testing.assert_array_equal(made[3:, 0], made[2:-1, 2])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sizes"), [("lstm", {"hidden": 20}), ("dnc", {"slots": 16, "controller": 20})])
def test_a_hundred_thousand_steps(name: str, sizes: dict[str, int]) -> None:
    """Nothing leaks, overflows or creeps: the last chunk is what torch makes of the state before it."""
    torch.manual_seed(5)
    model = plain_model(name, **sizes)
    step, state = recorded_step(model)
    x = np.random.default_rng(2).normal(size=(1000, 3)).astype(np.float32)
    module, weights = build_of(step, state, 3)
    engine = Engine(module, weights)
    engine.load(state)
    for _ in range(100):
        made = engine.run(x)
        assert np.isfinite(made).all()
    state = engine.state()
    with torch.inference_mode():
        wanted, *_ = step(torch.from_numpy(x[:1]), *state)
    assert isinstance(wanted, torch.Tensor)
    assert _apart(torch.from_numpy(engine.run(x[:1])), wanted) <= 1e-5
