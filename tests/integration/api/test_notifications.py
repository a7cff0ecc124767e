from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain import notifications
from dealradar.domain.notifications import Kind, queries
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction

As = Callable[[User], FlaskClient]


def _tell(reader: User, actor: User | None, *, times: int = 1) -> None:
    for number in range(1, times + 1):
        with transaction():
            notifications.tell(
                reader.id,
                kind=Kind.REPLY,
                actor_id=actor.id if actor else None,
                subject_type="comment",
                subject_id=number,
                message=f"Reply {number}",
            )


def _list(client: FlaskClient, query: str = "") -> Any:
    return client.get(f"/api/notifications{query}")


def _mark(client: FlaskClient, **which: object) -> Any:
    return client.post("/api/notifications/read", json=which)


def _unread_count(client: FlaskClient) -> Any:
    me: Any = client.get("/api/auth/me").json
    return me["unread_count"]


def _messages(answer: Any) -> list[str]:
    return [item["message"] for item in answer.json["items"]]


def test_one_sees_what_one_was_told_the_last_first_and_nothing_of_others(as_: As, alice: User, bob: User) -> None:
    _tell(alice, bob, times=2)
    _tell(bob, alice)

    answer = _list(as_(alice))

    assert _messages(answer) == ["Reply 2", "Reply 1"]
    assert answer.json["items"][0]["actor"]["username"] == "bob"
    assert answer.json["items"][0]["read_at"] is None


def test_what_nobody_in_particular_did_has_no_actor(as_: As, alice: User) -> None:
    _tell(alice, None)

    assert _list(as_(alice)).json["items"][0]["actor"] is None


def test_the_list_goes_on_by_its_cursor_alone(as_: As, alice: User, bob: User) -> None:
    _tell(alice, bob, times=3)
    client = as_(alice)

    first = _list(client, "?limit=2")
    second = _list(client, f"?limit=2&cursor={first.json['next_cursor']}")
    foreign = _list(as_(bob), f"?cursor={first.json['next_cursor']}")

    assert (_messages(first), _messages(second)) == (["Reply 3", "Reply 2"], ["Reply 1"])
    assert second.json["next_cursor"] is None
    assert foreign.status_code == 400


def test_what_has_been_read_is_told_apart(as_: As, alice: User, bob: User) -> None:
    _tell(alice, bob, times=3)
    client = as_(alice)
    ids = [item["id"] for item in _list(client).json["items"]]

    answer = _mark(client, ids=[ids[0]])

    assert answer.json == {"read_count": 1}
    assert _messages(_list(client, "?unread=true")) == ["Reply 2", "Reply 1"]
    assert _messages(_list(client, "?unread=false")) == ["Reply 3"]
    assert _unread_count(client) == 2


def test_all_are_read_at_once_and_twice_is_fine(as_: As, alice: User, bob: User) -> None:
    _tell(alice, bob, times=2)
    _tell(bob, alice)
    client = as_(alice)

    counts = [_mark(client, all=True).json["read_count"] for _ in range(2)]

    assert counts == [2, 0]
    assert _unread_count(as_(bob)) == 1


def test_what_is_unread_is_counted_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch, as_: As, alice: User, bob: User
) -> None:
    monkeypatch.setattr(queries, "MAX_COUNTED", 2)
    _tell(alice, bob, times=3)

    assert _unread_count(as_(alice)) == 2


def test_mallory_can_not_read_for_alice(as_: As, alice: User, bob: User, mallory: User) -> None:
    _tell(alice, bob)
    told = _list(as_(alice)).json["items"][0]["id"]

    answer = _mark(as_(mallory), ids=[told])

    assert answer.json == {"read_count": 0}
    assert _unread_count(as_(alice)) == 1


@pytest.mark.parametrize(
    "which", [{}, {"ids": []}, {"ids": [0]}, {"ids": [1], "all": True}, {"all": False}, {"ids": [1] * 101}]
)
def test_which_have_been_read_must_be_said_in_one_way(as_: As, alice: User, which: dict[str, object]) -> None:
    assert _mark(as_(alice), **which).status_code == 422


def test_notifications_are_for_people_who_say_who_they_are(client: FlaskClient) -> None:
    assert _list(client).status_code == 401
    assert _mark(client, all=True).status_code == 401
