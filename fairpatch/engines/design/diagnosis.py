"""How is the book today, at least how much must move, and what already makes the request impossible?

Asked before a run: every figure here is a fact about today's books or a proof, none needs a solver's luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairpatch.core.designs.words import say_percent
from fairpatch.engines.design.contiguous import check_pieces
from fairpatch.engines.design.floors import diagnose_problem
from fairpatch.engines.design.problem import COUNT, SLACK, DesignProblem, Floats
from fairpatch.engines.design.result import Binding
from fairpatch.engines.design.surplus import find_least_moves

USUAL_TOLERANCE = 0.10  # what people call balanced; the diagnosis tells it besides the tolerances asked for


@dataclass(frozen=True, eq=False)
class BookBalance:
    """One measure as it stands today; arrays by territory, in the problem's order."""

    name: str
    kind: str
    tolerance: float
    loads: Floats
    targets: Floats
    deviations: Floats
    floor: float
    outside: int  # territories outside the band asked for
    outside_usual: int  # and outside ±10 %
    orphaned: float  # what accounts without an owner bring

    def to_record(self, codes: list[str]) -> dict[str, Any]:
        worst = int(np.abs(self.deviations).argmax())
        return {
            "name": self.name,
            "kind": self.kind,
            "tolerance": self.tolerance,
            "max_deviation": float(np.abs(self.deviations).max()),
            "worst_territory": codes[worst],
            "outside": self.outside,
            "outside_usual": self.outside_usual,
            "orphaned": self.orphaned,
            "floor": self.floor,
            "territories": [
                {"code": code, "load": float(load), "target": float(target), "deviation": float(off)}
                for code, load, target, off in zip(
                    codes, self.loads, self.targets, self.deviations, strict=True
                )
            ],
        }


@dataclass(frozen=True)
class LeastMoves:
    """Proven: with less than `share` of the move value changing hands no assignment keeps the tolerance."""

    tolerance: float | None  # None: the tolerances asked for
    value: float
    share: float | None  # of all owned move value; None where nobody owns anything
    measure: str | None  # the one that proves it; None where all together prove more, or nothing is proven

    def to_record(self) -> dict[str, Any]:
        return {
            "tolerance": self.tolerance,
            "value": self.value,
            "share": self.share,
            "measure": self.measure,
        }


@dataclass(frozen=True, eq=False)
class BookDiagnosis:
    """What is known before a run; `sentences` tell it to people."""

    codes: tuple[str, ...]
    accounts: int
    owned: int
    forced: int  # owned accounts that may not stay where they are
    balances: tuple[BookBalance, ...]
    moves: tuple[LeastMoves, ...]  # for what is asked, then for ±10 %
    binding: tuple[Binding, ...]
    sentences: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        """Nothing proves the request impossible; a design may still not be found."""
        return not self.binding

    def to_record(self) -> dict[str, Any]:
        """As plain values for a report or an answer over HTTP."""
        return {
            "is_possible": self.is_possible,
            "accounts": self.accounts,
            "owned": self.owned,
            "forced_moves": self.forced,
            "measures": [balance.to_record(list(self.codes)) for balance in self.balances],
            "least_moves": [least.to_record() for least in self.moves],
            "binding": [binding.to_record() for binding in self.binding],
            "sentences": list(self.sentences),
        }


def diagnose(problem: DesignProblem) -> BookDiagnosis:
    """Today's imbalance, the least that must move, the floors, and what makes the request impossible."""
    proofs = diagnose_problem(problem)
    binding = (*check_pieces(problem), *proofs.binding)
    balances = tuple(_weigh_book(problem, column, float(floor)) for column, floor in enumerate(proofs.floors))
    moves = _list_least_moves(problem)
    rows = np.flatnonzero(problem.owned)
    forced = int((~problem.masks[problem.access[rows], problem.owner[rows]]).sum())
    sentences = [*_tell_books(problem, balances, len(rows), forced), *_tell_moves(problem, moves)]
    sentences += _tell_limits(balances, binding)
    return BookDiagnosis(
        codes=tuple(str(code) for code in problem.codes),
        accounts=len(problem.accounts),
        owned=len(rows),
        forced=forced,
        balances=balances,
        moves=moves,
        binding=binding,
        sentences=tuple(sentences),
    )


