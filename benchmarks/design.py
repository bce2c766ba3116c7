"""How good and how fast are designs, next to what others make of the same accounts in the same runs?

    python -m benchmarks.design [--cells NAME…] [--seeds N]

Prints a table per group of bars. Every method runs in a process of its own, ours and theirs in turn on each
seed; processor seconds are of whole processes unless a column says "solve"; every figure of an assignment is
recomputed by `design_judge`. Where more than one seed was run, a cell reads median / worst.
"""

import argparse
import os
import sys

from benchmarks.design_against import print_given_centres, print_peers, print_unit_cells
from benchmarks.design_bars import print_disruption, print_pieces, print_quality, print_regions, print_sweep
from benchmarks.design_cells import draw_accounts, find_cell
from benchmarks.design_process import list_missing_peers, run_method

GROUPS = {
    "quality": print_quality,
    "unit": print_unit_cells,
    "mip": print_given_centres,
    "peers": print_peers,
    "sweep": print_sweep,
    "disruption": print_disruption,
    "pieces": print_pieces,
    "regions": print_regions,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cells", nargs="+", choices=GROUPS, default=list(GROUPS), help="groups of cells to run"
    )
    parser.add_argument("--seeds", type=int, help="seeds per cell; each cell has its own number otherwise")
    options = parser.parse_args()
    for method, why in list_missing_peers().items():
        print(f"*** {method} is not installed and is left out: {why} ***", file=sys.stderr)
    small = find_cell("1k/10 two")
    run_method("design", draw_accounts(small, 0))  # compiles the kernels where that is still to be done
    for name in options.cells:
        print(f"\n### {name} (load of the machine {os.getloadavg()[0]:.1f})\n", flush=True)
        GROUPS[name](options.seeds)


if __name__ == "__main__":
    main()
