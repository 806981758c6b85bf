"""Tasks over HTTP: what each is, and what a run of one will be."""

from pydantic import Field

from mnemoscope.format.entries import Event
from mnemoscope_server.schemas.base import Answer, Finite, Question


class TaskOption(Answer):
    """One option of a task; a key of `task_params`. Values are whole numbers of low … high."""

    name: str
    label: str
    description: str
    unit: str
    """Of the number: `steps`, or nothing."""
    default: int
    low: int
    high: int
    suggested_low: int
    suggested_high: int
    """What a control offers; beyond it, to low and high, a number can be typed."""
    trained: tuple[int, int] | None
    """What models were trained on, where that is known; beyond it a plan has a warning."""


class TaskCard(Answer):
    """One task that models can be run on."""

    name: str
    """Name to ask for in POST /api/sessions."""
    label: str
    metric: str
    """What an answer is measured in; lower is better."""
    measure: str
    """What the metric counts, in a sentence."""
    description: str
    """What the model is asked to do, in one sentence."""
    takes_signal: bool
    """True: runs on an uploaded, generated or drawn signal (or on one that it makes up); false: makes its own bits, and
    only `{"kind": "none"}` is a signal for it."""
    options: list[TaskOption]


class TaskPlanRequest(Question):
    """Options of a task as in `task_params` of POST /api/sessions."""

    options: dict[str, Finite] = Field(default_factory=dict)
    steps: int | None = Field(default=None, ge=1)
    """Length of the signal; null where the task makes its own input."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    weigh: bool = False
    """Answer also what cannot be, with its `obstacle`, instead of refusing it: for a form, whose window is on its way to another one."""


class TaskPlan(Answer):
    """What a run with these options will be."""

    task: str
    options: dict[str, int]
    """As the run will have them."""
    steps: int
    events: list[Event]
    """What is stored and recalled, and when."""
    most: dict[str, int]
    """The greatest value that the steps have room for, of the options that depend on them."""
    warnings: list[str]
    """What is asked of models that they were not trained on, as sentences."""
    obstacle: str
    """Why there is no such run, with a way out; empty where there is one, as always where it was not asked to `weigh`."""
