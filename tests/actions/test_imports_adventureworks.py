"""Do the figures that docs/use/import.md states for AdventureWorks hold?"""

from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from fairpatch.actions.imports import import_folder
from fairpatch.connectors.mapping_file import load_mapping_file
from fairpatch.records.models import Account, Assignment, LayoutTerritory, Quota, Rep, Seat, User
from fairpatch.records.queries.misplaced import list_misplaced

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "adventureworks"
pytestmark = [
    pytest.mark.django_db(databases=["default", "jobs"]),
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="needs the AdventureWorks files in ../shared/data/adventureworks"
    ),
]


def test_adventureworks_arrives_whole_and_its_misplaced_accounts_are_named() -> None:
    spec = load_mapping_file(ROOT / "docs" / "use" / "adventureworks.toml")
    checked, applied = import_folder(FOLDER, spec)
    assert checked.faulty == 0
    assert applied.kinds == {
        "reps": {"added": 17, "changed": 0},
        "accounts": {"added": 701, "changed": 0},
        "quotas": {"added": 163, "changed": 0},
    }
    assert (applied.accounts_owned, applied.unassigned, applied.tied) == (701, 0, 0)

    depths = Counter(LayoutTerritory.objects.values_list("depth", flat=True))
    # Parts of the world, countries, the ten territories, a leaf for each of their reps.
    assert depths == {0: 3, 1: 6, 2: 10, 3: 14}
    assert Seat.objects.filter(kind="primary").count() == 17
    assert Rep.objects.filter(system="adventureworks", manager__isnull=False).count() == 14
    assert Quota.objects.filter(rep__isnull=False).count() == 163
    assert set(Assignment.objects.values_list("cause", flat=True)) == {"named"}
    assert Account.objects.filter(state="75C").count() == 12
    assert Counter(Account.objects.values_list("position_origin", flat=True)) == {
        "given": 671,
        "city": 21,
        "none": 9,
    }

    admin = User.objects.create(email="a@example.com", name="A", role="admin", created_at=timezone.now())
    rows, mark = list_misplaced(admin, limit=500)
    assert (len(rows), mark) == (84, None)
    moves = Counter(
        (
            row["territory"]["code"].partition("-")[0],
            row["misplaced"]["belongs_to"][0]["code"].partition("-")[0],
        )
        for row in rows
    )
    assert moves == {("3", "4"): 38, ("4", "1"): 16, ("2", "3"): 16, ("4", "3"): 9, ("2", "5"): 5}

    _, again = import_folder(FOLDER, spec)
    assert (again.changes, again.batch) == (0, None)
