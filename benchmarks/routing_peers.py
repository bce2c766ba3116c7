"""How do others decide the same accounts by the same rules?

Rule engines ask one rule after the other, in the order in which claims win, so that the first that matches
may stop them. Plain DuckDB turns accounts into codes and joins them with the tables of the rules; it only
finds the winner. Peers that are not installed (`make bench` does it) are left out.
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa

from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.tree import And, Condition, Not, Or, Rule
from fairpatch.engines.routing.duckdb import tabulate_relation
from fairpatch.engines.routing.levels import Level
from fairpatch.engines.routing.relations import LayerRelations
from fairpatch.engines.routing.tables import TableRouter

PEERS = Path(__file__).parent.parent / "build" / "peers"
_SIGNS = {"=": "==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def find_peer(name: str) -> ModuleType | None:
    """A peer's module, from the environment or from where `make bench` puts peers."""
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    try:
        return import_module(name)
    except ImportError:
        return None


def order_rules(plan: Plan, router: TableRouter) -> list[tuple[str, Rule | frozenset[str]]]:
    """Territory and rule (or list), the best claim first."""
    compiled = router.layers[0].compiled
    claims: list[tuple[int, str, Rule | frozenset[str]]] = []
    rules = {territory.code: territory.rule for territory in plan.territories}
    for place, claimant in enumerate(compiled.claimants):
        if claimant.named:
            claims.append((compiled.named_rank[place], claimant.code, claimant.named))
        rule = rules[claimant.code]
        for rank in {conjunct.rank for conjunct in compiled.conjuncts[place]} if rule else ():
            claims.append((rank, claimant.code, rule))
    return [(code, rule) for _, code, rule in sorted(claims, key=lambda claim: claim[0])]


def plain_account(account: dict) -> dict:
    """An account with blanks instead of missing values, which these peers do not compare as we do."""
    blank = {"employees": -1, "annual_revenue": -1}
    shown = {name: blank.get(name, "") if value is None else value for name, value in account.items()}
    return {name: value.lower() if isinstance(value, str) else value for name, value in shown.items()}


def write_expression(rule: Rule | frozenset[str]) -> str:
    """A rule in the language of rule-engine."""
    if isinstance(rule, frozenset):
        return f"id in {_quote_all(rule)}"
    if isinstance(rule, And | Or):
        word = " and " if isinstance(rule, And) else " or "
        return "(" + word.join(map(write_expression, rule.rules)) + ")"
    if isinstance(rule, Not):
        return f"not {write_expression(rule.rule)}"
    assert isinstance(rule, Condition)
    values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    if rule.operator == "is empty":
        return f"({rule.field} == '')"
    if rule.operator in ("in", "not in"):
        return f"({rule.field} {rule.operator} {_quote_all(values)})"
    if rule.operator in ("under", "begins with"):
        return "(" + " or ".join(f"{rule.field}.starts_with({_quote(value)})" for value in values) + ")"
    return f"({rule.field} {_SIGNS[rule.operator]} {_quote(rule.value)})"


def write_json(rule: Rule | frozenset[str]) -> dict:
    """A rule as JSONLogic."""
    if isinstance(rule, frozenset):
        return {"in": [{"var": "id"}, sorted(rule)]}
    if isinstance(rule, And | Or):
        return {"and" if isinstance(rule, And) else "or": [write_json(part) for part in rule.rules]}
    if isinstance(rule, Not):
        return {"!": [write_json(rule.rule)]}
    assert isinstance(rule, Condition)
    var = {"var": rule.field}
    values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    folded = [value.lower() if isinstance(value, str) else value for value in values]
    if rule.operator == "is empty":
        return {"==": [var, ""]}
    if rule.operator in ("in", "not in"):
        found = {"in": [var, folded]}
        return found if rule.operator == "in" else {"!": [found]}
    if rule.operator in ("under", "begins with"):
        return {"or": [{"==": [{"substr": [var, 0, len(value)]}, value]} for value in folded]}
    return {_SIGNS[rule.operator]: [var, folded[0]]}


