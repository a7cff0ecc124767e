from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from dealradar.domain.users.models import User


def test_a_profile_is_public_and_tells_no_address(
    client: FlaskClient, as_: Callable[[User], FlaskClient], alice: User, ada: User
) -> None:
    for reader in (client, as_(alice), as_(ada)):
        answer: Any = reader.get(f"/api/users/{alice.id}")

        assert answer.status_code == 200
        assert answer.json["username"] == "alice"
        assert answer.json["review_count"] == 0
        assert "@" not in answer.text


def test_who_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/users/1").status_code == 404
