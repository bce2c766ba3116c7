"""Is a mapping read strictly, with every fault at once, and guessed with honest confidence?"""

import pytest

from fairpatch.core.accounts.guessing import SURE, TableSample, guess_file, propose_mapping
from fairpatch.core.accounts.mapping import read_mapping, write_mapping
from fairpatch.core.errors import FaultyInputError

WHOLE = {
    "mapping": 1,
    "name": "Old CRM",
    "system": "crm",
    "currency": "EUR",
    "organisation": {
        "name": "Acme",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "fiscal_year_start_month": 4,
    },
    "files": [
        {
            "file": "a.csv",
            "kind": "accounts",
            "decimal": ",",
            "day_first": True,
            "columns": {
                "id": "Nr",
                "name": {"column": "Firma", "after": "/"},
                "country": {"constant": "DE"},
                "owner": {"column": "VB", "join": {"file": "vb.csv", "key": "login", "value": "id"}},
                "status": {"column": "S", "values": {"A": "active"}},
                "custom.size": {"column": "Fläche", "type": "number", "label": "Floor", "dimension": "size"},
            },
        },
        {"file": "x", "kind": "seats", "rows": [{"territory": "T", "rep": "R"}]},
    ],
}


def test_a_mapping_survives_writing_and_reading() -> None:
    spec = read_mapping(WHOLE)
    assert read_mapping(write_mapping(spec)) == spec
    assert spec.files[0].custom["size"].dimension == "size"


def test_custom_fields_may_be_nested_as_toml_reads_them() -> None:
    files = [
        {"file": "a.csv", "kind": "accounts", "columns": {"id": "a", "name": "b", "custom": {"size": "c"}}}
    ]
    assert read_mapping({"files": files}).files[0].columns["custom.size"].column == "c"


def test_every_fault_is_named_at_once() -> None:
    bad = {
        "colour": "red",
        "currency": "euro",
        "files": [
            {
                "file": "../a.csv",
                "kind": "accounts",
                "columns": {"id": {"column": "a", "constant": "b"}, "nme": "c"},
            },
            {"file": "b.csv", "kind": "bananas"},
            {"file": "c.csv", "kind": "quotas", "period": "week", "columns": {"amount": "x", "starts_on": 3}},
        ],
    }
    with pytest.raises(FaultyInputError) as refused:
        read_mapping(bad)
    places = {finding.where for finding in refused.value.findings}
    assert places == {
        "colour",
        "currency",
        "files[0].file",
        "files[0].columns.id",
        "files[0].columns.nme",
        "files[0].columns.name",
        "files[1].kind",
        "files[2].period",
        "files[2].columns.starts_on",
    }


def sample(file: str, headers: str, *rows: str) -> TableSample:
    return TableSample(file, tuple(headers.split(",")), tuple(tuple(row.split(",")) for row in rows))


def test_guesses_kinds_and_columns_of_a_crm_export() -> None:
    guess = guess_file(
        sample(
            "Customers.csv",
            "AccountID,Company Name,Billing Country,Zip Code,Latitude,Headcount,Shoe size",
            "7,Acme,Germany,10115,52.5,12,44",
        )
    )
    assert guess.kind == "accounts"
    assert [column.guess for column in guess.columns] == [
        "id", "name", "country", "postal_code", "latitude", "employees", None,
    ]  # fmt: skip
    assert guess.columns[4].confidence == 1.0
    assert guess.columns[4].samples == ("52.5",)
    assert 0.8 <= guess.columns[0].confidence < 1.0


def test_cells_that_contradict_the_header_lower_the_confidence() -> None:
    fits = guess_file(sample("deals.csv", "id,account,name,stage,amount", "1,2,x,open,12.50")).columns[4]
    fits_not = guess_file(sample("deals.csv", "id,account,name,stage,amount", "1,2,x,open,plenty")).columns[4]
    assert fits_not.confidence < SURE <= fits.confidence


def test_each_column_of_ours_is_guessed_once_and_only_sure_guesses_are_filled_in() -> None:
    guess = guess_file(sample("accounts.csv", "id,account id,name,nickname", "1,1,Acme,A"))
    guessed = [column.guess for column in guess.columns if column.guess]
    assert len(guessed) == len(set(guessed))
    proposed = propose_mapping([guess]).files[0]
    assert proposed.columns["id"].column == "id"
    assert set(proposed.columns) == {"id", "name"}


def test_kinds_are_told_apart() -> None:
    assert (
        guess_file(sample("opps.csv", "opportunity id,account id,opportunity name,stage name,amount")).kind
        == "deals"
    )
    assert guess_file(sample("team.csv", "employee id,full name,manager id,hire date")).kind == "reps"
    assert guess_file(sample("map.csv", "territory id,country code,state code")).kind == "state_map"
    assert guess_file(sample("q.csv", "rep id,quota date,sales quota")).kind == "quotas"
    assert guess_file(TableSample("plan.yaml", (), ())).kind == "plan"
