import redis

from dealradar.cache import Did, Event, RedisStore, entry_key
from tests.integration.cache.reading import KEY, TAGS, body_of, fill


def test_deleting_frees_the_entry_and_tells_how_many_there_were(store: RedisStore, server: redis.Redis) -> None:
    fill(store)

    assert store.delete([KEY, KEY, entry_key("/never/stored", {})]) == 1
    assert store.delete([]) == 0
    assert not server.exists(KEY)


def test_clearing_removes_all_that_is_ours_and_nothing_else(store: RedisStore, server: redis.Redis) -> None:
    fill(store)
    for number in range(2_500):
        server.set(f"dealradarus:v1:/deals/{number}:x", "")
    server.mset({"celery": "x", "dealradarus:v2:x": "x", "xdealradarus:v1:x": "x"})

    removed = store.clear()

    assert removed == 2_500 + 1 + len(TAGS)
    assert set(server.keys()) == {b"celery", b"dealradarus:v2:x", b"xdealradarus:v1:x"}


def test_a_ping_tells_how_long_the_answer_took(store: RedisStore) -> None:
    assert 0 < store.ping() < 2


def test_a_closed_store_opens_again_by_itself(store: RedisStore) -> None:
    fill(store)

    store.close()

    assert body_of(store) == b"old"


def test_each_deed_is_told_with_its_outcome(store: RedisStore, events: list[Event]) -> None:
    fill(store)
    body_of(store)
    store.bump(["deal:123", "deal:124"])
    body_of(store)
    store.delete([KEY])
    store.clear()

    deeds = [event for event in events if event.did is not Did.ROUND_TRIP]
    assert [(event.did, event.outcome, event.keys) for event in deeds] == [
        (Did.VERSIONS, "done", len(TAGS)),
        (Did.PUT, "stored", 1),
        (Did.LOOKUP, "hit", 1),
        (Did.BUMP, "done", 2),
        (Did.LOOKUP, "mismatched", 1),
        (Did.DELETE, "done", 1),
        (Did.CLEAR, "done", 0),
    ]
    assert deeds[4].detail == "deal:123"
    assert all(0 < event.duration_s < 10 for event in events)
    assert {event.outcome for event in events if event.did is Did.ROUND_TRIP} == {"done"}
