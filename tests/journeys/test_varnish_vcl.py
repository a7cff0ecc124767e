"""The documented VCL in a real Varnish, in front of an origin that does what the site may do."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.journeys.waiting import eventually
from tests.servers import varnish as installed
from tests.servers.origin import Origin, Page
from tests.servers.varnish import Varnish

pytestmark = pytest.mark.skipif(installed.missing() is not None, reason=f"NOT TESTED: {installed.missing()}")

PATH: Final = "/api/deals"
KEY: Final = "deals"
FOR_CDNS: Final = {
    "Cache-Control": "public, no-cache",
    "CDN-Cache-Control": "public, max-age=300, stale-while-revalidate=30, stale-if-error=86400",
    "Vary": "Accept-Encoding",
}
OF_THE_REQUEST: Final = ("RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining")
ERROR: Final = {"Cache-Control": "no-store", "Content-Type": "application/problem+json"}


def shared(body: bytes, **fields: str) -> Page:
    told = {name.replace("_", "-"): value for name, value in fields.items()}
    return Page(body, fields={**FOR_CDNS, "Surrogate-Key": KEY, "ETag": f'"{body.decode()}"', **told})


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Return what the origin runs in: closed, it is as if the site were stopped."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def origin(running: ExitStack) -> Origin:
    """Return what stands behind Varnish, with one list that may be shared."""
    origin = running.enter_context(Origin().running())
    origin.pages[PATH] = shared(b"old")
    return origin


@pytest.fixture
def varnish(origin: Origin, tmp_path: Path) -> Iterator[Varnish]:
    """Return Varnish, knowing that its origin is well."""
    varnish = Varnish(tmp_path, origin.port)
    varnish.start()
    yield varnish
    varnish.stop()


def purge(varnish: Varnish, *, how: str, keys: str = KEY) -> None:
    assert varnish.ask("/", method="PURGE", **{how: keys}).status == 200


def test_what_is_shared_is_fetched_once(varnish: Varnish, origin: Origin) -> None:
    first, second = varnish.ask(PATH), varnish.ask(PATH)

    assert (first.body, second.body) == (b"old", b"old")
    assert len(origin.of(PATH)) == 1
    assert (first.fields["Cache-Status"], second.fields["X-Cache"]) == ("varnish; fwd=miss", "HIT")
    assert second.fields["Cache-Status"].startswith("varnish; hit; ttl=")


def test_browsers_are_not_told_what_is_meant_for_cdns(varnish: Varnish, origin: Origin) -> None:
    origin.pages[PATH] = shared(b"old", Surrogate_Control="max-age=300", Cache_Tag=KEY)

    answer = varnish.ask(PATH)

    assert answer.fields["Cache-Control"] == "public, no-cache"
    assert not {"CDN-Cache-Control", "Surrogate-Control", "Surrogate-Key", "Cache-Tag", "xkey"} & set(answer.fields)


def test_fields_that_were_true_of_one_request_are_not_repeated_to_others(varnish: Varnish, origin: Origin) -> None:
    told = dict.fromkeys(OF_THE_REQUEST, "1")
    origin.pages[PATH] = shared(b"old", X_Request_ID="somebody-elses", **told)

    answers = [varnish.ask(PATH, X_Request_ID=name) for name in ("request-of-a", "request-of-b")]

    assert [answer.fields["X-Request-ID"] for answer in answers] == ["request-of-a", "request-of-b"]
    assert not set(told) & set(answers[1].fields)


def test_the_age_that_it_has_already_counts(varnish: Varnish, origin: Origin) -> None:
    origin.pages[PATH] = shared(b"old", Age="299")
    fresh = varnish.ask(PATH)
    origin.pages[PATH] = shared(b"new")

    assert fresh.fields["Age"] == "299"
    assert eventually(lambda: varnish.ask(PATH).body == b"new")


@pytest.mark.parametrize(
    "credentials", [{"Authorization": "Bearer t"}, {"X_API_Key": "k"}, {"Cookie": "a=b; dealradar_me=s"}]
)
def test_who_says_who_they_are_gets_nothing_from_the_cache_and_leaves_nothing_there(
    varnish: Varnish, origin: Origin, credentials: dict[str, str]
) -> None:
    varnish.ask(PATH)
    origin.pages[PATH] = shared(b"mine")

    own, others = varnish.ask(PATH, **credentials), varnish.ask(PATH)

    assert (own.body, others.body) == (b"mine", b"old")
    assert own.fields["Cache-Status"].endswith("varnish; fwd=bypass")


@pytest.mark.parametrize(
    "told",
    [
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private, no-cache"},
        {"Cache-Control": "public, no-cache"},
        {},
        {**FOR_CDNS, "CDN-Cache-Control": "no-store"},
        {**FOR_CDNS, "Set-Cookie": "session=s"},
    ],
)
def test_what_is_not_for_everybody_to_keep_is_fetched_each_time(
    varnish: Varnish, origin: Origin, told: dict[str, str]
) -> None:
    origin.pages[PATH] = Page(b"1", fields=told)
    first = varnish.ask(PATH)
    origin.pages[PATH] = Page(b"2", fields=told)

    assert (first.body, varnish.ask(PATH).body) == (b"1", b"2")


def test_other_cookies_make_no_difference(varnish: Varnish, origin: Origin) -> None:
    varnish.ask(PATH, Cookie="analytics=1")
    varnish.ask(PATH, Cookie="analytics=2")

    assert [fields.get("cookie") for fields in origin.of(PATH)] == [None]


def test_the_order_of_parameters_makes_no_difference(varnish: Varnish, origin: Origin) -> None:
    origin.pages[f"{PATH}?a=1&b=2"] = shared(b"old")

    assert [varnish.ask(f"{PATH}?{query}").body for query in ("b=2&a=1", "a=1&b=2")] == [b"old", b"old"]
    assert len(origin.of(f"{PATH}?a=1&b=2")) == 1


@pytest.mark.parametrize(
    ("accepted", "fetched"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("deflate", None), ("br;q=0, gzip", "br;q=0, gzip")],
)
def test_there_is_one_variant_for_each_coding_that_the_site_makes(
    varnish: Varnish, origin: Origin, accepted: str, fetched: str | None
) -> None:
    varnish.ask(PATH, Accept_Encoding=accepted)

    assert [fields.get("accept-encoding") for fields in origin.of(PATH)] == [fetched]


def test_a_client_that_has_it_is_told_so_without_asking_the_origin(varnish: Varnish, origin: Origin) -> None:
    varnish.ask(PATH)

    answers = [varnish.ask(PATH, If_None_Match=tags).status for tags in ('"old"', 'W/"old"', '"other"')]

    assert answers == [304, 304, 200]
    assert len(origin.of(PATH)) == 1


@pytest.mark.parametrize(
    ("since", "status"), [("Sun, 22 Nov 2026 00:00:00 GMT", 304), ("Sun, 22 Nov 2026 00:00:01 GMT", 200)]
)
def test_a_date_counts_only_if_it_is_the_one_of_the_answer(
    varnish: Varnish, origin: Origin, since: str, status: int
) -> None:
    origin.pages[PATH] = shared(b"old", Last_Modified="Sun, 22 Nov 2026 00:00:00 GMT")

    varnish.ask(PATH)

    assert varnish.ask(PATH, If_Modified_Since=since).status == status


def test_a_date_does_not_count_where_the_answer_has_none(varnish: Varnish) -> None:
    date = varnish.ask(PATH).fields["Date"]

    assert varnish.ask(PATH, If_Modified_Since=date).status == 200


@pytest.mark.parametrize("how", ["xkey-purge", "xkey-softpurge"])
def test_what_is_purged_is_not_served_while_the_site_is_well(varnish: Varnish, origin: Origin, how: str) -> None:
    varnish.ask(PATH)
    origin.pages[PATH] = shared(b"new")

    purge(varnish, how=how)

    assert varnish.ask(PATH).body == b"new"


def test_other_keys_are_left_alone(varnish: Varnish, origin: Origin) -> None:
    varnish.ask(PATH)

    purge(varnish, how="xkey-purge", keys="deal:1 deals@user:1")

    assert varnish.ask(PATH).body == b"old"
    assert len(origin.of(PATH)) == 1


def test_with_the_site_stopped_what_was_there_is_served_on(varnish: Varnish, running: ExitStack) -> None:
    varnish.ask(PATH)
    purge(varnish, how="xkey-softpurge")

    running.close()
    answers = [varnish.ask(PATH) for _ in range(3)]

    assert {(answer.status, answer.body, answer.fields["X-Cache"]) for answer in answers} == {(200, b"old", "STALE")}


def test_with_the_site_stopped_what_was_purged_hard_is_gone(varnish: Varnish, running: ExitStack) -> None:
    varnish.ask(PATH)
    purge(varnish, how="xkey-purge")

    running.close()
    answer = varnish.ask(PATH)

    assert (answer.status, answer.fields["Content-Type"]) == (503, "application/problem+json")
    assert answer.fields["Retry-After"] == "5"
    assert b"old" not in answer.body


@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_site_is_answered_with_what_was_there(varnish: Varnish, origin: Origin, status: int) -> None:
    varnish.ask(PATH)
    purge(varnish, how="xkey-softpurge")
    origin.pages[PATH] = Page(b"{}", status, ERROR)

    during = [varnish.ask(PATH) for _ in range(3)]
    origin.pages[PATH] = shared(b"new")
    after = varnish.ask(PATH)

    assert {(answer.status, answer.body, answer.fields["X-Cache"]) for answer in during} == {(200, b"old", "STALE")}
    assert after.body == b"new"


def test_an_error_with_nothing_to_fall_back_on_is_not_asked_for_twice(varnish: Varnish, origin: Origin) -> None:
    origin.pages[PATH] = Page(b"{}", 503, ERROR)

    answer = varnish.ask(PATH)

    assert (answer.status, len(origin.of(PATH))) == (503, 1)


def test_one_client_that_asks_too_often_stops_nobody_else(varnish: Varnish, origin: Origin) -> None:
    origin.pages[PATH] = Page(b"{}", 429, ERROR)

    refused = varnish.ask(PATH)
    origin.pages[PATH] = shared(b"new")

    assert (refused.status, varnish.ask(PATH).status) == (429, 200)


def test_writes_pass_and_are_answered_once(varnish: Varnish, origin: Origin) -> None:
    origin.pages["/api/reviews"] = Page(b"{}", 503, ERROR)

    answer = varnish.ask("/api/reviews", method="POST", Content_Length="0")

    assert answer.status == 503
    assert [method for method, path, _ in origin.asked if path == "/api/reviews"] == ["POST"]


def test_a_head_is_answered_from_the_cache(varnish: Varnish, origin: Origin) -> None:
    varnish.ask(PATH)

    head = varnish.ask(PATH, method="HEAD")

    assert (head.status, head.body, head.fields["ETag"]) == (200, b"", '"old"')
    assert len(origin.of(PATH)) == 1


@pytest.mark.parametrize("field", ["xkey-purge", "xkey-softpurge"])
def test_nobody_else_may_purge(varnish: Varnish, field: str) -> None:
    by_a_stranger = varnish.ask("/", method="PURGE", source="127.0.0.2", **{field: KEY})
    through_a_proxy = varnish.ask("/", method="PURGE", X_Forwarded_For="192.0.2.1", **{field: KEY})

    assert (by_a_stranger.status, through_a_proxy.status) == (403, 403)


def test_the_site_is_told_who_asks(varnish: Varnish, origin: Origin) -> None:
    varnish.ask(PATH, X_Forwarded_For="192.0.2.1")

    assert [fields["x-forwarded-for"] for fields in origin.of(PATH)] == ["192.0.2.1, 127.0.0.1"]
