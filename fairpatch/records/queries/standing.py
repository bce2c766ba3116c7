"""What holds right now: the newest deed, and who answers for each territory of the live plan?"""

from django.db import connection

from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.routing import OwnerBook
from fairpatch.records.visibility import Scope

STATE = """
    SELECT COALESCE((SELECT MAX(batch) FROM records_ledgerhead), 0),
        COALESCE((SELECT MAX(id) FROM records_accountchange), 0)
"""


def find_state_mark() -> tuple[int, int]:
    """Changes whenever any deed was done: the newest ledger batch and the newest account change."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        batch, change = cursor.fetchone()
    return batch, change


def load_owners(scope: Scope, plan: Plan) -> OwnerBook:
    """Who owns what each territory holds today, worked out once per state of the company."""
    organisation = scope.organisation
    assert organisation is not None, "a plan belongs to an organisation"
    key = (make_plan_key(plan), scope.today, find_state_mark()[0])
    return keep_content("owners", key, lambda: OwnerBook(plan, scope.today, organisation))
