"""Do the migrations say everything that the models say?"""

import io

import pytest
from django.core.management import call_command


@pytest.mark.django_db(databases=["default", "jobs"])
def test_no_migration_is_missing() -> None:
    told = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told, interactive=False)
    except SystemExit:
        pytest.fail(f"the models have changed:\n{told.getvalue()}")
