"""How does the reference route accounts into a table, and explain one of them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa

from fairpatch.connectors.tables import AccountTable, read_arrow_accounts
from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.route import route_plan
from fairpatch.core.routing.why import Explanation, explain_account


def route_accounts(plan: Plan, table: AccountTable, on: dt.date) -> pa.Table:
    """Routes accounts already read and makes the result table."""
    return tabulate_decisions(route_plan(plan, table.rows, on), table.id_type)


def tabulate_decisions(decisions: Sequence[Decision], id_type: pa.DataType) -> pa.Table:
    """The result columns of the plan format, section 5."""
    columns = {
        "account": pa.array([row.account for row in decisions], id_type),
        "layer": pa.array([row.layer for row in decisions], pa.string()),
        "territory": pa.array([row.territory for row in decisions], pa.string()),
        "cause": pa.array([row.cause for row in decisions], pa.string()),
        "tie": pa.array([row.is_tie for row in decisions], pa.bool_()),
        "class": pa.array([row.claim_class for row in decisions], pa.string()),
        "priority": pa.array([row.priority for row in decisions], pa.int64()),
        "specificity": pa.array([row.specificity for row in decisions], pa.int64()),
        "other_claims": pa.array([row.other_claims for row in decisions], pa.int64()),
    }
    return pa.table(columns)


def explain_table(
    plan: Plan,
    accounts: object,
    id: object,  # noqa: A002 - the library's published name
    *,
    date: dt.date | None = None,
    layer: str | None = None,
    territory: str | None = None,
    rep: str | None = None,
) -> tuple[Explanation, ...]:
    """Why an account lies where it lies, per layer; with `territory` or `rep`, why it does not lie there."""
    table = read_arrow_accounts(accounts, plan.catalogue)
    on = date or dt.date.today()  # noqa: DTZ011 - a planner's own day
    return explain_account(plan, table.rows, id, on, layer=layer, territory=territory, rep=rep)
