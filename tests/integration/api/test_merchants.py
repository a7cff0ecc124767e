import pytest
from flask.testing import FlaskClient

from tests.factories.deals import make_merchant


def test_a_merchant_is_the_same_in_the_list_and_alone(client: FlaskClient) -> None:
    make_merchant("acme", url="https://acme.example", deal_count=3)

    shown = client.get("/api/merchants/acme").get_json()

    assert client.get("/api/merchants").get_json() == {"items": [shown], "next_cursor": None}
    created_at = shown.pop("created_at")
    assert created_at.endswith("Z")
    assert shown == {"id": 1, "slug": "acme", "name": "Acme", "url": "https://acme.example", "deal_count": 3}


def test_the_merchants_with_most_deals_come_first_if_one_asks(client: FlaskClient) -> None:
    make_merchant("acme", deal_count=1)
    make_merchant("zoo", deal_count=2)

    def slugs(path: str) -> list[str]:
        return [each["slug"] for each in client.get(path).get_json()["items"]]

    assert slugs("/api/merchants") == ["acme", "zoo"]
    assert slugs("/api/merchants?sort=deals") == ["zoo", "acme"]


@pytest.mark.parametrize("path", ["/api/merchants/other", "/api/merchants/ac%00me", "/api/merchants/ACME"])
def test_an_unknown_merchant_is_absent(client: FlaskClient, path: str) -> None:
    make_merchant("acme")

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["\U0001f6d2" * 120, "\x01" * 120, '"' * 120], ids=["emoji", "control", "quotes"])
def test_the_list_goes_on_by_its_cursor_however_long_the_names_are(client: FlaskClient, name: str) -> None:
    for slug in ("first", "second"):
        make_merchant(slug, name=name)

    page = client.get("/api/merchants?limit=1").get_json()
    rest = client.get("/api/merchants", query_string={"limit": 1, "cursor": page["next_cursor"]})

    assert rest.status_code == 200
    assert [each["slug"] for each in (*page["items"], *rest.get_json()["items"])] == ["first", "second"]
