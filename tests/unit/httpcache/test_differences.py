import json
from typing import Any

import pytest

from dealradar.httpcache.differences import MAX_NAMED, between


@pytest.mark.parametrize(
    ("stored", "computed", "places"),
    [
        ({"score": 1}, {"score": 1}, ()),
        ({"score": 1, "title": "a"}, {"score": 2, "title": "a"}, ("$.score",)),
        ({"items": [{"id": 1, "score": 3}]}, {"items": [{"id": 1, "score": 4}]}, ("$.items[0].score",)),
        ({"items": [1, 2]}, {"items": [1]}, ("$.items[1:]",)),
        ({"items": [1, 2]}, {"items": [2]}, ("$.items[0]", "$.items[1:]")),
        ({"author": {"id": 1}}, {"author": None}, ("$.author",)),
        ({"gone": 1, "kept": 1}, {"kept": 1, "new": 1}, ("$.gone", "$.new")),
        ([], {}, ("$",)),
    ],
)
def test_the_fields_that_differ_are_named(stored: Any, computed: Any, places: tuple[str, ...]) -> None:
    assert between(json.dumps(stored).encode(), json.dumps(computed).encode()) == places


@pytest.mark.parametrize(("stored", "computed"), [(b'{"a":1}', b'{"a": 1}'), (b"\xff", b"{}"), (b"{}", b"")])
def test_of_what_differs_only_in_form_or_is_no_json_the_whole_is_named(stored: bytes, computed: bytes) -> None:
    assert between(stored, computed) == ("$",)


def test_of_many_places_the_first_are_named() -> None:
    stored, computed = [0] * 100, [1] * 100

    assert len(between(json.dumps(stored).encode(), json.dumps(computed).encode())) == MAX_NAMED
