from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.cache import Entry, EntryError, InvalidKeyError
from dealradar.cache.entries import jittered, pack, unpack
from tests.factories.entries import entry

KEY = "dealradarus:v1:/reviews/deal/123:0123456789abcdef0123456789abcdef"

visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
names = st.from_regex(r"X-[A-Za-z0-9-]{1,10}", fullmatch=True)
tags = st.from_regex(r"[a-z@]{1,8}:[0-9]{1,5}", fullmatch=True)
ttls_s = st.floats(0.5, 86_400)
entries = st.builds(
    Entry,
    status=st.integers(200, 599),
    media_type=visible,
    body=st.binary(max_size=200),
    versions=st.lists(st.tuples(tags, visible.filter(bool)), min_size=1, max_size=4).map(tuple),
    stored_at_s=st.floats(0, 1e10),
    ttl_s=ttls_s,
    soft_ttl_s=st.none() | st.floats(0.1, 0.5),
    cost_s=st.floats(0, 60),
    headers=st.lists(st.tuples(names, visible), max_size=3).map(tuple),
    etag=st.none() | visible,
    last_modified=st.none() | visible,
    encoded=st.lists(st.tuples(st.sampled_from(["br", "gzip"]), st.binary(max_size=50)), max_size=2).map(tuple),
)


@given(entries)
def test_an_entry_comes_back_as_it_went(stored: Entry) -> None:
    assert unpack(pack(stored, key=KEY), key=KEY) == stored


@given(entries, st.data())
def test_a_truncated_or_lengthened_entry_is_none(stored: Entry, data: st.DataObject) -> None:
    blob = pack(stored, key=KEY)
    kept_bytes = data.draw(st.integers(0, len(blob) - 1))

    for mutilated in (blob[:kept_bytes], blob + b"x"):
        with pytest.raises(EntryError):
            unpack(mutilated, key=KEY)


@given(entries, st.data())
def test_a_mutated_entry_is_none_or_a_well_formed_one(stored: Entry, data: st.DataObject) -> None:
    blob = bytearray(pack(stored, key=KEY))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        read = unpack(bytes(blob), key=KEY)
    except EntryError:
        return

    assert replace(read) == read  # its fields pass the checks of a new one


@given(st.binary(max_size=100))
def test_foreign_bytes_are_no_entry(foreign: bytes) -> None:
    with pytest.raises(EntryError):
        unpack(foreign, key=KEY)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b"[" * 60_000,
        b'{"key": 1e999}',
        b"\xff",
        b'{"key": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_head_that_is_not_an_entrys_is_none(head: bytes) -> None:
    blob = b"DRE2" + len(head).to_bytes(4, "big") + (0).to_bytes(4, "big") + head

    with pytest.raises(EntryError):
        unpack(blob, key=KEY)


def test_an_entry_of_another_format_is_none() -> None:
    blob = pack(entry(), key=KEY)

    with pytest.raises(EntryError, match="begins with"):
        unpack(b"DRE1" + blob[4:], key=KEY)


def test_an_entry_stored_for_another_key_is_none() -> None:
    blob = pack(entry(), key=KEY)

    with pytest.raises(EntryError, match="another key"):
        unpack(blob, key=KEY.replace("123", "124"))


def test_a_pickle_is_no_entry() -> None:
    with pytest.raises(EntryError):
        unpack(b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", key=KEY)


@pytest.mark.parametrize("name", ["Set-Cookie", "set-cookie", "SET-COOKIE2"])
def test_a_cookie_is_never_part_of_an_entry(name: str) -> None:
    with pytest.raises(EntryError, match="one person"):
        entry(headers=((name, "session=alice"),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 100},
        {"status": 600},
        {"status": True},
        {"versions": ()},
        {"versions": (("deal:1", ""),)},
        {"ttl_s": 0.0},
        {"ttl_s": -1.0},
        {"ttl_s": 86_401.0},
        {"ttl_s": float("nan")},
        {"soft_ttl_s": 0.0},
        {"soft_ttl_s": 181.0},
        {"stored_at_s": -1.0},
        {"stored_at_s": float("inf")},
        {"cost_s": -0.1},
        {"cost_s": float("nan")},
        {"media_type": "text/html\r\nX-Injected: 1"},
        {"headers": (("X Y", "1"),)},
        {"headers": (("X-Y", "1\n2"),)},
        {"etag": '"\x00"'},
        {"last_modified": "ä"},
    ],
    ids=repr,
)
def test_an_entry_out_of_bounds_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(EntryError):
        entry(**wrong)


def test_an_entry_cannot_depend_on_what_is_no_tag() -> None:
    with pytest.raises(InvalidKeyError):
        entry(versions=(("deal:*", "3fQ_x9-aKq0Z"),))


@given(ttls_s, st.floats(0, 0.99), st.floats(0, 1, exclude_max=True))
def test_jitter_shortens_by_at_most_its_fraction(ttl_s: float, fraction: float, draw: float) -> None:
    shorter_s = jittered(ttl_s, fraction, draw)

    assert ttl_s * (1 - fraction) <= shorter_s <= ttl_s


def test_jitter_spreads_with_the_draw() -> None:
    assert [jittered(100.0, 0.1, draw) for draw in (0.0, 0.5, 1.0)] == [100.0, 95.0, 90.0]
