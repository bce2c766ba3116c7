"""What may each role do, and which roles see the whole company?

Rights say which deeds a role may begin; the scope (own seats, reports, granted subtrees) how far they reach.
An auditor reads everything and changes nothing.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """A deed that a role may begin. The values are part of the API (`may` in the session)."""

    LOG_ACTIVITIES = "log_activities"
    EDIT_ACCOUNTS = "edit_accounts"
    EDIT_PLANS = "edit_plans"  # rules, seats, locks and lists of drafts, inside the own scope
    EDIT_TERRITORIES = "edit_territories"  # create, remove and re-parent territories of drafts
    REPLACE_PLANS = "replace_plans"  # a whole plan from text, or out as text
    PROPOSE = "propose"
    REASSIGN_BULK = "reassign_bulk"
    APPROVE = "approve"
    EXECUTE = "execute"
    IMPORT = "import"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TOKENS = "manage_tokens"
    AUDIT = "audit"
    SEE_JOBS = "see_jobs"


REP_RIGHTS = frozenset({Right.LOG_ACTIVITIES})
MANAGER_RIGHTS = REP_RIGHTS | {
    Right.EDIT_ACCOUNTS,
    Right.EDIT_PLANS,
    Right.PROPOSE,
    Right.APPROVE,
    Right.EXECUTE,
    Right.MANAGE_TOKENS,
}
DIRECTOR_RIGHTS = MANAGER_RIGHTS | {Right.EDIT_TERRITORIES, Right.REASSIGN_BULK}
PLANNER_RIGHTS = DIRECTOR_RIGHTS | {Right.REPLACE_PLANS, Right.IMPORT, Right.AUDIT, Right.SEE_JOBS}
ADMIN_RIGHTS = frozenset(Right)
AUDITOR_RIGHTS = frozenset({Right.AUDIT, Right.SEE_JOBS})

RIGHTS: dict[str, frozenset[Right]] = {
    "rep": REP_RIGHTS,
    "manager": MANAGER_RIGHTS,
    "director": DIRECTOR_RIGHTS,
    "planner": PLANNER_RIGHTS,
    "admin": ADMIN_RIGHTS,
    "auditor": AUDITOR_RIGHTS,
}

WHOLE_COMPANY_ROLES = frozenset({"planner", "admin", "auditor"})


def list_rights(role: str) -> frozenset[Right]:
    """The rights of a role; an unknown role has none."""
    return RIGHTS.get(role, frozenset())


def has_right(role: str, right: Right) -> bool:
    """May this role begin this deed at all?"""
    return right in list_rights(role)


def sees_whole_company(role: str) -> bool:
    """Is this role's sight unlimited by scope?"""
    return role in WHOLE_COMPANY_ROLES
