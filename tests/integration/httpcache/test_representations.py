"""One answer, its codings, its validators, and what browsers and CDNs are told about it."""

import gzip
import time
from collections.abc import Callable
from typing import Final

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.applications import Make
from tests.factories.reviews import make_review

As = Callable[[User], FlaskClient]
Later = Callable[[float], None]
LONG: Final = "Arrived in two days, works as it should. " * 40
CODINGS: Final = ("br", "gzip", "identity")
MUST_BE_IN_304: Final = ("Cache-Control", "CDN-Cache-Control", "ETag", "Vary")


@pytest.fixture
def path(deal: Deal, alice: User) -> str:
    """Return the path of an answer that is worth compressing."""
    make_review(deal, alice, body=LONG)
    return f"/api/reviews/deal/{deal.id}"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Return what lets so many seconds pass, as far as answers tell."""
    now_s = time.time

    def pass_by(seconds: float) -> None:
        monkeypatch.setattr("dealradar.web.fields.time.time", lambda: now_s() + seconds)

    return pass_by


def get(client: FlaskClient, path: str, coding: str = "identity", **fields: str) -> TestResponse:
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.get(path, headers={"Accept-Encoding": coding, **headers})


def plain(answer: TestResponse) -> bytes:
    coding = answer.headers.get("Content-Encoding")
    decode = {"br": brotli.decompress, "gzip": gzip.decompress}.get(coding or "", bytes)
    return bytes(decode(answer.data))


def test_each_coding_is_the_same_answer_from_the_one_entry(client: FlaskClient, path: str) -> None:
    answers = {coding: get(client, path, coding) for coding in CODINGS}

    assert [answer.headers["X-Cache"] for answer in answers.values()] == ["MISS", "HIT", "HIT"]
    assert [answer.headers.get("Content-Encoding") for answer in answers.values()] == ["br", "gzip", None]
    assert len({plain(answer) for answer in answers.values()}) == 1
    assert {answer.headers["Vary"] for answer in answers.values()} == {"Accept-Encoding"}
    assert len(answers["br"].data) < len(answers["identity"].data) / 2


def test_each_coding_has_an_entity_tag_of_its_own(client: FlaskClient, path: str) -> None:
    etags = {coding: get(client, path, coding).headers["ETag"] for coding in CODINGS}

    assert len(set(etags.values())) == len(CODINGS)
    for coding in CODINGS:
        answered = {other: get(client, path, coding, If_None_Match=etags[other]).status_code for other in CODINGS}
        assert answered == {other: 304 if other == coding else 200 for other in CODINGS}


def test_a_compressed_hit_is_the_bytes_that_were_stored(client: FlaskClient, path: str) -> None:
    first, second = get(client, path, "br"), get(client, path, "br")

    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])


def test_a_small_answer_is_left_alone(client: FlaskClient) -> None:
    answer = get(client, "/api/categories", "br, gzip")

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("coding", CODINGS)
def test_head_is_get_without_the_body(client: FlaskClient, path: str, coding: str) -> None:
    get(client, path)
    got, head = get(client, path, coding), client.head(path, headers={"Accept-Encoding": coding})

    changing = {"X-Request-ID", "RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Cache-Status", "Age"}
    assert head.data == b""
    assert {name: value for name, value in head.headers if name not in changing} == {
        name: value for name, value in got.headers if name not in changing
    }


@pytest.mark.parametrize("coding", CODINGS)
def test_a_304_has_what_it_must_and_nothing_of_a_body(client: FlaskClient, path: str, coding: str) -> None:
    full = get(client, path, coding)

    unchanged = get(client, path, coding, If_None_Match=full.headers["ETag"])

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert {name: unchanged.headers[name] for name in MUST_BE_IN_304} == {
        name: full.headers[name] for name in MUST_BE_IN_304
    }
    assert not {"Content-Type", "Content-Length", "Content-Encoding", "Last-Modified"} & set(unchanged.headers.keys())


def test_a_304_from_the_cache_asks_the_database_nothing(client: FlaskClient, path: str, statements: list[str]) -> None:
    etag = get(client, path).headers["ETag"]
    statements.clear()

    assert get(client, path, If_None_Match=etag).status_code == 304
    assert statements == []


def test_a_304_is_for_those_alone_who_may_see_it(client: FlaskClient, mona: User, mallory: User, as_: As) -> None:
    etag = as_(mona).get("/api/reports").headers["ETag"]

    assert get(client, "/api/reports", If_None_Match=etag).status_code == 401
    assert get(as_(mallory), "/api/reports", If_None_Match=etag).status_code == 403
    assert get(client, "/api/reports", If_None_Match="*").status_code == 401


def test_a_condition_on_another_representation_fails(client: FlaskClient, path: str) -> None:
    refused = get(client, path, If_Match='"another"')

    assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")


def test_an_error_stays_one_whatever_its_conditions(client: FlaskClient) -> None:
    assert get(client, "/api/deals/999999", If_None_Match="*").status_code == 404
    assert get(client, "/api/deals/999999", If_Match='"x"').status_code == 404


def test_a_date_is_told_and_compared_when_its_second_is_over(client: FlaskClient, path: str, later: Later) -> None:
    fresh = [get(client, path) for _ in range(2)]
    later(60)
    aged = get(client, path)

    assert ["Last-Modified" in answer.headers for answer in fresh] == [False, False]
    assert get(client, path, If_Modified_Since=aged.headers["Last-Modified"]).status_code == 304


def test_a_date_from_before_a_write_is_no_longer_one(
    client: FlaskClient, path: str, deal: Deal, bob: User, later: Later
) -> None:
    get(client, path)
    later(60)
    seen = get(client, path).headers["Last-Modified"]

    make_review(deal, bob)
    answers = [get(client, path, If_Modified_Since=seen).status_code for _ in range(2)]

    assert answers == [200, 200]


def test_the_age_is_the_entry_s(client: FlaskClient, path: str, later: Later) -> None:
    first = get(client, path)
    later(60)
    second = get(client, path)

    assert "Age" not in first.headers
    assert int(second.headers["Age"]) in {60, 61}


def test_cdns_are_told_how_long_and_by_which_keys(client: FlaskClient, path: str, deal: Deal) -> None:
    answer = get(client, path)

    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["CDN-Cache-Control"].startswith("public, max-age=180, stale-while-revalidate=")
    assert {f"reviews@deal:{deal.id}", "path:/", f"path:/reviews/deal/{deal.id}"} <= set(
        answer.headers["Surrogate-Key"].split()
    )


def test_each_cdn_is_told_in_the_fields_that_it_reads(make: Make, path: str) -> None:
    fastly = get(make(fastly_service_id="SU1Z0").test_client(), path)
    cloudflare = get(make(cloudflare_zone_id="023e1").test_client(), path)
    cloudfront = get(make(cloudfront_distribution_id="EDFD").test_client(), path)

    assert fastly.headers["Surrogate-Control"] == fastly.headers["CDN-Cache-Control"]
    assert "Cache-Tag" not in fastly.headers
    for answer in (cloudflare, cloudfront):
        assert answer.headers["Cache-Tag"].split(",") == answer.headers["Surrogate-Key"].split()
        assert "Surrogate-Control" not in answer.headers


def test_without_http_caching_cdns_are_told_nothing(make: Make, path: str) -> None:
    answer = get(make(http_cache_enabled=False).test_client(), path)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not {"CDN-Cache-Control", "Surrogate-Key"} & set(answer.headers.keys())


def test_what_is_for_one_person_is_for_no_cdn(mona: User, as_: As) -> None:
    for answer in (get(as_(mona), "/api/reports"), get(as_(mona), "/api/notifications")):
        assert answer.headers["Cache-Control"].startswith("private")
        assert not {"CDN-Cache-Control", "Surrogate-Key", "Age"} & set(answer.headers.keys())


def test_what_is_one_person_s_own_is_revalidated_by_their_browser(bob: User, as_: As) -> None:
    own = get(as_(bob), "/api/notifications")

    assert own.headers["Cache-Control"] == "private, no-cache"
    assert own.headers["Vary"] == "Authorization, X-API-Key"
    assert get(as_(bob), "/api/notifications", If_None_Match=own.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("coding", CODINGS)
def test_a_change_is_accepted_for_what_was_seen_in_any_coding(bob: User, deal: Deal, as_: As, coding: str) -> None:
    posted = as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": LONG}).get_json()["id"]
    seen = get(as_(bob), f"/api/reviews/{posted}", coding)

    changed = as_(bob).patch(f"/api/reviews/{posted}", json={"rating": 4}, headers={"If-Match": seen.headers["ETag"]})
    again = as_(bob).patch(f"/api/reviews/{posted}", json={"rating": 3}, headers={"If-Match": seen.headers["ETag"]})

    assert (changed.status_code, again.status_code) == (200, 412)
