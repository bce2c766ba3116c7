"""How does a table of figures read: median / worst, and whether a bar is met?"""

import statistics
from collections.abc import Sequence


def print_head(*columns: str) -> None:
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)


def print_row(*cells: str | float) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def show_spread(values: Sequence[float], form: str = ".3f") -> str:
    """Median / largest; one value alone; a dash where there is none."""
    if not values:
        return "–"
    middle = format(statistics.median(values), form)
    return middle if len(values) == 1 else f"{middle} / {format(max(values), form)}"


def show_bar(is_met: bool) -> str:
    return "met" if is_met else "**short**"


def show_better(ratios: Sequence[float]) -> str:
    """Whose figure is the smaller, in words: a peer that wins is to be seen."""
    if not ratios:
        return "–"
    wins = sum(ratio <= 1 for ratio in ratios)
    return f"ours in {wins} of {len(ratios)}" if wins else f"**theirs in all {len(ratios)}**"
