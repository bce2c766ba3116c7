"""How is a compiled plan written as one SELECT that any SQL engine can run?

The tables of `lookup` become relations of whole numbers; accounts are one relation too, with a code per
level. One left join per signature finds the best rank; lists, exclusions, locks and families are joined
only where the plan has them. A rank that is missing is always wrapped in COALESCE, since engines differ
in what the least of nothing is. Needed beside standard SQL: LEAST and WITH RECURSIVE.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fairpatch.core.rules.fields import PLACE_FIELDS
from fairpatch.engines.routing.lookup import NONE, SignatureTable
from fairpatch.engines.routing.relations import LATEST, SPREAD, LayerRelations
from fairpatch.engines.routing.tables import CAUSES, TableRouter

RESULT = ("territory", "cause", "tie", "class", "priority", "specificity", "other_claims")
"""What the SELECT gives after place, layer and account. Territories, causes and classes are places in the
router's codes, in `CAUSES` and in `CLASS_ORDER`; an empty cell is null."""

_LOCK, _NAMED, _RULE, _FAMILY, _UNASSIGNED = range(len(CAUSES))
_FAMILY_PARTS = """\
parents AS (SELECT a.place, p.place AS above FROM accounts a LEFT JOIN accounts p ON p.id = a.parent),
reached (place, head) AS (
  SELECT place, place FROM parents WHERE above IS NULL
  UNION ALL SELECT p.place, r.head FROM parents p JOIN reached r ON p.above = r.place),
families AS (SELECT a.place, COALESCE(r.head, a.place) AS head
  FROM accounts a LEFT JOIN reached r ON r.place = a.place),
ordered AS (SELECT f.head, f.place, ROW_NUMBER() OVER (PARTITION BY f.head
    ORDER BY CASE WHEN a.revenue IS NULL THEN 1 ELSE 0 END, a.revenue DESC, a.revenue_rest DESC, a.id) AS n
  FROM families f JOIN accounts a ON a.place = f.place),
largest AS (SELECT f.place, o.place AS source
  FROM families f JOIN ordered o ON o.head = f.head AND o.n = 1)"""


class PlanQuery:
    """The SELECT of a plan on one date, the relations it reads, and the codes accounts must have.

    `accounts` has place (ascending in the order of the file), account (the id as given), id and parent as
    they are compared, revenue and revenue_rest (what floating point leaves of a large number), and a column
    for each of `codes`.
    """

    def __init__(self, router: TableRouter) -> None:
        kept = [LayerRelations(number, tables) for number, tables in enumerate(router.layers)]
        self._layers = [_LayerQuery(relations) for relations in kept]
        self.relations = [relation for relations in kept for relation in relations.list_all()]
        self.codes = [relations.code_columns for relations in kept]
        """By layer: the column of each level."""
        self.needs_families = any(layer.needs_families for layer in self._layers)

    def write(self) -> str:
        """The SELECT; rows come by place, then layer."""
        parts = [_FAMILY_PARTS] if self.needs_families else []
        parts += [part for layer in self._layers for part in layer.write_parts()]
        steps = ",\n".join(parts)
        rows = "\nUNION ALL\n".join(layer.write_result() for layer in self._layers)
        return f"WITH RECURSIVE\n{steps}\nSELECT * FROM (\n{rows}\n) decided ORDER BY place, layer"


