"""Which records does each kind of staged row become?"""

from __future__ import annotations

from typing import Any

from fairpatch.actions.deed import Deed
from fairpatch.actions.imports_sql import (
    Counted,
    Target,
    as_date,
    as_json,
    merge_json,
    merge_rows,
    run_by_chunk,
    run_sql,
    unlike,
)
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.records.models import Organisation

_REP_TEXTS = ("name", "email", "title", "level")
_ACCOUNT_TEXTS = (
    "name", "country", "state", "city", "postal_code", "address", "industry", "sic", "segment", "source",
    "status",
)  # fmt: skip
OUTCOME = (
    "CASE WHEN s.outcome <> '' THEN s.outcome WHEN lower(s.stage) LIKE '%won%' THEN 'won'"
    " WHEN lower(s.stage) LIKE '%lost%' THEN 'lost' ELSE 'open' END"
)
"""Of a staged deal."""
_PLACE = ("country", "state", "city", "postal_code", "latitude", "longitude")


def merge_reps(act: Deed, spec: ImportSpec) -> Counted:
    mapped = list_mapped(spec, "reps")
    targets = [
        Target("system", ":system", is_updated=False),
        Target("external_id", "s.id", is_updated=False),
        Target("key", "s.id_key", is_updated=False),
        *(Target(name, f"s.{name}", name in mapped) for name in _REP_TEXTS),
        Target("kind", "CASE WHEN s.kind = '' THEN 'person' ELSE s.kind END", "kind" in mapped),
        Target("status", "CASE WHEN s.status = '' THEN 'active' ELSE s.status END", "status" in mapped),
        Target(
            "home_latitude",
            "s.home_latitude",
            bool({"home_latitude", "home_postal_code", "home_city"} & mapped),
        ),
        Target(
            "home_longitude",
            "s.home_longitude",
            bool({"home_latitude", "home_postal_code", "home_city"} & mapped),
        ),
        Target("hired_on", as_date("s.hired_on"), "hired_on" in mapped),
    ]
    counted = merge_rows("records_rep", "stage_reps s", "r.key = s.id_key", targets, {"system": spec.system})
    managers = 0
    if "manager" in mapped:
        managers = run_sql(
            "UPDATE records_rep AS r SET manager_id = m.id"
            " FROM stage_reps s LEFT JOIN records_rep m ON m.key = s.manager_key"
            f" WHERE s.is_faulty = 0 AND r.key = s.id_key AND r.manager_id {unlike()} m.id"
        )
    # A new rep's manager is part of adding the rep.
    return Counted(counted.added, counted.changed + (managers if not counted.added else 0))


def merge_accounts(act: Deed, spec: ImportSpec, organisation: Organisation) -> Counted:
    """New accounts belong to the file's owner or the queue keeper; the owner of an old one is not touched."""
    params = {"system": spec.system, "keeper": organisation.queue_keeper_id, "now": act.now}
    source = "stage_accounts s LEFT JOIN records_rep o ON o.key = s.owner_key"
    counted = merge_rows("records_account", source, "r.key = s.id_key", list_account_targets(spec), params)
    changed = counted.changed
    if has_custom(spec):
        changed += _merge_custom(act)
    if "parent" in list_mapped(spec, "accounts"):
        changed += _link_parents(act)
    return Counted(counted.added, changed)


def list_account_targets(spec: ImportSpec) -> list[Target]:
    """What staged accounts write, but for parents, and for the custom fields of accounts that exist."""
    mapped = list_mapped(spec, "accounts")
    is_placed = bool(mapped & set(_PLACE))
    keeps_position = "r.position_origin = 'given' AND s.position_origin <> 'given'"
    return [
        Target("system", ":system", is_updated=False),
        Target("external_id", "s.id", is_updated=False),
        Target("key", "s.id_key", is_updated=False),
        *(
            Target(
                name,
                f"s.{name}",
                name in mapped,
                "s.state = ''" if name == "state" and "state" not in mapped else "",
            )
            for name in _ACCOUNT_TEXTS
        ),
        Target(
            "metro",
            "s.metro",
            bool({"metro", "postal_code"} & mapped),
            "" if "metro" in mapped else "s.metro = ''",
        ),
        *(
            Target(name, f"s.{name}", is_placed, keeps_position)
            for name in ("latitude", "longitude", "position_origin")
        ),
        Target("employees", "s.employees", "employees" in mapped),
        Target("annual_revenue_minor", "s.annual_revenue", "annual_revenue" in mapped),
        Target("product_lines", as_json("s.product_lines"), "product_lines" in mapped),
        Target("custom", merge_json(_empty_object(), "s.custom"), is_updated=False),
        Target("owner_id", "COALESCE(o.id, :keeper)", is_updated=False),
        Target("version", "0", is_updated=False),
        Target("created_at", ":now", is_updated=False),
        Target("updated_at", ":now"),
    ]


def has_custom(spec: ImportSpec) -> bool:
    """Does some file bring custom fields of accounts?"""
    return any(name.startswith("custom.") for name in list_mapped(spec, "accounts"))


