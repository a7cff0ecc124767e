import pytest

from dealradar.imports import UnreadableError, layout_of


def test_columns_are_known_in_any_order_and_spelling() -> None:
    layout = layout_of(["Review Text", "STARS", "asin", "review_title"])

    assert dict(layout.fields) == {"body": 0, "rating": 1, "product": 2, "title": 3}


def test_what_the_person_says_wins_over_the_known_names() -> None:
    layout = layout_of(["Product", "Rating", "Text", "Other"], [("body", "other")])

    assert dict(layout.fields)["body"] == 3


def test_an_empty_column_means_that_the_file_has_none() -> None:
    layout = layout_of(["Product", "Rating", "Text", "Date"], [("date", "")])

    assert "date" not in dict(layout.fields)


def test_categories_nest_in_the_order_of_their_kinds_whatever_the_files() -> None:
    layout = layout_of(["ClassName", "Product", "Rating", "Text", "DepartmentName", "DivisionName"])

    assert layout.categories == (5, 4, 0)


def test_categories_nest_as_they_are_told_to() -> None:
    layout = layout_of(["Product", "Rating", "Text", "Kind", "Branch"], [("category", "Branch"), ("category", "Kind")])

    assert layout.categories == (4, 3)


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        (["Product", "Stars", "Remarks"], [], "No column for body .*reviewtext.*'Remarks'.*--map body=COLUMN"),
        (["Product", "Stars", "Text"], [("body", "Remarks")], "no such column.*'Text'"),
        (["Product", "Stars", "Text"], [("colour", "Text")], "no such field.*product, rating, body"),
        (["Product", "Stars", "Text"], [("body", "Text"), ("body", "Stars")], "body=… is given more than once"),
        (["Product", "Stars", "Text", "text"], [], "body is not the only one of its name"),
        (["Product", "Stars", "Text"], [("rating", "")], "No column for rating"),
    ],
)
def test_a_header_that_does_not_do_is_told_from_what_would(
    header: list[str], mapping: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(UnreadableError, match=said):
        layout_of(header, mapping)
