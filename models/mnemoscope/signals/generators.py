"""Seeded signal generators: what a memory can be asked to hold when nobody has brought a file.

`sines`      sums of three sines                      `ar`         autoregressive noise of order 2
`chirp`      a sine whose frequency moves linearly    `heartbeat`  McSharry et al. 2003, with an option for odd beats
`mixture`    one of the above, or a weighted sum of two (what `signal-recall` is trained on)
`hearts`     heartbeats, each of a shape of its own (what `forecast` is trained on, beside mixtures)

Frequencies of sines and chirps are in cycles per step; the heartbeat has a sample rate and is in millivolts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import SignalError
from mnemoscope.format.entries import Event

Floats = NDArray[np.float64]

MAX_STEPS = 1_000_000


@dataclass(frozen=True)
class Signal:
    """A generated signal: values [T] (float64), samples per second or None, and labelled moments."""

    values: Floats
    sample_rate: float | None
    unit: str
    events: list[Event] = field(default_factory=list[Event])
    kind: str = ""
    seed: int = 0
    params: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Parameter:
    """One knob of a generator, with the range that makes sense."""

    name: str
    label: str
    default: float
    low: float
    high: float


def _sines(count: int, steps: int, rng: np.random.Generator, *, low: float = 0.02, high: float = 0.25) -> Floats:
    """Sums of three sines, frequencies log-uniform in [low, high] cycles per step -> [count, steps]."""
    frequencies = np.exp(rng.uniform(np.log(low), np.log(high), (count, 3, 1)))
    phases = rng.uniform(0, 2 * np.pi, (count, 3, 1))
    amplitudes = rng.uniform(0.3, 1.0, (count, 3, 1))
    return (amplitudes * np.sin(2 * np.pi * frequencies * np.arange(steps) + phases)).sum(1)


def _chirp(count: int, steps: int, rng: np.random.Generator, *, low: float = 0.01, high: float = 0.2) -> Floats:
    """A sine that sweeps linearly between two frequencies in [low, high] cycles per step, up or down -> [count, steps]."""
    ends = rng.uniform(low, high, (count, 2, 1))
    time = np.arange(steps)
    phase = ends[:, 0] * time + (ends[:, 1] - ends[:, 0]) * time**2 / (2 * max(steps, 1))
    return np.sin(2 * np.pi * phase + rng.uniform(0, 2 * np.pi, (count, 1)))


def _ar(count: int, steps: int, rng: np.random.Generator, *, radius: float = 0.9) -> Floats:
    """AR(2) noise x_t = 2ρ cos(φ) x_{t−1} − ρ² x_{t−2} + ε, pole radius ρ around `radius`, any angle -> [count, steps]."""
    from scipy.signal import lfilter

    rho = np.clip(rng.normal(radius, 0.08, count), 0.3, 0.97)
    angle = rng.uniform(0, np.pi / 2, count)
    warm_up = 50
    noise = rng.standard_normal((count, steps + warm_up))
    filtered = [
        lfilter([1.0], [1.0, -2 * r * np.cos(a), r * r], row) for r, a, row in zip(rho, angle, noise, strict=True)
    ]
    return np.asarray(filtered)[:, warm_up:]


# McSharry, Clifford, Tarassenko, Smith 2003 (IEEE TBME 50:289), table I: angle θ, amplitude a, width b of P, Q, R, S, T.
_WAVES = np.array(
    [
        [-np.pi / 3, 1.2, 0.25],
        [-np.pi / 12, -5.0, 0.1],
        [0.0, 30.0, 0.1],
        [np.pi / 12, -7.5, 0.1],
        [np.pi / 2, 0.75, 0.4],
    ]
)
# A ventricular ectopic beat in the same terms: no P wave, a broad QRS, a deep S and an inverted T.
_ODD_WAVES = np.array(
    [
        [-np.pi / 3, 0.0, 0.25],
        [-np.pi / 10, 1.0, 0.2],
        [0.0, 9.0, 0.28],
        [np.pi / 6, -6.0, 0.3],
        [np.pi / 1.8, -1.6, 0.4],
    ]
)
_INTERNAL_RATE = 252.0  # Hz; the equations are stiff around the R wave
_MILLIVOLTS = 25.0  # scales the R wave of the equations (0.048) to about 1.2 mV, as the authors' program does


def _heartbeats(
    count: int,
    steps: int,
    rng: np.random.Generator,
    *,
    sample_rate: float | Floats,
    rate: Floats,
    odd: NDArray[np.bool_],
    noise: float | Floats = 0.0,
    shapes: Floats = _WAVES,
) -> tuple[Floats, list[list[int]]]:
    """Integrate the model for `count` hearts -> signals [count, steps] in mV and, per heart, the steps where odd beats peak.

    `sample_rate` in Hz, of all hearts or of each [count]; `rate` [count] in beats per minute; `odd` [count, beats] says which beats come early and broad. The RR intervals
    wander with the two rhythms of the paper (0.1 Hz and 0.25 Hz), here as sinusoids of random phase. `shapes` are the waves
    of all hearts [5, 3] or of each [count, 1, 5, 3].
    """
    factor = max(1, round(_INTERNAL_RATE / float(np.min(sample_rate))))
    dt = 1.0 / (sample_rate * factor)  # of the slowest clock at most 1 / _INTERNAL_RATE, of the others less
    beats: int = odd.shape[1]
    beat_time = np.arange(beats) * 60.0 / rate[:, None]
    wander = sum(0.025 * np.sin(2 * np.pi * f * beat_time + rng.uniform(0, 2 * np.pi, (count, 1))) for f in (0.1, 0.25))
    interval = 60.0 / rate[:, None] * (1 + wander + 0.01 * rng.standard_normal((count, beats)))
    # an ectopic beat comes at 70 % of its time and is followed by a pause that makes up for it
    interval = np.where(odd, 0.7 * interval, interval)
    interval[:, 1:] = np.where(odd[:, :-1], 1.3 * interval[:, 1:], interval[:, 1:])

    rows = np.arange(count)
    theta = np.full(count, -np.pi) + rng.uniform(0, 2 * np.pi, count)
    beat = np.zeros(count, dtype=np.int64)
    z = np.zeros(count)
    breathing = rng.uniform(0, 2 * np.pi, count)
    waves = np.where(odd[:, :, None, None], _ODD_WAVES, shapes)
    out = np.zeros((count, steps))
    peaks: list[list[int]] = [[] for _ in range(count)]
    for n in range(steps * factor):
        current = waves[rows, beat]
        delta = np.mod(theta[:, None] - current[:, :, 0] + np.pi, 2 * np.pi) - np.pi
        push = -(current[:, :, 1] * delta * np.exp(-(delta**2) / (2 * current[:, :, 2] ** 2))).sum(1)
        baseline = 0.005 * np.sin(2 * np.pi * 0.25 * n * dt + breathing)
        omega = 2 * np.pi / interval[rows, beat]
        z = z + dt * (push - (z - baseline))
        before = theta
        theta = theta + omega * dt
        for row in np.flatnonzero((before < 0) & (theta >= 0) & odd[rows, beat]):
            peaks[row].append(n // factor)
        wrapped = theta > np.pi
        theta = np.where(wrapped, theta - 2 * np.pi, theta)
        beat = np.minimum(beat + wrapped, beats - 1)
        out[:, n // factor] += z / factor  # the mean over a sample keeps narrow R waves from being missed
    return out * _MILLIVOLTS + noise * rng.standard_normal((count, steps)), peaks


def _heartbeat_batch(count: int, steps: int, rng: np.random.Generator) -> Floats:
    """Hearts of 50-110 beats a minute seen at 25-60 samples a second, a tenth of the beats odd -> [count, steps]."""
    sample_rate = rng.uniform(25, 60, count)  # of each heart its own: sequences of a batch are independent draws
    beats = int(steps / sample_rate.min() * 110 / 60 * 1.3) + 4
    odd = rng.random((count, beats)) < 0.1
    odd[:, 1:] &= ~odd[:, :-1]
    return _heartbeats(
        count, steps, rng, sample_rate=sample_rate, rate=rng.uniform(50, 110, count), odd=odd, noise=0.01
    )[0]


def _varied_heart_batch(count: int, steps: int, rng: np.random.Generator) -> Floats:
    """Hearts whose waves differ in height, width and place, some seen upside down, with noise -> [count, steps]."""
    sample_rate = rng.uniform(25, 60, count)  # of each heart its own: sequences of a batch are independent draws
    beats = int(steps / sample_rate.min() * 110 / 60 * 1.3) + 4
    odd = rng.random((count, beats)) < 0.05
    odd[:, 1:] &= ~odd[:, :-1]
    shapes = np.repeat(_WAVES[None, None], count, 0)
    shapes[..., 0] += rng.normal(0, 0.1, shapes.shape[:-1])
    shapes[..., 1] *= np.exp(rng.normal(0, 0.5, shapes.shape[:-1]))
    shapes[..., 2] *= np.exp(rng.normal(0, 0.3, shapes.shape[:-1]))
    values = _heartbeats(
        count,
        steps,
        rng,
        sample_rate=sample_rate,
        rate=rng.uniform(45, 110, count),
        odd=odd,
        noise=rng.uniform(0.005, 0.06, (count, 1)),
        shapes=shapes,
    )[0]
    return values * np.where(rng.random((count, 1)) < 0.15, -1, 1)


_BATCHES: dict[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "sines": _sines,
    "chirp": _chirp,
    "ar": _ar,
    "heartbeat": _heartbeat_batch,
}

KINDS = (*_BATCHES, "mixture")

PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    "sines": (
        Parameter("low", "lowest frequency, cycles per step", 0.02, 0.001, 0.5),
        Parameter("high", "highest frequency, cycles per step", 0.25, 0.001, 0.5),
    ),
    "chirp": (
        Parameter("low", "lowest frequency, cycles per step", 0.01, 0.001, 0.5),
        Parameter("high", "highest frequency, cycles per step", 0.2, 0.001, 0.5),
    ),
    "ar": (Parameter("radius", "pole radius (memory of the noise)", 0.9, 0.0, 0.97),),
    "heartbeat": (
        Parameter("sample_rate", "samples per second", 36, 10, 1000),
        Parameter("rate", "beats per minute", 66, 30, 180),
        Parameter("odd_beat", "index of an odd beat, -1 for none", 4, -1, 10_000),
        Parameter("noise", "noise, mV", 0.0, 0.0, 1.0),
    ),
    "mixture": (),
}


def zscore(values: Floats) -> Floats:
    """Rows to mean 0 and standard deviation 1; a constant row becomes zeros."""
    centred = values - values.mean(-1, keepdims=True)
    scale = centred.std(-1, keepdims=True)
    return centred / np.where(scale > 1e-12, scale, 1.0)


def generate_batch(kind: str, count: int, steps: int, rng: np.random.Generator) -> Floats:
    """`count` z-scored signals of one kind -> [count, steps] float64. Raises SignalError for an unknown kind."""
    if kind == "mixture":
        names = list(_BATCHES)
        share = np.bincount(rng.integers(0, len(names), 2 * count), minlength=len(names))
        pool = np.concatenate(
            [zscore(_BATCHES[name](n, steps, rng)) for name, n in zip(names, share, strict=True) if n]
        )
        pool = pool[rng.permutation(2 * count)]
        weight = rng.uniform(0.3, 1.0, (count, 1)) * (rng.random((count, 1)) < 0.4)
        return zscore(pool[:count] + weight * pool[count:])
    if kind == "hearts":
        return zscore(_varied_heart_batch(count, steps, rng))
    if kind not in _BATCHES:
        raise SignalError(f"unknown signal {kind!r}; choose one of {', '.join(KINDS)}")
    return zscore(_BATCHES[kind](count, steps, rng))


def generate(kind: str, steps: int, *, seed: int = 0, **params: float) -> Signal:
    """One signal of `steps` samples, the same for the same seed and parameters.

    `params` are those of `PARAMETERS[kind]`. Raises SignalError for an unknown kind or parameter, or a value out of range.
    """
    if kind not in KINDS:
        raise SignalError(f"unknown signal {kind!r}; choose one of {', '.join(KINDS)}")
    if not 1 <= steps <= MAX_STEPS:
        raise SignalError(f"steps must be in 1..{MAX_STEPS}, got {steps}")
    known = {parameter.name: parameter for parameter in PARAMETERS[kind]}
    for name, value in params.items():
        if name not in known:
            raise SignalError(f"signal {kind!r} has no parameter {name!r}; it has {', '.join(known) or 'none'}")
        if not known[name].low <= value <= known[name].high:
            raise SignalError(f"{name} must be in {known[name].low}..{known[name].high}, got {value}")
    settings = {name: params.get(name, parameter.default) for name, parameter in known.items()}
    rng = np.random.default_rng(seed)
    if kind == "heartbeat":
        return _one_heartbeat(steps, rng, seed, settings)
    if kind == "mixture":
        values = generate_batch("mixture", 1, steps, rng)[0]
    else:
        if settings.get("low", 0) > settings.get("high", 1):
            raise SignalError(f"low must not exceed high, got low={settings['low']}, high={settings['high']}")
        values = {"sines": _sines, "chirp": _chirp, "ar": _ar}[kind](1, steps, rng, **settings)[0]
    return Signal(values, None, "", [], kind, seed, settings)


def _one_heartbeat(steps: int, rng: np.random.Generator, seed: int, settings: dict[str, float]) -> Signal:
    sample_rate, rate = settings["sample_rate"], settings["rate"]
    odd = np.zeros((1, int(steps / sample_rate * rate / 60 * 1.3) + 4), dtype=bool)
    if settings["odd_beat"] >= 0:
        odd[0, min(int(settings["odd_beat"]), odd.shape[1] - 1)] = True
    values, peaks = _heartbeats(
        1, steps, rng, sample_rate=sample_rate, rate=np.array([rate]), odd=odd, noise=settings["noise"]
    )
    events = [Event(peak, peak + 1, "label", "odd beat") for peak in peaks[0]]
    return Signal(values[0], sample_rate, "mV", events, "heartbeat", seed, settings)
