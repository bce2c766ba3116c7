"""What does one statement see of everything that an execution changes?"""

from typing import Any

from django.db import connection

from fairpatch.records.models import Realignment

STATE = """
    SELECT (SELECT status FROM records_realignment WHERE id = %(id)s),
        (SELECT count(*) FROM records_move m JOIN records_account a ON a.id = m.account_id
            WHERE m.realignment_id = %(id)s AND m.change = 'owner' AND a.owner_id = m.to_rep_id),
        (SELECT count(*) FROM records_ownership WHERE realignment_id = %(id)s),
        (SELECT count(*) FROM records_dealmove m JOIN records_deal d ON d.id = m.deal_id
            WHERE m.realignment_id = %(id)s AND d.owner_id = m.to_rep_id),
        (SELECT count(*) FROM records_assignment s JOIN records_move m ON m.account_id = s.account_id
            AND m.layer_id = s.layer_id WHERE m.realignment_id = %(id)s AND s.other_claims = m.other_claims),
        (SELECT count(*) FROM records_ledgerleaf l JOIN records_realignment r ON r.batch = l.batch
            WHERE r.id = %(id)s),
        (SELECT max(batch) FROM records_ledgerhead),
        (SELECT active_plan_id FROM records_organisation),
        (SELECT count(*) FROM records_plan WHERE status = 'active')
"""


def read_passage(realignment: Realignment) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"id": realignment.pk})
        row = cursor.fetchone()
        assert row is not None
        return row
