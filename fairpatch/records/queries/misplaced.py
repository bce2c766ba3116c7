"""Which accounts stand outside the territory they are held in, why, and where do they belong?

An account is misplaced when
- its data lies outside the territory that holds it: outside the rules of the territories above, and, when a
  rule
  put it there, outside the territory's own rule (an account that is named or locked may lie outside that
  one); or
- its owner holds no seat in the territory and is not the interim for an empty one.
It belongs to the deepest territories of the layer whose effective rule matches; for the second reason, to the
territory's own people. Accounts that follow their headquarters are only judged by their owner.

The answer for the whole company is kept until something changes. Only the rule's fields are read, and
accounts that agree in them are judged once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.tree import Rule, join_all, walk_conditions
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import Account, Assignment, Organisation, Plan, Seat, User
from fairpatch.records.queries.calendar import read_today
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.standing import find_state_mark, load_owners
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import Scope, load_scope, visible_accounts

# Where the value of a rule's field is kept, when the column has another name.
_COLUMNS = {
    "id": ("key",), "region": ("country",), "position": ("latitude", "longitude"), "parent": ("parent__key",),
    "annual_revenue": ("annual_revenue_minor",),
}  # fmt: skip
_STANDARD = frozenset(field.name for field in Account._meta.concrete_fields)
_SHOWN = ("id", "external_id", "name", "city", "state", "country", "territory_id", "owner_id", "owner__name")


@dataclass(frozen=True, slots=True)
class Misplacement:
    """`reason` is "place" (its data lies elsewhere) or "owner" (the owner has no seat there)."""

    reason: str
    territory: str
    belongs_to: tuple[str, ...]


def find_misplaced(scope: Scope) -> Mapping[int, Misplacement]:
    """Every misplaced account of the company, by id. Narrow it to what the user may see."""
    plan = scope.plan
    if plan is None:
        return {}
    key = (make_plan_key(plan), scope.today, find_state_mark())
    return keep_content("misplaced", key, lambda: dict(_Judge(scope, plan).judge_accounts()))


def find_misplaced_among(scope: Scope, ids: list[int]) -> Mapping[int, Misplacement]:
    """The misplaced ones of a page of accounts, without judging the whole company for it."""
    plan = scope.plan
    if plan is None or not ids:
        return {}
    key = (make_plan_key(plan), scope.today, find_state_mark())
    judge = keep_content("judge", key, lambda: _Judge(scope, plan))
    return dict(judge.judge_accounts(ids))


def select_misplaced_ids(scope: Scope) -> RawSQL:
    """The ids as a subquery, for `id__in`."""
    ids = orjson.dumps(list(find_misplaced(scope))).decode()
    sql = "SELECT value FROM json_each(%s)"
    if connection.vendor != "sqlite":
        sql = "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb) AS value"
    return RawSQL(sql, [ids])  # noqa: S611 - the only value is a parameter


def count_misplaced(user: User) -> int:
    """How many misplaced accounts the user may see."""
    scope = load_scope(user)
    found = find_misplaced(scope)
    if scope.sees_all:
        return len(found)
    return visible_accounts(scope).filter(id__in=select_misplaced_ids(scope)).count()


def count_company_misplaced() -> int:
    """How many accounts of the whole company are misplaced today."""
    organisation = Organisation.objects.select_related("active_plan").first()
    if organisation is None:
        return 0
    return len(find_misplaced(Scope(User(), organisation, read_today(organisation), sees_all=True)))


def list_misplaced(
    user: User, after: int | None = None, limit: int = 100
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of misplaced accounts by id, each with the reason and where it belongs; the next page's mark."""
    scope = load_scope(user)
    if scope.plan is None:
        return [], None
    found = find_misplaced(scope)
    rows = visible_accounts(scope).filter(id__in=select_misplaced_ids(scope)).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    page = list(rows.values(*_SHOWN)[: limit + 1])
    tree = load_tree(scope.plan)
    shown = [_shape_row(row, found[row["id"]], tree) for row in page[:limit]]
    return shown, shown[-1]["id"] if len(page) > limit else None


def _shape_row(row: dict[str, Any], misplacement: Misplacement, tree: Tree) -> dict[str, Any]:
    row = dict(row)
    owner = {"id": row.pop("owner_id"), "name": row.pop("owner__name")}
    del row["territory_id"]
    return {
        **row,
        "owner": owner,
        "territory": _name_territory(tree, misplacement.territory),
        "misplaced": describe_misplaced(misplacement, owner["name"], tree),
    }


def describe_misplaced(misplacement: Misplacement, owner_name: str, tree: Tree) -> dict[str, Any]:
    """The reason in words, and the territories where the account belongs."""
    held = _name_territory(tree, misplacement.territory)
    where = [_name_territory(tree, code) for code in misplacement.belongs_to]
    if misplacement.reason == "owner":
        reason = f"{owner_name} owns it without a seat in {held['name']}."
    elif where:
        names = " or ".join(territory["name"] for territory in where)
        reason = f"It is held in {held['name']}, but by its data it belongs to {names}."
    else:
        reason = f"It is held in {held['name']}, but by its data it belongs to no territory."
    return {"reason": reason, "belongs_to": where}


def _name_territory(tree: Tree, code: str) -> dict[str, str]:
    node = tree.by_code.get(code)
    return {"code": code, "name": node.name if node and node.name else code}


