"""Which accounts belong together, and who stands at the head of each family?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def group_families(parents: Mapping[str, str | None]) -> dict[str, str]:
    """The ultimate parent of every account.

    A parent that is not among the accounts is none. Accounts whose parents lead into a circle stand
    alone: each is its own head.
    """
    heads: dict[str, str] = {}
    for start in parents:
        path: list[str] = []
        on_path: set[str] = set()
        at = start
        while at not in heads and at not in on_path:
            path.append(at)
            on_path.add(at)
            above = parents[at]
            if above is None or above not in parents:
                heads[at] = at
            else:
                at = above
        is_circle = at not in heads or heads[at] == _CIRCLE
        for step in path:
            heads[step] = _CIRCLE if is_circle else heads[at]
    return {account: account if head == _CIRCLE else head for account, head in heads.items()}


def list_members(heads: Mapping[str, str]) -> dict[str, list[str]]:
    """The accounts of each family by its head, in the order of their ids."""
    members: dict[str, list[str]] = {}
    for account in sorted(heads):
        members.setdefault(heads[account], []).append(account)
    return members


def find_largest(members: Iterable[str], revenue: Mapping[str, int | float | None]) -> str:
    """The member with most revenue; a missing one counts lowest, and of equals the smaller id wins."""

    def rank(account: str) -> tuple[bool, int | float, str]:
        amount = revenue.get(account)
        return (amount is None, -(amount or 0), account)

    return min(members, key=rank)


_CIRCLE = ""
"""No account has an empty id."""
