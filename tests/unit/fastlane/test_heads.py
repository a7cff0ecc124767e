"""What the short road takes for a plain request, gunicorn's own parser takes for the same one."""

from hashlib import sha256
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from hypothesis import given
from hypothesis import strategies as st

from dealradar.fastlane.heads import ELSEWHERE, MAX_BYTES, READ, Head, read
from dealradar.security.authentication import shown
from dealradar.security.records import Credential, Kind

PLAIN = b"GET /api/deals?sort=new HTTP/1.1\r\nHost: deals.example\r\nAccept-Encoding: br\r\n\r\n"
CREDENTIALS = {"authorization": "authorization", "api_key": "x-api-key"}
TOKEN = "dr_" + "a" * 43
CONFIG = Config()
CONFIG.set("limit_request_line", 8_190)

pieces = st.sampled_from(
    [
        *(b"GET", b"HEAD", b"POST", b"get", b" ", b"  ", b"\t", b"/", b"/api/deals", b"/?a=b#c", b"*", b"http://a/"),
        *(b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\x00", b"\xff", b":", b";"),
        *(b"Host: a\r\n", b"Host: b\r\n", b"Host : a\r\n", b"host:a\r\n", b"Host: a b\r\n", b"Host:\r\n"),
        *(b"Accept: */*\r\n", b" folded\r\n", b"X_Y: 1\r\n", b"If-None-Match: *\r\n", b"X-Request-ID: 12345678\r\n"),
        *(b"Content-Length: 3\r\n", b"content-length:0\r\n", b"Transfer-Encoding: chunked\r\n", b"abc", b"0\r\n\r\n"),
        *(b"Connection: keep-alive\r\n", b"Connection: close\r\n", b"Connection: keep-alive, upgrade\r\n"),
        *(b"Authorization: Bearer x\r\n", f"Authorization: Bearer {TOKEN}\r\n".encode(), b"X-API-Key: dk_1\r\n"),
        *(f"X-API-Key: dk_{TOKEN[3:]}\r\n".encode(), b"Cookie: dealradar_session=1\r\n"),
        *(b"X-Forwarded-For: 192.0.2.1\r\n", b"X-Forwarded-For: 192.0.2.2\r\n"),
    ]
)


def gunicorns(data: bytes) -> tuple[Any, Any]:
    """Return the first request in *data* as gunicorn reads it, and what it leaves unread."""
    unreader = IterUnreader(iter([data]))
    parsed = Request(CONFIG, unreader, ("192.0.2.1", 1), 1)
    return parsed, parsed.body.read() + unreader.buf.getvalue() + b"".join(unreader.iter or ())


def check_agrees(data: bytes) -> None:
    """Fail if *data* is taken here for another request than gunicorn takes it for."""
    head = read(data)
    if head is None:
        return

    parsed, left = gunicorns(data)

    fields: dict[str, list[str]] = {}
    for name, value in parsed.headers:
        fields.setdefault(name.lower(), []).append(value)
    assert left == b""
    assert (parsed.method, parsed.uri, parsed.version) == (
        "HEAD" if head.is_head else "GET",
        head.target.decode(),
        (1, 1),
    )
    assert not parsed.should_close()
    assert fields["host"] == [head.host]
    for name, known in READ.items():
        if known not in {"request_id", *CREDENTIALS}:
            assert (fields.get(name.decode()) or [""])[0] == (getattr(head, known) or "")
    assert not fields.keys() & {name.decode() for name in ELSEWHERE}
    assert head.credential == shown(*(next(iter(fields.get(name, ())), None) for name in CREDENTIALS.values()))


@given(st.lists(pieces, max_size=12).map(b"".join))
def test_what_is_put_together_at_random_is_read_as_gunicorn_does_or_left_to_it(data: bytes) -> None:
    check_agrees(data)


@given(st.data())
def test_a_plain_request_with_something_put_in_is_read_as_gunicorn_does_or_left_to_it(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PLAIN)))
    until = data.draw(st.integers(at, min(len(PLAIN), at + 6)))
    put_in = data.draw(st.one_of(pieces, st.binary(max_size=3)))

    check_agrees(PLAIN[:at] + put_in + PLAIN[until:])


def test_a_plain_request_is_read() -> None:
    data = (
        b"HEAD /api/deals/7?x=%20 HTTP/1.1\r\nhost: [::1]:3001\r\nAccept: */*\r\naccept-encoding: gzip, br \r\n"
        b'If-None-Match: "abc"\r\nX-Forwarded-For: 192.0.2.7, 10.0.0.1\r\nX-Forwarded-Proto:https\r\n'
        b"X-Request-ID: abcdefgh-1\r\nConnection: keep-alive\r\nUser-Agent: a b c\r\n\r\n"
    )

    assert read(data) == Head(
        target=b"/api/deals/7?x=%20",
        is_head=True,
        host="[::1]:3001",
        accept_encoding="gzip, br",
        if_none_match='"abc"',
        forwarded_for="192.0.2.7, 10.0.0.1",
        forwarded_proto="https",
        request_id="abcdefgh-1",
    )


def test_of_a_credential_only_its_digest_is_kept() -> None:
    data = PLAIN[:-2] + f"Authorization: bearer {TOKEN}\r\n\r\n".encode()

    head = read(data)

    assert head is not None
    assert head.credential == Credential(Kind.TOKEN, sha256(TOKEN.encode()).digest())
    assert TOKEN not in repr(head)


@pytest.mark.parametrize(
    "lines",
    [
        f"Authorization: Bearer {TOKEN}\r\nX-API-Key: dk_{TOKEN[3:]}\r\n",
        f"Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n",
        f"Authorization: Basic {TOKEN}\r\n",
        "Authorization: Bearer anything\r\n",
        f"X-API-Key: {TOKEN}\r\n",
        "Authorization:\r\n",
    ],
    ids=["both", "twice", "scheme", "implausible", "kind", "empty"],
)
def test_a_credential_that_cannot_be_one_is_left_to_the_ordinary_road(lines: str) -> None:
    assert read(PLAIN[:-2] + lines.encode() + b"\r\n") is None


def test_a_request_id_that_is_not_well_formed_is_not_taken_over() -> None:
    head = read(PLAIN[:-2] + b'X-Request-ID: "no"\r\n\r\n')

    assert head is not None
    assert head.request_id is None


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_field_that_makes_a_difference_elsewhere_is_left_to_the_ordinary_road(name: bytes) -> None:
    assert read(PLAIN[:-2] + name.title() + b": 1\r\n\r\n") is None


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + PLAIN,
        PLAIN[:-2],
        PLAIN.replace(b"GET", b"POST"),
        PLAIN.replace(b"1.1", b"1.0"),
        PLAIN.replace(b"Host: deals.example\r\n", b""),
        PLAIN.replace(b"Host: deals.example", b"Host: deals example"),
        PLAIN[:-2] + b"Connection: close\r\n\r\n",
        PLAIN[:-2] + b"Accept-Encoding: gzip\r\n\r\n",
        PLAIN[:-2] + b"X-Long: " + b"x" * MAX_BYTES + b"\r\n\r\n",
        PLAIN[:-2] + b"X-Many: 1\r\n" * 100 + b"\r\n",
    ],
    ids=["two", "half", "post", "old", "no-host", "bad-host", "close", "twice", "long", "many"],
)
def test_what_is_not_plain_is_left_to_the_ordinary_road(data: bytes) -> None:
    assert read(data) is None
