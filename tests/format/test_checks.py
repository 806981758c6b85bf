"""A manifest is checked against the schema: each field that reading relies on, and no other."""

import copy
import json
import typing
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

import pytest

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.checks import SHOWN
from mnemoscope.format.schema import Manifest
from tests import ROOT

GOLDEN = ROOT / "tests" / "golden"
KINDS: dict[str, Any] = json.loads((GOLDEN / "kinds.manifest.json").read_text(encoding="utf-8"))


def fields(
    kind: type[Any], value: dict[str, Any], place: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """(place, whether it is shown only) of all fields of the schema that a manifest has, lists by their first entry."""
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        if name not in value:
            continue
        shown = SHOWN in getattr(hint, "__metadata__", ())
        yield (*place, name), shown
        inner = next(
            (part for part in (hint, *typing.get_args(hint)) if isinstance(part, type) and is_dataclass(part)), None
        )
        if inner is None or shown or not value[name]:
            continue
        below, here = (
            (value[name][0], (*place, name, 0)) if isinstance(value[name], list) else (value[name], (*place, name))
        )
        yield from fields(typing.cast(type[Any], inner), below, here)


PLACES = list(fields(Manifest, KINDS))


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The golden manifest with another value at one place."""
    manifest = copy.deepcopy(KINDS)
    inner: Any = manifest
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return manifest


@pytest.mark.parametrize("place", [place for place, shown in PLACES if not shown], ids=str)
def test_a_value_of_another_type_is_refused_with_its_place(place: tuple[Any, ...]) -> None:
    written = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).removeprefix(".")
    with pytest.raises(RecordingError, match="wanted") as caught:
        kinds.streams(changed(place, 1.5))
    assert written in str(caught.value)


@pytest.mark.parametrize("place", [place for place, shown in PLACES if shown], ids=str)
def test_what_is_only_shown_never_keeps_a_file_closed(place: tuple[Any, ...]) -> None:
    assert kinds.streams(changed(place, 1.5)) == kinds.streams(KINDS)


def test_the_golden_manifest_reaches_every_level_of_the_schema() -> None:
    relied = {tuple(key for key in place if isinstance(key, str)) for place, shown in PLACES if not shown}
    assert {("task", "events", "step"), ("models", "banks", "width"), ("models", "frame", "tensors", "shape")} <= relied


def test_a_number_beyond_every_float_is_refused() -> None:
    stream, bank = next(
        (i, j)
        for i, model in enumerate(KINDS["models"])
        for j, entry in enumerate(model["banks"])
        if entry["kind"] == "append"
    )
    with pytest.raises(RecordingError, match="bias_slopes: wanted finite numbers"):
        kinds.streams(changed(("models", stream, "banks", bank, "bias_slopes"), [10**400]))
