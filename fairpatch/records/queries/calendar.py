"""Which day is it for the organisation?"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from fairpatch.records.models import Organisation


def read_today(organisation: Organisation | None) -> date:
    """Today in the organisation's time zone."""
    zone = ZoneInfo(organisation.time_zone) if organisation else UTC
    return timezone.now().astimezone(zone).date()


def find_midnight(organisation: Organisation | None, day: date) -> datetime:
    """The first moment of a day of the organisation."""
    zone = ZoneInfo(organisation.time_zone) if organisation else UTC
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
