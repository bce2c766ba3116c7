"""Does cleaning read what people write, say what it did, and never change its mind?"""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.accounts.cleaning import (
    clean_boolean,
    clean_choice,
    clean_code,
    clean_id,
    clean_integer,
    clean_money,
    clean_number,
    clean_tags,
    clean_text,
    guess_decimal_mark,
)
from fairpatch.core.accounts.dates import clean_date, guess_day_first
from fairpatch.core.accounts.notes import NOTE_KINDS, Note, describe_note
from fairpatch.core.accounts.postal import clean_postal_code


@pytest.mark.parametrize(
    ("raw", "mark", "value", "code"),
    [
        ("1234", "", "1234", ""),
        ("1234.5", "", "1234.5", ""),
        ("1,234.56", "", "1234.56", "number_read"),
        ("1.234,56", "", "1234.56", "number_read"),
        ("12,5", "", "12.5", "number_read"),
        ("1,234", "", "1234", "ambiguous_number"),
        ("1.234", "", "1.234", ""),
        ("1.234", ",", "1234", "number_read"),
        ("1,234", ",", "1.234", "number_read"),
        ("1,234,567", "", "1234567", "number_read"),
        ("1'234'567", "", "1234567", "number_read"),
        ("1 234 567,8", "", "1234567.8", "number_read"),
        ("$ 1,000.00", "", "1000.00", "number_read"),
        ("1.000,00 €", "", "1000.00", "number_read"),
        ("(250)", "", "-250", "number_read"),
        ("250-", "", "-250", "number_read"),
        ("−3", "", "-3", "number_read"),
        ("2.5M", "", "2500000", "number_read"),
        ("1.5e3", "", "1500", "number_read"),
        ("12.34.5", "", None, "bad_number"),
        ("twelve", "", None, "bad_number"),
        ("1,23,4", "", None, "bad_number"),
        ("N/A", "", None, "blank_word"),
        ("", "", None, ""),
    ],
)
def test_numbers_are_read_as_written(raw: str, mark: str, value: str | None, code: str) -> None:
    cleaned = clean_number(raw, mark)  # type: ignore[arg-type]
    assert (cleaned.value, cleaned.code) == (None if value is None else Decimal(value), code)


def test_a_column_says_which_mark_is_decimal() -> None:
    assert guess_decimal_mark(["1.234", "12,5", "3"]) == ","
    assert guess_decimal_mark(["1,234", "$ 12.50"]) == "."
    assert guess_decimal_mark(["1.234", "5"]) == ""
    assert guess_decimal_mark(["1,5", "1.5"]) == ""


@pytest.mark.parametrize(
    ("raw", "currency", "minor", "code"),
    [
        ("12.345", "USD", 1234, "number_rounded"),
        ("12.50", "USD", 1250, ""),
        ("1200", "JPY", 1200, ""),
        ("€ 12", "USD", 1200, "other_currency"),
        ("$ 12", "CAD", 1200, "number_read"),
        ("EUR 1.000,50", "EUR", 100050, "number_read"),
        ("1.234", "BHD", 1234, ""),
    ],
)
def test_money_is_whole_minor_units(raw: str, currency: str, minor: int, code: str) -> None:
    assert clean_money(raw, currency)[:2] == (minor, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("2027-01-31", "2027-01-31", ""),
        ("2011-05-31 00:00:00", "2011-05-31", ""),
        ("2011-05-31T10:00:00.123Z", "2011-05-31", ""),
        ("31.01.2027", "2027-01-31", "date_read"),
        ("31/01/2027", "2027-01-31", "date_read"),
        ("01/31/2027", "2027-01-31", "date_read"),
        ("03/04/2027", "2027-03-04", "ambiguous_date"),
        ("05/05/2027", "2027-05-05", "date_read"),
        ("20270131", "2027-01-31", "date_read"),
        ("31 Jan 2027", "2027-01-31", "date_read"),
        ("January 31, 2027", "2027-01-31", "date_read"),
        ("31. Dez. 2027", "2027-12-31", "date_read"),
        ("2027-02-30", None, "bad_date"),
        ("1/2/27", None, "bad_date"),
        ("soon", None, "bad_date"),
    ],
)
def test_dates_are_read_as_written(raw: str, value: str | None, code: str) -> None:
    cleaned = clean_date(raw)
    assert (cleaned.value and cleaned.value.isoformat(), cleaned.code) == (value, code)


