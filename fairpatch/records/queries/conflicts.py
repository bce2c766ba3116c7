"""Which accounts do several territories claim, and was it settled or only a tie broken by order?"""

from typing import Any, Literal

from fairpatch.core.routing.precedence import explain_loss
from fairpatch.records.models import Account, Assignment
from fairpatch.records.queries.accounts import name_territory
from fairpatch.records.queries.examination import find_core_layer, load_examiner, read_family
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

ConflictKind = Literal["ties", "several"]
RIVALS = 5
COLUMNS = (
    "account_id", "account__external_id", "account__name", "account__city", "account__state",
    "account__country", "account__owner_id", "account__owner__name", "territory_id", "cause", "tie",
    "claim_class", "priority", "specificity", "other_claims",
)  # fmt: skip


def list_conflicts(
    scope: Scope, layer: str | None, kind: ConflictKind, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Visible accounts by number, with who else claims them, and the last number when more follow."""
    if scope.plan is None:
        raise NotFoundError("live plan yet")
    tree = load_tree(scope.plan)
    row = tree.find_layer(layer)
    if row is None:
        raise NotFoundError("layer of this code in the live plan")
    claimed = Assignment.objects.filter(layer_id=row.id, account__ended_at__isnull=True)
    claimed = claimed.filter(tie=True) if kind == "ties" else claimed.filter(other_claims__gt=0)
    if not scope.sees_all:
        claimed = claimed.filter(account_id__in=visible_accounts(scope).values("id"))
    if after is not None:
        claimed = claimed.filter(account_id__gt=after)
    found = list(claimed.order_by("account_id").values_list(*COLUMNS)[: limit + 1])
    page = found[:limit]
    rivals = _find_rivals(scope, row.code, [item[0] for item in page])
    shown = []
    for account, external_id, name, city, state, country, owner, owner_name, territory, *grounds in page:
        cause, tie, claim_class, priority, specificity, others = grounds
        shown.append(
            {
                "id": account,
                "external_id": external_id,
                "name": name,
                "city": city,
                "state": state,
                "country": country,
                "owner": {"id": owner, "name": owner_name},
                "territory": name_territory(tree, territory),
                "cause": cause,
                "tie": tie,
                "claim_class": claim_class,
                "priority": priority,
                "specificity": specificity,
                "other_claims": others,
                "rivals": rivals.get(account, []),
            }
        )
    return shown, page[-1][0] if len(found) > limit else None


def _find_rivals(scope: Scope, layer: str, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The other claims of a page of accounts, the strongest first, and why each lost."""
    assert scope.plan is not None, "the rows come from the live plan"
    core = load_core_plan(scope.plan)
    examiner = load_examiner(scope.plan, find_core_layer(core, layer).code, scope.today)
    book, keys = read_family(scope, core, ids)
    names = {node.code: node.name for node in load_tree(scope.plan).nodes}
    rivals = {}
    for account in Account.objects.filter(id__in=ids).values_list("id", flat=True):
        folded = keys[account]
        decision = examiner.router.decide(folded, book)
        claims = examiner.router.find_claims(folded, book)
        rivals[account] = [
            {
                "code": claim.territory,
                "name": names.get(claim.territory, claim.territory),
                "lost_because": _say_loss(decision.cause) or explain_loss(claims[0], claim),
            }
            for claim in claims
            if claim.territory != decision.territory
        ][:RIVALS]
    return rivals


def _say_loss(cause: str) -> str | None:
    return {
        "lock": "a lock comes before every claim",
        "family": "the account follows its ultimate parent",
    }.get(cause)
