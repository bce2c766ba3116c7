"""What does `make bench` measure? Every module here that can be run alone, one after the other.

python -m benchmarks [NAME…]
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def list_measurements() -> list[str]:
    """Names of the modules that measure something by themselves."""
    return sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if path.stem != "__main__" and '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    )


def main() -> int:
    known = list_measurements()
    wanted = sys.argv[1:] or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No measurement {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    status = 0
    for name in wanted:
        print(f"\n== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
