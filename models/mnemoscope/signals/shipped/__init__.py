"""Three measured series that come with the program, for whoever has no file at hand. LICENCES.txt says where they come from."""

import os
from dataclasses import dataclass
from pathlib import Path

from mnemoscope.errors import SignalError
from mnemoscope.signals import generators


@dataclass(frozen=True)
class Shipped:
    """A file beside this module."""

    name: str
    """What it is asked for by."""
    title: str
    says: str
    """What it is, in a sentence."""
    source: str
    """Who measured it, and the licence."""

    @property
    def path(self) -> Path:
        return Path(__file__).with_name(f"{self.name}.csv")


SHIPPED = {
    shipped.name: shipped
    for shipped in (
        Shipped(
            "ecg",
            "Heartbeat, measured",
            "Half a minute of an electrocardiogram at 360 Hz with one premature beat in its middle; every beat is labelled.",
            "MIT-BIH Arrhythmia Database, record 100 (Moody and Mark 2001; Goldberger et al. 2000), ODC-By 1.0",
        ),
        Shipped(
            "taxi",
            "Taxi passengers",
            "Passengers of New York's taxis every half hour from July 2014 to January 2015: days, weeks, holidays, a snow storm.",
            "NYC Taxi and Limousine Commission, as in the Numenta Anomaly Benchmark, MIT",
        ),
        Shipped(
            "co2",
            "CO₂ in the air",
            "Carbon dioxide at Mauna Loa every week from 1958 to 2001: the seasons on a rising line, with weeks missing.",
            "Keeling and Whorf, Scripps Institution of Oceanography, as in statsmodels, public domain",
        ),
    )
}


def located(file: str | os.PathLike[str]) -> Path:
    """A file as it is named, or the series that comes with the program by that name. Raises SignalError where there is neither."""
    path = Path(file)
    if path.exists():
        return path
    if str(file) in SHIPPED:
        return SHIPPED[str(file)].path
    raise SignalError(
        f"there is no generator and no file {os.fspath(file)!r}; generators are {', '.join(generators.KINDS)}, and "
        f"{', '.join(SHIPPED)} are measured series that come with the program"
    )
