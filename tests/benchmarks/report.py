"""What the benchmarks say: figures, and ratios beside their targets."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

_console = Console(width=110, highlight=False)
_verdicts: list["Verdict"] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One figure beside its target; ``at_least`` or ``at_most`` is given."""

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.at_most is None or self.value <= self.at_most

    def __str__(self) -> str:
        sign, target = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        reached = "reached" if self.reached else "MISSED"
        figure = f"{shown(self.value)}{self.unit}"
        return f"{self.what:<62} {figure:>12}   target {sign} {target:g}{self.unit}  {reached}"


def heading(name: str, what: str) -> None:
    _console.print(f"\n[bold]{name}[/bold]: {what}")


def say(text: str) -> None:
    _console.print(f"  {text}", markup=False, soft_wrap=True)


def verdict(
    what: str,
    value: float,
    unit: str = "",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> None:
    """Say one figure beside its target, and remember it for the summary."""
    made = Verdict(what=what, value=value, unit=unit, at_least=at_least, at_most=at_most)
    _verdicts.append(made)
    _console.print(f"  [bold]{made}[/bold]")


def left_out(what: str, why: str) -> None:
    _console.print(f"  [yellow]left out: {what}: {why}[/yellow]")


def summary() -> None:
    """All figures with a target, once more."""
    heading("summary", "every figure that has a target")
    for made in _verdicts:
        say(str(made))


def shown(value: float) -> str:
    """A figure with three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
