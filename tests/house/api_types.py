"""Where do the front end's types come from? `python -m tests.house.api_types` writes them from the API
itself.

`make fix` runs it, so that a change of the API shows in the same commit as the types the browser code is
checked against.
"""

import json
import os
import subprocess
from pathlib import Path

from tests.house.source import ROOT

SCHEMA = ROOT / "ui" / "src" / "api" / "openapi.json"
TYPES = ROOT / "ui" / "src" / "api" / "schema.d.ts"


def print_schema() -> str:
    """The API's OpenAPI document as it is now."""
    from fairpatch.api.root import api

    return json.dumps(json.loads(json.dumps(api.get_openapi_schema(), default=str)), indent=2) + "\n"


def print_types(schema: Path) -> str:
    """The TypeScript declarations of an OpenAPI document."""
    command = ["npx", "--no-install", "openapi-typescript", str(schema)]
    made = subprocess.run(command, cwd=ROOT / "ui", capture_output=True, text=True, check=True)
    return made.stdout


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    SCHEMA.write_text(print_schema(), encoding="utf-8")
    TYPES.write_text(print_types(SCHEMA), encoding="utf-8")


if __name__ == "__main__":
    main()