def _empty_object() -> str:
    return as_json("'{}'")


def _merge_custom(act: Deed) -> int:
    """Custom fields of accounts that were here before. New accounts have theirs already and do not differ."""
    merged = merge_json("r.custom", "s.custom")
    return run_by_chunk(
        f"UPDATE records_account AS r SET custom = {merged}, updated_at = :now FROM stage_accounts s"
        " WHERE s.is_faulty = 0 AND {chunk} AND r.key = s.id_key"
        f" AND {as_json('r.custom')} {unlike()} {merged}",
        "stage_accounts s",
        {"now": act.now},
    )


def _link_parents(act: Deed) -> int:
    """Sets parents, the new accounts' too; counts only accounts that were here before."""
    source = "stage_accounts s LEFT JOIN records_account p ON p.key = s.parent_key"
    _, old = (
        run_by_chunk(
            f"UPDATE records_account AS r SET parent_id = p.id, updated_at = :now FROM {source}"
            f" WHERE s.is_faulty = 0 AND {{chunk}} AND r.key = s.id_key AND r.created_at {when} :now"
            f" AND r.parent_id {unlike()} p.id",
            source,
            {"now": act.now},
        )
        for when in ("=", "<>")
    )
    return old


def merge_deals(act: Deed, spec: ImportSpec, organisation: Organisation) -> Counted:
    mapped = list_mapped(spec, "deals")
    targets = [
        Target("system", ":system", is_updated=False),
        Target("external_id", "s.id", is_updated=False),
        Target("key", "s.id_key", is_updated=False),
        Target("account_id", "a.id"),
        # Who works a deal changes with its account, in a realignment, not by a file.
        Target("owner_id", "COALESCE(o.id, a.owner_id)", is_updated=False),
        Target("name", "s.name"),
        Target("stage", "s.stage"),
        Target("outcome", OUTCOME),
        Target("amount_minor", "COALESCE(s.amount, 0)", "amount" in mapped),
        Target(
            "currency", "CASE WHEN s.currency = '' THEN :currency ELSE s.currency END", "currency" in mapped
        ),
        *(
            Target(name, as_date(f"s.{name}"), name in mapped)
            for name in ("opened_on", "close_on", "closed_on")
        ),
        Target("version", "0", is_updated=False),
    ]
    source = (
        "stage_deals s JOIN records_account a ON a.key = s.account_key"
        " LEFT JOIN records_rep o ON o.key = s.owner_key"
    )
    params = {"system": spec.system, "currency": spec.currency or organisation.currency}
    return merge_rows("records_deal", source, "r.key = s.id_key", targets, params)


def merge_activities(act: Deed, spec: ImportSpec) -> Counted:
    mapped = list_mapped(spec, "activities")
    targets = [
        Target("system", ":system", is_updated=False),
        Target("external_id", "s.id", is_updated=False),
        Target("key", "s.id_key", is_updated=False),
        Target("account_id", "a.id"),
        Target("rep_id", "COALESCE(o.id, a.owner_id)", "rep" in mapped),
        Target("kind", "s.kind"),
        Target("subject", "s.subject", "subject" in mapped),
        *(Target(name, as_date(f"s.{name}"), name in mapped) for name in ("due_on", "done_on")),
    ]
    source = (
        "stage_activities s JOIN records_account a ON a.key = s.account_key"
        " LEFT JOIN records_rep o ON o.key = s.rep_key"
    )
    return merge_rows("records_activity", source, "r.key = s.id_key", targets, {"system": spec.system})


def merge_quotas(act: Deed, spec: ImportSpec, organisation: Organisation) -> Counted:
    same = "r.starts_on = {start} AND r.ends_on = {end}".format(
        start=as_date("s.starts_on"), end=as_date("s.ends_on")
    )
    amounts = [
        Target("starts_on", as_date("s.starts_on"), is_updated=False),
        Target("ends_on", as_date("s.ends_on"), is_updated=False),
        Target("amount_minor", "s.amount"),
        Target("currency", "CASE WHEN s.currency = '' THEN :currency ELSE s.currency END"),
    ]
    params: dict[str, Any] = {"currency": spec.currency or organisation.currency}
    counted = [
        merge_rows(
            "records_quota",
            f"stage_quotas s JOIN {table} n ON {key} = s.{staged}",
            f"r.{column} = n.id AND {same}",
            [Target(column, "n.id", is_updated=False), *amounts],
            params,
        )
        for table, key, staged, column in (
            ("records_rep", "n.key", "rep_key", "rep_id"),
            ("records_territory", "lower(replace(n.code, ' ', ''))", "territory_key", "territory_id"),
        )
    ]
    return Counted(sum(part.added for part in counted), sum(part.changed for part in counted))


def list_mapped(spec: ImportSpec, kind: str) -> set[str]:
    """Our columns that some file of this kind fills."""
    return {name for entry in spec.select_kind(kind) for name in entry.columns}
