"""The rate of the rows, by their times, by what stands beside them, or as entered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import Clock, rate_in_words
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.sampled import TimeChoice


def rate_of(
    draft: Draft,
    choice: TimeChoice | None,
    seconds: NDArray[np.float64] | None,
    clock: Clock | None,
    stated: float | None,
    evidence: str,
) -> tuple[float | None, str, NDArray[np.float64] | None, Clock | None]:
    """Rate, the words for it, seconds of the rows, and the clock by them."""
    rate, source = None, "the file has no column of times; enter a sampling rate"
    if choice is not None and choice.kind == "index":
        source = "the first column counts rows, not seconds; enter a sampling rate"
    if clock is not None:
        rate, source = clock.sample_rate, clock.text
        _odd(draft, clock)
    time = None
    if seconds is not None and clock is not None:
        time = seconds - seconds[np.isfinite(seconds)][0]
        if clock.places is not None and clock.sample_rate:
            time = np.where(clock.places >= 0, clock.places / clock.sample_rate, np.nan)
    if stated is not None and draft.options.sample_rate is None:
        if rate is None and time is None:
            rate, source = stated, f"{evidence!r} {draft.stated_where} = {rate_in_words(stated)}"
        elif rate is not None and abs(stated / rate - 1) > 0.01:
            other = Alternative(f"{rate_in_words(stated)}, as the line says", {"sample_rate": stated})
            draft.guesses.append(
                Guess(
                    "sampling rate",
                    rate_in_words(rate),
                    f"the times say so, the line {evidence!r} says {rate_in_words(stated)}",
                    (other,),
                    question=True,
                )
            )
    if draft.options.sample_rate is not None:
        rate = draft.options.sample_rate
        source = f"{rate_in_words(rate)}, as entered"
        time, clock = retimed(time, clock, rate)
    return rate, source, time, clock


def _odd(draft: Draft, clock: Clock) -> None:
    if clock.gaps:
        draft.notes.append(
            f"{counted(len(clock.gaps), 'gap')} with {counted(clock.missing_rows, 'missing row')}: steps longer than {1.5 * clock.median:g} s "
            f"(longest {clock.longest:g} s); nothing was filled in"
        )
    if clock.otherwise is not None and clock.sample_rate is not None:
        other = Alternative(f"{rate_in_words(clock.otherwise)} without a missing row", {"sample_rate": clock.otherwise})
        evidence = f"with {counted(clock.missing_rows, 'missing row')} then; the times as they are written allow both"
        share = clock.missing_rows / max(1, len(clock.gaps) + 1)
        draft.guesses.append(
            Guess(
                "sampling rate",
                rate_in_words(clock.sample_rate),
                evidence,
                (other,),
                question=share > 0 and len(clock.gaps) > 3,
            )
        )
    elif clock.uncertain and clock.low and clock.high and clock.sample_rate:
        evidence = f"the times as they are written allow {rate_in_words(clock.low)} to {rate_in_words(clock.high)}"
        draft.guesses.append(Guess("sampling rate", rate_in_words(clock.sample_rate), evidence, question=True))
    if clock.duplicates:
        draft.notes.append(f"{counted(clock.duplicates, 'row')} with the time of the row before")


def retimed(
    time: NDArray[np.float64] | None, clock: Clock | None, rate: float
) -> tuple[NDArray[np.float64] | None, Clock | None]:
    """Times and clock of rows when somebody who knows says the rate: rows stay where they are on the grid, gaps stay gaps."""
    if time is None or clock is None:
        return None, None
    if clock.sample_rate is None:
        return time, clock
    return time * (clock.sample_rate / rate), replace(
        clock, sample_rate=rate, text=f"{rate_in_words(rate)}, as entered", low=None, high=None
    )