def prepare_rule_engine(
    rules: list[tuple[str, Rule | frozenset[str]]],
) -> Callable[[dict], str | None] | None:
    """Decides one plain account, or None when rule-engine is not there."""
    module = find_peer("rule_engine")
    if module is None:
        return None
    ready = [(code, module.Rule(write_expression(rule))) for code, rule in rules]
    return lambda account: next((code for code, rule in ready if rule.matches(account)), None)


def prepare_datalogic(rules: list[tuple[str, Rule | frozenset[str]]]) -> Callable[[dict], str | None] | None:
    """Decides one plain account, or None when datalogic-py is not there."""
    module = find_peer("datalogic_py")
    if module is None:
        return None
    engine = module.Engine()
    ready = [(code, engine.compile(write_json(rule))) for code, rule in rules]
    return lambda account: next((code for code, rule in ready if rule.evaluate(account)), None)


class PlainJoins:
    """The winner of every account by DuckDB alone: codes by joins and CASE, then a join per signature."""

    def __init__(self, plan: Plan, router: TableRouter, table: pa.Table) -> None:
        tables = router.layers[0]
        self._levels = tables.compiled.levels
        self._relations = LayerRelations(0, tables)
        self._connection = duckdb.connect()
        self._connection.execute("SET enable_progress_bar = false").fetchall()
        for relation in self._relations.list_all():
            self._keep(relation.name, tabulate_relation(relation))
        self._keep("given", table)
        joins, codes = [], []
        for level, column in self._relations.code_columns.items():
            join, code = self._write_code(level, column)
            joins.append(join)
            codes.append(f"{code} AS {column}")
        looked_up = []
        for place, one in enumerate(tables.index.tables):
            pairs = enumerate(one.signature)
            keys = [f"t{place}.k{n} = a.{self._relations.code_columns[level]}" for n, level in pairs]
            looked_up.append(f"LEFT JOIN l0_best{place} t{place} ON {' AND '.join(keys)}")
        ranks = ", ".join(f"COALESCE(t{place}.rank, 2147483647)" for place in range(len(looked_up)))
        self.text = (
            f"WITH coded AS (SELECT {', '.join(codes)} FROM given g {' '.join(joins)}) "
            f"SELECT LEAST({ranks}) AS rank FROM coded a {' '.join(looked_up)}"
        )

    def run(self) -> pa.Table:
        """The best rank by rule of every account."""
        return self._connection.sql(self.text).to_arrow_table()

    def _keep(self, name: str, table: pa.Table) -> None:
        self._connection.register("incoming", table)
        self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming").fetchall()
        self._connection.unregister("incoming")

    def _write_code(self, level: Level, column: str) -> tuple[str, str]:
        if level.kind == "bucket":
            cuts = self._levels.list_cuts(level)
            cases = "".join(
                f" WHEN g.{level.field} < {cut} THEN {2 * place + 1}"
                f" WHEN g.{level.field} = {cut} THEN {2 * place + 2}"
                for place, cut in enumerate(cuts)
            )
            last = f"WHEN g.{level.field} IS NOT NULL THEN {2 * len(cuts) + 1}"
            return "", f"CASE{cases} {last} ELSE 0 END"
        words = f"LOWER(g.{level.field})"
        if level.kind != "value":
            words = f"SUBSTR({words}, 1, {level.detail})"
        tokens = self._levels.list_tokens(level)
        self._keep(f"{column}_words", pa.table({"word": list(tokens), "code": list(tokens.values())}))
        other = f"CASE WHEN g.{level.field} IS NULL THEN 0 ELSE {1 if level.kind == 'value' else 0} END"
        join = f"LEFT JOIN {column}_words w{column} ON w{column}.word = {words}"
        return join, f"COALESCE(w{column}.code, {other})"


def time_accounts(
    decide: Callable[[dict], str | None], accounts: list[dict]
) -> tuple[float, list[str | None]]:
    """Processor seconds per account, and who won."""
    start = time.process_time()
    won = [decide(account) for account in accounts]
    return (time.process_time() - start) / len(accounts), won


def _quote(value: object) -> str:
    return repr(value.lower()) if isinstance(value, str) else str(value)


def _quote_all(values: object) -> str:
    return "[" + ", ".join(_quote(value) for value in values) + "]"
