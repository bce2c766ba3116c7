"""How are accounts named in a territory of a draft, so that routing puts them there?"""

from collections.abc import Sequence

from fairpatch.actions.drafts import edit_draft
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import ListedAccount, User
from fairpatch.records.visibility import NotFoundError, load_scope, visible_accounts

IS_EXCLUDED = (
    "{} excludes {} of these accounts, so naming them would do nothing. Nothing was changed. Take them off "
    "the exclusions first, or choose another territory."
)
NOT_ASSIGNABLE = "{} holds no accounts of its own. Nothing was changed. Choose a territory below it."


def name_accounts(
    actor: User, plan_id: int, territory: str, account_ids: Sequence[int], expected: int | None
) -> int:
    """Adds accounts to the list that a territory names; those on it already stay. The plan's new version."""
    wanted = set(account_ids)
    with edit_draft("name_accounts", actor, plan_id, expected) as edit:
        node = edit.tree.by_code.get(territory)
        if node is None:
            raise NotFoundError("territory of this code in this plan")
        edit.require_reach(territory)
        if not node.is_assignable:
            raise FairpatchError("not_assignable", NOT_ASSIGNABLE.format(territory))
        accounts = dict(
            visible_accounts(load_scope(actor))
            .filter(id__in=wanted, ended_at=None)
            .values_list("key", "external_id")
        )
        if not wanted or len(accounts) != len(wanted):
            raise NotFoundError("account of this list")
        listed = ListedAccount.objects.filter(layout_id=edit.plan.layout_id, territory_id=node.id)
        excluded = listed.filter(kind=ListedAccount.Kind.EXCLUDED, account_key__in=accounts).count()
        if excluded:
            raise FairpatchError("excluded", IS_EXCLUDED.format(territory, excluded))
        known = set(listed.filter(kind=ListedAccount.Kind.NAMED).values_list("account_key", flat=True))
        ListedAccount.objects.bulk_create(
            ListedAccount(
                layout_id=edit.plan.layout_id,
                territory_id=node.id,
                kind=ListedAccount.Kind.NAMED,
                account_id_text=text,
                account_key=key,
            )
            for key, text in sorted(accounts.items())
            if key not in known
        )
        edit.act.detail.update(territory=territory, accounts=len(accounts))
    return edit.plan.version
