"""When a request is here whole (RFC 9112): decided on its bytes as they come in; whether it is any good isn't.

What can't become a request counts as whole, so that whoever parses it refuses it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Final

END_OF_LINE: Final = b"\r\n"
END_OF_HEAD: Final = b"\r\n\r\n"
LINE_BYTES: Final = 8_190
CHUNK_LINE_BYTES: Final = 1_024
TRAILER_BYTES: Final = 8_192
_BARE_LF: Final = re.compile(rb"(?<!\r)\n")
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS: Final = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_SIZE: Final = re.compile(rb"([0-9a-f]{1,16})[ \t]*(?:;.*)?", re.IGNORECASE)


class State(Enum):
    """How far a request has come; what is refused is so with this status."""

    WAITING = None
    WHOLE = HTTPStatus.OK
    HEAD_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    BODY_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@dataclass(frozen=True)
class Bounds:
    """How large a request may be, and how long it may take to come in; and how much of all of them may be here."""

    head_bytes: int = 65_536
    body_bytes: int = 262_144
    together_bytes: int = 268_435_456
    whole_within_s: float = 15.0


class Arrival:
    """One request, as much of it as is here."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._here = bytearray()
        self._head_bytes = 0
        self._at = 0
        self._is_chunked = False

    @property
    def has_begun(self) -> bool:
        """Whether anything of it is here."""
        return bool(self._here)

    @property
    def here_bytes(self) -> int:
        """How much of it is here."""
        return len(self._here)

    def feed(self, piece: bytes) -> State:
        """Take what came in; return how far the request has come."""
        before = len(self._here)
        self._here += piece
        if not self._head_bytes:
            state = self._read_head(before)
            if not self._head_bytes:
                return state
        return self._read_chunks() if self._is_chunked else self._read_body()

    def take_expectation(self) -> int:
        """Take out that the client waits to be told to go on (RFC 9110 §10.1.1); return its length, 0 if it doesn't.

        It is told once, so asked once.
        """
        if not self._head_bytes:
            return 0
        found = _EXPECTS.search(self._here, 0, self._head_bytes)
        if found is None:
            return 0
        del self._here[found.start() : found.end()]
        gone_bytes = found.end() - found.start()
        self._head_bytes -= gone_bytes
        self._at -= gone_bytes
        return gone_bytes

    def take(self) -> bytes:
        """Return all that is here, also what belongs to the next request."""
        return bytes(self._here)

    def _read_head(self, before: int) -> State:
        end = self._here.find(END_OF_HEAD, max(0, before - len(END_OF_HEAD)))
        if end < 0:
            return self._judge_unfinished(before)
        if end > self._bounds.head_bytes:
            return State.HEAD_TOO_LARGE
        self._head_bytes = self._at = end + len(END_OF_HEAD)
        self._is_chunked = _CHUNKED.search(self._here, 0, self._head_bytes) is not None
        length = _LENGTH.search(self._here, 0, self._head_bytes)
        if length is not None and not self._is_chunked:
            self._at += int(length[1])
        return State.WAITING

    def _judge_unfinished(self, before: int) -> State:
        if len(self._here) > self._bounds.head_bytes:
            return State.HEAD_TOO_LARGE
        is_line_too_long = len(self._here) > LINE_BYTES + 2 and END_OF_LINE not in self._here[: LINE_BYTES + 2]
        return State.WHOLE if is_line_too_long or _BARE_LF.search(self._here, before) else State.WAITING

    def _read_body(self) -> State:
        if self._at - self._head_bytes > self._bounds.body_bytes:
            return State.BODY_TOO_LARGE
        return State.WHOLE if len(self._here) >= self._at else State.WAITING

    def _read_chunks(self) -> State:
        """Go from chunk to chunk (RFC 9112 §7.1), each time from where the last piece ended."""
        while self._at - self._head_bytes <= self._bounds.body_bytes:
            end = self._here.find(END_OF_LINE, self._at, self._at + CHUNK_LINE_BYTES)
            if end < 0:
                return State.WHOLE if len(self._here) - self._at > CHUNK_LINE_BYTES else State.WAITING
            size = _SIZE.fullmatch(self._here, self._at, end)
            if size is None:
                return State.WHOLE
            if int(size[1], 16) == 0:
                return self._read_trailer(end)
            self._at = end + len(END_OF_LINE) + int(size[1], 16) + len(END_OF_LINE)
        return State.BODY_TOO_LARGE

    def _read_trailer(self, begin: int) -> State:
        is_whole = self._here.find(END_OF_HEAD, begin) >= 0 or len(self._here) - begin > TRAILER_BYTES
        return State.WHOLE if is_whole else State.WAITING
