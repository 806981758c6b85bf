"""From the cells of a whole file to a table: types, time, order, which series, units, report."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.clock import YEAR, Clock, clock_of, rate_in_words
from mnemoscope.signals.importers.completed import complete
from mnemoscope.signals.importers.csv import dates, times
from mnemoscope.signals.importers.csv.cells import ABSENT, NUMBER, Cells
from mnemoscope.signals.importers.csv.columns import (
    FAR,
    LABEL_NAMES,
    figures,
    narrowed,
    sentinel,
)
from mnemoscope.signals.importers.csv.names import named_unit, unit_of
from mnemoscope.signals.importers.csv.numbers import TRUTHS, decimals_of, is_missing
from mnemoscope.signals.importers.csv.resolved import spanned, unit_of_time, when
from mnemoscope.signals.importers.csv.times import Sampled, TimeChoice
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess, LeftOut
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.states import MAX_LABELS, labelled_ranges, numbered

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SERIES_NAME = re.compile(
    r".*(id|series|sensor|station|site|channel|node|device|unit|var(iable)?|metric|name|item|param(eter)?|geo|country|source|tag|symbol"
    r"|group|subject|meter|location|probe|type|entity|key|field)s?$|_field",
    re.IGNORECASE,
)


@dataclass
class Raw:
    """The cells of a file, column by column."""

    names: Sequence[str]
    units: Sequence[str | None]
    cells: list[Cells]
    values: list[NDArray[np.float64]]
    codes: list[NDArray[np.int32]]
    count: int
    as_text: set[int] = field(default_factory=set[int])
    """Columns that are text although there may be numbers among it."""

    def is_numeric(self, i: int) -> bool:
        """Whether a column holds numbers."""
        return i not in self.as_text and bool((self.codes[i] == NUMBER).any())

    def taken(self, rows: NDArray[Any]) -> Raw:
        """The same with these rows alone, in this order."""
        values, codes = [v[rows] for v in self.values], [c[rows] for c in self.codes]
        return replace(self, values=values, codes=codes, count=len(codes[0]))


@dataclass
class Assembly:
    """One table being put together; notes and guesses grow on the way."""

    raw: Raw
    sampled: Sampled
    options: ImportOptions
    column_of: Callable[[str], int]
    where: Callable[..., str]
    notes: list[str]
    guesses: list[Guess]
    sentinels: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    stated_where: str = "above the data"
    """Where the file says a rate, besides by its times."""
    resolved: dict[str, Any] = field(default_factory=dict[str, Any])
    """ImportOptions for what was found out on the way."""
    origin: float | None = None
    """Seconds from 1970 to the first row of the file whose date is known."""
    picked: NDArray[np.bool_] | None = None
    """Which rows of the file belong to the series, where several stand in one column."""

    def table(self, report: dict[str, Any], stated_rate: float | None, evidence: str, left_out: LeftOut) -> Table:
        """The table; stated_rate: Hz that the lines above the data say, by the line `evidence`."""
        if self.options.layout == "wrapped":
            return self._wrapped(report, stated_rate, evidence, left_out)
        choice = self._time()
        seconds, resolution = self._seconds(choice) if choice else (None, 0.0)
        seconds = self._one_series(choice, seconds)
        if choice is None or choice.kind == "index":
            self._cycling(choice)
        seconds = self._ordered(choice, seconds)
        clock = None
        if seconds is not None and choice is not None:
            name = " and ".join(self.raw.names[i] for i in choice.columns)
            clock = clock_of(seconds, name=name, resolution=resolution, dates=choice.calendar)
        rate, source, time, clock = self._rate(choice, seconds, clock, stated_rate, evidence)
        if self.origin is not None and seconds is not None and np.isfinite(seconds).any():
            known = seconds[np.isfinite(seconds)]
            report = report | {"span": spanned(self.origin + float(known[0]), self.origin + float(known[-1]))}
        columns = [self._column(i, choice) for i in range(len(self.raw.names))]
        if all(c.values is None or c.missing == len(c.values) for c in columns):
            raise self._nothing(columns)
        self._wide(columns)
        table = Table(columns, time, clock)
        missing_time = int(np.isnan(seconds).sum()) if seconds is not None else 0
        if missing_time:
            self.notes.append(f"{missing_time} row(s) have no time")
        self._finish(table, report, choice, rate, source, left_out)
        return table

    def _nothing(self, columns: list[Column]) -> ImportFileError:
        shown = next((next(iter(cells.texts)) for cells in self.raw.cells if cells.texts and not cells.stamps), None)
        if shown is None:
            return ImportFileError(
                "no column holds a number: every cell is missing",
                hint="Choose a file with at least one column of numbers.",
            )
        return ImportFileError(
            f"no column holds numbers; a cell reads {shown[:40]!r}",
            hint="Choose a file with at least one column of numbers.",
        )

    # --- time

    def _time(self) -> TimeChoice | None:
        asked = None
        if self.options.time is not None:
            asked = [self.column_of(name) for name in self.options.time if name != "none"]
        choice = times.choose(self.sampled, self.options, asked)
        if choice is None and asked:
            raise ImportFileError(
                f"column {self.raw.names[asked[0]]} holds no time that can be read",
                where=f"column {self.raw.names[asked[0]]}",
                hint="Choose another column, or say how its times are written.",
            )
        if choice is not None and choice.guess is not None:
            self.guesses.append(choice.guess)
        self.resolved["time"] = [self.raw.names[i] for i in choice.columns] if choice is not None else []
        if choice is not None and (unit := unit_of_time(choice)) is not None:
            self.resolved["time_unit"] = unit
        return choice

    def _seconds(self, choice: TimeChoice) -> tuple[NDArray[np.float64] | None, float]:
        """Seconds of the rows and of their last written digit."""
        raw = self.raw
        if choice.kind == "index":
            return None, 0.0
        if choice.kind == "number":
            column = choice.columns[0]
            numbers = raw.values[column]
            if choice.calendar:
                whole = np.where(np.isfinite(numbers), numbers, 1970).astype(np.int64)
                ones = np.ones(len(whole), np.int64)
                day = dates.days_of(whole, ones, ones).astype(np.float64)
                self.notes.append("time: years")
                self.origin = 0.0
                return np.where(np.isfinite(numbers), day * 86_400, np.nan), 86_400.0
            self.notes.append(f"time: {choice.text}")
            first = numbers[np.isfinite(numbers)]
            digits = decimals_of(self.sampled.cells[column], raw.cells[column].style.decimal)
            size = float(np.abs(first).max()) if len(first) else 0.0
            resolution = 10.0**-digits if digits is not None else size * 1e-6
            offset = first[0] if len(first) else 0.0
            if self.resolved.get("time_unit") == "unix":
                self.origin = float(offset) * choice.factor
            return (numbers - offset) * choice.factor, max(resolution, float(np.spacing(size))) * choice.factor
        if choice.kind == "fields":
            return self._from_fields(choice)
        return self._from_stamps(choice)

    def _from_fields(self, choice: TimeChoice) -> tuple[NDArray[np.float64], float]:
        raw = self.raw
        count = raw.count
        got = {role: raw.values[i] for role, i in zip(choice.roles, choice.columns, strict=True) if role != "D"}
        known = np.logical_and.reduce([np.isfinite(values) for values in got.values()])

        def whole(role: str, default: int) -> NDArray[np.int64]:
            values = got.get(role)
            return (
                np.full(count, default, np.int64)
                if values is None
                else np.where(known, values, default).astype(np.int64)
            )

        if choice.roles[0] == "D":
            stamps, form = self._parsed(choice.columns[:1], choice)
            days = np.floor(stamps.whole / 86_400)
            known &= stamps.known
            self.notes.append(f"times read as {form} and {raw.names[choice.columns[1]]}")
        else:
            year = whole("Y", 1970)
            short = year < 100
            year = np.where(short, np.where(year < 69, 2000, 1900) + year, year)
            days = dates.days_of(year, np.clip(whole("m", 1), 1, 12), whole("d", 1)).astype(np.float64)
            if "j" in got:
                ones = np.ones(count, np.int64)
                days = dates.days_of(year, ones, ones).astype(np.float64) + whole("j", 1) - 1
            self.notes.append(f"times put together from {choice.text}")
        hour, minute = whole("H", 0), whole("M", 0)
        if "h" in got:
            hour, minute = whole("h", 0) // 100, whole("h", 0) % 100
        elif "H" in got and not (whole("H", 0) == 0).any() and (whole("H", 0) == 24).any():
            self.notes.append("hours count from 1 to 24: an hour is named by its end")
        seconds = days * 86_400 + hour * 3600 + minute * 60
        if "S" in got:
            seconds = seconds + np.where(known, got["S"], 0.0)
        first = seconds[known][0] if known.any() else 0.0
        self.origin = float(first)
        resolution = next(
            (width for role, width in (("S", 1.0), ("M", 60.0), ("h", 60.0), ("H", 3600.0)) if role in got), 86_400.0
        )
        return np.where(known, seconds - first, np.nan), resolution

    def _blocks(self, choice: TimeChoice, columns: Sequence[int]) -> list[str]:
        """The text of the times, joined by line breaks, block by block; empty where a time is missing."""
        cells = [self.raw.cells[i] for i in columns]
        for column, i in zip(cells, columns, strict=True):
            if not column.kept:
                raise ImportFileError(
                    f"column {self.raw.names[i]} holds no dates",
                    hint="Choose another column, or say the unit of its numbers.",
                )
        gone = any(bool((self.raw.codes[i] == ABSENT).any()) for i in choice.columns)
        if len(cells) == 1 and not gone:
            return cells[0].kept
        absent = self.options.tokens
        blocks: list[str] = []
        for parts in zip(*(column.kept for column in cells), strict=True):
            rows = zip(*(part.split("\n") for part in parts), strict=True)
            blocks.append("\n".join(
                "" if any(is_missing(cell) or cell.strip().lower() in absent for cell in row) else " ".join(cell.strip() for cell in row)
                for row in rows
            ))  # fmt: skip
        return blocks

    def _parsed(self, columns: Sequence[int], choice: TimeChoice) -> tuple[dates.Stamps, str]:
        """Stamps by the format that fits all cells; where day and month can change places, by the more even one."""
        blocks, count = self._blocks(choice, columns), self.raw.count
        best: list[tuple[int, str, dates.Stamps]] = []
        worst: tuple[int, str, dates.Stamps] | None = None
        for form in choice.formats:
            try:
                stamps, bad = dates.parse_blocks(blocks, form)
            except ValueError as error:
                raise ImportFileError(
                    str(error), hint="Write the format in the words of strptime, such as %d/%m/%Y %H:%M."
                ) from error
            stamps = dates.Stamps(stamps.whole[:count], stamps.part[:count], stamps.known[:count], stamps.zones)
            bad = [row for row in bad if row < count]
            if not bad:
                best.append((self._unevenness(stamps), form, stamps))
            elif worst is None or bad[0] > worst[0]:
                worst = (bad[0], form, stamps)
        if not best:
            assert worst is not None, "a choice has at least one format"
            row, form, _ = worst
            cell = "\n".join(blocks).split("\n")[row].strip()[:40]
            raise ImportFileError(
                f"{cell!r} is not a time like {form}",
                where=self.where(row, choice.columns[0]),
                hint="Write all times in one format, or import it as a missing time.",
                retry=retry(f"Treat “{cell}” as missing", missing=[cell])
                if cell.isprintable() and len(cell) < 40
                else None,
            )
        best.sort(key=lambda entry: entry[0])
        self._doubt(best, choice)
        return best[0][2], best[0][1]

    def _some_missing(self, choice: TimeChoice) -> bool:
        return any(bool((self.raw.codes[i] == ABSENT).any()) for i in choice.columns)

    def _unevenness(self, stamps: dates.Stamps) -> int:
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

    def _doubt(self, best: list[tuple[int, str, dates.Stamps]], choice: TimeChoice) -> None:
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
                cells = [self.sampled.cells[i] for i in choice.columns]
                if row >= min(map(len, cells)) or "%d" not in form:
                    return form
                return f"{' '.join(column[row] for column in cells)} is {when(float(stamps.whole[row]))}"

            self.guesses.append(
                Guess(
                    what, meant(form, stamps), "its steps are more even" if clear else "both are as even",
                    tuple(Alternative(meant(entry[1], entry[2]), {"time_format": entry[1]}) for entry in best[1:4]),
                    question=rival[0] < score + 3,
                )
            )  # fmt: skip
            doubt = f" ({other} would fit as well)"
        self.notes.append(f"times read as {form}{doubt}")

    def _from_stamps(self, choice: TimeChoice) -> tuple[NDArray[np.float64], float]:
        stamps, form = self._parsed(choice.columns, choice)
        self.resolved["time_format"] = form
        if choice.calendar and stamps.known.any():
            self.origin = float(stamps.whole[np.argmax(stamps.known)])
        if stamps.zones:
            self.notes.append(
                f"the zone {', '.join(sorted(stamps.zones))} is not known; its times were taken as they stand"
            )
        seconds = stamps.seconds()
        cells = [" ".join(parts) for parts in zip(*(self.sampled.cells[i] for i in choice.columns), strict=True)]
        resolution = dates.resolution([cell for cell in cells if cell.strip()][:300], form)
        if not choice.calendar and "%m" not in form and "%b" not in form:
            steps = np.diff(np.where(np.isfinite(seconds), seconds, 0.0))
            midnights = np.concatenate(([0], np.cumsum(steps < -43_200)))
            if midnights[-1]:
                seconds = seconds + 86_400.0 * midnights
                self.notes.append(f"the time of day passes midnight {int(midnights[-1])} time(s)")
        return seconds, resolution

    # --- which rows, in which order

    def _one_series(self, choice: TimeChoice | None, seconds: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        """The rows of one series, where several stand in one column and another says which."""
        wanted = self.options.series_column
        if wanted == "none":
            return seconds
        keys: tuple[int, ...] | None = None
        if wanted is not None:
            keys = (self.column_of(wanted),)
        elif seconds is not None and choice is not None:
            keys = self._keys(choice, seconds)
        if keys is None:
            return seconds
        codes, names = self._groups(keys)
        if len(names) < 2:
            return seconds
        chosen = self.options.series if self.options.series is not None else names[int(codes[0])]
        if chosen not in names:
            raise ImportFileError(
                f"no row belongs to a series {chosen!r}", where=f"column {self.raw.names[keys[0]]}",
                hint=f"The series are {', '.join(names[:20])}.",
            )  # fmt: skip
        rows = np.flatnonzero(codes == names.index(chosen))
        label = " and ".join(self.raw.names[i] for i in keys)
        self.picked = codes == names.index(chosen)
        self.resolved["series"] = chosen
        if len(keys) == 1:
            self.resolved["series_column"] = self.raw.names[keys[0]]
        self.guesses.append(
            Guess(
                f"series of {label}", chosen, f"{len(names)} series stand in one column; {len(rows)} of {self.raw.count} rows belong to this one",
                tuple(Alternative(name, {"series": name}) for name in names if name != chosen)[:40]
                + (Alternative("all rows as one series", {"series_column": "none"}),),
                question=self.options.series is None,
            )
        )  # fmt: skip
        self.notes.append(f"{self.raw.count - len(rows)} row(s) belong to other series of {label}")
        self.raw = self.raw.taken(rows)
        return None if seconds is None else seconds[rows]

    def _groups(self, keys: tuple[int, ...]) -> tuple[NDArray[np.int64], list[str]]:
        """Which series each row belongs to, and their names in the order of first appearance."""
        combined = np.zeros(self.raw.count, np.int64)
        parts: list[tuple[NDArray[np.int64], list[str]]] = []
        for i in keys:
            codes = self.raw.codes[i]
            if (codes == NUMBER).any():
                kinds, at = np.unique(np.where(codes == NUMBER, self.raw.values[i], np.nan), return_inverse=True)
                parts.append((at.astype(np.int64), [f"{value:g}" for value in kinds.tolist()]))
            else:
                texts = list(self.raw.cells[i].texts)
                parts.append((np.where(codes >= 0, codes, len(texts)).astype(np.int64), [*texts, ""]))
            combined = combined * len(parts[-1][1]) + parts[-1][0]
        _, first, at = np.unique(combined, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        names = [" / ".join(words[int(part[first[kind]])] for part, words in parts) for kind in order]
        return place[at], names

    def _keys(self, choice: TimeChoice, seconds: NDArray[np.float64]) -> tuple[int, ...] | None:
        """Columns whose values tell series apart in which times rise, where they do not in the whole."""
        steps = np.diff(seconds)
        falling = bool((steps[np.isfinite(steps)] <= 0).all())
        odd = int((steps >= 0).sum() if falling else (steps <= 0).sum())
        if not odd or not len(steps):
            return None
        able: list[int] = []
        for i in range(len(self.raw.names)):
            if i in choice.columns:
                continue
            codes = self.raw.codes[i]
            if (codes == ABSENT).mean() > 0.01:
                continue
            if (codes >= 0).all():
                kinds = len(np.unique(codes))
            elif self.raw.is_numeric(i) and _SERIES_NAME.fullmatch(self.raw.names[i]):
                values = self.raw.values[i]
                known = values[np.isfinite(values)]
                kinds = len(np.unique(known)) if (known == np.round(known)).all() else 0
            else:
                continue
            if 2 <= kinds <= max(2, len(codes) // 2) and kinds <= 1000:
                able.append(i)
        able.sort(key=lambda i: (_SERIES_NAME.fullmatch(self.raw.names[i]) is None, i))
        pairs = [(a, b) for n, a in enumerate(able[:5]) for b in able[n + 1 : 5]]
        for keys in [*((i,) for i in able), *pairs]:
            codes, names = self._groups(keys)
            order = np.argsort(codes, kind="stable")
            same = np.diff(codes[order]) == 0
            inner = np.diff(seconds[order])[same]
            if len(inner) and len(names) <= self.raw.count / 2 and ((inner > 0).all() or (inner < 0).all()):
                return keys
        return None

    def _cycling(self, choice: TimeChoice | None) -> None:
        """Rows without a time whose labels come round and round may be several series."""
        if self.options.series_column is not None:
            return
        for i in range(len(self.raw.names)):
            codes = self.raw.codes[i]
            if (choice is None or i not in choice.columns) and (codes >= 0).all():
                kinds = len(np.unique(codes))
                if 2 <= kinds <= 64 and len(codes) >= 3 * kinds and (codes[kinds:] == codes[:-kinds]).all():
                    name = self.raw.names[i]
                    apart = Alternative(f"a series for each {name}", {"series_column": name})
                    evidence = f"{name} comes round every {kinds} rows"
                    self.guesses.append(Guess("series", "all rows as one series", evidence, (apart,), question=True))
                    return

    def _ordered(self, choice: TimeChoice | None, seconds: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        """Oldest first, where the file runs the other way or its rows are shuffled."""
        self.resolved["order"] = "file"
        if self.options.order == "reversed":
            self.resolved["order"] = "reversed"
            self.notes.append("the rows were put in the reverse order, as asked")
            self.raw = self.raw.taken(np.arange(self.raw.count)[::-1])
            return None if seconds is None else seconds[::-1]
        if seconds is None:
            return None
        steps = np.diff(seconds[np.isfinite(seconds)])
        back = int((steps < 0).sum())
        if not back:
            return seconds
        newest_first = back > 0 and not (steps > 0).any()
        order = np.argsort(seconds, kind="stable")
        evidence = "every row is older than the one before" if newest_first else f"time runs back {back} time(s)"
        if newest_first:
            order = np.arange(len(seconds))[::-1]
        as_file = Alternative("rows as they stand in the file", {"order": "file"})
        if self.options.order == "file" or (
            self.options.order is None and not newest_first and not self._makes_a_grid(seconds[order], back)
        ):
            what = "rows as they stand in the file"
            oldest = Alternative("oldest first", {"order": "time"})
            self.guesses.append(Guess("order of rows", what, evidence, (oldest,), question=self.options.order is None))
            self.notes.append(f"time runs back {back} time(s); rows stay in the order of the file")
            return seconds
        self.guesses.append(
            Guess("order of rows", "oldest first", evidence, (as_file,), question=self.options.order is None)
        )
        self.notes.append("the rows were put in the order of their times, oldest first")
        self.resolved["order"] = "time"
        self.raw = self.raw.taken(order)
        return seconds[order]

    def _makes_a_grid(self, ordered: NDArray[np.float64], back: int) -> bool:
        """Whether shuffled rows fit together without a hole or a double once they are put in order."""
        steps = np.diff(ordered[np.isfinite(ordered)])
        if not len(steps) or (steps <= 0).any() or back < 3:
            return False
        return float((np.abs(steps - np.median(steps)) <= 0.1 * np.median(steps)).mean()) >= 0.9

    # --- rate

    def _rate(
        self,
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
            self._odd(clock)
        time = None
        if seconds is not None and clock is not None:
            time = seconds - seconds[np.isfinite(seconds)][0]
            if clock.places is not None and clock.sample_rate:
                time = np.where(clock.places >= 0, clock.places / clock.sample_rate, np.nan)
        if stated is not None and self.options.sample_rate is None:
            if rate is None and time is None:
                rate, source = stated, f"{evidence!r} {self.stated_where} = {rate_in_words(stated)}"
            elif rate is not None and abs(stated / rate - 1) > 0.01:
                other = Alternative(f"{rate_in_words(stated)}, as the line says", {"sample_rate": stated})
                self.guesses.append(
                    Guess(
                        "sampling rate",
                        rate_in_words(rate),
                        f"the times say so, the line {evidence!r} says {rate_in_words(stated)}",
                        (other,),
                        question=True,
                    )
                )
        if self.options.sample_rate is not None:
            rate = self.options.sample_rate
            source = f"{rate_in_words(rate)}, as entered"
            time, clock = retimed(time, clock, rate)
        return rate, source, time, clock

    def _odd(self, clock: Clock) -> None:
        if clock.gaps:
            self.notes.append(
                f"{len(clock.gaps)} gap(s) with {clock.missing_rows} missing row(s): steps longer than {1.5 * clock.median:g} s "
                f"(longest {clock.longest:g} s); nothing was filled in"
            )
        if clock.otherwise is not None and clock.sample_rate is not None:
            other = Alternative(
                f"{rate_in_words(clock.otherwise)} without a missing row", {"sample_rate": clock.otherwise}
            )
            evidence = f"{clock.missing_rows} row(s) are missing then; the times as they are written allow both"
            share = clock.missing_rows / max(1, len(clock.gaps) + 1)
            self.guesses.append(
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
            self.guesses.append(Guess("sampling rate", rate_in_words(clock.sample_rate), evidence, question=True))
        if clock.duplicates:
            self.notes.append(f"{clock.duplicates} row(s) repeat the time of the row before")

    # --- columns

    def _column(self, i: int, choice: TimeChoice | None) -> Column:
        raw, cells = self.raw, self.raw.cells[i]
        name, unit = named_unit(raw.names[i], raw.units[i])
        absent = int((raw.codes[i] == ABSENT).sum())
        if choice is not None and i in choice.columns:
            return Column(i, raw.names[i], "time", unit, None, absent)
        codes = raw.codes[i]
        if not raw.is_numeric(i) and not (cells.truths() and i not in raw.as_text and (codes >= 0).any()):
            return self._text(i, name, unit, absent)
        values = raw.values[i]
        truths = False
        if not raw.is_numeric(i):
            table = np.array([TRUTHS[text.lower()] for text in cells.texts] or [np.nan])
            values = np.where(codes >= 0, table[np.maximum(codes, 0)], np.nan)
            truths = True
            self.notes.append(f"{name}: {' and '.join(list(cells.texts)[:4])} were read as 1 and 0")
        if unit is None and len(cells.units) == 1:
            unit = unit_of(next(iter(cells.units)))
            self.notes.append(f"{name}: the unit {unit} stands in the cells")
        if not truths and (extreme := sentinel(values)) is not None:
            values = self._sentinel(i, name, values, extreme)
        low, high, mean = figures(values)
        whole = bool((values[~np.isnan(values)] == np.round(values[~np.isnan(values)])).all())
        label = name.lower() in LABEL_NAMES and whole and len(np.unique(values[:10_000])) <= 20
        narrow = narrowed(values)
        again = choice is not None and (i in choice.beside or times.says_time(self.sampled, i))
        kind = "label" if label else "time" if again else "value"
        return Column(
            i,
            name,
            kind,
            unit,
            narrow,
            int(np.isnan(values).sum()),
            low,
            high,
            mean,
            labels=numbered(narrow) if label else (),
        )

    def _sentinel(
        self, i: int, name: str, values: NDArray[np.float64], extreme: tuple[float, int]
    ) -> NDArray[np.float64]:
        value, count = extreme
        self.notes.append(
            f"{name}: {value:g} occurs {count} times and lies far outside; if it means missing, import it so"
        )
        self.sentinels.append({"column": i, "value": value, "count": count})
        if abs(value) > FAR:
            self.guesses.append(
                Guess(
                    f"{value:g} in {name}",
                    "missing",
                    f"{count} such value(s); nothing measured is so large",
                    (),
                    question=True,
                )
            )
            return np.where(np.abs(values) > FAR, np.nan, values)
        ask = Alternative("missing", {"sentinels": [value]})
        evidence = f"it occurs {count} times and lies far outside"
        self.guesses.append(Guess(f"{value:g} in {name}", "a value", evidence, (ask,), question=True))
        return values

    def _text(self, i: int, name: str, unit: str | None, absent: int) -> Column:
        codes, cells = self.raw.codes[i], self.raw.cells[i]
        present = codes[codes != ABSENT]
        kinds = np.unique(present)
        few = 1 <= len(kinds) <= min(MAX_LABELS, max(len(codes) // 2, 1)) and (kinds >= 0).all()
        if not few:
            return Column(i, name, "text", unit, None, absent)
        names = list(cells.texts)
        at = {int(code): n for n, code in enumerate(kinds)}
        table = np.full(max(len(names), 1) + 4, -1, np.int16)
        for code, n in at.items():
            table[code] = n
        ranges = labelled_ranges(
            np.where(codes >= 0, table[codes], -1).astype(np.int16), [names[int(code)] for code in kinds]
        )
        return Column(i, name, "label", unit, None, absent, labels=ranges)

    def _wide(self, columns: list[Column]) -> None:
        """Year × month tables get one more channel: all months in order."""
        months = [c for c in columns if c.name.lower()[:3] in MONTHS and c.values is not None]
        if len(months) != 12 or [c.name.lower()[:3] for c in months] != list(MONTHS):
            return
        values = np.stack([c.values.astype(np.float32) for c in months if c.values is not None], 1).reshape(-1)
        index = len(columns)
        low, high, mean = figures(values.astype(np.float64))
        columns.append(
            Column(
                index,
                "all months in order",
                "value",
                months[0].unit,
                values,
                int(np.isnan(values).sum()),
                low,
                high,
                mean,
                12 / YEAR,
            )
        )
        self.notes.append(f"a row per year, a column per month: channel {index} holds all months in order")

    def _wrapped(self, report: dict[str, Any], stated: float | None, evidence: str, left_out: LeftOut) -> Table:
        """One series that goes on from row to row."""
        numeric = [i for i in range(len(self.raw.names)) if self.raw.is_numeric(i)]
        values = np.stack([self.raw.values[i] for i in numeric], 1).reshape(-1)
        while len(values) and np.isnan(values[-1]):
            values = values[:-1]
        low, high, mean = figures(values)
        column = Column(0, "values", "value", None, narrowed(values), int(np.isnan(values).sum()), low, high, mean)
        table = Table([column], None, None)
        rate = self.options.sample_rate or stated
        source = f"{evidence!r} above the data" if stated else "the file has no column of times; enter a sampling rate"
        self._finish(table, report, None, rate, source, left_out)
        table.report["rows"] = len(values)
        return table

    def _finish(
        self,
        table: Table,
        report: dict[str, Any],
        choice: TimeChoice | None,
        rate: float | None,
        source: str,
        left_out: LeftOut,
    ) -> None:
        complete(
            table,
            report | {"resolved": report["resolved"] | self.resolved},
            rows=self.raw.count,
            sample_rate=rate,
            rate_source=source,
            time_columns=choice.columns if choice is not None else (),
            guesses=self.guesses,
            notes=self.notes,
            left_out=left_out,
            sentinels=self.sentinels,
        )


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
