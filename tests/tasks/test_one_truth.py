"""What a task is stands in its card alone: the form of a new run and the pages repeat none of it."""

import re
from pathlib import Path

from mnemoscope import tasks
from tests import ROOT

PAGE = ROOT / "frontend/src"


def _sources() -> list[Path]:
    """What of the page is written by hand and shipped."""
    found = [path for path in PAGE.rglob("*") if path.suffix in (".ts", ".svelte")]
    return [
        path for path in found if not path.name.startswith("test") and not path.name.endswith((".test.ts", ".gen.ts"))
    ]


def test_the_page_names_no_task_but_those_that_a_page_is_about() -> None:
    """A second table of tasks would have to name them."""
    names = [name for name in tasks.names() if name != "copy"]  # which is a command too
    named = [
        f"{path.name}: {found}"
        for path in _sources()
        for found in re.findall(rf"\"(?:{'|'.join(names)})\"", path.read_text("utf-8"))
    ]
    assert sorted(named) == ['task_names.ts: "forecast"', 'task_names.ts: "signal-recall"']


def test_no_label_or_description_of_an_option_stands_on_the_page() -> None:
    text = "\n".join(path.read_text("utf-8") for path in _sources())
    for name in tasks.names():
        for option in tasks.get(name).options:
            assert option.description not in text
        assert tasks.get(name).sentence not in text
