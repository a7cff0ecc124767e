from typing import Final

import pytest

from dealradar.intake.arrivals import CHUNK_LINE_BYTES, LINE_BYTES, TRAILER_BYTES, Arrival, Bounds, State

BOUNDS: Final = Bounds(head_bytes=20_000, body_bytes=100)
GET: Final = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST: Final = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"
CHUNKED_HEAD: Final = b"POST / HTTP/1.1\r\ntransfer-ENCODING : gzip, chunked\r\n\r\n"
CHUNKED: Final = CHUNKED_HEAD + b"3\r\nabc\r\n0a;x=y\r\n0\r\n\r\n12345\r\n0\r\n\r\n"
TRAILED: Final = CHUNKED_HEAD + b"1 ;x\r\na\r\n000\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"
BOTH: Final = b"POST / HTTP/1.1\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"


def state_of(*pieces: bytes) -> State:
    arrival = Arrival(BOUNDS)
    return [arrival.feed(piece) for piece in pieces][-1]


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED, TRAILED, BOTH])
def test_a_request_is_whole_with_its_last_byte_and_no_sooner(request_bytes: bytes) -> None:
    arrival = Arrival(BOUNDS)

    states = [arrival.feed(bytes([byte])) for byte in request_bytes]

    assert states == [State.WAITING] * (len(request_bytes) - 1) + [State.WHOLE]
    assert arrival.take() == request_bytes


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED, TRAILED, BOTH])
@pytest.mark.parametrize("rest", [b"", GET, b"\x00"])
def test_all_at_once_it_is_whole_too_and_nothing_is_lost_of_what_follows(request_bytes: bytes, rest: bytes) -> None:
    arrival = Arrival(BOUNDS)

    assert arrival.feed(request_bytes + rest) is State.WHOLE
    assert arrival.take() == request_bytes + rest


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\n",
        b"GET / HTTP/1.1\r\nHost: a\n",
        b"\n",
        b"\x16\x03\x01" + b"\x00" * (LINE_BYTES + 2),
        b"GET /" + b"x" * LINE_BYTES,
        CHUNKED_HEAD + b"x\r\n",
        CHUNKED_HEAD + b"-1\r\n",
        CHUNKED_HEAD + b"\r\n",
        CHUNKED_HEAD + b"1" * (CHUNK_LINE_BYTES + 1),
        CHUNKED_HEAD + b"0\r\n" + b"x" * TRAILER_BYTES,
        b"POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n",
    ],
)
def test_what_cannot_become_a_request_is_waited_for_no_longer(nonsense: bytes) -> None:
    assert state_of(nonsense) is State.WHOLE


def test_a_body_may_be_as_large_as_is_allowed_and_no_larger() -> None:
    told = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"

    assert [state_of(told % length) for length in (100, 101, 10**17)] == [
        State.WAITING,
        State.BODY_TOO_LARGE,
        State.BODY_TOO_LARGE,
    ]


def test_a_body_in_chunks_is_refused_as_soon_as_it_says_that_it_is_too_large() -> None:
    assert state_of(CHUNKED_HEAD + b"5a\r\n") is State.WAITING
    assert state_of(CHUNKED_HEAD + b"ffffffff\r\n") is State.BODY_TOO_LARGE
    assert state_of(CHUNKED_HEAD, *[b"1\r\na\r\n"] * 20) is State.BODY_TOO_LARGE


def test_a_head_is_refused_as_soon_as_it_is_too_large_also_when_it_ends() -> None:
    field = b"X: " + b"y" * 7_000 + b"\r\n"

    assert state_of(b"GET / HTTP/1.1\r\n" + field * 2) is State.WAITING
    assert state_of(b"GET / HTTP/1.1\r\n" + field * 3) is State.HEAD_TOO_LARGE
    assert state_of(b"GET / HTTP/1.1\r\n" + field * 3 + b"\r\n") is State.HEAD_TOO_LARGE


@pytest.mark.parametrize("rest", [b"Content-Length: 5\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_who_waits_to_be_told_to_go_on_is_told_once(rest: bytes) -> None:
    arrival = Arrival(BOUNDS)
    arrival.feed(b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\n")
    early = arrival.take_expectation()
    arrival.feed(rest)

    assert (early, arrival.take_expectation(), arrival.take_expectation()) == (0, 22, 0)  # its bytes
    assert arrival.take() == b"POST / HTTP/1.1\r\n" + rest
    assert arrival.feed(b"12345" if rest.startswith(b"C") else b"0\r\n\r\n") is State.WHOLE


def test_it_has_begun_with_its_first_byte() -> None:
    arrival = Arrival(BOUNDS)
    before = arrival.has_begun
    arrival.feed(b"G")

    assert (before, arrival.has_begun) == (False, True)
