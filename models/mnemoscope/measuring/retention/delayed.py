"""The run of one measured delay, over one window of the signal. No torch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mnemoscope import tasks
from mnemoscope.measuring.retention.windows import LEAD, needed
from mnemoscope.tasks import Episode

TASK = "signal-recall"


def episode(window: Sequence[float] | NDArray[np.floating], segment: int, delay: int) -> Episode:
    """What models hear and are asked, from `needed(segment, delay)` values on; during the replay the signal is hidden.

    Raises UnknownTask for a segment or a delay that the task does not have.
    """
    cue = needed(segment, delay)
    values = np.zeros(cue + segment, np.float32)
    heard = np.asarray(window[:cue], np.float32)
    values[: len(heard)] = heard
    return tasks.get(TASK).episode(values, lead=LEAD, segment=segment, delay=delay)
