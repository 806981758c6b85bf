"""The study over HTTP: the tables of the rows that ship, with what is missing named."""

import json

from mnemoscope.training.study.rows import shipped
from mnemoscope.training.study.trials import RUNGS, trials
from mnemoscope_server.http.study import study


def test_every_group_is_there_with_its_seeds_counted() -> None:
    found = json.loads(study().model_dump_json())
    assert {table["group"] for table in found["tables"]} == {trial.group for trial in trials()}
    have = {row["id"]: row for row in shipped()}
    for table in found["tables"]:
        for line in table["lines"]:
            ids = [f"{table['group']}/{table['question']}/{line['label']}/{seed}" for seed in range(line["wanted"])]
            assert line["seeds"] == sum(name in have for name in ids)
            for column, figure in zip(table["columns"], line["figures"], strict=True):
                values = [have[name]["values"][column["key"]][0] for name in ids if name in have]
                assert (figure is None) == (not values)
                if figure:
                    assert abs(figure["mean"] - sum(values) / len(values)) < 1e-9
                    assert figure["low"] <= figure["mean"] <= figure["high"]


def test_the_ladder_is_told_rung_by_rung() -> None:
    ladders = [table for table in study().tables if table.group == "ladder"]
    assert [table.question for table in ladders] == ["recall-rounds", "associative-recall"]
    for table in ladders:
        assert [line.label for line in table.lines] == list(RUNGS)
        assert any(column.trained for column in table.columns)
        assert any(not column.trained for column in table.columns)
