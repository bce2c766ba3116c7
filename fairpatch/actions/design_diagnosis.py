"""How is the book today, and can the request be met? Asked before a design run; changes nothing."""

from __future__ import annotations

from typing import Any

from fairpatch.actions.design_problem import state_book_problem
from fairpatch.core.designs.settings import DesignSettings
from fairpatch.core.designs.words import name_measure
from fairpatch.records.queries.design_book import load_design_book
from fairpatch.records.visibility import Scope


def diagnose_book(scope: Scope, asked: DesignSettings) -> dict[str, Any]:
    """Counts, today's imbalance, the least that must move, and what makes the request impossible."""
    from fairpatch.engines.design.diagnosis import diagnose

    ground, book = load_design_book(scope, asked)
    found = diagnose(state_book_problem(book, asked)).to_record()
    return {
        "layer": ground.layer.code,
        "accounts": found["accounts"],
        "owned": found["owned"],
        "is_possible": found["is_possible"],
        "sentences": found["sentences"],
        "left_out": list(book.left_out),
        "doubts": list(book.doubts),
        "least_moves": found["least_moves"],
        "measures": [{**measure, "label": name_measure(measure["name"])} for measure in found["measures"]],
        "places": [
            {
                "code": place.code,
                "name": place.name,
                "rep": place.rep,
                "capacity": place.capacity,
                "capacity_note": place.capacity_note,
                "is_new": place.territory_id is None,
            }
            for place in book.places
        ],
    }
