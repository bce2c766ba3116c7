"""How is `fairpatch design` spoken: its options, its progress, its summary and its exit codes?"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from fairpatch.core.errors import FaultyInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairpatch.engines.design.inputs import DesignRequest
    from fairpatch.engines.design.problem import Measure
    from fairpatch.engines.design.result import DesignResult
    from fairpatch.engines.design.stopping import Stop

FAULTY, NOT_MET = 1, 1
MOST_ROWS = 60


def parse_percent(text: str, option: str) -> float:
    """“2%” or “2” as 0.02."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise typer.BadParameter(f"“{text}” is no percentage of 0 or more.", param_hint=option)
    return value / 100


def parse_measures(balance: Sequence[str], spread: Sequence[str]) -> tuple[Measure, ...]:
    """Measures in the order they were given, balances first."""
    from fairpatch.engines.design.problem import Measure

    if not balance:
        raise typer.BadParameter("Give at least one measure to balance.", param_hint="--balance")
    measures: list[Measure] = []
    for option, kind, texts in (("--balance", "balance", balance), ("--spread", "spread", spread)):
        for text in texts:
            name, equals, tolerance = text.rpartition("=")
            if not equals or not name.strip():
                raise typer.BadParameter(f"“{text}” is not COLUMN=TOLERANCE%.", param_hint=option)
            if any(measure.name == name.strip() for measure in measures):
                raise typer.BadParameter(f"“{name.strip()}” is given twice.", param_hint=option)
            share = parse_percent(tolerance, option)
            measures.append(Measure(name.strip(), share, "balance" if kind == "balance" else "spread"))
    return tuple(measures)


def parse_sweep(texts: Sequence[str]) -> list[tuple[str, list[float]]]:
    """Axes of the grid: tolerances become fractions, disruption prices stay as they are."""
    axes: list[tuple[str, list[float]]] = []
    for text in texts:
        name, _, steps = text.partition("=")
        if name not in ("tolerance", "disruption") or name in dict(axes) or not steps.strip():
            raise typer.BadParameter(
                f"“{text}” is not tolerance=… or disruption=…, each given once.", param_hint="--sweep"
            )
        values = [parse_percent(step, "--sweep") for step in steps.split(",")]
        axes.append((name, values if name == "tolerance" else [value * 100 for value in values]))
    return axes


def find_territories(text: str) -> Path | int:
    """A whole number of territories, or the file that lists them."""
    if re.fullmatch(r"[+-]?\d+", text.strip()):
        if int(text) < 1:
            raise typer.BadParameter("There must be at least one territory.", param_hint="--territories")
        return int(text)
    return require_table_file(Path(text), "--territories")


def require_table_file(path: Path, option: str) -> Path:
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise typer.BadParameter(f"{path} ends neither in .csv nor in .parquet.", param_hint=option)
    if not path.is_file():
        raise typer.BadParameter(f"There is no file {path}.", param_hint=option)
    return path


@dataclass(frozen=True)
class _Outputs:
    out: Path
    report: Path
    pareto: Path | None
    map: Path | None

    def check(self) -> None:
        for option, path in (
            ("--out", self.out),
            ("--report", self.report),
            ("--pareto", self.pareto),
            ("--map", self.map),
        ):
            if path is not None and not path.absolute().parent.is_dir():
                raise typer.BadParameter(f"There is no folder {path.parent}.", param_hint=option)