def test_a_column_says_whether_the_day_comes_first() -> None:
    assert guess_day_first(["03/04/2027", "25/12/2026"]) is True
    assert guess_day_first(["03/04/2027", "12/25/2026"]) is False
    assert guess_day_first(["03/04/2027"]) is None
    assert clean_date("03/04/2027", is_day_first=True).value.isoformat() == "2027-04-03"
    assert clean_date("2027!03!04", formats=["%Y!%m!%d"]).value.isoformat() == "2027-03-04"


@pytest.mark.parametrize(
    ("raw", "country", "value", "code"),
    [
        ("02139", "US", "02139", ""),
        ("2139", "US", "02139", "postal_padded"),
        ("02139-1234", "US", "02139", "postal_shortened"),
        ("021391234", "US", "02139", "postal_shortened"),
        ("02139.0", "US", "02139", "spaces_trimmed"),
        (" 02139 ", "US", "02139", "spaces_trimmed"),
        ("m4b1v5", "CA", "M4B 1V5", "postal_written"),
        ("SL67RJ", "GB", "SL6 7RJ", "postal_written"),
        ("1067", "DE", "01067", "postal_padded"),
        ("2138", "AU", "2138", ""),
    ],
)
def test_postal_codes_take_their_countrys_form(raw: str, country: str, value: str, code: str) -> None:
    assert clean_postal_code(raw, country)[:2] == (value, code)


def test_text_loses_space_and_what_cannot_be_shown() -> None:
    assert clean_text("  Acme ")[:2] == ("Acme", "spaces_trimmed")
    assert clean_text("Ac\u200bme\u0007")[:2] == ("Acme", "characters_removed")
    assert clean_text("Cafe\u0301").value == "Café"
    assert clean_text("NULL")[:2] == (None, "blank_word")
    assert clean_text("Null", may_be_blank_word=False).value == "Null"
    assert clean_text("x" * 300, 255)[:2] == ("x" * 255, "text_cut")


def test_ids_and_codes_are_never_cut_or_guessed() -> None:
    assert clean_id("x" * 121)[:2] == (None, "id_too_long")
    assert clean_id("007").value == "007"
    assert clean_id("None").value == "None"
    assert clean_code("5415.0")[:2] == ("5415", "number_read")
    assert clean_code("44-45").value == "44-45"


def test_tags_choices_and_truth_values() -> None:
    assert clean_tags("a|b| a ").value == ["a", "b"]
    assert clean_tags("a; b").value == ["a", "b"]
    assert clean_choice(" E-Mail ", ("call", "email")).value == "email"
    assert clean_choice("fax", ("call", "email"))[:2] == (None, "bad_choice")
    assert clean_boolean("Y").value is True
    assert clean_boolean("maybe").code == "bad_boolean"


@given(st.text(max_size=40))
def test_cleaning_text_twice_changes_nothing_more(raw: str) -> None:
    once = clean_text(raw)
    if once.value is not None:
        assert clean_text(once.value) == (once.value, "", "")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_every_plain_number_is_itself(number: Decimal) -> None:
    assert clean_number(format(number, "f")).value == number


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([(",", "."), (".", ",")]))
def test_grouped_numbers_mean_the_same_in_both_habits(number: Decimal, marks: tuple[str, str]) -> None:
    group, decimal = marks
    shown = f"{number:,.2f}".replace(",", "_").replace(".", decimal).replace("_", group)
    assert clean_number(shown, decimal).value == number  # type: ignore[arg-type]


@given(st.text(max_size=30))
def test_a_read_number_written_out_is_read_again_without_a_word(raw: str) -> None:
    cleaned = clean_number(raw)
    if cleaned.value is not None:
        assert clean_number(format(cleaned.value, "f")) == (cleaned.value, "", "")


@given(st.text(max_size=25))
def test_whatever_stands_in_a_cell_gets_an_answer(raw: str) -> None:
    for cleaned in (
        clean_integer(raw),
        clean_money(raw, "USD"),
        clean_date(raw),
        clean_postal_code(raw, "US"),
    ):
        assert not cleaned.code or cleaned.code in NOTE_KINDS


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 1, 1)))
def test_every_iso_date_is_itself(day: object) -> None:
    assert clean_date(str(day)) == (day, "", "")


@pytest.mark.parametrize("code", sorted(NOTE_KINDS))
def test_every_note_has_a_sentence(code: str) -> None:
    finding = describe_note(Note(7, "owner", code, "VALUE", "DETAIL"), "accounts.csv")
    assert finding.sentence.endswith((".", "VALUE", "DETAIL"))
    assert "{" not in finding.sentence + (finding.suggestion or "")
    assert (finding.file, finding.line) == ("accounts.csv", 7)
