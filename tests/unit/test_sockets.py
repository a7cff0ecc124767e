"""Sockets that are used without waiting: what is there, what is taken, and what is wrong."""

import socket
from collections.abc import Iterator

import pytest

from dealradar import sockets
from dealradar.sockets import PIECE_BYTES, Receiver

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return two ends of one connection, neither of which waits."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0)
        theirs.settimeout(0)
        yield ours, theirs


def test_what_is_sent_arrives_as_it_was(pair: Pair) -> None:
    ours, theirs = pair
    data = bytes(range(256)) * 8

    assert sockets.send(ours, data) == len(data)
    assert Receiver().receive(theirs) == data


def test_one_who_receives_much_gets_it_in_pieces_that_stay_as_they_are(pair: Pair) -> None:
    ours, theirs = pair
    receiver = Receiver()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * PIECE_BYTES)
    sent = sockets.send(ours, b"a" * PIECE_BYTES + b"b" * 10)

    pieces = [receiver.receive(theirs)]
    while sum(map(len, pieces)) < sent:
        pieces.append(receiver.receive(theirs))

    assert b"".join(pieces) == (b"a" * PIECE_BYTES + b"b" * 10)[:sent]
    assert max(map(len, pieces)) <= PIECE_BYTES


def test_nothing_there_is_told_as_a_socket_tells_it(pair: Pair) -> None:
    with pytest.raises(BlockingIOError):
        Receiver().receive(pair[0])


def test_who_takes_no_more_is_told_as_a_socket_tells_it(pair: Pair) -> None:
    ours, _ = pair

    def fill() -> None:
        while sockets.send(ours, b"x" * PIECE_BYTES):
            pass

    with pytest.raises(BlockingIOError):
        fill()


def test_the_end_is_no_bytes_and_sending_beyond_it_an_error(pair: Pair) -> None:
    ours, theirs = pair
    theirs.close()

    assert Receiver().receive(ours) == b""
    with pytest.raises(BrokenPipeError):
        sockets.send(ours, b"x")


def test_what_is_closed_is_an_error(pair: Pair) -> None:
    ours, _ = pair
    ours.close()

    with pytest.raises(OSError, match="Bad file descriptor"):
        Receiver().receive(ours)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sockets.send(ours, b"x")


def test_it_is_silent_until_something_comes_and_once_that_was_received(pair: Pair) -> None:
    ours, theirs = pair
    assert sockets.is_silent(ours)

    theirs.send(b"x")
    assert not sockets.is_silent(ours)
    assert ours.recv(1) == b"x"
    assert sockets.is_silent(ours)

    theirs.close()
    assert not sockets.is_silent(ours)
