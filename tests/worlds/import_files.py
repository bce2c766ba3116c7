"""A small company as the files that would be imported, with the mapping that reads them."""

from pathlib import Path

from fairpatch.core.accounts.mapping import ImportSpec, read_mapping
from fairpatch.records.models import (
    Account,
    Activity,
    Assignment,
    Deal,
    LedgerHead,
    Organisation,
    Ownership,
    Plan,
    Quota,
    Rep,
    Territory,
)

NAMES = [
    "id",
    "name",
    "owner",
    "country",
    "state",
    "city",
    "postal_code",
    "employees",
    "annual_revenue",
    "parent",
    "custom.floor",
    "product_lines",
]
FILES = {
    "reps.csv": "id,name,manager\nM,Mia,\nR1,Ann,M\nR2,Bob,M\n",
    "accounts.csv": (
        "id,name,owner,country,state,city,postal_code,employees,annual_revenue,parent,custom.floor,product_lines\n"
        "A1,Alder,,US,WA,Seattle,98101,10,1000.50,,7,cloud|sensors\n"
        "A2,Birch,,US,CA,Los Angeles,90017,20,2000,A1,8,\n"
        "A3,Cedar,R2,US,WA,Seattle,98101,30,3000,,,\n"
        "A4,Dover,,FR,,Lyon,,40,4000,,,\n"
    ),
    "territories.csv": (
        'code,name,rule\nWEST,West,"state in [""WA"", ""OR""]"\nCAL,California,"state = ""CA"""\n'
    ),
    "seats.csv": "territory,rep\nWEST,R1\nCAL,R2\n",
    "deals.csv": (
        "id,account,name,stage,amount,close_on\n"
        "D1,A1,Pilot,Proposal,500,2027-03-01\nD2,A2,Renewal,Closed won,70,\n"
    ),
    "activities.csv": "id,account,kind,due_on\nT1,A1,call,2027-01-05\nT2,A2,visit,2027-01-06\n",
    "quotas.csv": "rep,territory,starts_on,amount\nR1,,2027-01-01,90000\n,west,2027-01-01,120000\n",
}
MAPPING = {
    "name": "Small",
    "system": "crm",
    "organisation": {"name": "Acme", "currency": "USD", "time_zone": "UTC"},
    "files": [
        {"file": "reps.csv", "kind": "reps", "columns": {name: name for name in ("id", "name", "manager")}},
        {
            "file": "accounts.csv",
            "kind": "accounts",
            "columns": {n: {"column": n, "type": "number"} if n.startswith("custom") else n for n in NAMES},
        },
        {
            "file": "territories.csv",
            "kind": "territories",
            "columns": {n: n for n in ("code", "name", "rule")},
        },
        {"file": "seats.csv", "kind": "seats", "columns": {"territory": "territory", "rep": "rep"}},
        {
            "file": "deals.csv",
            "kind": "deals",
            "columns": {n: n for n in ("id", "account", "name", "stage", "amount", "close_on")},
        },
        {
            "file": "activities.csv",
            "kind": "activities",
            "columns": {n: n for n in ("id", "account", "kind", "due_on")},
        },
        {
            "file": "quotas.csv",
            "kind": "quotas",
            "period": "quarter",
            "columns": {n: n for n in ("rep", "territory", "starts_on", "amount")},
        },
    ],
}
RECORDS = (
    Account,
    Rep,
    Deal,
    Activity,
    Quota,
    Plan,
    Territory,
    Organisation,
    Ownership,
    Assignment,
    LedgerHead,
)


def write_files(home: Path) -> Path:
    home.mkdir()
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    return home


def read_small_mapping() -> ImportSpec:
    return read_mapping(MAPPING)


def edit_file(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def count_records() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in RECORDS}
