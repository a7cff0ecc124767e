from dataclasses import replace

from dealradar.cache import Entry
from dealradar.cache.entries import STAMP_BYTES, pack
from dealradar.cache.near import OVERHEAD_BYTES, Inquiry, NearCache, Wanted
from tests.factories.entries import entry

TAG = "deal:1"
NOW_S = 1_000.0
KEYS = tuple(f"dealradarus:v1:/deals/{number}:{'0' * 32}" for number in range(9))


def stored(**changes: object) -> Entry:
    return replace(entry(), versions=((TAG, "v1"),), stored_at_s=NOW_S - 1, ttl_s=60.0, **changes)  # type: ignore[arg-type]


def blob_of(number: int) -> bytes:
    """Return the blob of an entry, as large as every other."""
    return pack(stored(body=b"x" * 5_000), key=KEYS[number])


UNIT_BYTES = len(blob_of(0)) + OVERHEAD_BYTES


def ask(near: NearCache, blob: bytes | None, token: bytes | None = b"v1") -> bool:
    """Return whether the entry at the first key is valid, where the store answers so."""
    inquiry = Inquiry(near, [Wanted(KEYS[0], (TAG,))])
    inquiry.commands()
    return KEYS[0] in inquiry.valid([blob, [token]], now_s=NOW_S)


def test_the_first_question_is_for_the_body_and_the_next_for_its_stamp_alone() -> None:
    near = NearCache(1_000_000)
    blob = pack(stored(), key=KEYS[0])

    first = Inquiry(near, [Wanted(KEYS[0], (TAG,))])
    asked_first = first.commands()
    first.valid([blob, [b"v1"]], now_s=NOW_S)
    asked_next = Inquiry(near, [Wanted(KEYS[0], (TAG,))]).commands()

    assert [command[0] for command in asked_first] == ["GET", "MGET"]
    assert [command[0] for command in asked_next] == ["GETRANGE", "MGET"]


def test_what_many_want_is_asked_for_once() -> None:
    wanted = [Wanted(KEYS[0], (TAG, "path:/")), Wanted(KEYS[0], (TAG, "path:/")), Wanted(KEYS[1], ("path:/",))]

    commands = Inquiry(NearCache(1_000_000), wanted).commands()

    assert [command[:2] for command in commands[:-1]] == [("GET", KEYS[0]), ("GET", KEYS[1])]
    assert len(commands[-1]) == 1 + 2


def test_what_the_store_confirms_is_valid() -> None:
    near = NearCache(1_000_000)
    blob = pack(stored(), key=KEYS[0])

    assert ask(near, blob)
    assert ask(near, blob[:STAMP_BYTES])


def test_what_was_invalidated_stored_anew_deleted_or_expired_is_not_served_and_not_kept() -> None:
    blob = pack(stored(), key=KEYS[0])
    another = pack(stored(), key=KEYS[0])
    for answer, token in ((blob[:STAMP_BYTES], b"v2"), (blob[:STAMP_BYTES], None), (another[:STAMP_BYTES], b"v1")):
        near = NearCache(1_000_000)
        ask(near, blob)

        assert not ask(near, answer, token)
        assert near.find(KEYS[0]) is None

    for nothing in (b"", None):
        near = NearCache(1_000_000)
        ask(near, blob)

        assert not ask(near, nothing)
    expired = pack(replace(stored(), stored_at_s=NOW_S - 61), key=KEYS[0])
    assert not ask(NearCache(1_000_000), expired)


def test_an_entry_that_lacks_a_tag_which_it_should_depend_on_is_not_served() -> None:
    inquiry = Inquiry(NearCache(1_000_000), [Wanted(KEYS[0], (TAG, "path:/"))])
    inquiry.commands()

    assert not inquiry.valid([pack(stored(), key=KEYS[0]), [b"v1", b"v9"]], now_s=NOW_S)


def test_the_blob_of_another_key_is_not_served() -> None:
    assert not ask(NearCache(1_000_000), pack(stored(), key=KEYS[1]))


def test_it_keeps_no_more_than_it_may_and_spares_what_was_used() -> None:
    near = NearCache(8 * UNIT_BYTES)
    for number in range(8):
        near.keep(KEYS[number], blob_of(number))
    used = near.find(KEYS[0])
    assert used is not None
    used.was_used = True

    near.keep(KEYS[8], blob_of(8))

    assert [number for number in range(9) if near.find(KEYS[number]) is None] == [1]
    assert near.size_bytes == 8 * UNIT_BYTES


def test_what_would_drive_out_many_others_is_not_kept() -> None:
    near = NearCache(8 * UNIT_BYTES - 8)

    assert near.keep(KEYS[0], blob_of(0)) is None

    assert len(near) == 0
    assert near.size_bytes == 0
