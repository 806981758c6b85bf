"""What tasks are and what a run of one will be, before there is a signal, a model or a worker. NumPy only, no torch."""

from typing import Any

from mnemoscope import tasks
from mnemoscope.errors import SignalError, UnknownTask
from mnemoscope.tasks import Option
from mnemoscope_server.schemas.tasks import TaskCard, TaskOption, TaskPlan, TaskPlanRequest
from mnemoscope_server.settings import Settings


def cards() -> list[TaskCard]:
    """What the models can be asked to do, in the order of the registry."""
    return [
        TaskCard(
            name=task.name,
            label=task.label,
            metric=task.metric,
            measure=task.measure,
            description=task.sentence,
            takes_signal=task.takes_signal,
            options=[_option(option) for option in task.options],
        )
        for task in map(tasks.get, tasks.names())
    ]


def _option(option: Option) -> TaskOption:
    low, high = option.suggested
    return TaskOption(
        name=option.name,
        label=option.label,
        description=option.description,
        unit=option.unit,
        default=option.default,
        low=option.low,
        high=option.high,
        suggested_low=low,
        suggested_high=high,
        trained=option.trained,
    )


def plan(name: str, request: TaskPlanRequest, *, settings: Settings) -> TaskPlan:
    """What a run of a task will be. Raises UnknownTask, and SignalError where it is longer than this server runs."""
    task, options = tasks.get(name), whole(request.options)
    try:
        require_steps(request.steps or 0, settings)
        found = task.plan(request.steps, seed=request.seed, **options)
        require_steps(found.steps, settings)
    except (UnknownTask, SignalError) as error:
        if not request.weigh:
            raise
        asked = {name: value for name, value in options.items() if isinstance(value, int)}
        return TaskPlan(
            task=name, options=asked, steps=request.steps or 0, events=[], most={}, warnings=[], obstacle=str(error)
        )
    return TaskPlan(
        task=name,
        options=found.options,
        steps=found.steps,
        events=list(found.events),
        most=found.most,
        warnings=list(found.warnings),
        obstacle="",
    )


def require_steps(steps: int, settings: Settings) -> None:
    """Raises SignalError for a run longer than this server allows."""
    if steps > settings.steps:
        raise SignalError(
            f"the run would have {steps} steps, at most {settings.steps} are allowed; "
            "choose a shorter window, a lower rate or fewer rounds"
        )


def whole(options: dict[str, float]) -> dict[str, Any]:
    """JSON does not distinguish 24 from 24.0; what is not whole is left for the task to refuse."""
    return {name: int(value) if value == int(value) else value for name, value in options.items()}
