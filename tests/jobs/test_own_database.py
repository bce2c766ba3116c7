"""Is a test's own database really its own, and really committed to?"""

import os
import subprocess
import sys

import pytest

from fairpatch.actions.jobs import enqueue_job
from fairpatch.records.models.jobs import Job

COUNT = (
    "import django; django.setup(); from fairpatch.records.models.jobs import Job; print(Job.objects.count())"
)


@pytest.mark.parametrize("_round", [1, 2])
def test_another_process_sees_what_this_one_committed(own_database: str, _round: int) -> None:
    assert Job.objects.count() == 0
    enqueue_job("any", {}, None)
    environment = {
        **os.environ,
        "DATABASE_URL": own_database,
        "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
    }
    seen = subprocess.run(
        [sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "1"


@pytest.mark.django_db(databases=["default", "jobs"])
def test_other_tests_see_nothing_of_it() -> None:
    assert Job.objects.count() == 0
