from datetime import UTC, datetime

import pytest

from dealradar.imports import RowFault, layout_of
from dealradar.imports.rows import ReviewRow, read
from dealradar.imports.sources import Record

HEADER = ("", "Product", "Rating", "Title", "Text", "Helpful", "Reviewer", "Date", "Division", "Class")
GOOD = ("7", "862", "5", "Soft", "I live in it.", "3", "Bo", "2024-02-29", "Tops", "Knits")


def told(**cells: str) -> ReviewRow | RowFault | None:
    changed = {**dict(zip(HEADER, GOOD, strict=True)), **cells}
    return read(Record(12, tuple(changed.values())), layout_of(list(HEADER)))


def review(**cells: str) -> ReviewRow:
    row = told(**cells)
    assert isinstance(row, ReviewRow)
    return row


def test_a_good_row_is_a_review() -> None:
    row = review()

    assert (row.line, row.product, row.rating, row.helpful, row.reviewer) == (12, "862", 5, 3, "Bo")
    assert (row.title, row.body) == ("Soft", "I live in it.")
    assert row.category == ("Tops", "Knits")
    assert row.date == datetime(2024, 2, 29, tzinfo=UTC)


def test_entities_are_decoded_once_and_nothing_else_is_touched() -> None:
    row = review(Text=" 5&#39;8&quot;,\r\n\tand it fits &amp;#39;me&amp;#39; \n")

    assert row.body == " 5'8\",\r\n\tand it fits &#39;me&#39; \n"


def test_what_is_empty_is_missing_but_no_fault() -> None:
    row = review(Title=" ", Helpful="", Reviewer="", Date="", Division="", Class="")

    assert (row.title, row.helpful, row.reviewer, row.date, row.category) == (None, 0, None, None, ())


def test_a_category_that_repeats_the_one_above_it_is_that_one() -> None:
    assert review(Division="Dresses", Class="Dresses").category == ("Dresses",)


@pytest.mark.parametrize("number", ["4", " 4 ", "4.0", "4,00"])
def test_whole_numbers_are_known_however_they_are_written(number: str) -> None:
    assert review(Rating=number).rating == 4


@pytest.mark.parametrize("moment", ["1709208000", "1709208000000", "2024-02-29T12:00:00Z", "2024-02-29 13:00+01:00"])
def test_dates_are_known_in_the_ways_that_leave_no_doubt(moment: str) -> None:
    assert review(Date=moment).date == datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Rating": "6"}, "rating '6' should be less than or equal to 5"),
        ({"Rating": "0"}, "rating '0' should be greater than or equal to 1"),
        ({"Rating": "4.5"}, "rating '4.5' should be a valid integer"),
        ({"Rating": ""}, "rating '' should be a valid integer"),
        ({"Text": " \n"}, "body ' \\n' must not be blank"),
        ({"Text": "a" * 10_001}, "body has 10001 characters, more than 10000"),
        ({"Text": "a\0b"}, "body 'a\\x00b' must not contain NUL characters"),
        ({"Title": "a" * 201}, "title has 201 characters, more than 200"),
        ({"Product": " "}, "product ' ' must not be blank"),
        ({"Helpful": "-1"}, "helpful '-1' should be greater than or equal to 0"),
        ({"Helpful": "99999999999"}, "should be less than or equal to 2147483647"),
        ({"Date": "03/04/2024"}, "date '03/04/2024' should be YYYY-MM-DD, an RFC 3339 time or Unix seconds"),
        ({"Date": "2999-01-01"}, "date '2999-01-01' should be in the past"),
        ({"Class": "a" * 121}, "category has 121 characters, more than 120"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_reason(cells: dict[str, str], reason: str) -> None:
    fault = told(**cells)

    assert isinstance(fault, RowFault)
    assert fault.line == 12
    assert reason in fault.reason


def test_a_row_of_another_width_is_bad() -> None:
    assert read(Record(3, GOOD[:-1]), layout_of(HEADER)) == RowFault(3, "has 9 columns, the header 10")


def test_a_row_of_nothing_is_blank_whatever_its_width() -> None:
    assert read(Record(3, ("", " ", "")), layout_of(HEADER)) is None
    assert read(Record(3, ()), layout_of(HEADER)) is None


def test_the_same_review_is_known_again_in_a_newer_copy_of_its_file() -> None:
    rearranged = read(Record(99, ("9", *reversed(GOOD[1:]))), layout_of([HEADER[0], *reversed(HEADER[1:])]))

    assert isinstance(rearranged, ReviewRow)
    assert rearranged.identity == review().identity == review(Helpful="4").identity


@pytest.mark.parametrize("column", ["Product", "Rating", "Title", "Text", "Reviewer", "Class"])
def test_another_word_makes_it_another_review(column: str) -> None:
    assert review(**{column: "2"}).identity != review().identity
