"""What the models are asked to do. One line a task; the tasks themselves are in copying.py, bits.py and signal.py.

`copy` `repeat-copy` `associative-recall` `ngrams` `priority-sort`   Graves 2014, section 4
`signal-recall`  a real-valued series streams in; a marked segment is held over a delay while the series goes on, then
                 replayed after a cue. Inputs are [value, store flag, recall flag]; during the replay the value is hidden (0).
`forecast`       the next value of a series, then free-running.
"""

from mnemoscope.errors import UnknownTask
from mnemoscope.tasks.base import Array, Batch, Condition, Episode, Option, Plan, Task
from mnemoscope.tasks.bits import AssociativeRecall, NGrams, PrioritySort
from mnemoscope.tasks.copying import Copy, RepeatCopy
from mnemoscope.tasks.signal import Forecast, SignalRecall

__all__ = [
    "Array", "AssociativeRecall", "Batch", "Condition", "Copy", "Episode", "Forecast", "NGrams", "Option", "Plan",
    "PrioritySort", "RepeatCopy", "SignalRecall", "Task", "get", "names",
]  # fmt: skip

_TASKS: dict[str, Task] = {
    task.name: task
    for task in (Copy(), SignalRecall(), Forecast(), RepeatCopy(), AssociativeRecall(), NGrams(), PrioritySort())
}


def names() -> list[str]:
    """Names of all tasks."""
    return list(_TASKS)


def get(name: str) -> Task:
    """The task of that name. Raises UnknownTask listing those there are."""
    if name not in _TASKS:
        raise UnknownTask(f"unknown task {name!r}; choose one of {', '.join(_TASKS)}")
    return _TASKS[name]
