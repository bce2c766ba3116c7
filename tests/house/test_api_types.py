"""Are the front end's types those of the API as it is?"""

import json

from tests.house.api_types import SCHEMA, TYPES, print_schema, print_types

MEND = "run `make fix` and look at what changed"


def test_the_stored_schema_is_the_one_the_api_gives() -> None:
    assert json.loads(print_schema()) == json.loads(SCHEMA.read_text(encoding="utf-8")), MEND


def test_the_types_are_made_from_that_schema() -> None:
    assert print_types(SCHEMA) == TYPES.read_text(encoding="utf-8"), MEND
