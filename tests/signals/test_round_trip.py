"""Whatever table is written in any dialect is read back to the same numbers and times. `make fuzz` for thousands of them."""

import math
import os
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import read_table

EXAMPLES = int(os.environ.get("MNEMOSCOPE_FUZZ", "60"))
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%b %d, %Y %H:%M:%S",
    "%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M:%S UTC", "%d/%m/%Y %I:%M:%S %p",
)  # fmt: skip
STEPS = (1, 2, 10, 30, 60, 300, 900, 1800, 3600, 86_400)
RATES = (1, 5, 10, 25, 50, 60, 64, 100, 125, 128, 200, 250, 256, 300, 360, 500, 512, 1000)


@st.composite
def dialects(draw):
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    decimal = draw(st.sampled_from([".", ","] if delimiter != "," else ["."]))
    groups = [""] + ([",", "'"] if decimal == "." else [".", "'"])
    if delimiter != " ":
        groups += [" ", "\u00a0", "\u202f"]
    return delimiter, decimal, draw(st.sampled_from([one for one in groups if one != delimiter]))


def written(value: float, digits: int, decimal: str, group: str, minus: str) -> str:
    whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
    if group and len(whole) > 3:
        whole = f"{int(whole):,}".replace(",", group)
    return (minus if value < 0 else "") + whole + (decimal + fraction if fraction else "")


@st.composite
def tables(draw):
    """Text, options, values, seconds from the first row."""
    delimiter, decimal, group = draw(dialects())
    count = draw(st.integers(12, 60))
    digits = draw(st.sampled_from([1, 2, 4, 5]))
    size = draw(st.sampled_from([1.0, 50.0, 4000.0, 3e6]))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    values = np.round(size * rng.normal(size=count) + draw(st.sampled_from([0.0, 0.5, 3.0])) * size, digits)
    minus = draw(st.sampled_from(["-", "−"]))
    unit = draw(st.sampled_from(["", " mV", " %", " °C"])) if delimiter != " " else ""
    cells = [written(float(value), digits, decimal, group, minus) + unit for value in values]
    lost = draw(st.sets(st.integers(4, count - 5), max_size=2))
    if draw(st.booleans()):
        step = draw(st.sampled_from(STEPS))
        form = draw(st.sampled_from(FORMATS))
        start = datetime(2019, draw(st.integers(1, 12)), draw(st.integers(13, 28)), draw(st.integers(0, 23)))
        times = [(start + timedelta(seconds=step * i)).strftime(form) for i in range(count)]
        rate, name = 1 / step, "when"
        if delimiter in form:
            times = [f'"{cell}"' for cell in times]
    else:
        rate = draw(st.sampled_from(RATES))
        places = max(1, math.ceil(math.log10(rate)) + draw(st.integers(1, 3)))
        times = [f"{i / rate:.{places}f}".replace(".", decimal) for i in range(count)]
        name = "t_s"
    if delimiter in unit and delimiter.strip():
        unit = ""
    kept = [i for i in range(count) if i not in lost]
    header = draw(st.booleans()) or name == "t_s"
    lines = [f"{name}{delimiter}x"] if header else []
    lines += [f"{times[i]}{delimiter}{cells[i]}" for i in kept]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    options = (
        {} if not (group or decimal == ",") else {"decimal": decimal} | ({"grouping": _kind(group)} if group else {})
    )
    told = draw(st.booleans()) or digits == 3
    return (end.join(lines) + end).encode(encoding), options if told else {}, values[kept], np.array(kept) / rate, rate


def _kind(group: str) -> str:
    return " " if group in "\u00a0\u202f" else group


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_what_is_written_is_read_back(tmp_path_factory, made):
    """The same numbers, the same times to half a step, the same rate; lost rows are gaps. Where a dozen rows allow several rates that is asked."""
    content, options, values, seconds, rate = made
    path = tmp_path_factory.mktemp("fuzz") / "x.csv"
    path.write_bytes(content)
    table = read_table(path, ImportOptions.from_json(options))
    column = next(c for c in table.columns if c.index == table.report["channel"])
    assert column.values is not None
    np.testing.assert_allclose(column.values, values, rtol=1e-6, atol=1e-6)
    assert table.time is not None
    step = 1 / rate
    asked = any(entry["what"] == "sampling rate" for entry in table.report["questions"])
    np.testing.assert_allclose(table.time, seconds, atol=(1.01 if asked else 0.51) * step)
    if table.report["sample_rate"] is not None:
        assert asked or table.report["sample_rate"] == pytest.approx(rate, rel=0.02)
