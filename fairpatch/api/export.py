"""What does the API look like to a program? `python -m fairpatch.api.export FILE` writes its OpenAPI schema."""

import os
import sys
from pathlib import Path

import django
import orjson


def export_schema(path: Path) -> None:
    """Writes the schema, keys sorted, so that a diff of it shows what changed."""
    from fairpatch.api.root import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    path.write_bytes(orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpatch.site.settings")
    django.setup()
    export_schema(Path(sys.argv[1]))
