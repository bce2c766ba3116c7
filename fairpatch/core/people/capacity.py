"""How much can a rep carry? A new hire ramps up from half a share to a whole one."""

from __future__ import annotations

import datetime as dt

RAMP_DAYS = 180
FIRST_SHARE = 0.5


def suggest_capacity(hired_on: dt.date | None, today: dt.date) -> float:
    """A rep's share of the work: half on the day of hiring, whole after half a year, linear in between.

    In steps of 0.05, because a finer figure would pretend to know more. Unknown dates count as long ago.
    """
    if hired_on is None:
        return 1.0
    days = (today - hired_on).days
    if days >= RAMP_DAYS:
        return 1.0
    share = FIRST_SHARE + (1 - FIRST_SHARE) * max(days, 0) / RAMP_DAYS
    return round(share * 20) / 20
