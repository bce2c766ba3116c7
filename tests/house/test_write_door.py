"""Does only `actions/` write to the database? Held over the syntax tree, for every room that knows Django."""

import ast
import re

from tests.house.source import Module, check_rule, list_modules

ROOMS = {"api", "cli", "jobs", "mcp", "agents", "records", "site"}
#: Methods of models and querysets that write, whatever they are called on.
WRITERS = {
    *("save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("acreate", "asave", "adelete", "abulk_create", "set_password", "executemany", "copy_from"),
}
ROUTERS = {"router", "api"}
#: `update` is a method of dictionaries and hashes too: it writes when it follows one of these.
QUERY = re.compile(r"\.objects\b|\.filter\(|\.exclude\(|\.all\(\)|\.select_for_update\(|\bquery(set)?\b")
WRITING_SQL = re.compile(
    r"^\s*(with\b.+\)\s*)?(insert\s+(or\s+\w+\s+)?into|update\s+\S+\s+(as\s+\w+\s+)?set|delete\s+from|truncate|"
    r"replace\s+into|copy\s+\S+.*from|drop\s+(table|index|trigger)|alter\s+table|create\s+(table|index|trigger))\b",
    re.IGNORECASE | re.DOTALL,
)


def find_writes(module: Module) -> dict[str, str]:
    """Line → what it writes with."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            receiver = ast.unparse(node.func.value)
            if receiver in ROUTERS:  # `@router.delete(…)` declares an endpoint
                continue
            if name in WRITERS or (name == "update" and QUERY.search(receiver)):
                found[f"{module.path}:{node.lineno}"] = f"{receiver[-40:]}.{name}(…) writes"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITING_SQL.match(node.value):
            found[f"{module.path}:{node.lineno}"] = "holds SQL that writes"
    return found


def parse(text: str) -> Module:
    return Module("fairpatch/api/example.py", text, ast.parse(text))


def test_the_door_sees_every_way_of_writing() -> None:
    for text in (
        "account.save()",
        "Account.objects.create(name='x')",
        "Account.objects.filter(id=1).update(name='x')",
        "rows.bulk_create(items)",
        "cursor.execute('UPDATE account SET owner_id = 1')",
        "SQL = f'insert into {table} values (1)'",
        "run('''\\n  DELETE FROM move''')",
        "cursor.execute('WITH x AS (SELECT 1) INSERT INTO move SELECT * FROM x')",
    ):
        assert find_writes(parse(text)), text
    for text in (
        "digest.update(b'x')",
        "seen.update({1})",
        "Account.objects.filter(id=1)",
        "x = 'SELECT 1'",
        "router.delete('/plans/{id}')",
        "say('Update the plan first')",
    ):
        assert not find_writes(parse(text)), text


def test_only_actions_write() -> None:
    broken: dict[str, str] = {}
    for module in list_modules():
        if module.room in ROOMS:
            for place, why in find_writes(module).items():
                # Exceptions name the file: lines move.
                broken.setdefault(place.rpartition(":")[0], f"line {place.rpartition(':')[2]}: {why}")
    check_rule("write-door", broken)