class _LayerQuery:
    """One layer's part."""

    def __init__(self, relations: LayerRelations) -> None:
        self.relations = relations
        self.index = relations.index
        self._layer = relations.tables.layer
        self.needs_families = relations.is_together or self._layer.placement != "own"

    def _call(self, name: str) -> str:
        return self.relations.call(name)

    @property
    def _coded(self) -> str:
        return "accounts" if self._layer.placement == "own" else self._call("coded")

    def write_parts(self) -> Iterator[str]:
        """The steps, each a named SELECT."""
        if self._coded != "accounts":
            yield self._write_coded()
        if self.relations.has_excluded:
            shut, pairs = self._call("shut"), self._call("excluded")
            yield f"{shut} AS (SELECT a.place, e.claimant FROM {pairs} e JOIN accounts a ON a.id = e.id)"
            matches = self._write_matches(f"(SELECT DISTINCT place FROM {shut})")
            yield (
                f"{self._call('again')} AS (SELECT m.place, COUNT(DISTINCT m.claimant) AS claims, "
                f"MIN(m.rank) AS rank, MIN(m.edge) AS edge\nFROM {matches} m {self._open('m')} "
                "GROUP BY m.place)"
            )
        if self.relations.has_named:
            yield from self._write_named()
        if self._has_asked:
            yield (
                f"{self._call('asked')} AS (SELECT m.place, COUNT(DISTINCT m.claimant) AS claims, "
                f"MIN(m.rank) AS rank, MIN(m.edge) AS edge\nFROM {self._write_asked()} m GROUP BY m.place)"
            )
        yield self._write_decided()
        yield self._write_alone()
        if self.relations.is_together:
            yield from self._write_copied()
        if self.relations.has_own:
            yield from self._write_own()

    @property
    def _has_asked(self) -> bool:
        return any(len(table.asked.entries) for table in self.index.tables)

    def _write_coded(self) -> str:
        """Codes of places come from the account whose place counts."""
        columns = ", ".join(
            f"{'s' if level.field in PLACE_FIELDS else 'a'}.{column}"
            for level, column in self.relations.code_columns.items()
        )
        is_head = self._layer.placement == "headquarters"
        source, key = ("families", "head") if is_head else ("largest", "source")
        return (
            f"{self._coded} AS (SELECT a.place, a.account, a.id{', ' if columns else ''}{columns}\n"
            f"FROM accounts a JOIN {source} f ON f.place = a.place JOIN accounts s ON s.place = f.{key})"
        )

    def _write_asked(self) -> str:
        """Every match of a conjunct that no table counts."""
        relations, found = self.relations, []
        for place, table in enumerate(self.index.tables):
            shapes = np.unique(relations.shape_of[table.asked.entries])
            for number, shape in enumerate(relations.shapes):
                if number not in shapes:
                    continue
                keys = self._join_keys(table, "p") or ["1 = 1"]
                rest = "".join(
                    f" JOIN {relations.name_rest(level)} r{n} ON r{n}.entry = p.entry "
                    f"AND r{n}.code = a.{relations.code_columns[level]}"
                    for n, level in enumerate(shape)
                )
                found.append(
                    f"SELECT a.place, p.claimant, p.rank, p.edge FROM {self._coded} a "
                    f"JOIN {self._call(f'asked{place}')} p ON {' AND '.join(keys)}{rest} "
                    f"WHERE p.shape = {number}"
                )
        return "(\n" + "\nUNION ALL\n".join(found) + ")"

    def _write_matches(self, asked: str, of_claimant: bool = False) -> str:
        """Every conjunct that matches the places, or places and claimants, asked for.

        Level by level, since they are few: a conjunct matches that finds a wanted code on all its levels.
        """
        columns = enumerate(self.relations.code_columns.values())
        codes = " ".join(f"WHEN {number} THEN a.{column}" for number, column in columns)
        code = f"CASE v.level {codes} END" if codes else "0"
        of_pair = " AND e.claimant = q.claimant" if of_claimant else ""
        conjuncts = self._call("conjuncts")
        return (
            f"(SELECT q.place, e.claimant, e.rank, e.edge FROM {asked} q "
            f"JOIN {conjuncts} e ON e.needs = 0{of_pair}\nUNION ALL\n"
            f"SELECT q.place, e.claimant, e.rank, e.edge FROM {asked} q "
            f"JOIN (SELECT a.place, v.level, {code} AS code FROM (SELECT DISTINCT place FROM {asked}) q "
            f"JOIN {self._coded} a ON a.place = q.place CROSS JOIN {self._call('levels')} v) c "
            f"ON c.place = q.place\nJOIN {self._call('wanted')} w ON w.level = c.level AND w.code = c.code\n"
            f"JOIN {conjuncts} e ON e.entry = w.entry{of_pair}\n"
            "GROUP BY q.place, e.entry, e.claimant, e.rank, e.edge, e.needs HAVING COUNT(*) = e.needs)"
        )

    def _join_keys(self, table: SignatureTable, alias: str) -> list[str]:
        levels = enumerate(table.signature)
        return [f"{alias}.k{n} = a.{self.relations.code_columns[level]}" for n, level in levels]

    def _open(self, alias: str) -> str:
        """Leaves out the claims of territories that exclude the account."""
        if not self.relations.has_excluded:
            return ""
        return (
            f"LEFT JOIN {self._call('shut')} x ON x.place = {alias}.place "
            f"AND x.claimant = {alias}.claimant WHERE x.place IS NULL"
        )

    def _write_named(self) -> Iterator[str]:
        listed = self._call("listed")
        yield (
            f"{listed} AS (SELECT a.place, n.claimant, n.rank, n.edge "
            f"FROM {self._call('named')} n JOIN accounts a ON a.id = n.id)"
        )
        matches = self._write_matches(listed, of_claimant=True)
        yield (
            f"{self._call('extra')} AS (SELECT n.place, COUNT(*) - COUNT(m.place) AS claims, "
            f"MIN(n.rank) AS rank, MIN(n.edge) AS edge\nFROM {listed} n LEFT JOIN "
            f"(SELECT DISTINCT m.place, m.claimant FROM {matches} m) m "
            "ON m.place = n.place AND m.claimant = n.claimant GROUP BY n.place)"
        )

    def _write_decided(self) -> str:
        """Best rank, edge and number of claims, as if there were neither locks nor families."""
        aliases, joins = [], []
        for place, table in enumerate(self.index.tables):
            keys = " AND ".join(self._join_keys(table, f"t{place}")) or "1 = 1"
            joins.append(f"LEFT JOIN {self._call(f'best{place}')} t{place} ON {keys}")
            aliases.append(f"t{place}")
        if self._has_asked:
            joins.append(f"LEFT JOIN {self._call('asked')} y ON y.place = a.place")
            aliases.append("y")
        rank = _least([f"COALESCE({alias}.rank, {NONE})" for alias in aliases] or [str(NONE)])
        edge = _least([f"COALESCE({alias}.edge, {LATEST})" for alias in aliases] or [str(LATEST)])
        claims = " + ".join(f"COALESCE({alias}.claims, 0)" for alias in aliases) or "0"
        if self.relations.has_excluded:
            joins.append(
                f"LEFT JOIN (SELECT DISTINCT place FROM {self._call('shut')}) x ON x.place = a.place"
            )
            joins.append(f"LEFT JOIN {self._call('again')} g ON g.place = a.place")
            rank, edge, claims = (
                f"CASE WHEN x.place IS NULL THEN {plain} ELSE COALESCE(g.{name}, {default}) END"
                for plain, name, default in (
                    (rank, "rank", NONE),
                    (edge, "edge", LATEST),
                    (claims, "claims", 0),
                )
            )
        if self.relations.has_named:
            joins.append(f"LEFT JOIN {self._call('extra')} n ON n.place = a.place")
            rank = _least([rank, f"COALESCE(n.rank, {NONE})"])
            edge = _least([edge, f"COALESCE(n.edge, {LATEST})"])
            claims = f"{claims} + COALESCE(n.claims, 0)"
        return (
            f"{self._call('decided')} AS (SELECT a.place, a.account, a.id,\n{rank} AS rank,\n"
            f"{edge} AS edge,\n{claims} AS claims\nFROM {self._coded} a\n" + "\n".join(joins) + ")"
        )

    def _write_alone(self) -> str:
        """What is decided for each account by itself."""
        has_locks = self.relations.has_own
        rank, territory = "d.rank", "r.territory"
        cause = f"CASE WHEN r.rank IS NULL THEN {_UNASSIGNED} WHEN r.class = 0 THEN {_NAMED} ELSE {_RULE} END"
        if has_locks:
            rank = f"CASE WHEN k.id IS NULL THEN d.rank ELSE {NONE} END"
            territory = "CASE WHEN k.id IS NULL THEN r.territory ELSE k.territory END"
            cause = f"CASE WHEN k.id IS NOT NULL THEN {_LOCK} ELSE {cause} END"
        is_tied = f"d.rank < {NONE} AND {SPREAD - 1} - d.edge % {SPREAD} > d.rank"
        is_tied += " AND k.id IS NULL" if has_locks else ""
        locks = f"LEFT JOIN {self._call('locks')} k ON k.id = d.id\n" if has_locks else ""
        return (
            f"{self._call('alone')} AS (SELECT d.place, d.account, d.id, d.claims, {rank} AS rank, "
            f"{territory} AS territory,\n{cause} AS cause, CASE WHEN {is_tied} THEN 1 ELSE 0 END AS tie\n"
            f"FROM {self._call('decided')} d\n{locks}LEFT JOIN {self._call('ranks')} r ON r.rank = d.rank)"
        )

    def _write_copied(self) -> Iterator[str]:
        """Accounts that follow the head of their family."""
        alone, copied = self._call("alone"), self._call("copied")
        yield (
            f"{copied} AS (SELECT a.place, h.rank, h.territory, h.tie FROM {alone} a "
            f"JOIN families f ON f.place = a.place JOIN {alone} h ON h.place = f.head\n"
            f"LEFT JOIN {self._call('banned')} b ON b.id = a.id AND b.territory = h.territory\n"
            f"WHERE f.head <> a.place AND a.cause IN ({_RULE}, {_UNASSIGNED}) "
            "AND h.territory IS NOT NULL AND b.id IS NULL)"
        )
        columns = ", ".join(
            f"CASE WHEN c.place IS NULL THEN a.{name} ELSE {other} END AS {name}"
            for name, other in (
                ("rank", "c.rank"),
                ("territory", "c.territory"),
                ("tie", "c.tie"),
                ("cause", str(_FAMILY)),
            )
        )
        yield (
            f"{self._call('settled')} AS (SELECT a.place, a.account, a.claims, {columns}\n"
            f"FROM {alone} a LEFT JOIN {copied} c ON c.place = a.place)"
        )

    @property
    def _settled(self) -> str:
        return self._call("settled" if self.relations.is_together else "alone")

    def _write_own(self) -> Iterator[str]:
        """Whether the territory of a lock or of a family's head claims the account as well."""
        pairs = self._call("pairs")
        yield (
            f"{pairs} AS (SELECT s.place, c.claimant FROM {self._settled} s "
            f"JOIN {self._call('claimants')} c ON c.territory = s.territory "
            f"WHERE s.cause IN ({_LOCK}, {_FAMILY}))"
        )
        matches = self._write_matches(pairs, of_claimant=True)
        found = f"SELECT m.place FROM {matches} m {self._open('m')}"
        if self.relations.has_named:
            found += (
                f"\nUNION ALL SELECT q.place FROM {pairs} q JOIN {self._call('listed')} n "
                "ON n.place = q.place AND n.claimant = q.claimant"
            )
        yield f"{self._call('own')} AS (SELECT DISTINCT o.place FROM ({found}) o)"

    def write_result(self) -> str:
        others = f"CASE WHEN s.cause IN ({_NAMED}, {_RULE}) THEN s.claims - 1 ELSE s.claims END"
        own = ""
        if self.relations.has_own:
            is_own = f"s.cause IN ({_NAMED}, {_RULE}) OR o.place IS NOT NULL"
            others = f"s.claims - CASE WHEN {is_own} THEN 1 ELSE 0 END"
            own = f"LEFT JOIN {self._call('own')} o ON o.place = s.place\n"
        return (
            f"SELECT s.place AS place, {self.relations.number} AS layer, s.account AS account, "
            "s.territory AS territory, s.cause AS cause, s.tie AS tie, r.class AS class, "
            f"r.priority AS priority, r.specificity AS specificity,\n{others} AS other_claims\n"
            f"FROM {self._settled} s\n{own}LEFT JOIN {self._call('ranks')} r ON r.rank = s.rank"
        )


def _least(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"LEAST({', '.join(terms)})"
