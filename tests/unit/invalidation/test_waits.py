import pytest

from dealradar.invalidation.cdn.waits import MAX_WAIT_S, wait_s

NOW_S = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("headers", "waits_s"),
    [
        ({}, 0),
        ({"Retry-After": "12"}, 12),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 12 "}, 12),
        ({"Retry-After": "86400"}, MAX_WAIT_S),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}, 60),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 -0000"}, 60),
        ({"Retry-After": "Sun, 06 Nov 1994 08:48:37 GMT"}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "1.5"}, 0),
        ({"Fastly-RateLimit-Remaining": "0", "Fastly-RateLimit-Reset": "784111807"}, 30),
        ({"Fastly-RateLimit-Remaining": "1", "Fastly-RateLimit-Reset": "784111807"}, 0),
        ({"Fastly-RateLimit-Remaining": "0", "Fastly-RateLimit-Reset": "never"}, 0),
        ({"Retry-After": "5", "Fastly-RateLimit-Remaining": "0", "Fastly-RateLimit-Reset": "784111807"}, 5),
    ],
)
def test_a_target_is_left_alone_for_as_long_as_it_says(headers: dict[str, str], waits_s: float) -> None:
    assert wait_s(headers, now_s=NOW_S) == waits_s