def _weigh_book(problem: DesignProblem, column: int, floor: float) -> BookBalance:
    measure, owned = problem.measures[column], problem.owned
    targets, values = problem.targets[:, column], problem.values[:, column]
    loads = np.bincount(problem.owner[owned], values[owned], len(targets)).astype(np.float64)
    known = np.where(targets > 0, targets, 1.0)
    deviations = np.where(targets > 0, loads / known - 1, 0.0)
    low, high = problem.find_bands()
    slack = SLACK * targets
    is_outside = (loads < low[:, column] - slack) | (loads > high[:, column] + slack)
    return BookBalance(
        name=measure.name,
        kind=measure.kind,
        tolerance=measure.tolerance,
        loads=loads,
        targets=targets,
        deviations=deviations,
        floor=floor,
        outside=int(is_outside.sum()),
        outside_usual=int((np.abs(deviations) > USUAL_TOLERANCE + SLACK).sum()),
        orphaned=float(values[~owned].sum()),
    )


def _list_least_moves(problem: DesignProblem) -> tuple[LeastMoves, LeastMoves]:
    """For what is asked and for ±10 %, which is often the same question."""
    asked = _find_share(problem, None)
    if {measure.tolerance for measure in problem.measures if measure.kind == "balance"} == {USUAL_TOLERANCE}:
        return asked, replace(asked, tolerance=USUAL_TOLERANCE)
    return asked, _find_share(problem, USUAL_TOLERANCE)


def _find_share(problem: DesignProblem, tolerance: float | None) -> LeastMoves:
    value, measure = find_least_moves(problem, tolerance)
    whole = float(problem.move_value[problem.owned].sum())
    return LeastMoves(tolerance, value, value / whole if whole > 0 else None, measure)


def _tell_books(
    problem: DesignProblem, balances: tuple[BookBalance, ...], owned: int, forced: int
) -> list[str]:
    n = len(problem.accounts)
    if owned == 0:
        return [
            f"None of the {_say_accounts(n)} has an owner among these territories: this is a fresh start."
        ]
    told = []
    if owned < n:
        told.append(f"{_say_accounts(n - owned)} without an owner are placed anew, which counts as no move.")
    if forced:
        told.append(f"{_say_accounts(forced)} may not stay with the owner, by lock, segment or eligibility.")
    for balance in balances:
        told.append(_tell_balance(balance, problem))
    return told


def _tell_balance(balance: BookBalance, problem: DesignProblem) -> str:
    word = _say_measure(balance.name)
    worst = int(np.abs(balance.deviations).argmax())
    off = float(balance.deviations[worst])
    side = "above" if off > 0 else "below"
    furthest = f"{problem.codes[worst]} is furthest, {say_percent(abs(off))} {side} its share"
    band = f"±{say_percent(balance.tolerance)}"
    k = len(problem.codes)
    if balance.outside == 0:
        how = f" ({furthest})" if abs(off) > SLACK else ""
        return f"{word} is balanced today: all {k} territories are within {band}{how}."
    return f"{word} is not balanced: {balance.outside} of {k} territories are outside {band}; {furthest}."


def _tell_moves(problem: DesignProblem, moves: tuple[LeastMoves, ...]) -> list[str]:
    told: list[str] = []
    worth = "activity" if problem.relationship is None else "relationship value"
    asked = {measure.tolerance for measure in problem.measures}
    for least in moves:
        if least.share is None or asked == {least.tolerance}:
            continue
        aim = "the tolerances asked for" if least.tolerance is None else f"±{say_percent(least.tolerance)}"
        if least.value <= 0:
            told.append(f"Nothing proves that anything must move to reach {aim}.")
            continue
        what = "All that is asked together" if least.measure is None else _say_measure(least.measure)
        told.append(
            f"{what}: at least {say_percent(least.share)} of the owned {worth} must change hands "
            f"to reach {aim}."
        )
    return told


def _tell_limits(balances: tuple[BookBalance, ...], binding: tuple[Binding, ...]) -> list[str]:
    told = [
        f"{_say_measure(balance.name)}: whatever is tried, some territory stays "
        f"{say_percent(balance.floor)} or more from its target."
        for balance in balances
        if balance.floor > SLACK
    ]
    if not binding:
        return [*told, "No constraint by itself makes the request impossible."]
    return [*told, *(f"Impossible as asked: {found.sentence}" for found in binding)]


def _say_measure(name: str) -> str:
    return "The number of accounts" if name == COUNT else f"“{name}”"


def _say_accounts(number: int) -> str:
    return "1 account" if number == 1 else f"{number:,} accounts"
