"""What does a plan mean, written a second time and as plainly as possible?

Shares nothing with the product but the plan's data structure: own normalisation, own three steps from
conditions to winners. Slow on purpose. Covers what the random plans use.
"""

import datetime as dt

from fairpatch.core.rules.tree import All, And, Condition, Not, Or, Range

GEO = {"country", "region", "state", "metro", "city", "postal_code", "position"}
IND = {"industry", "sic"}
SIZE = {"employees", "annual_revenue"}
SECTORS = {"31-33": ["31", "32", "33"], "44-45": ["44", "45"], "48-49": ["48", "49"]}
CODES = {"id", "country", "region", "state", "metro", "postal_code", "industry", "sic", "parent"}
POINTS = {"region": 5, "country": 10, "state": 20, "metro": 30, "city": 35, "position": 38}


def norm(field, value):
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if field in CODES:
        text = text.replace(" ", "")
    return text or None


def get(account, field, plan):
    if field == "region":
        country = norm("country", account.get("country"))
        return [
            norm("region", r) for r, cs in plan.regions.items() if country in [norm("country", c) for c in cs]
        ]
    if field == "product_lines":
        return [t for t in (norm("text", t) for t in (account.get(field) or "").split("|")) if t]
    return norm(field, account.get(field))


def holds(rule, account, plan):
    if isinstance(rule, All):
        return True
    if isinstance(rule, Not):
        return not holds(rule.rule, account, plan)
    if isinstance(rule, And):
        return all(holds(part, account, plan) for part in rule.rules)
    if isinstance(rule, Or):
        return any(holds(part, account, plan) for part in rule.rules)
    return test(rule, account, plan)


def wanted(condition, plan):
    value = condition.value
    if hasattr(value, "name"):
        value = plan.value_sets[value.name]
    values = value if isinstance(value, tuple) else (value,)
    return [v for v in (norm(condition.field, v) for v in values) if v is not None]


def test(condition: Condition, account, plan):
    field, op = condition.field, condition.operator
    have = get(account, field, plan)
    if op == "is empty":
        return have is None or have == []
    if op == "is not empty":
        return not (have is None or have == [])
    if op == "!=":
        return not test(Condition(field, "=", condition.value), account, plan)
    if op == "not in":
        return not test(Condition(field, "in", condition.value), account, plan)
    if op == "includes any":
        return any(tag in have for tag in wanted(condition, plan))
    if op == "includes all":
        return bool(have) and all(tag in have for tag in wanted(condition, plan))
    if isinstance(have, list):
        return any(compare(one, condition, plan) for one in have)
    return have is not None and compare(have, condition, plan)


def compare(have, condition, plan):
    op, value = condition.operator, condition.value
    if isinstance(value, Range):
        return norm(condition.field, value.low) <= have <= norm(condition.field, value.high)
    values = wanted(condition, plan)
    if op in ("=", "in"):
        return have in values
    if op == "begins with":
        return any(have[: len(v)] == v for v in values)
    if op == "contains":
        return any(v in have for v in values)
    if op == "under":
        return any(under(have, v) for v in values)
    return {"<": have < values[0], "<=": have <= values[0], ">": have > values[0], ">=": have >= values[0]}[
        op
    ]


def under(code, top):
    if code == top:
        return True
    if code in SECTORS:
        return False
    return any(code.startswith(t) for t in SECTORS.get(top, [top]))


def conjuncts(rule, positive=True):
    """Lists of (condition, is positive)."""
    if isinstance(rule, All):
        return [[]]
    if isinstance(rule, Not):
        return conjuncts(rule.rule, not positive)
    if isinstance(rule, Condition):
        return [[(rule, positive)]]
    if isinstance(rule, And) == positive:
        found = [[]]
        for part in rule.rules:
            found = [left + right for left in found for right in conjuncts(part, positive)]
        return found
    return [conjunct for part in rule.rules for conjunct in conjuncts(part, positive)]


def dimension(field):
    for name, group in (("geo", GEO), ("industry", IND), ("size", SIZE)):
        if field in group:
            return name
    return field


def points(conjunct, plan):
    geo = industry = 0
    other = set()
    for condition, positive in conjunct:
        field, op = condition.field, condition.operator
        if op in ("is empty", "is not empty"):
            positive = True
        if op in ("!=", "not in"):
            positive = not positive
        if not positive:
            continue
        length = (
            min(
                (2 if v in SECTORS else len(v) for v in wanted(condition, plan) if isinstance(v, str)),
                default=0,
            )
            if op in ("=", "!=", "in", "not in", "under", "begins with")
            else 0
        )
        if field == "postal_code":
            if op in ("=", "!=", "in", "not in"):
                geo = max(geo, 50)
            elif op in ("<", "<=", ">", ">=", "between"):
                geo = max(geo, 45)
            elif op == "begins with":
                geo = max(geo, 40 + min(9, length))
        elif field in GEO:
            geo = max(geo, POINTS[field])
        elif field in IND:
            industry = max(industry, length)
        else:
            other.add(dimension(field))
    return geo + industry + len(other)


