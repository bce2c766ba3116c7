"""Can the request be met at all, how far off must it stay, and which constraint says so?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.designs.words import name_measure, say_percent
from fairpatch.engines.design.problem import NO_LIMIT, SLACK, DesignProblem, Flags, Floats
from fairpatch.engines.design.result import Binding
from fairpatch.engines.design.surplus import check_move_budget

MOST_LP_CELLS = 400_000


@dataclass(frozen=True)
class Diagnosis:
    """Proven floors per measure, and every reason why the request cannot be met."""

    floors: Floats
    binding: tuple[Binding, ...]

    @property
    def is_hopeless(self) -> bool:
        """A hard constraint itself cannot hold."""
        return any(binding.is_hard for binding in self.binding)


def diagnose_problem(problem: DesignProblem) -> Diagnosis:
    """Only proofs: an empty list of bindings does not promise that a design exists."""
    hard = [*_check_access(problem), *_check_limits(problem)]
    if not hard:
        hard = _check_forced_moves(problem)
    floors = np.zeros(len(problem.measures))
    binding: list[Binding] = []
    for column in range(len(problem.measures)):
        floors[column], found = _find_floor(problem, column)
        binding += found
    if not binding:
        binding = check_move_budget(problem)
    return Diagnosis(floors, tuple(hard + binding))


def _check_access(problem: DesignProblem) -> list[Binding]:
    is_open = np.asarray(problem.masks.any(axis=1))
    nowhere = np.flatnonzero(~is_open[problem.access])
    if len(nowhere) == 0:
        return []
    sentence = (
        f"No territory may have {_count(len(nowhere))}: no segment and eligibility list leaves one open."
    )
    return [
        Binding(
            "eligibility",
            sentence,
            accounts=_name_accounts(problem, nowhere),
            needs=float(len(nowhere)),
            allows=0.0,
            is_hard=True,
        )
    ]


def _check_limits(problem: DesignProblem) -> list[Binding]:
    """Max accounts against the accounts that must fit: the cut of a flow from classes to territories."""
    limits = problem.max_accounts
    if (limits == NO_LIMIT).all():
        return []
    n, k = len(problem.access), len(limits)
    per_class = np.bincount(problem.access, minlength=len(problem.masks))
    room = np.where(limits == NO_LIMIT, n, limits)
    reached = _find_cut(per_class, problem.masks, room)
    if reached is None:
        return []
    classes, territories = reached
    rows = np.flatnonzero(classes[problem.access])
    allows = int(room[territories].sum())
    only = problem.codes[territories]
    where = "the territories" if len(only) == k else _list_names(only)
    sentence = f"{_count(len(rows))} must go to {where}, which may have {allows} in all."
    return [
        Binding(
            "max_accounts",
            sentence,
            territory=str(only[0]) if len(only) == 1 else None,
            accounts=_name_accounts(problem, rows),
            needs=float(len(rows)),
            allows=float(allows),
            is_hard=True,
        )
    ]


def _find_cut(supply: NDArray[np.int64], masks: Flags, room: NDArray[np.int64]) -> tuple[Flags, Flags] | None:
    """Classes and territories where too many accounts meet too little room; None when all fit."""
    from scipy.sparse import csr_array  # slow to import, needed only with max accounts
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    classes, k = masks.shape
    source, sink, nodes = classes + k, classes + k + 1, classes + k + 2
    of_class, of_territory = np.nonzero(masks)
    total = int(supply.sum())
    tails = np.concatenate((np.full(classes, source), of_class, classes + np.arange(k)))
    heads = np.concatenate((np.arange(classes), classes + of_territory, np.full(k, sink)))
    ceilings = np.concatenate((supply, np.full(len(of_class), total), np.minimum(room, total)))
    network = csr_array((ceilings.astype(np.int32), (tails, heads)), shape=(nodes, nodes))
    flow = maximum_flow(network, source, sink)
    if flow.flow_value >= total:
        return None
    left = network - flow.flow
    left.eliminate_zeros()
    side = np.zeros(nodes, np.bool_)
    side[breadth_first_order(csr_array(left), source, return_predecessors=False)] = True
    return side[:classes], side[classes : classes + k]


def _check_forced_moves(problem: DesignProblem) -> list[Binding]:
    """Owned accounts that may not stay, and books larger than a territory may hold, against the budget."""
    budget = problem.budget
    if budget is None:
        return []
    rows = np.flatnonzero(problem.owned)
    may_stay = problem.masks[problem.access[rows], problem.owner[rows]]
    forced = rows[~may_stay]
    needs = float(problem.move_value[forced].sum())
    for t in np.flatnonzero(problem.max_accounts != NO_LIMIT):
        book = rows[may_stay & (problem.owner[rows] == t)]
        over = len(book) - int(problem.max_accounts[t])
        if over > 0:
            needs += float(np.sort(problem.move_value[book])[:over].sum())
    if needs <= budget * (1 + SLACK):
        return []
    sentence = (
        f"Locks, eligibility and max accounts force moves worth {needs:.6g}; "
        f"the move budget allows {budget:.6g}."
    )
    return [
        Binding(
            "move_budget",
            sentence,
            accounts=_name_accounts(problem, forced),
            needs=needs,
            allows=budget,
            is_hard=True,
        )
    ]


def _find_floor(problem: DesignProblem, column: int) -> tuple[float, list[Binding]]:
    """The best proof of how far some territory must stay from its target, and why if that is too far."""
    if problem.totals[column] <= 0:
        return 0.0, []
    proofs = [_weigh_largest(problem, column), _weigh_ties(problem, column), _weigh_crowds(problem, column)]
    if not (problem.masks.sum(axis=1) <= 1).all() and len(problem.masks) > 1:
        proofs.append((_spread_classes(problem, column), None))
    floor = max(proof[0] for proof in proofs)
    measure = problem.measures[column]
    low, high = problem.find_bands()
    with np.errstate(divide="ignore", invalid="ignore"):
        widest = np.nanmax(
            np.maximum(
                high[:, column] / problem.targets[:, column] - 1,
                1 - low[:, column] / problem.targets[:, column],
            )
        )
    tolerance = max(measure.tolerance, float(widest)) if measure.kind == "spread" else measure.tolerance
    if floor <= tolerance + SLACK:
        return floor, []
    named = [binding for value, binding in proofs if binding is not None and value > tolerance + SLACK]
    if not named:
        sentence = (
            f"Who may go where keeps some territory at least {say_percent(floor)} from its target of "
            f"{name_measure(measure.name)}; {say_percent(tolerance)} is asked."
        )
        named = [Binding("eligibility", sentence, measure=measure.name, needs=floor, allows=tolerance)]
    return floor, named


def _weigh_largest(problem: DesignProblem, column: int) -> tuple[float, Binding | None]:
    """One account larger than every share it may go to."""
    share = np.where(problem.masks, problem.targets[:, column], 0.0).max(axis=1)[problem.access]
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(share > 0, problem.values[:, column] / share - 1, -1.0)
    tolerance = problem.measures[column].tolerance
    floor = max(0.0, float(over.max()))
    rows = np.flatnonzero(over > tolerance + SLACK)
    if len(rows) == 0:
        return floor, None
    rows = rows[np.argsort(-over[rows], kind="stable")]
    largest = rows[0]
    name = problem.measures[column].name
    value, allowed = float(problem.values[largest, column]), float(share[largest])
    sentence = (
        f"Account {problem.accounts[largest]} alone has {value:.6g} of {name}, {say_percent(floor)} over "
        f"the largest share it may go to ({allowed:.6g}). Split its credit, or leave it out of the balance."
    )
    return floor, Binding(
        "account_size",
        sentence,
        measure=name,
        accounts=_name_accounts(problem, rows),
        needs=value,
        allows=allowed * (1 + tolerance),
    )


def _weigh_ties(problem: DesignProblem, column: int) -> tuple[float, Binding | None]:
    """Locks, held accounts and narrow eligibility that overfill a territory or a group of them."""
    loads = np.bincount(problem.access, problem.values[:, column], len(problem.masks))
    tolerance = problem.measures[column].tolerance
    worst: tuple[float, Binding | None] = (0.0, None)
    for row in range(len(problem.masks)):
        group = problem.masks[row]
        inside = ~(problem.masks & ~group).any(axis=1)
        load, share = float(loads[inside].sum()), float(problem.targets[group, column].sum())
        if share <= 0 or load / share - 1 <= worst[0] + SLACK or group.all():
            continue
        over = load / share - 1
        members = np.flatnonzero(inside[problem.access])
        tied = problem.locked[members] | problem.held[members]
        kind = "locks" if tied.all() and group.sum() == 1 else "eligibility"
        why = "are locked to or held by" if kind == "locks" else "may go only to"
        name = problem.measures[column].name
        sentence = (
            f"{_count(len(members))} with {load:.6g} of {name} {why} {_list_names(problem.codes[group])}, "
            f"{say_percent(over)} over the share of {share:.6g}."
        )
        binding = Binding(
            kind,
            sentence,
            measure=name,
            territory=str(problem.codes[group][0]) if group.sum() == 1 else None,
            accounts=_name_accounts(
                problem, members[np.argsort(-problem.values[members, column], kind="stable")]
            ),
            needs=load,
            allows=share * (1 + tolerance),
        )
        worst = (over, binding if over > tolerance + SLACK else None)
    return worst


def _weigh_crowds(problem: DesignProblem, column: int) -> tuple[float, Binding | None]:
    """Pigeonholes: of any q·k + 1 accounts some territory gets q + 1; whole counts cannot be cut finer."""
    measure = problem.measures[column]
    values = np.sort(problem.values[:, column])[::-1]
    targets = problem.targets[:, column]
    k, n = len(targets), len(values)
    q = np.arange(1, (n - 1) // k + 1)
    floor = 0.0
    if len(q):
        floor = max(0.0, float(((q + 1) * values[q * k] / targets.max() - 1).max()))
    if measure.kind == "balance" and (values == values[0]).all():
        floor = max(floor, _round_counts(targets / values[0], n))
    if measure.kind == "spread" or floor <= measure.tolerance + SLACK:
        return (0.0 if measure.kind == "spread" else floor), None
    sentence = (
        f"Whole accounts cannot be shared out closer: some territory stays {say_percent(floor)} from its "
        f"target of {name_measure(measure.name)}; {say_percent(measure.tolerance)} is asked."
    )
    return floor, Binding(
        "account_size", sentence, measure=measure.name, needs=floor, allows=measure.tolerance
    )


def _round_counts(targets: Floats, n: int) -> float:
    """Least d such that whole counts within (1 ± d) of `targets` can add up to n."""
    down, up = np.floor(targets), np.ceil(targets)
    off = np.concatenate((1 - down / targets, up / targets - 1))
    nearest = float((np.minimum(targets - down, up - targets) / targets).max())
    for step in np.unique(off[off >= nearest - 1e-12]):
        low, high = np.ceil(targets * (1 - step) - 1e-9), np.floor(targets * (1 + step) + 1e-9)
        if low.sum() <= n <= high.sum() and (low <= high).all():
            return float(step)
    return nearest


def _spread_classes(problem: DesignProblem, column: int) -> float:
    """Least deviation when accounts of equal access may be cut at will: a small linear program."""
    classes, k = problem.masks.shape
    if classes * k > MOST_LP_CELLS:
        return 0.0
    from fairpatch.engines.design.exact import find_least_deviation

    supply = np.bincount(problem.access, problem.values[:, column], classes).astype(np.float64)
    return find_least_deviation(supply, problem.masks, problem.targets[:, column])


def _name_accounts(problem: DesignProblem, rows: NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(str(name) for name in problem.accounts[rows[:20]])


def _count(accounts: int) -> str:
    return "1 account" if accounts == 1 else f"{accounts} accounts"


def _list_names(names: NDArray[np.str_]) -> str:
    shown = ", ".join(str(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
