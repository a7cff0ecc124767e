"""Which coding a client is served with, and that every one gives back the same body."""

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.httpcache.codings import MIN_BYTES, Coding, choose, encode

BOTH = ("br", "gzip")
TEXT = b'{"items":[' + b'{"id":1,"body":"Arrived in two days."},' * 60 + b"{}]}"


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip, deflate, br", Coding.BR),
        ("gzip, deflate", Coding.GZIP),
        ("GZIP", Coding.GZIP),
        ("x-gzip", Coding.GZIP),
        ("br;q=0, gzip", Coding.GZIP),
        ("br;q=0.5, gzip;q=0.8", Coding.GZIP),
        ("br;q=0.001", Coding.BR),
        ("*", Coding.BR),
        ("br;q=0, *", Coding.GZIP),
        ("gzip;q=0, *;q=0.5", Coding.BR),
        ("identity, gzip;q=0.5", Coding.IDENTITY),
        ("identity;q=0.5, gzip;q=0.5", Coding.GZIP),
        ("identity", Coding.IDENTITY),
        ("deflate, zstd", Coding.IDENTITY),
        ("br;q=0, gzip;q=0", Coding.IDENTITY),
        ("*;q=0", Coding.IDENTITY),
        ("identity;q=0", Coding.IDENTITY),
        ("", Coding.IDENTITY),
        (None, Coding.IDENTITY),
        ("br;q=two, ;;, gzip", Coding.GZIP),
    ],
)
def test_the_client_gets_what_it_likes_best(accept_encoding: str | None, coding: Coding) -> None:
    assert choose(accept_encoding, BOTH) is coding


@pytest.mark.parametrize("accept_encoding", ["br, gzip", "identity;q=0, *", "*"])
def test_where_there_is_only_the_plain_body_it_gets_that(accept_encoding: str) -> None:
    assert choose(accept_encoding, ()) is Coding.IDENTITY


@given(st.text(max_size=60))
def test_whatever_is_asked_for_is_answered(accept_encoding: str) -> None:
    assert choose(accept_encoding, BOTH) in Coding


def test_each_coding_gives_back_the_body_and_is_smaller() -> None:
    encoded = dict(encode(TEXT))

    assert brotli.decompress(encoded["br"]) == gzip.decompress(encoded["gzip"]) == TEXT
    assert max(map(len, encoded.values())) < len(TEXT) / 2


def test_the_same_body_gives_the_same_bytes() -> None:
    assert encode(TEXT) == encode(bytes(TEXT))


@pytest.mark.parametrize("body", [b"", TEXT[: MIN_BYTES - 1]])
def test_a_small_body_is_left_alone(body: bytes) -> None:
    assert encode(body) == ()


def test_what_cannot_be_made_smaller_is_left_alone() -> None:
    noise = brotli.compress(bytes(value * value % 251 ^ value % 7 for value in range(200_000)), quality=5)
    assert len(noise) > MIN_BYTES

    assert encode(noise) == ()