def fields_of(rule):
    if isinstance(rule, Condition):
        return [rule.field]
    if isinstance(rule, Not):
        return fields_of(rule.rule)
    return [f for part in getattr(rule, "rules", ()) for f in fields_of(part)]


def chain(plan, territory):
    by_code = {t.code: t for t in plan.territories}
    found = [territory]
    while found[-1].parent:
        found.append(by_code[found[-1].parent])
    return found


def effective(plan, territory):
    rules = []
    for step in chain(plan, territory):
        if step.rule is not None:
            rules.append(step.rule)
        if not step.inherit:
            break
    return And(tuple(rules)) if territory.rule is not None else None


def claims(plan, layer, account_id, view):
    """Each claim as ((class, -priority, -specificity), -depth, code)."""
    found = []
    for territory in plan.territories:
        up = chain(plan, territory)
        if next((t.layer for t in up if t.layer), plan.layers[0].code) != layer.code:
            continue
        is_leaf = all(t.parent != territory.code for t in plan.territories)
        if not (is_leaf if territory.assignable is None else territory.assignable):
            continue
        if account_id in [norm("id", a) for a in territory.exclude]:
            continue
        priority = next((t.priority for t in up if t.priority is not None), 0)
        rule = effective(plan, territory)
        if account_id in [norm("id", a) for a in territory.accounts]:
            found.append(((0, -priority, 0), 1 - len(up), territory.code))
        elif rule is not None and holds(rule, view, plan):
            scores = [
                points(c, plan) for c in conjuncts(rule) if all(holds(x, view, plan) == p for x, p in c)
            ]
            kind = 1 if len({dimension(f) for f in fields_of(rule)}) > 1 else 2
            found.append(((kind, -priority, -max(scores)), 1 - len(up), territory.code))
    return sorted(found)


def head(account_id, parents):
    seen = [account_id]
    while parents.get(seen[-1]) in parents:
        up = parents[seen[-1]]
        if up in seen:
            return account_id
        seen.append(up)
    return seen[-1]


def decide(plan, accounts, on: dt.date):
    """(account, layer) → (territory, cause, tie, class, priority, specificity, other claims)."""
    book = {norm("id", a["id"]): a for a in accounts}
    parents = {i: norm("parent", a.get("parent")) for i, a in book.items()}
    heads = {i: head(i, parents) for i in book}
    result = {}
    for layer in plan.layers:
        mine = {i: claims(plan, layer, i, view_of(i, layer, book, heads)) for i in book}
        locks = live_locks(plan, layer, on)
        alone = {i: settle(locks.get(i), mine[i]) for i in book}
        for i, account in book.items():
            row, top = alone[i], heads[i]
            if layer.families == "together" and top != i and row[1] not in ("lock", "named"):
                banned = [
                    norm("id", x) for t in plan.territories if t.code == alone[top][0] for x in t.exclude
                ]
                if alone[top][0] is not None and i not in banned:
                    row = (alone[top][0], "family", *alone[top][2:])
            others = sum(claim[2] != row[0] for claim in mine[i])
            result[account["id"], layer.code] = (*row, others)
    return result


def view_of(i, layer, book, heads):
    family = [j for j in book if heads[j] == heads[i]]
    source = i
    if layer.placement == "headquarters":
        source = heads[i]
    elif layer.placement == "majority_revenue":
        revenue = {j: book[j].get("annual_revenue") for j in family}
        known = [j for j in family if revenue[j] is not None]
        best = max((revenue[j] for j in known), default=None)
        source = min([j for j in known if revenue[j] == best] or family)
    view = dict(book[i])
    for field in (*GEO, "latitude", "longitude"):
        view[field] = book[source].get(field)
    return view


def live_locks(plan, layer, on):
    found = {}
    for lock in plan.locks:
        home = next(t for t in plan.territories if t.code == lock.territory)
        home_layer = next((t.layer for t in chain(plan, home) if t.layer), plan.layers[0].code)
        if home_layer == layer.code and (lock.start or on) <= on <= (lock.end or on):
            found[norm("id", lock.account)] = lock.territory
    return found


def settle(locked_to, claims_found):
    if locked_to:
        return (locked_to, "lock", False, None, None, None)
    if not claims_found:
        return (None, "unassigned", False, None, None, None)
    (kind, priority, specificity), _, code = claims_found[0]
    tie = any(claim[0] == claims_found[0][0] for claim in claims_found[1:])
    cause = "named" if kind == 0 else "rule"
    return (code, cause, tie, ("named", "hybrid", "single")[kind], -priority, -specificity)
