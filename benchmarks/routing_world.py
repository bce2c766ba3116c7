"""Which plan and accounts are routing benchmarks run on?

Generated, skewed like real markets: three territories in five by geography, the rest by industry, size,
combinations of these and lists of named accounts.
"""

import itertools
import random

import numpy as np
import pyarrow as pa

STATES = [f"S{n:02d}" for n in range(51)]
COUNTRIES = ["US", *(f"{first}{second}" for first in "ABC" for second in "RSTXYZ"), "ZZ"]
SEGMENTS = ["core", "plus", "edge", "cloud", "care", "data"]
POSTAL_CODES = [f"1{n * 3:05d}" for n in range(33_000)]
METROS = [f"M{n}" for n in range(400)]
SECTORS = [f"{n}" for n in range(11, 93) if (n % 10 < 5 and n < 82) or n == 92]
SIZES = [0, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10000, 20000]
REVENUES = [0, *(int(n * 10**e) for e in (6, 7, 8) for n in (1, 2, 2.5, 5)), 10**9, 5 * 10**9]
INDUSTRIES = sorted(
    {
        f"{r.choice(SECTORS)}{r.randint(100, 999)}{r.randint(0, 1)}"
        for r in [random.Random(1)]
        for _ in range(1000)
    }
)


def make_accounts(size: int, seed: int = 2) -> pa.Table:
    """Accounts as an Arrow table."""
    rng = np.random.default_rng(seed)
    postal = rng.choice(len(POSTAL_CODES), size, p=_skew(rng, len(POSTAL_CODES)))
    is_abroad = rng.random(size) < 0.2
    country = np.where(is_abroad, rng.integers(1, len(COUNTRIES), size), 0)
    employees = np.exp(rng.normal(3.6, 1.8, size)).astype(np.int64) + 1
    revenue = np.round(employees * np.exp(rng.normal(11.8, 0.8, size)), 2)
    industry = rng.choice(len(INDUSTRIES), size, p=_skew(rng, len(INDUSTRIES)))
    return pa.table(
        {
            "id": [f"A{n}" for n in range(size)],
            "country": _spell(COUNTRIES, country),
            "state": _spell(STATES, postal * len(STATES) // len(POSTAL_CODES), is_abroad),
            "metro": _spell(METROS, postal * len(METROS) // len(POSTAL_CODES), is_abroad),
            "postal_code": _spell(POSTAL_CODES, postal, is_abroad),
            "industry": _spell(INDUSTRIES, industry),
            "employees": employees,
            "annual_revenue": pa.array(revenue, mask=rng.random(size) < 0.05),
            "segment": _spell(SEGMENTS, rng.integers(0, len(SEGMENTS), size), rng.random(size) < 0.14),
        }
    )


def make_wide_plan(territories: int, seed: int = 5) -> str:
    """A plan of hybrids over every choice of three out of ten ways to look at an account."""
    r = random.Random(seed)
    choices = list(itertools.combinations(range(10), 3))
    lines = ["fairpatch: 1", "name: wide", "territories:"]
    for number in range(territories):
        ways = _draw_ways(r)
        rule = " and ".join(ways[way] for way in choices[number % len(choices)])
        lines.append(f"  - code: T{number:05d}\n    priority: {r.randrange(100)}\n    rule: '{rule}'")
    return "\n".join(lines) + "\n"


def _draw_ways(r: random.Random) -> list[str]:
    start = r.randrange(len(POSTAL_CODES) - 60)
    return [
        f"country in {_list(r.sample(COUNTRIES, 2))}",
        f"state in {_list(r.sample(STATES, 3))}",
        f"metro in {_list(r.sample(METROS, 3))}",
        f"postal_code begins with {_list(_draw_prefixes(r, 3))}",
        f"postal_code in {_list(POSTAL_CODES[start : start + 40])}",
        f'industry under "{r.choice(INDUSTRIES)[:2]}"',
        f"industry in {_list(r.sample(INDUSTRIES, 3))}",
        _draw_limits(r, "employees", SIZES),
        _draw_limits(r, "annual_revenue", REVENUES),
        f"segment in {_list(r.sample(SEGMENTS, 2))}",
    ]


def make_plan(territories: int, accounts: int, seed: int = 3, length: float = 1) -> str:
    """A plan as YAML text; `length` makes its lists of codes and names longer or shorter."""
    r = random.Random(seed)
    lines = ["fairpatch: 1", "name: benchmark", "territories:"]
    for number in range(territories):
        lines.append(f"  - code: T{number:05d}\n    priority: {r.randrange(100)}")
        if r.random() < 0.05:
            named = r.sample(range(accounts), min(accounts, int(r.randint(50, 500) * length)))
            lines.append(f"    accounts: [{', '.join(f'A{n}' for n in named)}]")
        else:
            lines.append(f"    rule: '{draw_rule(r, length)}'")
    return "\n".join(lines) + "\n"


def draw_rule(r: random.Random, length: float = 1) -> str:
    """One territory's rule."""
    kind = r.random()
    if kind < 0.63:
        return _draw_place(r, length)
    if kind < 0.79:
        length = r.choice([2, 2, 3, 3, 4])
        return f"industry under {_list(r.choice(INDUSTRIES)[:length] for _ in range(r.randint(1, 3)))}"
    if kind < 0.89:
        return r.choice([_draw_size(r), f"{_draw_size(r)} and {_draw_size(r)}"])
    states = f"state in {_list(r.sample(STATES, r.randint(1, 4)))}"
    sector = f'industry under "{r.choice(INDUSTRIES)[:2]}"'
    return r.choice(
        [
            f"{states} and {sector} and {_draw_size(r)}",
            f'({states} or metro = "{r.choice(METROS)}") and {_draw_size(r)}',
            f"postal_code begins with {_list(_draw_prefixes(r, 2))} and {sector}",
            f'{states} and segment = "{r.choice(SEGMENTS)}"',
            f'country = "US" and not {states} and {sector}',
            f"country in {_list(r.sample(COUNTRIES, 2))} and {sector} and segment is empty",
        ]
    )


def _draw_place(r: random.Random, length: float) -> str:
    start = r.randrange(len(POSTAL_CODES) - 500)
    count = 500 if r.random() < 0.15 else r.randint(20, 200)
    codes = POSTAL_CODES[start : start + int(count * length)]
    kind = r.random()
    if kind < 0.25:
        return f"state in {_list(r.sample(STATES, r.randint(1, 3)))}"
    if kind < 0.70:
        return f"postal_code in {_list(codes)}"
    if kind < 0.85:
        return f"postal_code begins with {_list(_draw_prefixes(r, 3))}"
    if kind < 0.95:
        return f"metro in {_list(r.sample(METROS, r.randint(1, 3)))}"
    return f"country in {_list(r.sample(COUNTRIES[1:], 2))} or postal_code in {_list(codes[:60])}"


def _draw_prefixes(r: random.Random, count: int) -> list[str]:
    return sorted({r.choice(POSTAL_CODES)[:4] for _ in range(count)})


def _draw_size(r: random.Random) -> str:
    return _draw_limits(r, *r.choice([("employees", SIZES), ("annual_revenue", REVENUES)]))


def _draw_limits(r: random.Random, field: str, limits: list[int]) -> str:
    low = r.randrange(len(limits) - 1)
    return f"{field} >= {limits[low]} and {field} < {limits[min(low + r.randint(1, 3), len(limits) - 1)]}"


def _list(values) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _skew(rng: np.random.Generator, size: int) -> np.ndarray:
    weights = rng.pareto(1.2, size) + 0.05
    return weights / weights.sum()


def _spell(words: list[str], places: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    return pa.array(words).take(pa.array(places.astype(np.int32), mask=mask))
