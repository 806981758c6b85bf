"""Retention from a recording alone: no torch, no models, no training."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace

from mnemoscope.measuring.retention import provenance
from mnemoscope.measuring.retention.measure import Retention
from mnemoscope.measuring.retention.rows import HalfLife, Row
from mnemoscope.reading.recording import Recording


def of_file(path: str | os.PathLike[str], *, ages: Sequence[int] | None = None, references: bool = True) -> Retention:
    """The provenance of every model of a recording's file. Raises RecordingError."""
    begun = time.perf_counter()
    with Recording.open(path) as rec:
        found = of_recording(rec, ages=ages, references=references)
    return replace(found, seconds=time.perf_counter() - begun)


def of_recording(rec: Recording, *, ages: Sequence[int] | None = None, references: bool = True) -> Retention:
    """The provenance of the default bank of every model."""
    rows: list[Row] = []
    half_lives: list[HalfLife] = []
    for entry in rec.manifest["models"]:
        view = rec[entry["id"]]
        if not view.banks or view.steps < 2:
            continue
        checkpoint = entry["checkpoint"]["name"] if entry.get("checkpoint") else None
        found, half_life = provenance.measure(view, ages=ages, checkpoint=checkpoint)
        rows += found
        half_lives.append(half_life)
    if references and half_lives:
        rows += provenance.of_references(max(half_life.longest for half_life in half_lives), ages=ages)
    return Retention(str(rec.manifest["signal"]["name"]), rows, 0.0, half_lives=half_lives)
