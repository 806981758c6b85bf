"""What a task is stands in its card alone: the form of a new run and the pages repeat none of it."""

import re
from pathlib import Path

from mnemoscope import tasks
from tests import ROOT

PAGE = ("frontend/src/new_run", "frontend/src/pages")


def _sources() -> list[Path]:
    found = [path for folder in PAGE for path in (ROOT / folder).rglob("*") if path.suffix in (".ts", ".svelte")]
    return [path for path in found if not path.name.endswith(".test.ts")]


def test_the_page_names_no_task_but_the_one_it_begins_with() -> None:
    """A second table of tasks would have to name them."""
    named = [
        f"{path.name}: {found}"
        for path in _sources()
        for found in re.findall(rf"\"(?:{'|'.join(tasks.names())})\"", path.read_text("utf-8"))
    ]
    assert named == ['new_run.svelte.ts: "signal-recall"']


def test_no_label_or_description_of_an_option_stands_on_the_page() -> None:
    text = "\n".join(path.read_text("utf-8") for path in _sources())
    for name in tasks.names():
        for option in tasks.get(name).options:
            assert option.description not in text
        assert tasks.get(name).sentence not in text
