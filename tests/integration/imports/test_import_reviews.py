"""``flask import-reviews``: what comes in, what stays out, and what is said of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from dealradar.domain.categories.models import Category
from dealradar.domain.deals.models import Deal, PriceChange
from dealradar.domain.recount import drifts
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.imports import intake
from tests.factories.people import make_user

SHOP = """\
,ClothingID,Title,ReviewText,Rating,PositiveFeedbackCount,DivisionName,ClassName
0,862,,"Wide in the
shoulders; I&#39;m 5'8"".  ",4,0,General,Knits
1,862,Soft &amp; warm,Lives on my chair.,5,12,General,Knits
,,,,,,,
2,1077,Not for me,Returned.,2,3,General,Dresses
"""

Import = Callable[..., Result]


@pytest.fixture
def import_reviews(app: Flask, tmp_path: Path) -> Import:
    """Return what imports a text as the file ``shop.csv``."""

    def run(text: str, *options: str) -> Result:
        path = tmp_path / "shop.csv"
        path.write_bytes(text.encode())
        return app.test_cli_runner().invoke(args=["import-reviews", str(path), *options])

    return run


def reviews_of(client: FlaskClient, title: str) -> list[dict[str, Any]]:
    deal_id = db.session.scalar(select(Deal.id).where(Deal.title == title))
    items: list[dict[str, Any]] = client.get(f"/api/reviews/deal/{deal_id}?sort=oldest").get_json()["items"]
    return items


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_reviews_are_read_back_character_for_character(import_reviews: Import, client: FlaskClient) -> None:
    assert import_reviews(SHOP).exit_code == 0

    plain, titled = reviews_of(client, "Knits 862")

    assert (plain["title"], plain["body"]) == (None, "Wide in the\nshoulders; I'm 5'8\".  ")
    assert (titled["title"], titled["body"]) == ("Soft & warm", "Lives on my chair.")
    assert (titled["rating"], titled["helpful_count"]) == (5, 12)


def test_products_become_deals_of_unknown_price_in_nested_categories(
    import_reviews: Import, client: FlaskClient
) -> None:
    import_reviews(SHOP)

    deals = {deal["title"]: deal for deal in client.get("/api/deals").get_json()["items"]}

    knits = deals["Knits 862"]
    assert (knits["price_cents"], knits["review_count"], knits["rating_avg"]) == (0, 2, 4.5)
    assert "names no price" in knits["description"]
    assert knits["category"]["slug"] == "general-knits"
    assert count(PriceChange) == 0
    (general,) = client.get("/api/categories").get_json()["items"]
    assert {child["name"] for child in general["children"]} == {"Knits", "Dresses"}


def test_each_review_without_a_reviewer_has_an_anonymous_author_of_its_own(
    import_reviews: Import, client: FlaskClient
) -> None:
    import_reviews(SHOP)

    one, other = reviews_of(client, "Knits 862")

    assert one["author"]["display_name"] == other["author"]["display_name"] == "Anonymous"
    assert one["author"]["id"] != other["author"]["id"]
    authors = db.session.scalars(select(User)).all()
    assert all(author.is_anonymous and author.password_hash is None for author in authors)


def test_a_second_run_changes_nothing(import_reviews: Import) -> None:
    import_reviews(SHOP)
    before = [count(model) for model in (Review, Deal, Category, User)]

    again = import_reviews(SHOP)

    assert again.exit_code == 0
    assert "0 reviews imported, 3 there already, 1 blank rows, 0 bad ones" in again.stdout
    assert [count(model) for model in (Review, Deal, Category, User)] == before


def test_a_run_that_was_cut_short_is_finished_by_the_next(
    import_reviews: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_ROWS", 1)
    import_reviews("".join(SHOP.splitlines(keepends=True)[:3]))

    rest = import_reviews(SHOP)

    assert "2 reviews imported, 1 there already" in rest.stdout
    assert "1 deals, 1 categories, 2 people" in rest.stdout


def test_bad_rows_stay_out_with_their_line_and_reason_while_the_rest_goes_in(
    import_reviews: Import, client: FlaskClient
) -> None:
    result = import_reviews(SHOP + "3,862,,Odd,9,0,General,Knits\n4,862\n5,862,,Fine,3,0,General,Knits\n")

    assert result.exit_code == 0
    assert "line 7: rating '9' should be less than or equal to 5" in result.stderr
    assert "line 8: has 2 columns, the header 8" in result.stderr
    assert "7 rows read" in result.stdout
    assert "4 reviews imported, 0 there already, 1 blank rows, 2 bad ones" in result.stdout
    assert len(reviews_of(client, "Knits 862")) == 3


def test_the_same_row_twice_is_one_review(import_reviews: Import) -> None:
    result = import_reviews("product,rating,text\nLamp,5,Bright\nLamp,5,Bright\n")

    assert "1 reviews imported, 1 there already" in result.stdout


def test_a_reviewer_is_one_person_and_has_one_review_a_product(import_reviews: Import, client: FlaskClient) -> None:
    result = import_reviews(
        "product,rating,text,author\nReading lamp,5,Bright,Bo\nReading lamp,1,Broke,Bo\nDesk,3,Flat,Bo\n"
    )

    assert "line 3: is the reviewer's second review of the product" in result.stderr
    (lamp,) = reviews_of(client, "Reading lamp")
    (desk,) = reviews_of(client, "Desk")
    assert lamp["author"] == desk["author"]
    assert lamp["author"]["display_name"] == "Bo"


def test_nobody_who_registered_is_given_what_they_did_not_write(import_reviews: Import) -> None:
    import_reviews("product,rating,text,author\nLamp,5,Bright,mallory\n")
    guessed = db.session.scalar(select(User.username).where(User.display_name == "mallory"))
    db.session.execute(delete(User).where(User.username == guessed))
    db.session.commit()
    mallory = make_user(str(guessed))

    result = import_reviews("product,rating,text,author\nLamp,5,Bright,mallory\n")

    assert result.exit_code == 1
    assert "line 2: can't be given a made-up author" in result.stderr
    assert db.session.scalar(select(func.count()).where(Review.author_id == mallory.id)) == 0


def test_dates_are_kept_and_order_the_reviews(import_reviews: Import, client: FlaskClient) -> None:
    import_reviews("product,rating,text,date\nLamp,5,New,2024-03-01\nLamp,4,Old,2023-03-01\n")

    assert [review["created_at"] for review in reviews_of(client, "Lamp")] == [
        "2023-03-01T00:00:00Z",
        "2024-03-01T00:00:00Z",
    ]


def test_a_mapped_column_is_read_whatever_its_name(import_reviews: Import, client: FlaskClient) -> None:
    import_reviews(
        "Ding;Sterne;Worte\nLampe;5;Hell\n", "--map", "product=Ding", "--map", "rating=Sterne", "--map", "body=Worte"
    )

    assert [review["body"] for review in reviews_of(client, "Lampe")] == ["Hell"]


def test_names_that_no_slug_can_spell_still_become_categories(import_reviews: Import, client: FlaskClient) -> None:
    import_reviews("product,rating,text,category,class\nLamp,5,Hell,灯,Ästhetik\nDesk,5,Hell,桌子,Ästhetik\n")

    lamps, desks = client.get("/api/categories").get_json()["items"]

    assert {lamps["name"], desks["name"]} == {"灯", "桌子"}
    assert lamps["slug"] != desks["slug"]
    assert lamps["children"][0]["slug"].startswith("asthetik")


def test_counters_are_right_afterwards(import_reviews: Import) -> None:
    import_reviews(SHOP)

    assert list(drifts()) == []


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", [], "is empty"),
        ("Name,Stars\n", [], "No column for product"),
        (SHOP, ["--map", "body"], "'body' should be FIELD=COLUMN"),
        (SHOP, ["--dataset", "My Shop"], "'My Shop' should be named in a-z"),
    ],
)
def test_what_can_not_be_read_ends_with_one_clear_error(
    import_reviews: Import, text: str, options: list[str], said: str
) -> None:
    result = import_reviews(text, *options)

    assert result.exit_code == 2
    assert said in result.stderr
    assert count(Review) == 0


def test_a_file_of_bad_rows_alone_fails(import_reviews: Import) -> None:
    assert import_reviews("product,rating,text\nLamp,9,Bright\n").exit_code == 1


def test_what_came_in_before_the_file_broke_stays_in(import_reviews: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH_ROWS", 1)

    result = import_reviews(SHOP + "x" * 2_000_000)

    assert result.exit_code == 2
    assert "3 reviews imported" in result.stdout
    assert "line 7 is longer than" in result.stderr
    assert count(Review) == 3


def test_a_file_in_an_old_encoding_comes_in_with_a_notice(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "alt.csv"
    path.write_bytes("product,rating,text\nCafé,5,„schön“\n".encode("cp1252"))

    result = app.test_cli_runner().invoke(args=["import-reviews", str(path)])

    assert "read as Windows-1252" in result.stderr
    assert [review["body"] for review in reviews_of(client, "Café")] == ["„schön“"]
