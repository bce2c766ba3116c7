"""How would others split the same accounts?

Each function reads the arrays of one problem and returns a territory per account and what else it found. None
of them is tuned; every one is told the same bands as far as it understands them. They use none of our code.
"""

import json
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

EARTH_KM = 6371.0088
MIP_CPU_S = 40.0
MEDIAN_SITES, MEDIAN_SECONDS = 60, 60
Found = tuple[Any, dict[str, Any]]


def place_points(problem: SimpleNamespace) -> np.ndarray:
    latitude, longitude = np.radians(problem.latitude), np.radians(problem.longitude)
    flat = np.cos(latitude)
    return EARTH_KM * np.column_stack((flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)))


def weigh_pairs(problem: SimpleNamespace) -> np.ndarray:
    """Weighted squared great-circle distance of each account to each given centre, n × k, in km²."""
    latitude, to_latitude = np.radians(problem.latitude)[:, None], np.radians(problem.centres[:, 0])
    east = np.radians(problem.centres[:, 1] - problem.longitude[:, None])
    half = np.sin((to_latitude - latitude) / 2) ** 2
    half += np.cos(latitude) * np.cos(to_latitude) * np.sin(east / 2) ** 2
    return problem.weight[:, None] * (2 * EARTH_KM * np.arcsin(np.sqrt(half))) ** 2


def limit_counts(problem: SimpleNamespace) -> tuple[int, int]:
    """Fewest and most accounts of a territory."""
    share, tolerance = len(problem.latitude) / problem.k, problem.tolerances[0]
    return int(np.ceil(share * (1 - tolerance) - 1e-9)), int(np.floor(share * (1 + tolerance) + 1e-9))


def split_kmeans(problem: SimpleNamespace) -> Found:
    from k_means_constrained import KMeansConstrained

    low, high = limit_counts(problem)
    model = KMeansConstrained(problem.k, size_min=low, size_max=high, n_init=1, random_state=problem.seed)
    return model.fit_predict(place_points(problem)), {}


def link_nearest(problem: SimpleNamespace, neighbours: int) -> list[list[int]]:
    """Each account's nearest others, both ways."""
    from scipy.spatial import cKDTree

    points = place_points(problem)
    links: list[set[int]] = [set() for _ in points]
    for here, others in enumerate(cKDTree(points).query(points, neighbours + 1)[1].tolist()):
        for other in others:
            if other != here:
                links[here].add(other)
                links[other].add(here)
    return [sorted(near) for near in links]


def list_links(problem: SimpleNamespace) -> list[list[int]]:
    links: list[set[int]] = [set() for _ in problem.latitude]
    for a, b in problem.neighbours.tolist():
        links[a].add(b)
        links[b].add(a)
    return [sorted(near) for near in links]


def split_metis(problem: SimpleNamespace) -> Found:
    """Fewest cut edges of the graph of touching units, or of each account's 8 nearest."""
    import pymetis

    links = list_links(problem) if len(problem.neighbours) else link_nearest(problem, 8)
    weights = np.rint(problem.values / problem.values.mean(axis=0) * 1000).astype(int)
    _, parts = pymetis.part_graph(
        problem.k,
        adjacency=links,
        vweights=weights[:, 0].tolist(),
        options=pymetis.Options(
            ufactor=max(1, round(problem.tolerances[0] * 1000)),
            ncuts=10,
            seed=problem.seed,
            contig=bool(len(problem.neighbours)),
        ),
        recursive=False,
    )
    return np.asarray(parts), {}


def split_flow(problem: SimpleNamespace) -> Found:
    """Exact for unit weights at the given centres, over each account's 20 nearest of them."""
    from ortools.graph.python import min_cost_flow

    n, k = len(problem.latitude), problem.k
    low, high = limit_counts(problem)
    pairs = weigh_pairs(problem)
    near = np.argsort(pairs, axis=1, kind="stable")[:, : min(k, 20)].ravel()
    rows = np.repeat(np.arange(n), min(k, 20))
    flow = min_cost_flow.SimpleMinCostFlow()
    cost = np.rint(pairs[rows, near] * 10).astype(np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(rows, n + near, np.ones(len(rows), np.int64), cost)
    sink = n + k
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(k), np.full(k, sink), np.full(k, high - low), np.zeros(k, np.int64)
    )
    flow.set_nodes_supplies(np.arange(n), np.ones(n, np.int64))
    flow.set_nodes_supplies(n + np.arange(k), np.full(k, -low))
    flow.set_nodes_supplies(np.array([sink]), np.array([-(n - k * low)]))
    assert flow.solve() == flow.OPTIMAL
    taken = flow.flows(arcs) > 0
    territory = np.empty(n, np.int64)
    territory[rows[taken]] = near[taken]
    return territory, {"optimum": flow.optimal_cost() / 10}


def split_lpt(problem: SimpleNamespace) -> Found:
    """The largest account left to the territory with least so far; position plays no part."""
    import pandas as pd
    from b2b_territory_optimization.allocator import TerritoryAllocator

    book = pd.DataFrame({"Account_ID": np.arange(len(problem.latitude)), "size": problem.values[:, 0]})
    shared = TerritoryAllocator(target_metric="size").allocate_bucket(book, problem.k, "all")
    codes = shared.sort_values("Account_ID")["Territory_ID"]
    return codes.str.rsplit("_", n=1).str[1].astype(int).to_numpy() - 1, {}


