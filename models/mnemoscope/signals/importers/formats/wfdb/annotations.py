"""Annotations of WFDB: what a beat is, where a rhythm begins (https://physionet.org/physiotools/wag/annot-5.htm)."""

import re
from typing import NamedTuple

SYMBOLS = dict(zip(
    range(1, 42),
    ["N", "L", "R", "a", "V", "F", "J", "A", "S", "E", "j", "/", "Q", "~", "", "|", "", "s", "T", "*", "D", '"', "=", "p", "B", "^", "t", "+", "u",
     "?", "!", "[", "]", "e", "n", "@", "x", "f", "(", ")", "r"], strict=True,
))  # fmt: skip
SKIP, NUM, SUB, CHN, AUX = 59, 60, 61, 62, 63
MAX_ANNOTATIONS = 5_000_000
_RESOLUTION = re.compile(r"## time resolution: ([\d.]+)")


class Annotation(NamedTuple):
    """A label of a sample, counted in frames from the first."""

    sample: int
    text: str


def parse(data: bytes) -> tuple[list[Annotation], float | None]:
    """Annotations in the order of the file, and the ticks a second it counts in where it says so.

    Raises ValueError for bytes that are none.
    """
    found: list[Annotation] = []
    rate: float | None = None
    at, time = 0, 0
    while at + 2 <= len(data):
        word = data[at] | data[at + 1] << 8
        code, step = word >> 10, word & 0x3FF
        at += 2
        if word == 0:
            return found, rate
        if code == SKIP:
            if at + 4 > len(data):
                break
            high, low = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
            jump = high << 16 | low
            time += jump - (1 << 32 if jump >> 31 else 0)
            at += 4
        elif code in (NUM, SUB, CHN):
            continue
        elif code == AUX:
            text = data[at : at + step].split(b"\0")[0].decode("utf-8", "replace")
            at += step + step % 2
            if (said := _RESOLUTION.match(text)) is not None:
                rate = float(said[1])
                found.pop()
            elif found and text.strip():
                last = found[-1]
                found[-1] = Annotation(last.sample, text if last.text in ('"', "+") else f"{last.text} {text}")
        else:
            time += step
            if code not in SYMBOLS and not 42 <= code <= 49 and code != 0:
                raise ValueError(f"code {code} at byte {at - 2}")
            if code:
                found.append(Annotation(time, SYMBOLS.get(code) or f"code {code}"))
        if len(found) > MAX_ANNOTATIONS or time < 0:
            raise ValueError(f"annotation {len(found)} at sample {time}")
    raise ValueError(f"they end after {len(found)} without their end mark")