def design_territories(
    accounts: Annotated[Path, typer.Option(help="Accounts: id, latitude, longitude and measures.")],
    territories: Annotated[str, typer.Option(help="How many territories, or the file that lists them.")],
    out: Annotated[Path, typer.Option(help="Where the assignments go (CSV).")],
    report: Annotated[Path, typer.Option(help="Where the report goes (JSON).")],
    balance: Annotated[list[str] | None, typer.Option(help="MEASURE=TOL%, or count=TOL%.")] = None,
    spread: Annotated[list[str] | None, typer.Option(help="COLUMN=TOL% of a flag to spread.")] = None,
    weight: Annotated[str | None, typer.Option(help="What an account weighs in distance and moves.")] = None,
    max_accounts: Annotated[int | None, typer.Option(min=0, help="Most accounts per territory.")] = None,
    centres: Annotated[str, typer.Option(help="centroid, or fixed: the home bases.")] = "centroid",
    move_budget: Annotated[str | None, typer.Option(help="Most move value that may move, in %.")] = None,
    relationship: Annotated[
        str | None, typer.Option(help="Column with what a relationship is worth.")
    ] = None,
    disruption: Annotated[float, typer.Option(min=0, help="Price of a move, in 10,000 km².")] = 0.0,
    hold_owned: Annotated[bool, typer.Option("--hold-owned", help="Only orphans move.")] = False,
    contiguous: Annotated[Path | None, typer.Option(help="Pairs of accounts that touch: a, b.")] = None,
    sweep: Annotated[list[str] | None, typer.Option(help="tolerance=1,2,5 or disruption=0,1,3.")] = None,
    pareto: Annotated[Path | None, typer.Option(help="Where a sweep's summary goes (CSV).")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same bytes.")] = 0,
    time_: Annotated[float | None, typer.Option("--time", min=0, help="Ceiling, in seconds.")] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="A self-contained map, before and after.")
    ] = None,
) -> None:
    """Design balanced, compact territories with few moves, and say how far from the best they are."""
    started = time.monotonic()
    outputs = _Outputs(out, report, pareto, map_)
    outputs.check()
    axes = parse_sweep(sweep or [])
    if pareto is not None and not axes:
        raise typer.BadParameter("A Pareto file needs a --sweep.", param_hint="--pareto")
    if map_ is not None and axes:
        raise typer.BadParameter("A map shows one design; leave out --sweep.", param_hint="--map")
    if centres not in ("centroid", "fixed"):
        raise typer.BadParameter(f"“{centres}” is neither centroid nor fixed.", param_hint="--centres")
    where = find_territories(territories)
    if centres == "fixed" and isinstance(where, int):
        raise typer.BadParameter(
            "Fixed centres need a territories file with home bases.", param_hint="--centres"
        )
    if not math.isfinite(disruption):
        raise typer.BadParameter("It must be a number.", param_hint="--disruption")
    measures = parse_measures(balance or [], spread or [])
    from fairpatch.engines.design.inputs import DesignRequest

    request = DesignRequest(
        accounts=require_table_file(accounts, "--accounts"),
        territories=where,
        measures=measures,
        weight=weight,
        max_accounts=max_accounts,
        has_fixed_centres=centres == "fixed",
        budget_share=None if move_budget is None else parse_percent(move_budget, "--move-budget"),
        relationship=relationship,
        disruption=disruption,
        hold_owned=hold_owned,
        adjacency=None if contiguous is None else require_table_file(contiguous, "--contiguous"),
    )
    raise typer.Exit(_run_request(request, outputs, axes, seed, started, time_))


def _run_request(
    request: DesignRequest,
    outputs: _Outputs,
    axes: list[tuple[str, list[float]]],
    seed: int,
    started: float,
    seconds: float | None,
) -> int:
    from fairpatch.engines.design.inputs import read_design
    from fairpatch.engines.design.run import design
    from fairpatch.engines.design.sweep import list_scenarios, sweep_designs

    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        problem = read_design(request)
    except FaultyInputError as refusal:
        for finding in refusal.findings:
            errors.print(str(finding), markup=False)
        errors.print(f"{len(refusal.findings)} fault(s); nothing was written.", markup=False)
        return FAULTY
    with _show_progress(errors, started, seconds) as stop:
        if axes:
            results = list(sweep_designs(problem, list_scenarios(axes), seed, stop))
        else:
            results = [design(problem, seed, stop)]
    _write_results(results, outputs, is_sweep=bool(axes), seconds=time.monotonic() - started)
    console = Console(highlight=False)
    if axes:
        console.print(_draw_sweep(results))
    else:
        _print_summary(console, results[0])
    for result in results:
        for binding in result.binding:
            errors.print(binding.sentence, markup=False)
    return 0 if all(result.status == "ok" for result in results) else NOT_MET


@contextmanager
def _show_progress(console: Console, started: float, seconds: float | None) -> Iterator[Stop]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("Reading", total=1.0)

        def stop(stage: str, share: float) -> str | None:
            bars.update(bar, description=stage, completed=share)
            return "time" if seconds is not None and time.monotonic() - started > seconds else None

        yield stop


