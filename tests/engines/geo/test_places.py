"""Is a place found alike by whoever learnt its country beforehand, and without loading what nobody needs?"""

import subprocess
import sys
from typing import Any

from fairpatch.engines.geo.places import Places

ASKED = (
    ("DE", "BY", "80331", "Munich"),
    ("DE", "", "", "München"),
    ("US", "CA", "94105", "San Francisco"),
    ("FR", "", "75001", "Paris"),
)


def test_what_was_learnt_beforehand_is_what_would_be_found() -> None:
    prepared = Places()
    prepared.learn_countries(["DE"])
    found = [prepared.locate(*place) for place in ASKED]
    unprepared = Places()
    assert found == [unprepared.locate(*place) for place in ASKED]
    assert all(found)


def test_a_place_is_answered_though_another_thread_forgets_it() -> None:
    class Forgetful(dict[Any, Any]):
        def __setitem__(self, asked: Any, place: Any) -> None:
            super().__setitem__(asked, place)
            self.clear()  # as another thread does just then

    places = Places()
    places._located = Forgetful()
    assert places.locate(*ASKED[2]) == Places().locate(*ASKED[2])


def test_postal_codes_come_without_their_package() -> None:
    code = (
        "import sys; from fairpatch.engines.geo.places import Places; "
        "assert Places().postal_areas['94105'].state == 'CA'; assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
