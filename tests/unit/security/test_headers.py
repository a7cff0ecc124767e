import pytest

from dealradar.security import headers


@pytest.mark.parametrize("path", ["/api", "/api/deals", "/api/docsx", "/api/openapi.json"])
def test_data_may_load_nothing(path: str) -> None:
    policy = headers.of(path, is_secure_site=False)["Content-Security-Policy"]

    assert policy == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/", "/health", "/apis", "/api/docs", "/api/docs/assets/docs.js"])
def test_pages_run_only_scripts_of_ours(path: str) -> None:
    policy = headers.of(path, is_secure_site=False)["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; " in policy
    assert "frame-ancestors 'none'" in policy


def test_only_a_secure_site_binds_browsers_to_it() -> None:
    assert "Strict-Transport-Security" not in headers.of("/", is_secure_site=False)
    assert headers.of("/", is_secure_site=True)["Strict-Transport-Security"].startswith("max-age=31536000")
