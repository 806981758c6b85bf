"""Units in the names of columns: taken where they are units, left where they are words."""

import pytest

from mnemoscope.signals.importers.files import load_series
from mnemoscope.signals.importers.tabular.names import named_unit


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("MLII (mV)", ("MLII", "mV")),
        ("P [bar]", ("P", "bar")),
        ("ECG, mV", ("ECG", "mV")),
        ("temperature_C", ("temperature", "°C")),
        ("speed (km/h)", ("speed", "km/h")),
        ("ecg/mV", ("ecg", "mV")),
        ("time/s", ("time", "s")),
        ("U/V", ("U", "V")),
        ("T/K", ("T", "K")),
        ("accX_g", ("accX", "g")),
        ("acc_m/s2", ("acc", "m/s2")),
        ("wind_speed_m_s", ("wind_speed", "m/s")),
        ("gyr_x_deg_s", ("gyr_x", "deg/s")),
        ("speed_kmh", ("speed", "km/h")),
        ("humidity_%", ("humidity", "%")),
        ("Humidity %", ("Humidity", "%")),
        ("power kW", ("power", "kW")),
        ("speed in km/h", ("speed", "km/h")),
        ("offset_V", ("offset", "V")),
        ("baseline_V", ("baseline", "V")),
        ("Volt", ("Volt", "V")),
        ("Celsius", ("Celsius", "°C")),
        ("mV", ("mV", "mV")),
    ],
)
def test_a_unit_in_a_name_is_taken(name, wanted):
    assert named_unit(name, None) == wanted
    assert named_unit(name, "lux") == (wanted[0], "lux")


@pytest.mark.parametrize(
    "name",
    [
        "id_no",
        "x_1",
        "lead_II",
        "lead_V",
        "Lead_V",
        "sensor_A",
        "phase_A",
        "class_C",
        "vitamin_C",
        "plan_b",
        "in/out",
        "n/a",
        "I/O",
        "A/D",
        "x/y",
        "and/or",
        "breaths/min",
        "Date/Time",
        "V",
        "Seconds",
        "min",
        "bar",
        "m",
        "pH",
        "count",
        "hemi_L",
        "size_MB",
    ]
    + ["Lead II", "Lead V", "Station W", "water m", "% change", "miles per gallon"],
)
def test_words_of_a_name_are_not_eaten(name):
    assert named_unit(name, None) == (name, None)


def test_a_column_is_found_as_it_is_written_in_the_file(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,ecg/mV\n" + "".join(f"{k % 5},{k % 7}.5\n" for k in range(40)))
    assert load_series(path, channel="ecg/mV").unit == load_series(path, channel="ecg").unit == "mV"