class _Judge:
    """Judges all accounts of the live plan's primary layer."""

    def __init__(self, scope: Scope, plan: Plan) -> None:
        self._scope = scope
        self._plan = plan
        self._core = load_core_plan(plan)
        self._tree = load_tree(plan)
        self._hierarchy = Hierarchy(self._core)
        layer = self._tree.primary_layer
        assert layer is not None, "a plan has a primary layer"
        self._layer = layer
        self._codes = [
            t.code for t in self._core.territories if self._hierarchy.layer_of(t.code) == layer.code
        ]
        self._reader = AccountReader(self._core.catalogue, self._core.regions)
        self._effective = {code: self._bind(self._hierarchy.effective_rule_of(code)) for code in self._codes}
        self._above = {code: self._bind(_rule_above(self._hierarchy, code)) for code in self._codes}
        self._fields = _list_fields(self._core, self._codes)
        self._known: dict[tuple[Any, ...], Misplacement | None] = {}
        self._ruled: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def _bind(self, rule: Rule | None) -> Callable[[Any], bool] | None:
        return bind_rule(rule, self._core.scope) if rule is not None else None

    def judge_accounts(self, ids: list[int] | None = None) -> Iterator[tuple[int, Misplacement]]:
        """The misplaced ones of these accounts (None: of all)."""
        columns = [column for name in self._fields for column in _list_columns(name)]
        columns += (
            ["custom"] if any(name not in _COLUMNS and name not in _STANDARD for name in self._fields) else []
        )
        columns = list(dict.fromkeys(columns))
        causes = self._read_exceptions(ids)
        accounts = Account.objects.filter(ended_at=None, territory__isnull=False)
        if ids is not None:
            accounts = accounts.filter(id__in=ids)
        rows = accounts.values_list("id", "owner_id", "territory_id", *columns)
        for pk, owner, territory, *values in rows.iterator(chunk_size=5_000):
            node = self._tree.by_id.get(territory)
            if node is None or node.layer_id != self._layer.id:
                continue
            cause = causes.get(pk, "rule")
            facts = tuple(orjson.dumps(v) if isinstance(v, dict | list) else v for v in values)
            key = (node.code, cause, facts)
            if key not in self._known:
                self._known[key] = self._judge_place(
                    node.code, cause, dict(zip(columns, values, strict=True)), facts
                )
            found = self._known[key]
            if found is None and (territory, owner) not in self._holders:
                found = Misplacement("owner", node.code, (node.code,))
            if found is not None:
                yield pk, found

    def _read_exceptions(self, ids: list[int] | None) -> dict[int, str]:
        """Accounts that something else than a rule put where they are held."""
        rows = Assignment.objects.filter(layer_id=self._layer.id).exclude(cause="rule")
        if ids is not None:
            rows = rows.filter(account_id__in=ids)
        held = rows.exclude(territory=None).values_list(
            "account_id", "cause", "territory_id", "account__territory_id"
        )
        return {
            account: cause
            for account, cause, decided, now in held.iterator(chunk_size=5_000)
            if decided == now
        }

    @cached_property
    def _holders(self) -> set[tuple[int, int]]:
        """Territory and rep:

        seats of today, and whoever answers for it today (an interim, for an empty one).
        """
        today = self._scope.today
        holders = {
            (territory, rep)
            for territory, rep, start, end in Seat.objects.filter(plan=self._plan).values_list(
                "territory_id", "rep_id", "from_on", "until_on"
            )
            if (start is None or start <= today) and (end is None or today <= end)
        }
        owners = load_owners(self._scope, self._plan)
        for code in self._codes:
            node = self._tree.by_code[code]
            rep, _ = owners.find_owner(node.id)
            if rep is not None:
                holders.add((node.id, rep))
        return holders

    def _judge_place(
        self, code: str, cause: str, row: dict[str, Any], facts: tuple[Any, ...]
    ) -> Misplacement | None:
        if cause == "family":
            return None
        # Where only names put accounts, there is no own rule to lie outside of.
        own = self._effective[code] if cause == "rule" else None
        judged = own or self._above[code]
        if judged is None:
            return None
        seen = self._reader.read(self._write_raw(row))
        if judged(seen):
            return None
        if facts not in self._ruled:
            self._ruled[facts] = self._find_home(seen)
        return Misplacement("place", code, self._ruled[facts])

    def _find_home(self, seen: Any) -> tuple[str, ...]:
        """The deepest territories whose effective rule matches, by code."""
        matching = [
            (self._hierarchy.depth_of(code), code)
            for code in self._codes
            if (predicate := self._effective[code]) is not None and predicate(seen)
        ]
        deepest = max((depth for depth, _ in matching), default=0)
        return tuple(sorted(code for depth, code in matching if depth == deepest))

    def _write_raw(self, row: dict[str, Any]) -> dict[str, Any]:
        raw = {**row.get("custom", {}), **row, "id": row.get("key"), "parent": row.get("parent__key")}
        minor = row.get("annual_revenue_minor")
        if minor is not None:
            organisation = self._scope.organisation
            assert organisation is not None, "a live plan has an organisation"
            raw["annual_revenue"] = Decimal(minor).scaleb(-count_minor_digits(organisation.currency))
        return raw


def _rule_above(hierarchy: Hierarchy, code: str) -> Rule | None:
    """The rules of all territories above, as far as the chain reaches."""
    rules = []
    line = hierarchy.lineage_of(code)
    for below, step in itertools.pairwise(line):
        if not below.inherit:
            break
        if step.rule is not None:
            rules.append(step.rule)
    return join_all(*rules) if rules else None


def _list_fields(plan: CorePlan, codes: list[str]) -> list[str]:
    wanted = set(codes)
    rules = [t.rule for t in plan.territories if t.code in wanted and t.rule is not None]
    return sorted({condition.field for rule in rules for condition in walk_conditions(rule)})


def _list_columns(name: str) -> tuple[str, ...]:
    if name in _COLUMNS:
        return _COLUMNS[name]
    return (name,) if name in _STANDARD else ()
