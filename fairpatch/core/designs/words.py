"""What does a design say of itself to people: is it good, what moved, what did the limits cost?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpatch.core.designs.settings import COUNT

#: What one further point of the move budget must save before it is worth a sentence.
WORTH_TELLING = 0.0005


def tell_design(report: Mapping[str, Any]) -> list[str]:
    """Sentences for the head of a design's page; the binding constraints come first."""
    told = [binding["sentence"] for binding in report["binding"]]
    if report["rms_km"] is None:
        return [*told, "No assignment keeps every hard limit, so there is nothing to show on the map."]
    if report["status"] == "infeasible":
        told.append("This is the closest design found that keeps every hard limit.")
    if report["status"] == "unmet":
        told.append(_tell_unmet(report))
    if report["stopped"] == "time":
        told.append("The time ceiling cut in: this is the best design found until then. More time may help.")
    if report["gap"] is not None:
        told.append(
            f"The design is at most {say_percent(report['gap'])} from the best possible for these centres."
        )
    told.append(_tell_moves(report))
    told += _tell_prices(report)
    return told


def _tell_unmet(report: Mapping[str, Any]) -> str:
    off = [measure for measure in report["measures"] if not measure["met"]]
    if not off:
        return "The design found breaks a limit; nothing proves that none exists that keeps it."
    named = ", ".join(_tell_miss(measure) for measure in off)
    return f"The tolerances were not reached ({named}), though nothing proves that they cannot be."


def _tell_miss(measure: Mapping[str, Any]) -> str:
    asked, reached = measure["tolerance"], measure["max_deviation"]
    name = name_measure(measure["name"])
    if say_percent(asked) == say_percent(reached):
        return f"{name} by a hair more than {say_percent(asked)}"
    return f"{name} by {say_percent(reached)} where {say_percent(asked)} is asked"


def _tell_moves(report: Mapping[str, Any]) -> str:
    share = report["moved_share"]
    if share is None:
        return "No account had a territory among these, so nothing counts as a move."
    if share == 0:
        return "No account that has a territory among these changes it."
    return f"{say_percent(share)} of the activity that has a territory among these changes hands."


def _tell_prices(report: Mapping[str, Any]) -> list[str]:
    """What one more point of the move budget would gain, by the price the bound proves."""
    saved = report.get("budget_point")
    if saved is None or saved < WORTH_TELLING:
        return []
    gain = say_percent(saved)
    return [f"The move budget costs compactness: one more point of it would save up to {gain} of the cost."]


def name_measure(name: str) -> str:
    """A measure as people call it."""
    return "accounts" if name == COUNT else name.replace("_", " ")


def say_percent(share: float) -> str:
    """A share in percent, as finely as its size deserves."""
    points = share * 100
    if points == 0:
        return "0 %"
    return f"{points:.2f} %" if abs(points) < 0.1 else f"{points:.1f} %"
