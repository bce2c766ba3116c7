"""What does a server's process do while nobody asks anything yet? It learns the company.

The live plan's tables, the snapshot of the accounts and the gazetteer of the countries they are in take
seconds to read for a large company: they are read at the start, beside the first requests, and not by the
first visitor.
"""

import gc
import threading

import structlog
from django.db import DatabaseError, connections

from fairpatch.site.wsgi import application

__all__ = ["application"]

COUNTRIES = 10
"""Of those with the most accounts, places are learnt at the start; of others when first asked for."""

log = structlog.get_logger("fairpatch.server")


def learn_company() -> None:
    """Reads what most requests need. A failure costs the first visitor some patience, nothing else."""
    try:
        _read_company()
    except DatabaseError as fault:
        log.warning("the company could not be read at the start", fault=str(fault))
    finally:
        connections.close_all()
    # What stays for good need not be searched for garbage again and again: each search stops every request.
    gc.collect()
    gc.freeze()


def _read_company() -> None:
    from fairpatch.engines.geo.places import open_places
    from fairpatch.records.models import Organisation  # models exist once the application does
    from fairpatch.records.queries.calendar import read_today
    from fairpatch.records.queries.misplaced import learn_plan
    from fairpatch.records.queries.routing import PlanRouter
    from fairpatch.records.queries.snapshot import load_snapshot

    organisation = Organisation.objects.select_related("active_plan").first()
    if organisation is not None and organisation.active_plan is not None:
        PlanRouter(organisation.active_plan, read_today(organisation), organisation)
        learn_plan(organisation.active_plan)
        open_places().learn_countries(load_snapshot().list_values("country")[:COUNTRIES])


learning = threading.Thread(target=learn_company, name="learn the company", daemon=True)
learning.start()
