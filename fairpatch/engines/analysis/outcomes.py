"""What does routing the accounts there are say about a plan: who is left over, which territory gets none?"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from fairpatch.core.plans.findings import PlanFinding
from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.words import join_words
from fairpatch.core.territories.hierarchy import Hierarchy

_SHOWN = 3


def judge_outcome(plan: Plan, result: pa.Table) -> Iterator[PlanFinding]:
    """Findings about a routing result with the columns `account`, `layer` and `territory`, layer by layer."""
    tree = Hierarchy(plan)
    for layer in plan.layers:
        rows = result.filter(pc.equal(result["layer"], layer.code))
        left = rows.filter(pc.is_null(rows["territory"]))["account"]
        if len(left) and len(rows):
            shown = join_words([str(account) for account in left.slice(0, _SHOWN).to_pylist()], "and")
            yield PlanFinding(
                "warning" if layer.role == "primary" else "info",
                "territories",
                f"Nobody claims {len(left):,} of the {len(rows):,} accounts given in the layer {layer.code}, "
                f"for instance {shown}.",
                suggestion="Ask `fairpatch why` what came nearest.",
                kind="gap",
            )
        winners = set(pc.unique(rows["territory"]).to_pylist())
        for place, territory in enumerate(plan.territories):
            code = territory.code
            if tree.layer_of(code) == layer.code and tree.is_assignable(code) and code not in winners:
                sentence = f"{code} gets none of the accounts given."
                yield PlanFinding("info", f"territories[{place}]", sentence, kind="idle", territory=code)
