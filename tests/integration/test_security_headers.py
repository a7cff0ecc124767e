import pytest
from flask.testing import FlaskClient

from tests.applications import Make


@pytest.mark.parametrize(
    "path", ["/api/deals", "/api/deals/1", "/nothing", "/health", "/api/docs", "/api/openapi.json"]
)
def test_every_answer_is_taken_for_what_it_says_and_framed_by_nobody(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(("scheme", "is_bound"), [("https", True), ("http", False)])
def test_production_binds_browsers_to_https_where_it_is_reached_by_it(
    make: Make, scheme: str, *, is_bound: bool
) -> None:
    app = make(dealradar_env="production")

    answer = app.test_client().get("/health", base_url=f"{scheme}://localhost")

    assert ("Strict-Transport-Security" in answer.headers) is is_bound