def _frame_units(problem: SimpleNamespace) -> tuple[Any, Any]:
    """Units as spopt wants them: a table with positions as attributes, and who touches whom."""
    import geopandas as gpd
    from libpysal.weights import W

    squeeze = float(np.cos(np.radians(problem.latitude.mean())))
    table = gpd.GeoDataFrame(
        {"north": problem.latitude, "east": problem.longitude * squeeze, "size": problem.values[:, 0]},
        geometry=gpd.points_from_xy(problem.longitude, problem.latitude),
    )
    return table, W(dict(enumerate(list_links(problem))), silence_warnings=True)


def split_skater(problem: SimpleNamespace) -> Found:
    """Alike units in one piece; `alike` is told to mean near."""
    from spopt.region import Skater

    table, touching = _frame_units(problem)
    model = Skater(table, touching, ["north", "east"], n_clusters=problem.k)
    model.solve()
    return np.asarray(model.labels_), {}


def split_azp(problem: SimpleNamespace) -> Found:
    from spopt.region import AZP

    table, touching = _frame_units(problem)
    model = AZP(table, touching, ["north", "east"], n_clusters=problem.k, random_state=problem.seed)
    model.solve()
    return np.asarray(model.labels_), {}


def split_maxp(problem: SimpleNamespace) -> Found:
    """As many pieces as possible, each of at least the band's lower end."""
    from spopt.region import MaxPHeuristic

    table, touching = _frame_units(problem)
    np.random.seed(problem.seed)
    least = problem.values[:, 0].sum() / problem.k * (1 - problem.tolerances[0])
    model = MaxPHeuristic(table, touching, ["north", "east"], "size", least, top_n=2)
    model.solve()
    return np.asarray(model.labels_) - 1, {}


def split_median(problem: SimpleNamespace) -> Found:
    """Capacitated p-median over candidate sites: no more than the band's upper end, no least load."""
    import pulp
    from spopt.locate import PMedian

    n = len(problem.latitude)
    sites = np.random.default_rng(problem.seed).choice(n, MEDIAN_SITES, replace=False)
    problem.centres = np.column_stack((problem.latitude, problem.longitude))[sites]
    pairs = weigh_pairs(problem) / problem.weight[:, None]
    size = problem.values[:, 0]
    most = size.sum() / problem.k * (1 + problem.tolerances[0])
    model = PMedian.from_cost_matrix(pairs, size, problem.k, facility_capacities=np.full(MEDIAN_SITES, most))
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=MEDIAN_SECONDS))
    territory = np.full(n, -1)
    for at, clients in enumerate(site for site in model.fac2cli if site):
        territory[clients] = at
    return territory, {}


def solve_highs(problem: SimpleNamespace, *, whole: bool) -> Found:
    """The assignment program over all pairs at the given centres; 40 CPU seconds for whole accounts."""
    import highspy

    pairs = weigh_pairs(problem)
    n, k = pairs.shape
    scale = float(np.median(pairs.min(axis=1)))
    columns = problem.values.shape[1]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n * k, n + k * columns
    lp.col_cost_ = pairs.ravel() / scale
    lp.col_lower_, lp.col_upper_ = np.zeros(n * k), np.ones(n * k)
    share = problem.values / (problem.values.sum(axis=0) / k)
    lp.row_lower_ = np.concatenate((np.ones(n), np.tile(1 - problem.tolerances, k)))
    lp.row_upper_ = np.concatenate((np.ones(n), np.tile(1 + problem.tolerances, k)))
    account, territory = np.divmod(np.arange(n * k), k)
    bands = [n + territory * columns + m for m in range(columns)]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = (np.arange(n * k + 1) * (1 + columns)).astype(np.int32)
    lp.a_matrix_.index_ = np.column_stack((account, *bands)).ravel().astype(np.int32)
    lp.a_matrix_.value_ = np.column_stack((np.ones(n * k), share[account])).ravel()
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * (n * k)
        ends = time.process_time() + MIP_CPU_S
        solver.cbMipInterrupt.subscribe(lambda event: event.interrupt(time.process_time() > ends))
    solver.passModel(lp)
    solver.run()
    shares = np.asarray(solver.getSolution().col_value).reshape(n, k)
    info = solver.getInfo()
    is_found = info.primal_solution_status == 2
    return shares.argmax(axis=1), {
        "optimum": info.objective_function_value * scale if is_found else np.nan,
        "measures": json.dumps(columns),
    }


METHODS = {
    "kmeans": split_kmeans,
    "metis": split_metis,
    "flow": split_flow,
    "lpt": split_lpt,
    "skater": split_skater,
    "azp": split_azp,
    "maxp": split_maxp,
    "median": split_median,
    "mip": lambda problem: solve_highs(problem, whole=True),
    "lp": lambda problem: solve_highs(problem, whole=False),
}
