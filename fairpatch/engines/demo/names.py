"""What are made-up companies called, what do they do, and how large are they?

Names are put together from parts; any likeness to a real company is chance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FIRST = (
    "Alder", "Amber", "Anchor", "Apex", "Arbor", "Argent", "Ash", "Atlas", "Aurora", "Avalon", "Baker", "Bay",
    "Beacon", "Birch", "Blue", "Bolton", "Bridge", "Bright", "Brook", "Cadence", "Calder", "Canyon",
    "Cardinal",
    "Carver", "Castle", "Cedar", "Chandler", "Cobalt", "Compass", "Copper", "Coral", "Crescent", "Crest",
    "Crown",
    "Dalton", "Delta", "Dover", "Drake", "Eagle", "Eastwood", "Echo", "Elm", "Ember", "Evergreen",
    "Fairfield",
    "Falcon", "Fern", "Fletcher", "Forge", "Foster", "Foundry", "Garnet", "Glen", "Granite", "Grant", "Gray",
    "Green",
    "Harbor", "Harper", "Haven", "Hawthorne", "Hazel", "Heron", "High", "Hollis", "Horizon", "Hudson",
    "Hunter",
    "Indigo", "Iron", "Ivory", "Jasper", "Juniper", "Keystone", "King", "Lake", "Lantern", "Larch", "Laurel",
    "Liberty",
    "Linden", "Lowell", "Maple", "Marble", "Mason", "Meadow", "Mercer", "Mesa", "Mill", "Monarch", "Noble",
    "North",
    "Oak", "Onyx", "Orchard", "Osprey", "Pacer", "Palmer", "Park", "Pilot", "Pine", "Pioneer", "Prairie",
    "Quarry",
    "Quest", "Raven", "Redwood", "Regal", "Ridge", "River", "Robin", "Rowan", "Sable", "Sage", "Sentinel",
    "Silver",
    "Slate", "Sparrow", "Spring", "Sterling", "Stone", "Summit", "Sutton", "Swift", "Tanner", "Teal",
    "Thorne",
    "Timber", "Tower", "Trident", "Union", "Vale", "Vanguard", "Vista", "Walker", "Warren", "West", "Whitman",
    "Willow",
    "Winston", "Wright", "Yarrow", "York",
)  # fmt: skip
SECOND = (
    "bridge", "brook", "bury", "crest", "dale", "field", "ford", "gate", "ham", "haven", "hill", "hurst",
    "land", "ley",
    "line", "man", "mark", "mere", "mont", "more", "point", "port", "ridge", "ro", "shore", "side", "son",
    "stead",
    "stone", "ton", "view", "ville", "ward", "water", "way", "well", "wick", "wood", "worth", "yard",
)  # fmt: skip


class Industry(NamedTuple):
    """A NAICS 2022 code, how common it is, the usual size (median employees), and how its companies end."""

    code: str
    weight: float
    employees: int
    endings: tuple[str, ...]


INDUSTRIES = (
    Industry("311", 4, 90, ("Foods", "Bakery Group", "Provisions", "Food Works")),
    Industry("325412", 3, 220, ("Pharma", "Therapeutics", "Laboratories", "Biosciences")),
    Industry("326", 3, 110, ("Plastics", "Polymers", "Packaging")),
    Industry("331", 2, 140, ("Metals", "Steel", "Alloys")),
    Industry("332", 5, 60, ("Fabrication", "Tool & Die", "Metalworks", "Machining")),
    Industry("333", 6, 120, ("Machinery", "Industrial", "Automation", "Pumps")),
    Industry("334413", 4, 180, ("Semiconductor", "Electronics", "Microsystems", "Devices")),
    Industry("334516", 3, 110, ("Instruments", "Analytical", "Measurement")),
    Industry("336", 4, 240, ("Automotive", "Motors", "Aerospace", "Mobility")),
    Industry("339112", 3, 130, ("Medical", "Surgical", "Medical Devices")),
    Industry("221", 3, 160, ("Energy", "Power & Light", "Utilities", "Water")),
    Industry("2111", 2, 150, ("Petroleum", "Resources", "Oil & Gas")),
    Industry("236", 3, 50, ("Builders", "Construction", "Contracting")),
    Industry("423", 6, 45, ("Supply", "Distribution", "Wholesale", "Trading")),
    Industry("445", 3, 80, ("Markets", "Grocers", "Fresh")),
    Industry("452", 2, 150, ("Stores", "Retail Group", "Outfitters")),
    Industry("484", 4, 70, ("Freight", "Trucking", "Logistics", "Haulage")),
    Industry("493", 3, 90, ("Warehousing", "Fulfilment", "Storage")),
    Industry("511210", 5, 70, ("Software", "Systems", "Data", "Digital")),
    Industry("518", 3, 80, ("Cloud", "Hosting", "Networks")),
    Industry("522110", 3, 190, ("Bank", "Savings", "Financial", "Trust")),
    Industry("524", 3, 150, ("Insurance", "Mutual", "Assurance")),
    Industry("531", 2, 30, ("Properties", "Realty", "Estates")),
    Industry("5413", 4, 45, ("Engineering", "Consulting Engineers", "Design")),
    Industry("5417", 3, 80, ("Research", "Innovations", "Science")),
    Industry("561", 3, 90, ("Services", "Facilities", "Staffing")),
    Industry("611310", 3, 420, ("College", "University", "Institute")),
    Industry("6211", 3, 40, ("Clinics", "Physicians", "Care Partners")),
    Industry("622110", 4, 780, ("Hospital", "Medical Center", "Health System")),
    Industry("623", 2, 90, ("Senior Living", "Care Homes")),
    Industry("713", 2, 60, ("Entertainment", "Leisure", "Parks")),
    Industry("721", 2, 80, ("Hotels", "Hospitality", "Resorts")),
    Industry("921", 2, 260, ("County", "City Services", "Regional Authority")),
    Industry("922", 1, 210, ("Public Safety", "Court Services")),
    Industry("926", 1, 180, ("Transit Authority", "Port Authority")),
)

PRODUCT_LINES = (("sensors", 0.62), ("analytics", 0.41), ("services", 0.34), ("cloud", 0.27))
SOURCES = ("inbound", "event", "partner", "outbound", "referral")
STATUSES = ("prospect", "customer", "former customer")


def make_names(rng: np.random.Generator, industry: NDArray[np.int64]) -> list[str]:
    """A name for each company, fitting what it does."""
    count = len(industry)
    first = rng.integers(0, len(FIRST), count)
    second = rng.integers(0, len(SECOND), count)
    style = rng.random(count)
    ending = rng.random(count)
    names = []
    for place in range(count):
        endings = INDUSTRIES[industry[place]].endings
        tail = endings[int(ending[place] * len(endings))]
        head = FIRST[first[place]]
        if style[place] < 0.55:
            head += SECOND[second[place]]
        elif style[place] < 0.85:
            head = f"{head} {FIRST[(first[place] * 7 + second[place]) % len(FIRST)]}"
        names.append(f"{head} {tail}")
    return names


def make_sizes(
    rng: np.random.Generator, industry: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Employees (lognormal around the industry's usual size) and annual revenue in whole currency units."""
    usual = np.log(np.array([entry.employees for entry in INDUSTRIES]))[industry]
    employees = np.clip(np.exp(usual + rng.normal(0, 1.35, len(industry))), 3, 160_000).astype(np.int64)
    per_head = np.exp(rng.normal(np.log(185_000), 0.45, len(industry)))
    revenue = (np.round(employees * per_head / 10_000) * 10_000).astype(np.int64)
    return employees, revenue
