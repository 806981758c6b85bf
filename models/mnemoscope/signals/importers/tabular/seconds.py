"""Seconds of the rows, from the columns that say the time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular import dates, times
from mnemoscope.signals.importers.tabular.cells import ABSENT
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.numbers import decimals_of, is_missing
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.importers.tabular.spans import unit_of_time, when
from mnemoscope.signals.importers.tabular.time_units import is_time_name


def time_columns(draft: Draft) -> TimeChoice | None:
    """The columns that say the time, None where none does. Raises ImportFileError where the one asked for does not."""
    asked = None
    if draft.options.time is not None:
        asked = [draft.column_of(name) for name in draft.options.time if name != "none"]
    choice = times.choose(draft.sampled, draft.options, asked)
    if choice is None and asked:
        raise ImportFileError(
            f"column {draft.raw.names[asked[0]]} holds no time that can be read",
            where=f"column {draft.raw.names[asked[0]]}",
            hint="Choose another column, or say how its times are written.",
        )
    if choice is not None and choice.guess is not None:
        draft.guesses.append(choice.guess)
    draft.resolved["time"] = [draft.raw.names[i] for i in choice.columns] if choice is not None else []
    if choice is not None and (unit := unit_of_time(choice)) is not None:
        draft.resolved["time_unit"] = unit
    return choice


_TWO_NUMBERS = re.compile(r"\d\D+\d")


def ask_of_unread_times(draft: Draft, choice: TimeChoice | None) -> None:
    """Tell the user of a column that is called a time, or stands first and is written as one, and that nothing here can read."""
    if draft.options.time is not None or (choice is not None and choice.kind != "index"):
        return
    found, raw = draft.sampled, draft.raw
    for i, cells in enumerate(found.cells):
        known = [cell for cell in cells if not is_missing(cell)]
        if i in found.stamps or raw.is_numeric(i) or len(known) < 2 or len(set(known)) < 0.5 * len(known):
            continue
        digits = all(any(c.isdecimal() for c in cell) for cell in known)
        if digits and (is_time_name(found.base(i)) or (i == 0 and all(_TWO_NUMBERS.search(cell) for cell in known))):
            evidence = (
                f"column {raw.names[i]} reads {known[0][:40]!r}, which is no time that is known here; say how its times are "
                "written, or enter the rate"
            )
            draft.guesses.append(Guess("time", "counted rows", evidence, question=True))
            return


def seconds_of(draft: Draft, choice: TimeChoice) -> tuple[NDArray[np.float64] | None, float]:
    """Seconds of the rows and of their last written digit."""
    raw = draft.raw
    if choice.kind == "index":
        return None, 0.0
    if choice.kind == "number":
        column = choice.columns[0]
        numbers = raw.values[column].astype(np.float64, copy=False)
        if choice.calendar:
            whole = np.where(np.isfinite(numbers), numbers, 1970).astype(np.int64)
            ones = np.ones(len(whole), np.int64)
            day = dates.days_of(whole, ones, ones).astype(np.float64)
            draft.notes.append("time: years")
            draft.origin = 0.0
            return np.where(np.isfinite(numbers), day * 86_400, np.nan), 86_400.0
        draft.notes.append(f"time: {choice.text}")
        first = numbers[np.isfinite(numbers)]
        digits = decimals_of(draft.sampled.cells[column], raw.cells[column].style.decimal)
        size = float(np.abs(first).max()) if len(first) else 0.0
        resolution = 10.0**-digits if digits is not None else size * 1e-6
        offset = first[0] if len(first) else 0.0
        if draft.resolved.get("time_unit") == "unix":
            draft.origin = float(offset) * choice.factor
        return (numbers - offset) * choice.factor, max(resolution, float(np.spacing(size))) * choice.factor
    if choice.kind == "fields":
        return _from_fields(draft, choice)
    return _from_stamps(draft, choice)


def _field(draft: Draft, column: int) -> NDArray[Any]:
    """Numbers of a column that says a part of a date; 1 … 12 of one that names months."""
    raw = draft.raw
    if raw.is_numeric(column):
        return raw.values[column]
    months = [dates.month_of(text) or np.nan for text in raw.cells[column].texts]
    codes = raw.codes[column]
    return np.where(codes >= 0, np.array([*months, np.nan])[np.maximum(codes, 0)], np.nan)


def _from_fields(draft: Draft, choice: TimeChoice) -> tuple[NDArray[np.float64], float]:
    raw = draft.raw
    count = raw.count
    got = {role: _field(draft, i) for role, i in zip(choice.roles, choice.columns, strict=True) if role != "D"}
    known = np.logical_and.reduce([np.isfinite(values) for values in got.values()])

    def whole(role: str, default: int) -> NDArray[np.int64]:
        values = got.get(role)
        return (
            np.full(count, default, np.int64) if values is None else np.where(known, values, default).astype(np.int64)
        )

    if choice.roles[0] == "D":
        stamps, form = _parsed(draft, choice.columns[:1], choice)
        days = np.floor(stamps.whole / 86_400)
        known &= stamps.known
        draft.notes.append(f"times read as {form} and {raw.names[choice.columns[1]]}")
    else:
        year = whole("Y", 1970)
        short = year < 100
        year = np.where(short, np.where(year < 69, 2000, 1900) + year, year)
        month = 3 * whole("q", 1) - 2 if "q" in got else np.clip(whole("m", 1), 1, 12)
        days = dates.days_of(year, month, whole("d", 1)).astype(np.float64)
        if "j" in got:
            ones = np.ones(count, np.int64)
            days = dates.days_of(year, ones, ones).astype(np.float64) + whole("j", 1) - 1
        draft.notes.append(f"times put together from {choice.text}")
    hour, minute = whole("H", 0), whole("M", 0)
    if "h" in got:
        hour, minute = whole("h", 0) // 100, whole("h", 0) % 100
    elif "H" in got and not (whole("H", 0) == 0).any() and (whole("H", 0) == 24).any():
        draft.notes.append("hours count from 1 to 24: an hour is named by its end")
    seconds = days * 86_400 + hour * 3600 + minute * 60
    if "S" in got:
        seconds = seconds + np.where(known, got["S"], 0.0)
    first = seconds[known][0] if known.any() else 0.0
    draft.origin = float(first)
    resolution = next(
        (width for role, width in (("S", 1.0), ("M", 60.0), ("h", 60.0), ("H", 3600.0)) if role in got), 86_400.0
    )
    return np.where(known, seconds - first, np.nan), resolution


def _blocks(draft: Draft, choice: TimeChoice, columns: Sequence[int]) -> Iterable[str]:
    """The text of the times, joined by line breaks, block by block; empty where a time is missing."""
    cells = [draft.raw.cells[i] for i in columns]
    for column, i in zip(cells, columns, strict=True):
        if not column.kept:
            raise ImportFileError(
                f"column {draft.raw.names[i]} holds no dates",
                hint="Choose another column, or say the unit of its numbers.",
            )
    gone = any(bool((draft.raw.codes[i] == ABSENT).any()) for i in choice.columns)
    if len(cells) == 1 and not gone:
        return cells[0].kept
    absent = draft.options.tokens
    blocks: list[str] = []
    for parts in zip(*(column.kept for column in cells), strict=True):
        rows = zip(*(part.split("\n") for part in parts), strict=True)
        blocks.append("\n".join(
            "" if any(is_missing(cell) or cell.strip().lower() in absent for cell in row) else " ".join(cell.strip() for cell in row)
            for row in rows
        ))  # fmt: skip
    return blocks


def _parsed(draft: Draft, columns: Sequence[int], choice: TimeChoice) -> tuple[dates.Stamps, str]:
    """Stamps by the format that fits all cells; where day and month can change places, by the more even one."""
    blocks, count = _blocks(draft, choice, columns), draft.raw.count
    best: list[tuple[int, str, dates.Stamps]] = []
    worst: tuple[int, str, dates.Stamps] | None = None
    damaged: list[tuple[int, str, dates.Stamps, list[int]]] = []
    for form in choice.formats:
        try:
            stamps, bad = dates.parse_blocks(blocks, form)
        except ValueError as error:
            raise ImportFileError(
                str(error), hint="Write the format in the words of strptime, such as %d/%m/%Y %H:%M."
            ) from error
        stamps = dates.Stamps(stamps.whole[:count], stamps.part[:count], stamps.known[:count], stamps.zones)
        bad = [row for row in bad if row < count]
        few = len(bad) <= count // 100 + (count >= dates.MANY)
        if not bad:
            best.append((_unevenness(draft, stamps), form, stamps))
        elif few and choice.formats != (draft.options.time_format,):
            damaged.append((len(bad), form, stamps, bad))
        elif worst is None or bad[0] > worst[0]:
            worst = (bad[0], form, stamps)
    if not best and damaged:
        fewest = min(len(rows) for *_, rows in damaged)
        best = [(_unevenness(draft, stamps), form, stamps) for many, form, stamps, _ in damaged if many == fewest]
        draft.timeless = next(rows for *_, rows in damaged if len(rows) == fewest)
    if not best:
        assert worst is not None, "a choice has at least one format"
        row, form, _ = worst
        cell = "\n".join(blocks).split("\n")[row].strip()[:40]
        raise ImportFileError(
            f"{cell!r} is not a time like {form}",
            where=draft.where(row, choice.columns[0]),
            hint="Write all times in one format, or import it as a missing time.",
            retry=retry(f"Treat “{cell}” as missing", missing=[cell])
            if cell.isprintable() and len(cell) < 40
            else None,
        )
    best.sort(key=lambda entry: entry[0])
    _doubt(draft, best, choice)
    return best[0][2], best[0][1]


def _unevenness(draft: Draft, stamps: dates.Stamps) -> int:
    """How far times are from even: rows that run back, then kinds of steps."""
    seconds = stamps.seconds()[stamps.known]
    steps = np.diff(seconds)
    if not len(steps):
        return 0
    sign = -1 if (steps < 0).mean() > 0.9 else 1
    months = np.round(sign * steps / 2_629_746.0)
    monthly = bool((np.abs(sign * steps - months * 2_629_746.0) < 3.5 * 86_400).all() and (months >= 1).all())
    kinds = len(np.unique(months if monthly else np.round(steps, 3)))
    return 1000 * int((sign * steps < 0).sum()) + kinds


def _doubt(draft: Draft, best: list[tuple[int, str, dates.Stamps]], choice: TimeChoice) -> None:
    score, form, stamps = best[0]
    doubt = ""
    # where every day is that of its month both readings agree, and nothing is in doubt
    rival = next((entry for entry in best[1:] if (entry[2].whole != stamps.whole).any()), None)
    if rival is not None:
        clear, other = rival[0] > score, rival[1]
        what = (
            "order of day and month"
            if other == dates.swapped(form)
            else "time of day"
            if form in dates.CLOCKS
            else "format of the dates"
        )
        row = int(np.argmax(rival[2].whole != stamps.whole))

        def meant(form: str, stamps: dates.Stamps) -> str:
            cells = [draft.sampled.cells[i] for i in choice.columns]
            if row >= min(map(len, cells)) or "%d" not in form:
                return form
            return f"{' '.join(column[row] for column in cells)} is {when(float(stamps.whole[row]))}"

        draft.guesses.append(
            Guess(
                what, meant(form, stamps), "its steps are more even" if clear else "both are as even",
                tuple(Alternative(meant(entry[1], entry[2]), {"time_format": entry[1]}) for entry in best[1:4]),
                question=rival[0] < score + 3,
            )
        )  # fmt: skip
        doubt = f" ({other} would fit as well)"
    draft.notes.append(f"times read as {form}{doubt}")


FRAMES = (24, 25, 30, 50, 60)
"""Frames of a film in a second."""


def _frames(draft: Draft, stamps: dates.Stamps, form: str) -> dates.Stamps:
    """Times whose last two digits never reach a rate of films: they count frames, which the user is asked about."""
    last = np.round(stamps.part[stamps.known] * 100).astype(int)
    highest = int(last.max(initial=0))
    if highest + 1 not in FRAMES or len(np.unique(last)) < 0.8 * (highest + 1):
        return stamps
    rate = highest + 1
    hundredths = Alternative("hundredths of a second", {"time_format": form})
    evidence = f"they end at {highest:02d}"
    draft.guesses.append(
        Guess("last digits of the times", f"frames, {rate} a second", evidence, (hundredths,), question=True)
    )
    return stamps._replace(part=np.round(stamps.part * 100) / rate)


def _from_stamps(draft: Draft, choice: TimeChoice) -> tuple[NDArray[np.float64], float]:
    stamps, form = _parsed(draft, choice.columns, choice)
    for i in choice.columns:  # the texts have said all that they can
        draft.raw.cells[i].kept = []
    draft.resolved["time_format"] = form
    if choice.calendar and stamps.known.any():
        draft.origin = float(stamps.whole[np.argmax(stamps.known)])
    if stamps.zones:
        draft.notes.append(
            f"the zone {', '.join(sorted(stamps.zones))} is not known; its times were taken as they stand"
        )
    if form.endswith("%S:%f") and draft.options.time_format is None:
        stamps = _frames(draft, stamps, form)
    seconds = stamps.seconds()
    cells = [" ".join(parts) for parts in zip(*(draft.sampled.cells[i] for i in choice.columns), strict=True)]
    resolution = dates.resolution([cell for cell in cells if cell.strip()][:300], form)
    if not choice.calendar and "%m" not in form and "%b" not in form:
        steps = np.diff(np.where(np.isfinite(seconds), seconds, 0.0))
        midnights = np.concatenate(([0], np.cumsum(steps < -43_200)))
        if midnights[-1]:
            seconds = seconds + 86_400.0 * midnights
            draft.notes.append(f"the time of day passes midnight {counted(int(midnights[-1]), 'time')}")
    return seconds, resolution
