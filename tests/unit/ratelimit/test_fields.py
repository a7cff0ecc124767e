from dealradar.ratelimit import fields
from dealradar.ratelimit.fields import Usage

NOW_S = 1_000.5


def _usage(name: str, *, remaining: int, resets_at_s: float = 1_060.0) -> Usage:
    return Usage(name, quota=5, window_s=60, remaining=remaining, resets_at_s=resets_at_s)


def test_where_nothing_is_limited_nothing_is_said() -> None:
    assert fields.of((), now_s=NOW_S) == {}


def test_each_limit_is_told_and_the_tightest_to_those_who_know_only_one() -> None:
    usages = (_usage("address", remaining=4), _usage("login-account", remaining=1, resets_at_s=1_030.25))

    assert fields.of(usages, now_s=NOW_S) == {
        "RateLimit-Policy": '"address";q=5;w=60, "login-account";q=5;w=60',
        "RateLimit": '"address";r=4;t=60, "login-account";r=1;t=30',
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": "1031",
    }


def test_of_two_that_are_used_up_the_one_that_lasts_longer_counts() -> None:
    usages = (_usage("a", remaining=0, resets_at_s=1_010), _usage("b", remaining=0, resets_at_s=1_020))

    assert fields.of(usages, now_s=NOW_S)["X-RateLimit-Reset"] == "1020"


def test_nobody_is_told_to_wait_for_less_than_a_second() -> None:
    assert _usage("a", remaining=0, resets_at_s=1_000.6).resets_in_s(NOW_S) == 1
    assert _usage("a", remaining=0, resets_at_s=999.0).resets_in_s(NOW_S) == 1
