"""What a run would show first of a signal, where nobody has said it. NumPy only, no torch.

Blocking: call it in a thread.
"""

from mnemoscope import tasks
from mnemoscope.tasks import suggestion
from mnemoscope_server.planning import task_cards
from mnemoscope_server.schemas.signals import MadeQuestion, Suggestion, WindowQuestion
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.uploads import Uploads


def of_upload(request: WindowQuestion, upload_id: str, *, uploads: Uploads) -> Suggestion:
    """For a channel of a file. Raises UnknownUpload, UnknownTask for options, or a task without a signal."""
    _require_signal(request.task, upload_id)
    series = uploads.series(upload_id, request.channel, request.labels)
    return _answer(suggestion.suggest(request.task, series, task_cards.whole(request.task_params)))


def of_generator(request: MadeQuestion, *, settings: Settings) -> Suggestion:
    """For a generated signal. Raises SignalError, UnknownTask."""
    _require_signal(request.task, request.kind)
    options = task_cards.whole(request.task_params)
    found = suggestion.suggest_made(
        request.task, request.kind, seed=request.seed, params=request.params, options=options
    )
    task_cards.require_steps(found.stop, settings)
    return _answer(found)


def _require_signal(task: str, signal: str) -> None:
    found = tasks.get(task)
    if not found.takes_signal:
        found.no_signal(signal)


def _answer(found: suggestion.Suggestion) -> Suggestion:
    return Suggestion(
        start=found.start, stop=found.stop, resample_to=found.resample_to, task_params=found.options, why=found.why
    )
