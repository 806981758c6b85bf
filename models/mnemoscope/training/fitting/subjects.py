"""The tasks that a model can be fitted for. No torch."""

from mnemoscope import tasks
from mnemoscope.errors import TrainingError
from mnemoscope.training.fitting.forecasting import Forecasting
from mnemoscope.training.fitting.recalling import Recalling
from mnemoscope.training.fitting.subject import Subject

SUBJECTS: dict[str, Subject] = {each.task.name: each for each in (Forecasting(), Recalling())}
TASKS = tuple(SUBJECTS)


def subject(task: str) -> Subject:
    """What is known of a task. Raises UnknownTask, or TrainingError for one that takes no series."""
    name = tasks.get(task).name
    if name not in SUBJECTS:
        raise TrainingError(f"a model can be fitted to a series for {' or '.join(TASKS)}, not for {name}")
    return SUBJECTS[name]
