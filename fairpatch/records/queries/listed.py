"""Which of the accounts that a plan's lists and locks name are there?"""

from fairpatch.core.plans.plan import Plan, fold_account_id
from fairpatch.records.models import Account

ASKED_AT_ONCE = 500


def find_listed_accounts(plan: Plan) -> frozenset[str]:
    """The folded ids among those that the plan names."""
    named = {fold_account_id(lock.account) for lock in plan.locks}
    for territory in plan.territories:
        named.update(map(fold_account_id, (*territory.accounts, *territory.exclude)))
    waiting = sorted(named)
    found: set[str] = set()
    for start in range(0, len(waiting), ASKED_AT_ONCE):
        keys = waiting[start : start + ASKED_AT_ONCE]
        found.update(Account.objects.filter(key__in=keys).values_list("key", flat=True))
    return frozenset(found)
