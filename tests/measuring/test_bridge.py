"""What `mnemoscope bridge` measures is what there is, on trained and random Transformers, and it can say no."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.cli import main as cli
from mnemoscope.cli.bridge import lines
from mnemoscope.errors import UnknownModel
from mnemoscope.measuring import bridge
from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.stateless.ladder import RANGES
from mnemoscope.models.stateless.sdnc import StatelessDNC
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.verify import verify
from mnemoscope.running.record import record_file


@pytest.mark.parametrize("name", bridge.DEFAULT)
def test_the_three_equalities_hold(name: str) -> None:
    """Own step to the last bit; torch's layers and the genuine memory to rounding, which is listed beside the scale."""
    found = bridge.measure(2, name=name, ladder=bridge.LADDER[:1])
    assert found["ok"]
    for precision in ("float32", "float64"):
        row = found["own_step"][precision]
        assert row["equal"]
        assert row["difference"] == 0.0
        assert row["scale"] > 0.5
    assert found["torch_layers"]["float64"]["difference"] <= 1e-12
    assert found["graves_memory"]["float64"]["difference"] <= 1e-10
    assert found["torch_layers"]["float32"]["difference"] <= 5e-6 * found["torch_layers"]["float32"]["scale"] or (
        name != bridge.RANDOM and found["torch_layers"]["float32"]["difference"] <= bridge.ROUNDINGS * found["rounding"]
    )
    assert json.loads(json.dumps(found)) == found


def test_the_ladder_says_what_each_mechanism_changes() -> None:
    """At rest nothing; slots from the step at which memory is full; erase and free alone nothing; links and recurrence do."""
    found = bridge.measure(1, name="transformer-copy")
    rows = {row["rung"]: row for row in found["ladder"]}
    half = (found["steps"] + 1) // 2
    assert [rows[name]["first_step"] for name in ("at rest", "erase", "free")] == [None] * 3
    assert rows["at rest"]["score"] == 0.0  # the trained model copies
    assert rows["slots"]["settings"] == {"slots": half}
    assert rows["slots"]["first_step"] == half
    assert rows["recurrence"]["first_step"] == 1
    assert rows["links"]["first_step"] is not None
    for name in ("slots", "overwrite", "links", "recurrence", "all"):
        assert rows[name]["difference"] > 0.1
    assert rows["slots"]["score"] > 1
    assert set().union(*(row.settings for row in bridge.LADDER)) == {"slots", *RANGES}


def test_a_row_of_the_ladder_is_what_the_model_says() -> None:
    """Difference and score of one rung, computed here from the model itself."""
    rung = bridge.Rung("links", {"links": 0.3})
    found = bridge.measure(5, name="transformer-signal-recall", ladder=[rung])["ladder"][0]
    loaded = checkpoints.load("transformer-signal-recall")
    assert isinstance(loaded.model, Transformer)
    episode = tasks.get(loaded.task).episode(seed=5)
    model = loaded.model.double()
    x = torch.from_numpy(episode.inputs)[None].double()
    with torch.no_grad():
        wanted = model(x)[0].numpy()
        came = StatelessDNC.from_transformer(model, memory="graves", slots=episode.steps, links=0.3)(x)[0].numpy()
    np.testing.assert_allclose(found["difference"], np.abs(came - wanted).max(), rtol=1e-6)
    error = (came - episode.targets) * episode.mask[:, None]
    score = np.sqrt((error**2).sum() / ((episode.targets * episode.mask[:, None]) ** 2).sum())
    np.testing.assert_allclose(found["score"], score, rtol=1e-4)


@pytest.mark.parametrize("positions", ["rotary", "alibi"])
def test_positions_that_torch_lacks_are_listed(positions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No torch layers to compare with, and the other two still hold."""
    torch.manual_seed(0)
    model = Transformer(TransformerConfig(inputs=4, outputs=2, width=16, heads=2, positions=positions)).eval()
    asked = bridge.Subject("turned", model, torch.randn(20, 4))
    monkeypatch.setattr(bridge, "subject", lambda *_, **__: asked)
    found = bridge.measure(ladder=())
    assert found["ok"]
    assert found["torch_layers"] is None
    assert any(f"torch has no {positions} positions" in line for line in lines(found))


def test_it_says_no_when_the_step_is_another(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A conversion that is off by one unit in the last place of one weight is found out: exit code 1."""
    faithful = StatelessDNC.from_transformer

    def unfaithful(model: Transformer, **changes: Any) -> StatelessDNC:
        made = faithful(model, **changes)
        with torch.no_grad():
            weight = made.readout.weight
            weight[0, 0] = torch.nextafter(weight[0, 0], torch.tensor(torch.inf, dtype=weight.dtype))
        return made

    monkeypatch.setattr(StatelessDNC, "from_transformer", unfaithful)
    assert cli.main(["bridge", "--model", "random", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["own_step"]["float32"]["equal"]
    assert not found["ok"]


def test_the_command_prints_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    """One block a model: three equalities in two precisions, and the ladder."""
    assert cli.main(["bridge", "--model", "random", "--seed", "4"]) == 0
    out = capsys.readouterr().out
    assert out.count("  ok  ") == 6
    assert "every bit agrees" in out
    assert all(rung.name in out for rung in bridge.LADDER)


def test_only_transformers_have_a_bridge(capsys: pytest.CaptureFixture[str]) -> None:
    """Another model, or none of that name, is refused with what there is."""
    with pytest.raises(UnknownModel, match="ntm-copy is a NTM; the bridge starts from a Transformer"):
        bridge.subject("ntm-copy")
    assert cli.main(["bridge", "--model", "nobody"]) == 2
    assert "no checkpoint 'nobody'" in capsys.readouterr().err


def test_the_same_seed_measures_the_same_and_leaves_the_generator_alone() -> None:
    """Random weights come from the seed only."""
    torch.manual_seed(77)
    before = torch.get_rng_state()
    first = bridge.measure(3, ladder=())
    assert torch.equal(torch.get_rng_state(), before)
    assert bridge.measure(3, ladder=()) == first
    assert bridge.measure(4, ladder=())["own_step"] != first["own_step"]


@pytest.mark.parametrize("changes", [{}, {"memory": "graves", "slots": 24, "free": 0.5}])
def test_a_checkpoint_crosses_over_and_is_recorded(changes: dict[str, Any], tmp_path: Path) -> None:
    """The stateless DNC of a shipped Transformer is recorded like any model; the recording names the weights it is made of."""
    crossed, origin = bridge.crossed("transformer-copy", **changes), checkpoints.load("transformer-copy")
    record_file(tmp_path / "run.mnemo", tasks.get("copy").episode(seed=1), [origin, crossed])
    with Recording.open(tmp_path / "run.mnemo") as recording:
        assert verify(recording)["ok"]
        entries = recording.manifest["models"]
        outputs = [recording[name].array("outputs") for name in ("transformer", "sdnc")]
    assert [entry["checkpoint"] for entry in entries] == [{"name": "transformer-copy", "sha256": origin.sha256}] * 2
    assert entries[1]["label"] == "sDNC"
    assert entries[1]["config"]["memory"] == changes.get("memory", "stores")
    exact = 24 if changes else 41
    assert np.abs(outputs[0][:exact] - outputs[1][:exact]).max() <= (1e-4 if changes else 0)
    assert not changes or np.abs(outputs[0][exact:] - outputs[1][exact:]).max() > 1e-2
    with pytest.raises(UnknownModel, match="ntm-copy is a NTM; wanted a Transformer"):
        bridge.crossed("ntm-copy")