def _write_results(
    results: Sequence[DesignResult], outputs: _Outputs, *, is_sweep: bool, seconds: float
) -> None:
    from fairpatch.engines.design import report as reporting
    from fairpatch.engines.design.page import draw_page
    from fairpatch.engines.design.sweep import find_tolerance, write_pareto

    contents: dict[Path, bytes] = {}
    named = {
        str(number): result.problem.codes[result.territory].tolist()
        for number, result in enumerate(results, start=1)
        if result.territory is not None
    }
    if is_sweep:
        records = [
            reporting.write_report(result, seconds)
            | {"tolerance": find_tolerance(result), "disruption": result.problem.disruption}
            for result in results
        ]
        blank = [""] * len(results[0].problem.accounts)
        columns = {str(number + 1): named.get(str(number + 1), blank) for number in range(len(results))}
        contents[outputs.out] = reporting.write_assignments(results[0].problem, columns)
        contents[outputs.report] = reporting.print_json({"scenarios": records})
        if outputs.pareto is not None:
            contents[outputs.pareto] = write_pareto(results)
    else:
        if named:
            contents[outputs.out] = reporting.write_assignments(results[0].problem, {"territory": named["1"]})
        contents[outputs.report] = reporting.print_json(reporting.write_report(results[0], seconds))
        if outputs.map is not None and named:
            contents[outputs.map] = draw_page(results[0])
    reporting.replace_files(contents)


def _print_summary(console: Console, result: DesignResult) -> None:
    console.print(f"Status: {result.status}" + (f" (stopped: {result.stopped})" if result.stopped else ""))
    if result.territory is None:
        console.print("No assignments were written: a hard constraint cannot be kept.")
        return
    lines = [f"{len(result.problem.accounts):,} accounts, {len(result.problem.codes)} territories"]
    lines.append(f"typical distance to the centre {result.rms_km:,.1f} km")
    if result.gap is not None:
        lines.append(f"at most {result.gap:.2%} above the best possible for these centres")
    if result.moved_share is not None:
        lines.append(f"{result.moved_share:.2%} of the owned weight moves")
    if result.fragments is not None:
        lines.append(f"{int(result.fragments.sum())} extra fragments")
    console.print("; ".join(lines) + ".", markup=False)
    console.print(_draw_territories(result))


def _draw_territories(result: DesignResult) -> Grid:
    import numpy as np

    assert result.territory is not None
    assert result.loads is not None
    assert result.deviations is not None
    grid = Grid("Territory", "Accounts")
    for measure in result.problem.measures:
        grid.add_column(f"{measure.name} (± {measure.tolerance * 100:.4g} %)", justify="right")
    counts = np.bincount(result.territory, minlength=len(result.problem.codes))
    for t, code in enumerate(result.problem.codes[:MOST_ROWS]):
        cells = [
            f"{result.loads[t, c]:,.6g} ({result.deviations[t, c]:+.2%})"
            for c in range(len(result.problem.measures))
        ]
        grid.add_row(str(code), f"{counts[t]:,}", *cells)
    if len(result.problem.codes) > MOST_ROWS:
        grid.caption = f"The first {MOST_ROWS} of {len(result.problem.codes)}; the report has them all."
    return grid


def _draw_sweep(results: Sequence[DesignResult]) -> Grid:
    from fairpatch.engines.design.sweep import find_tolerance, find_worst_balance, mark_pareto

    grid = Grid("Scenario", "Tolerance", "Disruption", "Status", "Deviation", "km", "Gap", "Moved", "Pareto")
    for number, (result, mark) in enumerate(zip(results, mark_pareto(results), strict=True), start=1):
        worst = find_worst_balance(result)
        figures = [
            "–" if worst is None else f"{worst:.2%}",
            "–" if result.rms_km is None else f"{result.rms_km:,.1f}",
            "–" if result.gap is None else f"{result.gap:.2%}",
            "–" if result.moved_share is None else f"{result.moved_share:.2%}",
        ]
        grid.add_row(
            str(number),
            f"{find_tolerance(result):.2%}",
            f"{result.problem.disruption:g}",
            result.status,
            *figures,
            "yes" if mark else "",
        )
    return grid


def main() -> None:
    """The design command on its own."""
    typer.run(design_territories)


if __name__ == "__main__":
    main()
