"""How do whole geographic units form territories in one piece each?"""

from __future__ import annotations

from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.solve import Clock, Solution


def solve_contiguous(
    problem: DesignProblem, frame: Frame, start: Solution, seed: int, clock: Clock
) -> Solution:
    return start
