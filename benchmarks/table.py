"""How a figure is printed: what, the value, the peer's value in the same run, their ratio, the budget."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. `budget` is in the unit of the value, an upper bound unless `at_least`."""

    what: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    budget: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Within the budget or not; empty where there is none."""
        if self.budget is None:
            return ""
        met = self.value >= self.budget if self.at_least else self.value <= self.budget
        return f"{'≥' if self.at_least else '≤'} {self.budget:g}: {'met' if met else 'MISSED'}"


def show(title: str, rows: Iterable[Row]) -> None:
    """Print rows as they are measured."""
    print(f"\n{title}")
    for row in rows:
        beside = (
            f"{row.peer} {row.peer_value:.3g} {row.unit}, {row.peer_value / row.value:.2f}x" if row.peer_value else ""
        )
        print(f"  {row.what:<46} {row.value:>9.3g} {row.unit:<6} {beside:<48} {row.verdict}", flush=True)
