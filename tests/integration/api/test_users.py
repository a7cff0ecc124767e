from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.domain.users import Standing
from dealradar.domain.users.models import User
from tests.factories.people import make_user

As = Callable[[User], FlaskClient]


def test_a_profile_is_public_and_tells_no_address(client: FlaskClient, as_: As, alice: User, ada: User) -> None:
    for reader in (client, as_(alice), as_(ada)):
        answer: Any = reader.get(f"/api/users/{alice.id}")

        assert answer.status_code == 200
        assert answer.json["username"] == "alice"
        assert answer.json["review_count"] == 0
        assert "@" not in answer.text


def test_who_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/users/1").status_code == 404


def _names(page: TestResponse) -> list[str]:
    return [person["username"] for person in page.get_json()["items"]]


def test_moderators_list_people_who_joined_last_first(as_: As, alice: User, bob: User, mona: User) -> None:
    first = as_(mona).get("/api/users?limit=2")
    rest = as_(mona).get(f"/api/users?limit=2&cursor={first.get_json()['next_cursor']}")

    assert _names(first) + _names(rest) == ["mona", bob.username, alice.username]
    assert "@" not in first.text


@pytest.mark.parametrize(
    ("part", "found"),
    [("LIC", ["alice"]), ("smith", ["zoe"]), ("a_b", ["a_b"]), ("%%%", []), ("li\\c", []), ("nobody", [])],
)
def test_people_are_found_by_any_part_of_their_name_whatever_its_case(
    as_: As,
    alice: User,  # noqa: ARG001  found, or not
    mona: User,
    part: str,
    found: list[str],
) -> None:
    make_user("zoe", display_name="Zoe Smithers")
    make_user("a_b")
    make_user("axb")

    assert _names(as_(mona).get("/api/users", query_string={"q": part})) == found


def test_people_are_listed_by_what_moderators_thought_of_them(as_: As, alice: User, mona: User) -> None:
    make_user("eve", standing=Standing.BANNED)

    assert _names(as_(mona).get("/api/users?standing=banned")) == ["eve"]
    assert _names(as_(mona).get("/api/users?standing=good")) == ["mona", alice.username]


@pytest.mark.parametrize("asked", ["q=ab", "standing=bad", "limit=0"])
def test_a_list_of_people_that_means_nothing_is_refused(as_: As, mona: User, asked: str) -> None:
    assert as_(mona).get(f"/api/users?{asked}").status_code == 422
