"""What the middleware takes for a plain request is the one that our loop reads in its bytes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dealradar.fastlane import environs, heads
from dealradar.httpcache import demand

LINES = st.sampled_from(
    [
        *("Accept-Encoding: br", "If-None-Match: *", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"),
        *("X-Request-ID: request-1", "X-Request-ID: no", "X-API-Key: dk_" + "a" * 43, "Authorization: Basic YTpi"),
        *("Authorization: Bearer dr_" + "a" * 43, "Cookie: a=b", "Range: bytes=0-1", "Expect: 100-continue"),
        *("If-Match: *", "Accept: */*", "Keep-Alive: 5", "X-Method-Override: PUT"),
    ]
)


def environ_of(lines: list[str], **changed: Any) -> dict[str, Any]:
    """Return the environment of a GET with the fields in *lines*."""
    pairs = (line.split(": ", 1) for line in ["Host: a", *lines])
    fields = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in pairs}
    plain = {"REQUEST_METHOD": "GET", "RAW_URI": "/api/deals?limit=3", "wsgi.url_scheme": "http"}
    return {**plain, **fields, **changed}


@given(st.lists(LINES, max_size=5, unique_by=lambda line: line.split(":")[0]))
def test_both_fronts_read_the_same_request(lines: list[str]) -> None:
    data = "GET /api/deals?limit=3 HTTP/1.1\r\n" + "".join(f"{line}\r\n" for line in ["Host: a", *lines]) + "\r\n"

    assert environs.read(environ_of(lines)) == heads.read(data.encode())


def test_a_server_may_call_the_target_by_either_name() -> None:
    environ = environ_of([], REQUEST_URI="/api/deals?limit=3")
    del environ["RAW_URI"]

    head = environs.read(environ)

    assert head is not None
    assert head.target == b"/api/deals?limit=3"
    assert environs.read({**environ, "REQUEST_URI": "http://a/api/deals"}) is None


def test_where_a_server_does_not_say_the_target_or_nobody_asks_nothing_is_read() -> None:
    assert environs.read(environ_of([], RAW_URI="")) is None
    assert environs.read(environ_of([], **{demand.NOT_ASKED: True})) is None
