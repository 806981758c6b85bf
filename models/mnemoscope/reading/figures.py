"""Figures of a recording for notebooks and papers (plotly): built once, shown anywhere, `figure.write_html(...)`.

The page draws live lanes itself; these are the pictures one looks at, not the ones one plays.
"""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from mnemoscope.reading import tokens
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView

SIGNED = list(zip((0.0, 0.25, 0.5, 0.75, 1.0), tokens.ramp("diverging", "light"), strict=True))
AGES = (0, 8, 16, 32, 64, 128, 256, 512)
"""Edges, in steps, of the ages in `ages`."""


def share_rows(view: ModelView, *, head: int = 0, bank: str | None = None, every: int = 1) -> np.ndarray:
    """Shares of every `every`-th step as rows [⌈T / every⌉, T + 1]: column 0 the initial content, s + 1 the write of step s.

    Zero for writes after the row's own step.
    """
    steps = range(0, view.steps, every)
    rows = np.zeros((len(steps), view.steps + 1))
    for row, t in zip(rows, steps, strict=True):
        row[: t + 2] = view.shares(t, head=head, bank=bank)
    return rows


def provenance(view: ModelView, *, head: int = 0, bank: str | None = None, every: int = 1) -> go.Figure:
    """Where every read came from: step of the read downwards, step of the write across, signed share as colour.

    Lens: mechanism (the ledger). Shares of a row sum to 1 with the initial content, which is the first column.
    """
    rows = share_rows(view, head=head, bank=bank, every=every)
    figure = go.Figure(
        go.Heatmap(
            z=rows,
            x=np.arange(-1, view.steps),
            y=np.arange(0, view.steps, every),
            colorscale=SIGNED,
            zmin=-1,
            zmax=1,
            colorbar={"title": "share of the read"},
            hovertemplate="read at %{y}<br>written at %{x} (−1: initial content)<br>share %{z:.3f}<extra></extra>",
        )
    )
    figure.update_layout(
        title=f"{view.label}, head {head}: where its reads come from (lens: mechanism)",
        xaxis_title="written at step",
        yaxis={"title": "read at step", "autorange": "reversed"},
        template="simple_white",
    )
    return figure


def answers(recording: Recording, *, output: int = 0) -> go.Figure:
    """The target and what each model answered where the task scores it, on one axis, for one output."""
    figure = go.Figure()
    first = recording[recording.models[0]]
    scored = first.array("mask")[:, 0] > 0
    step = np.arange(first.steps)
    target = np.where(scored, first.array("targets")[:, output], np.nan)
    figure.add_scatter(x=step, y=target, name="target", line={"color": tokens.ink("tx", "light"), "width": 3})
    signs = {entry["id"]: tokens.sign_of(entry) for entry in recording.manifest["models"]}
    for name in recording:
        view = recording[name]
        answer = np.where(scored[: view.steps], view.array("outputs")[:, output], np.nan)
        figure.add_scatter(x=step, y=answer, name=view.label, line=_line(signs[name]))
    figure.update_layout(
        title=recording.manifest["title"], xaxis_title="step", yaxis_title="value", template="simple_white"
    )
    return figure


def ages(recording: Recording, *, head: int = 0, every: int = 4) -> go.Figure:
    """How old what is read is: mean |share| by age of the write, one line a model, default bank, over scored steps."""
    figure = go.Figure()
    labels = [f"{low} to {high - 1}" for low, high in pairwise(AGES)] + [f"{AGES[-1]} or more"]
    signs = {entry["id"]: tokens.sign_of(entry) for entry in recording.manifest["models"]}
    for name in recording:
        view = recording[name]
        steps = np.arange(0, view.steps, every)
        wanted = view.array("mask")[steps, 0] > 0
        rows = np.abs(share_rows(view, head=head, every=every)[:, 1:])[wanted]
        age = steps[wanted][:, None] - np.arange(view.steps)
        within = [rows[(age >= low) & (age < high)].sum() for low, high in zip(AGES, [*AGES[1:], np.inf], strict=True)]
        total = sum(within) or 1.0
        figure.add_scatter(
            x=labels,
            y=[value / total for value in within],
            name=view.label,
            mode="lines+markers",
            line=_line(signs[name]),
            marker={"symbol": tokens.symbol(signs[name]), "size": 9},
        )
    figure.update_layout(
        title="How old what is read is (lens: mechanism)",
        xaxis_title="steps since it was written",
        yaxis={"title": "part of all |shares|", "rangemode": "tozero"},
        template="simple_white",
    )
    return figure


def _line(sign: str) -> dict[str, str]:
    """Of a model: no two share colour and dash."""
    return {"color": tokens.hue(sign, "light"), "dash": tokens.dash(sign)}
