"""Real files, against figures measured by other programs."""

import json

import numpy as np
import pytest

from mnemoscope.signals.importers.csv import reader as csv_import
from tests import DATA


@pytest.fixture(scope="module")
def truth():
    return json.loads((DATA / "TRUTH.json").read_text())


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("nab_ops/nyc_taxi.csv", "value"),
        ("nab_ops/ambient_temperature_system_failure.csv", "value"),
        ("nab_ops/speed_7578.csv", "value"),
        ("climate_astro/co2.csv", "co2"),
        ("climate_astro/sunspots.csv", "SUNACTIVITY"),
    ],
)
def test_figures_agree(truth, file, column):
    """Number, missing, smallest, largest, mean; median step and gaps where they are known."""
    table = csv_import.read(DATA / file)
    wanted, got = truth[file][column], next(c for c in table.columns if c.name == column)
    assert got.values is not None
    assert len(got.values) == wanted["n"]
    assert got.missing == wanted["nan"]
    assert got.low == pytest.approx(wanted["min"], abs=1e-6)
    assert got.high == pytest.approx(wanted["max"], abs=1e-6)
    assert got.mean == pytest.approx(wanted["mean"], abs=1e-5)
    if "dt_median" in truth[file]:
        assert table.timing is not None
        assert table.timing.median == truth[file]["dt_median"]
        assert table.timing.shortest == truth[file]["dt_min"]
        assert table.timing.longest == truth[file]["dt_max"]
        assert table.time is not None
        steps = np.diff(table.time)
        assert (steps > 2 * table.timing.median).sum() == truth[file]["gaps_over_2x_median"]
        assert len(table.timing.gaps) == (steps >= 1.5 * table.timing.median).sum()


def test_heart_beats_have_their_rate_units_and_names():
    """360 Hz is found although the times are rounded to microseconds."""
    report = csv_import.read(DATA / "ecg_mitbih_100" / "100_3s.csv").report
    assert report["sample_rate"] == 360.0
    assert [(c["name"], c["unit"]) for c in report["columns"][1:]] == [("MLII", "mV"), ("V5", "mV")]


def test_dates_written_as_integers_are_dates(truth):
    """YYYYMMDD, weekly, with blanks."""
    table = csv_import.read(DATA / "climate_astro" / "co2.csv")
    assert truth["climate_astro/co2.csv"]["date_format"] == "YYYYMMDD as integer"
    assert table.report["sample_rate"] == pytest.approx(1 / 604800)


@pytest.mark.parametrize(("file", "years"), [("elnino.csv", 61), ("sunspots_monthly.dat", 261)])
def test_a_row_per_year_is_offered_as_months_in_order(file, years):
    """Titles, rules and remarks are no data; the last year may be cut short."""
    table = csv_import.read(DATA / "climate_astro" / file)
    assert table.report["rows"] == years
    months = table.columns[-1]
    assert months.values is not None
    assert len(months.values) == 12 * years
    assert table.series(months.index).sample_rate == pytest.approx(12 / 31_556_952)
    if years == 261:
        np.testing.assert_allclose(months.values[-12:-6], [1.5, 1.4, 0.7, 1.2, 2.9, 2.6], rtol=1e-6)
        assert months.missing == 6
