"""How is a named list of a draft written and removed?"""

from fairpatch.actions.drafts import edit_draft
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import User, ValueSet
from fairpatch.records.visibility import NotFoundError

WRONG_NAME = "A value set's name has 1 to 120 characters, without space at the ends. Nothing was changed."


def put_value_set(actor: User, plan_id: int, name: str, values: list[str], expected: int | None) -> int:
    """Writes a value set, new or not; answers the plan's new version."""
    if not 0 < len(name) <= 120 or name != name.strip():
        raise FairpatchError("wrong_value", WRONG_NAME)
    with edit_draft("put_value_set", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        kept = list(dict.fromkeys(value.strip() for value in values if value.strip()))
        ValueSet.objects.update_or_create(layout_id=edit.plan.layout_id, name=name, defaults={"values": kept})
        edit.act.detail.update(value_set=name, size=len(kept))
    return edit.plan.version


def remove_value_set(actor: User, plan_id: int, name: str, expected: int | None) -> int:
    """Removes a value set that no rule uses; answers the plan's new version."""
    with edit_draft("remove_value_set", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        deleted, _ = ValueSet.objects.filter(layout_id=edit.plan.layout_id, name=name).delete()
        if not deleted:
            raise NotFoundError("value set of this name in this plan")
        edit.act.detail["value_set"] = name
    return edit.plan.version
