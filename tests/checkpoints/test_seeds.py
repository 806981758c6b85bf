"""Several seeds of one training: found by their names, listed once, measured together as one model."""

import json

import pytest
import torch

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import of_task, resolve, with_seeds
from mnemoscope.cli.main import main
from mnemoscope.errors import UnknownModel
from mnemoscope.measuring.retention.subjects import subjects
from mnemoscope.models import registry
from mnemoscope_server.planning import retention
from mnemoscope_server.schemas.retention import RetentionRequest
from mnemoscope_server.settings import Settings

TASK = "signal-recall"


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Three seeds of an LSTM; a GRU's second seed whose first is not there; an LSTM of another size."""
    monkeypatch.setattr(store, "folders", lambda: [tmp_path])
    made = {"lstm-signal-recall": 3, "lstm-signal-recall-seed10": 3, "lstm-signal-recall-seed2": 3} | {
        "gru-signal-recall-seed1": 3,
        "large": 5,
    }
    for seed, (name, hidden) in enumerate(made.items()):
        torch.manual_seed(seed)
        paradigm = name.partition("-")[0].replace("large", "lstm")
        config = {"inputs": 3, "outputs": 1, "hidden": hidden}
        model = registry.build(paradigm, config)
        whole = {"model": paradigm, "task": TASK, "config": registry.configuration(model)}
        card = {"model": paradigm, "label": paradigm.upper(), "glyph": paradigm, "task": TASK, "seed": seed}
        store.save(tmp_path / name, model, whole, card)
    return tmp_path


def test_further_seeds_are_listed_with_their_training_alone(trained):
    assert store.names() == ["gru-signal-recall-seed1", "large", "lstm-signal-recall"] == of_task(TASK)
    assert store.seeds("lstm-signal-recall") == [
        "lstm-signal-recall",
        "lstm-signal-recall-seed2",
        "lstm-signal-recall-seed10",
    ]
    assert with_seeds(["large", "lstm-signal-recall"]) == ["large", *store.seeds("lstm-signal-recall")]


def test_a_seed_is_found_by_its_whole_name(trained):
    assert resolve(["lstm-signal-recall-seed2", "lstm", "gru-signal-recall-seed1"], TASK) == [
        "lstm-signal-recall-seed2",
        "lstm-signal-recall",
        "gru-signal-recall-seed1",
    ]
    with pytest.raises(UnknownModel, match="lstm-signal-recall-seed3"):
        resolve(["lstm-signal-recall-seed3"], TASK)


def test_seeds_are_measured_as_one_model_and_other_sizes_beside_it(trained):
    """What a server says before its worker measures is what the worker then says."""
    names = [*store.seeds("lstm-signal-recall"), "large"]
    found = subjects(names, TASK)
    assert [(one.name, one.checkpoint, len(one.models)) for one in found] == [
        (",".join(names[:3]), ",".join(names[:3]), 3),
        ("large", "large", 1),
    ]
    [alone] = subjects(names[:3], TASK)
    assert (alone.name, len(alone.models)) == ("lstm", 3)
    for wanted in (names, names[:3]):
        request = RetentionRequest.model_validate({"signal": {"kind": "none"}, "models": wanted})
        said = retention.asked(request, settings=Settings(), uploads=None, library=None).facts["models"]  # type: ignore[arg-type]
        assert [(one["id"], one["checkpoint"]) for one in said] == [
            (one.name, one.checkpoint) for one in subjects(wanted, TASK)
        ]


def test_the_command_line_measures_one_seed_or_all(trained, capsys):
    words = ["retention", "--models", "lstm", "--delays", "3", "--windows", "8", "--json"]
    for more, seeds in (([], 1), (["--all-seeds"], 3)):
        assert main([*words, *more]) == 0
        rows = [row for row in json.loads(capsys.readouterr().out)["rows"] if row["model"] == "lstm"]
        assert [(row["seeds"], row["checkpoint"].count(",") + 1) for row in rows] == [(seeds, seeds)]


def test_a_recording_of_a_delay_has_one_lane_a_model(trained, tmp_path):
    models = [{"checkpoint": ",".join(store.seeds("lstm-signal-recall"))}, {"checkpoint": "large"}]
    found = {"segment": 4, "signal": "s", "sample_rate": None, "models": models}
    window = [float(k % 5) for k in range(60)]
    order, _ = retention.recording(found, window, 3, identity="x" * 22, path=tmp_path / "x.mnemo")
    assert order.models == ("lstm-signal-recall", "large")
